"""Culture: the more alike two partners are, the more alike they become."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.stance.encounters import Activation, Steps, turns
from ecosim.kernels import inner, kernel
from ecosim.rng import Key, uniform2, uniform4
from ecosim.world.world import World


class CultureDissemination(Mechanism):
    r"""Traits of culture pass along ties, between those who have some in common already.

    An organisation i looks at one partner j, drawn uniformly from its ties. Of F features the two have the same trait
    c in some; they interact with probability

    .. math:: p_{ij} = \frac{1}{F} \sum_{f=1}^{F} [c_{if} = c_{jf}]

    and if they do, i takes over j's trait of one feature, drawn uniformly from those in which they differ. So nothing
    happens between partners that are alike in everything or in nothing, and where there are only such, nothing ever
    will (the measure ``active_ties`` is 0): regions of one culture have formed and are stable.

    *Drift.* After each encounter, with probability ``noise``, some organisation gets a trait drawn uniformly from
    0 … ``traits`` − 1 in one feature: under random activation anyone, otherwise the one whose turn it was. The
    published rule of 1997 has none; a little of it makes regions of different culture melt together in the long run.

    Activation: ``random``, as in the paper, ``steps`` times somebody drawn with replacement; ``sweep``, each once, one
    after the other in random order; ``simultaneous``, everyone at once, at last tick's cultures. A draw picks a partner
    by place among the ties: in another order of rows, the same draw may pick another, each still equally likely.

    Concepts:
        Basic principles: Likeness makes interaction, and interaction makes alike.
        Emergence: Global diversity may survive although every contact makes two more alike.
        Interaction: One trait at a time passes along a tie, the more likely the more is shared already.
        Stochasticity: Who acts, which partner and which trait are drawn.

    References:
        Axelrod (1997), J. Conflict Resolution 41, 203. Klemm, Eguíluz, Toral & San Miguel (2003), Phys. Rev. E 67,
        045101 (noise; the rules agree with those told by others).
    """

    noise: float = Field(0.0, ge=0, le=1, description="chance of a drift of culture after each encounter")
    traits: int = Field(
        3,
        ge=1,
        le=127,
        description="number of traits that drift draws from: that of ecosystem.culture.traits, as a rule",
    )
    activation: Activation = Field("simultaneous", description="who acts when")
    steps: Steps = Field(
        None, description="encounters in a tick under random activation; one for each organisation if not given"
    )

    reads: ClassVar[tuple[str, ...]] = ("identity", "culture")
    writes: ClassVar[tuple[str, ...]] = ("culture",)

    def step(self, world: World, key: Key) -> None:
        """Let traits pass along ties with the probability that two have a feature in common, and drift by ``noise``."""
        culture = world.culture
        if self.activation == "random":
            steps = world.n if self.steps is None else self.steps
            disseminate_at_random(culture, world.first_tie, world.partner, steps, self.noise, self.traits, key)
            return
        rows, luck = turns(world.identity, self.activation, None, key)
        seen = culture.copy() if self.activation == "simultaneous" else culture
        disseminate(seen, culture, rows, luck, world.first_tie, world.partner, self.noise, self.traits, key)


@kernel
def disseminate_at_random(
    culture: Any, first_tie: Any, partner: Any, steps: Any, noise: Any, traits: Any, key: Any
) -> None:
    """Let so many organisations, drawn with replacement, adopt a trait in turn, changing culture (n, features).

    Uses draws 0 to 2 of the number of each encounter.
    """
    n, features = culture.shape
    if n * features == 0:
        return
    for number in range(steps):
        first, choice, interacts, which = uniform4(key, number, 0)
        adopt(culture, culture, np.int64(first * n), first_tie, partner, choice, interacts, which)
        if noise > 0.0:
            drifts, who = uniform2(key, number, 1)
            if drifts < noise:
                feature, trait = uniform2(key, number, 2)
                culture[np.int64(who * n), np.int64(feature * features)] = np.int64(trait * traits)


@kernel
def disseminate(
    seen: Any, culture: Any, rows: Any, luck: Any, first_tie: Any, partner: Any, noise: Any, traits: Any, key: Any
) -> None:
    """Let the rows (s,), with the luck of these entities (s,), adopt a trait each, changing culture (n, features).

    All act at once where ``seen`` is another array than ``culture``, one after the other where it is the same. Uses
    draws 1 to 3 of each entity.
    """
    features = culture.shape[1]
    for turn in range(rows.size if features else 0):
        i = rows[turn]
        choice, interacts, which, _ = uniform4(key, luck[turn], 1)
        adopt(seen, culture, i, first_tie, partner, choice, interacts, which)
        if noise > 0.0:
            drifts, _ = uniform2(key, luck[turn], 2)
            if drifts < noise:
                feature, trait = uniform2(key, luck[turn], 3)
                culture[i, np.int64(feature * features)] = np.int64(trait * traits)


@inner
def adopt(
    seen: Any, culture: Any, i: Any, first_tie: Any, partner: Any, choice: Any, interacts: Any, which: Any
) -> None:
    """Let organisation i look at a partner and perhaps take over one of its traits.

    Args:
        seen: traits that are looked at (n, features).
        culture: traits that change (n, features).
        i: its row.
        first_tie: half-edges (n + 1,).
        partner: half-edges (2m,).
        choice: uniform number in [0, 1) that chooses the partner.
        interacts: likewise, whether they interact.
        which: likewise, which feature changes.
    """
    ties = first_tie[i + 1] - first_tie[i]
    if ties == 0:
        return
    j = partner[first_tie[i] + np.int64(choice * ties)]
    features = seen.shape[1]
    differing = 0
    for f in range(features):
        differing += seen[i, f] != seen[j, f]
    if differing == 0 or interacts * features >= features - differing:
        return
    left = np.int64(which * differing)
    for f in range(features):
        if seen[i, f] != seen[j, f]:
            if left == 0:
                culture[i, f] = seen[j, f]
                return
            left -= 1
