"""Clusters of opinion on one axis: how many camps are left when neighbours closer than a gap belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ecosim.kernels import kernel
from ecosim.measures.checks import as_column, require_between

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class OpinionClusters(NamedTuple):
    """Clusters of opinion, the large and the small apart. Missing numbers are NaN.

    Attributes:
        large: number of clusters that are not small.
        effective: 1/Σs² over those, shares s counted among them: k equal clusters give k, a giant and dwarfs near 1.
        small: number of clusters below the smallest share, reported apart.
    """

    large: float
    effective: float
    small: float


def opinion_clusters(values: ArrayLike, *, gap: float = 0.05, smallest_share: float = 0.01) -> OpinionClusters:
    """Return the clusters into which values (n,) fall when cut wherever two neighbours are more than ``gap`` apart.

    Args:
        values: (n,), any unit; missing numbers are left out. Cost: one sort, O(n log n).
        gap: ≥ 0, in units of the values.
        smallest_share: 0 to 1; a cluster with a smaller share of all values is small.

    Raises:
        InputError: if a parameter is out of range.

    References:
        The effective number is that of parties in Laakso & Taagepera (1979), Comp. Pol. Stud. 12, 3.
    """
    require_between("gap", gap, 0.0, np.finfo(np.float64).max)
    require_between("smallest_share", smallest_share, 0.0, 1.0)
    ordered = np.sort(as_column(values))  # NumPy's sort is vectorised; numba's is several times slower
    return OpinionClusters(*_clusters(ordered, gap, smallest_share))


@kernel
def _clusters(ordered: Any, gap: Any, smallest_share: Any) -> Any:
    n = 0
    for value in ordered:
        n += np.isfinite(value)
    if n == 0:
        return np.nan, np.nan, np.nan
    count, small, members, kept, squares = 0, 0, 0, 0.0, 0.0
    for i in range(ordered.size):
        if not np.isfinite(ordered[i]):
            continue
        members += 1
        is_last = i + 1 == ordered.size or not np.isfinite(ordered[i + 1])
        if is_last or ordered[i + 1] - ordered[i] > gap:
            if members < smallest_share * n:
                small += 1
            else:
                count += 1
                kept += members
                squares += float(members) ** 2
            members = 0
    return float(count), kept**2 / squares if count > 0 else np.nan, float(small)
