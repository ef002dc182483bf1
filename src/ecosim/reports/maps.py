"""Maps: measures over two factors, the stage among them, and where points lie between collaboration and polarisation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.drawing.meaning import with_unit
from ecosim.drawing.names import of_measure, short_name, short_names
from ecosim.drawing.style import label, styled
from ecosim.reports.page import number
from ecosim.reports.panels import NO_TITLES, line_colours, of_arm, of_value, panels, shape
from ecosim.results.phrases import percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ecosim.reports.findings import Maps

STAGES = ("collection", "network", "community", "social ecosystem")
STAGE_COLOURS = ("#E8E4DA", "#A9C8DE", "#3C8DBC", "#12406A")
MOST_NUMBERED, FEW_POINTS = 64, 80


@styled
def maps(found: Maps, keys: Sequence[str], units: Mapping[str, str]) -> Figure:
    """Return the figure of measures over two factors, and of the most frequent stage as the last panel."""
    count = len(found.means) + (found.stage is not None)
    figure, axes = panels(count, 3, 3.1, extra=0.3)
    names = short_names(keys)
    for place, (one, measure) in enumerate(zip(axes, found.means, strict=False)):
        draw_map(one, found.means[measure], "Blues" if place == 0 else "Oranges", units.get(measure, ""))
        one.set_title(of_measure(measure), loc="left", fontweight="bold")
    if found.stage is not None:
        _stage(axes[-1], found.stage)
        axes[-1].set_title("most frequent stage", loc="left", fontweight="bold")
    for place, one in enumerate(axes):
        one.set_xlabel(label(names[found.across], 34))
        one.set_ylabel(label(names[found.up], 34) if place % 3 == 0 else "")
        one.grid(visible=False)
    return figure


@styled
def plane(
    points: pd.DataFrame,
    measures: tuple[str, str],
    lead: str | None,
    second: str | None,
    units: Mapping[str, str],
    titles: Mapping[str, str] = NO_TITLES,
) -> Figure:
    """Return the figure of points between collaboration (across) and polarisation (up), each with both intervals."""
    figure, (axes,) = panels(1, 1, 4.6)
    levels, marks = _levels(points, lead), _levels(points, second)
    colours = line_colours(levels)
    if len(points) <= FEW_POINTS:
        _crosses(axes, points, (lead, levels, colours), (second, marks))
    else:
        fills = "#0072B2" if lead is None else _fills(points[lead].tolist(), levels, colours)
        axes.scatter(points["x"], points["y"], s=14, c=fills, linewidths=0, alpha=0.7, rasterized=len(points) > 400)
    across, up = (with_unit(of_measure(name), units.get(name, "")) for name in measures)
    axes.set_xlabel(f"collaboration: {across}")
    axes.set_ylabel(f"polarisation: {up}")
    axes.grid(visible=True, axis="both")
    if lead is not None:
        marked = (second, marks) if len(points) <= FEW_POINTS else (None, [])
        _legend(figure, axes, (lead, levels, colours), marked, len(levels) > 8, titles)
    return figure


def _crosses(
    axes: Axes,
    points: pd.DataFrame,
    first: tuple[str | None, list[Any], list[Any]],
    second: tuple[str | None, list[Any]],
) -> None:
    lead, levels, colours = first
    key, marks = second
    for _, row in points.iterrows():
        fill = colours[levels.index(row[lead])] if lead is not None else "#0072B2"
        mark = shape(marks.index(row[key])) if key is not None and len(marks) <= 8 else "o"
        if not math.isnan(row["x_low"]):
            axes.plot([row["x_low"], row["x_high"]], [row["y"]] * 2, color=fill, linewidth=0.9, alpha=0.55)
            axes.plot([row["x"]] * 2, [row["y_low"], row["y_high"]], color=fill, linewidth=0.9, alpha=0.55)
        axes.plot(row["x"], row["y"], mark, color=fill, markersize=8, markeredgecolor="white", markeredgewidth=0.6)


def _fills(values: list[Any], levels: list[Any], colours: list[Any]) -> list[Any]:
    by_value = dict(zip(levels, colours, strict=True))
    return [by_value[value] for value in values]


def _legend(
    figure: Figure,
    axes: Axes,
    first: tuple[str, list[Any], list[Any]],
    second: tuple[str | None, list[Any]],
    is_scale: bool,
    titles: Mapping[str, str],
) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, Normalize
    from matplotlib.lines import Line2D

    lead, levels, colours = first
    name = label(short_name(lead), 30)
    handles = []
    if is_scale and all(isinstance(level, int | float) for level in levels):
        scale = ScalarMappable(Normalize(min(levels), max(levels)), ListedColormap(colours))
        figure.colorbar(scale, ax=axes, label=name, shrink=0.8)
    else:
        dots = zip(levels[:12], colours, strict=False)
        handles += [Line2D([], [], linestyle="", label=name)]
        handles += [
            Line2D([], [], marker="o", linestyle="", color=fill, label=of_arm(one, titles)) for one, fill in dots
        ]
    if second[0] is not None and 1 < len(second[1]) <= 8:
        handles += [Line2D([], [], linestyle="", label=label(short_name(second[0]), 30))]
        for place, one in enumerate(second[1]):
            handles.append(Line2D([], [], marker=shape(place), linestyle="", color="#555555", label=of_value(one)))
    if handles:
        axes.legend(handles=handles, loc="center left", bbox_to_anchor=(1.01, 0.5), alignment="left", handletextpad=0.3)


def draw_map(axes: Axes, cells: pd.DataFrame, colours: str, unit: str = "") -> None:
    """Draw the means of cells of two factors in shades of a colour, with their numbers where they are few."""
    across, up, means = _square(cells, "mean")
    drawn = axes.pcolormesh(np.ma.masked_invalid(means), cmap=colours, edgecolors="white", linewidth=0.8)
    axes.figure.colorbar(drawn, ax=axes, shrink=0.85, pad=0.02, label=unit)
    _edges(axes, across, up)
    if means.size <= MOST_NUMBERED:
        middle, digits = (np.nanmax(means) + np.nanmin(means)) / 2, _digits(means)
        for (y, x), value in np.ndenumerate(means):
            if not math.isnan(value):
                ink = "#FFFFFF" if value > middle else "#1A1A1A"
                axes.text(x + 0.5, y + 0.5, f"{value:.{digits}g}", ha="center", va="center", fontsize=8.5, color=ink)


def _digits(means: Any) -> int:
    """Return in how many digits, three to five, the largest and the smallest of the numbers differ by more than one."""
    reach, size = float(np.nanmax(means) - np.nanmin(means)), float(np.nanmax(np.abs(means)))
    if reach <= 0 or size <= 0:
        return 3
    return min(max(3, math.floor(math.log10(size)) - math.floor(math.log10(reach)) + 2), 5)


def _stage(axes: Axes, cells: pd.DataFrame) -> None:
    from matplotlib.colors import BoundaryNorm, ListedColormap
    from matplotlib.patches import Patch

    across, up, means = _square(cells, "mean")
    shares = _square(cells, "share")[2]
    norm = BoundaryNorm(np.arange(-0.5, 4.5), 4)
    axes.pcolormesh(
        np.ma.masked_invalid(means), cmap=ListedColormap(STAGE_COLOURS), norm=norm, edgecolors="white", linewidth=0.8
    )
    _edges(axes, across, up)
    for (y, x), value in np.ndenumerate(means) if means.size <= MOST_NUMBERED else ():
        if not math.isnan(value):
            ink = "#FFFFFF" if value >= 2 else "#1A1A1A"
            axes.text(x + 0.5, y + 0.5, percent(shares[y, x]), ha="center", va="center", fontsize=8.5, color=ink)
    present = sorted({int(value) for value in means.ravel() if not math.isnan(value)})
    patches = [
        Patch(facecolor=STAGE_COLOURS[one], edgecolor="#555555", linewidth=0.5, label=STAGES[one]) for one in present
    ]
    axes.legend(handles=patches, loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=9)


def _square(cells: pd.DataFrame, column: str) -> tuple[list[Any], list[Any], Any]:
    across, up = (list(dict.fromkeys(cells[name])) for name in ("across", "up"))
    laid = np.full((len(up), len(across)), np.nan)
    for x, y, value in zip(cells["across"], cells["up"], cells[column], strict=True):
        laid[up.index(y), across.index(x)] = value
    return across, up, laid


def _edges(axes: Axes, across: Sequence[Any], up: Sequence[Any]) -> None:
    for values, put, room in ((across, axes.set_xticks, 30), (up, axes.set_yticks, 48)):
        longest = max(len(_short(value)) for value in values) if room == 30 else 4
        step = -(-len(values) * (longest + 2) // room)  # so many letters have room side by side
        put([place + 0.5 for place in range(0, len(values), step)], [_short(value) for value in values[::step]])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _short(value: Any) -> str:
    return number(float(f"{value:.3g}")) if isinstance(value, float) else of_value(value, 14)


def _levels(points: pd.DataFrame, key: str | None) -> list[Any]:
    if key is None:
        return []
    values = list(dict.fromkeys(points[key]))
    return sorted(values) if all(isinstance(value, int | float) for value in values) else values
