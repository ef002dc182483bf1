"""Explained: a figure that stands by itself, with a title, a caption, and intervals as bands or bars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ecosim.drawing.style import COLLABORATION, SECTOR_COLOURS, SECTOR_SHAPES, name_and_explain, new_figure, rules

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Interval = tuple[float, float, float]
"""A mean, the low and the high end of its interval."""

THIN = "#555555"


@contextmanager
def explained(width: float, height: float, title: str, caption: str) -> Iterator[Figure]:
    """Lend an empty figure of this size in inches, in our style; title and caption are put on once it is drawn."""
    with rules():
        figure = new_figure(width, height)
        yield figure
        name_and_explain(figure, title, caption)


def bands(
    axes: Axes,
    levels: Sequence[float],
    found: Mapping[str, Iterable[Interval]],
    colours: Sequence[str] = SECTOR_COLOURS,
    alpha: float = 0.15,
) -> None:
    """Draw, for each label, means over what was varied, with their intervals as bands, by colour and shape of marks."""
    for (label, values), colour, shape in zip(found.items(), colours, SECTOR_SHAPES, strict=False):
        means, lows, highs = zip(*values, strict=True)
        axes.plot(levels, means, color=colour, marker=shape, label=label)
        axes.fill_between(levels, lows, highs, color=colour, alpha=alpha, linewidth=0)


def bars(axes: Axes, found: Mapping[str, Interval], colour: str = COLLABORATION) -> None:
    """Draw a mean with its interval as a bar for each label, from top to bottom, and a line where nothing differs."""
    for place, (mean, low, high) in enumerate(found.values()):
        axes.errorbar(mean, -place, xerr=[[mean - low], [high - mean]], fmt="o", color=colour, capsize=3)
    axes.axvline(0.0, color=THIN, linewidth=0.8)
    axes.set_yticks([-place for place in range(len(found))], list(found))


def no_difference(axes: Axes) -> None:
    """Draw the line on which nothing differs."""
    axes.axhline(0.0, color=THIN, linewidth=0.8)
