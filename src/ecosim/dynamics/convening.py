"""Convening: whom a strategist would bring together, on which issue, and who accepts: the kernels of ``Strategist``."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.dynamics.coalition.utility import foreseen_output, return_on_effort, willing
from ecosim.dynamics.gap import gap_between, lowered, pressing, raised
from ecosim.dynamics.production.joint_work import multiplier, skill
from ecosim.kernels import kernel
from ecosim.rng import uniform
from ecosim.world.lookup import find_half_edge

# Which draws of an organisation serve what.
_IS_SEEN, _ACCEPTS = 0, 1


@kernel
def pools(identity: Any, first_membership: Any, most: Any, budget: Any, candidates: Any, key: Any) -> Any:
    """Return the pool of each organisation (n,): 0 … budget − 1, or -1 for those not looked at or without a spare slot.

    Pools share nobody, and each is expected to hold ``candidates``; all those with a spare slot, where they are fewer.
    """
    n = identity.size
    spare = 0
    for i in range(n):
        spare += first_membership[i + 1] - first_membership[i] < most
    share = min(1.0 / budget, candidates / max(1, spare))
    found = np.full(n, -1, np.int64)
    for i in range(n):
        if first_membership[i + 1] - first_membership[i] < most:
            pool = np.int64(uniform(key, identity[i], _IS_SEEN) / share)
            found[i] = pool if pool < budget else -1
    return found


@kernel
def best_set(
    pool: Any, graph: Any, groups: Any, kind: Any, salience: Any, coalition_issue: Any, urgency: Any, needs: Any,
    largest: Any, half: Any, joint: Any, gap: Any,
) -> Any:  # fmt: skip
    """Return the issue on which some of a pool (p,) are expected to gain most together, and their rows (m,)."""
    best, issue = 0.0, -1
    chosen = np.empty(0, np.int64)
    for q in range(needs.shape[0]):
        found, value = _greedily(pool, q, graph, groups, kind, salience, coalition_issue, needs, largest, joint, gap)
        value *= 0.01 + pressing(urgency[q], half)
        if value > best:
            best, issue, chosen = value, q, found
    return issue, chosen


@kernel
def _greedily(
    pool: Any, q: Any, graph: Any, groups: Any, kind: Any, salience: Any, coalition_issue: Any, needs: Any,
    largest: Any, joint: Any, gap: Any,
) -> Any:  # fmt: skip
    """Return the rows (m,) that greed brings together on issue q, and what they gain, weighed by the concern they share."""
    capability = kind[3]
    alone, bonds, gaps = np.empty(pool.size), np.zeros(pool.size), np.zeros(pool.size)
    for p in range(pool.size):
        alone[p] = joint[1] * skill(capability, needs, joint[0], pool[p], q)
    added, second, value = _best_pair(pool, q, alone, graph, groups, kind, salience, coalition_issue, needs, joint, gap)
    is_free = np.ones(pool.size, np.bool_)
    members, size = np.empty(largest, np.int64), 0
    made = np.zeros(capability.shape[1])
    bond, between, apart, caring = 0.0, 0.0, 0.0, 1.0
    while added >= 0:
        i = pool[added]
        members[size] = i
        size += 1
        is_free[added] = False
        made += capability[i]
        bond, between = bond + bonds[added], between + gaps[added]
        apart, caring = apart + alone[added], min(caring, salience[i, q])
        for p in range(pool.size):
            if is_free[p]:
                is_free[p] = not _share_a_coalition(i, pool[p], q, groups, coalition_issue)
                known, far = _between(i, pool[p], graph, kind, gap)
                bonds[p] += known
                gaps[p] += far
        if size == largest:
            break
        added = second if size == 1 else -1
        for p in range(pool.size if size > 1 else 0):
            if is_free[p]:
                total = made + capability[pool[p]]
                surplus = _surplus(
                    total, q, apart + alone[p], bond + bonds[p], between + gaps[p], size + 1, needs, joint
                )
                worth = surplus * min(caring, salience[pool[p], q])
                if worth > value + 1e-12:
                    value, added = worth, p
    return members[:size], value


@kernel
def _best_pair(
    pool: Any, q: Any, alone: Any, graph: Any, groups: Any, kind: Any, salience: Any, coalition_issue: Any,
    needs: Any, joint: Any, gap: Any,
) -> Any:  # fmt: skip
    """Return the places in the pool of the two that gain most together, and how much; -1 where no two gain."""
    capability = kind[3]
    one, other, value = -1, -1, 1e-12
    for p in range(pool.size):
        for r in range(p + 1, pool.size):
            i, j = pool[p], pool[r]
            bond, between = _between(i, j, graph, kind, gap)
            surplus = _surplus(capability[i] + capability[j], q, alone[p] + alone[r], bond, between, 2, needs, joint)
            worth = surplus * min(salience[i, q], salience[j, q])
            if worth > value and not _share_a_coalition(i, j, q, groups, coalition_issue):
                one, other, value = p, r, worth
    return one, other, value if one >= 0 else 0.0


@kernel
def _surplus(made: Any, q: Any, apart: Any, bonds: Any, gaps: Any, size: Any, needs: Any, joint: Any) -> Any:
    """Return what so many make together beyond what they make apart, from the sums over them and over their pairs."""
    total = 0.0
    for k in range(made.size):
        total += needs[q, k] * raised(made[k], joint[0])
    pairs = 0.5 * size * (size - 1)
    return multiplier(bonds / pairs, gaps / pairs, 0.0, size, joint) * lowered(total, joint[0]) - apart


@kernel
def _between(i: Any, j: Any, graph: Any, kind: Any, gap: Any) -> Any:
    """Return the bond of two, 0 where they are not tied, and the gap that remains between them."""
    first_tie, partner, tie, bond, translation = graph
    between = gap_between(i, j, kind[0], kind[1], kind[2], gap)
    h = find_half_edge(first_tie, partner, i, j)
    if h < 0:
        return 0.0, between
    return bond[tie[h]], between * translation[tie[h]]


@kernel
def _share_a_coalition(i: Any, j: Any, issue: Any, groups: Any, coalition_issue: Any) -> Any:
    member, first_member, first_membership, membership, member_coalition = groups
    found = False
    for h in range(first_membership[i], first_membership[i + 1]):
        c = member_coalition[membership[h]]
        if coalition_issue[c] == issue:
            for a in range(first_member[c], first_member[c + 1]):
                found |= member[a] == j
    return found


@kernel
def answers(
    invited: Any, issue: Any, identity: Any, graph: Any, groups: Any, kind: Any, state: Any, needs: Any, choice: Any,
    joint: Any, gap: Any, key: Any,
) -> Any:  # fmt: skip
    """Return what a place in a coalition of all invited (m,) would be worth to each, what its effort is worth now,
    the probability that it accepts, and whether it does: (4, m).
    """  # noqa: D205
    first_membership = groups[2]
    worth, effort, _ = state
    own = np.empty(invited.size)
    for k in range(invited.size):
        i = invited[k]
        own[k] = effort[i] / (first_membership[i + 1] - first_membership[i] + 1)
    expected = foreseen_output(invited, own, issue, 0.0, graph, kind, needs, joint, gap)
    found = np.zeros((4, invited.size))
    for k in range(invited.size):
        i = invited[k]
        if own.sum() > 0.0:
            found[0, k] = worth[i, issue] * expected * own[k] / own.sum()
        found[1, k] = own[k] * return_on_effort(i, state)
        found[2, k] = willing(found[0, k], found[1, k], choice[2], choice)
        found[3, k] = uniform(key, identity[i], _ACCEPTS) < found[2, k]
    return found
