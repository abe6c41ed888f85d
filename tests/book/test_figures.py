"""What pages make of figures: captions, frames as files, drawings, letters, colors."""

import hashlib
import json
import re
import subprocess

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from site_extension import figures
from test_site_extension import NODE, html_of

from helpers import choice, explore, js_figure, slider
from helpers.pictures import colors as drawing_colors
from helpers.pictures import plots


def colors(red, green):
    """Colors & "more" of <them>."""
    fig = Figure(figsize=(1, 1), facecolor=(red / 255, 0.2, green))
    fig.text(0.5, 0.5, "ab" if green else "bc")
    return fig


SWEEP = html_of(explore, colors, red=slider(0, 255, 4, integer=True), green=choice(0, 1))
RACE = html_of(js_figure, "optimizer_race", alt="Race. More.", poster=Figure(figsize=(1, 1)))
FRAMES = re.compile(r'<script type="application/json" class="frames">(.*?)</script>')


def test_frames_become_a_file_and_nothing_else_changes(tmp_path):
    body = f"<h1>Two</h1>{SWEEP}<p>between</p>{RACE}<p>&lt;img</p>"
    page = figures.externalize(body, tmp_path / "frames", "../frames")
    [path] = (tmp_path / "frames").iterdir()
    address = f' frames="../frames/{path.name}"'
    assert page.count(address) == 1
    assert page.replace(address, "") == FRAMES.sub("", body)


def test_the_file_is_a_classic_script_with_the_frames(tmp_path):
    figures.externalize(SWEEP, tmp_path, "f")
    [path] = tmp_path.iterdir()
    script = f"globalThis.window = {{}}; {path.read_text('utf8')};"
    script += f"process.stdout.write(JSON.stringify(window.figureFrames['{path.stem}']))"
    out = subprocess.run([NODE, "-"], input=script, capture_output=True, text=True, check=True)
    assert json.loads(out.stdout) == json.loads(FRAMES.search(SWEEP)[1])
    text = path.read_text("utf8").split("=", 2)[2].rstrip(";\n")
    assert path.stem == hashlib.sha256(text.encode()).hexdigest()[:20]


@given(st.lists(st.sampled_from([SWEEP, RACE, "<p>text</p>", "<img alt='a'>"]), max_size=5))
@settings(max_examples=20, deadline=None)
def test_text_around_figures_stays(tmp_path_factory, parts):
    folder = tmp_path_factory.mktemp("frames")
    page = figures.externalize("".join(parts), folder, "f")
    assert page == "".join(figures.externalize(part, folder, "f") for part in parts)
    assert not FRAMES.search(page)


def test_a_page_without_figures_makes_no_folder(tmp_path):
    assert figures.externalize("<p>text</p>", tmp_path / "frames", "f") == "<p>text</p>"
    assert not (tmp_path / "frames").exists()


def test_captions_are_numbered_and_name_their_figures():
    page = BeautifulSoup(figures.number_captions(SWEEP + "<p>x</p>" + RACE), "html.parser")
    captions = page.select("figure > figcaption")
    assert [caption.get_text() for caption in captions] == [
        'Figure 1. Colors & "more" of <them>.', "Figure 2. Race.",
    ]  # fmt: skip
    for figure, caption in zip(page.find_all("figure"), captions, strict=True):
        assert figure["aria-labelledby"] == caption["id"]
        assert "data-caption" not in figure.attrs


def test_a_letter_has_its_shape_once_on_a_page():
    body = SWEEP + RACE + SWEEP
    page = BeautifulSoup(figures.share_glyphs(body), "html.parser")
    shapes = [path["id"] for path in page.select("path[id^=glyph]")]
    assert len(shapes) == len(set(shapes)) >= 2
    used = {use["href"][1:] for use in page.find_all("use")}
    assert used <= set(shapes)
    assert len(page.select("svg.glyphs")) == 1


def test_a_plot_stands_in_its_page_with_the_text_of_its_cell(tmp_path):
    fig = Figure(figsize=(1, 1))
    fig.text(0, 0, "a")
    (tmp_path / "1.svg").write_text(plots.plot_svg(fig), "utf8")
    (tmp_path / "2.svg").write_text("<svg>another program's</svg>")
    images = {name: tmp_path / name for name in ("1.svg", "2.svg")}
    mine = '<img alt="A &quot;plot&quot;: one letter." src="../../_images/1.svg" />'
    others = '<img alt="b" src="_images/2.svg" /><img alt="c" src="_images/3.svg" />'
    page = figures.inline_plots(f"<p>{mine}</p>{others}", images)
    assert page.endswith(others)
    [drawing] = BeautifulSoup(page, "html.parser").select("svg.drawing")
    assert drawing["aria-label"] == 'A "plot": one letter.'
    page = BeautifulSoup(figures.number_captions(page), "html.parser")
    assert page.find("figcaption").get_text() == 'Figure 1. A "plot".'
    assert page.find("figure").find("svg")


@pytest.mark.parametrize("text", ["a --rgb-ffffff,#ffffff and --rgb-0072b2", "--rgb-123456"])
def test_each_color_that_is_used_has_its_rules(text):
    rules = figures.color_rules([text, "none"])
    dark, _, forced = rules.split("@media")[1:]
    for name in re.findall(r"--rgb-(\w{6})", text):
        value = drawing_colors.variable([int(name[i : i + 2], 16) / 255 for i in (0, 2, 4)])
        assert (f"--rgb-{name}:" in dark) == value.startswith("var(")
    assert ("--rgb-ffffff:color-mix(in srgb,CanvasText 0%,Canvas)" in forced) == ("ffffff" in text)
    assert "--rgb-0072b2" not in forced


def test_a_drawing_is_as_wide_as_its_largest_text_permits():
    def sized(size):
        fig = Figure(figsize=(7, 3.5))
        fig.text(0.5, 0.5, r"$x^2$ and words", fontsize=size)
        style = re.search(r'<svg style="([^"]*)"', figures.size_drawings(plots.plot_svg(fig)))[1]
        return dict(part.split(":") for part in style.split(";"))

    # In em: 7 inches of 72 points, over the size of a title, or of what is larger.
    assert sized(10) == sized(14) == {"--width": "36", "--ratio": "2"}
    assert sized(28) == {"--width": "18", "--ratio": "2"}
    assert figures.size_drawings("<p>no drawing</p>") == "<p>no drawing</p>"
