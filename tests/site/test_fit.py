"""Every figure on a laptop's screen and on a phone's: picture and controls, text, targets."""

import pytest
from audit import LAY_OUT
from built_site import CLIENT_FIGURES, SWEEPS, specification
from playwright.sync_api import TimeoutError as TookTooLong
from settling import settled

FIGURES = SWEEPS + CLIENT_FIGURES
PATHS = sorted({path for path, _ in FIGURES})
LAPTOP = {"viewport": {"width": 1366, "height": 650}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
SCREENS = {"laptop": LAPTOP, "phone": PHONE}
# What need not be on the first screen, and why. Everything else must be.
LATER = {
    # A page of its own: all that sets it up stands around the network and its output; the curve of
    # the losses and the last buttons follow.
    ("playground", "laptop"): ".pg-losses, .pg-foot",
    # On a phone forty controls cannot: the network, its output and its losses come with what
    # trains it and changes its shape.
    ("playground", "phone"): ".pg-more, .pg-data, .pg-controls, .pg-foot",
}
WRONG_HINTS = {"laptop": ["tap ", "finger"], "phone": ["click", "hover", "arrow key", "mouse"]}
PICTURES = "svg.drawing, canvas"
CONTROLS = "input, select, button"
# What of a figure is hidden by the header or lies below the screen, in words.
OUTSIDE = """([name, parts, later]) => {
  const header = document.querySelector(".bd-header-article").getBoundingClientRect().bottom;
  return [...document.getElementById(name).querySelectorAll(parts)]
    .filter(part => part.checkVisibility() && !(later && part.closest(later)))
    .map(part => [part, part.getBoundingClientRect()])
    .filter(([, { top, bottom }]) => top < header || bottom > innerHeight)
    .map(([part, { top, bottom }]) =>
      `${part.tagName} ${part.className} ${part.textContent.slice(0, 20)} ${top} to ${bottom}`);
}"""
PAGE_TEXT = "parseFloat(getComputedStyle(document.querySelector('.bd-article section')).fontSize)"
# Sizes of all texts in drawings, in CSS pixels: letters are shapes of 1000 units to the size.
DRAWN = """() => [...document.querySelectorAll("svg.drawing g[transform*='scale(']")]
  .filter(text => text.querySelector("use"))
  .map(text => { const { a, b } = text.getScreenCTM(); return 1000 * Math.hypot(a, b); })"""
WRITTEN = """() => [...document.querySelectorAll(":is(figure-sweep, js-figure) *")]
  .filter(part => part.checkVisibility() && [...part.childNodes].some(
    node => node.nodeType === Node.TEXT_NODE && node.data.trim()))
  .map(part => [parseFloat(getComputedStyle(part).fontSize), part.textContent.slice(0, 30)])"""
SMALL_TARGETS = """() => [...document.querySelectorAll(
    ":is(figure-sweep, js-figure) :is(input:not([type=checkbox], [type=radio]), select, button)")]
  .filter(part => part.checkVisibility() && part.getBoundingClientRect().height < 43.9)
  .map(part => part.outerHTML.slice(0, 120))"""
# What lies beyond the sides of a page of 320 pixels, but in a box that scrolls.
BESIDE = """() => [...document.querySelectorAll(
    ".book-figure, :is(figure-sweep, js-figure) *:not(svg *)")]
  .filter(part => part.checkVisibility() && !part.closest(".pg-presets, .pg-scroll"))
  .filter(part => {
    const { left, right, width } = part.getBoundingClientRect();
    return width > 1 && (left < -1 || right > 321);
  }).map(part => part.outerHTML.slice(0, 120))"""
# Canvases of a figure on which nothing is drawn.
BLANK = """name => [...document.getElementById(name).querySelectorAll("canvas")]
  .filter(canvas => canvas.checkVisibility() && !canvas.getContext("2d")
    .getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)).length"""
# A focus can be seen by an outline, of the control itself or of the picture that stands for it.
UNSEEN_FOCUS = """() => {
  const unseen = [];
  for (const part of document.querySelectorAll(
    ":is(figure-sweep, js-figure) :is(input, select, button, [tabindex='0'])")) {
    if (!part.checkVisibility() || part.disabled) continue;
    part.focus({ focusVisible: true, preventScroll: true });
    if (document.activeElement !== part) continue; // another of its group has the focus
    const marked = part.matches(".pg-set input") ? part.nextElementSibling : part;
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(marked);
    const ground = getComputedStyle(part.closest("figure-sweep, js-figure")).backgroundColor;
    if (outlineStyle === "none" || parseFloat(outlineWidth) < 2 || outlineColor === ground)
      unseen.push(part.outerHTML.slice(0, 120));
  }
  return unseen;
}"""
# Controls without an edge where colors are forced, and marks that only a color made.
WITHOUT_EDGE = """() => [...document.querySelectorAll(
    ":is(figure-sweep, js-figure) :is(button, select, input:is([type=text], [type=number]))")]
  .filter(part => {
    const { borderTopColor, borderTopWidth, backgroundColor } = getComputedStyle(part);
    const edge = parseFloat(borderTopWidth) && borderTopColor !== backgroundColor;
    return part.checkVisibility() && !edge;
  }).map(part => part.outerHTML.slice(0, 120))"""
CANVAS_IS_SEEN = """() => [...document.querySelectorAll("js-figure canvas")]
  .filter(canvas => canvas.checkVisibility() && canvas.width && canvas.height)
  .map(canvas => getComputedStyle(canvas).forcedColorAdjust)"""


def names_of(path):
    return [name for page, name in FIGURES if page == path]


def link(path, name):
    """Return a link to a state of a figure: its first, or of the playground one preset."""
    known = specification(path, name)
    if name == "playground":
        return f"#{name}?seed=1"
    if "controls" not in known:
        return f"#{name}?"
    control = known["controls"][0]
    return f"#{name}?{control['name']}={control['texts'][control['value']]}"


def outside(page, name, later):
    """Return what is not on the screen, once the page has come to rest."""
    asked = [name, f"{PICTURES}, {CONTROLS}", later]
    try:
        page.wait_for_function(f"asked => !({OUTSIDE})(asked).length", arg=asked, timeout=10_000)
    except TookTooLong:
        return page.evaluate(OUTSIDE, asked)
    return []


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("path", PATHS)
def test_every_figure_fits_its_screen_and_its_reader(visit, path, screen):
    names = names_of(path)
    page = visit(path, hash=link(path, names[0]), reduced_motion="reduce", **SCREENS[screen])
    cut = {}
    for name in names:
        page.evaluate("hash => { location.hash = hash; }", link(path, name))
        page.locator(f"#{name}[ready]").wait_for()
        settled(page)
        cut[name] = outside(page, name, LATER.get((name, screen), ""))
        assert page.evaluate(BLANK, name) == 0
        hints = page.locator(f"#{name}").inner_text().lower()
        wrong = WRONG_HINTS[screen]
        assert not [word for word in wrong if word in hints], hints
    assert not {name: parts for name, parts in cut.items() if parts}

    page.add_style_tag(content=LAY_OUT)
    settled(page)
    text = page.evaluate(PAGE_TEXT)
    drawn = page.evaluate(DRAWN)
    assert max(drawn, default=0) <= text + 0.1, "letters in a drawing are larger than the text"
    # A phone's width permits no more than about half of the page's size.
    assert min(drawn, default=text) >= text * (0.42 if screen == "phone" else 0.55)
    assert not [part for part in page.evaluate(WRITTEN) if part[0] > text + 0.1]
    if screen == "phone":
        assert not page.evaluate(SMALL_TARGETS)
        page.set_viewport_size({"width": 320, "height": 640})
        settled(page)
        assert not page.evaluate(BESIDE)


@pytest.mark.parametrize("colors", ["none", "active"])
@pytest.mark.parametrize(
    "path", sorted({path for path, _ in CLIENT_FIGURES if path != "book/index.html"})
)
def test_focus_and_controls_are_seen_also_where_colors_are_forced(visit, path, colors):
    page = visit(path, forced_colors=colors, reduced_motion="reduce")
    page.add_style_tag(content=LAY_OUT)
    for name in names_of(path):
        page.evaluate("name => document.getElementById(name).show()", name)
        page.locator(f"#{name}[ready]").wait_for()
        settled(page)
    assert not page.evaluate(UNSEEN_FOCUS)
    if colors == "active":
        assert not page.evaluate(WITHOUT_EDGE)
        assert set(page.evaluate(CANVAS_IS_SEEN)) <= {"none"}
        chosen = page.locator(".pg-presets [aria-pressed=true]")
        if chosen.count():
            border = "e => getComputedStyle(e).borderTopWidth"
            other = page.locator(".pg-presets button").last
            assert chosen.evaluate(border) != other.evaluate(border)


def test_on_paper_a_figure_names_the_address_of_what_it_shows(visit):
    path, name = SWEEPS[0]
    page = visit(path)
    page.locator(f"#{name}[ready]").wait_for(state="attached")
    control = specification(path, name)["controls"][0]
    value = (control["value"] + 1) % len(control["texts"])
    page.locator(f"[id='{name}-{control['name']}']").evaluate(
        """(input, value) => { input.value = value;
          input.dispatchEvent(new Event("input", { bubbles: true })); }""", value)
    page.wait_for_function("name => location.hash.startsWith(`#${name}?`)", arg=name)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    address = page.locator(f"#{name} > .figure-address")
    assert not address.is_visible(), "on the screen the address bar has it"
    assert address.text_content().endswith(page.evaluate("location.hash"))
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert address.count() == 1
