"""One measure of a sweep in one panel, for notebooks: the axes are handed back, to be changed at will."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ecosim.drawing.meaning import quantity, unit_of, with_unit
from ecosim.drawing.names import of_measure, short_name
from ecosim.drawing.style import label, rules, title_of
from ecosim.reports.maps import draw_map
from ecosim.reports.sweep_figures import draw_effects, draw_groups, draw_response, rows_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from ecosim.reports.findings import Response


def against_factor(response: Response, measure: str, axes: Axes | None) -> Axes:
    """Draw a measure against a factor, with intervals, and return the axes."""
    with rules():
        drawn = _new() if axes is None else axes
        draw_response(drawn, response)
        _name(drawn, quantity(measure), short_name(response.factor))
        if response.second is not None or response.bins is not None:
            drawn.legend(title=None if response.second is None else label(short_name(response.second), 34))
    return drawn


def against_ticks(frame: pd.DataFrame, measure: str, by: str | None, axes: Axes | None) -> Axes:
    """Draw the mean of each group of runs over time, with where four fifths of them are, and return the axes."""
    with rules():
        drawn = _new() if axes is None else axes
        draw_groups(drawn, frame, by)
        _name(drawn, with_unit(title_of(measure), unit_of(measure)), "tick")
        if by is not None:
            drawn.legend(title=label(short_name(by), 34))
    return drawn


def effects_of(table: pd.DataFrame, keys: Sequence[str], axes: Axes | None) -> Axes:
    """Draw the effects on the one measure of a table, with intervals, and return the axes."""
    with rules():
        drawn = _new() if axes is None else axes
        draw_effects(drawn, table, rows_of(table), keys)
        drawn.set_title(of_measure(table["measure"].iloc[0]), loc="left", fontweight="bold")
    return drawn


def over_two_factors(cells: pd.DataFrame, measure: str, across: str, up: str, axes: Axes | None) -> Axes:
    """Draw a measure over two factors, and return the axes."""
    with rules():
        drawn = _new() if axes is None else axes
        draw_map(drawn, cells, "Blues", unit_of(measure))
        drawn.set_title(of_measure(measure), loc="left", fontweight="bold")
        drawn.set_xlabel(label(short_name(across), 34))
        drawn.set_ylabel(label(short_name(up), 34))
        drawn.grid(visible=False)
    return drawn


def _new() -> Axes:
    from matplotlib import pyplot  # in a notebook the figure is to show itself

    return pyplot.subplots(figsize=(7.0, 4.2), layout="constrained")[1]


def _name(axes: Axes, beside: str, below: str) -> None:
    axes.set_ylabel(beside)
    axes.set_xlabel(label(below, 34))
