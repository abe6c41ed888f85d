"""What the browser tests share: the site by http and from disk, and visits that forgive nothing."""

import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from audit import served
from built_site import CLOSED, SITE, WIDE
from settling import PATIENCE
from slow_frames import slow

BUDGETS = Path(__file__).resolve().parents[1] / "budgets.json"


@pytest.fixture(scope="session")
def address():
    """Return the site's address by protocol."""
    with served() as root:
        yield {"http": root, "file": SITE.as_uri()}


@pytest.fixture
def visit(request, address, late):
    """Open pages with the network closed; whatever goes wrong on any of them fails the test.

    In Chromium, or where the test is repeated for it, in Firefox: the parameter ``"firefox"``.
    """
    browser = request.getfixturevalue(getattr(request, "param", "browser"))
    contexts, problems = [], []

    def watch(page, root):
        def request(request):
            if not request.url.startswith((root + "/", "data:", "blob:")):
                problems.append(f"a request leaves the site: {request.url}")

        def failed(request):
            # Left behind by a reload
            if request.failure not in ("net::ERR_ABORTED", "NS_BINDING_ABORTED"):
                problems.append(f"{request.failure}: {request.url}")

        def response(response):
            if response.status >= 400:
                problems.append(f"{response.status}: {response.url}")

        def console(message):
            if message.type == "error":
                where = message.location or {}
                problems.append(f"console: {message.text} ({where.get('url')})")

        page.on("request", request)
        page.on("requestfailed", failed)
        page.on("response", response)
        page.on("console", console)
        page.on("pageerror", lambda error: problems.append(f"uncaught: {error}"))

    def open_page(path, protocol="http", *, hash="", script=None, viewport=WIDE, **options):
        options = {"proxy": CLOSED, "viewport": viewport, **options}
        contexts.append(browser.new_context(**options))
        slow(contexts[-1], late)
        contexts[-1].set_default_timeout(PATIENCE)
        page = contexts[-1].new_page()
        if script:
            page.add_init_script(script)
        watch(page, address[protocol])
        page.goto(f"{address[protocol]}/{path}{hash}", wait_until="load")
        if options.get("java_script_enabled", True):
            # The scripts run part by part when the browser is idle (site_extension/assets.py).
            page.locator("html[data-scripts=ready]").wait_for(state="attached")
        return page

    open_page.problems = problems
    yield open_page
    for context in contexts:
        context.close()
    assert not problems, "\n".join(dict.fromkeys(problems))


@pytest.fixture
def budget(record_property):
    """Compare measured values with tests/budgets.json; all of them are shown at the end."""
    limits = json.loads(BUDGETS.read_text("utf8"))["limits"]

    def check(name, value, where=""):
        record_property("budget", (f"{name}, {where}" if where else name, float(f"{value:.4g}")))
        limit = limits[name]
        assert value <= limit, f"{name} {where}: {value:.4g}, the budget is {limit}"

    def note(name, value):
        record_property("budget", (name, float(f"{value:.4g}")))

    return SimpleNamespace(check=check, note=note, limits=limits)


def pytest_terminal_summary(terminalreporter):
    """Show what was measured; with RECORD_BUDGETS=1 also keep it in tests/budgets.json."""
    measured = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                measured |= dict(v for k, v in report.user_properties if k == "budget")
    if not measured:
        return
    terminalreporter.section("measured")
    for name, value in sorted(measured.items()):
        terminalreporter.line(f"{value:10.4g}  {name}")
    if os.environ.get("RECORD_BUDGETS"):
        budgets = json.loads(BUDGETS.read_text("utf8"))
        budgets["measured"] = dict(sorted(measured.items()))
        text = json.dumps(budgets, indent=2, ensure_ascii=False)
        BUDGETS.write_text(text + "\n", encoding="utf8")
