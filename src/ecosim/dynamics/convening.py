"""Convening: whom a strategist would bring together, on which issue, and who accepts: the kernels of ``Strategist``."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.dynamics.coalition.utility import foreseen_output, return_on_effort, share_a_coalition, willing
from ecosim.dynamics.gap import pressing
from ecosim.dynamics.production.making import made_alone
from ecosim.dynamics.production.together import between, together
from ecosim.kernels import inner, kernel
from ecosim.rng import uniform

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


@inner
def _greedily(
    pool: Any, q: Any, graph: Any, groups: Any, kind: Any, salience: Any, coalition_issue: Any, needs: Any,
    largest: Any, joint: Any, gap: Any,
) -> Any:  # fmt: skip
    """Return the rows (m,) that greed brings together on issue q, and what they gain, weighed by the concern they share."""
    capability = kind[3]
    alone, bonds, gaps = np.empty(pool.size), np.zeros(pool.size), np.zeros(pool.size)
    for p in range(pool.size):
        alone[p] = made_alone(capability, needs, 1.0, pool[p], q, joint)
    added, second, value = _best_pair(pool, q, alone, graph, groups, kind, salience, coalition_issue, needs, joint, gap)
    is_free = np.ones(pool.size, np.bool_)
    members, size = np.empty(largest, np.int64), 0
    made = np.zeros(capability.shape[1])
    bond, remaining, apart, caring = 0.0, 0.0, 0.0, 1.0
    while added >= 0:
        i = pool[added]
        members[size] = i
        size += 1
        is_free[added] = False
        made += capability[i]
        bond, remaining = bond + bonds[added], remaining + gaps[added]
        apart, caring = apart + alone[added], min(caring, salience[i, q])
        for p in range(pool.size):
            if is_free[p]:
                is_free[p] = not share_a_coalition(i, pool[p], q, groups, coalition_issue)
                known, far = between(i, pool[p], graph, kind, gap)
                bonds[p] += known
                gaps[p] += far
        if size == largest:
            break
        added = second if size == 1 else -1
        for p in range(pool.size if size > 1 else 0):
            if is_free[p]:
                total = made + capability[pool[p]]
                output = together(
                    total, 1.0 * (size + 1), needs[q], bond + bonds[p], remaining + gaps[p], 0.0, size + 1, joint
                )  # fmt: skip
                worth = (output - (apart + alone[p])) * min(caring, salience[pool[p], q])
                if worth > value + 1e-12:
                    value, added = worth, p
    return members[:size], value


@inner
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
            bond, remaining = between(i, j, graph, kind, gap)
            output = together(capability[i] + capability[j], 2.0, needs[q], bond, remaining, 0.0, 2, joint)
            worth = (output - (alone[p] + alone[r])) * min(salience[i, q], salience[j, q])
            if worth > value and not share_a_coalition(i, j, q, groups, coalition_issue):
                one, other, value = p, r, worth
    return one, other, value if one >= 0 else 0.0


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
