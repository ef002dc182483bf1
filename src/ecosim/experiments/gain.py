"""Gain: how many times fewer runs a comparison needs because both arms have the same luck."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

DRAWS = 2000
CONFIDENCE = 0.95


def fewer_runs(
    x: Numbers, y: Numbers, *, left: Callable[[Numbers, NDArray[np.int64]], float] | None = None, seed: int = 0
) -> tuple[float, float, float]:
    r"""Return how many times as many runs independent seeds would need for the same interval, with its own interval.

    The interval of a difference of means over n runs an arm shrinks as the root of its variance over n, so the ratio is

    .. math:: (s_x^2 + s_y^2) / s_{x - y}^2 = 2 / (1 - \rho)  \quad\text{up to a factor 2, where both spread alike.}

    Precisely: 1 / (1 − ρ) for equal variances and correlation ρ; 5 therefore takes a correlation of 0.8. Below 1, the
    same luck does harm. The interval is the bootstrap's over pairs (percentiles of the logarithm's, which is the same).

    Args:
        x: one arm's outcome, replicate by replicate (n,).
        y: the other's, under the same luck (n,).
        left: how much of the variance of the difference is left where something known beforehand accounts for part
            of it: a function of the differences and of the replicates drawn; see :func:`left_by`. None for all of it.
        seed: of the bootstrap.

    Returns:
        Ratio, low, high; infinite where all pairs differ by the same.
    """
    luck = np.random.default_rng(seed)
    everyone = np.arange(x.size)
    again = [_ratio(x, y, luck.integers(x.size, size=x.size), left) for _ in range(DRAWS)]
    low, high = np.quantile(again, ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2), method="inverted_cdf")
    return _ratio(x, y, everyone, left), float(low), float(high)


def left_by(known: Numbers) -> Callable[[Numbers, NDArray[np.int64]], float]:
    """Return the variance of differences that a line in what is known beforehand leaves, as :func:`fewer_runs` takes it.

    With k columns the residual sum of squares is divided by n − 1 − k: what is fitted by chance is not counted as gain.

    Args:
        known: columns known before the first tick (n, k), such as measures of tick 0.

    References:
        Control variates: Law (2015), Simulation modeling and analysis, 5th ed., §11.4 (unchecked).
    """

    def left(difference: Numbers, drawn: NDArray[np.int64]) -> float:
        columns = np.column_stack([np.ones(drawn.size), known[drawn]])
        spread = columns.std(axis=0)
        columns = columns[:, (spread > 0) | (np.arange(columns.shape[1]) == 0)]
        line, _, rank, _ = np.linalg.lstsq(columns, difference, rcond=None)
        residual = difference - columns @ line
        return float(residual @ residual / max(drawn.size - int(rank), 1))

    return left


def _ratio(
    x: Numbers,
    y: Numbers,
    drawn: NDArray[np.int64],
    left: Callable[[Numbers, NDArray[np.int64]], float] | None,
) -> float:
    difference = x[drawn] - y[drawn]
    apart = float(x[drawn].var(ddof=1) + y[drawn].var(ddof=1))
    together = float(difference.var(ddof=1)) if left is None else left(difference, drawn)
    return apart / together if together > 0 else np.inf
