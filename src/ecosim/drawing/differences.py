"""How scenarios differ from the first of them, with intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ecosim.drawing.axes import on_axes
from ecosim.drawing.meaning import unit_of
from ecosim.drawing.style import SECTOR_COLOURS, SECTOR_SHAPES, label, name_and_explain, new_figure, styled, title_of
from ecosim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_PANELS, IMMATERIAL = 12, 1e-6


@styled
def differences(
    table: pd.DataFrame, title: str = "How the scenarios differ", titles: Mapping[str, str] | None = None
) -> Figure:
    """Return the figure of a comparison: a panel a measure, in it each scenario's difference from the first.

    Args:
        table: what ``ecosim.experiments.compare.differences`` returns; of more than a dozen measures, those are shown that
            differ most clearly (:func:`clearest`).
        title: above the figure.
        titles: of scenarios, shown with what they are called.

    Raises:
        InputError: if no measure has an interval, or none differs in any run.
    """
    known = table[table["difference"].notna()]
    if not len(known):
        raise InputError("nothing to draw: no measure has a value in two replicates of two scenarios")
    if not known[["difference", "low", "high"]].to_numpy(float).any():
        raise InputError("nothing to draw: no measure differs in any pair of runs")
    measures = clearest(known)
    arms = list(dict.fromkeys(known["scenario"]))
    columns = min(3, len(measures))
    rows = -(-len(measures) // columns)
    figure = new_figure(4.2 * columns, (1.1 + 0.42 * len(arms)) * rows + 1.4)
    panels = np.atleast_1d(figure.subplots(rows, columns, squeeze=False)).ravel()
    for axes, measure in zip(panels, measures, strict=False):
        _draw(known, measure, arms, axes, titles or {})
    for axes in panels[len(measures) :]:
        axes.set_visible(False)
    pairs = int(known["runs"].min())
    against = str(known["against"].iloc[0])
    of_against = f" ({named})" if (named := (titles or {}).get(against)) else ""
    name_and_explain(
        figure,
        title,
        f"Difference from “{against}”{of_against} in each measure's own unit: mean over {pairs} pairs of runs "
        "with the same luck, and its 95 % interval. An interval across the black line is compatible with no difference. "
        f"Later: over the second half of a run; else at its end.{_on_choice(known, measures)}",
    )
    return figure


def clearest(known: pd.DataFrame, most: int = MOST_PANELS) -> list[str]:
    """Return all measures if there are few, else those whose differences are the largest beside their intervals.

    Of a measure at the end and over the second half the clearer stands for both. What does not differ by a millionth of its
    size is left out, however sure that is.

    Args:
        known: rows of the table of differences whose difference is known.
        most: how many.
    """
    measures = list(dict.fromkeys(known["measure"]))
    if len(measures) <= most:
        return measures
    size, half = known["difference"].abs(), (known["high"] - known["low"]) / 2
    size = size.where(size > IMMATERIAL * known[["mean", "mean_against"]].abs().max(axis=1), 0.0)
    clear = (size / half).where(half > 0, np.inf).where(size > 0, 0.0).groupby(known["measure"]).max()
    chosen: dict[str, str] = {}
    for name in sorted((one for one in measures if clear[one] > 0), key=lambda one: -clear[one]):
        chosen.setdefault(name.removesuffix(".mean"), name)
    return list(chosen.values())[:most]


def _on_choice(known: pd.DataFrame, shown: list[str]) -> str:
    of = known["measure"].str.removesuffix(".mean").nunique()
    if known["measure"].nunique() <= MOST_PANELS:
        return ""
    return (
        f" Shown: {len(shown)} of {of} measures, those that differ most clearly beside their intervals; of so many, one in "
        "twenty would seem to differ where none does."
    )


def draw(table: pd.DataFrame, measure: str, axes: Axes | None = None, titles: Mapping[str, str] | None = None) -> Axes:
    """Draw how scenarios differ from the first in one measure, and return the axes.

    Args:
        table: of the differences, as for :func:`differences`.
        measure: which.
        axes: where; None for axes of their own.
        titles: of scenarios, shown with what they are called.
    """
    known = table[table["difference"].notna()]
    with on_axes(axes) as drawn:
        _draw(known, measure, list(dict.fromkeys(known["scenario"])), drawn, titles)
        if axes is None:
            unit = f", {unit}" if (unit := unit_of(measure)) else ""
            drawn.set_xlabel(f"difference from “{label(str(known['against'].iloc[0]))}”{unit}; line: 95 % interval")
        return drawn


def _titled(arm: str, titles: Mapping[str, str]) -> str:
    """Return what a scenario is called, and its title, if it has one, on a line below."""
    title = titles.get(arm)
    return f"{label(arm)}\n{label(title)}" if title else label(arm)


def _draw(
    known: pd.DataFrame, measure: str, arms: list[str], axes: Axes, titles: Mapping[str, str] | None = None
) -> None:
    part = known[known["measure"] == measure].set_index("scenario")
    for place, arm in enumerate(arms):
        if arm not in part.index:
            continue
        row = part.loc[arm]
        colour = SECTOR_COLOURS[place % len(SECTOR_COLOURS)]
        axes.plot([row["low"], row["high"]], [place, place], color=colour, linewidth=2.4, solid_capstyle="butt")
        axes.plot(row["difference"], place, SECTOR_SHAPES[place % len(SECTOR_SHAPES)], color=colour, markersize=7)
    axes.axvline(0.0, color="#222222", linewidth=1.0)
    axes.set_yticks(range(len(arms)), [_titled(arm, titles or {}) for arm in arms])
    axes.set_ylim(len(arms) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    axes.locator_params(axis="x", nbins=4)
    axes.set_xlabel(f"difference ({unit})" if (unit := unit_of(measure)) else "difference")
    axes.set_title(
        title_of(measure.removesuffix(".mean")) + (", later" if measure.endswith(".mean") else ""), loc="left"
    )
