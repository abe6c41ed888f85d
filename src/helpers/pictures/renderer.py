"""What matplotlib draws, as SVG elements."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox, Transform
from PIL import Image

from . import frames
from .colors import follows, variable
from .paths import UNITS, cleaned, ends, extent_of, number, path_data, radius_of

DPI = 72  # display coordinates are points
PIXELS = 160  # per inch, of what is drawn in pixels
EM = 1000  # units of a letter's shape per size of its font
LARGE = 0.1  # part of a figure that is a ground for what is drawn on it
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
        vertices, codes = cleaned(path, transform + self._flip, full, rgbFace is None)
        if not len(vertices):
            return
        extent = extent_of(vertices, codes)
        if self._is_paper(extent, rgbFace):
            return
        ground = self._is_ground(extent, rgbFace, gc)
        data, clip = path_data(vertices, codes), self._clip(gc, extent)
        self._add(f'<path d="{data}"{self._style(gc, rgbFace, extent)}{clip}/>')
        if gc.get_hatch() is not None:
            self._add(f'<path d="{data}" fill="url(#{self._pattern(gc, extent)})"{clip}/>')
        if ground:
            self._grounds.append(extent)

    def draw_markers(
        self, gc, marker_path, marker_trans, path, trans, rgbFace=None
    ) -> None:
        """Draw a marker at each point of a path; see `RendererBase`."""
        at = path.vertices if path.codes is None else path.vertices[ends(path.codes)]
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
            radius = radius_of(path, transform)
            if radius is None:
                self.draw_path(gc, path, transform + Affine2D().translate(x, y), face)
                continue
            cx, cy = np.rint(self._flip.transform((x, y))).astype(int)
            r = radius * UNITS
            extent = Bbox.from_extents(cx - r, cy - r, cx + r, cy + r)
            style = self._style(gc, face, extent)
            clip = self._clip(gc, extent)
            self._add(f'<circle cx="{cx}" cy="{cy}" r="{number(r)}"{style}{clip}/>')

    def draw_image(self, gc, x, y, im, transform=None) -> None:
        """Draw a picture; see `RendererBase`."""
        height, width = np.array(im.shape[:2]) * UNITS * DPI / PIXELS
        left, top = x * UNITS, (self.height - y) * UNITS - height
        data = frames.webp(Image.fromarray(im[::-1], "RGBA"))
        extent = Bbox.from_bounds(left, top, width, height)
        self._add(
            f'<image x="{number(left)}" y="{number(top)}" width="{number(width)}" '
            f'height="{number(height)}" preserveAspectRatio="none" '
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
        turn = f"rotate({number(-angle)})" if angle else ""
        move = f"translate({round(left)} {round(base)}){turn}scale({number(scale, 4)})"
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
                shapes[name] = path_data(*cleaned(shape, upright, None, False))
                parts.append(_use(name, round(x * k), round(-y * k), size))
            lines = [path_data(*cleaned(Path(*rule), upright, None, False)) for rule in rules]
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
        opacity = f' {what}-opacity="{number(alpha, 2)}"' if alpha < 1 else ""
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
        style += f' stroke-width="{number(width * UNITS)}"'
        if gc.get_joinstyle() != "miter":
            style += f' stroke-linejoin="{gc.get_joinstyle()}"'
        if cap := CAPS[gc.get_capstyle()]:
            style += f' stroke-linecap="{cap}"'
        offset, dashes = gc.get_dashes()
        if dashes is not None:
            style += f' stroke-dasharray="{" ".join(number(d * UNITS) for d in dashes)}"'
            if offset:
                style += f' stroke-dashoffset="{number(offset * UNITS)}"'
        return style

    def _pattern(self, gc: GraphicsContextBase, extent: Bbox) -> str:
        """Define a hatch, one tile an inch wide, and return its id."""
        size = DPI * UNITS
        upright = Affine2D().scale(size, -size).translate(0, size)
        lines = cleaned(gc.get_hatch_path(), upright, None, False)
        color = self._paint("stroke", gc.get_hatch_color(), 1, extent)
        width = number(gc.get_hatch_linewidth() * UNITS)
        name = f"hatch-{self.name}-{'-'.join(str(ord(c)) for c in gc.get_hatch())}"
        pattern = (
            f'<pattern id="{name}" patternUnits="userSpaceOnUse" width="{size}" height="{size}">'
            f'<path d="{path_data(*lines)}" fill="none"{color} stroke-width="{width}"/></pattern>'
        )
        if pattern not in self.drawing.elements:
            self._add(pattern)
        return name

    def _clip(self, gc: GraphicsContextBase, extent: Bbox) -> str:
        """Return the attribute that cuts an element, where it reaches beyond what it may."""
        path, transform = gc.get_clip_path()
        box = gc.get_clip_rectangle()
        if path is not None:
            shape = path_data(*cleaned(path, transform + self._flip, None, False))
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


def _use(name: str, x: int, y: int, size: float) -> str:
    if size == 1:
        place = f' x="{x}"' if x else ""
        place += f' y="{y}"' if y else ""
        return f'<use href="#{name}"{place}/>'
    return f'<use href="#{name}" transform="translate({x} {y})scale({number(size, 3)})"/>'
