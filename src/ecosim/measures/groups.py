"""How far apart, how united and how even groups are: by labels, or by the side of the middle they stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ecosim.kernels import kernel
from ecosim.measures.checks import as_column, as_labels, require_bins

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Groups(NamedTuple):
    """The group measures; each is explained at the function of its name. Missing numbers are NaN.

    Attributes:
        divergence: in units of the values, ≥ 0.
        consensus: at most 1; at least 0 when values lie on the scale.
        distinctness: 0 to 1.
        size_parity: 0 to 1.
    """

    divergence: float
    consensus: float
    distinctness: float
    size_parity: float


def groups(
    values: ArrayLike,
    labels: ArrayLike | None = None,
    *,
    bins: int = 21,
    lowest: float = -1.0,
    highest: float = 1.0,
) -> Groups:
    """Return all group measures of values (n,) in one pass.

    Args:
        values: (n,), any unit; missing numbers are left out.
        labels: (n,), whole numbers from 0; negative is missing. None: two groups, below and above the middle of the
            scale (who stands exactly on it belongs to neither).
        bins: odd number of bins for distinctness.
        lowest: lower end of the scale, in units of the values.
        highest: upper end of the scale.

    Raises:
        InputError: if the shapes differ or a parameter is out of range.

    References:
        Bramson et al. (2016), Disambiguation of social polarization concepts and measures, J. Math. Sociol. 40, 80.
        Where they leave the aggregation over more than two groups open, ours is said at each function.
    """
    require_bins(bins, lowest, highest)
    column = as_column(values)
    if labels is None:
        return Groups(*_groups(column, _sides(column, 0.5 * (lowest + highest)), bins, lowest, highest))
    return Groups(*_groups(column, as_labels(labels, column.size), bins, lowest, highest))


def divergence(
    values: ArrayLike, labels: ArrayLike | None = None, *, lowest: float = -1.0, highest: float = 1.0
) -> float:
    """Return the distance |μ₁ − μ₂| of the groups' means, averaged over pairs of groups; NaN below two groups."""
    return groups(values, labels, lowest=lowest, highest=highest).divergence


def group_consensus(
    values: ArrayLike, labels: ArrayLike | None = None, *, lowest: float = -1.0, highest: float = 1.0
) -> float:
    """Return 1 − dispersion within groups: 1 when each group is of one mind, 0 when split between both ends.

    Dispersion is the mean distance from one's own group's mean, over everyone (so groups count by size), in units of
    half the scale, which is the most it can be. NaN without groups.
    """
    return groups(values, labels, lowest=lowest, highest=highest).consensus


def distinctness(
    values: ArrayLike,
    labels: ArrayLike | None = None,
    *,
    bins: int = 21,
    lowest: float = -1.0,
    highest: float = 1.0,
) -> float:
    """Return 1 − overlap of the groups' histograms, averaged over pairs of groups; NaN below two groups.

    The overlap of two groups is Σ min(p, q) over bins, each group's histogram summing to 1. Two groups by side of the
    middle overlap only in the middle bin.
    """
    return groups(values, labels, bins=bins, lowest=lowest, highest=highest).distinctness


def size_parity(labels: ArrayLike) -> float:
    """Return how even the groups are: entropy of their shares / log(number of groups), 0 to 1; NaN below two groups.

    Args:
        labels: (n,), whole numbers from 0; negative is missing. Groups without members do not count.
    """
    column = np.asarray(labels, dtype=np.int64)
    return float(_size_parity(np.bincount(column[column >= 0]).astype(np.float64)))


def sides(values: ArrayLike, middle: float = 0.0) -> NDArray[np.int64]:
    """Return 0 for each of values (n,) below the middle, 1 above, −1 exactly on it or missing."""
    labels: NDArray[np.int64] = _sides(as_column(values), middle)
    return labels


@kernel
def _sides(values: Any, middle: Any) -> Any:
    labels = np.full(values.size, -1)
    for i in range(values.size):
        if values[i] < middle:
            labels[i] = 0
        elif values[i] > middle:
            labels[i] = 1
    return labels


@kernel
def _groups(values: Any, labels: Any, bins: Any, lowest: Any, highest: Any) -> Any:
    k = 0
    for label in labels:
        k = max(k, label + 1)
    sizes, means, histograms = np.zeros(k), np.zeros(k), np.zeros((k, bins))
    middle, half, per_bin = 0.5 * (lowest + highest), bins // 2, bins / (highest - lowest)
    for i in range(values.size):
        group, value = labels[i], values[i]
        if group >= 0 and np.isfinite(value):
            steps = int(min(abs(value - middle) * per_bin + 0.5, half))
            sizes[group] += 1.0
            means[group] += value
            histograms[group, half + steps if value >= middle else half - steps] += 1.0
    members = sizes.sum()
    if members == 0.0:
        return np.nan, np.nan, np.nan, np.nan
    means /= sizes
    distances = 0.0
    for i in range(values.size):
        if labels[i] >= 0 and np.isfinite(values[i]):
            distances += abs(values[i] - means[labels[i]])
    apart, overlap = _pairs(sizes, means, histograms)
    return apart, 1.0 - distances / members * 2.0 / (highest - lowest), 1.0 - overlap, _size_parity(sizes)


@kernel
def _pairs(sizes: Any, means: Any, histograms: Any) -> Any:
    """Return the distance of means and the overlap of histograms, averaged over pairs of groups with members."""
    pairs, apart, overlap = 0, 0.0, 0.0
    for a in range(sizes.size):
        for b in range(a):
            if sizes[a] > 0.0 and sizes[b] > 0.0:
                pairs += 1
                apart += abs(means[a] - means[b])
                for c in range(histograms.shape[1]):
                    overlap += min(histograms[a, c] / sizes[a], histograms[b, c] / sizes[b])
    if pairs == 0:
        return np.nan, np.nan
    return apart / pairs, overlap / pairs


@kernel
def _size_parity(sizes: Any) -> Any:
    total, entropy, present = sizes.sum(), 0.0, 0
    for size in sizes:
        if size > 0.0:
            present += 1
            entropy -= size / total * np.log(size / total)
    if present < 2:
        return np.nan
    return min(entropy / np.log(present), 1.0)
