"""What all figures share: marks of what is not drawn yet, and one voice; and tests that wait."""

import pytest
from engine_page import LOAD, engine
from settling import settled
from slow_frames import slow

BODY = '<main><div id="figure" style="height:50px"></div></main>'
NEXT = "await new Promise(requestAnimationFrame);"
MARKED = "figure.hasAttribute('data-drawing')"


@pytest.fixture
def page(open_page):
    page = open_page()
    page.set_content(BODY)
    page.evaluate(LOAD, engine("shared/frame.js", "shared/elements.js"))
    return page


def run(page, script):
    """Run a script that knows the element `figure` and returns what it notes in `seen`."""
    return page.evaluate(f"""async () => {{
      const figure = document.getElementById("figure");
      const seen = [];
      {script}
      return seen;
    }}""")


def test_however_often_it_is_asked_it_draws_once(page):
    assert run(page, f"""
      const paint = engine.createPainter(figure, time => seen.push(typeof time));
      seen.push({MARKED});
      paint(); paint();
      seen.push({MARKED});
      {NEXT}
      seen.push({MARKED});
      {NEXT}
    """) == [False, True, "number", False]


def test_a_drawing_that_asks_again_stays_marked(page):
    assert run(page, f"""
      let left = 2;
      const paint = engine.createPainter(figure, () => {{ if (--left) paint(); }});
      paint();
      {NEXT}
      seen.push({MARKED});
      {NEXT}
      seen.push({MARKED}, left);
    """) == [True, False, 0]


def test_a_drawing_that_fails_is_not_awaited_for_ever(browser):
    page = browser.new_page()  # one that forgives errors
    page.set_content(BODY)
    page.evaluate(LOAD, engine("shared/frame.js"))
    assert run(page, f"""
      engine.createPainter(figure, () => {{ throw new Error("no canvas"); }})();
      {NEXT} {NEXT}
      seen.push({MARKED});
    """) == [False]
    page.close()


def test_a_canceled_drawing_never_comes(page):
    assert run(page, f"""
      const paint = engine.createPainter(figure, () => seen.push("drawn"));
      paint();
      paint.cancel();
      seen.push({MARKED});
      {NEXT} {NEXT}
    """) == [False]


def test_a_mark_stays_until_the_last_is_drawn(page):
    assert run(page, f"""
      const [one, two] = [engine.markDrawing(figure), engine.markDrawing(figure)];
      one(); one();
      seen.push({MARKED});
      two();
      seen.push({MARKED});
    """) == [True, False]


def test_whether_anyone_looks_is_awaited(page):
    assert run(page, f"""
      const stop = engine.whileVisible(figure, () => seen.push("seen"), () => seen.push("left"));
      seen.push({MARKED});
      for (let frame = 0; frame < 4; frame++) {NEXT}
      seen.push({MARKED});
      stop();
      engine.whileVisible(figure, () => {{}}, () => {{}})();
      seen.push({MARKED});
    """) == [True, "seen", False, "left", False]


def test_the_latest_sentence_is_said_once_the_changes_pause(page):
    assert run(page, """
      const { element, say, stop } = engine.createSpeaker();
      document.body.append(element);
      new MutationObserver(() => seen.push(element.textContent)).observe(element,
        { childList: true });
      for (let k = 0; k < 5; k++) {
        say(`move ${k}`, 100);
        await new Promise(resolve => setTimeout(resolve, 20));
      }
      await new Promise(resolve => setTimeout(resolve, 300));
      say("move 4", 0);
      say("never", 50);
      stop();
      await new Promise(resolve => setTimeout(resolve, 150));
    """) == ["move 4"]


def test_listening_ends(page):
    assert run(page, """
      const stop = engine.listen(figure, { click: event => seen.push(event.type) });
      figure.click();
      stop();
      figure.click();
    """) == ["click"]


# The tests' own waiting


def test_a_settled_page_is_not_waited_for(page):
    settled(page, timeout=2000)


def test_it_waits_for_marks_that_come_one_after_another(page):
    page.evaluate("""async () => {
      const marks = [20, 60].map(() => engine.markDrawing(figure));
      setTimeout(() => { marks[0](); window.first = true; }, 100);
      setTimeout(() => {
        marks[1]();
        // What an observer reports a frame later.
        requestAnimationFrame(() => engine.createPainter(figure, () => { window.last = true; })());
      }, 200);
    }""")
    settled(page)
    assert page.evaluate("[first, last]") == [True, True]


@pytest.mark.parametrize("element", ["js-figure", "figure-sweep"])
def test_it_names_what_is_awaited(page, element):
    page.evaluate("""element => document.querySelector("main").insertAdjacentHTML("beforeend",
      `<${element} id="near" style="display:block">x</${element}><div style="height:5000px"></div>
       <${element} id="far" style="display:block">x</${element}>
       <div class="plot" data-drawing>x</div>`)""", element)
    with pytest.raises(AssertionError, match="not settled in 300 ms") as caught:
        settled(page, timeout=300)
    awaited = f"{element}#near has not begun; div.plot is not drawn"
    assert str(caught.value).split(": ")[1] == awaited
    page.evaluate("""() => { near.setAttribute("ready", "");
      document.querySelector(".plot").removeAttribute("data-drawing"); }""")
    settled(page, timeout=2000)
    page.evaluate("far.scrollIntoView()")
    with pytest.raises(AssertionError, match="#far has not begun$"):
        settled(page, timeout=300)


def test_late_frames_come_late_and_can_be_cancelled(browser):
    context = browser.new_context()
    slow(context, 100)
    page = context.new_page()
    page.set_content(BODY)
    waited, called = page.evaluate("""async () => {
      const called = [], begin = performance.now();
      cancelAnimationFrame(requestAnimationFrame(() => called.push("never asked for")));
      const second = requestAnimationFrame(() => called.push("asked for"));
      setTimeout(() => cancelAnimationFrame(second), 90);
      await new Promise(requestAnimationFrame);
      return [performance.now() - begin, called];
    }""")
    context.close()
    assert waited >= 99 and called == []


def test_a_test_that_does_not_wait_fails_when_frames_are_late(browser):
    context = browser.new_context()
    slow(context, 100)
    page = context.new_page()
    page.set_content(BODY)
    page.evaluate(LOAD, engine("shared/frame.js"))
    page.evaluate("""window.paint = engine.createPainter(figure,
      () => { figure.textContent = "drawn"; })""")
    assert page.evaluate("() => { paint(); return figure.textContent; }") == "", "read too early"
    settled(page)
    assert page.inner_text("#figure") == "drawn"
    context.close()
