"""The few drawings that chapters share: surfaces, paths on them, and spreads over seeds."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import MaxNLocator

from .palette import COLORS, CYCLE, GROUND, STROKES

_LANDSCAPE = LinearSegmentedColormap.from_list("landscape", ["#3B4A6B", "#8C9BB8", "#E4E8F0"])


def _grid(surface, resolution):
    """Return x of shape (r,), y of shape (r,) and heights of shape (r, r) over the domain."""
    (x0, x1), (y0, y1) = surface.domain
    x, y = np.linspace(x0, x1, resolution), np.linspace(y0, y1, resolution)
    return x, y, surface.value(np.stack(np.meshgrid(x, y), axis=-1))


def _lowest(surface, height):
    """Return the value at the minima, or the lowest drawn height where there is none."""
    return surface.value(surface.minima).min() if len(surface.minima) else height.min()


def _is_steep(surface, height):
    """Whether a few far points are so high that equal height steps would hide the rest."""
    above = height - _lowest(surface, height)
    return len(surface.minima) > 0 and above.max() > 8 * np.median(above)


def _levels(surface, height):
    """Return increasing contour levels: equally spaced, or logarithmic above the minimum."""
    lowest = _lowest(surface, height)
    if not _is_steep(surface, height):
        return np.linspace(lowest, height.max(), len(GROUND) + 1)
    above = height - lowest
    first = max(np.quantile(above, 0.004), above.max() * 1e-7)
    levels = lowest + np.concatenate([[0.0], np.geomspace(first, above.max(), len(GROUND))])
    levels[-1] = height.max()  # rounding must not leave a hole at the summit
    return levels


def draw_surface(ax, surface, resolution=200):
    """Draw a surface as filled contours, darker where it is lower, with stars at its minima.

    Contour levels are logarithmic in the height above the minimum where the height spans
    several orders of magnitude (Rosenbrock, Beale), and equally spaced elsewhere. The axes keep
    equal scales, so that gradients are perpendicular to contours, and keep the surface's domain
    as their limits, whatever is drawn on them later.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    surface : Surface
        What to draw, over its `domain`.
    resolution : int, default 200
        Number of grid points along each axis.
    """
    x, y, height = _grid(surface, resolution)
    levels = _levels(surface, height)
    # Colors go by band, not by height: with logarithmic levels nearly all would look alike.
    ax.contourf(x, y, height, levels=levels, colors=GROUND)
    ax.plot(
        *surface.minima.T,
        linestyle="none",
        marker="*",
        markersize=19,
        zorder=2.7,
        markerfacecolor=COLORS["minimum"],
        markeredgecolor="black",
        markeredgewidth=1,
    )
    ax.grid(False)
    ax.set(
        xlim=surface.domain[0], ylim=surface.domain[1], aspect="equal", xlabel="$x$", ylabel="$y$"
    )


def draw_surface_3d(ax, surface):
    """Draw a surface as a landscape in three dimensions, darker where it is lower.

    Where `draw_surface` uses logarithmic levels, the vertical scale is logarithmic too (linear
    below 10). Its tick labels are heights above the minimum.

    Parameters
    ----------
    ax : mpl_toolkits.mplot3d.axes3d.Axes3D
        From ``plt.subplots(subplot_kw={"projection": "3d"})``.
    surface : Surface
        What to draw, over its `domain`.

    Raises
    ------
    TypeError
        If `ax` is not three-dimensional.
    """
    if not hasattr(ax, "plot_surface"):
        raise TypeError(
            "draw_surface_3d needs three-dimensional axes: make them with "
            "plt.subplots(subplot_kw={'projection': '3d'})"
        )
    x, y, height = _grid(surface, 81)
    lowest = _lowest(surface, height)
    decades = int(np.log10(np.ptp(height)))
    if _is_steep(surface, height) and decades >= 2:
        ticks = np.array([0.0] + [10.0**k for k in range(2, decades + 1)])
        labels = ["0"] + [f"$10^{k}$" for k in range(2, decades + 1)]
        ax.set_zticks(np.log10(1 + ticks / 10), labels)
        height = np.log10(1 + (height - lowest) / 10)
    else:
        ax.zaxis.set_major_locator(MaxNLocator(5))
    ax.plot_surface(
        *np.meshgrid(x, y),
        height,
        cmap=_LANDSCAPE,
        rcount=81,
        ccount=81,
        linewidth=0,
        antialiased=False,
    )
    (x0, x1), (y0, y1) = surface.domain
    ax.set(xticks=[x0, (x0 + x1) / 2, x1], yticks=[y0, (y0 + y1) / 2, y1])
    ax.set(xlabel="$x$", ylabel="$y$", zlabel="$f(x, y)$")


def draw_paths(ax, paths, legend=True):
    """Draw optimizer paths, each in its own color, line style and end marker.

    The names of the book's optimizers (the first seven keys of `COLORS`) always look the same;
    other names take the remaining styles in turn. A white disc marks each start and a white
    halo keeps a path visible on any ground. Where a path leaves the finite numbers, its line stops.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Usually prepared by `draw_surface`, whose limits are kept.
    paths : dict of str to array of shape (steps + 1, 2)
        Positions by optimizer name.
    legend : bool, default True
        Whether to list the names, to the right of the axes so that they hide nothing.

    Raises
    ------
    ValueError
        If a path has another shape; the message names it.
    """
    for i, (name, path) in enumerate(paths.items()):
        path = np.array(path, dtype=np.float64)
        if path.ndim != 2 or path.shape[1] != 2 or len(path) == 0:
            raise ValueError(
                f"path {name!r} must have shape (steps + 1, 2), one start only; "
                f"got shape {path.shape}"
            )
        path = _within_reach(ax, path)
        color, (line, marker) = stroke(name, i)
        # All halos lie below all paths: a path shows through the gaps of one drawn over it.
        ax.plot(*path.T, color="white", linewidth=4.4, zorder=2.8, label="_halo")
        ax.plot(
            *path.T,
            color=color,
            linestyle=line,
            linewidth=2.2,
            zorder=3,
            label=name,
            marker=marker,
            markevery=[len(path) - 1],
            markersize=10,
            markeredgecolor="white",
            markeredgewidth=0.8,
        )
        ax.plot(
            *path[0],
            linestyle="none",
            marker="o",
            markersize=7,
            zorder=3.5,
            markerfacecolor="white",
            markeredgecolor="black",
            markeredgewidth=1.2,
        )
    if legend and paths:
        ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), handlelength=2.6)


def stroke(name, i):
    """Return color and (line style, marker) of the path called `name`, the i-th one drawn."""
    if name in STROKES:
        return COLORS[name], STROKES[name]
    return CYCLE[i % len(CYCLE)], list(STROKES.values())[i % len(STROKES)]


def _within_reach(ax, path):
    """Cut coordinates off far outside the view: 1e200 would overflow in the renderer."""
    path[~np.isfinite(path).all(axis=1)] = np.nan  # a gap
    if ax.get_autoscale_on():
        return path
    low, high = np.sort([ax.get_xlim(), ax.get_ylim()], axis=1).T
    reach = 1e4 * (high - low)
    return np.clip(path, low - reach, high + reach)


def draw_spread(ax, x, runs, label, color=None):
    """Draw the median of several runs as a line and their full range as a band around it.

    Points where a run is not finite are left out, because neither a median nor a range would
    be honest there.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    x : array of shape (n,)
        Common horizontal positions.
    runs : array of shape (seeds, n)
        One row per run.
    label : str
        Name in the legend.
    color : color, optional
        By default the next one of the cycle.

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """
    x, runs = np.asarray(x), np.asarray(runs, dtype=np.float64)
    if x.ndim != 1 or runs.ndim != 2 or len(runs) == 0 or runs.shape[1] != len(x):
        raise ValueError(
            "runs must have shape (seeds, n) and x shape (n,), one row of runs per seed; "
            f"got runs {runs.shape} and x {x.shape}"
        )
    runs = np.where(np.isfinite(runs), runs, np.nan)
    (line,) = ax.plot(x, np.median(runs, axis=0), color=color, label=label)
    ax.fill_between(
        x, runs.min(axis=0), runs.max(axis=0), color=line.get_color(), alpha=0.2, linewidth=0
    )
