"""Utility: what a membership is worth against the present use of the same effort, and what a coalition would make."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.dynamics.production.together import between, together
from ecosim.kernels import inlined, inlined_kernel, inner
from ecosim.rng import uniform4


@inner
def draws(identity: Any, number: Any, key: Any) -> Any:
    """Return four uniform numbers of each entity (4, n): a loop that only draws, so that several are made at a time."""
    drawn = np.empty((4, identity.size))
    for i in range(identity.size):
        drawn[0, i], drawn[1, i], drawn[2, i], drawn[3, i] = uniform4(key, identity[i], number)
    return drawn


@inlined_kernel
def willing(gain: Any, present: Any, upkeep: Any, choice: Any) -> Any:
    """Return the probability of preferring a membership worth ``gain`` to a present use worth ``present``."""
    advantage = (gain - present - upkeep) / (present + upkeep)
    return 1.0 / (1.0 + np.exp(-choice[0] * (advantage - choice[1])))


@inlined
def return_on_effort(i: Any, state: Any) -> Any:
    """Return what a unit of i's effort was worth to it when it last worked, over all that it did."""
    _, effort, achieved = state
    return achieved[i] / effort[i] if effort[i] > 0.0 else 0.0


@inner
def foreseen_output(
    who: Any, effort: Any, issue: Any, pool: Any, graph: Any, kind: Any, needs: Any, joint: Any, gap: Any
) -> Any:
    """Return what a coalition of these members (m,) with these efforts (m,) would make."""
    capability = kind[3]
    bonds, gaps = 0.0, 0.0
    for a in range(who.size):
        for b in range(a + 1, who.size):
            bond, apart = between(who[a], who[b], graph, kind, gap)
            bonds += bond
            gaps += apart
    combined, total = np.zeros(capability.shape[1]), 0.0
    for a in range(who.size):
        total += effort[a]
        for k in range(combined.size):
            combined[k] += effort[a] * capability[who[a], k]
    return together(combined, total, needs[issue], bonds, gaps, pool, who.size, joint)


@inner
def share_a_coalition(i: Any, j: Any, issue: Any, groups: Any, coalition_issue: Any) -> Any:
    """Return whether two are in a coalition on an issue together."""
    member, first_member, first_membership, membership, member_coalition = groups
    for h in range(first_membership[i], first_membership[i + 1]):
        c = member_coalition[membership[h]]
        if coalition_issue[c] == issue:
            for a in range(first_member[c], first_member[c + 1]):
                if member[a] == j:
                    return True
    return False
