"""Figures of published cases: ours beside the reference, as points one below the other or as curves over a parameter."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ecosim.drawing.style import name_and_explain, new_figure, styled
from ecosim.published.case import Case, Cell
from ecosim.published.verdict import Verdict, hold

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, VERMILION, GREY = "#0072B2", "#D55E00", "#777777"
COLOURS = (BLUE, VERMILION, "#009E73", "#882255", "#A38F00", GREY)
SHAPES = ("o", "s", "^", "D", "P", "v")

MARKS = (
    ("x", "does not agree", ("differs", "known difference", "failed")),
    ("$?$", "too coarse to tell", ("too coarse to tell",)),
)
"""Marker, its name, and the verdicts it stands for; what agrees has none."""

Law = tuple[Callable[[NDArray[np.float64]], NDArray[np.float64]], str]


def figure_of(case: Case, cells: Sequence[Cell]) -> Figure:
    """Return the figure of a case: its own, or else the standard one."""
    return points(case, cells) if case.figure is None else case.figure(cells)


@styled
def points(case: Case, cells: Sequence[Cell]) -> Figure:
    """Draw ours and the reference of each cell one below the other, a panel for each measure."""
    held = [hold(case.name, cell) for cell in cells]
    measures = list(dict.fromkeys(verdict.measure for verdict in held))
    panels = [[verdict for verdict in held if verdict.measure == measure] for measure in measures]
    rows = [len(panel) for panel in panels]
    height = 1.7 + sum(0.75 + 0.27 * row for row in rows)
    figure = new_figure(8.0, height)
    all_axes = figure.subplots(len(panels), 1, squeeze=False, height_ratios=[row + 1.2 for row in rows])[:, 0]
    for number, (axes, panel) in enumerate(zip(all_axes, panels, strict=True)):
        _panel(axes, panel)
        axes.set_xlabel(measures[number])
        if number == 0:
            axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4, borderaxespad=0.2)
    agree = sum(verdict.verdict == "agrees" for verdict in held)
    coarse = sum(verdict.verdict == "too coarse to tell" for verdict in held)
    close = "" if agree + coarse == len(held) else " What does not is marked by a cross, and told of in the table."
    close += f" Of {coarse}, marked by a question mark, the test is too coarse to tell." if coarse else ""
    told = f"{agree} of {len(held)} numbers agree with their reference.{close} {case.about}"
    name_and_explain(figure, case.title, told)
    return figure


def _panel(axes: Axes, panel: Sequence[Verdict]) -> None:
    """Draw the rows of one measure; intervals of 95 %, those of a reference from its standard error."""
    place = np.arange(len(panel))
    reference = np.array([verdict.reference for verdict in panel])
    error = 1.96 * np.array([verdict.error for verdict in panel])
    ours = np.array([verdict.ours for verdict in panel])
    half = np.array([(verdict.high - verdict.low) / 2 for verdict in panel])
    bound = np.array([verdict.bound for verdict in panel])
    axes.hlines(place, reference - bound, reference + bound, color="#DDDDDD", linewidth=9, label="where ours agrees")
    axes.errorbar(
        reference, place - 0.12, xerr=error, fmt="D", color=VERMILION, fillstyle="none", markersize=7, label="reference"
    )
    axes.errorbar(ours, place + 0.12, xerr=half, fmt="o", color=BLUE, markersize=5, label="ours, 95 % interval")
    for mark, label, words in MARKS:
        other = [k for k, verdict in enumerate(panel) if verdict.verdict in words]
        if other:
            axes.plot(ours[other], place[other] + 0.12, marker=mark, ls="", color="#000000", markersize=10, label=label)
    axes.set_yticks(place, [verdict.setting for verdict in panel])
    axes.set_ylim(len(panel) - 0.4, -0.6)
    axes.grid(visible=True, axis="both")
    _span(axes, reference, ours, bound)


def _span(axes: Axes, reference: NDArray[np.float64], ours: NDArray[np.float64], bound: NDArray[np.float64]) -> None:
    """Let the axis show differences that matter: logarithmic over several scales, never closer than 4 % of a value."""
    axes.margins(x=0.08)
    if reference.size > 1 and min(reference.min(), ours.min()) > 0 and reference.max() > 30 * reference.min():
        axes.set_xscale("log")
        return
    axes.ticklabel_format(axis="x", useOffset=False)
    low, high = axes.get_xlim()
    least = max(0.04 * float(np.nanmax(np.abs(reference))), 2.5 * float(np.nanmax(bound)))
    if 0.0 < high - low < least:
        middle = (low + high) / 2
        axes.set_xlim(middle - least / 2, middle + least / 2)


@styled
def curves(
    cells: Sequence[Cell],
    *,
    title: str,
    caption: str,
    x_label: str,
    y_label: str,
    law: Law | None = None,
    logarithmic: bool = False,
) -> Figure:
    """Draw ours over a parameter, as a curve with intervals of 95 %, beside the references.

    Args:
        cells: whose ``setting`` ends with "= value", the place on the axis; what stands before a comma names the curve.
        title: what the figure shows, in a few words.
        caption: a sentence or two on what is to be seen.
        x_label: the parameter.
        y_label: the measure.
        law: a rule of thumb to be drawn as a dashed line, and its name.
        logarithmic: whether both axes are.
    """
    figure = new_figure(8.0, 4.8)
    axes = figure.subplots()
    for number, (name, own) in enumerate(_by_curve(cells).items()):
        places = np.array([place for place, _ in own])
        held = [hold("", cell) for _, cell in own]
        ours = np.array([verdict.ours for verdict in held])
        half = np.array([(verdict.high - verdict.low) / 2 for verdict in held])
        colour, shape = COLOURS[number % len(COLOURS)], SHAPES[number % len(SHAPES)]
        axes.errorbar(
            places, ours, yerr=half, color=colour, marker=shape, markersize=5, capsize=2,
            label=f"ours, {name}" if name else "ours, 95 % interval",
        )  # fmt: skip
        reference = np.array([cell.reference for _, cell in own])
        axes.plot(
            places, reference, "D", color="#000000", fillstyle="none", markersize=9,
            label="_more" if number else "reference",
        )  # fmt: skip
    if law is not None:
        all_places = [place for own in _by_curve(cells).values() for place, _ in own]
        fine = np.linspace(min(all_places), max(all_places), 300)
        axes.plot(fine, law[0](fine), "--", color=GREY, linewidth=1.2, label=law[1])
    if logarithmic:
        axes.set_xscale("log")
        axes.set_yscale("log")
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, borderaxespad=0.2)
    name_and_explain(figure, title, caption)
    return figure


def _by_curve(cells: Sequence[Cell]) -> dict[str, list[tuple[float, Cell]]]:
    """Return each curve's cells with their places on the axis, from the lowest to the highest."""
    found: dict[str, list[tuple[float, Cell]]] = {}
    for cell in cells:
        name, _, last = cell.setting.rpartition(", ")
        place = float(last.rpartition("=")[2])
        if math.isfinite(place):
            found.setdefault(name, []).append((place, cell))
    return {name: sorted(own, key=lambda pair: pair[0]) for name, own in found.items()}
