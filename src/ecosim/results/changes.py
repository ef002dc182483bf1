"""What came and what went between two ticks, found by comparing the tables of then and now.

A world keeps survivors in order and appends newcomers, so one walk through both tables finds every difference: the cost
is linear, about 1 µs for 500 ties, and nothing at all where a table is still the same array.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.kernels import kernel


@kernel
def rows_now(old: Any, new: Any) -> Any:
    """Return for each old number (n,) its row among the new ones (m,), or -1 where it is gone.

    Both hold each number once; those that survive keep their order and come before all others in ``new``.
    """
    now = np.full(old.size, -1, np.int64)
    i = 0
    for k in range(new.size):
        while i < old.size and old[i] != new[k]:
            i += 1
        if i == old.size:
            break
        now[i] = k
        i += 1
    return now


@kernel
def changed_ties(now: Any, known: Any, old: Any, identity: Any, new: Any) -> Any:
    """Return the numbers of both organisations of each tie that ended (2, e), and of each that was made (2, k).

    Args:
        now: row now of each organisation of then (n,), -1 where it is gone; see :func:`rows_now`.
        known: number of each organisation of then (n,).
        old: ends of the ties then (m, 2), in rows of then; survivors keep their order.
        identity: number of each organisation of now.
        new: ends of the ties now (l, 2), in rows of now; those that were made come last.
    """
    ended, count = np.empty(old.shape[0], np.int64), 0
    i, k = 0, 0
    while k < new.shape[0]:
        while i < old.shape[0] and (now[old[i, 0]] != new[k, 0] or now[old[i, 1]] != new[k, 1]):
            ended[count] = i
            count += 1
            i += 1
        if i == old.shape[0]:
            break
        i += 1
        k += 1
    for rest in range(i, old.shape[0]):
        ended[count] = rest
        count += 1
    gone, made = np.empty((2, count), np.int64), np.empty((2, new.shape[0] - k), np.int64)
    for side in range(2):
        for place in range(count):
            gone[side, place] = known[old[ended[place], side]]
        for place in range(made.shape[1]):
            made[side, place] = identity[new[k + place, side]]
    return gone, made


@kernel
def changed_memberships(
    now: Any, known: Any, coalition_now: Any, coalition_known: Any, old_member: Any, old_coalition: Any,
    identity: Any, coalition_identity: Any, member: Any, coalition: Any,
) -> Any:  # fmt: skip
    """Return the memberships that ended (3, l), and those that began (3, j).

    Args:
        now: row now of each organisation of then, -1 where it is gone.
        known: number of each organisation of then.
        coalition_now: row now of each coalition of then, -1 where it is gone.
        coalition_known: number of each coalition of then.
        old_member: organisation of each membership then (M,), a table sorted by coalition and by organisation.
        old_coalition: coalition of each membership then (M,).
        identity: number of each organisation of now.
        coalition_identity: number of each coalition of now.
        member: organisation of each membership now (L,), sorted likewise.
        coalition: coalition of each membership now (L,).

    Returns:
        Of each: number of the organisation, number of the coalition, and the coalition's row now, -1 where it is gone.
    """
    left, joined = np.empty((3, old_member.size), np.int64), np.empty((3, member.size), np.int64)
    leaving, joining, k = 0, 0, 0
    for i in range(old_member.size):
        c, m = coalition_now[old_coalition[i]], now[old_member[i]]
        is_there = c >= 0 and m >= 0
        while is_there and k < member.size and (coalition[k] < c or (coalition[k] == c and member[k] < m)):
            joined[0, joining], joined[2, joining] = identity[member[k]], coalition[k]
            joining += 1
            k += 1
        if is_there and k < member.size and coalition[k] == c and member[k] == m:
            k += 1
        else:
            left[0, leaving], left[1, leaving] = known[old_member[i]], coalition_known[old_coalition[i]]
            left[2, leaving] = c
            leaving += 1
    for rest in range(k, member.size):
        joined[0, joining], joined[2, joining] = identity[member[rest]], coalition[rest]
        joining += 1
    for place in range(joining):
        joined[1, place] = coalition_identity[joined[2, place]]
    return left[:, :leaving].copy(), joined[:, :joining].copy()
