"""Curves over time: one rule for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D


def curve(axes: Axes, ticks: NDArray[Any], values: NDArray[Any], *, smooth: bool = False, **style: Any) -> Line2D:
    """Draw a measure over time and return its line.

    Values that are missing in between are bridged where the measure is taken only now and then (dots mark them), and
    leave a gap otherwise. Smoothed, the line is the running mean over a twentieth of the run, over the pale values.
    """
    there = ~np.isnan(values)
    if there.sum() <= max(3, 0.25 * there.size):
        (line,) = axes.plot(ticks[there], values[there], marker="o", markersize=4, clip_on=False, **style)
    elif smooth and window(ticks) > 1:
        axes.plot(ticks, values, **{**style, "alpha": 0.3, "linewidth": 0.8, "linestyle": "-", "label": "_values"})
        (line,) = axes.plot(ticks, running_mean(values, window(ticks)), **style)
    else:
        (line,) = axes.plot(ticks, values, **style)
    return line


def window(ticks: NDArray[Any]) -> int:
    """Return over how many rows a smoothed line is the mean: a twentieth of them, an odd number."""
    return max(1, ticks.size // 20 // 2 * 2 + 1) if ticks.size >= 40 else 1


def running_mean(values: NDArray[np.float64], rows: int) -> NDArray[np.float64]:
    """Return the centred mean over so many rows, fewer at both ends; missing values are left out."""
    there = ~np.isnan(values)
    total = np.concatenate(([0.0], np.cumsum(np.where(there, values, 0.0))))
    count = np.concatenate(([0], np.cumsum(there)))
    at = np.arange(values.size)
    low, high = np.maximum(at - rows // 2, 0), np.minimum(at + rows // 2 + 1, values.size)
    with np.errstate(invalid="ignore"):
        mean: NDArray[np.float64] = (total[high] - total[low]) / (count[high] - count[low])
    return np.where(there, mean, np.nan)


def fit_ticks(axes: Axes, ticks: NDArray[Any]) -> None:
    """Let the axis of time run from the first tick to the last, in whole numbers."""
    from matplotlib.ticker import MaxNLocator

    first, last = float(ticks[0]), float(ticks[-1])
    axes.set_xlim(first, last if last > first else first + 1)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True, steps=[1, 2, 5, 10]))
