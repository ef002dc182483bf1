"""Choices: citizens compare what they have with what else there is, and are counted."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.dynamics.citizens.offers import BUY, CUSTOMERS, DONORS, SUPPORT, TAXES, WORK
from ecosim.dynamics.conduct import beside
from ecosim.kernels import inlined, kernel
from ecosim.rng import uniform4

_ASKED = 8
"""Further alternatives for whoever has no supplier or no employer: it asks around."""

# Draws of a citizen: 2k for the k-th alternatives it considers (and, of draw 0, whether it looks), 2k + 1 for what it
# makes of them.


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
    orientation, stance, buys_from, works_for, supports, approval = people
    purse, position, offer, regard, together = organisations
    businesses, groups = options
    looking, voting, drift, belonging = rates
    need, trend, merit = mood
    selectivity, distance, reserve = choosing
    n, everyone = purse.size, orientation.size
    looks, first, second, third = np.empty(everyone), np.empty(everyone), np.empty(everyone), np.empty(everyone)
    for c in range(everyone):  # a loop that only draws: the compiler makes several draws at a time
        looks[c], first[c], second[c], third[c] = uniform4(key, c, 0)
    nobody = selectivity * reserve * (1.0 - need)
    for c in range(everyone):
        astray = (buys_from[c] < 0 and businesses.size > 0) or (works_for[c] < 0 and n > 0)
        if looks[c] >= looking and not astray:
            continue
        theta, backs = orientation[c], _still(supports[c], purse, DONORS)
        buys, works = _still(buys_from[c], purse, CUSTOMERS), works_for[c]
        bought = _worth(buys, c, BUY, theta, stance, position, offer, regard, selectivity, distance, -np.inf)
        worked = _worth(works, c, WORK, theta, stance, position, offer, regard, selectivity, distance, -np.inf)
        backed = _worth(backs, c, SUPPORT, theta, stance, position, offer, regard, selectivity, distance, nobody)
        for k in range(considered + _ASKED * astray):
            u, v, w = first[c], second[c], third[c]
            if k > 0:
                _, u, v, w = uniform4(key, c, 2 * k)
            chance_u, chance_v, chance_w, _ = uniform4(key, c, 2 * k + 1)
            if businesses.size > 0:
                j = businesses[np.int64(u * businesses.size)]
                worth = _worth(j, c, BUY, theta, stance, position, offer, regard, selectivity, distance, -np.inf)
                if _prefers(worth - bought, chance_u):
                    buys, bought = j, worth
            if n > 0:
                j = np.int64(v * n)
                worth = _worth(j, c, WORK, theta, stance, position, offer, regard, selectivity, distance, -np.inf)
                if _prefers(worth - worked, chance_v):
                    works, worked = j, worth
            j = groups[np.int64((2.0 * w - 1.0) * groups.size)] if w >= 0.5 and groups.size > 0 else np.int64(-1)
            worth = _worth(j, c, SUPPORT, theta, stance, position, offer, regard, selectivity, distance, nobody)
            if _prefers(worth - backed, chance_w):
                backs, backed = j, worth
        buys_from[c], works_for[c], supports[c] = buys, works, backs
        if merit >= 0.0:
            apart = _apart(stance, c, government, 0)
            net = selectivity * ((1.0 - theta) * trend + theta * merit - distance * apart)
            approval[c] += voting * (1.0 / (1.0 + np.exp(-net)) - approval[c])
        seen = 0.5 + 0.5 * trend
        seen = (seen + 2.0 * together[works]) / 3.0 if works >= 0 else seen
        orientation[c] += drift * (seen - theta)
        places = (works >= 0) + (backs >= 0)
        for d in range(stance.shape[1] * (places > 0)):
            there = (position[works, d] if works >= 0 else 0.0) + (position[backs, d] if backs >= 0 else 0.0)
            stance[c, d] += belonging * (there / places - stance[c, d])


@inlined
def _still(row: Any, purse: Any, wanted: Any) -> Any:
    """Return the row, or -1 where the organisation does not live by such citizens."""
    return row if row >= 0 and purse[row] == wanted else np.int64(-1)


@inlined
def _prefers(gain: Any, chance: Any) -> Any:
    """Return whether the alternative is chosen: with probability 1 / (1 + e^-gain)."""
    return chance * (1.0 + np.exp(-gain)) < 1.0


@inlined
def _worth(
    row: Any, c: Any, what: Any, theta: Any, stance: Any, position: Any, offer: Any, regard: Any, selectivity: Any,
    distance: Any, nobody: Any,
) -> Any:  # fmt: skip
    """Return β times the utility to a citizen of what an organisation offers; ``nobody`` for a row of -1."""
    worth = nobody
    if row >= 0:
        good = (1.0 - theta) * offer[row, what] + theta * regard[row, what]
        worth = selectivity * (good - distance * _apart(stance, c, position, row))
    return worth


@inlined
def _apart(stance: Any, c: Any, position: Any, row: Any) -> Any:
    """Return the distance between two stances, 1 for the two ends of opinion on every axis; 0 without axes."""
    squared = 0.0
    for d in range(stance.shape[1]):
        squared += (stance[c, d] - position[row, d]) ** 2
    return 0.5 * np.sqrt(squared / max(1, stance.shape[1]))


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
        approved += approval[c]
        oriented += orientation[c]
        if buys_from[c] >= 0:
            customers[buys_from[c]] += 1.0
            caring[buys_from[c]] += orientation[c]
        if works_for[c] >= 0:
            workers[works_for[c]] += 1.0
        if supports[c] >= 0:
            supporters[supports[c]] += 1.0
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
