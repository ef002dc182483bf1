"""Strategist: somebody who reads the pattern, sees what parties have in common, and convenes them around it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, pairwise
from typing import Any, ClassVar, Self

import numpy as np
from pydantic import Field

from ecosim.dynamics.binding import bound_to
from ecosim.dynamics.coalition.joining import Joining
from ecosim.dynamics.coalition.proposals import acquainted
from ecosim.dynamics.coalition.telling import Look, note_acquaintance
from ecosim.dynamics.convening import answers, best_set, pools
from ecosim.dynamics.knowing import knowing
from ecosim.dynamics.mechanism import Mechanism
from ecosim.rng import Key, uniforms
from ecosim.world.lookup import mean_of
from ecosim.world.world import Rows, World


class Strategist(Mechanism):
    r"""Coalitions that nobody would have proposed, convened around what their members have in common.

    Each time it acts it plans ``budget`` coalitions. For each it sees about ``candidates`` organisations with a slot for
    one more coalition (all of them, where there are no more), drawn by chance, and tries every issue q: it begins with
    the two for whom the value V of a set S is greatest, and adds, one by one, up to ``largest``, whoever raises it

    .. math:: V_q(S) = \min_{i \in S} \sigma_{iq} \left[Y_q(S) - \sum_{i \in S} Y_q(i)\right]

    most, as long as it rises above 0: the concern they have in common (the least salience σ) times what they make
    together beyond what they make apart, a unit of effort each (so means do not matter), with the scheduled production's
    equations, bonds and translation gaps as they are. Nobody is put together on an issue with whom it is in a coalition
    on that issue already. The issue with the greatest V, weighed by how pressing it is, wins; sectors matter through
    gaps and capabilities alone.

    Each of those invited accepts by the utility of joining (``joining`` in the schedule): what its share of the whole
    set's output would be worth, at its own means, against the present use of its effort. Where two or more accept, they
    form the coalition, and become acquainted as far as their attention goes.

    Concepts:
        Objectives: It convenes those who together would make most of an issue, less what it costs them to understand
            each other.
        Prediction: Joint work is foreseen at equal capital from the equations of production.
        Collectives: It proposes coalitions; the invited accept or decline.
        Stochasticity: Candidates and acceptances are drawn.
    """

    budget: int = Field(1, ge=0, le=100_000, description="greatest number of coalitions planned each time it acts")
    candidates: int = Field(16, ge=2, le=100_000, description="organisations that are seen for each coalition")
    largest: int = Field(5, ge=2, le=1000, description="greatest number of organisations invited to one coalition")
    joining: str = Field("coalition", description="name in the schedule of the joining whose utility holds")

    _joining: ClassVar[Joining] = Joining()

    reads: ClassVar[tuple[str, ...]] = (
        "identity", "sector", "capability", "culture", "stance", "salience", "worth", "effort", "achieved", "urgency",
        "needs", "bond", "translation", "coalition_issue", "pool", "output", "effort_total", "coalition_bond",
        "coalition_gap", "member_effort", "trust",
    )  # fmt: skip
    writes: ClassVar[tuple[str, ...]] = ("memberships", "ties", "trust", "bond")

    def bind(self, schedule: Mapping[str, Mechanism]) -> Self:
        """Return this strategist, told of the scheduled joining, whose utility the invited go by."""
        return knowing(self, _joining=bound_to(self, "joining", Joining, schedule).bind(schedule))

    def step(self, world: World, key: Key) -> None:
        """Convene up to ``budget`` coalitions, each around what those who were looked at have in common."""
        if world.n < 2 or not world.needs.size or not self.budget:
            return
        look = self._joining.look(world)
        pool = pools(
            world.identity, world.first_membership, self._joining.most, self.budget, self.candidates, key
        )  # fmt: skip
        for seen in members_of_pools(pool, self.budget):
            if seen.size > 1:
                self._convene(world, look, seen, key)

    def _convene(self, world: World, look: Look, seen: Rows, key: Key) -> None:
        """Plan one coalition among those who are seen, and found it with those who accept."""
        half = self._joining.pressing_at
        issue, invited = best_set(
            seen, look.graph, look.groups, look.kind, world.salience, world.coalition_issue, world.urgency, world.needs,
            self.largest, half, look.joint, look.gap,
        )  # fmt: skip
        if invited.size < 2:
            return
        gain, present, chance, accepts = answers(
            invited, issue, world.identity, look.graph, look.groups, look.kind, look.state, world.needs, look.choice,
            look.joint, look.gap, key,
        )  # fmt: skip
        members = invited[accepts > 0]
        if members.size < 2:
            return
        founder = int(members[np.argmin(uniforms(key, world.identity[members], 3))])
        world.found_coalition(founder, issue, members)
        self._acquaint(world, members, key)
        if world.reasons is not None:
            is_in = accepts > 0
            world.reasons.note(
                "founded", "convened", world.identity[members], world.identity[founder], gain=gain[is_in],
                present=present[is_in], chance=chance[is_in], cost=look.choice[2], threshold=look.choice[1],
            )  # fmt: skip

    def _acquaint(self, world: World, members: Rows, key: Key) -> None:
        if not self._joining.acquaintance:
            return
        pairs: Any = np.array(list(combinations(members.tolist(), 2)), np.int32)
        attention = self._joining.attention
        if attention is not None:
            pairs = acquainted(world.identity, world.first_tie, world.partner, pairs, attention, key)
        world.add_ties(pairs, trust=mean_of(world.trust, 0.5), bond=self._joining.first_bond)
        note_acquaintance(world, pairs)


def members_of_pools(pool: Rows, budget: int) -> list[Rows]:
    """Return the rows in each pool, ascending, found for all pools together: most organisations are in none.

    Args:
        pool: the pool of each organisation (n,): 0 … budget − 1, or -1 for none.
        budget: number of pools.
    """
    seen = np.flatnonzero(pool >= 0)
    ordered: Rows = seen[np.argsort(pool[seen], kind="stable")]
    ends = np.searchsorted(pool[ordered], np.arange(budget + 1))
    return [ordered[start:stop] for start, stop in pairwise(ends.tolist())]
