"""What the pages do themselves instead of Bootstrap: copy buttons, and the way to the top."""

import pytest
from built_site import CHAPTERS, PHONE, PROTOCOLS

PASTED = """() => {
  const field = document.createElement("textarea");
  field.id = "pasted";
  document.body.prepend(field);
  field.focus();
}"""
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined })"


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("script", [None, NO_CLIPBOARD], ids=["clipboard", "no clipboard"])
def test_a_block_of_code_is_copied(visit, protocol, script):
    page = visit(CHAPTERS[0], protocol, script=script)
    block = page.locator("div.highlight:visible").first
    button = block.get_by_role("button", name="Copy")
    button.focus()
    assert button.evaluate("e => getComputedStyle(e).opacity") == "1"
    button.press("Enter")
    block.get_by_role("button", name="Copied").wait_for()
    page.evaluate(PASTED)
    page.keyboard.press("Control+v")
    code = block.locator("pre").inner_text().rstrip("\n")
    assert page.locator("#pasted").input_value() == code != ""


def test_who_scrolls_up_is_offered_the_top(visit):
    page = visit(CHAPTERS[0], viewport=PHONE)  # a wide page has its contents beside it
    button = page.locator("#pst-back-to-top")
    page.mouse.move(200, 500)
    page.mouse.wheel(0, 3000)
    page.wait_for_function("scrollY > 1000")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert not button.is_visible()
    page.mouse.wheel(0, -300)
    button.click()
    page.wait_for_function("scrollY === 0")
