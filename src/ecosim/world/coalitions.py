"""Coalitions and their memberships, which may overlap.

The membership table is kept sorted by coalition, and by organisation within one: the members of coalition c are the
rows ``first_member[c] … first_member[c + 1] - 1`` of it. Organisation i's memberships are
``membership[first_membership[i] … first_membership[i + 1] - 1]``, rows of the same table.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError
from ecosim.kernels import kernel

FOUNDER_BITS, TICK_BITS, ORDINAL_BITS = 31, 27, 5
"""The parts of a coalition's number, from the lowest bit: founder, tick, and which of the founder's in that tick."""


def numbers(tick: int, founders: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers (f,) of all coalitions founded in one tick, in order, by these organisations (f,).

    From the lowest bit: 31 bits of the founder's number, 27 of the tick, and 5 that count how many coalitions the same
    organisation founded before in the same tick. So no two coalitions ever have one number, and which one it is does
    not depend on what others found.

    Args:
        tick: below 2²⁷, about 134 million.
        founders: numbers of organisations; each may be there 32 times.

    Raises:
        InputError: if the tick, or one organisation's coalitions in it, are more than a number can hold.
    """
    ordinal, most = _ordinals(founders, founders.argsort(kind="stable"))
    if tick >> TICK_BITS:
        raise InputError(f"a coalition is founded at tick {tick:,}; allowed: before tick {1 << TICK_BITS:,}")
    if most >> ORDINAL_BITS:
        who = int(founders[np.argmax(ordinal)])
        raise InputError(
            f"organisation {who} founds {most + 1} coalitions in tick {tick:,}; allowed: at most {1 << ORDINAL_BITS}"
        )
    numbered: NDArray[np.int64] = founders | tick << FOUNDER_BITS | ordinal << (FOUNDER_BITS + TICK_BITS)
    return numbered


@kernel
def _ordinals(founders: Any, order: Any) -> Any:
    """Return how often each stood there before (f,), and the most of these; ``order`` sorts them."""
    ordinals = np.empty(founders.size, np.int64)
    ordinal, most = 0, 0
    for place in range(order.size):
        is_again = place > 0 and founders[order[place]] == founders[order[place - 1]]
        ordinal = ordinal + 1 if is_again else 0
        most = max(most, ordinal)
        ordinals[order[place]] = ordinal
    return ordinals, most


@kernel
def index_members(member: Any, member_coalition: Any, n: Any, coalitions: Any) -> Any:
    """Return (first_member (c+1,), first_membership (n+1,), membership (M,)) of a sorted membership table."""
    first_member = np.zeros(coalitions + 1, np.int64)
    first_membership = np.zeros(n + 1, np.int64)
    for row in range(member.size):
        first_member[member_coalition[row] + 1] += 1
        first_membership[member[row] + 1] += 1
    for c in range(coalitions):
        first_member[c + 1] += first_member[c]
    for i in range(n):
        first_membership[i + 1] += first_membership[i]
    free = first_membership[:-1].copy()
    membership = np.empty(member.size, np.int32)
    for row in range(member.size):
        membership[free[member[row]]] = row
        free[member[row]] += 1
    return first_member, first_membership, membership


def mean_of_members(values: NDArray[np.float64], members: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the mean of values (n, k) over the members (p, size) of each coalition (p, k); a row of -1 is nobody."""
    is_there = members >= 0
    of_members = np.where(is_there[:, :, None], values[members], 0.0)
    means: NDArray[np.float64] = of_members.sum(axis=1) / np.maximum(1, is_there.sum(axis=1))[:, None]
    return means


@kernel
def rearranged(member: Any, member_coalition: Any, left: Any, joiners: Any, joined: Any, coalitions: Any) -> Any:
    """Return the membership table after departures and arrivals.

    Whoever is a member already, or joins twice, counts once; a coalition of fewer than two members is dissolved.

    Args:
        member: rows of the organisations (M,), sorted within each coalition.
        member_coalition: rows of their coalitions (M,), ascending.
        left: rows of the table that end.
        joiners: rows of the organisations that join (p,).
        joined: rows of the coalitions they join (p,).
        coalitions: number of coalitions.

    Returns:
        For each new row the old one it continues, or -1; member; member_coalition; and the coalitions that live.
    """
    stays = np.ones(member.size, np.bool_)
    for row in left:
        stays[row] = False
    first = np.zeros(coalitions + 1, np.int64)
    for row in range(member.size):
        first[member_coalition[row] + 1] += stays[row]
    for c in joined:
        first[c + 1] += 1
    for c in range(coalitions):
        first[c + 1] += first[c]
    source = np.empty(first[-1], np.int64)
    who = np.empty(first[-1], np.int32)
    end = first[:-1].copy()
    for row in range(member.size):
        if stays[row]:
            c = member_coalition[row]
            source[end[c]], who[end[c]] = row, member[row]
            end[c] += 1
    for k in range(joiners.size):
        c = joined[k]
        place = _place(who, first[c], end[c], joiners[k])
        if place < end[c] and who[place] == joiners[k]:
            continue
        for row in range(end[c], place, -1):
            source[row], who[row] = source[row - 1], who[row - 1]
        source[place], who[place] = -1, joiners[k]
        end[c] += 1
    return _without_dissolved(source, who, first, end)


@kernel
def _place(who: Any, low: Any, high: Any, organisation: Any) -> Any:
    """Return the first place in a sorted stretch that does not come before an organisation."""
    while low < high:
        middle = (low + high) >> 1
        if who[middle] < organisation:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _without_dissolved(source: Any, who: Any, first: Any, end: Any) -> Any:
    coalition = np.empty(source.size, np.int32)
    lives = np.empty(end.size, np.int64)
    count, living = 0, 0
    for c in range(end.size):
        if end[c] - first[c] < 2:
            continue
        for row in range(first[c], end[c]):
            source[count], who[count], coalition[count] = source[row], who[row], living
            count += 1
        lives[living] = c
        living += 1
    return source[:count].copy(), who[:count].copy(), coalition[:count].copy(), lives[:living].copy()
