"""Measures over time: any of them, collaboration and polarisation, success, severity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ecosim.drawing.meaning import in_words
from ecosim.drawing.style import (
    ALL_TOGETHER,
    COLLABORATION,
    ISSUE_COLOURS,
    POLARISATION,
    has_values,
    label,
    name_and_explain,
    new_figure,
    of_sector,
    require,
    sectors_of,
    styled,
    title_of,
)
from ecosim.errors import InputError, did_you_mean
from ecosim.reports.lines import curve, fit_ticks, window
from ecosim.reports.marks import caption_of, draw_marks, marks_of
from ecosim.results.issues import issues_in
from ecosim.results.marks import Mark
from ecosim.results.phrases import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ecosim.results.run import Run

COLLABORATION_MEASURES = ("cross_sector_share", "coalitions", "clustering", "giant_component", "modularity")
POLARISATION_MEASURES = ("esteban_ray", "dispersion", "bimodality", "divergence", "consensus")
MOST_ISSUES = 8
DASHES = ("-", (0, (5, 1.5)), (0, (1, 1.2)), (0, (6, 1.5, 1, 1.5)))


@styled
def timeline(run: Run, measures: Sequence[str], title: str = "Measures over time") -> Figure:
    """Return a figure with one panel a measure.

    Args:
        run: the results.
        measures: names of measures.
        title: stands above.

    Raises:
        InputError: if a name is no measure of this run, or there is none.
    """
    known = [name for name in run.recorded if name != "tick"]
    unknown = [name for name in measures if name not in known]
    if unknown or not measures:
        raise InputError([f"measure '{name}': {did_you_mean(name, known)}" for name in unknown] or "no measure named")
    columns = min(3, len(measures))
    rows = -(-len(measures) // columns)
    figure = new_figure(3.7 * columns + 0.3, 2.5 * rows + 1.0)
    axes, marks = figure.subplots(rows, columns, sharex=True, squeeze=False).ravel(), marks_of(run)
    for k, panel in enumerate(axes):
        if k < len(measures):
            _panel(panel, run, measures[k], COLLABORATION, marks, k == 0, is_lowest=k + columns >= len(measures))
        else:
            panel.set_visible(False)
    name_and_explain(figure, title, f"{_who(run)} Every tick that was recorded.{caption_of(marks)}")
    return figure


def families_of(run: Run) -> tuple[list[str], list[str]]:
    """Return which measures of collaboration and of polarisation are shown: three each at most."""
    above = [name for name in COLLABORATION_MEASURES if has_values(run, name)][:3]
    below = [name for name in POLARISATION_MEASURES if has_values(run, name)][:3]
    return above, below


@styled
def collaboration(run: Run) -> Figure:
    """Return the figure of collaboration (upper row) and polarisation (lower row) over time, a panel a measure.

    Raises:
        InputError: if neither was measured.
    """
    require(run, COLLABORATION_MEASURES + POLARISATION_MEASURES, "collaboration")
    above, below = families_of(run)
    families = [family for family in ((above, COLLABORATION), (below, POLARISATION)) if family[0]]
    columns = max(len(names) for names, _ in families)
    figure = new_figure(max(3.7 * columns + 0.3, 7.5), 2.6 * len(families) + 1.1)
    grid, marks = figure.subplots(len(families), columns, sharex=True, squeeze=False), marks_of(run)
    for row, (names, colour) in enumerate(families):
        for k, panel in enumerate(grid[row]):
            if k < len(names):
                is_lowest = row == len(families) - 1 or k >= len(families[-1][0])
                _panel(panel, run, names[k], colour, marks, k == 0, is_lowest=is_lowest)
            else:
                panel.set_visible(False)
    said = _said(run, {names[0]: title_of(names[0]) for names, _ in families})
    kinds = [kind for kind, names in (("blue: collaboration", above), ("orange: polarisation", below)) if names]
    rows = f"Above, {kinds[0]}; below, {kinds[1]}." if len(kinds) > 1 else ""
    title = " and ".join(kind.split(": ")[1] for kind in kinds).capitalize() + " over time"
    name_and_explain(figure, title, f"{_who(run)} {said} {rows}{caption_of(marks)}")
    return figure


@styled
def success(run: Run) -> Figure:
    """Return the figure of each sector's success, by its own measure, beside that of all together.

    Raises:
        InputError: if no success was measured.
    """
    sectors = sectors_of(run)
    names = tuple(f"success_{word}" for word in (*sectors, "collective"))
    require(run, names, "success")
    figure = new_figure(9.0, 4.8)
    axes, ticks = figure.subplots(), run.recorded["tick"]
    after = slice(1 if ticks.size > 1 and ticks[0] == 0 else 0, None)  # at tick 0 nobody has succeeded or failed yet
    ticks = ticks[after]
    for k, sector in enumerate(sectors):
        if has_values(run, f"success_{sector}"):
            values = run.recorded[f"success_{sector}"][after]
            dash, colour = DASHES[1:][k % 3], of_sector(sectors, sector)[0]
            curve(axes, ticks, values, smooth=True, color=colour, linestyle=dash, label=label(sector))
    if has_values(run, "success_collective"):
        curve(
            axes,
            ticks,
            run.recorded["success_collective"][after],
            smooth=True,
            color=ALL_TOGETHER,
            linewidth=2.6,
            label="all together",
        )
    marks = _finish(axes, run, f"success ({_unit(run, names)})")
    _legend(axes)
    smoothed = window(ticks)
    name_and_explain(
        figure,
        "Success of each sector, beside that of all together",
        f"{_who(run)} {_rises_and_falls(run, sectors)} Each sector's success is the mean over its organisations of the "
        "ledger weighed by their own motives, so levels of different sectors are not to be compared, directions are."
        + (f" Lines: means over {smoothed} rows; pale: every row." if smoothed > 1 else "")
        + caption_of(marks),
    )
    return figure


@styled
def severity(run: Run) -> Figure:
    """Return the figure of each issue's severity and, dashed, of the urgency that is seen in it.

    Raises:
        InputError: if neither was measured for any issue.
    """
    issues = issues_of(run)
    if not issues:
        raise InputError("figure 'severity' is left out: neither severity_<issue> nor urgency_<issue> has a value")
    shown = sorted(issues, key=lambda issue: -_size(run, issue))[:MOST_ISSUES]
    figure = new_figure(9.0, 4.8)
    axes, ticks = figure.subplots(), run.recorded["tick"]
    for k, issue in enumerate(word for word in issues if word in shown):
        colour = ISSUE_COLOURS[k % len(ISSUE_COLOURS)]
        width = 2.0 if k < len(ISSUE_COLOURS) else 3.2
        name = label(issue)
        if has_values(run, f"severity_{issue}"):
            curve(axes, ticks, run.recorded[f"severity_{issue}"], color=colour, linewidth=width, label=name)
            name = f"_{name}"
        if has_values(run, f"urgency_{issue}"):
            values = run.recorded[f"urgency_{issue}"]
            curve(axes, ticks, values, color=colour, linewidth=1.4, linestyle=DASHES[2], label=name)
    both = [kind for kind in ("severity", "urgency") if any(has_values(run, f"{kind}_{issue}") for issue in shown)]
    unit = _unit(run, [f"{both[0]}_{shown[0]}"])
    marks = _finish(axes, run, " and ".join(both) + ("" if unit in ("index", "severity") else f" ({unit})"))
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    _legend(axes, kinds=len(both) == 2)
    cut = f" The {MOST_ISSUES} worst of {len(issues)} issues are shown." if len(shown) < len(issues) else ""
    said = _said(
        run, {f"{both[0]}_{issue}": label(issue) for issue in shown[:3] if has_values(run, f"{both[0]}_{issue}")}
    )
    lines = "Solid: how bad an issue is; dotted: how bad it is taken to be. " if len(both) == 2 else ""
    name_and_explain(
        figure, f"{' and '.join(both).capitalize()} of the issues", f"{_who(run)} {lines}{said}{cut}{caption_of(marks)}"
    )
    return figure


def _panel(
    axes: Axes, run: Run, name: str, colour: str, marks: Sequence[Mark], is_worded: bool, *, is_lowest: bool
) -> None:
    from matplotlib.ticker import MaxNLocator

    curve(axes, run.recorded["tick"], run.recorded[name], color=colour, label=label(name))
    axes.set_title(title_of(name), loc="left")
    axes.set_ylabel(_unit(run, [name]))
    fit_ticks(axes, run.recorded["tick"])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    keep_calm(axes, [run.recorded[name]], is_share=run.notes("series")[name].unit == "share")
    draw_marks(axes, marks, words=is_worded)
    if is_lowest:
        axes.set_xlabel("tick")
        axes.tick_params(labelbottom=True)


def keep_calm(axes: Axes, lines: Sequence[NDArray[np.float64]], *, is_share: bool) -> None:
    """Let a measure that hardly moves look so: the axis spans a tenth of its mean at least, and .2 for a share."""
    middle = float(np.nanmean(lines))
    least = max(0.1 * abs(middle), 0.2 if is_share else 1e-6)
    low, high = axes.get_ylim()
    if high - low < least:
        low, high = (low + high - least) / 2, (low + high + least) / 2
        axes.set_ylim((max(low, 0.0), max(low, 0.0) + least) if is_share else (low, high))


def _finish(axes: Axes, run: Run, what: str) -> list[Mark]:
    """Name the axes, mark what was done, struck or arrived, and return these marks."""
    axes.set_ylabel(what)
    axes.set_xlabel("tick")
    fit_ticks(axes, run.recorded["tick"])
    marks = marks_of(run)
    draw_marks(axes, marks)
    return marks


def _legend(axes: Axes, *, kinds: bool = False) -> None:
    from matplotlib.lines import Line2D

    handles, names = axes.get_legend_handles_labels()
    if kinds:
        handles += [
            Line2D([], [], color="#555555", linewidth=2.0),
            Line2D([], [], color="#555555", linewidth=1.4, linestyle=DASHES[2]),
        ]
        names += ["severity", "urgency"]
    axes.legend(handles, names, loc="center left", bbox_to_anchor=(1.01, 0.5), handlelength=2.4)


def issues_of(run: Run) -> list[str]:
    """Return the issues of which severity or urgency was measured."""
    return issues_in(name for name in run.recorded if has_values(run, name))


def _size(run: Run, issue: str) -> float:
    values = run.recorded.get(f"severity_{issue}", run.recorded.get(f"urgency_{issue}"))
    return float(np.nanmax(values)) if values is not None else 0.0


def _unit(run: Run, names: Sequence[str]) -> str:
    notes = run.notes("series")
    unit = next((notes[name].unit for name in names if name in notes), "")
    return in_words(unit or "1")


def _said(run: Run, titles: Mapping[str, str]) -> str:
    """Return where each measure began and where it ended, or nothing before the first tick."""
    if run.recorded["tick"].size < 2:
        return ""
    told = []
    for name, title in titles.items():
        values = run.recorded[name]
        values = values[~np.isnan(values)]
        told.append(f"{title} {number(float(values[0]))} to {number(float(values[-1]))}")
    return f"From start to end: {', '.join(told)}."


def _rises_and_falls(run: Run, sectors: tuple[str, ...]) -> str:
    found = {
        word: (values["early"], values["mean"])
        for word, values in run.summary["success"].items()
        if values["early"] is not None and values["mean"] is not None
    }
    said = [
        f"{label(word) if word in sectors else 'all together'} {number(early)} to {number(later)}"
        for word, (early, later) in found.items()
    ]
    return f"From the first tenth to the second half of the run: {', '.join(said)}." if said else ""


def _who(run: Run) -> str:
    counts = run.summary["counts"]["end"]
    return f"{counts['organisations']:,} organisations, seed {run.seed}."
