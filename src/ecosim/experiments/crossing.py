"""Crossing: where along a parameter runs go over from one regime to the other, with its interval."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

DRAWS = 1000
_STEEPEST = 400.0
"""Scale of the penalty on the slope, per range of the parameter: a leap within a four-hundredth is as good as sharp."""
_STEPS = 60


class Estimate(NamedTuple):
    """A number and its 95 % interval."""

    value: float
    low: float
    high: float

    def widened(self, replicates: int) -> Estimate:
        r"""Return it with the bootstrap's interval widened for few replicates, at least 2.

        The bootstrap takes the spread among n replicates for the true one. Distances from the value are multiplied by

        .. math:: t_{n-1,\,0.975} / 1.96 \cdot \sqrt{n / (n - 1)}

        as much as Student's interval of a mean is wider than the bootstrap's: 1.44 for 6, 1.10 for 20.
        """
        from scipy.stats import t

        if replicates < 2:
            return self
        factor = float(t.ppf(0.975, replicates - 1)) / 1.96 * math.sqrt(replicates / (replicates - 1))
        return Estimate(
            self.value, self.value - factor * (self.value - self.low), self.value + factor * (self.high - self.value)
        )


class Crossing(NamedTuple):
    """Where runs go over.

    Attributes:
        critical: the value at which half of the runs are in each regime, with its 95 % interval.
        quarter, three_quarters: the values at which a quarter, and three quarters, are in the regime of the range's end.
        is_separated: whether every run below lies in one regime and every run above in the other, so that only the
            values tried, and not chance, set the interval.
        low, high: the last value before and the first one after, where it is separated.
    """

    critical: Estimate
    quarter: float
    three_quarters: float
    is_separated: bool
    low: float
    high: float


def crossing(values: Numbers, over: NDArray[np.bool_], *, draws: int = DRAWS, seed: int = 0) -> Crossing:
    r"""Return where runs go over to the regime of the range's end.

    The share that has gone over at x is :math:`1 / (1 + e^{-b (x - c)})`; c is the critical value. Replicates are drawn
    anew, each with all of its runs, and c is found again: runs of one replicate share their luck and are no independent
    cases. The interval is widened for few replicates (:meth:`Estimate.widened`) and ends where the values do. What is over
    is taken as given: chance in a threshold that was itself found from the runs is not in it. Where runs separate, c can
    only be told to lie between two of the values tried, and the interval reaches from the one to the other; n replicates
    that all agree leave out the value at which half go over with a chance of at most :math:`2^{1 - n}`.

    Args:
        values: of the parameter, rising (k,).
        over: whether a run has gone over to the regime of the last value (replicates, k).
        draws: of the bootstrap.
        seed: of the bootstrap.

    References:
        Efron & Tibshirani (1993), An introduction to the bootstrap, §13 (percentiles).
    """
    luck = np.random.default_rng(seed)
    runs = over.shape[0]
    picked = luck.integers(runs, size=(draws, runs)) if runs > 1 else np.zeros((1, 1), np.int64)
    counts = np.concatenate([over.sum(axis=0)[None], over[picked].sum(axis=1)]).astype(float)
    middle, slope = _logistic(values, counts, runs)
    low, high = _bracket(values, counts, runs)
    apart = low < high
    middle = np.where(apart, np.clip(middle, low, high), np.clip(middle, values[0], values[-1]))
    lowest, highest = np.where(apart, low, middle), np.where(apart, high, middle)
    critical = Estimate(
        float(middle[0]),
        float(np.quantile(lowest, 0.025, method="inverted_cdf")),
        float(np.quantile(highest, 0.975, method="inverted_cdf")),
    )
    if not apart[0]:
        value, least, greatest = critical.widened(runs)
        critical = Estimate(value, max(least, float(values[0])), min(greatest, float(values[-1])))
    away = np.log(3.0) / slope[0]
    quarter, three_quarters = (
        (low[0], high[0]) if apart[0] else np.clip((middle[0] - away, middle[0] + away), values[0], values[-1])
    )
    return Crossing(critical, float(quarter), float(three_quarters), bool(apart[0]), float(low[0]), float(high[0]))


def _bracket(values: Numbers, counts: Numbers, runs: int) -> tuple[Numbers, Numbers]:
    """Return, for each row of counts, the greatest value with a run that stays and the least with one that is over."""
    stays, is_over = counts < runs, counts > 0
    low = np.where(stays, values, -np.inf).max(axis=1)
    high = np.where(is_over, values, np.inf).min(axis=1)
    return low, high


def _logistic(values: Numbers, counts: Numbers, runs: int) -> tuple[Numbers, Numbers]:
    r"""Return middle and slope of the logistic curve through the counts of each row (rows,).

    What is made least is the negative log-likelihood plus :math:`b^2 / 2 S^2`, S = 400 per range: a gentle pull that keeps
    the slope finite where runs separate. Newton's method with damping, all rows at once; the slope is kept positive.
    """
    scale = float(values[-1] - values[0])
    x = (values - values[0]) / scale
    rows = counts.shape[0]
    start = 0.5 + (runs * x.size / 2 - counts.sum(axis=1)) / (runs * x.size)
    middle, slope = np.clip(start, 0.02, 0.98), np.full(rows, 10.0)
    damping = np.full(rows, 1e-3)
    cost = _cost(x, counts, runs, middle, slope)
    for _ in range(_STEPS):
        share = _share(x, middle, slope)
        off = counts - runs * share
        weight = runs * share * (1 - share)
        away = x[None] - middle[:, None]
        # In a = log slope and c = middle: the slope cannot change its sign.
        by_log = (off * away).sum(axis=1) * slope - slope**2 / _STEEPEST**2
        by_middle = -off.sum(axis=1) * slope
        h_log = (weight * away**2).sum(axis=1) * slope**2 + 2 * slope**2 / _STEEPEST**2
        h_middle = weight.sum(axis=1) * slope**2
        h_both = -(weight * away).sum(axis=1) * slope**2
        h_log, h_middle = h_log * (1 + damping) + 1e-12, h_middle * (1 + damping) + 1e-12
        determinant = h_log * h_middle - h_both**2
        step_log = np.clip((h_middle * by_log - h_both * by_middle) / determinant, -1.0, 1.0)
        step_middle = np.clip((h_log * by_middle - h_both * by_log) / determinant, -0.2, 0.2)
        tried = np.clip(middle + step_middle, -0.5, 1.5), slope * np.exp(step_log)
        tried_cost = _cost(x, counts, runs, *tried)
        is_better = tried_cost <= cost
        gain = np.where(is_better, cost - tried_cost, np.inf)
        middle, slope = np.where(is_better, tried[0], middle), np.where(is_better, tried[1], slope)
        cost = np.where(is_better, tried_cost, cost)
        damping = np.clip(np.where(is_better, damping * 0.3, damping * 10.0), 1e-9, 1e6)
        if ((gain < 1e-9) | (damping >= 1e6)).all():
            break
    return values[0] + scale * middle, slope / scale


def _share(x: Numbers, middle: Numbers, slope: Numbers) -> Numbers:
    found: Numbers = 1.0 / (1.0 + np.exp(-np.clip(slope[:, None] * (x[None] - middle[:, None]), -500, 500)))
    return found


def _cost(x: Numbers, counts: Numbers, runs: int, middle: Numbers, slope: Numbers) -> Numbers:
    at = slope[:, None] * (x[None] - middle[:, None])
    cost: Numbers = (counts * np.logaddexp(0.0, -at) + (runs - counts) * np.logaddexp(0.0, at)).sum(axis=1)
    return cost + slope**2 / (2 * _STEEPEST**2)
