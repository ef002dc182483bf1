"""Relationships as half-edges: each tie is stored once and listed under both of its ends.

Organisation i's ties are the half-edges ``first_tie[i] … first_tie[i + 1] - 1``; ``partner[h]`` is the row of the other
end (ascending within i), ``tie[h]`` the row of the relationship's state. Of the two sides of a relationship, side 0 is
the lower row: ``side = i > partner[h]``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.kernels import kernel
from ecosim.world.lookup import find_half_edge


@kernel
def half_edges(ends: Any, n: Any) -> Any:
    """Return (first_tie (n+1,), partner (2m,), tie (2m,)) for ties with ends (m, 2), by two counting sorts.

    The first pass lists every tie under both ends; the second goes through the organisations in order and writes each
    into its partners' lists, which therefore come out sorted. Time and memory are linear in n + m.
    """
    m = ends.shape[0]
    first = np.zeros(n + 1, np.int64)
    for t in range(m):
        first[ends[t, 0] + 1] += 1
        first[ends[t, 1] + 1] += 1
    for i in range(n):
        first[i + 1] += first[i]
    free = first[:-1].copy()
    unsorted = np.empty(2 * m, np.int32)
    for t in range(m):
        for side in range(2):
            i = ends[t, side]
            unsorted[free[i]] = t
            free[i] += 1
    free[:] = first[:-1]
    partner = np.empty(2 * m, np.int32)
    tie = np.empty(2 * m, np.int32)
    for i in range(n):
        for h in range(first[i], first[i + 1]):
            t = unsorted[h]
            j = ends[t, 0] + ends[t, 1] - i
            partner[free[j]] = i
            tie[free[j]] = t
            free[j] += 1
    return first, partner, tie


def new_pairs(
    first_tie: NDArray[np.int64], partner: NDArray[np.int32], pairs: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Return which of the proposed pairs (p, 2), lower row first, are new: each once, in order, none tied already."""
    n = first_tie.size - 1
    code = pairs[:, 0].astype(np.int64) * n + pairs[:, 1]
    _, chosen = np.unique(code, return_index=True)
    return _untied(first_tie, partner, pairs, chosen)


@kernel
def _untied(first_tie: Any, partner: Any, pairs: Any, chosen: Any) -> Any:
    kept = np.empty(chosen.size, np.int64)
    count = 0
    for c in chosen:
        i, j = pairs[c, 0], pairs[c, 1]
        if i != j and find_half_edge(first_tie, partner, i, j) < 0:
            kept[count] = c
            count += 1
    return kept[:count]
