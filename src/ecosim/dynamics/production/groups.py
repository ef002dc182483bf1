"""Groups: who plays a public goods game with whom, and what each puts in and gets out, the same for every kind of good."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ecosim.dynamics.gap import Gap
from ecosim.dynamics.knowing import knowing
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.production.joint_work import JointWork, let_work
from ecosim.dynamics.production.work import Work
from ecosim.kernels import kernel
from ecosim.rng import Key, uniforms
from ecosim.world.world import World

Floats = NDArray[np.float64]


class GroupGame(Work):
    r"""A public goods game in groups; what a group's members get for what they put in is for the subclass to say.

    Organisation i puts :math:`a_i` into each of its groups g; with :math:`X_g = \sum_{j \in g} a_j` each of the
    :math:`n_g` members gets :math:`s(X_g, n_g)`, and i's payoff is

    .. math:: \pi_i = \sum_{g \ni i} \left( s(X_g, n_g) - c\,a_i \right), \qquad
              a_i = x_i \;\text{(cost per game)} \quad\text{or}\quad
              a_i = \frac{x_i}{G_i} \;\text{(cost per individual)}

    with contribution :math:`x_i` and :math:`G_i` the number of its groups.

    Where ``groups`` is ``coalitions`` and a scheduled rule shares out what coalitions make (``sharing``), it takes the
    place of joint work: what goes in is effort, as with joint work split over one's coalitions,
    :math:`a_i = e_i / G_i` with :math:`e_i = (1 - v_i)\, x_i \sqrt{K_i} (\tfrac{1}{2} + P_i)`, a coalition's output is
    what all its members would get, :math:`Y_g = n_g\, s(X_g, n_g)`, and whoever is in none makes what a group of one
    makes, on the issue that presses it most. Payoff and cost are then the sharing's.
    """

    cost: float = Field(
        1.0,
        ge=0,
        le=1000,
        description="c, cost of contributing fully, output; with sharing, only the measure of r or F",
    )
    cost_per: Literal["game", "individual"] = Field(
        "game",
        description="contribute, and pay, in full in each of one's groups, or in all of them together; with sharing, "
        "always the latter",
    )
    groups: Literal["network", "coalitions", "mixed"] = Field(
        "network",
        description="groups centred on every organisation, coalitions, or groups drawn from everyone each time it acts",
    )
    group_size: int = Field(5, ge=1, le=1_000_000, description="N, members of a group that is drawn (mixed)")
    pressing_at: float = Field(
        1.0, gt=0, le=1000, description="with sharing: urgency that is half pressing to whoever works alone (severity)"
    )
    gap: Gap = Field(Gap(), description="with sharing: weights of the translation gap, which takes nothing from a good")

    _is_shared: ClassVar[bool] = False

    reads: ClassVar[tuple[str, ...]] = ("identity", "contribution")
    writes: ClassVar[tuple[str, ...]] = ("payoff",)

    def bind(self, schedule: Mapping[str, Mechanism]) -> Self:
        """Return this game; where it makes what coalitions share out, with what joint work reads and writes."""
        bound = super().bind(schedule)
        if not makes_output(self, schedule):
            return bound
        return knowing(bound, _is_shared=True, reads=JointWork.reads, writes=JointWork.writes)

    def step(self, world: World, key: Key) -> None:
        """Play the game once, with neighbours, in coalitions or in groups drawn anew, and write everyone's payoff."""
        if self._is_shared:
            let_work(self, world)
        elif self.groups == "network":
            self.play_round_everyone(world)
        elif self.groups == "coalitions":
            amount = self._amount(world.contribution, np.diff(world.first_membership))
            totals = coalition_sums(amount, world.member, world.first_member)
            shares = self.shares(totals, np.diff(world.first_member))
            pay_coalitions(amount, shares, world.member, world.member_coalition, self.cost, world.payoff)
        elif world.n:
            size = min(self.group_size, world.n)
            order = np.argsort(uniforms(key, world.identity), kind="stable")
            totals = drawn_sums(world.contribution, order, size)
            shares = self.shares(totals, np.full(totals.size, size))
            pay_drawn(world.contribution, shares, order, size, self.cost, world.payoff)

    def play_round_everyone(self, world: World) -> None:
        """Play a game in the neighbourhood of every organisation."""
        sizes = np.diff(world.first_tie) + 1
        amount = self._amount(world.contribution, sizes)
        shares = self.shares(neighbourhood_sums(amount, world.first_tie, world.partner), sizes)
        pay_neighbourhoods(amount, shares, world.first_tie, world.partner, self.cost, world.payoff)

    def shares(self, totals: Floats, sizes: NDArray[np.int64]) -> Floats:
        """Return what each member of a group gets (g,).

        Args:
            totals: what the members put in together (g,).
            sizes: members of each group (g,), at least 1.
        """
        raise NotImplementedError

    def weights(self) -> tuple[float, float, float]:
        return self.gap.weights()

    def half(self) -> float:
        return self.pressing_at

    def _amount(self, contribution: Floats, groups: NDArray[np.int64]) -> Floats:
        return contribution if self.cost_per == "game" else contribution / np.maximum(groups, 1)


def makes_output(game: GroupGame, schedule: Mapping[str, Mechanism]) -> bool:
    """Return whether a game makes the output of coalitions: somebody shares it out, and no other rule makes it already."""
    return (
        game.groups == "coalitions"
        and any("member_share" in each.writes for each in schedule.values())
        and not any("output" in each.writes for each in schedule.values())
    )


@kernel
def neighbourhood_sums(amount: Any, first_tie: Any, partner: Any) -> Any:
    """Return what the organisations of each neighbourhood put in together (n,)."""
    totals = np.empty(amount.size)
    # An unsigned row needs no look at whether it counts from the end.
    for j in range(amount.size):
        total = amount[j]
        for h in range(first_tie[j], first_tie[j + 1]):
            total += amount[np.uint32(partner[np.uint64(h)])]
        totals[j] = total
    return totals


@kernel
def pay_neighbourhoods(amount: Any, shares: Any, first_tie: Any, partner: Any, cost: Any, payoff: Any) -> None:
    """Write payoffs (n,): the share of one's own group and of those round one's partners, less what one pays in each."""
    for i in range(amount.size):
        # Bounds are read once, since a payoff written might be one of them for all the compiler knows.
        first, last = first_tie[i], first_tie[i + 1]
        received = shares[i]
        for h in range(first, last):
            received += shares[np.uint32(partner[np.uint64(h)])]
        payoff[i] = received - cost * amount[i] * (last - first + 1)


@kernel
def multiply_in_neighbourhoods(
    contribution: Any, first_tie: Any, partner: Any, factor: Any, cost: Any, payoff: Any
) -> None:
    """Write payoffs (n,) of linear games that each pays into in full, ``factor`` being what a unit brings to a group."""
    shares = neighbourhood_sums(contribution, first_tie, partner)
    for j in range(shares.size):
        shares[j] = factor * shares[j] / (first_tie[j + 1] - first_tie[j] + 1)
    pay_neighbourhoods(contribution, shares, first_tie, partner, cost, payoff)


@kernel
def coalition_sums(amount: Any, member: Any, first_member: Any) -> Any:
    """Return what the members of each coalition put in together (c,)."""
    totals = np.zeros(first_member.size - 1)
    for c in range(totals.size):
        for row in range(first_member[c], first_member[c + 1]):
            totals[c] += amount[member[row]]
    return totals


@kernel
def pay_coalitions(amount: Any, shares: Any, member: Any, member_coalition: Any, cost: Any, payoff: Any) -> None:
    """Write payoffs (n,); whoever is in no coalition neither gets nor pays."""
    payoff[:] = 0.0
    for row in range(member.size):
        i = member[row]
        payoff[i] += shares[member_coalition[row]] - cost * amount[i]


@kernel
def drawn_sums(amount: Any, order: Any, size: Any) -> Any:
    """Return what the members of each drawn group put in together: every ``size`` places of the order are a group.

    The last group is filled up with the first in the order, who only stand in there.
    """
    n = order.size
    totals = np.zeros((n + size - 1) // size)
    for place in range(totals.size * size):
        totals[place // size] += amount[order[place if place < n else place - n]]
    return totals


@kernel
def pay_drawn(amount: Any, shares: Any, order: Any, size: Any, cost: Any, payoff: Any) -> None:
    """Write payoffs (n,) of one game each, in the group that one was drawn into."""
    for place in range(order.size):
        i = order[place]
        payoff[i] = shares[place // size] - cost * amount[i]
