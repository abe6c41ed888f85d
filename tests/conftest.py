"""What the tests share."""

import matplotlib.pyplot as plt
import pytest
from browser import launch
from playwright.sync_api import sync_playwright
from settling import PATIENCE
from slow_frames import slow

READING = "willReadFrequently"  # a warning about tests that read a canvas


def pytest_addoption(parser):
    """Add what finds the tests that would fail on a busy machine."""
    parser.addoption("--slow-frames", type=int, default=0, metavar="MS",
                     help="let each frame of a page come so many milliseconds late")


@pytest.fixture(scope="session")
def late(request):
    """Return the milliseconds by which the frames of pages are late."""
    return request.config.getoption("slow_frames")


@pytest.fixture(scope="session")
def playwright():
    """What drives the browsers."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright):
    """A Chromium. Without one the tests fail: a skipped test would look like a passed one."""
    yield from running(playwright, "chromium")


@pytest.fixture(scope="session")
def firefox(playwright):
    """A Firefox, for a sample of the pages; without one the tests fail as well."""
    yield from running(playwright, "firefox")


def running(playwright, name):
    """Start a browser, and close it at the end."""
    try:
        browser = launch(playwright, name)
    except FileNotFoundError as error:
        pytest.fail(str(error))
    yield browser
    browser.close()


@pytest.fixture
def open_page(browser, late):
    """Open pages of any size; whatever goes wrong on one of them fails the test."""
    contexts, problems = [], []

    def new(width=1280, height=900, **options):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **options))
        slow(contexts[-1], late)
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: problems.append(f"uncaught: {error}"))
        page.on("console", lambda message: problems.append(f"console: {message.text}")
                if message.type in ("error", "warning") and READING not in message.text else None)
        return page

    yield new
    for context in contexts:
        context.close()
    assert not problems, "\n".join(dict.fromkeys(problems))


@pytest.fixture(autouse=True)
def no_figure_left_open():
    """Close what a test drew, so that no other test finds it."""
    yield
    plt.close("all")
