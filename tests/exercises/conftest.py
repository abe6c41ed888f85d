"""What the tests of exercises and grading share."""

import pytest
from grading import sandbox
from grading.pool import Kernels


@pytest.fixture(scope="session")
def kernels():
    """Give kernels in their sandbox."""
    sandbox.require()
    source = Kernels()
    yield source
    source.close()
