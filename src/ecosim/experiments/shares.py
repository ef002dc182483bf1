"""Shares of variance on a full grid: what goes back to each factor, freed of what luck adds, with jackknife intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ecosim.experiments.effects import mean_and_interval, nanmean
from ecosim.experiments.noise import noise_of

if TYPE_CHECKING:
    import pandas as pd

MOST_LUCK = 0.5

Share = tuple[str, str, str, float, float, float]
"""Name of the index, factor, nothing, value, lower and upper end."""


def shares_of_variance(points: pd.DataFrame, values: NDArray[np.float64], *, common: bool) -> list[Share] | None:
    r"""Return first-order and total shares of the variance of the points' means; None where a point has no value.

    The list is empty where half or more of the variance of the points' means is luck, or where luck alone would give as
    much in one of twenty sweeps (F test): what is left is a small difference of large numbers then.
    Each combination of values counts alike. With :math:`V_i` the variance of the means over all other factors and
    :math:`V_{\sim i}` that of the means over factor i,

    .. math:: S_i = V_i / V, \qquad T_i = 1 - V_{\sim i} / V

    from each of which is subtracted what luck is expected to add: the residual variance of that very table of means
    by replicates, over n, for a factor may also change what luck does. Intervals are
    Student's over the jackknife's pseudo-values, a replicate left out at a time; NaN from fewer than three.

    Args:
        points: the value of each factor at each point.
        values: of the measure, (points, replicates), NaN where missing.
        common: whether a replicate has the same seed at every point.

    References:
        Miller (1974), The jackknife, Biometrika 61, 1.
    """
    laid_out = _as_grid(points, values)
    if laid_out is None:
        return None
    grid, sizes = laid_out
    replicates = grid.shape[1]
    if _may_be_luck(noise_of(grid, common=common).luck, *grid.shape):
        return []
    all_in = _shares(grid, sizes, common)
    out = (
        [_shares(np.delete(grid, place, axis=1), sizes, common) for place in range(replicates)]
        if replicates > 2
        else []
    )
    found: list[Share] = []
    for place, key in enumerate(points.columns):
        for row, index in enumerate(("first", "total")):
            value = all_in[row, place]
            pseudo = np.array([replicates * value - (replicates - 1) * one[row, place] for one in out])
            _, low, high, _ = mean_and_interval(pseudo)
            half = (high - low) / 2 if out else math.nan
            found.append((index, str(key), "", value, value - half, value + half))
    return found


def _as_grid(points: pd.DataFrame, values: NDArray[np.float64]) -> tuple[NDArray[np.float64], list[int]] | None:
    """Return values in the order of the grid of all factors (points, replicates), and how many values each factor has.

    None where not every combination is there once, or a point has no value.
    """
    codes = [points[key].groupby(points[key], sort=False, dropna=False).ngroup().to_numpy() for key in points.columns]
    sizes = [int(code.max()) + 1 for code in codes]
    at = np.ravel_multi_index(codes, sizes)
    if math.prod(sizes) != len(points) or np.unique(at).size != len(points):
        return None
    whole = values[:, ~np.isnan(values).any(axis=0)]
    if not whole.shape[1]:  # every replicate lacks a run: the means of what there is, without intervals
        whole = nanmean(values, 1)[:, None]
    if np.isnan(whole).any():
        return None
    grid = np.empty_like(whole)
    grid[at] = whole
    return grid, sizes


def _may_be_luck(luck: float, points: int, replicates: int) -> bool:
    """Return whether what differs between points is mostly luck, or no more than luck may give."""
    if math.isnan(luck) or luck == 0:
        return False
    from scipy.special import fdtri

    return bool(luck >= MOST_LUCK or 1 / luck < fdtri(points - 1, (points - 1) * (replicates - 1), 0.95))


def _shares(grid: NDArray[np.float64], sizes: list[int], common: bool) -> NDArray[np.float64]:
    """Return first-order and total shares, (2, factors); NaN where luck leaves nothing."""
    laid = grid.reshape([*sizes, grid.shape[1]])
    shares = np.full((2, len(sizes)), np.nan)
    variance = _caused(laid, common)
    if variance <= 0:
        return shares
    for place in range(len(sizes)):
        others = tuple(axis for axis in range(len(sizes)) if axis != place)
        shares[:, place] = (
            _caused(laid.mean(axis=others), common) / variance,
            1 - _caused(laid.mean(axis=place), common) / variance,
        )
    return shares


def _caused(laid: NDArray[np.float64], common: bool) -> float:
    """Return the variance of means over replicates (the last axis), less what luck is expected to add to it."""
    table = laid.reshape(-1, laid.shape[-1])
    points, replicates = table.shape
    apart = noise_of(table, common=common).apart if replicates > 1 else 0.0
    return float(table.mean(axis=1).var()) - apart**2 / replicates * (points - 1) / points
