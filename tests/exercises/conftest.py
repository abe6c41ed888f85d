"""What the tests of exercises and grading share."""

import pytest
from grading import sandbox
from grading.pool import Kernels


@pytest.fixture(scope="module")
def kernels():
    """Give kernels in their sandbox.

    They end with each file: other files look whether any are left.
    """
    sandbox.require()
    source = Kernels()
    yield source
    source.close()
