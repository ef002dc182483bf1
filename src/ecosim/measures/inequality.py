"""Inequality of one column: Gini, and Atkinson's loss of welfare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.kernels import kernel
from ecosim.measures.checks import as_column, require_between

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def gini(values: ArrayLike) -> float:
    r"""Return the Gini coefficient: 0 when all have the same, 1 − 1/n when one has everything.

    .. math:: G = \frac{\sum_i \sum_j |x_i - x_j|}{2 n^2 \bar x} = \frac{\sum_i (2i - n - 1) x_{(i)}}{n \sum_i x_i}

    Args:
        values: (n,), any unit, ≥ 0; missing numbers are left out. Cost: one sort, O(n log n).

    Returns:
        G in [0, 1); NaN without values, with nothing to share, or with a negative value (shares then mean nothing).
    """
    return float(_gini(np.sort(as_column(values))))


def atkinson(values: ArrayLike, epsilon: float = 0.5) -> float:
    r"""Return Atkinson's index: the share of the total that could be given up for equality at the same welfare.

    .. math:: A = 1 - \frac{1}{\bar x} \Big(\frac{1}{n} \sum_i x_i^{1 - \epsilon}\Big)^{1 / (1 - \epsilon)}

    and one minus geometric over arithmetic mean at :math:`\epsilon = 1`.

    Args:
        values: (n,), any unit, ≥ 0; missing numbers are left out.
        epsilon: aversion to inequality, ≥ 0; at 0 the index is 0, from 1 on it is 1 as soon as one has nothing.

    Returns:
        A in [0, 1]; NaN where :func:`gini` is.

    Raises:
        InputError: if epsilon is negative.

    References:
        Atkinson (1970), On the measurement of inequality, J. Econ. Theory 2, 244.
    """
    require_between("epsilon", epsilon, 0.0, 100.0)
    held = _held(values)
    mean = held.mean() if held.size else 0.0
    if not mean > 0.0:
        return float("nan")
    relative = held / mean
    if epsilon >= 1.0 and relative.min() == 0.0:
        return 1.0
    if epsilon == 1.0:
        return max(0.0, 1.0 - float(np.exp(np.log(relative).mean())))
    equivalent = np.float64(np.mean(relative ** (1.0 - epsilon))) ** (1.0 / (1.0 - epsilon))
    return float(max(0.0, 1.0 - equivalent))


def _held(values: ArrayLike) -> NDArray[np.float64]:
    """Return the values that are not missing; none at all where one is negative."""
    column = as_column(values)
    held = column[np.isfinite(column)]
    return held[:0] if held.size and held.min() < 0.0 else held


@kernel
def _gini(ordered: Any) -> Any:
    """Return the Gini coefficient of sorted values, missing ones among them (NumPy sorts NaN last)."""
    n, rank, total, weighted, least, most = 0.0, 0.0, 0.0, 0.0, np.inf, -np.inf
    for value in ordered:
        n += np.isfinite(value)
    for value in ordered:
        if np.isfinite(value):
            total += value
            weighted += (2.0 * rank - n + 1.0) * value
            rank += 1.0
            least, most = min(least, value), max(most, value)
    if not total > 0.0 or least < 0.0:
        return np.nan
    return weighted / (n * total) if most > least else 0.0
