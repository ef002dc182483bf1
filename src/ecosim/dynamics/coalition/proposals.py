"""Who would leave, join and form coalitions this tick: the kernels of ``Joining``."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.dynamics.coalition.utility import draws, return_on_effort, share_a_coalition, willing
from ecosim.dynamics.gap import gap_between, raised
from ecosim.dynamics.production.making import made_together
from ecosim.kernels import inlined, inner, kernel
from ecosim.rng import pair, uniform, uniform2, uniform4
from ecosim.world.lookup import find_half_edge

# Which draws of an organisation serve what.
_JOINS, _FOUNDS, _AGREES, _LEAVES, _COMES_FIRST, _ACQUAINTS = 0, 1, 2, 3, 4, 5


@inner
def leavers(
    numbers: Any, groups: Any, issue: Any, worth: Any, received: Any, reconsidering: Any, choice: Any, key: Any
) -> Any:
    """Return the rows of the memberships that end; ``received``: their age, share, and what the effort makes alone."""
    identity, coalition_identity = numbers
    age, share, alone = received
    member, _, _, _, member_coalition = groups
    _, _, upkeep = choice
    rows, number = np.empty(member.size, np.int64), np.empty(member.size, np.int64)
    weighs, decides = np.empty(member.size), np.empty(member.size)
    for row in range(member.size):
        number[row] = coalition_identity[member_coalition[row]] * np.int64(1_000_003) ^ identity[member[row]]
    for row in range(member.size):  # a loop that only draws: the compiler makes several draws at a time
        weighs[row], decides[row] = uniform2(key, number[row], _LEAVES)
    count = 0
    for row in range(member.size):
        if weighs[row] >= reconsidering or age[row] < 1:
            continue
        value = worth[member[row], issue[member_coalition[row]]]
        if decides[row] >= willing(value * share[row], value * alone[row], upkeep, choice):
            rows[count] = row
            count += 1
    return rows[:count]


@inner
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
    drawn = draws(identity, _JOINS, key)
    looks, whose, which, decides = drawn[0], drawn[1], drawn[2], drawn[3]
    priority = draws(identity, _COMES_FIRST, key)[0]
    combined = np.empty(needs.shape[1])
    for i in range(identity.size):
        ties, joined = first_tie[i + 1] - first_tie[i], first_membership[i + 1] - first_membership[i]
        if looks[i] >= looking or ties == 0 or joined >= most:
            continue
        j = partner[first_tie[i] + np.int64(whose[i] * ties)]
        theirs = first_membership[j + 1] - first_membership[j]
        if theirs == 0:
            continue
        c = member_coalition[membership[first_membership[j] + np.int64(which[i] * theirs)]]
        if first_member[c + 1] - first_member[c] >= largest or priority[i] >= lowest[c]:
            continue  # whoever comes after another who will be taken in need not weigh it
        gain, present, _ = _foresee_joining(
            i, c, joined, graph, groups, kind, state, yields, made, needs, openness, joint, gap, combined
        )
        if gain < 0.0 or decides[i] >= willing(gain, present, choice[2], choice):
            continue
        lowest[c], applicant[c] = priority[i], i
    rows, count = np.empty(coalitions, np.int64), 0
    for c in range(coalitions):
        if applicant[c] >= 0:
            applicant[count], rows[count] = applicant[c], c
            count += 1
    return applicant[:count], rows[:count]


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


@inlined
def _foresee_joining(
    i: Any, c: Any, joined: Any, graph: Any, groups: Any, kind: Any, state: Any, yields: Any, made: Any, needs: Any,
    openness: Any, joint: Any, gap: Any, combined: Any,
) -> Any:  # fmt: skip
    """Return what joining c would be worth to i, what its effort is worth now, and the mean gap to the members.

    The first is -1 where i is a member already, or the members would not have it. ``combined`` (capabilities,) is room for
    what all of them can do together.
    """
    first_tie, partner, tie, bond, translation = graph
    member, first_member, _, _, _ = groups
    sector, culture, stance, capability = kind
    worth, effort, _ = state
    coalition_issue, member_effort = yields
    pool, output, effort_total, coalition_bond, coalition_gap = made
    start, end = first_member[c], first_member[c + 1]
    if _is_among(i, member, start, end):
        return -1.0, 0.0, 0.0
    size = end - start
    issue = coalition_issue[c]
    own = effort[i] / (joined + 1)
    bonds = coalition_bond[c] * size * (size - 1) * 0.5
    gaps = coalition_gap[c] * size * (size - 1) * 0.5
    apart = 0.0
    for k in range(combined.size):
        combined[k] = own * capability[i, k]
    for a in range(start, end):
        j = member[a]
        between = gap_between(i, j, sector, culture, stance, gap)
        h = find_half_edge(first_tie, partner, i, j)
        if h >= 0:
            bonds += bond[tie[h]]
            between *= translation[tie[h]]
        gaps += between
        apart += between
        for k in range(combined.size):
            combined[k] += member_effort[a] * capability[j, k]
    total = 0.0
    for k in range(combined.size):
        total += needs[issue, k] * raised(combined[k], joint[0])
    pairs = (size + 1) * size * 0.5
    efforts = effort_total[c] + own
    expected = made_together(total, efforts, bonds / pairs, gaps / pairs, pool[c], size + 1, joint)
    if efforts <= 0.0 or expected * effort_total[c] < (1.0 - openness) * output[c] * efforts:
        return -1.0, 0.0, 0.0
    return worth[i, issue] * expected * own / efforts, own * return_on_effort(i, state), apart / size


@inlined
def _is_among(i: Any, member: Any, start: Any, end: Any) -> Any:
    """Return whether an organisation is one of the members in these rows."""
    is_there = False
    for a in range(start, end):
        is_there |= member[a] == i
    return is_there


@inner
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
    lowest = np.full(n, 2.0)
    room = _room(first_membership, joiners, most)
    drawn = draws(identity, _FOUNDS, key)
    starts, whose, order, decides = drawn[0], drawn[1], drawn[2], drawn[3]
    for i in range(n):
        ties = first_tie[i + 1] - first_tie[i]
        if starts[i] >= initiative or ties == 0 or room[i] <= 0 or needs.size == 0:
            continue
        edge = first_tie[i] + np.int64(whose[i] * ties)
        j = partner[edge]
        if room[j] <= 0:
            continue
        issue = _common_issue(i, j, state[0])
        if share_a_coalition(i, j, issue, groups, yields[0]):
            continue
        gain_i, present_i, gain_j, present_j, _ = _foresee_founding(
            i, j, edge, issue, graph, groups, kind, state, needs, joint, gap
        )
        if gain_i < 0.0:
            continue
        if decides[i] >= willing(gain_i, present_i, choice[2], choice):
            continue
        _, agrees, _, _ = uniform4(key, pair(identity[i], identity[j]), _AGREES)
        if agrees < willing(gain_j, present_j, choice[2], choice):
            with_whom[i], on_what[i] = j, issue
            lowest[i] = min(lowest[i], order[i])
            lowest[j] = min(lowest[j], order[i])
    return _first_come(with_whom, on_what, order, lowest)


@inlined
def _room(first_membership: Any, joiners: Any, most: Any) -> Any:
    """Return how many more coalitions each may belong to (n,), besides what joiners (p,) take on this very tick."""
    room = np.full(first_membership.size - 1, most)
    for i in range(room.size):
        room[i] -= first_membership[i + 1] - first_membership[i]
    for i in joiners:
        room[i] -= 1
    return room


@inlined
def _first_come(with_whom: Any, on_what: Any, order: Any, lowest: Any) -> Any:
    """Return, as ``found_proposals``, those agreed pairs of whom neither takes part in one of a lower draw."""
    n = with_whom.size
    founders, pairs, count = np.empty(n, np.int64), np.empty((n, 2), np.int64), 0
    for i in range(n):
        if with_whom[i] >= 0 and order[i] <= min(lowest[i], lowest[with_whom[i]]):
            founders[count], on_what[count] = i, on_what[i]
            pairs[count, 0], pairs[count, 1] = i, with_whom[i]
            count += 1
    return founders[:count], on_what[:count], pairs[:count]


@inlined
def _foresee_founding(
    i: Any, j: Any, edge: Any, issue: Any, graph: Any, groups: Any, kind: Any, state: Any, needs: Any, joint: Any,
    gap: Any,
) -> Any:  # fmt: skip
    """Return what a coalition of two would be worth to i, what its effort is worth now, likewise of j, and their gap.

    The first is -1 where neither has any effort to give.
    """
    _, _, tie, bond, translation = graph
    _, _, first_membership, _, _ = groups
    sector, culture, stance, capability = kind
    worth, effort, _ = state
    own = effort[i] / (first_membership[i + 1] - first_membership[i] + 1)
    other = effort[j] / (first_membership[j + 1] - first_membership[j] + 1)
    if own + other <= 0.0:
        return -1.0, 0.0, 0.0, 0.0, 0.0
    total = 0.0
    for k in range(capability.shape[1]):
        total += needs[issue, k] * raised(own * capability[i, k] + other * capability[j, k], joint[0])
    t = tie[edge]
    between = gap_between(i, j, sector, culture, stance, gap) * translation[t]
    expected = made_together(total, own + other, bond[t], between, 0.0, 2, joint)
    yield_i, yield_j = expected * own / (own + other), expected * other / (own + other)
    present_i = own * return_on_effort(i, state)
    present_j = other * return_on_effort(j, state)
    return worth[i, issue] * yield_i, present_i, worth[j, issue] * yield_j, present_j, between


@inlined
def _common_issue(i: Any, j: Any, worth: Any) -> Any:
    """Return the issue on which work is worth most to both (greatest product)."""
    best, issue = -1.0, 0
    for q in range(worth.shape[1]):
        if worth[i, q] * worth[j, q] > best:
            best, issue = worth[i, q] * worth[j, q], q
    return issue


@kernel
def acquainted(identity: Any, first_tie: Any, partner: Any, pairs: Any, attention: Any, key: Any) -> Any:
    """Return the pairs (p, 2), in an order drawn by chance, that both still have attention for; new ties count."""
    order = np.empty(pairs.shape[0])
    for p in range(order.size):
        order[p] = uniform(key, pair(identity[pairs[p, 0]], identity[pairs[p, 1]]), _ACQUAINTS)
    added = np.zeros(identity.size, np.int64)
    chosen, count = np.empty_like(pairs), 0
    for p in np.argsort(order):
        i, j = pairs[p, 0], pairs[p, 1]
        full_i = first_tie[i + 1] - first_tie[i] + added[i] >= attention
        full_j = first_tie[j + 1] - first_tie[j] + added[j] >= attention
        if i == j or full_i or full_j or find_half_edge(first_tie, partner, i, j) >= 0:
            continue
        added[i] += 1
        added[j] += 1
        chosen[count, 0], chosen[count, 1] = i, j
        count += 1
    return chosen[:count]


@kernel
def terms_of_joining(
    joiners: Any, coalitions: Any, graph: Any, groups: Any, kind: Any, state: Any, yields: Any, made: Any, needs: Any,
    choice: Any, joint: Any, gap: Any,
) -> Any:  # fmt: skip
    """Return what those who join (p,) expect of it, what they have now, the mean gap, and the probability: (4, p)."""
    first_membership = groups[2]
    found, combined = np.empty((4, joiners.size)), np.empty(needs.shape[1])
    for k in range(joiners.size):
        i = joiners[k]
        joined = first_membership[i + 1] - first_membership[i]
        found[0, k], found[1, k], found[2, k] = _foresee_joining(
            i, coalitions[k], joined, graph, groups, kind, state, yields, made, needs, 1.0, joint, gap, combined
        )
        found[3, k] = willing(found[0, k], found[1, k], choice[2], choice)
    return found


@kernel
def terms_of_founding(
    pairs: Any, issues: Any, graph: Any, groups: Any, kind: Any, state: Any, needs: Any, choice: Any, joint: Any,
    gap: Any,
) -> Any:  # fmt: skip
    """Return what the two of each pair (p, 2) expect, have now, the gap between them, and the probability: (4, 2 p)."""
    first_tie, partner, _, _, _ = graph
    found = np.empty((4, 2 * issues.size))
    for k in range(issues.size):
        i, j = pairs[k, 0], pairs[k, 1]
        edge = find_half_edge(first_tie, partner, i, j)
        gain_i, present_i, gain_j, present_j, between = _foresee_founding(
            i, j, edge, issues[k], graph, groups, kind, state, needs, joint, gap
        )
        found[0, 2 * k], found[0, 2 * k + 1] = gain_i, gain_j
        found[1, 2 * k], found[1, 2 * k + 1] = present_i, present_j
        found[2, 2 * k], found[2, 2 * k + 1] = between, between
        found[3, 2 * k] = willing(gain_i, present_i, choice[2], choice)
        found[3, 2 * k + 1] = willing(gain_j, present_j, choice[2], choice)
    return found


@kernel
def trust_in_members(who: Any, where: Any, groups: Any, graph: Any, trust: Any) -> Any:
    """Return the mean trust of organisations (p,) in those members of coalitions (p,) that they are tied to; else NaN."""
    member, first_member, _, _, _ = groups
    first_tie, partner, tie, _, _ = graph
    found = np.full(who.size, np.nan)
    for k in range(who.size):
        total, count = 0.0, 0
        for a in range(first_member[where[k]], first_member[where[k] + 1]):
            h = find_half_edge(first_tie, partner, who[k], member[a])
            if h >= 0:
                total += trust[tie[h], np.int64(who[k] > member[a])]
                count += 1
        if count > 0:
            found[k] = total / count
    return found
