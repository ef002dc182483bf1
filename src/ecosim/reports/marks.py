"""Marks: what was done from outside, or struck, or arrived: thin lines with a few words in figures over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ecosim.drawing.style import label
from ecosim.results.marks import Mark, marks_in

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ecosim.results.run import Run

COLOUR = "#8A8A8A"


def marks_of(run: Run) -> list[Mark]:
    """Return what was done from outside, the set shocks that struck, and who arrived, in order; none after the end."""
    return marks_in(run.settings, int(run.summary["ticks"]))


def draw_marks(axes: Axes, marks: Sequence[Mark], *, words: bool = True) -> None:
    """Draw a thin line at each mark, with its words along it where asked for."""
    low, high = axes.get_xlim()
    for mark in marks:
        axes.axvline(mark.tick, color=COLOUR, linewidth=0.8, linestyle=(0, (3, 2)), zorder=0.5)
        if not words:
            continue
        is_late = mark.tick > high - 0.04 * (high - low)
        axes.annotate(
            label(mark.words, 26), (mark.tick, 1.0), xycoords=("data", "axes fraction"),
            xytext=(-2.5 if is_late else 2.5, -3), textcoords="offset points", rotation=90,
            ha="right" if is_late else "left", va="top", fontsize=7.5, color="#555555",
            bbox={"facecolor": "white", "alpha": 0.6, "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip


def caption_of(marks: Sequence[Mark]) -> str:
    """Return what a caption says of marks; nothing where there are none."""
    return " Thin dashed lines: what was done from outside, set shocks, and arrivals." if marks else ""
