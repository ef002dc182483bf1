"""Within: the ties between members of one coalition, found once for all rules that ask for them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.kernels import kernel
from ecosim.world.lookup import find_half_edge
from ecosim.world.world import Rows, World


def ties_within(world: World) -> Rows:
    """Return the ties within coalitions (p, 4): a row for each tie, and each coalition that both its ends are in.

    Coalition by coalition, in each by the rows of the first member, then of the second. The columns are the row of the
    first one's membership, the row of the second one's, that of their tie, and how many others than one are in the
    coalition. Side 0 of the tie is the first. They are found again when ties or memberships have changed, for which each
    change puts another ``first_tie`` or ``first_membership`` in place; until then everybody gets the same array, so
    nobody may write to it.
    """
    kept = world.within
    if kept is None or kept[0] is not world.first_tie or kept[1] is not world.first_membership:
        found = find_ties_within(world.member, world.first_member, world.first_tie, world.partner, world.tie)
        kept = world.within = (world.first_tie, world.first_membership, found)
    rows: Rows = kept[2]
    return rows


@kernel
def find_ties_within(member: Any, first_member: Any, first_tie: Any, partner: Any, tie: Any) -> Any:
    """Return the ties within coalitions (p, 4), as ``ties_within`` does."""
    room = 0
    for c in range(first_member.size - 1):
        start, end = first_member[c], first_member[c + 1]
        ties = 0
        for row in range(start, end):
            ties += first_tie[member[row] + 1] - first_tie[member[row]]
        room += min((end - start) * (end - start - 1), ties) // 2
    within, count = np.empty((room, 4), np.int64), 0
    for c in range(first_member.size - 1):
        end = first_member[c + 1]
        for a in range(first_member[c], end):
            for b in range(a + 1, end):
                h = find_half_edge(first_tie, partner, member[a], member[b])
                if h >= 0:
                    within[count, 0], within[count, 1], within[count, 2] = a, b, tie[h]
                    within[count, 3] = end - first_member[c] - 1
                    count += 1
    return within[:count]
