"""What was read can be read again without a network, also on a site that lies in a folder."""

import re
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from built_site import CHAPTERS, CLOSED, SITE, soup
from settling import PATIENCE, settled

READ, UNREAD = CHAPTERS[:2]
# The worker is off where a program drives the browser.
NOBODY_DRIVES = 'Object.defineProperty(Navigator.prototype, "webdriver", { get: () => false })'
# Waits for what a promise says; wait_for_function takes any promise for true.
UNTIL = """async patience => {
  const end = Date.now() + patience;
  while (!await (CONDITION)) {
    if (Date.now() > end) throw new Error((await caches.keys()).join());
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}"""
KEPT = 'caches.match(location.href.replace(/\\/$/, "/index.html"))'
FRAMES_KEPT = """caches.match(
  new URL(document.querySelector("figure-sweep").getAttribute("frames"), document.baseURI))"""


@pytest.fixture
def server(tmp_path):
    """The site in a folder of a server, which can be stopped."""
    (tmp_path / "folder").symlink_to(SITE)
    state = SimpleNamespace(build=None)

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(tmp_path))

        def do_GET(self):
            if "/_frames/" in self.path:
                # As on a slow network: they arrive after the worker has begun.
                time.sleep(0.5)
            if state.build and self.path.endswith("/service_worker.js"):
                # As a new build would write it
                text = (SITE / "service_worker.js").read_text("utf8")
                body = re.sub(r'"[0-9a-f]{20}"', f'"{state.build}"', text).encode()
                self.send_response(200)
                self.send_header("content-type", "text/javascript")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            else:
                super().do_GET()

        def log_message(self, *arguments):
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    threading.Thread(target=http.serve_forever, daemon=True).start()
    state.address = f"http://127.0.0.1:{http.server_port}/folder"

    def stop():
        http.shutdown()
        http.server_close()

    state.stop = stop
    yield state
    stop()


@pytest.fixture
def reader(browser):
    """A page of somebody who reads with a browser that no program drives."""
    context = browser.new_context(proxy=CLOSED)
    context.set_default_timeout(5000)
    context.add_init_script(NOBODY_DRIVES)
    yield context.new_page()
    context.close()


def until(page, condition):
    page.evaluate(UNTIL.replace("CONDITION", condition), PATIENCE)


def title(page_name):
    return re.sub(r"^\d+\. | — .*", "", soup(page_name).title.text)


def read(page, address):
    page.goto(address)
    until(page, KEPT)


def test_what_was_read_is_there_without_a_network(server, reader):
    # The address names the figure, which then asks for its frames before the worker has begun.
    name = soup(READ).find("figure-sweep")["id"]
    read(reader, f"{server.address}/{READ}#{name}?")
    until(reader, FRAMES_KEPT)
    read(reader, f"{server.address}/")
    server.stop()

    # It looks, and its figures move, as before.
    reader.goto(f"{server.address}/{READ}?a=b")
    reader.locator("html[data-scripts=ready]").wait_for(state="attached")
    figure = reader.locator("figure-sweep").first
    figure.scroll_into_view_if_needed()
    settled(reader)
    sheets = "[...document.styleSheets].map(sheet => sheet.cssRules.length)"
    assert max(reader.evaluate(sheets)) > 100
    before = figure.locator("svg.drawing").inner_html()
    figure.locator("input").first.press("ArrowRight")
    settled(reader)
    assert figure.locator("svg.drawing").inner_html() != before

    # A page that was not read says so, and where one can read on.
    reader.goto(f"{server.address}/{UNREAD}")
    assert reader.locator("h1:visible").inner_text() == "This page needs the network once"
    reader.locator(f"nav a[href='{UNREAD}']").wait_for(state="hidden")
    assert reader.locator("nav a:visible").all_inner_texts() == [
        "From Alchemy to Experiment", title(READ),
    ]
    reader.get_by_role("link", name="From Alchemy to Experiment").click()
    assert reader.locator("article h1").inner_text().startswith("From Alchemy to Experiment")


def test_a_new_build_renews_what_was_kept(server, reader):
    read(reader, f"{server.address}/{READ}")
    [old] = reader.evaluate("caches.keys()")
    server.build = "second"
    read(reader, f"{server.address}/{UNREAD}")
    until(reader, "caches.keys().then(names => names.some(name => name.endsWith(' second')))")
    reader.reload()
    until(reader, f"caches.keys().then(names => !names.includes({old!r}))")
    [new] = reader.evaluate("caches.keys()")
    assert new.endswith(" second")
    # Also the page that was read before, and what it needs.
    server.stop()
    reader.goto(f"{server.address}/{READ}")
    assert title(READ) in reader.locator("article h1").inner_text()


def test_nothing_is_kept_where_a_program_reads(visit):
    page = visit(READ)
    assert page.evaluate("navigator.serviceWorker.getRegistrations()") == []
    assert page.evaluate("caches.keys()") == []


def test_nothing_is_tried_from_the_disk(visit):
    told = 'ServiceWorkerContainer.prototype.register = async () => console.error("tried")'
    visit(READ, "file", script=f"{NOBODY_DRIVES};{told}")
