"""Who would leave, join and form coalitions this tick: the kernels of ``Joining``."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.dynamics.gap import gap_between, lowered, raised
from ecosim.dynamics.production.joint_work import multiplier
from ecosim.kernels import inlined, kernel
from ecosim.rng import pair, uniform2, uniform4
from ecosim.world.lookup import find_half_edge

# Which draws of an organisation serve what.
_JOINS, _FOUNDS, _AGREES, _LEAVES, _COMES_FIRST = 0, 1, 2, 3, 4


@kernel
def leavers(
    identity: Any, coalition_identity: Any, groups: Any, issue: Any, worth: Any, age: Any, share: Any, alone: Any,
    reconsidering: Any, choice: Any, key: Any,
) -> Any:  # fmt: skip
    """Return the rows of the memberships that end."""
    member, _, _, _, member_coalition = groups
    _, _, upkeep = choice
    rows = np.empty(member.size, np.int64)
    count = 0
    for row in range(member.size):
        c = member_coalition[row]
        number = coalition_identity[c] * np.int64(1_000_003) ^ identity[member[row]]
        weighs, decides = uniform2(key, number, _LEAVES)
        if weighs >= reconsidering or age[row] < 1:
            continue
        value = worth[member[row], issue[c]]
        if decides >= _willing(value * share[row], value * alone[row], upkeep, choice):
            rows[count] = row
            count += 1
    return rows[:count]


@kernel
def join_proposals(
    identity: Any, graph: Any, groups: Any, kind: Any, state: Any, yields: Any, made: Any, needs: Any, looking: Any,
    most: Any, limits: Any, choice: Any, joint: Any, gap: Any, key: Any,
) -> Any:  # fmt: skip
    """Return the organisations (p,) that join and the coalitions (p,) they join, by rows."""
    first_tie, partner, _, _, _ = graph
    _, first_member, first_membership, membership, member_coalition = groups
    coalitions = first_member.size - 1
    largest, openness = limits
    applicant = np.full(coalitions, -1, np.int64)
    lowest = np.full(coalitions, 2.0)
    for i in range(identity.size):
        looks, whose, which, decides = uniform4(key, identity[i], _JOINS)
        ties, joined = first_tie[i + 1] - first_tie[i], first_membership[i + 1] - first_membership[i]
        if looks >= looking or ties == 0 or joined >= most:
            continue
        j = partner[first_tie[i] + np.int64(whose * ties)]
        theirs = first_membership[j + 1] - first_membership[j]
        if theirs == 0:
            continue
        c = member_coalition[membership[first_membership[j] + np.int64(which * theirs)]]
        if first_member[c + 1] - first_member[c] >= largest:
            continue
        willing = _willing_to_join(
            i, c, joined, graph, groups, kind, state, yields, made, needs, openness, choice, joint, gap
        )
        if decides >= willing:
            continue
        priority, _, _, _ = uniform4(key, identity[i], _COMES_FIRST)
        if priority < lowest[c]:
            lowest[c], applicant[c] = priority, i
    rows = np.flatnonzero(applicant >= 0)
    return applicant[rows], rows


@kernel
def with_members(joiners: Any, coalitions: Any, member: Any, first_member: Any) -> Any:
    """Return every pair (p, 2) of a joiner and a member of the coalition it joins."""
    size = 0
    for c in coalitions:
        size += first_member[c + 1] - first_member[c]
    pairs = np.empty((size, 2), np.int32)
    p = 0
    for k in range(joiners.size):
        for a in range(first_member[coalitions[k]], first_member[coalitions[k] + 1]):
            pairs[p, 0], pairs[p, 1] = joiners[k], member[a]
            p += 1
    return pairs


@kernel
def _willing_to_join(
    i: Any, c: Any, joined: Any, graph: Any, groups: Any, kind: Any, state: Any, yields: Any, made: Any, needs: Any,
    openness: Any, choice: Any, joint: Any, gap: Any,
) -> Any:  # fmt: skip
    """Return the probability that i joins c: 0 where it is a member, or the members would not have it."""
    first_tie, partner, tie, bond, translation = graph
    member, first_member, _, _, _ = groups
    sector, culture, stance, capability = kind
    worth, effort, _ = state
    coalition_issue, member_effort = yields
    pool, output, effort_total, coalition_bond, coalition_gap = made
    start, end = first_member[c], first_member[c + 1]
    size = end - start
    issue = coalition_issue[c]
    own = effort[i] / (joined + 1)
    bonds = coalition_bond[c] * size * (size - 1) * 0.5
    gaps = coalition_gap[c] * size * (size - 1) * 0.5
    for a in range(start, end):
        j = member[a]
        if j == i:
            return 0.0
        between = gap_between(i, j, sector, culture, stance, gap)
        h = find_half_edge(first_tie, partner, i, j)
        if h >= 0:
            bonds += bond[tie[h]]
            between *= translation[tie[h]]
        gaps += between
    total = 0.0
    for k in range(capability.shape[1]):
        combined = own * capability[i, k]
        for a in range(start, end):
            combined += member_effort[a] * capability[member[a], k]
        total += needs[issue, k] * raised(combined, joint[0])
    pairs = (size + 1) * size * 0.5
    expected = multiplier(bonds / pairs, gaps / pairs, pool[c], size + 1, joint) * lowered(total, joint[0])
    efforts = effort_total[c] + own
    if efforts <= 0.0 or expected * effort_total[c] < (1.0 - openness) * output[c] * efforts:
        return 0.0
    present = own * _return_on_effort(i, state)
    return _willing(worth[i, issue] * expected * own / efforts, present, choice[2], choice)


@kernel
def found_proposals(
    identity: Any, graph: Any, groups: Any, kind: Any, state: Any, yields: Any, joiners: Any, needs: Any,
    initiative: Any, most: Any, choice: Any, joint: Any, gap: Any, key: Any,
) -> Any:  # fmt: skip
    """Return founders (p,), issues (p,) and the two members (p, 2) of the coalitions that are formed."""
    first_tie, partner, _, _, _ = graph
    _, _, first_membership, _, _ = groups
    n = identity.size
    with_whom = np.full(n, -1, np.int64)
    on_what = np.zeros(n, np.int64)
    priority = np.full(n, 2.0)
    lowest = np.full(n, 2.0)
    room = np.full(n, most)  # for further memberships, besides what ``joiners`` take on this very tick
    for i in range(n):
        room[i] -= first_membership[i + 1] - first_membership[i]
    for i in joiners:
        room[i] -= 1
    for i in range(n):
        starts, whose, order, decides = uniform4(key, identity[i], _FOUNDS)
        ties = first_tie[i + 1] - first_tie[i]
        if starts >= initiative or ties == 0 or room[i] <= 0:
            continue
        edge = first_tie[i] + np.int64(whose * ties)
        j = partner[edge]
        if room[j] <= 0:
            continue
        issue = _common_issue(i, j, state[0])
        if _share_a_coalition(i, j, issue, groups, yields[0]):
            continue
        _, agrees, _, _ = uniform4(key, pair(identity[i], identity[j]), _AGREES)
        if _both_willing(
            i, j, edge, issue, decides, agrees, graph, groups, kind, state, yields, needs, choice, joint, gap
        ):
            with_whom[i], on_what[i], priority[i] = j, issue, order
            lowest[i] = min(lowest[i], order)
            lowest[j] = min(lowest[j], order)
    founders = np.empty(n, np.int64)
    count = 0
    for i in range(n):
        if with_whom[i] >= 0 and priority[i] <= lowest[i] and priority[i] <= lowest[with_whom[i]]:
            founders[count] = i
            count += 1
    founders = founders[:count]
    pairs = np.empty((count, 2), np.int64)
    for k in range(count):
        pairs[k, 0], pairs[k, 1] = founders[k], with_whom[founders[k]]
    return founders, on_what[founders], pairs


@kernel
def _both_willing(
    i: Any, j: Any, edge: Any, issue: Any, decides: Any, agrees: Any, graph: Any, groups: Any, kind: Any, state: Any,
    yields: Any, needs: Any, choice: Any, joint: Any, gap: Any,
) -> Any:  # fmt: skip
    _, _, tie, bond, translation = graph
    _, _, first_membership, _, _ = groups
    sector, culture, stance, capability = kind
    worth, effort, _ = state
    own = effort[i] / (first_membership[i + 1] - first_membership[i] + 1)
    other = effort[j] / (first_membership[j + 1] - first_membership[j] + 1)
    if own + other <= 0.0:
        return False
    total = 0.0
    for k in range(capability.shape[1]):
        total += needs[issue, k] * raised(own * capability[i, k] + other * capability[j, k], joint[0])
    t = tie[edge]
    between = gap_between(i, j, sector, culture, stance, gap) * translation[t]
    expected = multiplier(bond[t], between, 0.0, 2, joint) * lowered(total, joint[0])
    yield_i, yield_j = expected * own / (own + other), expected * other / (own + other)
    present_i = own * _return_on_effort(i, state)
    present_j = other * _return_on_effort(j, state)
    wants_i = _willing(worth[i, issue] * yield_i, present_i, choice[2], choice)
    wants_j = _willing(worth[j, issue] * yield_j, present_j, choice[2], choice)
    return decides < wants_i and agrees < wants_j


@inlined
def _return_on_effort(i: Any, state: Any) -> Any:
    """Return what a unit of i's effort was worth to it when it last worked, over all that it did."""
    _, effort, achieved = state
    return achieved[i] / effort[i] if effort[i] > 0.0 else 0.0


@kernel
def _common_issue(i: Any, j: Any, worth: Any) -> Any:
    """Return the issue on which work is worth most to both (greatest product)."""
    best, issue = -1.0, 0
    for q in range(worth.shape[1]):
        if worth[i, q] * worth[j, q] > best:
            best, issue = worth[i, q] * worth[j, q], q
    return issue


@kernel
def _share_a_coalition(i: Any, j: Any, issue: Any, groups: Any, coalition_issue: Any) -> Any:
    member, first_member, first_membership, membership, member_coalition = groups
    for h in range(first_membership[i], first_membership[i + 1]):
        c = member_coalition[membership[h]]
        if coalition_issue[c] == issue:
            for a in range(first_member[c], first_member[c + 1]):
                if member[a] == j:
                    return True
    return False


@inlined
def _willing(gain: Any, present: Any, upkeep: Any, choice: Any) -> Any:
    """Return the probability of preferring a membership worth ``gain`` to a present use worth ``present``."""
    advantage = (gain - present - upkeep) / (present + upkeep)
    return 1.0 / (1.0 + np.exp(-choice[0] * (advantage - choice[1])))
