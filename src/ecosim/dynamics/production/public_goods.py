"""Public goods: what members put in is multiplied and shared equally, whoever put it in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ecosim.dynamics.production.groups import Floats, GroupGame, multiply_in_neighbourhoods
from ecosim.dynamics.production.making import LINEAR
from ecosim.dynamics.production.work import Rates
from ecosim.world.world import World


class PublicGoods(GroupGame):
    r"""Linear public goods games in overlapping groups.

    In a group g of :math:`n_g` members, whoever contributes :math:`x_i` pays :math:`c\,a_i`; the sum is multiplied by r
    and shared equally. An organisation's payoff is what all its groups give it, less what it pays in them:

    .. math:: \pi_i = \sum_{g \ni i} \left( \frac{r}{n_g} \sum_{j \in g} c\,a_j - c\,a_i \right), \qquad
              a_i = x_i \;\text{(cost per game)} \quad\text{or}\quad
              a_i = \frac{x_i}{G_i} \;\text{(cost per individual)}

    with :math:`G_i` the number of its groups. ``groups: network``: every organisation centres one group of itself and
    its partners, so :math:`G_i` is its degree plus 1, and one without ties plays alone. ``groups: coalitions``: the
    groups are the coalitions; whoever is in none receives nothing and pays nothing. ``groups: mixed``: everybody is
    drawn into one group of ``group_size`` each time it acts; where some are left over, others stand in with them and
    are paid for their own game only; where there are fewer, all are one group.

    ``groups: coalitions`` with a scheduled ``sharing``: the good takes the place of joint work. A coalition makes
    :math:`Y_g = r c \sum_{j \in g} e_j / G_j` of its members' efforts (as joint work has them, split over one's
    coalitions), which relieves its issue and is then shared; whoever is in none makes :math:`r c\, e_i` on the issue that
    presses it most. The whole is exactly the sum: coalitions gain nothing here, and cost their upkeep. Sharing charges the
    cost of effort, so c is only a measure of r.

    Summed over everyone, payoff is (r − 1) times what all paid, where the game pays by itself. In a group of
    :math:`n_g > r` it pays each member to put in nothing, although all would gain if all did: the dilemma.

    Concepts:
        Basic principles: What all put in grows and is divided by all, whoever put it in.
        Interaction: Through the groups that each plays in: a neighbourhood, or a group drawn anew.

    References:
        Santos, Santos & Pacheco (2008), Nature 454, 213 (the two costs, and groups on networks: its abstract, and two
        programs that reproduce it; the formula unchecked at the source).
    """

    multiplication: float = Field(3.0, ge=0, le=1000, description="r, what one unit put in is worth to the whole group")

    def play_round_everyone(self, world: World) -> None:
        """Play a game in the neighbourhood of every organisation: the common case, in one kernel."""
        if self.cost_per == "individual":
            super().play_round_everyone(world)
            return
        cost = self.cost
        factor = self.multiplication * cost
        multiply_in_neighbourhoods(world.contribution, world.first_tie, world.partner, factor, cost, world.payoff)

    def rates(self) -> Rates:
        return 1.0, self.multiplication * self.cost, 0.0, -1.0, 0.0, 0.0, LINEAR

    def adding_up(self) -> dict[str, float | None]:
        return {}

    def shares(self, totals: Floats, sizes: NDArray[np.int64]) -> Floats:
        """Return what each member of a group gets (g,): an equal share of the multiplied sum of what was paid."""
        return (self.multiplication * self.cost) * totals / sizes
