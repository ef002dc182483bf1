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
from ecosim.kernels import inner, kernel
from ecosim.world.lookup import MANY, fill, first_not_before
from ecosim.world.table import rearrange

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
    order = founders.argsort(kind="stable") if founders.size >= MANY else _UNSORTED
    numbered: NDArray[np.int64]
    numbered, most, of = _numbered(tick, founders, order)
    if tick >> TICK_BITS:
        raise InputError(f"a coalition is founded at tick {tick:,}; allowed: before tick {1 << TICK_BITS:,}")
    if most >> ORDINAL_BITS:
        raise InputError(
            f"organisation {of} founds {most + 1} coalitions in tick {tick:,}; allowed: at most {1 << ORDINAL_BITS}"
        )
    return numbered


_UNSORTED = np.empty(0, np.int64)


@kernel
def _numbered(tick: Any, founders: Any, order: Any) -> Any:
    """Return the numbers (f,), how often, at most, an organisation stood there before, and that organisation.

    ``order`` sorts the founders; empty for few, which are counted without.
    """
    ordinals = np.empty(founders.size, np.int64)
    if order.size < founders.size:
        for k in range(founders.size):
            ordinals[k] = 0
            for earlier in range(k):
                ordinals[k] += founders[earlier] == founders[k]
    else:
        ordinal = 0
        for place in range(order.size):
            is_again = place > 0 and founders[order[place]] == founders[order[place - 1]]
            ordinal = ordinal + 1 if is_again else 0
            ordinals[order[place]] = ordinal
    numbered = np.empty(founders.size, np.int64)
    most, of = np.int64(0), np.int64(-1)
    for k in range(founders.size):
        numbered[k] = founders[k] | tick << FOUNDER_BITS | ordinals[k] << (FOUNDER_BITS + TICK_BITS)
        if ordinals[k] > most:
            most, of = ordinals[k], founders[k]
    return numbered, most, of


@kernel
def index_members(member: Any, member_coalition: Any, n: Any, coalitions: Any) -> Any:
    """Return (first_member (c+1,), first_membership (n+1,), membership (M,)) of a sorted membership table."""
    first_member, first_membership = np.empty(coalitions + 1, np.int64), np.empty(n + 1, np.int64)
    membership = np.empty(member.size, np.int32)
    _list_members(member, member_coalition, first_member, first_membership, membership)
    return first_member, first_membership, membership


@inner
def _list_members(
    member: Any, member_coalition: Any, first_member: Any, first_membership: Any, membership: Any
) -> None:
    """Fill in the indices of a sorted membership table."""
    n, coalitions = first_membership.size - 1, first_member.size - 1
    fill(first_member, 0, coalitions + 1, 0)
    fill(first_membership, 0, n + 1, 0)
    for row in range(member.size):
        first_member[member_coalition[row] + 1] += 1
        first_membership[member[row] + 1] += 1
    for c in range(coalitions):
        first_member[c + 1] += first_member[c]
    for i in range(n):
        first_membership[i + 1] += first_membership[i]
    free = first_membership[:-1].copy()
    for row in range(member.size):
        membership[free[member[row]]] = row
        free[member[row]] += 1


def mean_of_members(values: NDArray[np.float64], members: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the mean of values (n, k) over the members (p, size) of each coalition (p, k); a row of -1 is nobody."""
    of_members: NDArray[np.float64] = values.take(members, axis=0)
    many: Any = members.shape[1]
    if members.min(initial=0) < 0:
        is_there = members >= 0
        of_members[~is_there] = 0.0
        many = np.maximum(1, is_there.sum(axis=1))[:, None]
    means: NDArray[np.float64] = np.add.reduce(of_members, axis=1) / many
    return means


@kernel
def commit(
    rows: Any, known: Any, words: Any, entry: Any, member_at: Any, coalition_at: Any,
    coalition_words: Any, coalition_entry: Any, number_at: Any, issue_at: Any,
    left: Any, joiners: Any, joined: Any, founded: Any, issues: Any, founding: Any,
    first_member: Any, first_membership: Any, membership: Any,
) -> Any:  # fmt: skip
    """Carry out what was asked for, in one go: both tables, in place, and the indices of members.

    Args:
        rows: number of memberships as they are.
        known: number of coalitions as they are.
        words: block of the table of memberships (``ecosim.world.table``), with places for all that may be.
        entry: what its columns are (2, columns).
        member_at: first word of an entry that belongs to ``member``.
        coalition_at: likewise to ``member_coalition``.
        coalition_words: block of the table of coalitions, with places for those that are founded, too.
        coalition_entry: what its columns are.
        number_at: first word of an entry that belongs to ``coalition_identity``.
        issue_at: likewise to ``coalition_issue``; -1 where there is no such column.
        left: rows of memberships that end.
        joiners: rows of organisations that join (p,).
        joined: rows of the coalitions they join (p,).
        founded: numbers of the coalitions that are founded (f,).
        issues: rows of their issues (f,).
        founding: rows of their members (f, size), -1 for nobody.
        first_member: room for the index of that name (known+f+1,).
        first_membership: likewise (n+1,).
        membership: likewise, one for each place of the table.

    Returns:
        How many memberships there are then, how many coalitions live, and how many of these have just been founded.
    """
    places, coalition_places = words.size // entry[0].sum(), coalition_words.size // coalition_entry[0].sum()
    member = words[member_at * places : member_at * places + rows]
    of = words[coalition_at * places : coalition_at * places + rows]
    source, who, what, lives = _rearranged(member, of, known, left, joiners, joined, founding)
    rearrange(words, entry, source, rows)
    member = words[member_at * places : member_at * places + who.size]
    of = words[coalition_at * places : coalition_at * places + who.size]
    for row in range(who.size):
        member[row], of[row] = who[row], what[row]
    continues, new = np.empty(lives.size, np.int64), 0
    for c in range(lives.size):
        is_new = lives[c] >= known
        continues[c] = -1 if is_new else lives[c]
        new += is_new
    rearrange(coalition_words, coalition_entry, continues, known)
    for c in range(lives.size - new, lives.size):
        coalition_words[number_at * coalition_places + c] = founded[lives[c] - known]
        if issue_at >= 0:
            coalition_words[issue_at * coalition_places + c] = issues[lives[c] - known]
    _list_members(member, of, first_member[: lives.size + 1], first_membership, membership)
    return who.size, lives.size, new


@inner
def _rearranged(
    member: Any, member_coalition: Any, known: Any, left: Any, joiners: Any, joined: Any, founding: Any
) -> Any:  # fmt: skip
    """Return the membership table after departures and arrivals.

    Whoever is a member already, or joins twice, counts once; a coalition of fewer than two members is dissolved.

    Args:
        member: rows of the organisations (M,), sorted within each coalition.
        member_coalition: rows of their coalitions (M,), ascending.
        known: number of coalitions.
        left: rows of the table that end.
        joiners: rows of the organisations that join (p,).
        joined: rows of the coalitions they join (p,).
        founding: rows of the members of coalitions that are founded (f, size), whose rows come next; -1 for nobody.

    Returns:
        For each new row the old one it continues, or -1; member; member_coalition; and the coalitions that live.
    """
    stays = np.ones(member.size, np.bool_)
    for row in left:
        stays[row] = False
    first = np.zeros(known + founding.shape[0] + 1, np.int64)
    for row in range(member.size):
        first[member_coalition[row] + 1] += stays[row]
    for c in joined:
        first[c + 1] += 1
    for c in range(known, first.size - 1):
        first[c + 1] = founding.shape[1]
    for c in range(first.size - 1):
        first[c + 1] += first[c]
    source, who = np.empty(first[-1], np.int64), np.empty(first[-1], np.int64)
    end = first[:-1].copy()
    for row in range(member.size):
        if stays[row]:
            c = member_coalition[row]
            source[end[c]], who[end[c]] = row, member[row]
            end[c] += 1
    for k in range(joiners.size):
        _let_in(source, who, first, end, joined[k], joiners[k])
    for k in range(founding.shape[0]):
        for organisation in founding[k]:
            if organisation >= 0:
                _let_in(source, who, first, end, known + k, organisation)
    return _without_dissolved(source, who, first, end)


@inner
def _let_in(source: Any, who: Any, first: Any, end: Any, c: Any, organisation: Any) -> None:
    """Put an organisation among the members of a coalition, which are sorted, unless it is there."""
    place = first_not_before(who, first[c], end[c], organisation)
    if place < end[c] and who[place] == organisation:
        return
    for row in range(end[c], place, -1):
        source[row], who[row] = source[row - 1], who[row - 1]
    source[place], who[place] = -1, organisation
    end[c] += 1


@inner
def _without_dissolved(source: Any, who: Any, first: Any, end: Any) -> Any:
    """Return what ``_rearranged`` does, of the coalitions that have two members at least."""
    coalition, lives = np.empty(source.size, np.int64), np.empty(end.size, np.int64)
    count, living = 0, 0
    for c in range(end.size):
        if end[c] - first[c] < 2:
            continue
        for row in range(first[c], end[c]):
            source[count], who[count], coalition[count] = source[row], who[row], living
            count += 1
        lives[living] = c
        living += 1
    return source[:count], who[:count], coalition[:count], lives[:living]
