"""Panels: what all figures of a sweep share: names of keys and values, a grid of panels, points with intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.drawing.names import of_measure
from ecosim.drawing.style import SECTOR_COLOURS, SECTOR_SHAPES, label, new_figure
from ecosim.reports.page import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DASHES = ("-", (0, (5, 1.5)), (0, (1, 1.2)), (0, (6, 1.5, 1, 1.5)))

NO_TITLES: Mapping[str, str] = MappingProxyType({})
LONGEST_TITLE = 34
"""Letters of a scenario's title at an axis: the page tells it whole."""


def panels(count: int, columns: int, height: float, *, extra: float = 0.4) -> tuple[Figure, list[Axes]]:
    """Return a figure of so many panels in columns, 10.4 inches wide, each panel so many inches high."""
    columns = max(1, min(columns, count))
    rows = -(-count // columns)
    figure = new_figure(10.4, height * rows + extra)
    grid = np.atleast_1d(figure.subplots(rows, columns, squeeze=False)).ravel()
    figure.set_layout_engine("constrained", h_pad=0.11, w_pad=0.06)
    for axes in grid[count:]:
        axes.set_visible(False)
    return figure, list(grid[:count])


def of_value(value: Any, most: int = 22) -> str:
    """Return a value as it stands at an axis."""
    return label(str(value), most) if not isinstance(value, int | float) or isinstance(value, bool) else number(value)


def of_arm(value: Any, titles: Mapping[str, str], most: int = 22) -> str:
    """Return a value as it stands at an axis; a scenario that has a title with that on a line below."""
    title = titles.get(str(value))
    return f"{of_value(value, LONGEST_TITLE)}\n{label(title, LONGEST_TITLE)}" if title else of_value(value, most)


def colour(place: int) -> str:
    """Return the colour of the so-manieth line."""
    return SECTOR_COLOURS[place % len(SECTOR_COLOURS)]


def shape(place: int) -> str:
    """Return the mark of the so-manieth line."""
    return SECTOR_SHAPES[place % len(SECTOR_SHAPES)]


def shades(count: int) -> list[Any]:
    """Return so many colours in order, told apart by the colour-blind, on light paper and on dark."""
    from matplotlib import colormaps

    return [colormaps["viridis"](share) for share in np.linspace(0.22, 0.86, max(count, 1))]


def line_colours(groups: Sequence[Any]) -> list[Any]:
    """Return colours in order for numbers, distinct ones for words."""
    are_numbers = all(isinstance(group, int | float) and not isinstance(group, bool) for group in groups)
    return shades(len(groups)) if are_numbers and len(groups) > 1 else [colour(place) for place in range(len(groups))]


def placed(values: Sequence[Any]) -> tuple[list[float], list[str] | None]:
    """Return where values stand on an axis: numbers at their place, others one beside the other, with their names."""
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return [float(value) for value in values], None
    return [float(place) for place in range(len(values))], [of_value(value, 16) for value in values]


def is_logarithmic(values: Sequence[float]) -> bool:
    """Return whether numbers are spread by ratios rather than by differences."""
    there = np.unique([value for value in values if value == value])
    if there.size < 3 or there[0] <= 0 or there[-1] / there[0] < 30:
        return False
    return bool(np.median(there) < 0.25 * (there[0] + there[-1]))


def calm(axes: Axes, values: Sequence[float]) -> None:
    """Keep an axis from making much of what hardly differs: it spans a hundredth of the values' size at least."""
    there = np.array([value for value in values if value == value], float)
    if not there.size:
        return
    low, high = axes.get_ylim()
    least = 0.01 * float(np.abs(there).max())
    if high - low < least:
        axes.set_ylim((low + high - least) / 2, (low + high + least) / 2)


def each(
    axes: Sequence[Axes], names: Sequence[str], called: Callable[[str], str] = of_measure
) -> Iterator[tuple[Axes, str]]:
    """Yield each panel with its measure, titled."""
    for one, name in zip(axes, names, strict=True):
        one.set_title(called(name), loc="left", fontweight="bold")
        yield one, name
