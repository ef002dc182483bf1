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

from ecosim.kernels import inner, kernel
from ecosim.world import lookup
from ecosim.world.columns import COLUMNS
from ecosim.world.lookup import copy_into, find_half_edge
from ecosim.world.table import move


@kernel
def half_edges(ends: Any, n: Any) -> Any:
    """Return (first_tie (n+1,), partner (2m,), tie (2m,)) for ties with ends (m, 2), by two counting sorts.

    The first pass lists every tie under both ends; the second goes through the organisations in order and writes each
    into its partners' lists, which therefore come out sorted. Time and memory are linear in n + m.
    """
    m = ends.shape[0]
    first = np.zeros(n + 1, np.int64)
    for t in range(m):  # unsigned rows need no look at whether they count from the end: a quarter faster
        first[np.uint32(ends[t, 0]) + np.uint64(1)] += 1
        first[np.uint32(ends[t, 1]) + np.uint64(1)] += 1
    for i in range(n):
        first[i + 1] += first[i]
    free = first[:-1].copy()
    unsorted = np.empty(2 * m, np.int32)
    for t in range(m):
        for side in range(2):
            end = np.uint32(ends[t, side])
            unsorted[np.uint64(free[end])] = t
            free[end] += 1
    copy_into(free, first[:-1])
    partner = np.empty(2 * m, np.int32)
    tie = np.empty(2 * m, np.int32)
    for i in range(n):
        for h in range(first[i], first[i + 1]):
            row = np.uint32(unsorted[h])
            other = np.uint32(ends[row, 0] + ends[row, 1] - i)
            place = np.uint64(free[other])
            partner[place] = i
            tie[place] = row
            free[other] += 1
    return first, partner, tie


@kernel
def each_once(who: Any, places: Any) -> Any:
    """Return ties (m, 2) between those at pairs of places (p, 2): lower row first, sorted, no doubles, none to oneself.

    Args:
        who: row of the organisation at each place (n,).
        places: the two places of each tie.
    """
    ends = np.empty(places.shape, np.int64)
    for t in range(places.shape[0]):
        ends[t, 0], ends[t, 1] = who[places[t, 0]], who[places[t, 1]]
    first, partner, _ = half_edges(ends, who.size)  # sorts in linear time
    tidy, count = np.empty(places.shape, np.int32), 0
    for i in range(who.size):
        last = np.int64(i)
        for h in range(first[i], first[i + 1]):
            if partner[h] > last:
                last = np.int64(partner[h])
                tidy[count, 0], tidy[count, 1] = i, last
                count += 1
    return tidy[:count]


def lower_first(
    pairs: NDArray[Any], organisations: int, values: Mapping[str, Any]
) -> tuple[NDArray[np.int32], dict[str, Any]]:
    """Return pairs (p, 2) with the lower row first, and their values with the two sides in that order.

    Raises:
        IndexError: if one of the rows is none of so many organisations.
    """
    given = np.ascontiguousarray(pairs, np.int64).reshape(-1, 2)
    ends, is_swapped = np.empty(given.shape, np.int32), np.empty(len(given), np.bool_)
    least, greatest, is_any_swapped = _put_lower_first(given, ends, is_swapped)
    lookup.refuse_rows_beyond(least, greatest, organisations, "add_ties: row of an organisation")
    turned: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, (int, float)):
            turned[name] = value
            continue
        entries = np.asarray(value, COLUMNS[name].dtype)
        if COLUMNS[name].extent == "side":
            entries = np.repeat(entries[:, None], 2, axis=1) if entries.ndim == 1 else entries.copy()
            if is_any_swapped:
                entries[is_swapped] = entries[is_swapped, ::-1]
        turned[name] = entries
    return ends, turned


@kernel
def _put_lower_first(pairs: Any, ends: Any, is_swapped: Any) -> Any:
    """Fill in both with pairs (p, 2) in order; return the least and the greatest row, and whether any pair was not."""
    least, greatest, swaps = pairs[0, 0], pairs[0, 0], 0
    for k in range(pairs.shape[0]):
        i, j = min(pairs[k, 0], pairs[k, 1]), max(pairs[k, 0], pairs[k, 1])
        least, greatest = min(least, i), max(greatest, j)
        ends[k, 0], ends[k, 1] = i, j
        is_swapped[k] = pairs[k, 0] > pairs[k, 1]
        swaps += is_swapped[k]
    return least, greatest, swaps > 0


Batch = tuple[NDArray[np.int32], dict[str, Any]]


def in_one_batch(batches: list[Batch]) -> Batch:
    """Return all pairs (p, 2) that were asked for, one batch after the other, and their values."""
    if len(batches) == 1:
        return batches[0]
    if not batches:
        return np.empty((0, 2), np.int32), {}
    pairs = np.concatenate([made for made, _ in batches])
    values: dict[str, Any] = {}
    for name in {name for _, given in batches for name in given}:
        width = (2,) if COLUMNS[name].extent == "side" else ()
        parts = [
            np.broadcast_to(given.get(name, COLUMNS[name].initial), (len(made), *width)) for made, given in batches
        ]
        values[name] = np.concatenate(parts)
    return pairs, values


def in_order(pairs: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the order of pairs (p, 2) by their rows, equal ones as they came; nothing for few, which ``commit`` sorts."""
    if len(pairs) < MANY:
        return _UNSORTED
    code = pairs[:, 0].astype(np.int64) << 32 | pairs[:, 1]
    return code.argsort(kind="stable")


MANY = 64
"""Pairs from which on it pays to make a code for each and sort those; a tick's few are sorted by insertion."""

_UNSORTED = np.empty(0, np.int64)


@kernel
def commit(
    ties: Any, past: Any, first_tie: Any, partner: Any, tie: Any,
    ended: Any, pairs: Any, order: Any, widths: Any, initial: Any, ends_at: Any,
    words: Any, first: Any, partners: Any, rows: Any, chosen: Any,
) -> Any:  # fmt: skip
    """Carry out what was asked for, in one go: the table of relationships with its new rows, and the half-edges.

    Args:
        ties: number of relationships as they are.
        past: words of their table (``ecosim.world.table``).
        first_tie: half-edges as they are (n+1,).
        partner: likewise (2m,).
        tie: likewise (2m,).
        ended: rows of those that end.
        pairs: proposed pairs (p, 2), lower row first. One that is tied already, or comes again, is left out.
        order: the pairs sorted by their rows, of equal ones the first counts; empty for few pairs.
        widths: words of an entry in each column of the table.
        initial: what each starts with.
        ends_at: first word of an entry that belongs to ``ends``.
        words: room for the table as it will be, of as many places as there may be relationships.
        first: room for ``first_tie`` as it will be.
        partners: room for ``partner``.
        rows: room for ``tie``.
        chosen: room for which pairs are the new relationships (p,).

    Returns:
        How many relationships go on, and how many new ones follow.
    """
    if order.size < pairs.shape[0]:
        order = _inserted(pairs)
    source, made = rearranged(ties, ended, first_tie, partner, pairs, order)
    move(past, widths, initial, source, words)
    kept, places = source.size - made, words.size // widths.sum()
    ends = words[ends_at * places : ends_at * places + 2 * source.size].reshape((source.size, 2))
    for k in range(made):
        chosen[k] = -1 - source[kept + k]
        ends[kept + k, 0], ends[kept + k, 1] = pairs[chosen[k], 0], pairs[chosen[k], 1]
    row_now = np.full(ties, -1, np.int32)
    for k in range(kept):
        row_now[source[k]] = k
    _merge(first_tie, partner, tie, row_now, ends[kept:], kept, (first, partners, rows))
    return kept, made


@kernel
def _merge(first_tie: Any, partner: Any, tie: Any, row_now: Any, made: Any, kept: Any, half_edges: Any) -> None:
    """Fill in half-edges from those of before, without the ties that end, and those made: all are read in their order.

    Args:
        first_tie: half-edges as they were (n+1,).
        partner: likewise (2m,).
        tie: likewise (2m,).
        row_now: the row that each tie has now, or -1.
        made: ends of the new ones (p, 2), sorted.
        kept: row of the first of these.
        half_edges: ``first_tie``, ``partner`` and ``tie`` as they will be.
    """
    # Listed in their order under both ends, new partners are sorted: the lower ones of each organisation come first.
    n, ends = first_tie.size - 1, made.size
    start, others, rows = np.zeros(n + 1, np.int64), np.empty(ends, np.int32), np.empty(ends, np.int32)
    for k in range(made.shape[0]):
        start[made[k, 0] + 1] += 1
        start[made[k, 1] + 1] += 1
    for i in range(n):
        start[i + 1] += start[i]
    free = start[:-1].copy()
    for k in range(made.shape[0]):
        for side in range(2):
            end = np.uint32(made[k, side])
            others[free[end]], rows[free[end]] = made[k, 1 - side], kept + k
            free[end] += 1
    first, partners, ties = half_edges
    place = np.uint64(0)
    one = np.uint64(1)
    for i in range(n):
        first[i] = place
        g, last = start[i], start[i + 1]
        for h in range(first_tie[i], first_tie[i + 1]):
            row, other = row_now[np.uint32(tie[h])], partner[h]
            if row < 0:
                continue
            while g < last and others[g] < other:
                partners[place], ties[place] = others[g], rows[g]
                place, g = place + one, g + 1
            partners[place], ties[place] = other, row
            place += one
        while g < last:
            partners[place], ties[place] = others[g], rows[g]
            place, g = place + one, g + 1
    first[n] = place


@inner
def _inserted(pairs: Any) -> Any:
    order = np.arange(pairs.shape[0])
    for k in range(1, order.size):
        p = order[k]
        place = k
        while place > 0:
            q = order[place - 1]
            if pairs[q, 0] < pairs[p, 0] or (pairs[q, 0] == pairs[p, 0] and pairs[q, 1] <= pairs[p, 1]):
                break
            order[place] = q
            place -= 1
        order[place] = p
    return order


@inner
def rearranged(ties: Any, ended: Any, first_tie: Any, partner: Any, pairs: Any, order: Any) -> Any:
    """Return, for each row of the next table, the row it continues, or -1 - p for the pair p; and how many are new.

    Args:
        ties: number of relationships.
        ended: rows of those that end.
        first_tie: half-edges of the table as it is (n+1,).
        partner: half-edges of the table as it is (2m,).
        pairs: proposed pairs (p, 2), lower row first. One that is tied already, or comes again, is left out.
        order: the pairs sorted by their rows; of equal ones the first counts.
    """
    stays = np.ones(ties, np.bool_)
    for t in ended:
        stays[t] = False
    source = np.empty(ties + order.size, np.int64)
    count = 0
    for t in range(ties):
        if stays[t]:
            source[count] = t
            count += 1
    kept = count
    last_i, last_j = np.int64(-1), np.int64(-1)
    for p in order:
        i, j = np.int64(pairs[p, 0]), np.int64(pairs[p, 1])
        if i == j or (i == last_i and j == last_j):
            continue
        last_i, last_j = i, j
        if find_half_edge(first_tie, partner, i, j) < 0:
            source[count] = -1 - p
            count += 1
    return source[:count].copy(), count - kept
