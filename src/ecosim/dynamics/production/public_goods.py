"""Public goods: what members put in is multiplied and shared equally, whoever put it in."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.kernels import kernel
from ecosim.rng import Key
from ecosim.world.world import World


class PublicGoods(Mechanism):
    r"""Linear public goods games in overlapping groups.

    In a group g of :math:`n_g` members, whoever contributes :math:`x_i` pays :math:`a_i`; the sum is multiplied by r
    and shared equally. An organisation's payoff is what all its groups give it, less what it pays in them:

    .. math:: \pi_i = \sum_{g \ni i} \left( \frac{r}{n_g} \sum_{j \in g} a_j - a_i \right), \qquad
              a_i = c\,x_i \;\text{(cost per game)} \quad\text{or}\quad
              a_i = \frac{c\,x_i}{G_i} \;\text{(cost per individual)}

    with :math:`G_i` the number of its groups. ``groups: network``: every organisation centres one group of itself and
    its partners, so :math:`G_i` is its degree plus 1, and one without ties plays alone. ``groups: coalitions``: the
    groups are the coalitions; whoever is in none receives nothing and pays nothing.

    Summed over everyone, payoff is (r − 1) times what all paid. In a group of :math:`n_g > r` it pays each member to
    put in nothing, although all would gain if all did: the dilemma.

    References:
        Santos, Santos & Pacheco (2008), Nature 454, 213 (the two costs, and groups on networks; known from programs and
        papers that follow it, unchecked at the source).
    """

    multiplication: float = Field(3.0, ge=0, le=1000, description="r, what one unit put in is worth to the whole group")
    cost: float = Field(1.0, ge=0, le=1000, description="c, cost of contributing fully, output")
    cost_per: Literal["game", "individual"] = Field(
        "game", description="pay c in each of one's groups, or c in all of them together"
    )
    groups: Literal["network", "coalitions"] = Field(
        "network", description="groups centred on every organisation, or coalitions"
    )

    reads: ClassVar[tuple[str, ...]] = ("contribution",)
    writes: ClassVar[tuple[str, ...]] = ("payoff",)

    def step(self, world: World, key: Key) -> None:
        paid = world.contribution if self.cost == 1.0 else self.cost * world.contribution
        if self.cost_per == "individual":
            on_network = self.groups == "network"
            groups = np.diff(world.first_tie) + 1 if on_network else np.diff(world.first_membership)
            paid = paid / np.maximum(groups, 1)
        if self.groups == "network":
            pay_neighbourhoods(paid, world.first_tie, world.partner, self.multiplication, world.payoff)
        else:
            pay_coalitions(
                paid, world.member, world.member_coalition, world.first_member, self.multiplication, world.payoff
            )


@kernel
def pay_neighbourhoods(paid: Any, first_tie: Any, partner: Any, multiplication: Any, payoff: Any) -> None:
    """Write payoffs (n,) from what each pays in every group (n,); one group round each organisation."""
    n = paid.size
    share = np.empty(n)
    # Bounds are read once, since a share written might be one of them for all the compiler knows; and an unsigned row
    # needs no look at whether it counts from the end: a third faster together.
    for j in range(n):
        first, last = first_tie[j], first_tie[j + 1]
        total = paid[j]
        for h in range(first, last):
            total += paid[np.uint32(partner[np.uint64(h)])]
        share[j] = multiplication * total / (last - first + 1)
    for i in range(n):
        first, last = first_tie[i], first_tie[i + 1]
        received = share[i]
        for h in range(first, last):
            received += share[np.uint32(partner[np.uint64(h)])]
        payoff[i] = received - paid[i] * (last - first + 1)


@kernel
def pay_coalitions(
    paid: Any, member: Any, member_coalition: Any, first_member: Any, multiplication: Any, payoff: Any
) -> None:
    """Write payoffs (n,) from what each pays in every group (n,); the groups are the coalitions of the table."""
    groups = first_member.size - 1
    share = np.zeros(groups)
    for row in range(member.size):
        share[member_coalition[row]] += paid[member[row]]
    for g in range(groups):
        share[g] *= multiplication / (first_member[g + 1] - first_member[g])
    payoff[:] = 0.0
    for row in range(member.size):
        payoff[member[row]] += share[member_coalition[row]] - paid[member[row]]
