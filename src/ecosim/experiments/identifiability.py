"""Identifiability: whether the targets tell each parameter, and in plain words if they do not."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecosim.results.phrases import percent
from ecosim.wording import some

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


def profile_ranges(shares: Numbers, distances: Numbers) -> list[Range]:
    """Return, for each parameter, where the targets are met nearly as well as at best, whatever the others are.

    Two ways are united. By trials: from the least to the greatest that is near the best, and half of the way to the next
    outside. By a surface: each measure's distance from its target is made a quadratic function of the parameters, by
    least squares over the quarter of the trials that is nearest (twice as many as it has terms, at least); this tells what
    lies between trials, which are few. Where there are too few of them, trials alone count.

    Args:
        shares: place of each trial in the box (n, k).
        distances: of each measure from its target, in standard deviations (n, m).
    """
    losses = (distances**2).sum(axis=1)
    there = np.isfinite(losses)
    found = _by_trials(shares[there], losses[there])
    surface = _by_surface(shares[there], distances[there])
    if surface is None:
        return found
    return [Range(min(one.low, two.low), max(one.high, two.high)) for one, two in zip(found, surface, strict=True)]


def _by_trials(shares: Numbers, losses: Numbers) -> list[Range]:
    near = losses <= losses.min() + NEAR
    found = []
    for column in shares.T:
        low, high = column[near].min(), column[near].max()
        below, above = column[column < low], column[column > high]
        found.append(
            Range(
                float(0.5 * (low + below.max())) if below.size else 0.0,
                float(0.5 * (high + above.min())) if above.size else 1.0,
            )
        )
    return found


def _by_surface(shares: Numbers, distances: Numbers) -> list[Range] | None:
    from scipy.stats import qmc

    n, k = shares.shape
    terms = (k + 1) * (k + 2) // 2
    if n < 2 * terms:
        return None
    nearest = np.argsort((distances**2).sum(axis=1), kind="stable")[: max(2 * terms, n // 4)]
    middle = shares[nearest].mean(axis=0)
    line = np.linalg.lstsq(_quadratic(shares[nearest] - middle), distances[nearest], rcond=None)[0]
    low, high = shares[nearest].min(axis=0), shares[nearest].max(axis=0)
    reach = 0.25 * (high - low)
    low, high = np.maximum(low - reach, 0.0), np.minimum(high + reach, 1.0)
    places = low + (high - low) * qmc.Sobol(k, rng=np.random.default_rng(0)).random_base2(_FINE)
    losses = ((_quadratic(places - middle) @ line) ** 2).sum(axis=1)
    near = places[losses <= losses.min() + NEAR]
    return [Range(float(column.min()), float(column.max())) for column in near.T]


def _quadratic(shares: Numbers) -> Numbers:
    """Return 1, each parameter, and each product of two (n, terms)."""
    k = shares.shape[1]
    products = [shares[:, i] * shares[:, j] for i in range(k) for j in range(i, k)]
    found: Numbers = np.column_stack([np.ones(shares.shape[0]), shares, *products])
    return found


_FINE = 13
"""Places at which the surface is looked at, as a power of two."""


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
                f"{key} is not identified: values over {percent(one.high - one.low)} of its range agree with the "
                "targets about as well; another target, or a smaller sd, may tell it."
            )
        elif one.low < 0.02 or one.high > 0.98:
            end = "lower" if one.low < 0.02 else "upper"
            told.append(f"{key}: what agrees reaches the {end} end of its range; the best may lie beyond.")
    if agreeing < FEW:
        told.append(
            f"Only {some(agreeing, 'trial')} {'agrees' if agreeing == 1 else 'agree'} with the targets: the intervals are "
            "rough; more --trials would make them firmer."
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
