"""Sharing: a coalition splits what it made among its members."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.kernels import kernel
from ecosim.rng import Key
from ecosim.world.world import World


class Sharing(Mechanism):
    r"""Grow the pie, then split it: nothing is lost, :math:`\sum_i y_{ic} = Y_c`.

    ``equal`` gives each of the m members :math:`Y / m`; ``proportional`` gives :math:`Y e_i / \sum_j e_j`, by the effort
    each put in (equal where nobody put in any).

    ``payoff`` is what an organisation was paid, for its shares or for its work alone, less the cost of its effort:
    :math:`\pi_i = \sum_c G_{q(c)} y_{ic} + G_{q(i)} a_i - \kappa e_i`, with the issue's price G.
    """

    rule_of_sharing: Literal["equal", "proportional"] = Field(
        "proportional", description="how a coalition splits what it made"
    )
    cost: float = Field(0.4, ge=0, le=1000, description="κ, cost of a unit of effort (capital)")

    reads: ClassVar[tuple[str, ...]] = (
        "output",
        "member_effort",
        "effort",
        "alone",
        "works_on",
        "price",
        "coalition_issue",
    )
    writes: ClassVar[tuple[str, ...]] = ("member_share", "payoff")

    def step(self, world: World, key: Key) -> None:
        share_out(
            world.first_member, world.output, world.member_effort, world.member_share, self.rule_of_sharing == "equal"
        )
        world.payoff = payoffs(
            world.first_membership, world.membership, world.member_coalition, world.coalition_issue, world.member_share,
            world.price, world.alone, world.works_on, world.effort, self.cost,
        )  # fmt: skip


@kernel
def share_out(first_member: Any, output: Any, member_effort: Any, member_share: Any, equally: Any) -> None:
    """Write each member's part of what its coalition made."""
    for c in range(first_member.size - 1):
        start, end = first_member[c], first_member[c + 1]
        total = 0.0
        for a in range(start, end):
            total += member_effort[a]
        for a in range(start, end):
            if equally or total <= 0.0:
                member_share[a] = output[c] / (end - start)
            else:
                member_share[a] = output[c] * (member_effort[a] / total)


@kernel
def payoffs(
    first_membership: Any, membership: Any, member_coalition: Any, coalition_issue: Any, member_share: Any, price: Any,
    alone: Any, works_on: Any, effort: Any, cost: Any,
) -> Any:  # fmt: skip
    """Return what each organisation was paid this tick, less the cost of its effort (n,)."""
    payoff = np.empty(effort.size)
    for i in range(effort.size):
        start, end = first_membership[i], first_membership[i + 1]
        received = price[works_on[i]] * alone[i] if start == end and works_on[i] >= 0 else 0.0
        for h in range(start, end):
            row = membership[h]
            received += price[coalition_issue[member_coalition[row]]] * member_share[row]
        payoff[i] = received - cost * effort[i]
    return payoff
