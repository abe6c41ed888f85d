"""The Evidence page, its cards and the bibliography, in a browser and as files."""

import json

import pytest
from built_site import CHAPTERS, PHONE, PROTOCOLS, resolve, soup

PAGE = "book/evidence.html"
SHOWN = ".evidence tbody tr:visible"


def rows():
    return soup(PAGE).select(".evidence tbody tr")


def count(**chosen):
    return sum(all(row[f"data-{k}"] == value for k, value in chosen.items()) for row in rows())


def column(page, number):
    return page.locator(f"{SHOWN} td:nth-child({number})").all_text_contents()


def says(page, shown):
    page.locator("output", has_text=f"{shown} of {len(rows())} claims").wait_for()
    assert page.locator(SHOWN).count() == shown


# As files


def test_every_source_leads_to_an_entry_of_the_bibliography():
    links = [(PAGE, link) for link in soup(PAGE).select(".evidence td:nth-child(6) a")]
    for chapter in CHAPTERS:
        for card in soup(chapter).select(".claim"):
            found = card.select(".claim-source a")
            assert len(found) == len(json.loads(card["data-claim"])["keys"])
            links += [(chapter, link) for link in found]
    assert len(links) > 100
    for page, link in links:
        path, anchor = resolve(page, link["href"])
        assert path.name == "bibliography.html"
        entry = soup("book/bibliography.html").find(id=anchor)
        assert link.get_text().split(" ")[0] in entry.get_text()


def test_every_card_says_its_kind_and_an_experiment_how_often_it_was_repeated():
    for chapter in CHAPTERS:
        for card in soup(chapter).select(".claim"):
            kind, _, times = card.select_one(".claim-kind").get_text().partition(", ")
            assert kind == json.loads(card["data-claim"])["kind"]
            assert bool(times) == (kind == "experiment")


# In a browser


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_filters_choose_claims_and_the_address_keeps_the_choice(visit, protocol):
    page = visit(PAGE, protocol)
    says(page, len(rows()))
    page.get_by_label("Verdict").select_option("Does not hold here")
    says(page, count(verdict="fails"))
    assert set(column(page, 2)) == {"Does not hold here"}
    page.get_by_label("Chapter").select_option("optimizers")
    says(page, count(verdict="fails", chapter="optimizers"))
    page.get_by_label("Words").fill("ADAM rmsprop")
    texts = [
        row.get_text().lower()
        for row in rows()
        if (row["data-chapter"], row["data-verdict"]) == ("optimizers", "fails")
    ]
    wanted = sum("adam" in text and "rmsprop" in text for text in texts)
    assert 0 < wanted < len(texts)
    says(page, wanted)
    page.wait_for_url("**#evidence?chapter=optimizers&verdict=fails&text=ADAM+rmsprop")
    shown = column(page, 1)

    page.reload()
    page.locator("output", has_text=f"{len(shown)} of ").wait_for()
    assert column(page, 1) == shown
    assert page.get_by_label("Words").input_value() == "ADAM rmsprop"
    page.get_by_role("button", name="Show all").click()
    says(page, len(rows()))
    page.wait_for_url("**#evidence?")


def test_kinds_are_apart(visit):
    page = visit(PAGE, hash="#evidence?kind=identity")
    says(page, count(kind="identity"))
    assert set(column(page, 3)) == {"identity"}
    assert set(column(page, 4)) == {"none needed"}


def test_an_address_typed_by_hand_may_be_wrong(visit):
    page = visit(PAGE, hash="#evidence?verdict=nonsense&sort=nonsense&unknown=1&kind=experiment")
    says(page, count(kind="experiment"))
    # "all", and not an empty box
    assert page.get_by_label("Verdict").evaluate("select => select.selectedIndex") == 0


def test_columns_sort_both_ways_and_back(visit):
    page = visit(PAGE)
    before = column(page, 1)
    head = page.get_by_role("columnheader", name="Claim")
    assert head.get_attribute("aria-sort") is None
    page.get_by_role("button", name="Claim").click()
    assert head.get_attribute("aria-sort") == "ascending"
    rising = column(page, 1)
    assert sorted(rising) == sorted(before) and rising != before
    letters = [text[0].lower() for text in rising if text[0].isascii() and text[0].isalpha()]
    assert letters == sorted(letters)
    page.get_by_role("button", name="Claim").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert column(page, 1)[0] == rising[-1]
    page.wait_for_url("**#evidence?sort=-claim")
    page.reload()
    head = page.get_by_role("columnheader", name="Claim")
    page.locator("th[aria-sort=descending]").wait_for()
    assert column(page, 1)[0] == rising[-1]
    # In the order of the book, and not of the alphabet
    page.get_by_role("button", name="Chapter").click()
    assert head.get_attribute("aria-sort") is None
    chapters = list(dict.fromkeys(row.select("td")[-1].get_text() for row in rows()))
    assert list(dict.fromkeys(column(page, 7))) == chapters
    page.get_by_role("button", name="Repeated").click()
    keys = page.locator(SHOWN).evaluate_all("rows => rows.map(r => +r.cells[3].dataset.sort)")
    assert keys == sorted(keys)


def test_the_keyboard_reaches_filters_heads_and_claims(visit):
    page = visit(PAGE)
    page.get_by_label("Chapter").focus()
    for name in ("Verdict", "Kind", "Words"):
        page.keyboard.press("Tab")
        assert page.get_by_label(name).evaluate("e => e === document.activeElement")
    page.keyboard.type("adam")
    page.keyboard.press("Enter")  # sends no form, which would load the page again
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Show all"
    page.keyboard.press("Tab")  # what scrolls
    for name in ("Claim", "Verdict"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == name
    page.keyboard.press("Space")
    assert page.locator("th[aria-sort=ascending]").inner_text().strip().startswith("Verdict")
    assert 0 < page.locator(SHOWN).count() < len(rows())
    assert page.get_by_label("Words").input_value() == "adam"


def test_without_javascript_it_is_the_plain_table(visit):
    page = visit(PAGE, java_script_enabled=False)
    assert page.locator(SHOWN).count() == len(rows())
    assert not page.locator(".evidence-filters").is_visible()
    assert page.locator("th button").count() == 0


def test_a_phone_shows_cards_and_needs_no_scrolling_sideways(visit):
    page = visit(PAGE, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = page.locator(".evidence")
    assert box.evaluate("e => e.scrollWidth <= e.clientWidth")
    first = page.locator(SHOWN).first
    labels = first.evaluate(
        """row => [...row.cells].slice(1).map(
             cell => JSON.parse(getComputedStyle(cell, "::before").content))"""
    )
    heads = [head.get_text() for head in soup(PAGE).select(".evidence th")]
    assert labels == [f"{head}: " for head in heads[1:]]
    lefts = first.evaluate("r => [...r.cells].map(c => c.getBoundingClientRect().left)")
    assert len(set(lefts)) == 1  # one below the other
    controls = page.locator(".evidence-filters :is(select, input, button), .evidence th button")
    boxes = [control.bounding_box() for control in controls.all()]
    assert len(boxes) == 5 + len(heads)
    assert min(min(box["width"], box["height"]) for box in boxes) >= 24  # for a finger
    page.get_by_role("button", name="Verdict").click()
    assert column(page, 2) == sorted(column(page, 2))


def test_a_row_leads_to_its_card_and_the_card_to_itself(visit):
    page = visit(PAGE, hash="#evidence?chapter=optimizers&verdict=conditional")
    link = page.locator(f"{SHOWN} a").first
    statement = link.inner_text()
    link.click()
    page.wait_for_url("**/optimizers.html#claim-*")
    page.locator("html[data-scripts=ready]").wait_for(state="attached")
    card = page.locator(".claim:target")
    card.locator(".claim-statement", has_text=statement).wait_for()
    here = card.get_by_role("link", name="Link to this claim")
    assert min(here.bounding_box()[side] for side in ("width", "height")) >= 24
    here.focus()
    assert here.evaluate("e => e === document.activeElement")
    assert here.evaluate("e => e.href") == page.url
    source = page.locator(".claim-source a").first
    name = source.inner_text()
    source.click()
    page.wait_for_url("**/bibliography.html#cite-*")
    assert name.split(" ")[0] in page.locator(":target").inner_text()
