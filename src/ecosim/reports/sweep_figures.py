"""Figures of a sweep: effects, responses, measures over time, how intervals narrow, sensitivity."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.drawing.indices import draw_indices
from ecosim.drawing.names import of_measure, short_name, short_names
from ecosim.drawing.style import COLLABORATION, POLARISATION, label, name_and_explain, styled, title_of
from ecosim.reports.panels import (
    NO_TITLES,
    calm,
    colour,
    each,
    is_logarithmic,
    line_colours,
    of_arm,
    of_value,
    panels,
    placed,
    shape,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ecosim.reports.findings import Indices, Response

MOST_ROWS = 16


@styled
def effects(
    table: pd.DataFrame,
    measures: Sequence[str],
    keys: Sequence[str],
    units: Mapping[str, str],
    titles: Mapping[str, str] = NO_TITLES,
) -> Figure:
    """Return the figure of effects: a panel a measure, a row a value, its difference from the first value of its key.

    Args:
        table: of the effects.
        measures: which are shown.
        keys: the factors.
        units: of measures.
        titles: of scenarios, shown with what they are called.
    """
    rows = rows_of(table)
    figure, axes = panels(len(measures), 3, 0.95 + (0.4 if titles else 0.26) * len(rows))
    for place, (one, measure) in enumerate(each(axes, measures)):
        draw_effects(one, table[table["measure"] == measure], rows, keys, titles)
        one.set_xlabel(f"difference ({unit})" if (unit := units.get(measure)) else "difference")
        if place % 3:
            one.set_yticklabels([""] * len(rows))
    return figure


def draw_effects(
    axes: Axes,
    table: pd.DataFrame,
    rows: Sequence[tuple[str, Any]],
    keys: Sequence[str],
    titles: Mapping[str, str] = NO_TITLES,
) -> None:
    """Draw the effects on one measure: a row a value of a factor, its difference from the first value with its interval."""
    names = short_names(keys)
    for at, (factor, value) in enumerate(rows):
        found = table[(table["factor"] == factor) & (table["value"] == value)]
        if len(found):
            _interval(axes, found.iloc[0], at, keys.index(factor) if factor in keys else 0)
    axes.axvline(0.0, color="#222222", linewidth=1.0)
    words = [
        f"{label(names[factor], 20)} = {of_value(value, 16)}"
        if factor in names and value not in titles
        else of_arm(value, titles, 34)
        for factor, value in rows
    ]
    axes.set_yticks(range(len(rows)), words)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    axes.locator_params(axis="x", nbins=4)
    axes.margins(x=0.12)


def rows_of(table: pd.DataFrame) -> list[tuple[str, Any]]:
    """Return factors and values in their order; of very many only the last value of each factor."""
    rows = list(dict.fromkeys(zip(table["factor"], table["value"], strict=True)))
    if len(rows) <= MOST_ROWS:
        return rows
    last = dict(rows)
    return list(last.items()) if len(last) > 1 else rows[:: -(-len(rows) // MOST_ROWS)]


@styled
def responses(found: Mapping[str, Response], measures: Sequence[str], units: Mapping[str, str]) -> Figure:
    """Return the figure of responses to one factor: a panel a measure, lines for a second factor where there is one."""
    one = found[measures[0]]
    figure, axes = panels(len(measures), 3, 2.7, extra=0.9)
    for panel, measure in each(axes, measures):
        draw_response(panel, found[measure])
        panel.set_xlabel(label(short_name(one.factor), 34))
        panel.set_ylabel(units.get(measure, ""))
    handles, names = axes[0].get_legend_handles_labels()
    if handles:
        title = None if one.second is None else label(short_name(one.second), 34)
        figure.legend(
            handles, names, loc="outside lower left", ncols=min(len(handles), 6), title=title, alignment="left"
        )
    return figure


@styled
def over_time(
    found: Mapping[str, pd.DataFrame], lead: str | None, units: Mapping[str, str], titles: Mapping[str, str] = NO_TITLES
) -> Figure:
    """Return the figure of measures over time: the mean of each group of runs, and where four fifths of them are."""
    figure, axes = panels(len(found), 3, 2.7, extra=0.9)
    for panel, measure in each(axes, list(found), title_of):
        draw_groups(panel, found[measure], lead, titles)
        panel.set_xlabel("tick")
        panel.set_ylabel(units.get(measure, ""))
    handles, names = axes[0].get_legend_handles_labels()
    title = None if lead is None else label(short_name(lead), 34)
    columns = min(len(handles), 3 if titles else 6)
    figure.legend(handles, names, loc="outside lower left", ncols=columns, title=title, alignment="left")
    return figure


@styled
def convergence(found: Mapping[str, pd.DataFrame]) -> Figure:
    """Return the figure of how a point's interval narrows with replicates, each measure in units of its spread."""
    figure, (axes,) = panels(1, 1, 3.6)
    longest = max((frame["replicates"].max() for frame in found.values()), default=2)
    for place, (measure, frame) in enumerate(found.items()):
        scale = _spreads(frame)
        if not (scale > 0).any():
            continue
        dash = ("-", "--", ":", "-.")[place // 6 % 4]
        axes.plot(
            frame["replicates"], frame["half_width"] / scale, dash, color=colour(place), marker=shape(place), markersize=4,
            label=label(of_measure(measure), 34),
        )  # fmt: skip
    steps = np.unique(np.geomspace(3, max(longest, 4), 40).round())
    axes.plot(
        steps, [_student(n) for n in steps], color="#222222", linewidth=1.0, linestyle=(0, (1, 1.5)), label="t s / √n"
    )
    axes.set_xlabel("replicates")
    axes.set_ylabel("half width of the 95 % interval,\nin standard deviations of a run")
    axes.set_ylim(0, 3.0)
    axes.set_xlim(2, max(longest, 4))
    axes.locator_params(axis="x", integer=True)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return figure


@styled
def indices(found: Indices, measures: Sequence[str], keys: Sequence[str], title: str = "", caption: str = "") -> Figure:
    """Return the figure of sensitivity indices: a panel a measure, bars with intervals for each factor.

    Args:
        found: the indices.
        measures: which are shown.
        keys: the factors.
        title: stands above, where the figure stands alone.
        caption: stands below, likewise.
    """
    names = short_names(keys)
    room = 1.1 + 0.2 * (1 + len(caption) // 130) if title else 0.0
    figure, axes = panels(len(measures), 3, 0.95 + 0.42 * len(keys), extra=0.9 + room)
    for place, (panel, measure) in enumerate(each(axes, measures)):
        draw_indices(panel, found.table, measure, found.method, [names[key] for key in keys], keys)
        if place % 3:
            panel.set_yticklabels([""] * len(keys))
        if place + 3 < len(measures):
            panel.set_xlabel("")
    known: dict[str, Any] = {}
    for panel in axes:
        known |= dict(zip(*reversed(panel.get_legend_handles_labels()), strict=True))
    # Below the panels of a figure that stands alone is its caption, so there the legend is above.
    figure.legend(
        list(known.values()), list(known), loc="outside upper right" if title else "outside lower left", ncols=3
    )
    if title:
        name_and_explain(figure, title, caption)
    return figure


def draw_response(axes: Axes, response: Response) -> None:
    """Draw how a measure answers to a factor: lines over listed values, or points with the means of bins."""
    if response.lines is not None:
        _lines(axes, response)
    else:
        _cloud(axes, response)


def draw_groups(axes: Axes, frame: pd.DataFrame, by: str | None, titles: Mapping[str, str] = NO_TITLES) -> None:
    """Draw a measure over time: the mean of each group of runs, and from its 10 % to its 90 % quantile."""
    groups = list(dict.fromkeys(frame[by])) if by is not None else [None]
    colours = line_colours(groups)
    for place, group in enumerate(groups):
        part = frame if group is None else frame[frame[by] == group]
        tick, fill = part["tick"].to_numpy(), colours[place]
        axes.fill_between(tick, part["quantile_0.1"], part["quantile_0.9"], color=fill, alpha=0.14, linewidth=0)
        name = "all runs" if group is None else of_arm(group, titles)
        axes.plot(tick, part["mean"], color=fill, label=name)
    axes.set_xlim(float(frame["tick"].min()), max(float(frame["tick"].max()), 1.0))
    axes.locator_params(axis="x", nbins=5)
    calm(axes, frame["mean"].tolist())


def _interval(axes: Axes, row: pd.Series[Any], at: int, family: int) -> None:
    known = not math.isnan(row["low"])
    seen = known and (row["low"] > 0 or row["high"] < 0)
    fill = colour(family)
    if known:
        axes.plot(
            [row["low"], row["high"]],
            [at, at],
            color=fill,
            linewidth=2.2,
            solid_capstyle="butt",
            alpha=1 if seen else 0.55,
        )
    axes.plot(
        row["difference"],
        at,
        shape(family),
        color=fill,
        markersize=6,
        markerfacecolor=fill if seen else "white",
        markeredgewidth=1.4,
    )


def _lines(axes: Axes, response: Response) -> None:
    frame = response.lines
    assert frame is not None
    groups = list(dict.fromkeys(frame["second"]))
    colours = line_colours(groups)
    everywhere = list(dict.fromkeys(frame["value"]))
    spots = dict(zip(everywhere, placed(everywhere)[0], strict=True))
    names = placed(everywhere)[1]
    for place, group in enumerate(groups):
        part = frame if group is None else frame[frame["second"] == group]
        x = [spots[value] for value in part["value"]]
        fill = colours[place]
        axes.fill_between(x, part["low"].astype(float), part["high"].astype(float), color=fill, alpha=0.15, linewidth=0)
        mark = shape(place)
        axes.plot(
            x, part["mean"], color=fill, marker=mark, markersize=4.5, label=None if group is None else of_value(group)
        )
    if names is not None:
        axes.set_xticks(range(len(names)), names)
    elif is_logarithmic(list(spots.values())):
        axes.set_xscale("log")
    else:
        axes.locator_params(axis="x", nbins=5)
    axes.margins(y=0.12)
    calm(axes, frame["mean"].tolist())


def _cloud(axes: Axes, response: Response) -> None:
    points, bins = response.points, response.bins
    assert points is not None
    assert bins is not None
    many = len(points) > 400
    axes.plot(
        points["x"],
        points["y"],
        ".",
        color="#555555",
        markersize=3 if many else 5,
        alpha=0.25 if many else 0.4,
        markeredgewidth=0,
        rasterized=many,
    )
    axes.fill_between(
        bins["x"],
        bins["quantile_0.1"],
        bins["quantile_0.9"],
        color=COLLABORATION,
        alpha=0.16,
        linewidth=0,
        label="four fifths of the points",
    )
    axes.plot(bins["x"], bins["mean"], color=COLLABORATION, marker="o", markersize=4, label="mean of a bin")
    error = [(bins["mean"] - bins["low"]).fillna(0), (bins["high"] - bins["mean"]).fillna(0)]
    axes.errorbar(
        bins["x"], bins["mean"], yerr=error, fmt="none", ecolor=POLARISATION, elinewidth=1.6, label="its 95 % interval"
    )
    if is_logarithmic(points["x"].tolist()):
        axes.set_xscale("log")
    else:
        axes.locator_params(axis="x", nbins=5)


def _spreads(frame: pd.DataFrame) -> pd.Series[float]:
    """Return the standard deviation of a run that each expected half width stands for."""
    spread: pd.Series[float] = frame["expected"] / [_student(float(n)) for n in frame["replicates"]]
    return spread.where(spread > 0)


def _student(n: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(n - 1, 0.975)) / math.sqrt(n)
