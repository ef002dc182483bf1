"""Choices: citizens compare what they have with what else there is, and are counted."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.dynamics.citizens.offers import BUY, CUSTOMERS, DONORS, SUPPORT, TAXES, WORK
from ecosim.dynamics.conduct import beside
from ecosim.kernels import kernel
from ecosim.rng import uniform4

# Draws of a citizen: 2k for the k-th alternatives it considers (and, of draw 0, whether it looks), 2k + 1 for what it
# makes of them.


@kernel
def reconsider(
    people: Any, organisations: Any, options: Any, mood: Any, position: Any, rates: Any, choosing: Any, considered: Any,
    key: Any,
) -> None:  # fmt: skip
    """Let citizens who look choose anew, and let their approval, orientation and stance follow what they see, in place.

    Args:
        people: orientation (c,), stance (c, axes), buys_from, works_for, supports (c,) as rows, approval (c,).
        organisations: purse (n,), stance (n, axes), offer and regard (n, 3), togetherness (n,).
        options: rows of those that live by customers, and of those that live by donors.
        mood: need, trend and government's merit, see ``offers.mood_of``.
        position: government's mean stance (1, axes).
        rates: looking, voting, drift, belonging, as in ``Citizens``.
        choosing: selectivity, distance, reserve, as in ``Citizens``.
        considered: number of alternatives compared, at least 1.
        key: source of the draws.
    """
    orientation, stance, buys_from, works_for, supports, approval = people
    purse = organisations[0]
    businesses, groups = options
    looking, voting, drift, belonging = rates
    n, count = purse.size, orientation.size
    looks, first, second, third = np.empty(count), np.empty(count), np.empty(count), np.empty(count)
    for c in range(count):  # a loop that only draws: the compiler makes several draws at a time
        looks[c], first[c], second[c], third[c] = uniform4(key, c, 0)
    for c in range(count):
        astray = (buys_from[c] < 0 and businesses.size > 0) or (works_for[c] < 0 and n > 0)
        if looks[c] >= looking and not astray:
            continue
        buys, works, backs = _still(buys_from[c], purse, CUSTOMERS), works_for[c], _still(supports[c], purse, DONORS)
        u, v, w = first[c], second[c], third[c]
        for k in range(considered):
            if k > 0:
                _, u, v, w = uniform4(key, c, 2 * k)
            chance_u, chance_v, chance_w, _ = uniform4(key, c, 2 * k + 1)
            if businesses.size > 0:
                other = businesses[np.int64(u * businesses.size)]
                buys = _chosen(buys, other, chance_u, c, BUY, orientation, stance, organisations, choosing, mood[0])
            if n > 0:
                works = _chosen(
                    works, np.int64(v * n), chance_v, c, WORK, orientation, stance, organisations, choosing, mood[0]
                )
            other = groups[np.int64((2.0 * w - 1.0) * groups.size)] if w >= 0.5 and groups.size > 0 else np.int64(-1)
            backs = _chosen(backs, other, chance_w, c, SUPPORT, orientation, stance, organisations, choosing, mood[0])
        buys_from[c], works_for[c], supports[c] = buys, works, backs
        _judge(c, approval, orientation, stance, mood, position, choosing, voting)
        _learn(c, works, backs, orientation, stance, organisations, mood, drift, belonging)


@kernel
def _still(row: Any, purse: Any, wanted: Any) -> Any:
    """Return the row, or -1 where the organisation does not live by such citizens."""
    return row if row >= 0 and purse[row] == wanted else np.int64(-1)


@kernel
def _chosen(
    row: Any, other: Any, chance: Any, c: Any, what: Any, orientation: Any, stance: Any, organisations: Any,
    choosing: Any, need: Any,
) -> Any:  # fmt: skip
    """Return the one of two rows that citizen c chooses; who has nobody takes whom it meets, but for support."""
    if row == other or (row < 0 and what != SUPPORT):
        return other
    gain = _utility(other, c, what, orientation, stance, organisations, choosing, need)
    gain -= _utility(row, c, what, orientation, stance, organisations, choosing, need)
    return other if chance * (1.0 + np.exp(-gain)) < 1.0 else row


@kernel
def _utility(
    row: Any, c: Any, what: Any, orientation: Any, stance: Any, organisations: Any, choosing: Any, need: Any
) -> Any:
    _, position, offer, regard, _ = organisations
    selectivity, distance, reserve = choosing
    if row < 0:
        return selectivity * reserve * (1.0 - need)
    good = (1.0 - orientation[c]) * offer[row, what] + orientation[c] * regard[row, what]
    return selectivity * (good - distance * _apart(stance, c, position, row))


@kernel
def _apart(stance: Any, c: Any, position: Any, row: Any) -> Any:
    """Return the distance between two stances, 1 for the two ends of opinion on every axis; 0 without axes."""
    squared, axes = 0.0, stance.shape[1]
    for d in range(axes):
        squared += (stance[c, d] - position[row, d]) ** 2
    return 0.5 * np.sqrt(squared / max(1, axes))


@kernel
def _judge(
    c: Any, approval: Any, orientation: Any, stance: Any, mood: Any, position: Any, choosing: Any, voting: Any
) -> None:
    """Move a citizen's approval of government, if there is one."""
    _, trend, merit = mood
    if merit < 0.0:
        return
    selectivity, distance, _ = choosing
    good = (1.0 - orientation[c]) * trend + orientation[c] * merit
    net = selectivity * (good - distance * _apart(stance, c, position, 0))
    approval[c] += voting * (1.0 / (1.0 + np.exp(-net)) - approval[c])


@kernel
def _learn(
    c: Any, works: Any, backs: Any, orientation: Any, stance: Any, organisations: Any, mood: Any, drift: Any,
    belonging: Any,
) -> None:  # fmt: skip
    """Move a citizen's orientation by what it sees, and its stance towards those it belongs to."""
    _, position, _, _, together = organisations
    seen = 0.5 + 0.5 * mood[1]
    if works >= 0:
        seen = (seen + 2.0 * together[works]) / 3.0
    orientation[c] += drift * (seen - orientation[c])
    places = (works >= 0) + (backs >= 0)
    if places == 0:
        return
    for d in range(stance.shape[1]):
        there = (position[works, d] if works >= 0 else 0.0) + (position[backs, d] if backs >= 0 else 0.0)
        stance[c, d] += belonging * (there / places - stance[c, d])


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
    caring = np.zeros(purse.size)
    customers[:], workers[:], supporters[:] = 0.0, 0.0, 0.0
    approved, oriented = 0.0, 0.0
    for c in range(orientation.size):
        approved += approval[c] / orientation.size
        oriented += orientation[c] / orientation.size
        if buys_from[c] >= 0:
            customers[buys_from[c]] += 1.0
            caring[buys_from[c]] += orientation[c]
        if works_for[c] >= 0:
            workers[works_for[c]] += 1.0
        if supports[c] >= 0:
            supporters[supports[c]] += 1.0
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
