"""Choice: which of many measures a report shows where nobody says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ecosim.experiments.effects import Layout, nanmean
from ecosim.results.measured import MEAN

if TYPE_CHECKING:
    import pandas as pd

COLLABORATION = ("win_win_share", "cross_sector_share", "coalitions", "clustering", "giant_component")
POLARISATION = ("dispersion", "esteban_ray", "bimodality", "divergence")
"""Measures of each, the ones told first that are shown first."""

MOST = 9
TOO_ALIKE, FEWEST_FOR_ALIKE, EXACTLY = 0.97, 8, 1.0 - 1e-9
"""Two measures that are so closely correlated over so many points say the same. Over fewer points whatever differs is, so
runs are held against each other there; and of fewer runs only those that are the same but for their scale."""


def choose(measures: Sequence[str], noise: pd.DataFrame, layout: Layout, most: int = MOST) -> list[str]:
    """Return the measures to show: success of each sector and of all, two each of collaboration and polarisation, severity.

    The places left go to those that vary most between points relative to luck (``signal``), unless they rise and fall
    with one that is there already. Of each the mean over the second half of a run stands for it where there is one.

    Args:
        measures: columns of the runs.
        noise: what ``noise.table_of_noise`` returns for them.
        layout: the runs.
        most: how many at most; those that are always shown come on top.
    """
    runs = noise.set_index("measure")["runs"]
    varied = {name for name in noise.loc[noise["between"] > 0, "measure"] if runs[name] >= 0.5 * runs.max()}
    best = [name for name in measures if name.endswith(MEAN) or name + MEAN not in measures]
    usual = {name.removesuffix(MEAN): name for name in best}
    always = [usual[name] for name in _usual(list(usual)) if usual[name] in varied]
    ranked = noise[noise["measure"].isin(best) & noise["measure"].isin(varied)].sort_values(
        "signal", ascending=False, na_position="last", kind="stable"
    )
    chosen = always
    for name in ranked["measure"]:
        if len(chosen) >= most:
            break
        if name not in chosen and not any(_are_alike(layout, name, other) for other in chosen):
            chosen = [*chosen, name]
    return chosen


def first_there(names: Sequence[str], measures: Sequence[str]) -> str | None:
    """Return the first of some names that was measured, the mean over the second half if there is one."""
    found = [name + suffix for name in names for suffix in (MEAN, "") if name + suffix in measures]
    return found[0] if found else None


def _usual(names: Sequence[str]) -> list[str]:
    success = [name for name in names if name.startswith("success_")]
    families = [[name for name in family if name in names][:2] for family in (COLLABORATION, POLARISATION)]
    return [*success, *families[0], *families[1], *(name for name in names if name == "severity_mean")]


def _are_alike(layout: Layout, one: str, other: str) -> bool:
    """Return whether two measures say the same: over the points, or over the runs where the points are few."""
    x, y = (layout.values(name) for name in (one, other))
    if len(x) >= FEWEST_FOR_ALIKE:
        x, y = nanmean(x, 1), nanmean(y, 1)
    there = ~np.isnan(x) & ~np.isnan(y)
    if there.sum() < 3 or x[there].std() == 0 or y[there].std() == 0:
        return False
    least = TOO_ALIKE if there.sum() >= FEWEST_FOR_ALIKE else EXACTLY
    return bool(abs(np.corrcoef(x[there], y[there])[0, 1]) > least)
