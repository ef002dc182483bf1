"""Choices: citizens compare what they have with what else there is, and are counted."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.dynamics.citizens.offers import (
    BUY,
    CUSTOMERS,
    DONORS,
    SUPPORT,
    TAXES,
    WORK,
    mood_of,
    offers_of,
    stakes,
    togetherness,
)
from ecosim.dynamics.conduct import beside
from ecosim.dynamics.odds import CLOSE, FAR, rough_exponential
from ecosim.kernels import inlined, inner, kernel
from ecosim.rng import uniform4
from ecosim.world.lookup import copy_into

_ASKED = 8
"""Further alternatives for whoever has no supplier or no employer: it asks around."""

_BLOCK = 2048
"""Citizens at a time. What those who look see and draw stays in a fast cache, and each step is a loop of its own without
branches that a processor would guess wrong: three times as fast as one citizen after the other."""

# Draws of a citizen: 2k for the k-th alternatives it considers (and, of draw 0, whether it looks), 2k + 1 for what it
# makes of them.


@kernel
def look_around(
    orientation: Any, citizen_stance: Any, buys_from: Any, works_for: Any, supports: Any, approval: Any, sector: Any,
    purse_of: Any, capital: Any, contribution: Any, reputation: Any, purpose: Any, salience: Any, stance: Any,
    customers: Any, workers: Any, supporters: Any, support: Any, at_stake: Any, severity: Any, urgency: Any,
    usual_severity: Any, member: Any, first_member: Any, first_membership: Any, membership: Any, member_coalition: Any,
    first_tie: Any, partner: Any, tie: Any, trust: Any, rates: Any, considered: Any, key: Any,
) -> None:  # fmt: skip
    """Let citizens see what there is, choose anew and be counted, and organisations see what is at stake, in place.

    In one kernel, since each call from Python, and each array that it returns, costs as much as a short part of it.
    ``purse_of`` says what organisations of each sector live by; ``rates`` (12,) are the attention that contributing takes,
    foresight, the urgency that is half pressing, the worst severity, and the share of the way that citizens get used to a
    severity; then ``rates`` and ``choosing`` of ``reconsider``. The others are a world's columns and indices.
    """
    attention, foresight, half, worst, share = rates[0], rates[1], rates[2], rates[3], rates[4]
    looking, choosing = (rates[5], rates[6], rates[7], rates[8]), (rates[9], rates[10], rates[11])
    purse = np.empty(sector.size, np.int64)
    for i in range(sector.size):
        purse[i] = purse_of[sector[i]]
    offer, regard, sizes, usual = offers_of(
        purse, capital, contribution, reputation, purpose, salience, workers, urgency, attention, half
    )
    together = togetherness(
        sector, (member, first_member, first_membership, membership, member_coalition), (first_tie, partner, tie), trust
    )
    mood, position = mood_of(purse, reputation, stance, severity, urgency, usual_severity, half, worst, share)
    people = (orientation, citizen_stance, buys_from, works_for, supports, approval)
    reconsider(
        people, (purse, stance, offer, regard, together),
        (_living_by(np.int64(CUSTOMERS), purse), _living_by(np.int64(DONORS), purse)), mood, position, looking, choosing,
        considered, key,
    )  # fmt: skip
    caring = count(people, purse, (customers, workers, supporters, support))
    stakes(purse, contribution, sizes, caring, usual[BUY], at_stake, attention, foresight, choosing[0])


@kernel
def reconsider(
    people: Any, organisations: Any, options: Any, mood: Any, government: Any, rates: Any, choosing: Any, considered: Any,
    key: Any,
) -> None:  # fmt: skip
    """Let citizens who look choose anew, and let their approval, orientation and stance follow what they see, in place.

    Args:
        people: orientation (c,), stance (c, axes), buys_from, works_for, supports (c,) as rows, approval (c,).
        organisations: purse (n,), stance (n, axes), offer and regard (n, 3), togetherness (n,).
        options: rows of those that live by customers, and of those that live by donors.
        mood: need, trend and government's merit, see ``offers.mood_of``.
        government: its mean stance (1, axes).
        rates: looking, voting, drift, belonging, as in ``Citizens``.
        choosing: selectivity, distance, reserve, as in ``Citizens``.
        considered: number of alternatives compared, at least 1.
        key: source of the draws.
    """
    orientation, stance, buys_from, works_for, _, _ = people
    purse = organisations[0]
    selectivity, _, reserve = choosing
    sides = _side_by_side(*organisations[1:4])
    seen = _seen_by_staff(organisations[4], mood[1])
    nobody = np.array((-np.inf, -np.inf, selectivity * reserve * (1.0 - mood[0])))
    most = min(_BLOCK, orientation.size)
    who, looks = np.empty(most + 1, np.uint64), np.empty(most)  # unsigned: none is counted from the end
    draws, chances = np.empty((4, most)), np.empty((4, most))
    held, worth = np.empty((3, most), np.int64), np.empty((3, most))
    own = np.empty(most), np.empty((stance.shape[1], most))
    room = np.empty(most, np.int64), np.empty(most), np.empty(most)
    for start in range(0, orientation.size, _BLOCK):
        stop = min(start + _BLOCK, orientation.size)
        count, strays = _lookers(
            start, stop, buys_from, works_for, options[0].size, purse.size, rates[0], key, who, looks
        )
        _gather(who, count, people, purse, held, own)
        for what in range(3):
            _weigh(count, held[what], what, nobody[what], own, sides, choosing, worth[what], room[2])
        for k in range(considered + _ASKED * (strays > 0)):
            active = count if k < considered else strays
            _draw(who, active, 2 * k, key, draws)
            _draw(who, active, 2 * k + 1, key, chances)
            for what in range(3):
                _compare(
                    active, what, draws[what + 1], chances[what], held[what], worth[what], nobody[what], own, sides,
                    options, choosing, room,
                )  # fmt: skip
        _follow(who, count, held, own, people, organisations[1], seen, mood, government, rates, choosing, room)


@inlined
def _gather(who: Any, count: Any, people: Any, purse: Any, held: Any, own: Any) -> None:
    """Write what the citizens of one block who look have now (3, a), and their orientation (a,) and stance (axes, a)."""
    orientation, stance, buys_from, works_for, supports, _ = people
    for a in range(count):
        c = who[a]
        held[BUY, a], held[WORK, a] = _still(buys_from[c], purse, CUSTOMERS), works_for[c]
        held[SUPPORT, a] = _still(supports[c], purse, DONORS)
        own[0][a] = orientation[c]
        for d in range(stance.shape[1]):
            own[1][d, a] = stance[c, d]


@kernel
def _living_by(what: Any, purse: Any) -> Any:
    """Return the rows (r,) of those that live by customers, or taxes, or donors."""
    rows, found = np.empty(purse.size, np.int64), 0
    for i in range(purse.size):
        if purse[i] == what:
            rows[found] = i
            found += 1
    return rows[:found]


@kernel
def _side_by_side(position: Any, offer: Any, regard: Any) -> Any:
    """Return what citizens compare of each organisation (n, 6 + axes): offers, regards, stance; one look fetches it all."""
    n, axes = position.shape
    sides = np.empty((n, 6 + axes))
    for i in range(n):
        for what in range(3):
            sides[i, what], sides[i, 3 + what] = offer[i, what], regard[i, what]
        for d in range(axes):
            sides[i, 6 + d] = position[i, d]
    return sides


@kernel
def _seen_by_staff(together: Any, trend: Any) -> Any:
    """Return what those who work for each organisation (n,), or last for nobody, see around them (n + 1,), in [0, 1]."""
    n, usual = together.size, 0.5 + 0.5 * trend
    seen = np.empty(n + 1)
    for i in range(n):
        seen[i] = (usual + 2.0 * together[i]) / 3.0
    seen[n] = usual
    return seen


@kernel
def _draw(who: Any, count: Any, number: Any, key: Any, draws: Any) -> None:
    """Write four uniform numbers of each (4, count): a loop that only draws, so that several are made at a time."""
    first, second, third, fourth = draws[0], draws[1], draws[2], draws[3]
    for a in range(count):
        first[a], second[a], third[a], fourth[a] = uniform4(key, who[a], number)


@inner
def _lookers(
    start: Any, stop: Any, buys_from: Any, works_for: Any, businesses: Any, employers: Any, looking: Any, key: Any,
    who: Any, looks: Any,
) -> Any:  # fmt: skip
    """Write who of a block looks, first those without supplier or employer; return how many, and how many these."""
    for c in range(start, stop):  # a loop that only draws, as that of ``_draw``
        looks[c - start], _, _, _ = uniform4(key, c, 0)
    are_all_settled = np.int64(0)  # below 0, once anybody has nobody: most often all have, which several at a time tell
    for c in range(start, stop):
        are_all_settled |= buys_from[c] | works_for[c]
    count = 0
    if are_all_settled < 0:
        for c in range(start, stop):
            if (buys_from[c] < 0 and businesses > 0) or (works_for[c] < 0 and employers > 0):
                who[count] = c
                count += 1
                looks[c - start] = 1.0  # it is on the list already
    strays = count
    for c in range(start, stop):  # whoever does not look is written, too, and then written over: no branch to guess
        who[np.uint64(count)] = c
        count += looks[c - start] < looking
    return count, strays


@inlined
def _still(row: Any, purse: Any, wanted: Any) -> Any:
    """Return the row, or -1 where the organisation does not live by such citizens."""
    if purse.size == 0:
        return np.int64(-1)
    lives_by = purse[max(row, 0)]  # looked up for nobody, too: a processor would guess a branch wrong
    return row if (row >= 0) & (lives_by == wanted) else np.int64(-1)


@inner
def _weigh(
    count: Any, rows: Any, what: Any, nobody: Any, own: Any, sides: Any, choosing: Any, worth: Any, good: Any
) -> None:
    """Write β times the utility to citizens (count,) of what organisations (count,) offer; ``nobody`` for a row of -1.

    ``own`` are the citizens' orientation (count,) and stance (axes, count); ``good`` is room for what counts besides the
    distance.
    """
    theta, stance = own
    selectivity, distance, _ = choosing
    axes = stance.shape[0]
    for a in range(count):
        row = max(rows[a], 0)
        good[a] = (1.0 - theta[a]) * sides[row, what] + theta[a] * sides[row, 3 + what]
        worth[a] = 0.0
    for d in range(axes):
        for a in range(count):
            worth[a] += (stance[d, a] - sides[max(rows[a], 0), 6 + d]) ** 2
    for a in range(count):  # a loop without look-ups: several roots are drawn at a time
        utility = selectivity * (good[a] - distance * (0.5 * np.sqrt(worth[a] / max(1, axes))))
        worth[a] = utility if rows[a] >= 0 else nobody


@inner
def _compare(
    count: Any, what: Any, draws: Any, chances: Any, held: Any, worth: Any, nobody: Any, own: Any, sides: Any,
    options: Any, choosing: Any, room: Any,
) -> None:  # fmt: skip
    """Let citizens (count,) compare what they hold with an alternative: it is taken with probability 1 / (1 + e^-gain)."""
    businesses, groups = options
    employers = sides.shape[0]
    other, offered, surplus = room
    if (what == BUY and businesses.size == 0) or (what == WORK and employers == 0):
        return
    for a in range(count):
        if what == BUY:
            other[a] = businesses[np.uint64(np.int64(draws[a] * businesses.size))]
        elif what == WORK:
            other[a] = np.int64(draws[a] * employers)
        elif groups.size > 0:
            place = np.int64((2.0 * max(draws[a], 0.5) - 1.0) * groups.size)
            group = groups[np.uint64(place)]  # looked up or not: no branch
            other[a] = group if draws[a] >= 0.5 else np.int64(-1)
        else:
            other[a] = -1
    _weigh(count, other, what, nobody, own, sides, choosing, offered, surplus)
    doubts = 0
    for a in range(count):
        loss = worth[a] - offered[a]
        surplus[a] = 1.0 - chances[a] * (1.0 + rough_exponential(loss))
        doubts += (abs(surplus[a]) < CLOSE) | (loss > FAR)
    if doubts > 0:
        for a in range(count):
            if abs(surplus[a]) < CLOSE or worth[a] - offered[a] > FAR:
                surplus[a] = 1.0 - chances[a] * (1.0 + np.exp(worth[a] - offered[a]))
    for a in range(count):
        is_taken = surplus[a] > 0.0
        held[a], worth[a] = other[a] if is_taken else held[a], offered[a] if is_taken else worth[a]


@inner
def _follow(
    who: Any, count: Any, held: Any, own: Any, people: Any, position: Any, seen: Any, mood: Any, government: Any,
    rates: Any, choosing: Any, room: Any,
) -> None:  # fmt: skip
    """Note what citizens (count,) hold now, and let approval, orientation and stance follow what they see."""
    orientation, stance, buys_from, works_for, supports, approval = people
    _, voting, drift, belonging = rates
    if mood[2] >= 0.0:
        _approve(who, count, own, approval, mood, government, voting, choosing, room[1])
    nobody = seen.size - 1
    for a in range(count):
        c, works, backs = who[a], held[WORK, a], held[SUPPORT, a]
        buys_from[c], works_for[c], supports[c] = held[BUY, a], works, backs
        orientation[c] += drift * (seen[works if works >= 0 else nobody] - orientation[c])
        # What is multiplied by 0 counts nothing: a processor would guess a branch wrong.
        employed, engaged = np.float64(works >= 0), np.float64(backs >= 0)
        pull, part = belonging * max(employed, engaged), 0.5 if employed + engaged > 1.0 else 1.0
        for d in range(stance.shape[1]):
            there = employed * position[max(works, 0), d] + engaged * position[max(backs, 0), d]
            stance[c, d] += pull * (there * part - stance[c, d])


@inner
def _approve(
    who: Any, count: Any, own: Any, approval: Any, mood: Any, government: Any, voting: Any, choosing: Any, apart: Any
) -> None:
    """Let approval (c,) move the share ``voting`` of the way to what citizens (count,) think of government.

    ``apart`` is room for how far they are from it, 1 for the two ends of opinion on every axis.
    """
    theta, stance = own
    _, trend, merit = mood
    selectivity, distance, _ = choosing
    axes = stance.shape[0]
    for a in range(count):
        apart[a] = 0.0
    for d in range(axes):
        for a in range(count):
            apart[a] += (stance[d, a] - government[0, d]) ** 2
    for a in range(count):
        far = 0.5 * np.sqrt(apart[a] / max(1, axes))
        apart[a] = selectivity * ((1.0 - theta[a]) * trend + theta[a] * merit - distance * far)
    for a in range(count):
        approval[who[a]] += voting * (1.0 / (1.0 + np.exp(-apart[a])) - approval[who[a]])


@kernel
def count(people: Any, purse: Any, counted: Any) -> Any:
    """Write how many citizens each organisation has and how far they stand behind it; return its customers' orientation.

    Args:
        people: as in ``reconsider``.
        purse: what each organisation lives by (n,).
        counted: the columns customers, workers, supporters and support (n,).

    Returns:
        The mean orientation of each organisation's customers (n,), of all citizens where it has none.
    """
    orientation, _, buys_from, works_for, supports, approval = people
    customers, workers, supporters, support = counted
    # One place more, the first, for the row -1 of nobody: a processor would guess a branch wrong.
    buyers_of, workers_of, backers_of = np.zeros(purse.size + 1), np.zeros(purse.size + 1), np.zeros(purse.size + 1)
    care = np.zeros(purse.size + 1)
    approved, oriented = 0.0, 0.0
    for c in range(orientation.size):
        approved += approval[c]
        oriented += orientation[c]
        buyers_of[np.uint64(buys_from[c] + 1)] += 1.0
        care[np.uint64(buys_from[c] + 1)] += orientation[c]
        workers_of[np.uint64(works_for[c] + 1)] += 1.0
        backers_of[np.uint64(supports[c] + 1)] += 1.0
    copy_into(customers, buyers_of[1:])
    copy_into(workers, workers_of[1:])
    copy_into(supporters, backers_of[1:])
    caring = care[1:]
    approved, oriented = approved / orientation.size, oriented / orientation.size
    buyers, backers, members = 0.0, 0.0, np.zeros(3)
    for i in range(purse.size):
        members[purse[i]] += 1.0
        buyers += customers[i]
        backers += supporters[i]
    usual = (max(1e-9, buyers / max(1.0, members[CUSTOMERS])), max(1e-9, backers / max(1.0, members[DONORS])))
    for i in range(purse.size):
        caring[i] = caring[i] / customers[i] if customers[i] > 0.0 else oriented
        if purse[i] == TAXES:
            support[i] = min(1.0, approved)
        else:
            support[i] = beside(customers[i], usual[0]) if purse[i] == CUSTOMERS else beside(supporters[i], usual[1])
    return caring
