"""The date figure on its page: the network trained in the chapter, against torch."""

import base64
import datetime
import gzip

import nbformat
import numpy as np
import pytest
from built_site import CLIENT_FIGURES, ROOT, specification
from date_reader import ENGINE, TRANSLATE, torch_translate
from engine_page import LOAD
from settling import settled

from helpers.client_figures.date_alignment.figure import LARGEST, weight_shapes

NAME = "date_alignment"
CHAPTER = ROOT / "chapters" / "architectures" / "attention.ipynb"
PAGES = [path for path, name in CLIENT_FIGURES if name == NAME]


@pytest.fixture(scope="module")
def path():
    [page] = PAGES
    return page


@pytest.fixture(scope="module")
def state(path):
    return specification(path, NAME)


def generated_dates(n):
    """Return n dates as (text, answer), written by the chapter's own code."""
    [cell] = [c for c in nbformat.read(CHAPTER, 4).cells if c.id == "forms"]
    names = {"datetime": datetime}
    exec(cell.source, names)
    rng = np.random.default_rng(12345)
    first = datetime.date(1950, 1, 1)
    days = [first + datetime.timedelta(days=int(k)) for k in rng.integers(36525, size=n)]
    forms = rng.integers(len(names["FORMS"]), size=n)
    return [(names["write_date"](day, names["FORMS"][k])[0], day.isoformat())
            for day, k in zip(days, forms, strict=True)]


def unpack(model):
    numbers = np.frombuffer(base64.b64decode(model["weights"]), "<f4")
    shapes = weight_shapes(len(model["letters"]), len(model["symbols"]), model["hidden"])
    ends = np.cumsum([np.prod(shape) for shape in shapes.values()])
    parts = np.split(numbers, ends[:-1])
    return {name: part.reshape(shape)
            for (name, shape), part in zip(shapes.items(), parts, strict=True)}


def test_a_thousand_dates_equal_torch(browser, state, record_property):
    model = state["model"]
    dates = generated_dates(1000)
    page = browser.new_page()
    page.evaluate(LOAD, ENGINE)
    ours = page.evaluate(TRANSLATE, [model, [text for text, _ in dates], model["length"]])
    page.close()
    weights = unpack(model)
    largest, right = 0.0, 0
    for (text, day), result in zip(dates, ours, strict=True):
        answer, rows, _ = torch_translate(
            weights, model["letters"], model["symbols"], text, model["length"])
        assert result["answer"] == answer, text
        largest = max(largest, np.abs(np.array(result["alignment"]) - rows).max())
        right += answer == day
    record_property("largest", float(largest))
    print(f"\n1,000 answers equal; weights differ by at most {largest:.0e}; {right} dates right")
    assert largest < 1e-10
    assert right > 900, "these are the weights of a trained network"


def test_the_weights_fit_their_budget(state):
    assert len(state["model"]["weights"]) <= LARGEST
    print(f"\n{len(state['model']['weights']):,} bytes of base64, "
          f"{len(gzip.compress(state['model']['weights'].encode())):,} gzipped")


def visit_figure(visit, path, hash=""):
    page = visit(path, hash=hash, reduced_motion="reduce")
    page.locator(f"js-figure#{NAME}").scroll_into_view_if_needed()
    settled(page)
    return page


def test_the_page_shows_torchs_answer(visit, path, state):
    page = visit_figure(visit, path)
    model = state["model"]
    answer, _, _ = torch_translate(
        unpack(model), model["letters"], model["symbols"], state["text"], model["length"])
    assert page.locator(".date-written").inner_text() == answer


def test_a_typed_date_is_in_the_address(visit, path):
    page = visit_figure(visit, path)
    page.get_by_label("A date in words").fill("14th of July 1999")
    page.get_by_role("slider", name="Written character").press("ArrowRight")
    page.wait_for_function(
        f"location.hash === new URL(document.getElementById('{NAME}').model.link()).hash")
    written = page.locator(".date-written").inner_text()
    hash = "#" + page.url.split("#", 1)[1]
    assert "weights" not in hash and len(hash) < 100
    again = visit_figure(visit, path, hash)
    assert again.get_by_label("A date in words").input_value() == "14th of July 1999"
    assert again.locator(".date-written").inner_text() == written
    assert again.get_by_role("slider", name="Written character").input_value() == "7"
    again.locator("#date_alignment").get_by_role("button", name="Reset").click()
    assert again.get_by_label("A date in words").input_value() == "march 3rd, 2021"


def test_an_unreadable_date_in_the_address_gets_a_message(visit, path):
    page = visit_figure(visit, path, f"#{NAME}?text=3.+M%C3%A4rz+2021&row=77")
    assert "has never seen “ä”, “z”" in page.locator(".date-problem").inner_text()
    assert page.locator(".date-written").inner_text() == ""
