"""Sharing: a coalition splits what it made among its members, and everyone pays for its effort."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

from pydantic import Field

from ecosim.dynamics.coalition.joining import Joining
from ecosim.dynamics.knowing import knowing
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.production.joint_work import JointWork
from ecosim.dynamics.production.scheduled import scheduled_work
from ecosim.dynamics.production.shapley import share_by_shapley
from ecosim.dynamics.production.work import Work
from ecosim.kernels import kernel
from ecosim.rng import Key
from ecosim.world.entrances import straight
from ecosim.world.world import World


class Sharing(Mechanism):
    r"""Grow the pie, then split it: nothing is lost, :math:`\sum_i y_{ic} = Y_c`.

    - ``by: equal`` gives each of the m members :math:`Y / m`.
    - ``by: proportional`` gives :math:`Y e_i / \sum_j e_j`, by the effort each put in (equal where nobody put in any).
    - ``by: shapley`` gives what a member adds to what those before it make, on average over all orders of coming:

      .. math:: y_i = \sum_{S \not\ni i} \frac{|S|!\,(m - 1 - |S|)!}{m!} \left[v(S \cup i) - v(S)\right]

      where v(S) is what the members S would make of the same effort by the equations of the scheduled production, with
      the bonds and gaps among them, and one alone what it makes alone. Up to ``exact_to`` members all subsets are
      weighed, beyond that ``samples`` orders are drawn. A share is negative where a member costs the others more (in
      translation and coordination) than it brings.
    - ``by: need`` gives in proportion to :math:`(1 + \sum_q \sigma_{iq} h_q) / K_i`: of those as troubled, by the
      severity h of what they care about (salience σ), whoever has half the capital K gets twice the share.

    ``payoff`` is what an organisation was paid, for its shares or for its work alone, less the cost of its effort and the
    ``upkeep`` u of its memberships (what a scheduled ``joining`` weighs, in capital),

    .. math:: \pi_i = \sum_c \left(G_{q(c)} y_{ic} - u\right) + G_{q(i)} a_i - \tfrac{1}{2} \kappa c_i e_i

    with the issue's price G, what it makes alone :math:`a_i` on issue q(i), contribution c and effort e. Effort costs more
    for the last bit than for the first; a scheduled ``best_response`` weighs the very cost that is paid here.
    ``achieved`` is what the same work was worth to the organisation by its own motive (w, which ``motivation`` writes),
    before cost: :math:`\max(0, \sum_c w_{iq(c)} y_{ic} + w_{iq(i)} a_i)`.

    So all payoffs together are what all relief is paid, less all costs. Where production does not act every tick,
    they are in between what coalitions that are left and those who worked alone made, which may be less: of what has
    dissolved since nobody is paid.

    Concepts:
        Collectives: What a coalition made is divided among its members by a rule they all know.
        Objectives: Payoff and achievement, by which contributions and memberships are judged, are settled here.

    References:
        Shapley (1953), A value for n-person games, in Contributions to the Theory of Games II, 307.
    """

    by: Literal["equal", "proportional", "shapley", "need"] = Field(
        "proportional", description="how a coalition splits what it made"
    )
    cost: float = Field(
        0.8, gt=0, le=1000, description="κ, marginal cost of full contribution, capital per unit of effort"
    )
    exact_to: int = Field(12, ge=1, le=16, description="shapley: members up to whom all subsets are weighed")
    samples: int = Field(500, ge=1, le=1_000_000, description="shapley: orders that are drawn for larger coalitions")
    production: str = Field(
        "production", description="shapley: name in the schedule of the production whose output is split"
    )

    _work: ClassVar[Work] = JointWork()
    _upkeep: ClassVar[float] = 0.0

    reads: ClassVar[tuple[str, ...]] = (
        "identity", "sector", "capital", "capability", "culture", "stance", "salience", "contribution", "bond",
        "translation", "output", "member_effort", "member_alone", "effort", "alone", "works_on", "price", "worth",
        "severity", "needs", "coalition_issue", "coalition_identity",
    )  # fmt: skip
    writes: ClassVar[tuple[str, ...]] = ("member_share", "payoff", "achieved")

    def bind(self, schedule: Mapping[str, Mechanism]) -> Self:
        """Return this rule, told of the production whose parts it weighs and of the upkeep of memberships."""
        return knowing(
            self,
            _work=scheduled_work(self, schedule) if self.by == "shapley" else self._work,
            _upkeep=sum(other.upkeep for other in schedule.values() if isinstance(other, Joining)),
        )

    def step(self, world: World, key: Key) -> None:
        """Split what each coalition made, and pay everyone for its shares and its own work, less what they cost it."""
        if self.by == "shapley":
            share_by_shapley(
                world.identity, (world.sector, world.culture, world.stance, world.capability),
                (world.first_tie, world.partner, world.tie, world.bond, world.translation),
                (world.member, world.first_member),
                (world.coalition_identity, world.coalition_issue, world.output, world.member_effort, world.member_alone),
                world.needs, world.member_share, self._work.rates(), self._work.weights(),
                (self.exact_to, self.samples), key,
            )  # fmt: skip
        elif self.by == "need":
            share_by_need(
                world.member, world.first_member, world.output, world.capital, world.salience, world.severity,
                world.member_share,
            )  # fmt: skip
        _settle(
            self, world,
            (world.member, world.first_member, world.first_membership),
            (world.coalition_issue, world.output, world.member_effort, world.member_share),
            (world.price, world.worth, world.alone, world.works_on, world.contribution, world.effort),
            world.payoff, world.achieved,
        )  # fmt: skip


@kernel
def share_by_need(
    member: Any, first_member: Any, output: Any, capital: Any, salience: Any, severity: Any, member_share: Any
) -> None:
    """Write each member's part of what its coalition made: the more, the more troubled and the poorer it is."""
    for c in range(first_member.size - 1):
        start, end = first_member[c], first_member[c + 1]
        total = 0.0
        for a in range(start, end):
            need = 1.0
            for q in range(severity.size):
                need += salience[member[a], q] * severity[q]
            member_share[a] = need / max(capital[member[a]], 1e-9)
            total += member_share[a]
        for a in range(start, end):
            member_share[a] *= output[c] / total


@kernel
def settle(
    groups: Any, made: Any, work: Any, payoff: Any, achieved: Any, split: Any, cost: Any, upkeep: Any
) -> None:  # fmt: skip
    """Write members' shares, what each organisation was paid, less what it cost it, and what it was worth to it (n,).

    Args:
        groups: members (M,), first membership of each coalition (c+1,), first of each organisation's (n+1,).
        made: issue and output of coalitions (c,), effort and share of members (M,); the shares are written.
        work: price of each issue, its worth to each organisation, what that made alone and on which issue, contribution
            and effort.
        payoff: what each was paid, less cost (n,), written.
        achieved: what it was worth to each (n,), written.
        split: how output is split, one of ``_SPLITS``; ``_DONE`` where it has been.
        cost: marginal cost of full contribution.
        upkeep: what a membership takes.
    """
    member, first_member, first_membership = groups
    issues, output, member_effort, member_share = made
    price, worth, alone, works_on, contribution, effort = work
    for i in range(effort.size):
        memberships = first_membership[i + 1] - first_membership[i]
        payoff[i] = -0.5 * cost * contribution[i] * effort[i] - upkeep * memberships
        achieved[i] = 0.0
        if works_on[i] >= 0:  # even where it has joined a coalition since
            payoff[i] += price[works_on[i]] * alone[i]
            achieved[i] = worth[i, works_on[i]] * alone[i]
    for c in range(output.size):
        start, end, issue = first_member[c], first_member[c + 1], issues[c]
        total = 0.0
        for row in range(start, end):
            total += member_effort[row]
        for row in range(start, end):
            if split != _DONE:
                by_effort = split == _BY_EFFORT and total > 0.0
                member_share[row] = output[c] * (member_effort[row] / total) if by_effort else output[c] / (end - start)
            payoff[member[row]] += price[issue] * member_share[row]
            achieved[member[row]] += worth[member[row], issue] * member_share[row]
    for i in range(effort.size):
        achieved[i] = max(0.0, achieved[i])


_EQUALLY, _BY_EFFORT, _DONE = 0, 1, 2
_SPLITS = {"equal": _EQUALLY, "proportional": _BY_EFFORT}
"""Rules by which ``settle`` itself splits; the others have been applied before."""

_settle = straight(settle, lambda rule, world: (_SPLITS.get(rule.by, _DONE), rule.cost, rule._upkeep))
