"""Effects: what each factor of a sweep does to each measure, with intervals that know whether luck was shared."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

CONFIDENCE = 0.95
Column = Callable[[str], NDArray[np.float64]]

TOGETHER = "point"
"""Stands for the factor where all keys change at once, as in a zip: the effect is that of the whole point."""


def effects(
    runs: pd.DataFrame,
    keys: Sequence[str],
    measures: Iterable[str],
    *,
    common: bool,
    most: int | None = None,
    column: Column | None = None,
) -> pd.DataFrame:
    r"""Return what each value of each key changes against the first value of that key.

    Runs are compared only with runs that differ in nothing else. Under common luck they are paired: with
    :math:`d_{or}` the difference at the other keys' values o in replicate r and :math:`d_r` its mean over o,

    .. math:: \bar d \pm t_{n-1}\, s_d / \sqrt n

    over the n replicates, at 95 %: the other keys' values are taken as they were chosen, not as a sample. Where some
    pairs have more replicates than others, each pair counts alike (:func:`mean_of_rows`). With independent seeds the
    variances of both means add, with Welch's degrees of freedom. From one replicate there is no interval. Where keys
    change together and no two points differ in one alone, points are compared with the first (``point``). Many effects
    at once are many chances for a false alarm: nothing is corrected here.

    Args:
        runs: a row a run, with ``status``, ``point``, ``replicate``, the keys, and the measures if no ``column`` is given.
        keys: what was varied.
        measures: columns to compare.
        common: whether a replicate has the same seed at every point.
        most: leave out factors with more values than that; none if not given.
        column: returns a measure of each run (runs,), where measures do not stand in ``runs``.

    Returns:
        Columns ``measure``, ``factor``, ``value``, ``against``, ``runs`` (pairs, or runs of the smaller side),
        ``replicates`` (of the pair with the fewest), ``mean``, ``mean_against``, ``difference``, ``low``, ``high``.

    References:
        Law (2015), Simulation modeling and analysis, 5th ed., §10.2. Welch (1947), Biometrika 34, 28.
    """
    import pandas as pd

    measures = list(measures)
    layout = Layout(runs, keys, column)
    rows: list[dict[str, Any]] = []
    for factor in layout.factors():
        first, *others = layout.levels(factor)
        if most is not None and len(others) >= most:
            continue
        for level in others:
            pairs = layout.pairs(factor, level, first)
            if not len(pairs):
                continue
            for measure in measures:
                found = _difference(layout.values(measure), pairs, common)
                here = {"measure": measure, "factor": factor, "value": layout.named(factor, level)}
                rows.append({**here, "against": layout.named(factor, first), **found})
    return pd.DataFrame(rows, columns=list(_COLUMNS))


class Layout:
    """Runs of a sweep as points by replicates, so that what differs in one key alone is found by its place.

    Args:
        runs: a row a run that was made.
        keys: what was varied.
        column: returns a measure of each run (runs,); by default that of ``runs``.
    """

    def __init__(self, runs: pd.DataFrame, keys: Sequence[str], column: Column | None = None) -> None:
        self.keys = tuple(keys)
        self._column_of = column or (lambda measure: runs[measure].to_numpy(dtype=np.float64, na_value=np.nan))
        labels, self._row = np.unique(runs["point"].to_numpy(), return_inverse=True)
        replicates, self._column = np.unique(runs["replicate"].to_numpy(), return_inverse=True)
        self.shape = labels.size, replicates.size
        first = np.unique(self._row, return_index=True)[1]
        self.points = runs.iloc[first][list(keys)].reset_index(drop=True)
        self._is_ok = (runs["status"] == "ok").to_numpy()
        self._codes = {
            key: self.points[key].groupby(self.points[key], sort=False, dropna=False).ngroup().to_numpy()
            for key in keys
        }
        self._made: dict[str, NDArray[np.float64]] = {}

    def values(self, measure: str) -> NDArray[np.float64]:
        """Return a measure as (points, replicates), NaN where there is none."""
        if measure not in self._made:
            laid = np.full(self.shape, np.nan)
            found = self._column_of(measure)
            laid[self._row[self._is_ok], self._column[self._is_ok]] = found[self._is_ok]
            self._made[measure] = laid
        return self._made[measure]

    def factors(self) -> list[str]:
        """Return the keys that change alone somewhere; ``point`` if none does and there are several points."""
        alone = [key for key in self.keys if len(self.levels(key)) > 1 and self._changes_alone(key)]
        return alone or ([TOGETHER] if self.keys and self.shape[0] > 1 else [])

    def levels(self, factor: str) -> list[Hashable]:
        """Return the values of a key, numbers ascending, words in the order of the design."""
        if factor == TOGETHER:
            return list(range(self.shape[0]))
        values = list(dict.fromkeys(self.points[factor].tolist()))
        are_numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
        return sorted(values) if are_numbers else values

    def pairs(self, factor: str, level: Hashable, first: Hashable) -> NDArray[np.int64]:
        """Return points with a level and with the first, alike in all else, (pairs, 2)."""
        if factor == TOGETHER:
            return np.array([[level, first]], np.int64)
        rest, column = self._rest(factor), self.points[factor]
        here, there = (np.flatnonzero((column == one).to_numpy()) for one in (level, first))
        _, at_here, at_there = np.intersect1d(rest[here], rest[there], return_indices=True)
        return np.stack([here[at_here], there[at_there]], axis=1)

    def named(self, factor: str, level: Any) -> Any:
        """Return a level as a reader knows it: the value, or for a point the value of each key."""
        if factor != TOGETHER:
            return level
        return ", ".join(f"{key.rpartition('.')[2]}={self.points[key].iloc[level]}" for key in self.keys)

    def _changes_alone(self, key: str) -> bool:
        return np.unique(self._rest(key)).size < self.shape[0]

    def _rest(self, factor: str) -> NDArray[np.int64]:
        """Return for each point the number of its combination of all other keys' values."""
        combined = np.zeros(self.shape[0], np.int64)
        for key in self.keys:
            if key != factor:
                combined = np.unique(combined * (self._codes[key].max() + 1) + self._codes[key], return_inverse=True)[1]
        return combined


def half_width(spread: float, n: float) -> float:
    """Return half the width of the 95 % interval of a mean: t s / √n, with n − 1 degrees of freedom."""
    return _t(n - 1) * spread / math.sqrt(n) if n >= 2 else math.nan


def mean_and_interval(values: NDArray[np.float64]) -> tuple[float, float, float, int]:
    """Return mean, both ends of its 95 % interval, and how many values there are; NaN where that is unknown."""
    there = values[~np.isnan(values)]
    if not there.size:
        return math.nan, math.nan, math.nan, 0
    half = half_width(float(there.std(ddof=1)), there.size) if there.size > 1 else math.nan
    return float(there.mean()), float(there.mean()) - half, float(there.mean()) + half, int(there.size)


def mean_of_rows(values: NDArray[np.float64]) -> tuple[float, float, float, int]:
    r"""Return the mean of the rows' means, both ends of its 95 % interval, and the columns of the row with the fewest.

    Columns (replicates) are independent of each other, rows are not: with :math:`n_p` values in row p,

    .. math:: \bar y = \frac1P \sum_p \bar y_p, \qquad
        s^2 = \sum_r \Bigl(\frac1P \sum_{p \ni r} \frac{y_{pr} - \bar y_p}{\sqrt{n_p (n_p - 1)}}\Bigr)^2

    which for a full table is the squared standard error of the mean over columns of the columns' means, with n − 1
    degrees of freedom. Otherwise these are Satterthwaite's, with each column's share of s² as if the rows went together
    entirely: the least there can be. Rows without any value are left out; a row with one alone leaves the interval
    unknown.

    References:
        Satterthwaite (1946), Biometrics Bulletin 2, 110. Bell & McCaffrey (2002), Survey Methodology 28, 169
        (the correction of each row).
    """
    there = ~np.isnan(values)
    values, there = values[there.any(axis=1)], there[there.any(axis=1)]
    if not len(values):
        return math.nan, math.nan, math.nan, 0
    count = there.sum(axis=1)
    means = nanmean(values, 1)
    mean, fewest = float(means.mean()), int(count.min())
    if fewest < 2:
        return mean, math.nan, math.nan, fewest
    weight = 1 / (len(values) * np.sqrt(count * (count - 1.0)))
    departures = np.where(there, values - means[:, None], 0.0)
    error = math.sqrt(float(((weight @ departures) ** 2).sum()))
    half = _t(_freedom(np.sqrt(nanvar(values, 1)) / count, there)) * error if error > 0 else 0.0
    return mean, mean - half, mean + half, fewest


def _freedom(scale: NDArray[np.float64], there: NDArray[np.bool_]) -> float:
    """Return Satterthwaite's degrees of freedom where rows have a scale each, and columns are independent."""
    least = np.where(there, there.sum(axis=1)[:, None], there.shape[1] + 1).min(axis=0)
    used = there.any(axis=0)
    share = (scale @ there)[used] ** 2
    return float(share.sum() ** 2 / (share**2 / (1 - 1 / least[used])).sum())


def nanmean(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Return the mean over what is not missing; NaN, without a warning, where nothing is there."""
    there = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        mean: NDArray[np.float64] = np.where(there, values, 0.0).sum(axis=axis) / there.sum(axis=axis)
    return mean


def nanvar(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Return the sample variance over what is not missing; NaN, without a warning, below two values."""
    count = (~np.isnan(values)).sum(axis=axis)
    apart = values - np.expand_dims(nanmean(values, axis), axis)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 1, np.nansum(apart**2, axis=axis) / (count - 1), np.nan)


def _difference(values: NDArray[np.float64], pairs: NDArray[np.int64], common: bool) -> dict[str, float]:
    here, there = values[pairs[:, 0]], values[pairs[:, 1]]
    if common:
        apart = here - there
        both = ~np.isnan(apart)
        mean, low, high, replicates = mean_of_rows(apart)
        means = {"mean": _mean_where(here, both), "mean_against": _mean_where(there, both)}
        return {
            "runs": int(both.sum()),
            "replicates": replicates,
            **means,
            "difference": mean,
            "low": low,
            "high": high,
        }
    return _unpaired(here, there)


def _unpaired(here: NDArray[np.float64], there: NDArray[np.float64]) -> dict[str, float]:
    sides = [_moments(side) for side in (here, there)]
    both = (sides[0][0] > 0) & (sides[1][0] > 0)
    count = int(both.sum())
    (n, mean, var), (n_there, mean_there, var_there) = ([part[both] for part in side] for side in sides)
    runs = int(min(n.sum(), n_there.sum()))
    if not count:
        return {"runs": 0, "replicates": 0}
    difference = float((mean - mean_there).mean())
    terms = np.concatenate([var / n, var_there / n_there]) / count**2
    freedom = np.concatenate([n - 1, n_there - 1])
    total = float(terms.sum())
    half = math.nan
    if not math.isnan(total):
        half = _t(total**2 / float((terms**2 / freedom).sum())) * math.sqrt(total) if total > 0 else 0.0
    return {
        "runs": runs,
        "replicates": int(min(n.min(), n_there.min())),
        "mean": float(mean.mean()),
        "mean_against": float(mean_there.mean()),
        "difference": difference,
        "low": difference - half,
        "high": difference + half,
    }


def _moments(values: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[np.float64], NDArray[np.float64]]:
    return (~np.isnan(values)).sum(axis=1), nanmean(values, 1), nanvar(values, 1)


def _mean_where(values: NDArray[np.float64], chosen: NDArray[np.bool_]) -> float:
    return float(nanmean(nanmean(np.where(chosen, values, np.nan), 1), 0))


def _t(freedom: float) -> float:
    from scipy.special import stdtrit  # the quantile alone: scipy.stats takes a second to load

    return float(stdtrit(freedom, (1 + CONFIDENCE) / 2))


_COLUMNS = (
    "measure", "factor", "value", "against", "runs", "replicates", "mean", "mean_against", "difference", "low", "high",
)  # fmt: skip
