"""The figure of what to watch: a small panel for each measure that a scenario names to watch."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from ecosim.drawing.meaning import in_words
from ecosim.drawing.style import (
    ALL_TOGETHER,
    COLLABORATION,
    ISSUE_COLOURS,
    label,
    name_and_explain,
    new_figure,
    of_sector,
    sectors_of,
    styled,
)
from ecosim.errors import InputError
from ecosim.reports.lines import curve, fit_ticks, window
from ecosim.reports.marks import caption_of, draw_marks, marks_of
from ecosim.reports.timelines import DASHES, keep_calm
from ecosim.results.watched import COUNTED, Line, Watched, around_the_turn, from_start_to_end, not_measured, watched
from ecosim.world.names import for_plot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ecosim.results.marks import Mark
    from ecosim.results.run import Run

MOST_COLUMNS, WIDE = 3, 4.2
"""Panels in a row, and inches for each."""


@styled
def watch(run: Run) -> Figure:
    """Return the figure of what a scenario names to watch, a panel a measure, each with its meaning and unit.

    A measure of sectors has a line for each, in the colours and dashes of the other figures, and a black one for all
    together where that was measured. Of a configuration that names nothing: effort, approval and trust.

    Raises:
        InputError: if nothing of it was measured.
    """
    sectors = sectors_of(run)
    looks = watched(run.settings, run.recorded, sectors)
    if not looks:
        raise InputError("figure 'watch' is left out: nothing was measured of what is to be watched (watch_measures)")
    columns = min(MOST_COLUMNS, len(looks)) if len(looks) != 4 else 2
    rows = -(-len(looks) // columns)
    has_legend = any(line.label for one in looks for line in one.lines)
    figure = new_figure(max(WIDE * columns + 0.3, 7.5) + 1.7 * has_legend, 2.7 * rows + 1.5)
    grid, marks = figure.subplots(rows, columns, squeeze=False).ravel(), marks_of(run)
    for k, panel in enumerate(grid):
        if k < len(looks):
            _panel(panel, run, looks[k])
            draw_marks(panel, marks, words=k == 0)
        else:
            panel.set_visible(False)
    _legend(figure, list(grid))
    name_and_explain(figure, "What to watch", _caption(run, looks, marks))
    return figure


def columns_watched(run: Run) -> set[str]:
    """Return the columns that the figure shows by themselves: not those of which it shows the sum."""
    looks = watched(run.settings, run.recorded, sectors_of(run))
    return {name for name in run.recorded for one in looks for line in one.lines if line.values is run.recorded[name]}


def _panel(axes: Axes, run: Run, one: Watched) -> None:
    from matplotlib.ticker import MaxNLocator

    ticks, note = run.recorded["tick"], run.notes("series")[one.column]
    for place, line in enumerate(one.lines):
        curve(axes, ticks, line.values, smooth=one.name == "success", **_style(run, line, place))
    summed = "; all pairs together" if one.name in COUNTED else ""
    meaning = textwrap.fill(for_plot(note.meaning + summed), int(WIDE * 14))
    axes.set_title(for_plot(one.words), loc="left", fontweight="bold", pad=7 + 9.5 * (meaning.count("\n") + 1))
    axes.annotate(
        meaning, (0, 1), xycoords="axes fraction", xytext=(0, 4), textcoords="offset points", fontsize=7.5,
        color="#555555", va="bottom", annotation_clip=False,
    )  # fmt: skip
    axes.set_ylabel(in_words(note.unit or "1"))
    axes.set_xlabel("tick")
    fit_ticks(axes, ticks)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    keep_calm(axes, [line.values for line in one.lines], is_share=note.unit == "share")


def _style(run: Run, line: Line, place: int) -> dict[str, Any]:
    sectors = sectors_of(run)
    match line.kind:
        case "sector":
            dash = DASHES[1:][sectors.index(line.label) % 3]
            return {"color": of_sector(sectors, line.label)[0], "linestyle": dash, "label": label(line.label)}
        case "issue":
            return {"color": ISSUE_COLOURS[place % len(ISSUE_COLOURS)], "label": label(line.label)}
        case "all":
            return {"color": ALL_TOGETHER, "linewidth": 2.4, "label": "all together"}
        case _:
            return {"color": COLLABORATION, "label": "_alone"}


def _legend(figure: Figure, grid: Sequence[Axes]) -> None:
    """Name every line once, beside the panels; nothing where each stands alone."""
    named: dict[str, Any] = {}
    for axes in grid:
        handles, words = axes.get_legend_handles_labels()
        named.update(zip(words, handles, strict=True))
    if named:
        figure.legend(handles=list(named.values()), loc="outside right upper", handlelength=3.0)


def _caption(run: Run, looks: Sequence[Watched], marks: Sequence[Mark]) -> str:
    units = {name: note.unit for name, note in run.notes("series").items()}
    ticks, counts = run.recorded["tick"], run.summary["counts"]["end"]
    said = [f"{counts['organisations']:,} organisations, seed {run.seed}."]
    if ticks.size > 1:
        said += [from_start_to_end(looks, units, ticks), around_the_turn(looks, units, run.settings, ticks)]
    if missing := not_measured(run.settings, run.recorded, sectors_of(run)):
        said.append(f"Not measured in this run: {', '.join(missing)}.")
    if window(ticks) > 1 and any(one.name == "success" for one in looks):
        said.append(f"Success: means over {window(ticks)} rows; pale: every row.")
    told = " ".join(sentence for sentence in said if sentence) + caption_of(marks)
    return for_plot(told).replace(" %", "\u00a0%")  # no line is to end between a number and its unit
