"""Imitation: organisations copy the contribution of a better-paid partner."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from pydantic import Field

from ecosim.dynamics.contribution.in_turn import imitate_in_turn
from ecosim.dynamics.contribution.revision import Copying, Looking, Selectivity, choose_models, greatest_difference
from ecosim.dynamics.stance.encounters import Activation, Steps, turns
from ecosim.dynamics.worked_out import WorkedOut
from ecosim.kernels import kernel
from ecosim.rng import Key
from ecosim.world.lookup import copy_into
from ecosim.world.world import World


class Imitation(Copying):
    """A rule by which organisations look at one other, and may take over what that one contributes."""

    activation: Activation = Field("simultaneous", description="who looks when")
    steps: Steps = Field(
        None, description="looks in a tick under random activation; one for each organisation if not given"
    )

    def in_turn(
        self, world: World, looking: float, selectivity: float, scale: float, by_degree: bool, key: Key
    ) -> None:
        """Let one organisation look after the other, as ``imitate_in_turn`` says."""
        rows, luck = turns(world.identity, self.activation, self.steps, key)
        circle, earned = self.circle(world), world.payoff.copy()
        imitate_in_turn(world.contribution, earned, rows, luck, circle, (looking, selectivity, scale, by_degree), key)


class FermiImitation(Imitation):
    r"""Payoff-biased imitation along ties, which sometimes errs.

    Each time it acts, a share of organisations looks at one other, drawn uniformly from those who may be copied (its
    ties, or everybody), and adopts that one's contribution with the Fermi probability

    .. math:: p_{ij} = \frac{1}{1 + e^{-\beta (\pi_j - \pi_i)}}

    where :math:`\pi` is payoff and :math:`\beta` is ``selectivity``. With the chance ``trembling`` an organisation then
    draws its contribution afresh. A draw picks whom one looks at by place among ties or rows: in another order of rows,
    the same draw may pick another, each still equally likely.

    Activation: ``simultaneous``, everyone looks at contributions as they stood, so nobody acts before another;
    ``sweep``, each once, one after the other in random order; ``random``, ``steps`` times somebody drawn with
    replacement, of whom the share ``looking`` looks. In turn, a contribution that was taken over is seen with the payoff
    that it earned where it was played, as in a Moran process.

    Concepts:
        Adaptation: Contributions are copied from partners that fared better, with errors.
        Sensing: The payoff and contribution of one partner at a time.
        Stochasticity: Who looks, at whom, and whether it copies is drawn.

    References:
        Szabó & Tőke (1998), Phys. Rev. E 58, 69. Traulsen, Pacheco & Nowak (2007), J. Theor. Biol. 246, 522, Eq. 1
        (the number of the equation unchecked).
    """

    selectivity: Selectivity = 1.0
    looking: Looking = 0.1

    def step(self, world: World, key: Key) -> None:
        """Let a share look at one other and copy it with probability 1 / (1 + exp(−β (π_j − π_i)))."""
        at_once, everyone, own_sector, looking, selectivity = self._ready
        if at_once:
            imitate_fermi(
                world.contribution, world.payoff, world.identity, world.sector, world.first_tie, world.partner, everyone,
                own_sector, looking, selectivity, key,
            )  # fmt: skip
        else:
            self.in_turn(world, looking, selectivity, 1.0, False, key)
        if self.trembling > 0.0:
            self.tremble(world, key)

    @WorkedOut
    def _ready(self) -> tuple[bool, bool, bool, float, float]:
        """What is read each time it acts: whether all do at once, who may copy whom, and numbers for the kernel."""
        return (
            self.activation == "simultaneous", self.among == "everyone", self.within == "sector", self.looking,
            self.selectivity,
        )  # fmt: skip


class PayoffProportionalImitation(Imitation):
    r"""Imitation of better-paid partners only, the more likely the larger the difference.

    Each time it acts, a share of organisations (everyone, in the papers) looks at one other, j, drawn uniformly from
    those who may be copied (its ties, or everybody). Where j is better paid, j's contribution is adopted with probability

    .. math:: p_{ij} = \min\left(1, \frac{\pi_j - \pi_i}{M_{ij}}\right)

    with payoff π. The papers ask that M be "the maximum possible difference between the payoffs of i and j", which
    depends on the game and on how many games each plays. An imitator does not know the game, so what stands for it is
    said here:

    - ``range``: the greatest difference between any two payoffs at this moment. The replicator equation, in mean field,
      at its greatest speed; the best-paid of all is surely copied by the worst-paid.
    - ``degree``: :math:`M_{ij} = D\,(1 + \max(k_i, k_j))`, k the number of ties: ``difference`` D is the greatest
      difference one game can make, and each organisation plays one game round itself and one round each partner.
    - ``fixed``: :math:`M = D`.

    With the chance ``trembling`` an organisation then draws its contribution afresh. A draw picks whom one looks at by
    place among ties or rows: in another order of rows, the same draw may pick another, each still equally likely.

    Activation: as in ``fermi_imitation``; the papers let all act at once.

    Concepts:
        Adaptation: Contributions are copied from better-paid partners only.
        Sensing: The payoff and contribution of one partner at a time.
        Stochasticity: Who looks, at whom, and whether it copies is drawn.

    References:
        Santos & Pacheco (2005), Phys. Rev. Lett. 95, 098104. Santos, Santos & Pacheco (2008), Nature 454, 213 (its
        rule, and M, as two programs that reproduce the latter have them; unchecked at the source).
    """

    normaliser: Literal["range", "degree", "fixed"] = Field(
        "range", description="what the difference of payoffs is divided by"
    )
    difference: float = Field(
        1.0, gt=0, description="D, output: greatest difference in payoff, of one game (degree) or in all (fixed)"
    )
    looking: Looking = 1.0

    def step(self, world: World, key: Key) -> None:
        """Let a share look at one other and copy it in proportion to how much better paid it is."""
        normaliser = self.normaliser
        scale, by_degree = 0.0 if normaliser == "range" else self.difference, normaliser == "degree"
        if self.activation == "simultaneous":
            identity, sector, first_tie, partner, everyone, own_sector = self.circle(world)
            imitate_proportionally(
                world.contribution, world.payoff, identity, sector, first_tie, partner, everyone, own_sector,
                self.looking, scale, by_degree, key,
            )  # fmt: skip
        else:
            self.in_turn(world, self.looking, 0.0, scale or greatest_difference(world.payoff), by_degree, key)
        if self.trembling > 0.0:
            self.tremble(world, key)


@kernel
def imitate_fermi(
    contribution: Any, payoff: Any, identity: Any, sector: Any, first_tie: Any, partner: Any, everyone: Any,
    own_sector: Any, looking: Any, selectivity: Any, key: Any,
) -> None:  # fmt: skip
    """Put next tick's contributions in the place of these (n,), once all are known; who may copy whom as in ``circle``."""
    circle = (identity, sector, first_tie, partner, everyone, own_sector)
    models, chances = choose_models(circle, looking, key)
    following = np.empty_like(contribution)
    for i in range(contribution.size):
        j = models[i]
        own, theirs = contribution[i], contribution[j]
        following[i] = own
        # The exponential is dear: it is spared where there is nothing to adopt.
        if own != theirs and chances[i] * (1.0 + np.exp(selectivity * (payoff[i] - payoff[j]))) < 1.0:
            following[i] = theirs
    copy_into(contribution, following)


@kernel
def imitate_proportionally(
    contribution: Any, payoff: Any, identity: Any, sector: Any, first_tie: Any, partner: Any, everyone: Any,
    own_sector: Any, looking: Any, difference: Any, by_degree: Any, key: Any,
) -> None:  # fmt: skip
    """Put next tick's contributions in the place of these (n,), once all are known; who may copy whom as in ``circle``.

    A difference of 0 stands for the greatest of any two payoffs.
    """
    circle = (identity, sector, first_tie, partner, everyone, own_sector)
    models, chances = choose_models(circle, looking, key)
    scale = difference if difference > 0.0 else greatest_difference(payoff)
    following = np.empty_like(contribution)
    for i in range(contribution.size):
        j = np.uint32(models[i])
        largest = scale
        if by_degree:
            largest *= 1 + max(first_tie[i + 1] - first_tie[i], first_tie[j + np.uint32(1)] - first_tie[j])
        # Whom it follows is chosen, not what that one gives: a choice of rows needs no branch, which nobody could foresee.
        model = j if chances[i] * largest < payoff[j] - payoff[i] else np.uint32(i)
        following[i] = contribution[model]
    copy_into(contribution, following)
