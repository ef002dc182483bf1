r"""O-information: whether several series know of each other in the same way, or only all together.

.. math:: \Omega(X) = (n - 2) H(X) + \sum_i [H(X_i) - H(X_{-i})]

in bits. Above 0 redundancy prevails (each tells the same), below 0 synergy (only together they tell): a copy of three
has +1 bit, three of which the third is the exclusive or of the others −1 bit. Both estimators are biased on short series,
so each value comes with what independent series of the same lengths and memories give.

References:
    Rosas, Mediano, Gastpar & Jensen (2019), Phys. Rev. E 100, 032305, Eq. 5 (as numbered in
    arXiv:1902.11239).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecosim.errors import InputError
from ecosim.rng import Key, uniforms

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

SAMPLES_PER_STATE = 10
"""Least number of samples for each joint state, so that entropies are more than noise."""


class Information(NamedTuple):
    """O-information beside that of series that are independent.

    Attributes:
        value: Ω in bits; NaN where the series are too short for their states, or one of them never changes.
        surrogate_mean: mean Ω of the surrogates.
        surrogate_deviation: their standard deviation.
        p: share of surrogates at least as far from their mean as the value is, itself counted among them.
        corrected: the value less ``surrogate_mean``: below 0 synergy, above 0 redundancy.
    """

    value: float
    surrogate_mean: float
    surrogate_deviation: float
    p: float
    corrected: float


def o_information(states: ArrayLike) -> float:
    """Return the O-information of whole-numbered states in bits, by counting.

    Args:
        states: a row a sample, a column a variable (samples, variables), whole numbers; at least three variables.

    Returns:
        NaN where there are fewer than ``SAMPLES_PER_STATE`` samples for each joint state that could occur.

    Raises:
        InputError: with fewer than three variables, or numbers that are not whole.
    """
    table = _table(states)
    if table.size and (table != np.floor(table)).any():
        raise InputError("states: numbers that are not whole; allowed: states, as rank_states gives them")
    levels = [np.unique(column).size for column in table.T]
    if len(table) < SAMPLES_PER_STATE * np.prod(levels, dtype=float) or min(levels, default=0) < 1:
        return float("nan")
    n = table.shape[1]
    parts = sum(_entropy(table[:, [i]]) - _entropy(np.delete(table, i, axis=1)) for i in range(n))
    return float((n - 2) * _entropy(table) + parts)


def o_information_gaussian(series: ArrayLike) -> float:
    r"""Return the O-information in bits of series taken as jointly normal after ranking (a Gaussian copula).

    Entropies are those of a normal law with the correlations of the normal scores,
    :math:`H = \frac12 \log_2 |2\pi e R|`. It asks for fewer samples than counting and sees only what correlations tell: the
    exclusive or escapes it.

    Args:
        series: a row a sample, a column a variable (samples, variables), at least three variables.

    Returns:
        NaN where a series is constant, two are the same but for their scale, or there are too few samples.

    Raises:
        InputError: with fewer than three variables.

    References:
        Ince et al. (2017), Hum. Brain Mapp. 38, 1541, for the copula.
    """
    from scipy.special import ndtri
    from scipy.stats import rankdata

    table = _table(series)
    samples, n = table.shape
    if samples < SAMPLES_PER_STATE * n or (table.std(axis=0) == 0).any():
        return float("nan")
    scores = ndtri(rankdata(table, axis=0) / (samples + 1))
    correlations = np.asarray(np.corrcoef(scores, rowvar=False))

    def entropy(chosen: NDArray[np.int64]) -> float:
        sign, log = np.linalg.slogdet(correlations[np.ix_(chosen, chosen)])
        return 0.5 * (chosen.size * math.log2(2 * math.pi * math.e) + log / np.log(2)) if sign > 0 else np.nan

    everyone = np.arange(n)
    parts = sum(entropy(everyone[[i]]) - entropy(np.delete(everyone, i)) for i in range(n))
    value = float((n - 2) * entropy(everyone) + parts)
    return value if np.isfinite(value) else float("nan")


def rank_states(series: ArrayLike, levels: int = 2) -> NDArray[np.int64]:
    """Return each series as states 0 … levels − 1 that are about equally frequent: below or above the median, and so on.

    Args:
        series: (samples, variables).
        levels: how many states, at least 2.

    Raises:
        InputError: if there are fewer than two levels.
    """
    if levels < 2:
        raise InputError(f"levels is {levels}; allowed: at least 2")
    from scipy.stats import rankdata

    table = _table(series, least=1)
    ranks = rankdata(table, method="average", axis=0) - 0.5
    states: NDArray[np.int64] = np.minimum((ranks * levels / max(len(table), 1)).astype(np.int64), levels - 1)
    return states


def against_surrogates(
    series: ArrayLike,
    key: Key,
    *,
    surrogates: int = 199,
    estimate: Callable[[NDArray[np.float64]], float] | None = None,
) -> Information:
    """Return the O-information of series beside that of series which each keep their memory but lose each other.

    A surrogate turns every series by a number of ticks of its own, drawn at random: values, order and autocorrelation
    stay, what the series know of each other goes. With the series themselves counted among them, p is at least
    1/(surrogates + 1). Where series are stationary the test keeps its level but for the seam at which a turned series
    joins its end to its start; a trend is a dependence.

    Args:
        series: a row a tick, a column a variable (ticks, variables), at least three variables.
        key: source of the turns.
        surrogates: how many, at least 19.
        estimate: series to bits; by default counting of what lies below and above the medians.

    Raises:
        InputError: with fewer than three variables or 19 surrogates.
    """
    if surrogates < 19:
        raise InputError(f"surrogates is {surrogates}; allowed: at least 19")
    table = _table(series)
    of = estimate or (lambda found: o_information(rank_states(found)))
    value = of(table)
    ticks, n = table.shape
    if not np.isfinite(value):
        return Information(*[float("nan")] * 5)
    turns = (uniforms(key, np.arange(surrogates * n)).reshape(surrogates, n) * ticks).astype(np.int64)
    there = np.array([of(_turned(table, turn)) for turn in turns])
    mean, deviation = float(there.mean()), float(there.std(ddof=1))
    as_far = np.abs(there - mean) >= abs(value - mean) - 1e-12
    return Information(value, mean, deviation, float((1 + as_far.sum()) / (surrogates + 1)), value - mean)


def _turned(table: NDArray[np.float64], turns: NDArray[np.int64]) -> NDArray[np.float64]:
    row = (np.arange(len(table))[:, None] + turns) % len(table)
    turned: NDArray[np.float64] = np.take_along_axis(table, row, axis=0)
    return turned


def _entropy(table: NDArray[np.float64]) -> float:
    """Return the entropy in bits of the rows of a table, by counting."""
    _, counts = np.unique(table, axis=0, return_counts=True)
    shares = counts / counts.sum()
    return float(-(shares * np.log2(shares)).sum())


def _table(values: ArrayLike, least: int = 3) -> NDArray[np.float64]:
    table = np.asarray(values, np.float64)
    if table.ndim != 2 or table.shape[1] < least:
        raise InputError(f"series: shape {table.shape}; allowed: (samples, variables) with at least {least} variables")
    if not np.isfinite(table).all():
        raise InputError("series: missing or infinite numbers; leave out the rows that hold them")
    return table
