"""Research: firms that compete in one market choose how much to spend on lowering costs, which their partners share."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.stance.encounters import Activation, turns
from ecosim.kernels import inner, kernel
from ecosim.rng import Key
from ecosim.world.world import World


class Research(Mechanism):
    r"""Best responses in an R&D network with Cournot competition.

    A firm's research :math:`e_i = c\,x_i` (x its contribution, c the ``unit_cost`` without research) lowers its own unit
    cost and that of each partner :math:`N_i` in full, and everybody else's by a share β, ``leak``:

    .. math:: c_i = c - e_i - \sum_{j \in N_i} e_j - \beta \sum_{l \notin N_i} e_l \ge 0

    All sell the same good at the price :math:`a - \sum_j q_j`. The Cournot quantities of the m firms that sell (whose
    cost is below the price) are :math:`q_i = p - c_i` with :math:`p = (a + \sum c_j) / (m + 1)`, and

    .. math:: \pi_i = q_i^2 - \gamma e_i^2

    Each firm foresees that market. With the others' research given, :math:`q_i = q_i^0 + s_i e_i`, where
    :math:`s_i = [m - k_i - \beta (m - 1 - k_i)] / (m + 1)` and :math:`k_i` is its number of partners that sell, so profit
    is greatest at

    .. math:: e_i^* = \frac{s_i q_i^0}{\gamma - s_i^2}

    (at c, all that can be saved, where :math:`\gamma \le s_i^2`). It moves ``damping`` of the way. Where everyone has k
    partners and β = 0, research settles at :math:`e = (a-c)(n-k) / [\gamma (n+1)^2 - (n-k)(k+1)]`: less with each
    further partner, who is a rival too, although costs fall at first.

    Activation: ``simultaneous``, all respond to last tick's research; ``sweep``, each once, one after the other in random
    order; ``random``, as many as there are firms, drawn with replacement. What a firm foresees ignores that costs cannot
    fall below 0.

    Concepts:
        Objectives: Profit in competition with all others.
        Prediction: The best effort is found for the efforts of the others as they stand.
        Interaction: Effort lowers the costs of partners too, and competes with everyone.

    References:
        Goyal & Moraga-González (2001), R&D networks, RAND J. Econ. 32, 686 (the claim checked in its abstract;
        the equilibrium is derived).
    """

    demand: float = Field(2.0, gt=0, le=1e6, description="a, price at which nobody buys")
    unit_cost: float = Field(1.0, gt=0, le=1e6, description="c, cost of a unit without any research")
    dearness: float = Field(1.0, gt=0, le=1e6, description="γ, cost of research per square of the unit cost it saves")
    leak: float = Field(0.0, ge=0, le=1, description="β, share of a firm's research that all other firms share")
    damping: float = Field(0.5, ge=0, le=1, description="share of the way to the best response moved each time")
    activation: Activation = Field("simultaneous", description="who acts when")

    reads: ClassVar[tuple[str, ...]] = ("identity", "contribution")
    writes: ClassVar[tuple[str, ...]] = ("contribution", "payoff")

    def step(self, world: World, key: Key) -> None:
        """Move firms' research ``damping`` of the way to e*_i = s_i q⁰_i / (γ − s_i²), and pay what the market yields."""
        rows, _ = turns(world.identity, self.activation, None, key)
        respond_in_market(
            world.contribution, world.payoff, world.first_tie, world.partner, rows,
            self.activation == "simultaneous", (self.demand, self.unit_cost, self.dearness, self.leak, self.damping),
        )  # fmt: skip


@kernel
def respond_in_market(
    contribution: Any, payoff: Any, first_tie: Any, partner: Any, rows: Any, at_once: Any, rates: Any
) -> None:
    """Let the firms in these rows (s,) respond in turn, and write contributions and profits (n,) in place."""
    demand, unit_cost, dearness, leak, damping = rates
    effort = unit_cost * contribution
    reduction = reductions(effort, first_tie, partner, leak)
    price, sellers = clearing(demand, unit_cost, reduction)
    chosen = effort.copy()
    for i in rows:
        wanted = best_research(i, effort, reduction, price, sellers, first_tie, partner, rates)
        chosen[i] = effort[i] + damping * (wanted - effort[i])
        if not at_once:
            spread(i, chosen[i] - effort[i], reduction, first_tie, partner, leak)
            effort[i] = chosen[i]
            price, sellers = clearing(demand, unit_cost, reduction)
    reduction = reductions(chosen, first_tie, partner, leak)
    price, _ = clearing(demand, unit_cost, reduction)
    for i in range(effort.size):
        quantity = max(0.0, price - max(0.0, unit_cost - reduction[i]))
        payoff[i] = quantity * quantity - dearness * chosen[i] * chosen[i]
        contribution[i] = chosen[i] / unit_cost


@inner
def best_research(
    i: Any, effort: Any, reduction: Any, price: Any, sellers: Any, first_tie: Any, partner: Any, rates: Any
) -> Any:
    """Return the research of most profit to firm i, the others' given, if it sells along with those who do now."""
    _, unit_cost, dearness, leak, _ = rates
    cost = max(0.0, unit_cost - reduction[i])
    quantity, selling = price - cost, sellers
    if quantity <= 0.0:  # were it to sell as well, one more would share the market
        quantity, selling = (price - cost) * (sellers + 1.0) / (sellers + 2.0), sellers + 1.0
    partners = 0
    for h in range(first_tie[i], first_tie[i + 1]):
        j = partner[h]
        partners += price > max(0.0, unit_cost - reduction[j])
    slope = (selling - partners - leak * (selling - 1.0 - partners)) / (selling + 1.0)
    without = quantity - slope * effort[i]
    if dearness <= slope * slope:
        return unit_cost if without + slope * unit_cost > 0.0 else 0.0
    return min(unit_cost, max(0.0, slope * without / (dearness - slope * slope)))


@inner
def reductions(effort: Any, first_tie: Any, partner: Any, leak: Any) -> Any:
    """Return by how much each firm's unit cost is lowered by its own and others' research (n,)."""
    reduction = np.empty(effort.size)
    total = 0.0
    for i in range(effort.size):
        total += effort[i]
    for i in range(effort.size):
        shared = effort[i]
        for h in range(first_tie[i], first_tie[i + 1]):
            shared += effort[partner[h]]
        reduction[i] = leak * total + (1.0 - leak) * shared
    return reduction


@kernel
def spread(i: Any, more: Any, reduction: Any, first_tie: Any, partner: Any, leak: Any) -> None:
    """Lower unit costs, in place, by what firm i has found out besides."""
    if leak > 0.0:
        reduction += leak * more
    reduction[i] += (1.0 - leak) * more
    for h in range(first_tie[i], first_tie[i + 1]):
        reduction[partner[h]] += (1.0 - leak) * more


@inner
def clearing(demand: Any, unit_cost: Any, reduction: Any) -> Any:
    """Return the Cournot price, and how many firms sell: those whose unit cost is below it.

    Everyone is taken to sell at first; whoever's cost is not below the price that this gives goes, until nobody does.
    """
    price, before = np.inf, -1.0
    while True:
        costs, sellers = 0.0, 0.0
        for i in range(reduction.size):
            cost = max(0.0, unit_cost - reduction[i])
            if cost < price:
                costs += cost
                sellers += 1.0
        price = (demand + costs) / (sellers + 1.0)
        if sellers == before:
            return price, sellers
        before = sellers
