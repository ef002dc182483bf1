"""Gain: how many times fewer runs a comparison needs because both arms have the same luck."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ecosim.experiments.crossing import Estimate

Numbers = NDArray[np.float64]

DRAWS = 1000


def fewer_runs(x: Numbers, y: Numbers, known: Numbers | None = None, *, draws: int = DRAWS, seed: int = 0) -> Estimate:
    r"""Return how many times as many runs independent seeds would need for the same interval, with its own interval.

    The interval of a difference of means over n runs an arm shrinks as the root of its variance over n, so the ratio is

    .. math:: (s_x^2 + s_y^2) / s_{x - y}^2,

    which is 1 / (1 − ρ) where both arms spread alike and correlate by ρ: 5 takes a correlation of 0.8. Below 1, the same
    luck does harm. The 95 % interval is the bootstrap's over pairs (percentiles).

    Args:
        x: one arm's outcome, replicate by replicate (n,).
        y: the other's, under the same luck (n,).
        known: columns known before the first tick (n, k), such as measures of tick 0. If given, the variance of the
            difference is what a line in them leaves (control variates), its sum of squares divided by n − 1 − k, so that
            what is fitted by chance is not counted as gain.
        draws: of the bootstrap.
        seed: of the bootstrap.

    Returns:
        Ratio with its interval; infinite where all pairs differ by the same.

    References:
        Common random numbers and control variates: Law (2015), Simulation modeling and analysis, 5th ed., §11.2, and
        its chapter 11 (control variates; the section, 11.4, unchecked).
    """
    picked = np.vstack([np.arange(x.size), np.random.default_rng(seed).integers(x.size, size=(draws, x.size))])
    apart = x[picked].var(axis=1, ddof=1) + y[picked].var(axis=1, ddof=1)
    difference = x - y
    if known is None:
        together = difference[picked].var(axis=1, ddof=1)
    else:
        together = np.array([_left(difference[rows], known[rows]) for rows in picked])
    # A variance that is zero but for rounding counts as zero: the pairs differ by the same.
    is_zero = together <= 1e-24 * np.maximum(apart, np.abs(x[picked]).max(axis=1) ** 2)
    ratio = np.where(is_zero, np.inf, apart / np.where(is_zero, 1.0, together))
    low, high = np.quantile(ratio[1:], (0.025, 0.975), method="inverted_cdf")
    return Estimate(float(ratio[0]), float(low), float(high))


def _left(difference: Numbers, known: Numbers) -> float:
    """Return the variance of differences that a line in what is known leaves."""
    columns = np.column_stack([np.ones(difference.size), known])
    columns = columns[:, (columns.std(axis=0) > 0) | (np.arange(columns.shape[1]) == 0)]
    line, _, rank, _ = np.linalg.lstsq(columns, difference, rcond=None)
    residual = difference - columns @ line
    return float(residual @ residual / max(difference.size - int(rank), 1))
