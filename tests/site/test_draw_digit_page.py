"""The networks that the chapter shows in the page: their logits are torch's, for every image."""

import base64

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from built_site import CLIENT_FIGURES, specification
from settling import settled

FIGURES = [(path, name) for path, name in CLIENT_FIGURES if name.startswith("draw_digit")]


def test_there_is_one():
    assert FIGURES


def torch_logits(layers, weights, x):
    """Return the scores of a network that is described as the browser gets it."""
    def stored(at, *shape):
        return torch.tensor(weights[at : at + np.prod(shape)].reshape(shape))

    for layer in layers:
        kind = layer["type"]
        if kind == "conv2d":
            weight = stored(layer["weight"], layer["outputs"], x.shape[1], *layer["size"])
            x = F.conv2d(x, weight, stored(layer["bias"], layer["outputs"]), layer["stride"],
                         layer["padding"], layer["dilation"])
        elif kind == "linear":
            weight = stored(layer["weight"], layer["outputs"], x.shape[1])
            x = F.linear(x, weight, stored(layer["bias"], layer["outputs"]))
        elif kind == "maxpool":
            x = F.max_pool2d(x, layer["size"], layer["stride"])
        else:
            x = x.relu() if kind == "relu" else x.flatten(1)
    return x.numpy()


@pytest.mark.parametrize(("path", "name"), FIGURES)
def test_logits_equal_torch_on_the_whole_test_set(visit, path, name):
    data = specification(path, name)["data"]
    weights = np.frombuffer(base64.b64decode(data["weights"]), "<f4")
    images = np.frombuffer(base64.b64decode(data["images"]), np.uint8)
    side = data["cells"] - 2 * data["margin"]
    images = images.reshape(-1, 1, side, side)
    assert len(data["weights"]) + len(data["images"]) <= 150_000
    pages = F.pad(torch.tensor(images / 16, dtype=torch.float32), (data["margin"],) * 4)
    labels = np.array([int(label) for label in data["labels"]])
    page = visit(path, reduced_motion="reduce")
    page.locator(f"js-figure#{name}").scroll_into_view_if_needed()
    settled(page)
    for network in data["networks"]:
        theirs = torch_logits(network["layers"], weights, pages)
        # What the figure shows, read from the page itself, image by image.
        ours = page.evaluate("""async ([id, network, images]) => {
          const figure = document.getElementById(id);
          figure.model.set("network", network);
          const scores = [];
          for (let k = 0; k < images; k++) {
            figure.model.set("picture", k);
            await new Promise(requestAnimationFrame);
            await new Promise(requestAnimationFrame);
            scores.push([...figure.querySelectorAll(".digit-bars li")].map(row =>
              Number(row.children[3].dataset.score)));
          }
          return scores;
        }""", [name, network["name"], len(images)])
        worst = np.abs(np.array(ours) - theirs).max()
        share = (theirs.argmax(axis=1) == labels).mean()
        print(f"\n{network['name']}: {worst:.1e} on {len(images)} images, {share:.1%} right")
        assert worst < 1e-4 and share > 0.9
