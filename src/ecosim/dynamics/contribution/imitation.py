"""Imitation: organisations copy the contribution of a better-paid partner."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from pydantic import Field

from ecosim.dynamics.contribution.revision import Copying, Looking, Selectivity, choose_models
from ecosim.kernels import kernel
from ecosim.rng import Key
from ecosim.world.lookup import copy_into
from ecosim.world.world import World


class FermiImitation(Copying):
    r"""Payoff-biased imitation along ties, which sometimes errs.

    Each time it acts, a share of organisations looks at one other, drawn uniformly from those who may be copied (its
    ties, or everybody), and adopts that one's contribution with the Fermi probability

    .. math:: p_{ij} = \frac{1}{1 + e^{-\beta (\pi_j - \pi_i)}}

    where :math:`\pi` is payoff and :math:`\beta` is ``selectivity``. Everyone looks at contributions as they stood, so
    nobody acts before another; with the chance ``trembling`` an organisation then draws its contribution afresh. A draw
    picks whom one looks at by place among ties or rows: in another order of rows, the same draw may pick another, each
    still equally likely.

    Concepts:
        Adaptation: Contributions are copied from partners that fared better, with errors.
        Sensing: The payoff and contribution of one partner at a time.
        Stochasticity: Who looks, at whom, and whether it copies is drawn.

    References:
        Szabó & Tőke (1998), Phys. Rev. E 58, 69. Traulsen, Pacheco & Nowak (2007), J. Theor. Biol. 246, 522, Eq. 1
        (both unchecked).
    """

    selectivity: Selectivity = 1.0
    looking: Looking = 0.1

    def step(self, world: World, key: Key) -> None:
        imitate_fermi(world.contribution, world.payoff, self.circle(world), self.looking, self.selectivity, key)
        self.tremble(world, key)


class PayoffProportionalImitation(Copying):
    r"""Imitation of better-paid partners only, the more likely the larger the difference.

    Each time it acts, a share of organisations (everyone, in the papers) looks at one other, j, drawn uniformly from
    those who may be copied (its ties, or everybody). Where j is better paid, j's contribution is adopted with probability

    .. math:: p_{ij} = \min\left(1, \frac{\pi_j - \pi_i}{M_{ij}}\right)

    The papers ask that M be "the maximum possible difference between the payoffs of i and j", which depends on the game
    and on how many games each plays. An imitator does not know the game, so what stands for it is said here:

    - ``range``: the greatest difference between any two payoffs at this moment. The replicator equation, in mean field,
      at its greatest speed; the best-paid of all is surely copied by the worst-paid.
    - ``degree``: :math:`M_{ij} = D\,(1 + \max(k_i, k_j))`, k the number of ties: ``difference`` D is the greatest
      difference one game can make, and each organisation plays one game round itself and one round each partner.
    - ``fixed``: :math:`M = D`.

    With the chance ``trembling`` an organisation then draws its contribution afresh. A draw picks whom one looks at by
    place among ties or rows: in another order of rows, the same draw may pick another, each still equally likely.

    Concepts:
        Adaptation: Contributions are copied from better-paid partners only.
        Sensing: The payoff and contribution of one partner at a time.
        Stochasticity: Who looks, at whom, and whether it copies is drawn.

    References:
        Santos & Pacheco (2005), Phys. Rev. Lett. 95, 098104. Santos, Santos & Pacheco (2008), Nature 454, 213 (both
        unchecked at the source; M as quoted in a program that follows the latter).
    """

    normaliser: Literal["range", "degree", "fixed"] = Field(
        "range", description="what the difference of payoffs is divided by"
    )
    difference: float = Field(
        1.0, gt=0, description="D, output: greatest difference in payoff, of one game (degree) or in all (fixed)"
    )
    looking: Looking = 1.0

    def step(self, world: World, key: Key) -> None:
        scale = 0.0 if self.normaliser == "range" else self.difference
        imitate_proportionally(
            world.contribution, world.payoff, self.circle(world), self.looking, scale, self.normaliser == "degree", key
        )
        self.tremble(world, key)


@kernel
def imitate_fermi(contribution: Any, payoff: Any, circle: Any, looking: Any, selectivity: Any, key: Any) -> None:
    """Put next tick's contributions in the place of these (n,), once all are known."""
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
    contribution: Any, payoff: Any, circle: Any, looking: Any, difference: Any, by_degree: Any, key: Any
) -> None:
    """Put next tick's contributions in the place of these (n,), once all are known.

    A difference of 0 stands for the greatest of any two payoffs.
    """
    _, _, first_tie, _, _, _ = circle
    models, chances = choose_models(circle, looking, key)
    scale = difference if difference > 0.0 else greatest_difference(payoff)
    following = np.empty_like(contribution)
    for i in range(contribution.size):
        j = models[i]
        own, theirs = contribution[i], contribution[j]
        largest = scale
        if by_degree:
            largest *= 1 + max(first_tie[i + 1] - first_tie[i], first_tie[j + 1] - first_tie[j])
        adopts = chances[i] * largest < payoff[j] - payoff[i]
        following[i] = theirs if adopts else own
    copy_into(contribution, following)


@kernel
def greatest_difference(payoff: Any) -> Any:
    """Return the difference of the highest and the lowest payoff (n,); 0 where there is none."""
    if payoff.size == 0:
        return 0.0
    low = high = payoff[0]
    for value in payoff:
        low = value if value < low else low
        high = value if value > high else high
    return high - low
