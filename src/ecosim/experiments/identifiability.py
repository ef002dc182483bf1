"""Identifiability: whether the targets tell each parameter, and in plain words if they do not."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

WIDE = 0.5
"""Share of a parameter's range from which on what agrees with the targets covers so much that they hardly tell it."""

TIED = 0.8
"""Correlation from which on two parameters make up for each other."""

FEW = 10
NEAR = 3.84
"""Rise of the loss within which a value agrees with the targets: 95 % point of χ² with one degree of freedom, for each
parameter by itself (its profile)."""


class Range(NamedTuple):
    """What agrees with the targets, of one parameter, as shares of its range."""

    low: float
    high: float


def profile_ranges(shares: Numbers, losses: Numbers) -> list[Range]:
    """Return, for each parameter, where trials agree with the targets nearly as well as the best.

    Trials lie apart, so the range reaches half of the way to the next trial outside.

    Args:
        shares: place of each trial in the box (n, k).
        losses: of each trial (n,).
    """
    near = losses <= losses.min() + NEAR
    found = []
    for column in shares.T:
        low, high = column[near].min(), column[near].max()
        below, above = column[column < low], column[column > high]
        found.append(
            Range(
                0.5 * (low + below.max()) if below.size else 0.0,
                0.5 * (high + above.min()) if above.size else 1.0,
            )
        )
    return found


def near_best(losses: Numbers, k: int) -> NDArray[np.int64]:
    """Return the trials that agree with the targets as a whole: within the 95 % point of χ² with k degrees of freedom."""
    from scipy.stats import chi2

    return np.flatnonzero(losses <= losses.min() + float(chi2.ppf(0.95, k)))


def weighted_ranges(shares: Numbers, weights: Numbers) -> list[Range]:
    """Return the middle 95 % of each parameter over weighted particles (n, k)."""
    return [Range(*(_quantile(column, weights, share) for share in (0.025, 0.975))) for column in shares.T]


def _quantile(values: Numbers, weights: Numbers, share: float) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weights[order]) - 0.5 * weights[order]
    return float(np.interp(share, reached / weights.sum(), values[order]))


def correlations(shares: Numbers, weights: Numbers) -> Numbers:
    """Return the correlations of parameters over weighted trials that agree (k, k); 0 where one does not vary."""
    centred = shares - weights @ shares / weights.sum()
    covariance = (centred * weights[:, None]).T @ centred
    spread = np.sqrt(np.diag(covariance))
    safe = np.where(spread > 0, spread, 1.0)
    found: Numbers = covariance / np.outer(safe, safe)
    np.fill_diagonal(found, 1.0)
    return found


def warnings_of(keys: Sequence[str], ranges: Sequence[Range], tied: Numbers, agreeing: int) -> list[str]:
    """Return, in sentences, what the targets do not tell.

    Args:
        keys: of the parameters (k,).
        ranges: what agrees with the targets, as shares of each parameter's range.
        tied: correlations over trials that agree (k, k).
        agreeing: number of those trials.
    """
    told = []
    for key, one in zip(keys, ranges, strict=True):
        if one.high - one.low > WIDE:
            told.append(
                f"{key} is not identified: values over {one.high - one.low:.0%} of its range agree with the targets about "
                "as well; another target, or a smaller sd, may tell it."
            )
        elif one.low < 0.02 or one.high > 0.98:
            end = "lower" if one.low < 0.02 else "upper"
            told.append(f"{key}: what agrees reaches the {end} end of its range; the best may lie beyond.")
    if agreeing < FEW:
        told.append(
            f"Only {agreeing} trials agree with the targets: the intervals are rough; more --trials would make them firmer."
        )
        return told
    for i, j in combinations(range(len(keys)), 2):
        if abs(tied[i, j]) > TIED:
            way = "more of the one goes with more" if tied[i, j] > 0 else "less of the one goes with more"
            told.append(
                f"{keys[i]} and {keys[j]} are told only together (correlation {tied[i, j]:+.2f} among what agrees): {way} "
                "of the other; fix one, or add a target that tells them apart."
            )
    return told
