"""Best response: organisations contribute as much as pays by their own measure, and as they trust the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ecosim.dynamics.binding import first_of
from ecosim.dynamics.knowing import knowing
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.production.sharing import Sharing
from ecosim.dynamics.worked_out import WorkedOut, numbers
from ecosim.kernels import inner, kernel
from ecosim.rng import Key
from ecosim.world.lookup import find_half_edge, mean_of
from ecosim.world.world import World


class BestResponse(Mechanism):
    r"""Damped myopic best response to last tick's return on effort.

    Effort e costs :math:`\tfrac{1}{2} \kappa c_i e_i`, with contribution c: more for the last bit than for the first. κ
    is the ``cost`` of the scheduled ``sharing``, which charges it. What it uses up are means, and they count in full by
    whatever motive. So an organisation that expects a return :math:`b_i` on :math:`\sqrt{K_i}` of effort and would forgo
    :math:`f_i` of income by contributing everything wants

    .. math:: c_i^* = \frac{b_i - m_i^{fin} f_i}{\kappa \sqrt{K_i}} (1 - \omega + \omega \bar T_i),
              \qquad b_i = \sqrt{K_i}\, \frac{V_i}{e_i}

    where :math:`K_i` is its capital, :math:`m_i^{fin}` the weight of its financial motive, :math:`V_i` what its effort
    :math:`e_i` of last tick achieved by its own motive (``achieved``), and :math:`\bar T_i` its mean trust in the
    members of its coalitions: in those it is not tied to, the society's mean; alone it needs nobody's trust. It moves
    ``damping`` of the way, and never below ``least``, so that it always learns what effort brings. Nobody's choice
    depends on another's in the same tick: all act at once, and one after the other would come to the same.

    A full contribution makes :math:`\sqrt{K_i}` of effort only where :math:`\varphi_i = (1 - v_i)(\tfrac{1}{2} + p_i)`
    is 1, with the share v of effort that goes to relationships and performance p; in general it makes :math:`\varphi_i`
    times that. Return and cost carry the factor alike, so it cancels; forgone income does not carry it. So :math:`c_i^*`
    is what pays best where :math:`\varphi_i = 1` or nothing is forgone; otherwise what pays best lies higher by
    :math:`\frac{m_i^{fin} f_i}{\kappa \sqrt{K_i}} (1 - 1 / \varphi_i)` (before trust), which is lower where
    :math:`\varphi_i < 1`. How much that is: docs/proposals/2026-11-what-effort-costs.md.

    Concepts:
        Adaptation: Contribution moves towards what pays best at present.
        Objectives: Gain by one's own motive per unit of cost, discounted by trust in the partners.
        Prediction: Next tick is expected to bring what effort brought last.

    References:
        Fudenberg & Levine (1998), The Theory of Learning in Games, sec. 1.4 and 2.8 (best-response dynamic).
    """

    trust_weight: float = Field(0.8, ge=0, le=1, description="ω, how much contributing in company depends on trust")
    damping: float = Field(0.15, ge=0, le=1, description="share of the way to the best response moved each tick")
    least: float = Field(0.02, ge=0, le=1, description="least contribution")

    _sharing: ClassVar[Sharing] = Sharing()

    reads: ClassVar[tuple[str, ...]] = ("capital", "effort", "achieved", "forgone", "motive", "trust")
    writes: ClassVar[tuple[str, ...]] = ("contribution",)

    def bind(self, schedule: Mapping[str, Mechanism]) -> Self:
        """Return this rule, told of the scheduled sharing, whose cost of effort it weighs."""
        return knowing(self, _sharing=first_of(Sharing, schedule, self._sharing))

    def step(self, world: World, key: Key) -> None:
        """Move every contribution ``damping`` of the way to its best response c*_i, and never below ``least``."""
        respond(
            world.contribution, world.capital, world.effort, world.achieved, world.forgone, world.motive, world.trust,
            world.first_tie, world.partner, world.tie, world.member, world.first_member, self._rates,
        )  # fmt: skip

    @WorkedOut
    def _rates(self) -> NDArray[np.float64]:
        return numbers(self._sharing.cost, self.trust_weight, self.damping, self.least)


@kernel
def respond(
    contribution: Any, capital: Any, effort: Any, achieved: Any, forgone: Any, motive: Any, trust: Any, first_tie: Any,
    partner: Any, tie: Any, member: Any, first_member: Any, rates: Any,
) -> None:  # fmt: skip
    """Write next tick's contributions in place: nobody's depends on another's of this tick."""
    cost, trust_weight, damping, least = rates[0], rates[1], rates[2], rates[3]
    trusted, others = trust_in_company(trust, (first_tie, partner, tie), (member, first_member), contribution.size)
    net = np.empty(contribution.size)
    for i in range(contribution.size):
        net[i] = motive[i, 0] * forgone[i]
    for i in range(contribution.size):  # loops without look-ups and branches: several are divided at a time
        net[i] = achieved[i] / effort[i] - net[i] / np.sqrt(capital[i])
    for i in range(contribution.size):
        trusting = 1.0 - trust_weight + trust_weight * trusted[i] / max(1.0, others[i])
        net[i] = (trusting if others[i] > 0.0 else 1.0) * net[i] / cost
    for i in range(contribution.size):
        target = min(1.0, max(least, net[i]))
        moved = contribution[i] + damping * (target - contribution[i])
        contribution[i] = moved if effort[i] > 0.0 else max(contribution[i], least)


@inner
def trust_in_company(trust: Any, graph: Any, groups: Any, n: Any) -> Any:
    """Return the sum of each one's trust in the other members of its coalitions (n,), and how many these are (n,).

    In those it is not tied to, the society's mean. Each pair is looked up once, for both.
    """
    first_tie, partner, tie = graph
    member, first_member = groups
    society = mean_of(trust, 0.5)
    trusted, others = np.zeros(n), np.zeros(n)
    for c in range(first_member.size - 1):
        for a in range(first_member[c], first_member[c + 1]):
            i = member[a]
            others[i] += first_member[c + 1] - first_member[c] - 1
            for b in range(a + 1, first_member[c + 1]):
                j = member[b]  # members are sorted by row: i is side 0
                edge = find_half_edge(first_tie, partner, i, j)
                trusted[i] += trust[tie[edge], 0] if edge >= 0 else society
                trusted[j] += trust[tie[edge], 1] if edge >= 0 else society
    return trusted, others
