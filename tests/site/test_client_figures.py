"""Every <js-figure> as the site hosts it; what is inside is tested where the figure is."""

import pytest
from built_site import CLIENT_FIGURES, PROTOCOLS
from playwright.sync_api import TimeoutError as TookTooLong
from settling import settled

COUNT_FRAMES = """
window.framesAsked = 0;
const ask = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = call => { window.framesAsked++; return ask(call); };
"""
PICTURE = """name => [...document.getElementById(name).querySelectorAll("canvas")]
  .map(canvas => canvas.toDataURL()).join()"""
# Whether the address holds all that the figure's controls have changed.
IN_ADDRESS = """name => location.hash ===
  new URL(document.getElementById(name).model.link()).hash"""
# A page chooses its theme, and parts of it name themselves, while its figures begin.
RESTLESS = """
const restless = setInterval(() => document.body?.classList.toggle("restless"), 2);
addEventListener("load", () => setTimeout(() => clearInterval(restless), 2000));
"""
STATE = "name => JSON.stringify(document.getElementById(name).model.state)"
# A control of the pace, or of the training to come, changes no pixel of a figure at rest.
PACE = {"Speed", "Optimizer", "Learning rate", "Batch size", "Regularization", "Reg. rate"}
PACE |= {"Dropout", "Batch normalization"}
# Waits for its reader, and has buttons that come and go: tests/client_figures/playground.
WAITING = {"playground"}
KEYS = {"checkbox": "Space", "number": "ArrowUp"}
CONTROLS = "input:not([type=text]), select"  # text is typed where the figure is tested

each = pytest.mark.parametrize(("path", "name"), CLIENT_FIGURES)


def test_there_are_some():
    assert CLIENT_FIGURES


def start(page, name):
    figure = page.locator(f"js-figure#{name}")
    figure.scroll_into_view_if_needed()
    settled(page)
    return figure


def picture(page, name):
    """Return the pixels of the figure's canvases, once all that is known is drawn."""
    settled(page)
    return page.evaluate(PICTURE, name)


def changes(page, name, text, shown):
    """Return whether the figure shows anything else, at once or in a moment."""
    try:
        page.wait_for_function(f"""([name, text, shown]) =>
          document.getElementById(name).innerText !== text || ({PICTURE})(name) !== shown""",
          arg=[name, text, shown])
    except TookTooLong:
        return False
    return True


def label_of(control):
    return control.evaluate("c => (c.labels[0].querySelector('span') ?? c.labels[0]).textContent")


@pytest.mark.parametrize("protocol", PROTOCOLS)
@each
def test_it_starts_when_it_is_reached_and_rests_when_it_is_not(visit, path, name, protocol):
    page = visit(path, protocol, script=COUNT_FRAMES)
    figure = start(page, name)
    assert figure.locator(":scope > svg, :scope > p").count() == 0, "the picture has been replaced"
    figure.locator("canvas").first.scroll_into_view_if_needed()
    if name in WAITING:
        figure.get_by_role("button", name="Play", exact=True).click()
    assert changes(page, name, figure.inner_text(), picture(page, name)), "it moves by itself"
    page.evaluate("scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })")
    settled(page)
    asked = page.evaluate("framesAsked")
    page.wait_for_timeout(500)
    assert page.evaluate("framesAsked") == asked, "it computes while nobody sees it"
    figure.locator("canvas").first.scroll_into_view_if_needed()
    # It goes on when it is seen again. Polled by time: polling by frames would ask for some itself.
    page.wait_for_function("asked => framesAsked > asked", arg=asked, polling=50)


@each
def test_it_starts_while_the_page_still_changes(visit, path, name):
    page = visit(path, script=RESTLESS)
    figure = start(page, name)
    if name in WAITING:
        figure.get_by_role("button", name="Play", exact=True).click()
    assert changes(page, name, figure.inner_text(), picture(page, name)), "it moves by itself"


@each
def test_far_away_it_does_not_start(visit, path, name):
    page = visit(path, viewport={"width": 390, "height": 300})
    settled(page)
    page.wait_for_timeout(200)
    top = page.locator(f"js-figure#{name}").bounding_box()["y"]
    started = page.locator(f"js-figure#{name}[ready]").count()
    assert started == (top < 300 + 200)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@each
def test_keyboard_address_and_reset(visit, path, name, protocol):
    page = visit(path, protocol, reduced_motion="reduce", script=COUNT_FRAMES)
    figure = start(page, name)
    initial, state = picture(page, name), page.evaluate(STATE, name)
    asked = page.evaluate("framesAsked")
    page.wait_for_timeout(500)
    assert page.evaluate(PICTURE, name) == initial, "it plays although the reader wants rest"
    assert page.evaluate("framesAsked") - asked < 5

    before = initial
    for control in figure.locator(CONTROLS).all():
        old = page.evaluate(STATE, name)
        control.focus()
        kind = control.get_attribute("type")
        page.keyboard.press(KEYS.get(kind, "ArrowRight"))
        now = picture(page, name)
        assert page.evaluate(STATE, name) != old, f"{label_of(control)} does nothing"
        if label_of(control) not in PACE:
            assert now != before, f"{label_of(control)} changes no pixel"
        if kind == "checkbox":  # one hidden line is enough: with none there is nothing to see
            page.keyboard.press("Space")
            now = picture(page, name)
        before = now
    box = figure.locator("input[type=checkbox]").first
    if box.count():
        box.press("Space")
        before = picture(page, name)
    changed = page.evaluate(STATE, name)
    page.wait_for_function(IN_ADDRESS, arg=name)
    hash = "#" + page.url.split("#", 1)[1]

    again = visit(path, protocol, hash=hash, reduced_motion="reduce")
    start(again, name)
    assert picture(again, name) == before
    assert again.evaluate(STATE, name) == changed

    reset = figure.get_by_role("button", name="Reset")
    reset.focus()
    page.keyboard.press("Enter")
    assert picture(page, name) == initial
    assert page.evaluate(STATE, name) == state


@pytest.mark.parametrize(
    ("path", "name"), [figure for figure in CLIENT_FIGURES if figure[1] not in WAITING]
)
def test_every_button_does_something(visit, path, name):
    page = visit(path, reduced_motion="reduce", permissions=["clipboard-read", "clipboard-write"])
    figure = start(page, name)
    control = figure.locator("input[type=range]").first
    control.press("ArrowRight")
    settled(page)
    for button in figure.get_by_role("button").all():
        text = button.inner_text()
        settled(page)  # so that what changes is due to this button
        before = (figure.inner_text(), page.evaluate(PICTURE, name))
        button.focus()
        page.keyboard.press("Enter")
        if "link" in text:
            figure.get_by_role("button", name="Copied").wait_for()
            copied = page.evaluate("navigator.clipboard.readText()")
            assert f"#{name}?" in copied or copied == page.url
            figure.get_by_role("button", name=text).wait_for()
        else:
            assert changes(page, name, *before), text
        if text == "Play":
            page.keyboard.press("Enter")


@pytest.mark.parametrize("query", ["surface=everest&learning_rate=x&nonsense=1", "%%%"])
@each
def test_nonsense_in_the_address(visit, path, name, query):
    page = visit(path, hash=f"#{name}?{query}", reduced_motion="reduce")
    start(page, name)
    assert picture(page, name)


@each
def test_it_has_one_role_and_one_name(visit, path, name):
    page = visit(path, reduced_motion="reduce")
    for running in (False, True):
        element = page.locator(f"js-figure#{name}")
        assert not element.evaluate("e => ['role', 'aria-label'].filter(a => e.hasAttribute(a))")
        figure = page.get_by_role("figure").filter(has=element)
        [named] = figure.evaluate_all("all => all.map(e => e.getAttribute('aria-labelledby'))")
        caption = page.locator(f"#{named}")
        assert caption.evaluate("e => e.tagName") == "FIGCAPTION" and caption.text_content().strip()
        if not running:
            start(page, name)
