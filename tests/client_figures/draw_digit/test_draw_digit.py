"""Draw a digit: the browser's engine equals torch, dots count as they should, Python checks."""

import base64
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
import torch
from engine_page import LOAD, engine
from sklearn.datasets import load_digits
from torch import nn

from helpers.client_figures.draw_digit import figure as draw_digit

CHAPTER = Path(__file__).parents[3] / "chapters" / "architectures" / "convolution.ipynb"
# Unpacks as the figure does and returns the logits of every image, moved by some dots.
LOGITS = """([packed, network, right, down]) => {
  const model = { get: key => ({ data: packed, network })[key] };
  const state = engine.readState(model, packed);
  const size = state.size;
  return state.data.labels.map((_, picture) => {
    const counts = engine.pageOf(state.data, picture);
    const dots = engine.shiftDots(engine.dotsFromCounts(counts, state.data.cells), size,
      right, down);
    return [...engine.respondTo(state, dots).scores];
  });
}"""
OUTPUTS = """([packed, page]) => {
  const data = engine.readState({ get: key => ({ data: packed })[key] }, packed).data;
  const input = { data: Float64Array.from(page.flat()), shape: [1, page.length, page.length] };
  return engine.forward(data.networks[0].layers, data.weights, input)
    .map(({ data, shape }) => [[...data], shape]);
}"""
ENGINE = "draw_digit/engine.js"
MODULES = (ENGINE, "draw_digit/bitmap.js", "draw_digit/stages.js", "draw_digit/state.js")


@pytest.fixture(scope="module")
def engine_page(browser):
    page = browser.new_page()
    page.evaluate(LOAD, engine(*MODULES))
    yield page
    page.close()


def random_network(rng):
    """Return a network with random options that takes pages of 32 x 32."""
    layers, channels = [], 1
    for _ in range(2):
        size = rng.integers(1, 4, size=2).tolist()
        stride, padding, dilation = (rng.integers(low, 3, size=2).tolist() for low in (1, 0, 1))
        filters = int(rng.integers(2, 5))
        layers += [nn.Conv2d(channels, filters, size, stride, padding, dilation,
                             bias=bool(rng.integers(2))), nn.ReLU()]
        if rng.integers(2):
            pooling = nn.MaxPool2d if rng.integers(2) else nn.AvgPool2d
            layers.append(pooling(rng.integers(1, 3, size=2).tolist(), int(rng.integers(1, 3))))
        channels = filters
    layers.append(nn.Flatten())
    features = nn.Sequential(*layers)(torch.zeros(1, 1, 32, 32)).shape[1]
    return nn.Sequential(*layers, nn.Linear(features, 12), nn.ReLU(),
                         nn.Linear(12, 10, bias=bool(rng.integers(2))))


def outputs_of(net, page):
    x, outputs = torch.tensor(page, dtype=torch.float32)[None, None], []
    with torch.no_grad():
        for module in net:
            x = module(x)
            outputs.append(x[0].numpy())
    return outputs


def largest_difference(page, seeds):
    images, labels = np.zeros((1, 32, 32), int), np.zeros(1, int)
    errors = []
    for seed in seeds:
        torch.manual_seed(seed)
        rng = np.random.default_rng(seed)
        net = random_network(rng)
        picture = rng.integers(0, 17, size=(32, 32)) / 16
        packed = draw_digit.pack({"random": net}, images, labels, 0)
        ours = page.evaluate(OUTPUTS, [packed, picture.tolist()])
        theirs = outputs_of(net, picture)
        assert [shape for _, shape in ours] == [list(output.shape) for output in theirs]
        errors += [np.abs(np.array(values, float).reshape(output.shape) - output).max()
                   for (values, _), output in zip(ours, theirs, strict=True)]
    return np.max(errors)  # not a number, if one of them is none


def test_every_layer_equals_torch(engine_page):
    worst = largest_difference(engine_page, range(60))
    print(f"\nlargest difference in any layer of 60 random networks: {worst:.1e}")
    assert worst < 1e-5


@pytest.mark.parametrize(("right", "wrong"), [
    ("i * stride[0] + m * dilation[0]", "i * stride[1] + m * dilation[0]"),
    ("j * stride[1] + n * dilation[1]", "j * stride[1] + n"),
    ("if (column < 0 || column >= columns) continue;", ""),
    ("weights[bias + k];\n          for (let c", "0;\n          for (let c"),
    ("weights[weight + k * inputs + i]", "weights[weight + i * outputs + k]"),
    ("Math.max(0, value)", "Math.abs(value)"),
    ("/ values.length", "/ 4"),
    ("i * stride[0] + m) * columns", "i * size[0] + m) * columns"),
])
def test_a_wrong_engine_would_be_caught(browser, right, wrong):
    page = browser.new_page()
    page.evaluate(LOAD, engine(*MODULES, replace=[(ENGINE, right, wrong)]))
    try:
        assert any(not largest_difference(page, [seed]) < 1e-5 for seed in range(20))
    finally:
        page.close()


@pytest.fixture(scope="module")
def chapter():
    """Run the chapter's own cells that make the data, the network and its training."""
    cells = {cell.id: cell.source for cell in nbformat.read(CHAPTER, 4).cells}
    names = {}
    for cell in ("imports", "opening-map", "count-claim", "digits", "networks", "train"):
        exec(compile(cells[cell], cell, "exec"), names)
    plt.rcdefaults()
    return names


def test_logits_equal_torch_on_the_whole_test_set(engine_page, chapter):
    net = chapter["train"](chapter["small_lenet"], 0, chapter["ANYWHERE"], steps=60)
    digits, part = chapter["digits"], chapter["order"][chapter["TEST"]].numpy()
    packed = draw_digit.pack({"net": net}, digits.images[part], digits.target[part], 2)
    for place, (down, right) in ((12, (0, 0)), (0, (-2, -2)), (23, (2, 1))):
        ours = engine_page.evaluate(LOGITS, [packed, "net", 4 * right, 4 * down])
        with torch.no_grad():
            theirs = net(chapter["moved"][place, chapter["TEST"]]).numpy()
        worst = np.abs(np.array(ours) - theirs).max()
        print(f"\n{len(ours)} test images, moved by {right, down}: largest difference {worst:.1e}")
        assert len(ours) == 497 and worst < 1e-4


def test_dots_have_the_counts_of_the_data_set(engine_page):
    images = load_digits().images.astype(int)
    counts = engine_page.evaluate(
        """images => images.map(image =>
             [...engine.countBlocks(engine.dotsFromCounts(image, 8), 8)])""",
        images.reshape(-1, 64).tolist(),
    )
    np.testing.assert_array_equal(np.reshape(counts, (-1, 8, 8)), images)


def test_counting_is_that_of_the_data_set(engine_page):
    dots = np.random.default_rng(0).integers(0, 2, size=(48, 48))
    counts = engine_page.evaluate("dots => [...engine.countBlocks(dots, 12)]",
                                  dots.ravel().tolist())
    expected = dots.reshape(12, 4, 12, 4).sum(axis=(1, 3))
    np.testing.assert_array_equal(np.reshape(counts, (12, 12)), expected)


def test_shift_text_and_fit(engine_page):
    dots = np.random.default_rng(1).integers(0, 2, size=(48, 48)).astype(np.uint8)
    moved = engine_page.evaluate("dots => [...engine.shiftDots(dots, 48, 5, -3)]",
                                 dots.ravel().tolist())
    expected = np.zeros_like(dots)
    expected[:-3, 5:] = dots[3:, :-5]
    np.testing.assert_array_equal(np.reshape(moved, (48, 48)), expected)
    again = engine_page.evaluate(
        "dots => [...engine.decodeDots(engine.encodeDots(Uint8Array.from(dots)), 48)]",
        dots.ravel().tolist())
    np.testing.assert_array_equal(again, dots.ravel())
    nonsense = engine_page.evaluate("['', 'AAAA', '!'].map(t => engine.decodeDots(t, 48))")
    assert nonsense == [None] * 3
    small = np.zeros((48, 48), int)
    small[3:13, 30:36] = 1
    fitted = np.reshape(engine_page.evaluate("dots => [...engine.fitDots(dots, 48, 2)]",
                                             small.ravel().tolist()), (48, 48))
    rows, columns = (np.flatnonzero(fitted.any(axis=axis)) for axis in (1, 0))
    assert (rows[0], rows[-1]) == (8, 39), "from the top of the frame to its bottom"
    assert abs(columns[0] + columns[-1] - 47) <= 1 and 18 <= len(columns) <= 20
    assert engine_page.evaluate("engine.fitDots(new Uint8Array(48 * 48), 48, 2)") is None


def small_net(**conv):
    return nn.Sequential(nn.Conv2d(1, 2, 3, padding=1, **conv), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Flatten(), nn.Linear(72, 10))


IMAGES, LABELS = load_digits().images[:5], load_digits().target[:5]


def test_the_first_state_and_the_poster(monkeypatch):
    shown = []
    monkeypatch.setattr(draw_digit, "js_figure", lambda *args, **rest: shown.append((args, rest)))
    draw_digit.draw_digit({"a": small_net(), "b": small_net()}, IMAGES, LABELS, margin=2,
                          network="b", picture=3, right=-4, tool="move")
    (module,), rest = shown[0]
    data, poster = rest.pop("data"), rest.pop("poster")
    assert module == "draw_digit" and "picture of the digit 3" in rest.pop("alt")
    assert rest == {"network": "b", "picture": 3, "drawing": "", "right": -4, "down": 0,
                    "tool": "move", "name": ""}
    assert [stage["label"] for stage in data["networks"][0]["stages"]] == [
        "Picture", "Filters of convolution 1", "Convolution 1 and ReLU", "Max pooling 1"]
    stored = np.frombuffer(base64.b64decode(data["weights"]), "<f4")
    assert len(stored) == 2 * sum(p.numel() for p in small_net().parameters())
    assert data["labels"] == "01234" and data["cells"] == 12
    assert len(poster.axes) == 2 + 2 + 2, "picture, probabilities, two maps, two pooled maps"


@pytest.mark.parametrize(("change", "message"), [
    ({"networks": {}}, "at least one network"),
    ({"images": IMAGES / 16}, "whole numbers from 0 to 16"),
    ({"images": IMAGES[0]}, r"\(n, H, H\)"),
    ({"labels": LABELS[:4]}, "5 digits"),
    ({"labels": LABELS + 9}, "5 digits"),
    ({"margin": -1}, "margin"),
    ({"network": "c"}, "known: a"),
    ({"picture": 5}, "from 0 to 4"),
    ({"right": 9}, "from -8 to 8"),
    ({"tool": "spray"}, "draw, erase, move"),
    ({"networks": {"a": nn.Sequential(nn.Flatten(), nn.Linear(144, 9))}}, "ten scores"),
    ({"networks": {"a": nn.Sequential(nn.Flatten(), nn.Linear(64, 10))}}, "does not fit"),
    ({"networks": {"a": nn.Sequential(nn.Flatten(), nn.Linear(144, 900), nn.Linear(900, 10))}},
     "smaller network"),
])
def test_wrong_values_are_named(change, message):
    arguments = {"networks": {"a": small_net()}, "images": IMAGES, "labels": LABELS, "margin": 2}
    with pytest.raises(ValueError, match=message):
        draw_digit.draw_digit(**(arguments | change))


@pytest.mark.parametrize("module", [
    nn.Tanh(), nn.Conv2d(1, 2, 3, padding="same"), nn.Conv2d(1, 2, 3, padding_mode="reflect"),
    nn.Conv2d(2, 2, 3, groups=2), nn.MaxPool2d(2, padding=1), nn.MaxPool2d(2, ceil_mode=True),
    nn.AvgPool2d(2, divisor_override=1),
])
def test_unknown_layers_are_named(module):
    net = nn.Sequential(module, nn.Flatten(), nn.Linear(144, 10))
    with pytest.raises(TypeError, match="draw_digit"):
        draw_digit.pack({"a": net}, IMAGES, LABELS, 2)
