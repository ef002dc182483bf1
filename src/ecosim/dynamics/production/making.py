"""Making: what a group makes of what it puts in, by whatever production is scheduled: the one place where that is asked.

``produce`` makes it, and whoever foresees it (joining, founding, merging, matchmaking, convening, Shapley values) asks
the same functions. Parameters come as ``rates``, seven numbers whose last tells the kind of production:

- joint work: complementarity, productivity, bond gain, pool gain, translation, coordination;
- a linear good: 1, what a unit put in makes;
- a good of synergy or discounting: 1, what the first unit makes, what each further one makes against the one before;
- a good with a threshold: 1, what a unit makes, least sum, least sum for each member (below 0: the other counts).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.dynamics.gap import lowered, raised
from ecosim.kernels import inlined, inner

JOINT, LINEAR, SERIES, THRESHOLD = 0.0, 1.0, 2.0, 3.0
"""Kinds of production, as the last of the rates."""


@inlined
def made_together(able: Any, effort: Any, bond: Any, gap: Any, pool: Any, members: Any, rates: Any) -> Any:
    """Return what a group makes.

    Args:
        able: Σ needs · (Σ effort · capability)^η over capabilities; only joint work asks for it, and for what follows
            but for members.
        effort: sum of what the members put in.
        bond: mean over all pairs of members.
        gap: likewise, of the translation gap that remains.
        pool: what they have pooled.
        members: how many.
        rates: parameters of production.
    """
    if rates[6] != JOINT:
        return good(effort, 1.0 * members, rates)
    return multiplier(bond, gap, pool, members, rates) * lowered(able, rates[0])


@inlined
def made_alone(capability: Any, needs: Any, effort: Any, i: Any, issue: Any, rates: Any) -> Any:
    """Return what organisation i makes of so much effort alone on an issue: of a good, what a group of one makes."""
    if rates[6] != JOINT:
        return good(effort, 1.0, rates)
    return rates[1] * effort * skill(capability, needs, rates[0], i, issue)


@inlined
def multiplier(bond: Any, gap: Any, pool: Any, members: Any, rates: Any) -> Any:
    """Return A of a coalition: productivity after bonds, pooled knowledge, translation and coordination."""
    _, productivity, bond_gain, pool_gain, translation, coordination, _ = rates
    growth = (1.0 + bond_gain * bond) * (1.0 + pool_gain * pool)
    return productivity * growth * np.exp(-translation * gap * (1.0 - bond)) / (1.0 + coordination * (members - 1.0))


@inlined
def skill(capability: Any, needs: Any, complementarity: Any, i: Any, issue: Any) -> Any:
    """Return what one unit of organisation i's effort makes alone on an issue, at productivity 1."""
    total = 0.0
    for k in range(capability.shape[1]):
        total += needs[issue, k] * raised(capability[i, k], complementarity)
    return lowered(total, complementarity)


@inner
def good(effort: Any, members: Any, rates: Any) -> Any:
    """Return what a public good comes to for all of its members together, by the sum of what they put in."""
    if rates[6] == SERIES:
        each = max(1.0, effort / members)  # nobody is more than one contributor, but perhaps one of larger means
        return rates[1] * each * series(effort / each, rates[2], np.log(rates[2]))
    needed = rates[2] if rates[3] < 0.0 else rates[3] * members
    if rates[6] == THRESHOLD and not is_reached(effort, needed):
        return 0.0
    return rates[1] * effort


@inlined
def series(total: Any, ratio: Any, steepness: Any) -> Any:
    """Return 1 + w + … of so many terms, (w^X − 1) / (w − 1), also between terms; steepness: log w."""
    if ratio == 1.0:
        return total
    if ratio == 0.0:
        return min(1.0, total)  # the first contributor counts, in part where it contributes in part
    return np.expm1(total * steepness) / (ratio - 1.0)


@inlined
def is_reached(total: Any, needed: Any) -> Any:
    """Return whether a sum is at least what is needed, but for rounding."""
    return total >= needed - 1e-9 * (1.0 + needed)
