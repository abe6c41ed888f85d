"""`draw_digit`: draw on a pad and see every map of a small convolutional network respond.

The browser computes the network itself (``engine.js``) with the weights of a torch
module; here they are packed, checked, and drawn once for pages where JavaScript does not run.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from torch import nn

from ..js_figure import js_figure

LARGEST = 150_000  # bytes of weights and images as text
TOOLS = ("draw", "erase", "move")
_SIGNED = LinearSegmentedColormap.from_list("signed", ["#D55E00", "white", "#0072B2"])


def draw_digit(
    networks: Mapping[str, nn.Sequential],
    images: np.ndarray,
    labels: np.ndarray,
    *,
    margin: int = 0,
    network: str | None = None,
    picture: int = 0,
    right: int = 0,
    down: int = 0,
    tool: str = "draw",
    alt: str | None = None,
    name: str = "",
) -> None:
    """Show a drawing pad with all feature maps and the ten probabilities of a network.

    The pad has 4 x 4 dots for each pixel of the network. A pixel is the number of dots that are
    set in its block, divided by 16, as scikit-learn's digits were made. The reader draws with
    mouse, finger or keyboard, picks a test image, and moves the picture.

    Parameters
    ----------
    networks : mapping of str to torch.nn.Sequential
        By name, in the order in which the reader can choose them. Each takes
        (N, 1, H + 2 margin, W + 2 margin), with values from 0 to 1, to ten scores. Known layers:
        Conv2d, ReLU, MaxPool2d, AvgPool2d, Flatten, Linear.
    images : array of shape (n, H, W), H = W
        Test images, whole numbers from 0 to 16.
    labels : array of shape (n,)
        Their digits.
    margin : int, default 0
        Empty pixels around each image; the picture can be moved by as much.
    network : str, optional
        The one shown first; the first of all unless given.
    picture : int, default 0
        Index of the image shown first.
    right, down : int, default 0
        Its shift in dots, quarters of a pixel, at most ``4 * margin`` in size.
    tool : {"draw", "erase", "move"}, default "draw"
        What a pointer on the pad does at first.
    alt : str, optional
        Text for readers who cannot see the figure.
    name : str, optional
        What links to its state call it, where a page has two.

    Raises
    ------
    TypeError
        If a layer is none of the known ones, or has an option that the figure does not know.
    ValueError
        If a value is out of range, shapes do not fit, or weights and images are too large.
    """
    data = pack(networks, images, labels, margin)
    network = next(iter(networks)) if network is None else network
    if network not in networks:
        raise ValueError(f"there is no network {network!r}; known: {', '.join(networks)}")
    if not 0 <= picture < len(images):
        raise ValueError(f"picture must be from 0 to {len(images) - 1}, not {picture!r}")
    for which, shift in (("right", right), ("down", down)):
        if not -4 * margin <= shift <= 4 * margin:
            raise ValueError(f"{which} must be from {-4 * margin} to {4 * margin} dots "
                             f"with a margin of {margin}, not {shift!r}")
    if tool not in TOOLS:
        raise ValueError(f"tool must be one of {', '.join(TOOLS)}, not {tool!r}")
    page = np.pad(images[picture], margin)
    js_figure(
        "draw_digit",
        alt=alt or (
            f"Drawing pad for digits with a small convolutional network, {network}, at work: "
            f"a picture of the digit {labels[picture]}, all feature maps, and ten probabilities"
        ),
        name=name,
        poster=digit_poster(networks[network], page),
        data=data,
        network=network,
        picture=int(picture),
        drawing="",
        right=int(right),
        down=int(down),
        tool=tool,
    )


def pack(
    networks: Mapping[str, nn.Sequential], images: np.ndarray, labels: np.ndarray, margin: int
) -> dict[str, Any]:
    """Return networks and test images as JSON values for the browser, after checking them.

    Parameters
    ----------
    networks, images, labels, margin
        As for `draw_digit`.

    Returns
    -------
    dict
        ``networks`` (name, layers, stages), ``weights`` (base64 of float32), ``images`` (base64
        of bytes), ``labels`` (one letter each), ``cells`` and ``margin``.
    """
    images, labels = np.asarray(images), np.asarray(labels)
    if not networks:
        raise ValueError("draw_digit needs at least one network: {'name': net}")
    if images.ndim != 3 or images.shape[1] != images.shape[2] or len(images) == 0:
        raise ValueError(f"images must have shape (n, H, H), got {images.shape}")
    if not np.isin(images, np.arange(17)).all():
        raise ValueError("images must hold whole numbers from 0 to 16: do not scale them")
    if labels.shape != (len(images),) or not np.isin(labels, np.arange(10)).all():
        raise ValueError(f"labels must be {len(images)} digits, one for each image")
    if margin != int(margin) or margin < 0:
        raise ValueError(f"margin must be a whole number of pixels, at least 0, not {margin!r}")
    pages = np.pad(images, ((0, 0), (margin, margin), (margin, margin)))
    x = torch.tensor(pages[:, None] / 16, dtype=torch.float32)
    weights: list[np.ndarray] = []
    described = [
        {"name": name, **_describe(name, net, x, weights)} for name, net in networks.items()
    ]
    data = {
        "networks": described,
        "weights": _text(np.concatenate([w.ravel() for w in weights]).astype("<f4")),
        "images": _text(images.astype(np.uint8)),
        "labels": "".join(map(str, labels.tolist())),
        "cells": pages.shape[1],
        "margin": int(margin),
    }
    size = len(data["weights"]) + len(data["images"])
    if size > LARGEST:
        raise ValueError(f"weights and images take {size:,} bytes as text; at most {LARGEST:,}: "
                         "use a smaller network or fewer images")
    return data


def _text(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()


def _describe(name: str, net: nn.Sequential, x: torch.Tensor, weights: list) -> dict[str, Any]:
    """Return a network's layers and the stages to draw; append its weights to the others."""
    layers, stages = [], [{"label": "Picture", "layer": -1, "scale": 1.0}]
    titles: dict[str, int] = {}
    scale = 1.0

    def store(tensor: torch.Tensor) -> int:
        at = sum(w.size for w in weights)
        weights.append(tensor.detach().numpy())
        return at

    modules = list(net)
    with torch.no_grad():
        for i, module in enumerate(modules):
            layer = _layer(module, store)
            kind = layer["type"]
            if kind == "conv2d" and not layers:
                stages.append({
                    "label": "Filters of convolution 1", "scale": float(module.weight.abs().max()),
                    "filters": {"maps": module.out_channels, "rows": module.kernel_size[0],
                                "columns": module.kernel_size[1], "weight": layer["weight"]},
                })
            layers.append(layer)
            try:
                x = module(x)
            except RuntimeError as error:
                raise ValueError(f"{name}: layer {i}, {module}, does not fit: {error}") from error
            if x.ndim != 4:
                continue
            if kind != "relu":
                titles[kind] = titles.get(kind, 0) + 1
                word = {"conv2d": "Convolution", "maxpool": "Max pooling",
                        "avgpool": "Average pooling"}[kind]
                title = f"{word} {titles[kind]}"
            followed = i + 1 < len(modules) and isinstance(modules[i + 1], nn.ReLU)
            if not followed:  # the maps are shown after their activation
                label = f"{title} and ReLU" if kind == "relu" else title
                # Nearly the maximum: a single extreme value would make all the others pale.
                # Pooled maps keep the scale of what they pool, so that colors can be compared.
                if kind in ("conv2d", "relu"):
                    scale = float(x.abs().flatten().quantile(0.999)) or 1.0
                stages.append({"label": label, "layer": i, "scale": round(scale, 3)})
    if x.shape[1:] != (10,):
        raise ValueError(f"{name} must give ten scores, got an output of shape {tuple(x.shape)}")
    return {"layers": layers, "stages": stages}


def _layer(module: nn.Module, store) -> dict[str, Any]:
    """Return one layer as the browser's engine knows it."""
    pair = lambda value: [value, value] if isinstance(value, int) else list(value)  # noqa: E731
    kind = type(module)
    plain = {nn.ReLU: "relu", nn.Flatten: "flatten"}
    if kind in plain:
        return {"type": plain[kind]}
    if kind is nn.Linear:
        zeros = torch.zeros(module.out_features)
        return {"type": "linear", "outputs": module.out_features, "weight": store(module.weight),
                "bias": store(zeros if module.bias is None else module.bias)}
    if kind in (nn.MaxPool2d, nn.AvgPool2d):
        other = (pair(getattr(module, "dilation", 1)) != [1, 1]
                 or getattr(module, "divisor_override", None) is not None)
        if pair(module.padding) != [0, 0] or module.ceil_mode or other:
            raise TypeError(f"draw_digit pools without padding, dilation or ceil_mode: {module}")
        return {"type": "maxpool" if kind is nn.MaxPool2d else "avgpool",
                "size": pair(module.kernel_size), "stride": pair(module.stride)}
    if kind is nn.Conv2d:
        padding = module.padding
        if module.groups != 1 or module.padding_mode != "zeros" or isinstance(padding, str):
            raise TypeError(f"draw_digit knows no groups, and only zeros as padding: {module}")
        zeros = torch.zeros(module.out_channels)
        return {"type": "conv2d", "outputs": module.out_channels,
                "size": pair(module.kernel_size), "stride": pair(module.stride),
                "padding": pair(padding), "dilation": pair(module.dilation),
                "weight": store(module.weight),
                "bias": store(zeros if module.bias is None else module.bias)}
    raise TypeError(
        f"draw_digit cannot show {module}; it knows Conv2d, ReLU, MaxPool2d, AvgPool2d, Flatten "
        "and Linear in an nn.Sequential"
    )


def digit_poster(net: nn.Sequential, page: np.ndarray) -> Figure:
    """Draw a picture, the network's maps and its probabilities.

    Parameters
    ----------
    net : torch.nn.Sequential
        As for `draw_digit`.
    page : array of shape (H, W)
        Whole numbers from 0 to 16, margin included.

    Returns
    -------
    matplotlib.figure.Figure
        Above, picture and probabilities; below, one row for each stage with maps.
    """
    weights: list[np.ndarray] = []
    x = torch.tensor(page[None, None] / 16, dtype=torch.float32)
    stages = [s for s in _describe("network", net, x, weights)["stages"] if "layer" in s][1:]
    width, height = plt.rcParams["figure.figsize"]
    fig = plt.figure(figsize=(width, height * (1 + 0.3 * len(stages))))
    top, *rows = fig.subfigures(1 + len(stages), height_ratios=[2.4] + [1] * len(stages))
    left, bars = top.subplots(1, 2)
    left.imshow(page, cmap=_SIGNED, vmin=-16, vmax=16)
    ticks = range(0, len(page), 2)
    left.set(xlabel="column", ylabel="row", xticks=ticks, yticks=ticks)
    left.grid(False)
    outputs = []
    with torch.no_grad():
        for module in net:
            x = module(x)
            outputs.append(x)
        bars.bar(range(10), x[0].softmax(dim=0).numpy())
    bars.set(xticks=range(10), ylim=(0, 1), xlabel="digit", ylabel="probability")
    for row, stage in zip(rows, stages, strict=True):
        maps = outputs[stage["layer"]][0].numpy()
        row.suptitle(stage["label"])
        for ax, values in zip(np.atleast_1d(row.subplots(1, len(maps))), maps, strict=True):
            ax.imshow(values, cmap=_SIGNED, vmin=-stage["scale"], vmax=stage["scale"])
            ax.set(xticks=[], yticks=[])
            ax.grid(False)
    return fig
