"""Sharing: a coalition splits what it made among its members."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

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
    ``achieved`` is what the same was worth to it by its own motive, :math:`\sum_c w_{iq(c)} y_{ic} + w_{iq(i)} a_i`.
    """

    rule_of_sharing: Literal["equal", "proportional"] = Field(
        "proportional", description="how a coalition splits what it made"
    )
    cost: float = Field(
        0.4,
        ge=0,
        le=1000,
        description="κ, what a unit of effort costs in capital; how hard it feels is another matter (best_response.cost)",
    )

    reads: ClassVar[tuple[str, ...]] = (
        "output",
        "member_effort",
        "effort",
        "alone",
        "works_on",
        "price",
        "worth",
        "coalition_issue",
    )
    writes: ClassVar[tuple[str, ...]] = ("member_share", "payoff", "achieved")

    def step(self, world: World, key: Key) -> None:
        share_out(
            world.first_member, world.output, world.member_effort, world.member_share, self.rule_of_sharing == "equal"
        )
        settle(
            world.first_membership, world.membership, world.member_coalition, world.coalition_issue, world.member_share,
            world.price, world.worth, world.alone, world.works_on, world.effort, self.cost, world.payoff, world.achieved,
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
def settle(
    first_membership: Any, membership: Any, member_coalition: Any, coalition_issue: Any, member_share: Any, price: Any,
    worth: Any, alone: Any, works_on: Any, effort: Any, cost: Any, payoff: Any, achieved: Any,
) -> None:  # fmt: skip
    """Write what each organisation was paid this tick, less the cost of its effort, and what it was worth to it (n,)."""
    for i in range(effort.size):
        start, end = first_membership[i], first_membership[i + 1]
        payoff[i] = -cost * effort[i]
        achieved[i] = 0.0
        if start == end and works_on[i] >= 0:
            payoff[i] += price[works_on[i]] * alone[i]
            achieved[i] = worth[i, works_on[i]] * alone[i]
        for h in range(start, end):
            row = membership[h]
            issue = coalition_issue[member_coalition[row]]
            payoff[i] += price[issue] * member_share[row]
            achieved[i] += worth[i, issue] * member_share[row]
