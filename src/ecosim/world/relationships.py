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
from ecosim.world.lookup import MANY, copy_into, find_half_edge
from ecosim.world.table import begin, move


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
    """Return pairs (p, 2) with the lower row first, and their values with the two sides in that order; all are copies.

    Raises:
        IndexError: if one of the rows is none of so many organisations.
        ValueError: if there is neither one value for all pairs nor one for each (two, where a column has two sides).
    """
    given = np.ascontiguousarray(pairs, np.int64)
    if given.shape[1:] != (2,):
        if given.size == 0 or given.size % 2:
            raise ValueError(f"add_ties: pairs of shape {given.shape}; allowed: (p, 2)")
        given = given.reshape(-1, 2)
    ends = np.empty(given.shape, np.int32)
    least, greatest, is_any_swapped = _put_lower_first(given, ends)
    if least < 0 or greatest >= organisations:
        lookup.refuse_rows_beyond(least, greatest, organisations, "add_ties: row of an organisation")
    turned: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, (float, int)):
            turned[name] = value
            continue
        entries = np.array(value, COLUMNS[name].dtype)
        if entries.ndim == 0:
            turned[name] = entries.item()
            continue
        if len(entries) != len(given):
            raise ValueError(
                f"add_ties: {len(entries)} values of {name} for {len(given)} pairs; allowed: as many, or one"
            )
        if COLUMNS[name].extent == "side":
            if entries.ndim == 1:
                entries = np.repeat(entries[:, None], 2, axis=1)
            if is_any_swapped:
                is_swapped = given[:, 0] > given[:, 1]
                entries[is_swapped] = entries[is_swapped, ::-1]
        turned[name] = entries
    return ends, turned


@kernel
def _put_lower_first(pairs: Any, ends: Any) -> Any:
    """Fill in pairs (p, 2) in order; return the least and the greatest row, and whether any pair was not."""
    least, greatest, is_any_swapped = pairs[0, 0], pairs[0, 0], False
    for k in range(pairs.shape[0]):
        i, j = min(pairs[k, 0], pairs[k, 1]), max(pairs[k, 0], pairs[k, 1])
        least, greatest = min(least, i), max(greatest, j)
        ends[k, 0], ends[k, 1] = i, j
        is_any_swapped |= pairs[k, 0] > pairs[k, 1]
    return least, greatest, is_any_swapped


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


def in_order(pairs: NDArray[np.int32]) -> tuple[NDArray[np.int64], bool]:
    """Return the order of pairs (p, 2) by their rows, equal ones as they came; for few only its place, for ``commit``."""
    if len(pairs) < MANY:  # a tick's few are sorted by insertion, without a code for each
        return np.empty(len(pairs), np.int64), False
    code = pairs[:, 0].astype(np.int64) << 32 | pairs[:, 1]
    return code.argsort(kind="stable"), True


@kernel
def commit(
    ties: Any, words: Any, entry: Any, ends_at: Any, first_tie: Any, partner: Any, tie: Any, ended: Any, pairs: Any,
    order: Any, is_sorted: Any,
) -> Any:  # fmt: skip
    """Carry out what was asked for, in one go and in place: the table of relationships, and the half-edges.

    Args:
        ties: number of relationships as they are.
        words: block of their table (``ecosim.world.table``), with places enough for those that go on and all proposed.
        entry: what its columns are (2, columns).
        ends_at: first word of an entry that belongs to ``ends``.
        first_tie: half-edges (n+1,).
        partner: likewise, with room for two a place of the table.
        tie: likewise.
        ended: rows of those that end.
        pairs: proposed pairs (p, 2), lower row first. One that is tied already, or comes again, is left out.
        order: the pairs sorted by their rows (p,), of equal ones the first counts. At the end, the first entries are
            which pairs are the new relationships.
        is_sorted: whether ``order`` is filled in.

    Returns:
        How many relationships go on, and how many new ones follow.
    """
    if not is_sorted:
        _insert_in_order(pairs, order)
    made = _choose(first_tie, partner, pairs, order)
    if ended.size > 0:
        ties = _end(ties, words, entry, first_tie, partner, tie, ended)
    if made > 0:
        begin(words, entry, ties, made)
        place = ends_at * (words.size // entry[0].sum()) + 2 * ties
        for k in range(made):
            words[place + 2 * k], words[place + 2 * k + 1] = pairs[order[k], 0], pairs[order[k], 1]
        _merge(first_tie, partner, tie, words[place : place + 2 * made], ties)
    return ties, made


@inner
def _insert_in_order(pairs: Any, order: Any) -> None:
    """Fill in the order of few pairs by their rows."""
    for p in range(order.size):
        place = p
        while place > 0:
            q = order[place - 1]
            if pairs[q, 0] < pairs[p, 0] or (pairs[q, 0] == pairs[p, 0] and pairs[q, 1] <= pairs[p, 1]):
                break
            order[place] = q
            place -= 1
        order[place] = p


@inner
def _choose(first_tie: Any, partner: Any, pairs: Any, order: Any) -> Any:
    """Put those pairs first in their order that are new; return how many.

    One of an organisation with itself, one that is tied already, and one that comes again are not.
    """
    made = 0
    last_i, last_j = np.int64(-1), np.int64(-1)
    for p in order:
        i, j = np.int64(pairs[p, 0]), np.int64(pairs[p, 1])
        if i == j or (i == last_i and j == last_j):
            continue
        last_i, last_j = i, j
        if find_half_edge(first_tie, partner, i, j) < 0:
            order[made] = p
            made += 1
    return made


@inner
def _end(
    ties: Any, words: Any, entry: Any, first_tie: Any, partner: Any, tie: Any, ended: Any
) -> Any:  # fmt: skip
    """Take rows out of the table of relationships and out of the half-edges; return how many go on."""
    row_now = np.zeros(ties, np.int32)
    for t in ended:
        row_now[t] = -1
    stretches, stretch, kept = np.empty((ended.size + 1, 3), np.int64), np.int64(0), np.int64(0)
    for t in range(ties):
        if row_now[t] == 0:
            if t == 0 or row_now[t - 1] < 0:
                stretches[stretch, 0], stretches[stretch, 1], stretches[stretch, 2] = kept, t, 0
                stretch += 1
            stretches[stretch - 1, 2] += 1
            row_now[t] = kept
            kept += 1
    move(words, entry, stretches, stretch, kept, ties)
    begun, place = first_tie[0], np.uint64(0)
    for i in range(first_tie.size - 1):
        end = first_tie[i + 1]
        first_tie[i] = place
        for h in range(begun, end):
            row = row_now[np.uint32(tie[h])]
            if row >= 0:
                partner[place], tie[place] = partner[h], row
                place += np.uint64(1)
        begun = end
    first_tie[-1] = place
    return kept


@inner
def _merge(first_tie: Any, partner: Any, tie: Any, made: Any, kept: Any) -> None:
    """Put new relationships into the half-edges, from the last organisation on: each moves but once, and none in vain.

    Args:
        first_tie: half-edges (n+1,).
        partner: likewise (2m,), with room for the new ones.
        tie: likewise.
        made: ends of the new ones, two of each (2p,), sorted.
        kept: row of the first of these.
    """
    # Listed in their order under both ends, new partners are sorted: the lower ones of each organisation come first.
    n, ends = first_tie.size - 1, made.size
    start, others, rows = np.zeros(n + 1, np.int64), np.empty(ends, np.int32), np.empty(ends, np.int32)
    for end in made:
        start[end + 1] += 1
    for i in range(n):
        start[i + 1] += start[i]
    free = np.empty(n, np.int64)
    copy_into(free, start[:-1])
    for k in range(ends):
        end = made[k]
        others[free[end]], rows[free[end]] = made[k ^ 1], kept + (k >> 1)
        free[end] += 1
    left, h = ends, first_tie[n] - 1  # new half-edges still to be put in, and the last that is still where it was
    first_tie[n] += left
    for i in range(n - 1, -1, -1):
        begun = first_tie[i]
        while left > start[i]:
            other = others[left - 1]
            while h >= begun and partner[h] > other:
                partner[h + left], tie[h + left] = partner[h], tie[h]
                h -= 1
            partner[h + left], tie[h + left] = other, rows[left - 1]
            left -= 1
        if left == 0:
            break
        while h >= begun:
            partner[h + left], tie[h + left] = partner[h], tie[h]
            h -= 1
        first_tie[i] = begun + left
