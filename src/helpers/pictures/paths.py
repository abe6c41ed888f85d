"""Paths of matplotlib as the path data of SVG, in whole numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox, Transform

UNITS = 10  # units of a drawing per point: whole numbers are exact enough and half as long
FAR = 10_000_000  # units, a thousand times as far as any figure reaches
LONGEST = 30  # points in a row that a line may leave out
CIRCLE = Path.unit_circle()


def cleaned(
    path: Path, transform: Transform, clip: tuple | None, simplify: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return a path's points without what is not finite or is not seen.

    Parameters
    ----------
    path : Path
    transform : Transform
        From the path's coordinates to units of a drawing.
    clip : tuple of float or None
        Left, top, right and bottom of what is seen, for lines.
    simplify : bool
        Whether it is a line, of which points may be left out.

    Returns
    -------
    vertices : array of shape (n, 2)
    codes : array of shape (n,)
    """
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


def extent_of(vertices: np.ndarray, codes: np.ndarray) -> Bbox:
    """Return the box around a path's points."""
    drawn = vertices[(codes != Path.STOP) & (codes != Path.CLOSEPOLY)]
    return Bbox([drawn.min(axis=0), drawn.max(axis=0)]) if len(drawn) else Bbox.null()


def ends(codes: np.ndarray) -> np.ndarray:
    """Return which vertices end a segment: control points carry no marker."""
    ends = np.ones(len(codes), dtype=bool)
    for i, code in enumerate(codes[:-1]):
        ends[i] = not (code in (Path.CURVE3, Path.CURVE4) and codes[i + 1] == code)
    return ends


def radius_of(path: Path, transform: Transform) -> float | None:
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


def number(value: float, digits: int = 1) -> str:
    """Write a number as short as it can be with so many decimals."""
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits else str(round(value))


_LETTERS = {Path.LINETO: ("l", 1), Path.CURVE3: ("q", 2), Path.CURVE4: ("c", 3)}


def path_data(vertices: np.ndarray, codes: np.ndarray) -> str:
    """Write a path as SVG does, in whole numbers relative to the point before."""
    # A logarithm of zero may be 1e300 points away, which no whole number can hold.
    points = np.rint(np.clip(vertices, -FAR, FAR)).astype(int).tolist()
    points, codes = _thinned(points, codes.tolist())
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


def _thinned(points: list, codes: list[int]) -> tuple[list, list[int]]:
    """Leave out points of lines that lie, within a tenth of a point, between their neighbors.

    Contours come with a point for each cell of their grid, mostly on a straight line.
    """
    kept: list[int] = []
    waiting: list[int] = []  # after the last one that is kept
    for i, code in enumerate(codes):
        if code != Path.LINETO:
            kept += [*waiting[-1:], i]
            waiting = []
            continue
        if waiting and not _are_between(points[kept[-1]], points[i], [points[k] for k in waiting]):
            kept.append(waiting[-1])
            waiting = []
        waiting.append(i)
    kept += waiting[-1:]
    return [points[i] for i in kept], [codes[i] for i in kept]


def _are_between(first: list[int], last: list[int], points: list[list[int]]) -> bool:
    """Tell whether some points, not too many, lie on the line from one point to another."""
    dx, dy = last[0] - first[0], last[1] - first[1]
    square = dx * dx + dy * dy
    if len(points) > LONGEST or not square:
        return False
    for x, y in points:
        along = (x - first[0]) * dx + (y - first[1]) * dy
        aside = (x - first[0]) * dy - (y - first[1]) * dx
        if not 0 <= along <= square or aside * aside > square:
            return False
    return True


def _steps(step: Sequence[int]) -> str:
    text = str(step[0])
    for number in step[1:]:
        text += str(number) if number < 0 else f" {number}"
    return text
