"""What the tests share."""

import matplotlib.pyplot as plt
import pytest
from browser import ARGUMENTS, HELP, find
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="session")
def browser():
    """A Chromium. Without one the tests fail: a skipped test would look like a passed one."""
    path = find()
    if path is None:
        pytest.fail(HELP)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(autouse=True)
def no_figure_left_open():
    """Close what a test drew, so that no other test finds it."""
    yield
    plt.close("all")
