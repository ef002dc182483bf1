"""Deciding: all that organisations decide about memberships in one tick: the kernel of ``Joining``."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.dynamics.coalition.merging import failing, mergers, moving
from ecosim.dynamics.coalition.proposals import acquainted, found_proposals, join_proposals, leavers, with_members
from ecosim.kernels import inlined, inner, kernel
from ecosim.world.lookup import copy_into


@kernel
def decide(
    numbers: Any, graph: Any, groups: Any, kind: Any, state: Any, yields: Any, made: Any, history: Any, needs: Any,
    key: Any, shares: Any, limits: Any, choice: Any, joint: Any, gap: Any,
) -> Any:  # fmt: skip
    """Return who leaves, joins, merges, becomes acquainted and founds, everyone looking at the same state.

    It is one kernel for five decisions, since taking two dozen arrays in from Python takes about as long as any of them.
    A coalition that takes another in gets the fuller pool at once.
    What it takes is in ``Look``, but for

    - numbers: identities of organisations (n,) and of coalitions (c,);
    - history: of memberships (m,) their age, share and what the same effort makes alone; of coalitions (c,) what its
      members would have made alone, their age, and the ticks in a row that they have lost, which are counted on;
    - needs: weights of capabilities in each issue (issues, capabilities);
    - shares: of memberships that are weighed, of organisations that look and that propose, of coalitions that look;
    - limits: greatest number of coalitions of one organisation and of members of one coalition; openness; ticks since
      this was last asked; patience, 0 where it has no end; greatest number of ties, negative where there is none.

    Returns:
        Rows of the memberships that end (e,), how many of them end because their owners leave, and how many with those of
        coalitions that give up: the rest merge; who joins (p,) what (p,), and how many of them do not come by a merger;
        coalitions (q,), those that they take in (q,), and what both weighed (q, 4); pairs of the newly acquainted (a, 2);
        founders (f,), issues (f,) and members (f, 2) of new coalitions.
    """
    age, share, alone, output_alone, coalition_age, losing = history
    reconsidering, looking, initiative, merging = shares
    most, largest, openness, ticks, patience, attention = limits
    leaving = leavers(numbers, groups, yields[0], state[0], (age, share, alone), reconsidering, choice, key)
    joiners, joined = join_proposals(
        numbers[0], graph, groups, kind, state, yields, made, needs, looking, most, (largest, openness), choice, joint,
        gap, key,
    )  # fmt: skip
    given_up = failing(made[1], output_alone, coalition_age, losing, ticks, patience)
    is_busy = marked(numbers[1].size, chained(joined, given_up))
    first, second, weighed = mergers(
        numbers[1], graph, groups, kind, state[0], yields, made, needs, is_busy, merging, largest, choice, joint, gap, key
    )  # fmt: skip
    keep_fuller_pools(made[0], first, second)  # nothing below looks at pools
    merged, movers, taking = moving(first, second, groups, marked(age.size, leaving))
    who, what = chained(joiners, movers), chained(joined, taking)
    pairs = with_members(who, what, groups[0], groups[1])
    if attention >= 0:
        pairs = acquainted(numbers[0], graph[0], graph[1], pairs, attention, key)
    founded = found_proposals(
        numbers[0], graph, groups, kind, state, yields, joiners, needs, initiative, most, choice, joint, gap, key
    )
    going = chained(leaving, memberships_of(given_up, groups[1]))
    ended = chained(going, merged), leaving.size, going.size
    return ended, (who, what, joiners.size), (first, second, weighed), pairs, founded


@inlined
def keep_fuller_pools(pool: Any, takers: Any, taken: Any) -> None:
    """Write into the pools (c,) of coalitions (p,) that take in others (p,) the greater of both."""
    for k in range(takers.size):
        pool[takers[k]] = max(pool[takers[k]], pool[taken[k]])


@inner
def marked(size: Any, rows: Any) -> Any:
    """Return which of so many rows are among these."""
    is_marked = np.zeros(size, np.bool_)
    for row in rows:
        is_marked[row] = True
    return is_marked


@inner
def memberships_of(coalitions: Any, first_member: Any) -> Any:
    """Return the rows of all memberships of coalitions (p,), one coalition after the other."""
    size = 0
    for c in coalitions:
        size += first_member[c + 1] - first_member[c]
    rows, count = np.empty(size, np.int64), 0
    for c in coalitions:
        for row in range(first_member[c], first_member[c + 1]):
            rows[count] = row
            count += 1
    return rows


@inner
def chained(first: Any, second: Any) -> Any:
    """Return two lists of rows as one."""
    rows = np.empty(first.size + second.size, np.int64)
    copy_into(rows[: first.size], first)
    copy_into(rows[first.size :], second)
    return rows
