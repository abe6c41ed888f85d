"""A matplotlib figure as vectors: a list of SVG elements, in colors that follow the page.

Figures of one exploration share most of their elements. So a figure is a list of elements, each of
which is a text of its own: equal ones can be stored once (`pack`). Letters are shapes, because
no two systems have the same fonts: a label is as wide everywhere as where it was placed.
"""

from __future__ import annotations

import gzip
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backend_bases import FigureCanvasBase, GraphicsContextBase, RendererBase
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox, Transform
from mpl_toolkits.mplot3d.art3d import Poly3DCollection
from PIL import Image

from . import frames
from .colors import follows, variable

UNITS = 10  # units of a drawing per point: whole numbers are exact enough and half as long
DPI = 72  # display coordinates are points
PIXELS = 160  # per inch, of what is drawn in pixels
EM = 1000  # units of a letter's shape per size of its font
MANY = 100  # elements of one artist that may be cheaper in pixels
HEAVY = 25_000  # bytes, compressed, of a drawing that may be
OPENING = '<svg class="drawing"'
LARGE = 0.1  # part of a figure that is a ground for what is drawn on it
FAR = 10_000_000  # units, a thousand times as far as any figure reaches
CIRCLE = Path.unit_circle()
CAPS = {"butt": "", "round": "round", "projecting": "square"}


@dataclass
class Drawing:
    """A figure as vectors.

    Parameters
    ----------
    size : tuple of int
        Width and height in tenths of a point, as the elements count.
    elements : list of str
        SVG elements, in the order in which they are painted.
    glyphs : dict of str to str
        Shapes of letters, as path data, by the id that the elements name.
    """

    size: tuple[int, int]
    elements: list[str] = field(default_factory=list)
    glyphs: dict[str, str] = field(default_factory=dict)


def draw(figure: Figure, name: str, pixels: bool = False) -> Drawing:
    """Draw a figure as vectors and close it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    name : str
        Begins the ids in the drawing, so it must be unique on a page.
    pixels : bool
        Whether surfaces, clouds and other artists of more than 100 elements become pictures
        inside the drawing.

    Returns
    -------
    Drawing

    Raises
    ------
    TypeError
        If it is not a figure; the message says how to return one.
    """
    frames.check_figure(figure)
    dpi = figure.dpi
    try:
        figure.dpi = DPI
        renderer = _Canvas(figure).get_renderer()
        renderer.begin(*figure.get_size_inches(), name)
        if pixels:
            for artist in figure.findobj(_is_heavy):
                artist.set_rasterized(True)
            mixed = MixedModeRenderer(figure, *figure.get_size_inches(), PIXELS, renderer)
            figure.draw(mixed)
        else:
            figure.draw(renderer)
        return renderer.drawing
    finally:
        figure.dpi = dpi
        plt.close(figure)


def _is_heavy(artist: object) -> bool:
    if isinstance(artist, Poly3DCollection):  # which has no paths before it is drawn
        return True
    if isinstance(artist, Collection):
        return max(len(artist.get_paths()), len(artist.get_offsets())) > MANY
    marked = isinstance(artist, Line2D) and artist.get_marker() not in ("None", None, " ", "")
    return marked and len(artist.get_xdata()) > MANY and artist.get_markevery() is None


class _Canvas(FigureCanvasBase):
    """Measures texts for the layout as they will be drawn."""

    @staticmethod
    @cache
    def get_renderer() -> VectorRenderer:
        # One for all figures: what matplotlib has measured it remembers by renderer, and measuring
        # the same labels for each frame again took half of the time.
        return VectorRenderer()


class VectorRenderer(RendererBase):
    """Collects what matplotlib draws as SVG elements, one figure after another."""

    def __init__(self) -> None:
        super().__init__()
        # Of each text: its letters and rules as elements, its width, and the letters' shapes.
        self._texts: dict[str, tuple[str, str, float, dict[str, str]]] = {}
        self.begin(1, 1, "")

    def begin(self, width: float, height: float, name: str) -> None:
        """Begin a drawing.

        Parameters
        ----------
        width, height : float
            Size of the figure in inches.
        name : str
            Begins the ids in the drawing.
        """
        self.name = name
        self.width, self.height = width * DPI, height * DPI
        self.drawing = Drawing((round(self.width * UNITS), round(self.height * UNITS)))
        self._flip = Affine2D().scale(UNITS, -UNITS).translate(0, self.height * UNITS)
        self._clips: set[str] = set()
        # Pictures, and large areas in a color of their own, look alike on light and dark pages. So
        # does what stands on them.
        self._grounds: list[Bbox] = []

    # What matplotlib asks

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Return the size in points."""
        return self.width, self.height

    def flipy(self) -> bool:
        """Return whether texts come with y from the top: no, as everything else."""
        return False

    def points_to_pixels(self, points: float) -> float:
        """Return points: they are the unit of display coordinates here."""
        return points

    def get_image_magnification(self) -> float:
        """Return how many pixels of a picture there are per point."""
        return PIXELS / DPI

    # What matplotlib draws

    def draw_path(
        self, gc: GraphicsContextBase, path: Path, transform: Transform, rgbFace=None
    ) -> None:
        """Draw a path; see `RendererBase`."""
        full = (0, 0, *self.drawing.size)
        vertices, codes = _cleaned(path, transform + self._flip, full, rgbFace is None)
        if not len(vertices):
            return
        extent = _extent(vertices, codes)
        if self._is_paper(extent, rgbFace):
            return
        ground = self._is_ground(extent, rgbFace, gc)
        data, clip = _data(vertices, codes), self._clip(gc, extent)
        self._add(f'<path d="{data}"{self._style(gc, rgbFace, extent)}{clip}/>')
        if gc.get_hatch() is not None:
            self._add(f'<path d="{data}" fill="url(#{self._pattern(gc, extent)})"{clip}/>')
        if ground:
            self._grounds.append(extent)

    def draw_markers(
        self, gc, marker_path, marker_trans, path, trans, rgbFace=None
    ) -> None:
        """Draw a marker at each point of a path; see `RendererBase`."""
        at = path.vertices if path.codes is None else path.vertices[_ends(path.codes)]
        self._draw_shapes(
            (x, y, marker_path, marker_trans, gc, rgbFace) for x, y in trans.transform(at)
        )

    def draw_path_collection(
        self, gc, master_transform, paths, all_transforms, offsets, offset_trans, facecolors,
        edgecolors, linewidths, linestyles, antialiaseds, urls, offset_position, *,
        hatchcolors=None,
    ) -> None:  # fmt: skip
        """Draw many paths, for example the points of a cloud; see `RendererBase`."""
        raw = list(self._iter_collection_raw_paths(master_transform, paths, all_transforms))
        drawn = self._iter_collection(
            gc, raw, offsets, offset_trans, facecolors, edgecolors, linewidths, linestyles,
            antialiaseds, urls, offset_position,
            hatchcolors=[] if hatchcolors is None else hatchcolors,
        )  # fmt: skip
        self._draw_shapes((x, y, *shape, each, face) for x, y, shape, each, face in drawn)

    def _draw_shapes(self, shapes) -> None:
        for x, y, path, transform, gc, face in shapes:
            if not np.isfinite([x, y]).all():
                continue
            radius = _radius(path, transform)
            if radius is None:
                self.draw_path(gc, path, transform + Affine2D().translate(x, y), face)
                continue
            cx, cy = np.rint(self._flip.transform((x, y))).astype(int)
            r = radius * UNITS
            extent = Bbox.from_extents(cx - r, cy - r, cx + r, cy + r)
            style = self._style(gc, face, extent)
            clip = self._clip(gc, extent)
            self._add(f'<circle cx="{cx}" cy="{cy}" r="{_number(r)}"{style}{clip}/>')

    def draw_image(self, gc, x, y, im, transform=None) -> None:
        """Draw a picture; see `RendererBase`."""
        height, width = np.array(im.shape[:2]) * UNITS * DPI / PIXELS
        left, top = x * UNITS, (self.height - y) * UNITS - height
        data = frames.webp(Image.fromarray(im[::-1], "RGBA"))
        extent = Bbox.from_bounds(left, top, width, height)
        self._add(
            f'<image x="{_number(left)}" y="{_number(top)}" width="{_number(width)}" '
            f'height="{_number(height)}" preserveAspectRatio="none" '
            f'href="{frames.data_uri(data, "webp")}"{self._clip(gc, extent)}/>'
        )
        if im[..., 3].min() > 200:
            self._grounds.append(extent)

    def draw_gouraud_triangles(self, gc, triangles_array, colors_array, transform) -> None:
        """Refuse: SVG cannot blend three colors."""
        raise NotImplementedError(
            "shading='gouraud' cannot be drawn as vectors: use shading='nearest', or "
            "set_rasterized(True) on the artist"
        )

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None) -> None:
        """Draw a line of text or a formula as shapes; see `RendererBase`."""
        if not s.strip():
            return
        parts, rules, width, shapes = self._letters(s, prop, bool(ismath))
        self.drawing.glyphs |= shapes
        scale = prop.get_size_in_points() * UNITS / EM
        left, base = self._flip.transform((x, y))
        # Around the middle of the text; what counts is on which ground it stands.
        middle = Affine2D().rotate_deg(-angle).transform((width * scale / 2, -300 * scale))
        at = Bbox.from_bounds(left + middle[0], base + middle[1], 0, 0)
        alpha = gc.get_alpha() if gc.get_forced_alpha() else gc.get_rgb()[3]
        fill = self._paint("fill", gc.get_rgb(), alpha, at)
        turn = f"rotate({_number(-angle)})" if angle else ""
        move = f"translate({round(left)} {round(base)}){turn}scale({_number(scale, 4)})"
        self._add(f'<g transform="{move}"{fill}>{parts}{rules}</g>')

    def _letters(self, s: str, prop, ismath: bool) -> tuple[str, str, float, dict[str, str]]:
        """Return a text's letters and rules as elements, its width, and the letters' shapes.

        All are in units of `EM`.
        """
        key = f"{ismath}{prop.get_family()}{prop.get_style()}{prop.get_weight()}{s}"
        if key not in self._texts:
            text, glyphs = self._text2path, {}
            if ismath:
                letters, glyphs, rules = text.get_glyphs_mathtext(prop, s, glyph_map=glyphs)
            else:
                font = text._get_font(prop)
                letters, glyphs, rules = text.get_glyphs_with_font(font, s, glyph_map=glyphs)
            k = EM / text.FONT_SCALE
            upright = Affine2D().scale(k, -k)
            parts, shapes, width = [], {}, 0.0
            for glyph, x, y, size in letters:
                name = "glyph-" + re.sub(r"[^\w-]", "_", glyph)
                shape = Path(*glyphs[glyph])
                if not len(shape.vertices):
                    continue  # a space
                width = max(width, (x + shape.vertices[:, 0].max() * size) * k)
                shapes[name] = _data(*_cleaned(shape, upright, None, False))
                parts.append(_use(name, round(x * k), round(-y * k), size))
            lines = [_data(*_cleaned(Path(*rule), upright, None, False)) for rule in rules]
            drawn = "".join(f'<path d="{line}"/>' for line in lines)
            self._texts[key] = "".join(parts), drawn, width, shapes
        return self._texts[key]

    # How an element looks

    def _add(self, element: str) -> None:
        self.drawing.elements.append(element)

    def _is_paper(self, extent: Bbox, face) -> bool:
        """Tell whether this is the white sheet under the figure, which the page has already."""
        width, height = self.drawing.size
        white = face is not None and np.all(np.asarray(face[:3]) == 1)
        return white and extent.width >= width - 1 and extent.height >= height - 1

    def _is_ground(self, extent: Bbox, face, gc) -> bool:
        if face is None or follows(face) or gc.get_alpha() < 0.5:
            return False
        width, height = self.drawing.size
        return extent.width * extent.height > LARGE * width * height

    def _paint(self, what: str, color, alpha: float, extent: Bbox) -> str:
        middle = (extent.x0 + extent.x1) / 2, (extent.y0 + extent.y1) / 2
        fixed = any(ground.contains(*middle) for ground in self._grounds)
        opacity = f' {what}-opacity="{_number(alpha, 2)}"' if alpha < 1 else ""
        return f' {what}="{variable(color, fixed=fixed)}"{opacity}'

    def _style(self, gc: GraphicsContextBase, face, extent: Bbox) -> str:
        forced, alpha = gc.get_forced_alpha(), gc.get_alpha()
        if face is None:
            style = ' fill="none"'
        else:
            own = 1 if len(face) == 3 else face[3]
            style = self._paint("fill", face, alpha if forced or len(face) == 3 else own, extent)
        width = gc.get_linewidth()
        if not width:
            return style
        color = gc.get_rgb()
        style += self._paint("stroke", color, alpha if forced else color[3], extent)
        style += f' stroke-width="{_number(width * UNITS)}"'
        if gc.get_joinstyle() != "miter":
            style += f' stroke-linejoin="{gc.get_joinstyle()}"'
        if cap := CAPS[gc.get_capstyle()]:
            style += f' stroke-linecap="{cap}"'
        offset, dashes = gc.get_dashes()
        if dashes is not None:
            style += f' stroke-dasharray="{" ".join(_number(d * UNITS) for d in dashes)}"'
            if offset:
                style += f' stroke-dashoffset="{_number(offset * UNITS)}"'
        return style

    def _pattern(self, gc: GraphicsContextBase, extent: Bbox) -> str:
        """Define a hatch, one tile an inch wide, and return its id."""
        size = DPI * UNITS
        upright = Affine2D().scale(size, -size).translate(0, size)
        lines = _cleaned(gc.get_hatch_path(), upright, None, False)
        color = self._paint("stroke", gc.get_hatch_color(), 1, extent)
        width = _number(gc.get_hatch_linewidth() * UNITS)
        name = f"hatch-{self.name}-{'-'.join(str(ord(c)) for c in gc.get_hatch())}"
        pattern = (
            f'<pattern id="{name}" patternUnits="userSpaceOnUse" width="{size}" height="{size}">'
            f'<path d="{_data(*lines)}" fill="none"{color} stroke-width="{width}"/></pattern>'
        )
        if pattern not in self.drawing.elements:
            self._add(pattern)
        return name

    def _clip(self, gc: GraphicsContextBase, extent: Bbox) -> str:
        """Return the attribute that cuts an element, where it reaches beyond what it may."""
        path, transform = gc.get_clip_path()
        box = gc.get_clip_rectangle()
        if path is not None:
            shape = _data(*_cleaned(path, transform + self._flip, None, False))
        elif box is not None:
            (x0, y1), (x1, y0) = self._flip.transform(box.get_points())
            reach = gc.get_linewidth() * UNITS / 2
            inside = extent.x0 - reach >= x0 and extent.x1 + reach <= x1
            if inside and extent.y0 - reach >= y0 and extent.y1 + reach <= y1:
                return ""
            x0, y0, x1, y1 = np.rint([x0, y0, x1, y1]).astype(int)
            shape = f"M{x0} {y0}H{x1}V{y1}H{x0}z"
        else:
            return ""
        name = f"clip-{self.name}-{re.sub('[^0-9A-Za-z]+', '_', shape)}"
        if name not in self._clips:
            self._clips.add(name)
            self._add(f'<clipPath id="{name}"><path d="{shape}"/></clipPath>')
        return f' clip-path="url(#{name})"'


# Paths as text


def _cleaned(path: Path, transform: Transform, clip, simplify: bool):
    """Return vertices of shape (n, 2) and codes of shape (n,) without what is not finite."""
    clean = path.cleaned(
        transform=transform,
        remove_nans=True,
        clip=clip if simplify else None,
        simplify=False,
        curves=True,
    )
    if not len(clean.codes) or clean.codes[0] == Path.STOP:
        return clean.vertices[:0], clean.codes[:0]
    if simplify and path.should_simplify:
        # In points, so that what is left out is less than a tenth of one.
        down = Affine2D().scale(1 / UNITS)
        points = Path(clean.vertices, clean.codes).cleaned(transform=down, simplify=True)
        return points.vertices * UNITS, points.codes
    return clean.vertices, clean.codes


def _extent(vertices: np.ndarray, codes: np.ndarray) -> Bbox:
    drawn = vertices[(codes != Path.STOP) & (codes != Path.CLOSEPOLY)]
    return Bbox([drawn.min(axis=0), drawn.max(axis=0)]) if len(drawn) else Bbox.null()


def _ends(codes: np.ndarray) -> np.ndarray:
    """Return which vertices end a segment: control points carry no marker."""
    ends = np.ones(len(codes), dtype=bool)
    for i, code in enumerate(codes[:-1]):
        ends[i] = not (code in (Path.CURVE3, Path.CURVE4) and codes[i + 1] == code)
    return ends


def _radius(path: Path, transform: Transform) -> float | None:
    """Return the radius, in points, of a path that is a circle around the origin."""
    if len(path.vertices) != len(CIRCLE.vertices) or path.codes is None:
        return None
    if not np.array_equal(path.codes, CIRCLE.codes):
        return None
    matrix = transform.get_matrix() if transform.is_affine else np.zeros((3, 3))
    size = path.vertices[0, 1] / CIRCLE.vertices[0, 1]
    a, b, c, d = matrix[0, 0], matrix[0, 1], matrix[1, 0], matrix[1, 1]
    round_ = a > 0 and np.isclose(a, d) and b == c == 0 and not matrix[:2, 2].any()
    same = np.allclose(path.vertices, CIRCLE.vertices * size)
    return float(a * size) if round_ and same and size > 0 else None


def _number(value: float, digits: int = 1) -> str:
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits else str(round(value))


def _use(name: str, x: int, y: int, size: float) -> str:
    if size == 1:
        place = f' x="{x}"' if x else ""
        place += f' y="{y}"' if y else ""
        return f'<use href="#{name}"{place}/>'
    return f'<use href="#{name}" transform="translate({x} {y})scale({_number(size, 3)})"/>'


_LETTERS = {Path.LINETO: ("l", 1), Path.CURVE3: ("q", 2), Path.CURVE4: ("c", 3)}


def _data(vertices: np.ndarray, codes: np.ndarray) -> str:
    """Write a path as SVG does, in whole numbers relative to the point before."""
    # A logarithm of zero may be 1e300 points away, which no whole number can hold.
    points = np.rint(np.clip(vertices, -FAR, FAR)).astype(int).tolist()
    out, last = [], ""
    here = start = [0, 0]
    i = 0
    while i < len(codes) and codes[i] != Path.STOP:
        code = codes[i]
        if code == Path.MOVETO:
            here = start = points[i]
            out.append(f"M{here[0]} {here[1]}")
            last, i = "M", i + 1
        elif code == Path.CLOSEPOLY:
            out.append("z")
            here, last, i = start, "z", i + 1
        else:
            letter, count = _LETTERS[code]
            step = [p[k] - here[k] for p in points[i : i + count] for k in (0, 1)]
            here, i = points[i + count - 1], i + count
            if letter == "l" and step == [0, 0] and last == "l":
                continue
            sign = "" if letter == last and step[0] < 0 else " "
            out.append((letter if letter != last else sign) + _steps(step))
            last = letter
    return "".join(out)


def _steps(step: Sequence[int]) -> str:
    text = str(step[0])
    for number in step[1:]:
        text += str(number) if number < 0 else f" {number}"
    return text


# Drawings as markup


def svg(drawing: Drawing, label: str, glyphs: bool = True) -> str:
    """Return a drawing as an element of a page.

    Parameters
    ----------
    drawing : Drawing
    label : str
        Text for readers who cannot see it.
    glyphs : bool
        Whether the shapes of its letters come with it.

    Returns
    -------
    str
        ``<svg>`` with the role of a picture, as wide as its page lets it be.
    """
    width, height = drawing.size
    shapes = defs(drawing.glyphs) if glyphs else ""
    return (
        f'{OPENING} viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{html.escape(label)}">{shapes}<g>{"".join(drawing.elements)}</g></svg>'
    )


def weight(drawing: Drawing) -> int:
    """Return the bytes of a drawing's elements, compressed."""
    return len(gzip.compress("".join(drawing.elements).encode(), 6))


def defs(glyphs: dict[str, str]) -> str:
    """Return shapes of letters as SVG definitions."""
    shapes = "".join(f'<path id="{name}" d="{data}"/>' for name, data in sorted(glyphs.items()))
    return f"<defs>{shapes}</defs>" if shapes else ""


def pack(drawings: Sequence[Drawing]) -> dict[str, list]:
    """Store every element of many drawings once.

    Returns
    -------
    dict
        ``elements``, all different ones; and ``frames``, one list for each drawing, of pairs
        (first, count) of runs of neighbors in ``elements``, flat.
    """
    numbers: dict[str, int] = {}
    rows = []
    for drawing in drawings:
        row: list[int] = []
        for element in drawing.elements:
            number = numbers.setdefault(element, len(numbers))
            if row and row[-2] + row[-1] == number:
                row[-1] += 1
            else:
                row += [number, 1]
        rows.append(row)
    return {"elements": list(numbers), "frames": rows}
