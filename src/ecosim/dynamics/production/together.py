"""Together: what some would make in one coalition, and what is between two of them, wherever that is weighed.

Production itself goes through whole tables at once, and ``joining`` adds one member to what a coalition is; whoever
weighs a coalition that there is not yet does it by these.
"""

from __future__ import annotations

from typing import Any

from ecosim.dynamics.gap import gap_between, raised
from ecosim.dynamics.production.making import made_together
from ecosim.kernels import inlined_kernel, kernel
from ecosim.world.lookup import find_half_edge


@kernel
def together(
    combined: Any, effort: Any, needs: Any, bonds: Any, gaps: Any, pool: Any, members: Any, rates: Any
) -> Any:  # fmt: skip
    """Return what so many members make, as the scheduled production has it, from sums over them and over their pairs.

    Args:
        combined: effort times capability, summed over the members (capabilities,).
        effort: summed over the members.
        needs: of the issue (capabilities,).
        bonds: sum over all pairs of members.
        gaps: likewise, of the translation gap that remains.
        pool: what they have pooled.
        members: how many.
        rates: parameters of output (``ecosim.dynamics.production.making``).
    """
    total = 0.0
    for k in range(needs.size):
        total += needs[k] * raised(combined[k], rates[0])
    pairs = max(1.0, 0.5 * members * (members - 1.0))
    return made_together(total, effort, bonds / pairs, gaps / pairs, pool, members, rates)


@inlined_kernel
def between(i: Any, j: Any, graph: Any, kind: Any, gap: Any) -> Any:
    """Return the bond of two, 0 where they are not tied, and the translation gap that remains between them."""
    first_tie, partner, tie, bond, translation = graph
    apart = gap_between(i, j, kind[0], kind[1], kind[2], gap)
    h = find_half_edge(first_tie, partner, i, j)
    if h < 0:
        return 0.0, apart
    return bond[tie[h]], apart * translation[tie[h]]
