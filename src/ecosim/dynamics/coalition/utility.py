"""Utility: what a membership is worth against the present use of the same effort, and what a coalition would make."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.dynamics.gap import gap_between, lowered, raised
from ecosim.dynamics.production.joint_work import multiplier
from ecosim.kernels import inlined, kernel
from ecosim.world.lookup import find_half_edge


@inlined
def willing(gain: Any, present: Any, upkeep: Any, choice: Any) -> Any:
    """Return the probability of preferring a membership worth ``gain`` to a present use worth ``present``."""
    advantage = (gain - present - upkeep) / (present + upkeep)
    return 1.0 / (1.0 + np.exp(-choice[0] * (advantage - choice[1])))


@inlined
def return_on_effort(i: Any, state: Any) -> Any:
    """Return what a unit of i's effort was worth to it when it last worked, over all that it did."""
    _, effort, achieved = state
    return achieved[i] / effort[i] if effort[i] > 0.0 else 0.0


@kernel
def foreseen_output(
    who: Any, effort: Any, issue: Any, pool: Any, graph: Any, kind: Any, needs: Any, joint: Any, gap: Any
) -> Any:
    """Return what a coalition of these members (m,) with these efforts (m,) would make."""
    first_tie, partner, tie, bond, translation = graph
    sector, culture, stance, capability = kind
    bonds, gaps = 0.0, 0.0
    for a in range(who.size):
        for b in range(a + 1, who.size):
            between = gap_between(who[a], who[b], sector, culture, stance, gap)
            h = find_half_edge(first_tie, partner, who[a], who[b])
            if h >= 0:
                bonds += bond[tie[h]]
                between *= translation[tie[h]]
            gaps += between
    total = 0.0
    for k in range(capability.shape[1]):
        combined = 0.0
        for a in range(who.size):
            combined += effort[a] * capability[who[a], k]
        total += needs[issue, k] * raised(combined, joint[0])
    pairs = max(1.0, 0.5 * who.size * (who.size - 1.0))
    return multiplier(bonds / pairs, gaps / pairs, pool, who.size, joint) * lowered(total, joint[0])
