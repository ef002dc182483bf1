"""Tipping: an outcome against a parameter, with the value at which it goes over, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from ecosim.drawing.axes import on_axes
from ecosim.drawing.known import Known
from ecosim.drawing.meaning import quantity
from ecosim.drawing.style import COLLABORATION, POLARISATION, label, name_and_explain, new_figure, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

UP, DOWN, RUNS = COLLABORATION, POLARISATION, "#777777"
SHADE = 0.18


class Asked(Protocol):
    """Along which parameter, for which measure, and between which regimes."""

    @property
    def key(self) -> str: ...
    @property
    def measure(self) -> str: ...
    @property
    def threshold(self) -> float | None: ...


class Led(Protocol):
    """What came of worlds led up and down."""

    @property
    def levels(self) -> pd.DataFrame: ...
    @property
    def turns(self) -> pd.DataFrame: ...
    @property
    def rising(self) -> Known | None: ...
    @property
    def falling(self) -> Known | None: ...


class Searched(Protocol):
    """What the figure needs of a search for tipping: see ``ecosim.experiments.tipping.Tipping``."""

    @property
    def question(self) -> Asked: ...
    @property
    def runs(self) -> pd.DataFrame: ...
    @property
    def values(self) -> pd.DataFrame: ...
    @property
    def both_ways(self) -> Led | None: ...
    @property
    def critical(self) -> Known | None: ...
    @property
    def is_unlocated(self) -> bool: ...
    @property
    def is_tipping(self) -> bool: ...
    @property
    def says(self) -> tuple[str, ...]: ...
    @property
    def about(self) -> str: ...


@styled
def tipping(result: Searched) -> Figure:
    """Return the figure of a search for tipping."""
    figure = new_figure(8.4, 5.4)
    draw(result, figure.subplots())
    dots = "Each dot is a run; shaded: 95 % intervals."
    name_and_explain(figure, _title(result), " ".join([*result.says, dots, result.about]))
    return figure


def _title(result: Searched) -> str:
    if result.is_unlocated:
        return "It passes the threshold somewhere: not located"
    if result.critical is None:
        return "No tipping found"
    return "Where it tips" if result.is_tipping else "Where it passes the threshold"


def draw(result: Searched, axes: Axes | None = None) -> Axes:
    """Draw the outcome against the parameter, and return the axes: each run, means, critical values shaded at 95 %.

    Args:
        result: what ``ecosim.tip`` returns.
        axes: where; None for axes of their own.
    """
    with on_axes(axes) as drawn:
        _draw(result, drawn)
        return drawn


def _draw(result: Searched, axes: Axes) -> None:
    asked, runs = result.question, result.runs[result.runs["status"] == "ok"]
    led = result.both_ways
    axes.plot(runs[asked.key], runs[asked.measure], ".", color=RUNS, alpha=0.35, markersize=5, zorder=1,
              label="a run from the start")  # fmt: skip
    if led is None:
        axes.plot(result.values["value"], result.values["mean"], color=UP, zorder=3, label="mean")
        axes.fill_between(
            result.values["value"], result.values["low"], result.values["high"], color=UP, alpha=SHADE, linewidth=0
        )
    else:
        for way, colour, shape, words in (("up", UP, "^", "led up"), ("down", DOWN, "v", "led down")):
            means = led.levels[led.levels["way"] == way].groupby("value")["level"].mean()
            axes.plot(means.index, means, color=colour, marker=shape, markersize=6, zorder=3, label=f"{words}, mean")
    if asked.threshold is not None:
        axes.axhline(asked.threshold, color="#222222", linewidth=0.9, linestyle=":", label="threshold")
    for number, colour, words in _critical(result):
        axes.axvspan(number.low, number.high, color=colour, alpha=SHADE, linewidth=0, zorder=0)
        axes.axvline(number.value, color=colour, linewidth=1.3, label=f"{words}: {number.value:.4g}")
    axes.set_xlabel(label(asked.key, 60))
    axes.set_ylabel(quantity(asked.measure))
    axes.legend(fontsize=8.5, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3)  # nothing is hidden by it there


def _critical(result: Searched) -> Iterator[tuple[Known, str, str]]:
    led = result.both_ways
    if led is None:
        if result.critical is not None:
            yield result.critical, UP, "critical"
        return
    if led.rising is not None:
        yield led.rising, UP, f"goes over, led up{_how_many(led, 'rising')}"
    elif result.critical is not None:
        yield result.critical, RUNS, "goes over, from the start"
    if led.falling is not None:
        yield led.falling, DOWN, f"goes back, led down{_how_many(led, 'falling')}"


def _how_many(led: Led, way: str) -> str:
    """Return how many worlds a value is of, where it is not of all."""
    count = int(led.turns[way].notna().sum())
    return "" if count == len(led.turns) else f" ({count} of {len(led.turns)} worlds)"
