"""Relationships as half-edges: each tie is stored once and listed under both of its ends.

Organisation i's ties are the half-edges ``first_tie[i] … first_tie[i + 1] - 1``; ``partner[h]`` is the row of the other
end (ascending within i), ``tie[h]`` the row of the relationship's state. Of the two sides of a relationship, side 0 is
the lower row: ``side = i > partner[h]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.kernels import kernel
from ecosim.world.columns import COLUMNS
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


def lower_first(pairs: NDArray[np.int32], values: Mapping[str, Any]) -> tuple[NDArray[np.int32], dict[str, Any]]:
    """Return pairs (p, 2) with the lower row first, and their values with the two sides in that order."""
    swapped = pairs[:, 0] > pairs[:, 1]
    given: dict[str, Any] = {}
    for name, value in values.items():
        entries = np.asarray(value, COLUMNS[name].dtype)
        if entries.ndim == 0:
            given[name] = value
            continue
        if COLUMNS[name].extent == "side":
            entries = np.repeat(entries[:, None], 2, axis=1) if entries.ndim == 1 else entries.copy()
            entries[swapped] = entries[swapped, ::-1]
        given[name] = entries
    return np.sort(pairs, axis=1), given


def new_pairs(
    first_tie: NDArray[np.int64], partner: NDArray[np.int32], pairs: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Return which of the proposed pairs (p, 2), lower row first, are new: each once, in order, none tied already."""
    code = pairs[:, 0] * np.int64(first_tie.size) + pairs[:, 1]
    return _untied(first_tie, partner, pairs, code.argsort(kind="stable"))


def each_once(batches: list[tuple[Any, Any, Any]]) -> list[tuple[Any, Any, Any]]:
    """Return batches of (pairs, chosen rows, values) in which no pair is chosen by two batches: the first has it."""
    seen: set[tuple[int, int]] = set()
    kept = []
    for pairs, chosen, values in batches:
        fresh = [row for row in chosen.tolist() if (int(pairs[row, 0]), int(pairs[row, 1])) not in seen]
        seen.update((int(pairs[row, 0]), int(pairs[row, 1])) for row in fresh)
        kept.append((pairs, np.array(fresh, np.int64), values))
    return kept


@kernel
def _untied(first_tie: Any, partner: Any, pairs: Any, order: Any) -> Any:
    chosen = np.empty(order.size, np.int64)
    count = 0
    last_i, last_j = -1, -1
    for row in order:
        i, j = pairs[row, 0], pairs[row, 1]
        if i == j or (i == last_i and j == last_j):
            continue
        last_i, last_j = i, j
        if find_half_edge(first_tie, partner, i, j) < 0:
            chosen[count] = row
            count += 1
    return chosen[:count]
