"""The ladder of relationships over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ecosim.drawing.style import RUNG_COLOURS, name_and_explain, new_figure, require, styled
from ecosim.reports.lines import fit_ticks
from ecosim.reports.marks import caption_of, draw_marks, marks_of
from ecosim.results.phrases import percent
from ecosim.world.columns import RUNGS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ecosim.results.run import Run

WORDS = {"win_win": "win-win", "win_win_win": "win-win-win", "co_creation": "co-creation"}


@styled
def ladder(run: Run) -> Figure:
    """Return the figure of the share of relationships on each rung, stacked from contact to synergy.

    Raises:
        InputError: if the rungs were not measured.
    """
    names = tuple(f"rung_share_{rung}" for rung in RUNGS)
    require(run, names, "ladder")
    ticks = run.recorded["tick"].astype(float)
    shares = np.stack([run.recorded.get(name, np.zeros(ticks.size)) for name in names])
    figure = new_figure(9.0, 4.8)
    axes = figure.subplots()
    if ticks.size == 1:  # a single moment is drawn as a band
        ticks, shares = np.array([ticks[0], ticks[0] + 1]), np.repeat(shares, 2, axis=1)
    axes.stackplot(
        ticks,
        100 * shares,
        labels=[f"{k} {WORDS.get(rung, rung)}" for k, rung in enumerate(RUNGS)],
        colors=RUNG_COLOURS,
        edgecolor="white",
        linewidth=0.5,
    )
    axes.set_ylim(0, 100)
    axes.set_ylabel("share of relationships (%)")
    axes.set_xlabel("tick")
    fit_ticks(axes, ticks)
    marks = marks_of(run)
    draw_marks(axes, marks)
    handles, words = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], words[::-1], title="rung", loc="center left", bbox_to_anchor=(1.01, 0.5))
    above = 100 * shares[2:].sum(axis=0)
    above = above[~np.isnan(above)]
    start, end = percent(float(above[0]) / 100), percent(float(above[-1]) / 100)
    name_and_explain(
        figure,
        "Ladder of relationships",
        "What passes between two organisations, read off what happened: from mere contact to synergy, where the whole "
        f"is more than the sum of its parts. On rung 2 (win-win) or higher: {start} at the start, {end} at the end."
        f"{caption_of(marks)}",
    )
    return figure
