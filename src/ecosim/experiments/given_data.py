"""Given data: what factors do, from points that were not laid out for it, by regression on ranks and by RBD-FAST."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

Index = tuple[str, str, str, float, float, float]
"""Name of the index, factor, nothing, value, lower and upper end."""

HARMONICS = 6
ENOUGH_FOR_FOURIER = 64


def from_given_data(
    points: pd.DataFrame, y: NDArray[np.float64], resamples: int, seed: int
) -> tuple[list[Index], float]:
    """Return standardised rank regression coefficients and first-order indices, and R² of that regression.

    Numbers and truth values are regressed, words with more than two values are not: they have no order; of them a
    first-order index alone is given (the correlation ratio, corrected for chance). The other first-order indices are
    SALib's RBD-FAST, from 64 points on. Intervals are from resampled points, at 95 %.

    Args:
        points: the value of each factor at each point.
        y: a measure at each point, complete.
        resamples: behind each interval.
        seed: chooses them.

    References:
        Saltelli & Marivoet (1990), Reliab. Eng. Syst. Saf. 28, 229 (rank regression). Plischke (2010),
        Reliab. Eng. Syst. Saf. 95, 354 (RBD-FAST from given data, as SALib cites it).
    """
    rng = np.random.default_rng(seed)
    columns = {key: _ordered(points[key]) for key in points.columns}
    ordered = {key: column for key, column in columns.items() if column is not None and np.ptp(column) > 0}
    rows: list[Index] = []
    fit = math.nan
    if ordered:
        x = np.stack([_ranks(column) for column in ordered.values()], axis=1)
        coefficients, fit = _regression(x, _ranks(y))
        again = np.array([_resampled(np.stack([*ordered.values()], 1), y, rng) for _ in range(resamples)])
        for place, key in enumerate(ordered):
            low, high = np.nanquantile(again[:, place], [0.025, 0.975])
            rows.append(("rank", str(key), "", float(coefficients[place]), float(low), float(high)))
        if y.size >= ENOUGH_FOR_FOURIER:
            rows += _fourier(ordered, y, resamples, seed)
    rows += [_ratio(str(key), points[key], y, rng, resamples) for key in points.columns if key not in ordered]
    return rows, fit


def _ordered(column: pd.Series[Any]) -> NDArray[np.float64] | None:
    if column.dtype.kind in "fiub":
        return column.to_numpy(np.float64)
    words = list(dict.fromkeys(column.tolist()))
    return np.array([words.index(word) for word in column], np.float64) if len(words) == 2 else None


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean rank of each value among all."""
    _, inverse, count = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(count)
    ranks: NDArray[np.float64] = (ends - (count - 1) / 2.0)[inverse]
    return ranks


def _regression(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Return standardised coefficients and R² of a linear regression; NaN where y does not vary."""
    spread, height = x.std(axis=0), y.std()
    if height == 0 or (spread == 0).any():
        return np.full(x.shape[1], np.nan), math.nan
    z, w = (x - x.mean(axis=0)) / spread, (y - y.mean()) / height
    coefficients = np.linalg.lstsq(z, w, rcond=None)[0]
    return coefficients, float(1 - ((w - z @ coefficients) ** 2).mean())


def _resampled(x: NDArray[np.float64], y: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    chosen = rng.integers(y.size, size=y.size)
    ranked = np.stack([_ranks(column) for column in x[chosen].T], axis=1)
    return _regression(ranked, _ranks(y[chosen]))[0]


def _fourier(ordered: dict[Any, NDArray[np.float64]], y: NDArray[np.float64], resamples: int, seed: int) -> list[Index]:
    try:
        from SALib.analyze import rbd_fast
    except ImportError:
        raise InputError(
            "sensitivity: SALib is not installed; it comes with the extra analysis: pip install 'ecosim[analysis]'"
        ) from None
    names = [str(key) for key in ordered]
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    x = np.stack([*ordered.values()], axis=1)
    found = rbd_fast.analyze(problem, x, y, M=HARMONICS, num_resamples=resamples, seed=seed)
    return [
        ("first", name, "", float(value), float(value - half), float(value + half))
        for name, value, half in zip(names, found["S1"], found["S1_conf"], strict=True)
    ]


def _ratio(key: str, column: pd.Series[Any], y: NDArray[np.float64], rng: np.random.Generator, resamples: int) -> Index:
    """Return the share of the variance that lies between the groups of a word, less what chance gives (ω²-like)."""
    codes = column.groupby(column, sort=False).ngroup().to_numpy().astype(np.int64)
    value = _between(codes, y)
    again = []
    for _ in range(resamples):
        chosen = rng.integers(y.size, size=y.size)
        again.append(_between(codes[chosen], y[chosen]))
    half = 1.96 * float(np.std(again))  # resampling shifts the ratio upwards, hence its spread alone is taken
    return "first", key, "", value, value - half, value + half


def _between(codes: NDArray[np.int64], y: NDArray[np.float64]) -> float:
    count = np.bincount(codes)
    used = count > 0
    groups = int(used.sum())
    if groups >= y.size or y.var() == 0:
        return 0.0
    means = np.bincount(codes, weights=y)[used] / count[used]
    between = float((count[used] * (means - y.mean()) ** 2).sum())
    total = float(((y - y.mean()) ** 2).sum())
    within = (total - between) / (y.size - groups)
    return (between - (groups - 1) * within) / total
