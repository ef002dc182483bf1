"""Scenario discovery: the points of a sweep, how often it holds at each, and the box in which it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from ecosim.drawing.axes import on_axes
from ecosim.drawing.known import Known
from ecosim.drawing.style import COLLABORATION, POLARISATION, label, name_and_explain, new_figure, styled
from ecosim.wording import in_a_row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BOX, PATH, UNKNOWN = POLARISATION, COLLABORATION, "#888888"
JITTER = 0.18
NO_SHARE = -0.06
"""Height of a point without a value where heights are shares: below all of them."""

Numbers = NDArray[np.float64]


class Points(Protocol):
    """The points of a sweep: see ``ecosim.experiments.cases.Cases``."""

    @property
    def keys(self) -> tuple[str, ...]: ...
    @property
    def factors(self) -> Numbers: ...
    @property
    def words(self) -> tuple[tuple[str, ...], ...]: ...
    @property
    def share(self) -> Numbers: ...
    @property
    def base(self) -> float: ...


class Region(Protocol):
    """A part of the space of factors: see ``ecosim.experiments.cases.Box``."""

    @property
    def low(self) -> Numbers: ...
    @property
    def high(self) -> Numbers: ...
    @property
    def left_out(self) -> tuple[frozenset[int], ...]: ...


class Worth(Protocol):
    """What a box is worth."""

    @property
    def coverage(self) -> float: ...
    @property
    def density(self) -> float: ...


class Tested(Protocol):
    """A rule: see ``ecosim.experiments.tested_rules.Rule``."""

    @property
    def box(self) -> Region: ...
    @property
    def density(self) -> Known: ...
    @property
    def tested(self) -> Worth: ...
    @property
    def found(self) -> Worth: ...
    @property
    def path(self) -> Sequence[Worth]: ...


class Discovered(Protocol):
    """What the figure needs of a search for conditions: see ``ecosim.experiments.discovery.Discovery``."""

    @property
    def cases(self) -> Points: ...
    @property
    def holds(self) -> str: ...
    @property
    def rules(self) -> Sequence[Tested]: ...
    @property
    def brief(self) -> str: ...
    @property
    def unknown(self) -> Numbers: ...
    @property
    def about(self) -> str: ...
    def factors_shown(self) -> list[int]: ...


@styled
def discovery(result: Discovered) -> Figure:
    """Return the figure of a discovery: points and box, and what the boxes on the way to it were worth."""
    figure = new_figure(11.0, 5.6)
    figure.set_layout_engine("constrained", h_pad=0.11)  # the caption is long: it shall not touch the edge
    left, right = figure.subplots(1, 2, width_ratios=(1.5, 1.0))
    draw(result, left)
    _draw_path(result, right)
    title = f"Where {label(result.holds, 60)}" if result.rules else f"No rule for {label(result.holds, 60)}"
    marks = ["a mark is a point of the sweep"]
    marks += ["a cross one without a value"] if result.unknown.size else []
    marks += ["the frame the rule"] if result.rules else []
    pictures = f"Left: {in_a_row(marks)}. " if len(marks) > 1 else ""
    name_and_explain(figure, title, f"{result.brief} {pictures}{result.about}".strip())
    return figure


def draw(result: Discovered, axes: Axes | None = None) -> Axes:
    """Draw the points over the two factors that matter most, coloured by the share of runs that hold; return the axes.

    Args:
        result: what ``ecosim.discover`` returns.
        axes: where; None for axes of their own.
    """
    with on_axes(axes) as drawn:
        _draw(result, drawn)
        return drawn


def _draw(result: Discovered, axes: Axes) -> None:
    cases = result.cases
    shown = result.factors_shown()
    one, two = shown[0], shown[-1]
    factors = np.vstack([cases.factors, result.unknown])
    is_known = np.arange(len(factors)) < cases.share.size
    x, y = (_placed(factors[:, k], seed) for seed, k in enumerate((one, two)))
    if one == two:
        y = np.full(x.size, NO_SHARE)
        y[is_known] = cases.share
    axes.plot(x[~is_known], y[~is_known], "x", color=UNKNOWN, markersize=4.5, markeredgewidth=0.9)
    dots = axes.scatter(
        x[is_known],
        y[is_known],
        c=cases.share,
        cmap="cividis",
        vmin=0,
        vmax=1,
        s=26,
        edgecolors="#555555",
        linewidths=0.3,
    )
    for values, k, limit in ((x, one, axes.set_xlim), (y, two, axes.set_ylim)):
        margin = 0.05 * (values.max() - values.min()) or 0.05
        words = cases.words[k] if one != two or values is x else ()
        limit(*((-0.5, len(words) - 0.5) if words else (values.min() - margin, values.max() + margin)))
    bar = axes.figure.colorbar(dots, ax=axes, shrink=0.9)
    bar.set_label(f"share of runs with {label(result.holds, 40)}")
    if result.rules:
        _draw_box(result.rules[0].box, cases, one, two, axes)
    for k, axis, set_label in ((one, axes.xaxis, axes.set_xlabel), (two, axes.yaxis, axes.set_ylabel)):
        set_label(label(cases.keys[k], 50) if one != two or k is one else "share of runs that hold")
        if cases.words[k]:
            axis.set_ticks(range(len(cases.words[k])), [label(word, 20) for word in cases.words[k]])
    axes.grid(visible=False)


def _placed(column: Numbers, seed: int) -> Numbers:
    """Return where points stand along a factor; words, and numbers of few values, a little apart so that all are seen."""
    levels = np.unique(column)
    if levels.size > 12:
        return column
    step = np.diff(levels).min() if levels.size > 1 else 1.0
    return column + JITTER * step * np.random.default_rng(seed).uniform(-1, 1, column.size)


def _draw_box(box: Region, cases: Points, one: int, two: int, axes: Axes) -> None:
    """Draw what the rule's box is in the plane of two factors; of words, a strip for each that is in it."""
    from matplotlib.patches import Rectangle

    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    across = _spans(box, cases, one, left, right)
    along = _spans(box, cases, two, bottom, top) if one != two else [(bottom, top)]
    for x0, x1 in across:
        for y0, y1 in along:
            axes.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, edgecolor=BOX, linewidth=2.4, zorder=4))


def _spans(box: Region, cases: Points, k: int, least: float, most: float) -> list[tuple[float, float]]:
    if cases.words[k] and box.left_out[k]:
        kept = [number for number in range(len(cases.words[k])) if number not in box.left_out[k]]
        return [(number - 0.4, number + 0.4) for number in kept]
    inset = 0.006 * (most - least)
    return [(max(float(box.low[k]), least + inset), min(float(box.high[k]), most - inset))]


def _draw_path(result: Discovered, axes: Axes) -> None:
    """Draw coverage against density of the boxes on the way, and of the rule where it was found and where it was tested."""
    if not result.rules:
        axes.text(0.5, 0.5, "no box stood the test", ha="center", va="center", transform=axes.transAxes)
        axes.set_axis_off()
        return
    rule = result.rules[0]
    axes.plot([one.coverage for one in rule.path], [one.density for one in rule.path], ".-", color=PATH, linewidth=1.2,
              label="on the way, where found")  # fmt: skip
    axes.plot(rule.found.coverage, rule.found.density, "s", color=PATH, markersize=9, label="the rule, where found")
    share = rule.density
    bars = [[max(0.0, share.value - share.low)], [max(0.0, share.high - share.value)]]
    axes.errorbar(rule.tested.coverage, share.value, yerr=bars, fmt="D", color=BOX, capsize=4, markersize=8,
                  label="the rule, tested on the other half")  # fmt: skip
    axes.axhline(result.cases.base, color="#222222", linewidth=0.9, linestyle=":", label="all runs")
    axes.set_xlim(-0.02, 1.04)
    axes.set_ylim(0, 1.04)
    axes.set_xlabel("coverage: share of all that hold")
    axes.set_ylabel("density: share of runs that hold")
    axes.legend(fontsize=8.5, loc="lower left")
