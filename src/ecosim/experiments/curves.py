"""Curves: a measure against a factor, and over two factors, from listed values or from points anywhere in a range."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecosim.experiments.effects import Layout, mean_and_interval, mean_of_rows, nanmean

if TYPE_CHECKING:
    import pandas as pd

FEWEST_IN_A_BIN, MOST_BINS = 5, 10
CELLS = 6


def curve(
    layout: Layout, measure: str, factor: str, second: str | None = None, *, common: bool = False
) -> pd.DataFrame:
    """Return mean and 95 % interval of a measure at each value of a factor, for each value of a second one.

    The other keys are averaged over, each point counting alike; the interval is Student's over the replicates
    (:func:`~ecosim.experiments.effects.mean_of_rows`). Where luck is common, it is of what :func:`without_shared_luck`
    leaves, and the mean is over the same replicates: right for comparing values, not for their level.

    Args:
        layout: the runs.
        measure: what is shown.
        factor: along which.
        second: for each value of which.
        common: whether a replicate has the same seed at every point.

    Returns:
        Columns ``value``, ``second`` (None where there is none), ``mean``, ``low``, ``high``, ``replicates``.
    """
    import pandas as pd

    values = layout.values(measure)
    apart = without_shared_luck(values) if common else values
    values = np.where(np.isnan(apart), np.nan, values)
    rows = []
    column = layout.points[factor]
    for other in [None] if second is None else layout.levels(second):
        is_other = np.ones(len(column), np.bool_) if second is None else (layout.points[second] == other).to_numpy()
        for value in layout.levels(factor):
            here = is_other & (column == value).to_numpy()
            if here.any():
                mean, low, high, count = mean_of_rows(apart[here])
                level = float(nanmean(nanmean(values[here], 1), 0))
                rows.append((value, other, level, level + low - mean, level + high - mean, count))
    return pd.DataFrame(rows, columns=["value", "second", "mean", "low", "high", "replicates"])


def without_shared_luck(values: NDArray[np.float64]) -> NDArray[np.float64]:
    r"""Return values (points, replicates) without what each replicate adds to all points alike.

    .. math:: y'_{pr} = \bar y_{p} + \sqrt{P / (P - 1)}\, (y_{pr} - \bar y_{p} - \bar y_{r} + \bar y)

    so that the variance of a point's :math:`y'` is that of the part of luck which differs from point to point. Means over
    more replicates at one point than at another do not share their luck: where runs are missing, only the replicates
    that all points have are kept, the others becoming NaN. Where those are less than half of what the point with the
    fewest has, so that what is missing is scattered, all are kept; P is then the number of points that have the
    replicate, and its mean that of its departures from the points' means. A replicate of one point alone stays as it is.

    References:
        Morey (2008), Tutorials in Quantitative Methods for Psychology 4, 61 (the factor).
    """
    values = _in_common(values)
    points = (~np.isnan(values)).sum(axis=0)
    level = nanmean(values, 1)[:, None]
    departures = values - level
    freed = np.sqrt(points / np.maximum(points - 1, 1)) * (departures - nanmean(departures, 0))
    return level + np.where(points > 1, freed, departures)


def _in_common(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values of the replicates that all points have, NaN elsewhere; all values where those are too few."""
    there = ~np.isnan(values[(~np.isnan(values)).any(axis=1)])
    complete = there.all(axis=0)
    if not len(there) or complete.sum() < max(2, there.sum(axis=1).min() / 2):
        return values
    return np.where(complete, values, np.nan)


def scatter(layout: Layout, measure: str, factor: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the mean of each point against a numeric factor, and mean, its interval and quantiles in equal-sized bins.

    Returns:
        ``x``, ``y`` a point; and ``x`` (median in the bin), ``mean``, ``low``, ``high``, ``quantile_0.1``,
        ``quantile_0.9``, ``points`` a bin. Within a bin the other factors vary: the quantiles tell how much they do.
    """
    import pandas as pd

    x, y = layout.points[factor].to_numpy(np.float64), nanmean(layout.values(measure), 1)
    there = ~np.isnan(y) & ~np.isnan(x)
    x, y = x[there], y[there]
    order = np.argsort(x, kind="stable")
    rows = []
    for part in _bins(x, order):
        mean, low, high, count = mean_and_interval(y[part])
        q10, q90 = np.quantile(y[part], [0.1, 0.9])
        rows.append((float(np.median(x[part])), mean, low, high, float(q10), float(q90), count))
    columns = ["x", "mean", "low", "high", "quantile_0.1", "quantile_0.9", "points"]
    return pd.DataFrame({"x": x, "y": y}), pd.DataFrame(rows, columns=columns)


def _bins(x: NDArray[np.float64], order: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the points of each bin: of each value where there are few, else as many in each as in another."""
    if not x.size:
        return []
    known = np.unique(x)
    if known.size <= 2 * MOST_BINS and known.size < x.size / 2:
        return [np.flatnonzero(x == value) for value in known]
    return np.array_split(order, max(1, min(MOST_BINS, x.size // FEWEST_IN_A_BIN)))


def map_of(layout: Layout, measure: str, across: str, up: str, *, is_sampled: bool) -> pd.DataFrame:
    """Return the mean of a measure over two factors: a row a cell, ``across``, ``up``, ``mean``, ``points``.

    Listed values are cells of their own; a sampled range is cut into ``CELLS`` equal parts, named by their middle.
    """
    return _cells(
        layout, nanmean(layout.values(measure), 1), across, up, is_sampled, lambda values: float(values.mean())
    )


def stages(layout: Layout, measure: str, across: str, up: str, *, is_sampled: bool) -> pd.DataFrame:
    """Return the most frequent stage over two factors: as :func:`map_of`, with ``share``, how frequent it is."""
    values = layout.values(measure)
    cells = _cells(layout, values, across, up, is_sampled, _most_frequent)
    cells["share"] = _cells(
        layout, values, across, up, is_sampled, lambda all_: float((all_ == _most_frequent(all_)).mean())
    )["mean"]
    return cells


def strength(layout: Layout, factor: str, weights: Mapping[str, float]) -> float:
    """Return how much of the measures' variance lies between values of a factor: the mean share, 0 to 1, less chance.

    Args:
        layout: the runs.
        factor: the key.
        weights: how much each measure counts.
    """
    codes = _codes(layout, factor)
    found, counted = 0.0, 0.0
    for measure, weight in weights.items():
        y = nanmean(layout.values(measure), 1)
        there = ~np.isnan(y)
        y, code = y[there], codes[there]
        count = np.bincount(code)
        groups = int((count > 0).sum())
        if y.size <= groups or groups < 2 or y.var() == 0:
            continue
        means = np.bincount(code, weights=y)[count > 0] / count[count > 0]
        between = float((count[count > 0] * (means - y.mean()) ** 2).sum())
        total = float(((y - y.mean()) ** 2).sum())
        found += weight * max(0.0, between / total - (groups - 1) / (y.size - groups) * (1 - between / total))
        counted += weight
    return found / counted if counted else 0.0


def is_numeric(layout: Layout, factor: str) -> bool:
    """Return whether a factor's values are numbers, and more than one."""
    column = layout.points[factor]
    return column.dtype.kind in "fiu" and column.nunique() > 1


def _codes(layout: Layout, factor: str) -> NDArray[np.int64]:
    column = layout.points[factor]
    if is_numeric(layout, factor) and column.nunique() > 2 * MOST_BINS:
        ranks = np.argsort(np.argsort(column.to_numpy(), kind="stable"), kind="stable")
        return (ranks * MOST_BINS // len(ranks)).astype(np.int64)
    return column.groupby(column, sort=False, dropna=False).ngroup().to_numpy().astype(np.int64)


def _most_frequent(values: NDArray[np.float64]) -> float:
    found, count = np.unique(values, return_counts=True)
    return float(found[np.argmax(count)])


def _cells(
    layout: Layout, values: NDArray[np.float64], across: str, up: str, is_sampled: bool, of: Any
) -> pd.DataFrame:
    import pandas as pd

    columns = [_placed(layout, key, is_sampled) for key in (across, up)]
    everywhere = [_in_order(column) for column in columns]
    places = [{value: place for place, value in enumerate(known)} for known in everywhere]
    cells = [places[0][x] * len(places[1]) + places[1][y] for x, y in zip(*columns, strict=True)]
    order = np.argsort(cells, kind="stable")
    ends = np.cumsum(np.bincount(cells, minlength=len(places[0]) * len(places[1])))[:-1]
    rows = []
    for (x, y), here in zip(itertools.product(*everywhere), np.split(order, ends), strict=True):
        found = values[here].ravel()
        found = found[~np.isnan(found)]
        rows.append((x, y, of(found) if found.size else math.nan, len(here)))
    return pd.DataFrame(rows, columns=["across", "up", "mean", "points"])


def _placed(layout: Layout, key: str, is_sampled: bool) -> list[Any]:
    column = layout.points[key]
    if not (is_sampled and is_numeric(layout, key) and column.nunique() > CELLS):
        return list(column.tolist())
    x = column.to_numpy(np.float64)
    low, high = float(x.min()), float(x.max())
    width = (high - low) / CELLS
    place = np.minimum(((x - low) / width).astype(int), CELLS - 1)
    return [float(low + (p + 0.5) * width) for p in place]


def _in_order(values: Sequence[Any]) -> list[Any]:
    known = list(dict.fromkeys(values))
    return sorted(known) if all(isinstance(v, int | float) and not isinstance(v, bool) for v in known) else known
