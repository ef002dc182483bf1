"""Merging and giving up: which coalitions become one, and which dissolve, this tick: kernels of ``Joining``."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.dynamics.coalition.utility import draws, foreseen_output
from ecosim.kernels import inner
from ecosim.rng import uniform4
from ecosim.world.lookup import copy_into

# Which draws of a coalition serve what.
_LOOKS, _DECIDES = 0, 1


@inner
def failing(output: Any, output_alone: Any, age: Any, losing: Any, ticks: Any, patience: Any) -> Any:
    """Count the ticks in a row in which each coalition lost against going alone; return the rows of those that give up.

    Args:
        output: what each made (c,).
        output_alone: what its members would have made alone (c,).
        age: ticks since it was formed (c,); those of age 0 have not worked yet.
        losing: ticks in a row so far (c,), written.
        ticks: ticks since this was last asked.
        patience: ticks in a row after which a coalition gives up; 0: never, and nothing is counted.
    """
    given_up, count = np.empty(output.size, np.int64), 0
    for c in range(output.size if patience > 0 else 0):
        losing[c] = losing[c] + ticks if output[c] < output_alone[c] and age[c] > 0 else 0
        if losing[c] >= patience:
            given_up[count] = c
            count += 1
    return given_up[:count]


@inner
def mergers(
    coalition_identity: Any, graph: Any, groups: Any, kind: Any, worth: Any, yields: Any, made: Any, needs: Any,
    is_busy: Any, merging: Any, largest: Any, choice: Any, joint: Any, gap: Any, key: Any,
) -> Any:  # fmt: skip
    """Return coalitions (p,) and those (p,) that each takes in, by rows, and what both sides weigh (p, 4).

    ``is_busy`` (c,) tells coalitions that already have something else to do this tick. The columns of what is weighed:
    worth to the taker together, and as it is; to the one that is taken in together, and as it is.
    """
    first_member = groups[1]
    coalitions = first_member.size - 1
    other, lowest = np.full(coalitions, -1, np.int64), np.full(coalitions, 2.0)
    weighed, drawn = np.empty((coalitions, 4)), draws(coalition_identity, _LOOKS, key)
    looks, who, whose, priority = drawn[0], drawn[1], drawn[2], drawn[3]
    for c in range(coalitions):
        if looks[c] >= merging or is_busy[c]:
            continue
        d = _akin(c, who[c], whose[c], graph, groups, yields[0])
        if d < 0 or is_busy[d]:
            continue
        terms = _weighed(c, d, graph, groups, kind, worth, yields, made, needs, largest, joint, gap)
        copy_into(weighed[c], terms)
        one, two, _, _ = uniform4(key, coalition_identity[c], _DECIDES)
        if one < wants(weighed[c, 0], weighed[c, 1], choice) and two < wants(weighed[c, 2], weighed[c, 3], choice):
            other[c] = d
            lowest[c], lowest[d] = min(lowest[c], priority[c]), min(lowest[d], priority[c])
    first, second, count = np.empty(coalitions, np.int64), np.empty(coalitions, np.int64), 0
    for c in range(coalitions):
        if other[c] >= 0 and priority[c] <= min(lowest[c], lowest[other[c]]):
            first[count], second[count] = c, other[c]
            copy_into(weighed[count], weighed[c])
            count += 1
    return first[:count], second[:count], weighed[:count]


@inner
def moving(first: Any, second: Any, groups: Any, is_leaving: Any) -> Any:
    """Return the rows of the memberships that end, and who (p,) joins which coalition (p,), when second joins first."""
    member, first_member, _, _, _ = groups
    size = 0
    for d in second:
        size += first_member[d + 1] - first_member[d]
    rows, who, where = np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int64)
    ends, moves = 0, 0
    for k in range(second.size):
        for row in range(first_member[second[k]], first_member[second[k] + 1]):
            rows[ends] = row
            ends += 1
            if not is_leaving[row]:
                who[moves], where[moves] = member[row], first[k]
                moves += 1
    return rows, who[:moves], where[:moves]


@inner
def _akin(c: Any, who: Any, whose: Any, graph: Any, groups: Any, issue: Any) -> Any:
    """Return a coalition on the same issue that shares a member, drawn by chance, or in which that one has a partner."""
    first_tie, partner = graph[0], graph[1]
    member, first_member, first_membership, membership, member_coalition = groups
    i = member[first_member[c] + np.int64(who * (first_member[c + 1] - first_member[c]))]
    for h in range(first_membership[i], first_membership[i + 1]):
        d = member_coalition[membership[h]]
        if d != c and issue[d] == issue[c]:
            return np.int64(d)
    ties = first_tie[i + 1] - first_tie[i]
    if ties > 0:
        j = partner[first_tie[i] + np.int64(whose * ties)]
        for h in range(first_membership[j], first_membership[j + 1]):
            d = member_coalition[membership[h]]
            if d != c and issue[d] == issue[c]:
                return np.int64(d)
    return np.int64(-1)


@inner
def _weighed(
    c: Any, d: Any, graph: Any, groups: Any, kind: Any, worth: Any, yields: Any, made: Any, needs: Any, largest: Any,
    joint: Any, gap: Any,
) -> Any:  # fmt: skip
    """Return what the work of c, then of d, would be worth to its members if they merged, and what it is (4,)."""
    pool, output, effort_total, _, _ = made
    who, effort = _together(c, d, groups, yields[1])
    found = np.zeros(4)
    total = effort.sum()
    if who.size > largest or effort_total[c] <= 0.0 or effort_total[d] <= 0.0 or total <= 0.0:
        return found
    expected = foreseen_output(who, effort, yields[0][c], max(pool[c], pool[d]), graph, kind, needs, joint, gap)
    for side in range(2):
        e = c if side == 0 else d
        value = _mean_worth(e, groups, worth, yields[0][e])
        found[2 * side] = value * expected * effort_total[e] / total
        found[2 * side + 1] = value * output[e]
    return found


@inner
def _together(c: Any, d: Any, groups: Any, member_effort: Any) -> Any:
    """Return the members of either coalition (m,), in order of rows, and the effort each puts into both (m,)."""
    member, first_member, _, _, _ = groups
    a, b = first_member[c], first_member[d]
    who = np.empty(first_member[c + 1] - a + first_member[d + 1] - b, np.int64)
    effort = np.zeros(who.size)
    count = 0
    while a < first_member[c + 1] or b < first_member[d + 1]:
        in_c = a < first_member[c + 1] and (b >= first_member[d + 1] or member[a] <= member[b])
        in_d = b < first_member[d + 1] and (a >= first_member[c + 1] or member[b] <= member[a])
        if in_c:
            who[count] = member[a]
            effort[count] += member_effort[a]
            a += 1
        if in_d:
            who[count] = member[b]
            effort[count] += member_effort[b]
            b += 1
        count += 1
    return who[:count], effort[:count]


@inner
def _mean_worth(c: Any, groups: Any, worth: Any, issue: Any) -> Any:
    member, first_member, _, _, _ = groups
    total = 0.0
    for a in range(first_member[c], first_member[c + 1]):
        total += worth[member[a], issue]
    return total / (first_member[c + 1] - first_member[c])


@inner
def wants(together: Any, apart: Any, choice: Any) -> Any:
    """Return the probability that a side prefers to merge: no upkeep is added, so only what it makes is weighed."""
    if together <= 0.0 or apart <= 0.0:
        return 0.0
    return 1.0 / (1.0 + np.exp(-choice[0] * (together / apart - 1.0 - choice[1])))
