"""Cases: the points of a sweep, each with its factors and the share of its replicates in which something holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

FEWEST = 20
"""Points below which halves are too small to find anything in one and to test it in the other."""


@dataclass(frozen=True)
class Cases:
    """Points with what was varied and how often it holds.

    Attributes:
        keys: names of the factors (k,).
        factors: value of each factor at each point (n, k); of words, their number in ``words``.
        words: for each factor the words that it takes, in order; empty for a factor of numbers.
        share: of a point's runs in which it holds (n,), 0 to 1.
        runs: of each point (n,), at least 1.
    """

    keys: tuple[str, ...]
    factors: Numbers
    words: tuple[tuple[str, ...], ...]
    share: Numbers
    runs: Numbers

    @property
    def base(self) -> float:
        """Share of all runs in which it holds."""
        return float(self.share @ self.runs / self.runs.sum())

    def some(self, which: Flags | NDArray[np.int64]) -> Cases:
        """Return some of the points."""
        return Cases(self.keys, self.factors[which], self.words, self.share[which], self.runs[which])

    def halves(self, seed: int) -> tuple[Cases, Cases]:
        """Return two halves of the points, drawn at random, with about as many in which it holds in either."""
        order = np.random.default_rng(seed).permutation(self.share.size)
        order = order[np.argsort(self.share[order], kind="stable")]
        coin = np.random.default_rng(seed + 1).integers(2, size=(order.size + 1) // 2)
        is_first = np.zeros(order.size, np.bool_)
        is_first[0::2] = coin[: is_first[0::2].size] == 0
        is_first[1::2] = coin[: is_first[1::2].size] == 1
        first, second = np.sort(order[is_first]), np.sort(order[~is_first])
        return self.some(first), self.some(second)


@dataclass(frozen=True)
class Box:
    """A part of the space of factors: for numbers from where to where, for words which.

    Attributes:
        low: bound below of each factor, −∞ where there is none (k,); a point lies in it where it is above.
        high: bound above, ∞ where there is none (k,); a point lies in it where it is below.
        left_out: for each factor of words, the numbers of those that are not in it.
    """

    low: Numbers
    high: Numbers
    left_out: tuple[frozenset[int], ...] = field(default=())

    @classmethod
    def whole(cls, count: int) -> Box:
        """Return the box of everything, for so many factors."""
        return cls(np.full(count, -np.inf), np.full(count, np.inf), (frozenset[int](),) * count)

    def holds(self, factors: Numbers) -> Flags:
        """Return which points lie in it (n,)."""
        inside = ((factors > self.low) & (factors < self.high)).all(axis=1)
        for k, numbers in enumerate(self.left_out):
            if numbers:
                inside &= ~np.isin(factors[:, k], list(numbers))
        return np.asarray(inside, np.bool_)

    def restricted(self) -> list[int]:
        """Return the numbers of the factors that it restricts."""
        return [
            k for k in range(self.low.size) if np.isfinite(self.low[k]) or np.isfinite(self.high[k]) or self.left_out[k]
        ]

    def without(self, k: int) -> Box:
        """Return the box that does not restrict a factor."""
        low, high = self.low.copy(), self.high.copy()
        low[k], high[k] = -np.inf, np.inf
        return Box(low, high, tuple(frozenset[int]() if j == k else one for j, one in enumerate(self.left_out)))

    def cut(self, k: int, *, low: float | None = None, high: float | None = None, out: int | None = None) -> Box:
        """Return the box with another bound of a factor, or without one more of its words."""
        lows, highs, left_out = self.low.copy(), self.high.copy(), list(self.left_out)
        if low is not None:
            lows[k] = low
        if high is not None:
            highs[k] = high
        if out is not None:
            left_out[k] |= {out}
        return Box(lows, highs, tuple(left_out))


def cases_of(keys: Sequence[str], points: pd.DataFrame, holds: Numbers, lacking: str = "") -> Cases:
    """Return cases from the points of a sweep; points with the same values are one case, with the runs of all of them.

    So no half of the cases has points of the other.

    Args:
        keys: what was varied; a factor that takes one value only is left out.
        points: a row a point, with a column a key.
        holds: 1 where it holds, 0 where it does not, NaN where a run failed or has no value (points, replicates).
        lacking: how many runs have no value and why, for where too few points are left.

    Raises:
        InputError: if there are fewer than twenty different points with a value, or nothing was varied.
    """
    there = np.isfinite(holds)
    known = np.asarray(there.any(axis=1), np.bool_)
    columns, words, names = [], [], []
    for key in keys:
        column, ours = _coded(points[key][known.tolist()])
        if np.unique(column).size > 1:
            columns.append(column)
            words.append(ours)
            names.append(key)
    factors = np.column_stack(columns) if columns else np.zeros((int(known.sum()), 1))
    first, case = _equal(factors)
    if first.size < FEWEST and (names or known.sum() < FEWEST):
        raise InputError(
            f"points: {first.size} different ones with a value; allowed: at least {FEWEST}, for rules found in one half are "
            f"tested in the other{f' ({lacking})' if lacking else ''}"
        )
    if not names:
        raise InputError("this sweep varies nothing; allowed: a sweep with several values of at least one key")
    runs = np.asarray(np.bincount(case, there[known].sum(axis=1)), np.float64)
    share = np.bincount(case, np.nansum(holds[known], axis=1)) / runs
    return Cases(tuple(names), factors[first], tuple(words), share, runs)


def _equal(rows: Numbers) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first of each kind of equal rows, in their order, and for each row the number of its kind."""
    _, first, kind = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    number = np.empty_like(order)
    number[order] = np.arange(order.size)
    return first[order], number[kind.ravel()]


def _coded(column: Any) -> tuple[Numbers, tuple[str, ...]]:
    """Return a column as numbers, and the words that they stand for if it held words."""
    if column.dtype.kind in "iuf" and column.notna().all():
        return column.to_numpy(float), ()
    text = column.astype(str).to_numpy()
    words, codes = np.unique(text.astype(str), return_inverse=True)
    return codes.astype(float), tuple(str(word) for word in words)
