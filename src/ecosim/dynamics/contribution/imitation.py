"""Imitation: organisations copy the contribution of a better-paid partner."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.kernels import kernel
from ecosim.rng import Key, uniform4
from ecosim.world.world import World

Within = Literal["anyone", "sector"]


class FermiImitation(Mechanism):
    r"""Payoff-biased imitation along ties, which sometimes errs.

    Each time it acts, a share of organisations looks at one partner, drawn uniformly from its ties (or from those to
    its own sector), and adopts that partner's contribution with the Fermi probability

    .. math:: p_{ij} = \frac{1}{1 + e^{-\beta (\pi_j - \pi_i)}}

    where :math:`\pi` is payoff and :math:`\beta` is ``selectivity``. Everyone looks at contributions as they stood, so
    nobody acts before another. A draw picks a partner by its place among the ties: in another order of rows, the same
    draw may pick another partner, each still equally likely.

    References:
        Szabó & Tőke (1998), Phys. Rev. E 58, 69. Traulsen, Pacheco & Nowak (2007), J. Theor. Biol. 246, 522, Eq. 1
        (both unchecked).
    """

    selectivity: float = Field(
        1.0, gt=0, description="β, per unit of payoff: near 0 a coin toss, large copies only the better paid"
    )
    looking: float = Field(
        0.1, ge=0, le=1, description="share of organisations that look at a partner each time it acts"
    )
    within: Within = Field("anyone", description="look at any partner, or only at those of one's own sector")

    reads: ClassVar[tuple[str, ...]] = ("identity", "sector", "contribution", "payoff")
    writes: ClassVar[tuple[str, ...]] = ("contribution",)

    def step(self, world: World, key: Key) -> None:
        imitate_fermi(
            world.contribution,
            world.payoff,
            world.identity,
            world.sector,
            world.first_tie,
            world.partner,
            self.looking,
            self.within == "sector",
            self.selectivity,
            key,
        )


class PayoffProportionalImitation(Mechanism):
    r"""Imitation of better-paid partners only, the more likely the larger the difference.

    Each time it acts, a share of organisations (everyone, in the papers) looks at one partner j, drawn uniformly from
    its ties (or from those to its own sector). Where j is better paid, j's contribution is adopted with probability

    .. math:: p_{ij} = \min\left(1, \frac{\pi_j - \pi_i}{M_{ij}}\right)

    The papers ask that M be "the maximum possible difference between the payoffs of i and j", which depends on the game
    and on how many games each plays. An imitator does not know the game, so what stands for it is said here:

    - ``range``: the greatest difference between any two payoffs at this moment. The replicator equation, in mean field,
      at its greatest speed; the best-paid of all is surely copied by the worst-paid.
    - ``degree``: :math:`M_{ij} = D\,(1 + \max(k_i, k_j))`, k the number of ties: ``difference`` D is the greatest
      difference one game can make, and each organisation plays one game round itself and one round each partner.
    - ``fixed``: :math:`M = D`.

    A draw picks a partner by its place among the ties: in another order of rows, the same draw may pick another
    partner, each still equally likely.

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
    looking: float = Field(
        1.0, ge=0, le=1, description="share of organisations that look at a partner each time it acts"
    )
    within: Within = Field("anyone", description="look at any partner, or only at those of one's own sector")

    reads: ClassVar[tuple[str, ...]] = ("identity", "sector", "contribution", "payoff")
    writes: ClassVar[tuple[str, ...]] = ("contribution",)

    def step(self, world: World, key: Key) -> None:
        imitate_proportionally(
            world.contribution,
            world.payoff,
            world.identity,
            world.sector,
            world.first_tie,
            world.partner,
            self.looking,
            self.within == "sector",
            0.0 if self.normaliser == "range" else self.difference,
            self.normaliser == "degree",
            key,
        )


@kernel
def imitate_fermi(
    contribution: Any,
    payoff: Any,
    identity: Any,
    sector: Any,
    first_tie: Any,
    partner: Any,
    looking: Any,
    own_sector: Any,
    selectivity: Any,
    key: Any,
) -> None:
    """Put next tick's contributions in the place of these (n,), once all are known."""
    models, chances = choose_models(identity, sector, first_tie, partner, looking, own_sector, key)
    following = np.empty_like(contribution)
    for i in range(contribution.size):
        j = models[i]
        own, theirs = contribution[i], contribution[j]
        following[i] = own
        # The exponential is dear: it is spared where there is nothing to adopt.
        if own != theirs and chances[i] * (1.0 + np.exp(selectivity * (payoff[i] - payoff[j]))) < 1.0:
            following[i] = theirs
    contribution[:] = following


@kernel
def imitate_proportionally(
    contribution: Any,
    payoff: Any,
    identity: Any,
    sector: Any,
    first_tie: Any,
    partner: Any,
    looking: Any,
    own_sector: Any,
    difference: Any,
    by_degree: Any,
    key: Any,
) -> None:
    """Put next tick's contributions in the place of these (n,), once all are known.

    A difference of 0 stands for the greatest of any two payoffs.
    """
    models, chances = choose_models(identity, sector, first_tie, partner, looking, own_sector, key)
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
    contribution[:] = following


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


@kernel
def choose_models(
    identity: Any, sector: Any, first_tie: Any, partner: Any, looking: Any, own_sector: Any, key: Any
) -> Any:
    """Return the row each organisation looks at (n,), its own for nobody, and a uniform number in [0, 1) each (n,).

    A draw picks a place in the list of partners, which is in the order of rows.
    """
    n = identity.size
    models, chances = np.empty(n, np.int32), np.empty(n)
    looks, chooses = np.empty(BLOCK), np.empty(BLOCK)
    for start in range(0, n, BLOCK):
        stop = min(start + BLOCK, n)
        for i in range(start, stop):  # a loop that only draws: the compiler makes several draws at a time
            looks[i - start], chooses[i - start], chances[i], _ = uniform4(key, identity[i], 0)
        for i in range(start, stop):
            models[i] = i
            if looks[i - start] >= looking:
                continue
            ties = first_tie[i + 1] - first_tie[i]
            if not own_sector:
                if ties > 0:
                    models[i] = partner[first_tie[i] + np.int64(chooses[i - start] * ties)]
                continue
            alike = 0
            for h in range(first_tie[i], first_tie[i + 1]):
                alike += sector[partner[h]] == sector[i]
            passed = np.int64(chooses[i - start] * alike)
            for h in range(first_tie[i], first_tie[i + 1]):
                if sector[partner[h]] == sector[i]:
                    if passed == 0:
                        models[i] = partner[h]
                        break
                    passed -= 1
    return models, chances


BLOCK = 256
"""Draws made at a time: few enough to stay in the fastest cache."""
