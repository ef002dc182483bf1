"""Ledger: what the tick brought each organisation, in five components, and its success by its own motive."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ecosim.dynamics.conduct import Witness, conduct_of
from ecosim.dynamics.gap import pressing
from ecosim.dynamics.knowing import are_named, knowing
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.worked_out import ForSectors, WorkedOut, numbers
from ecosim.kernels import kernel
from ecosim.rng import Key
from ecosim.world.labels import Labels
from ecosim.world.lookup import mean_of
from ecosim.world.who import unknown
from ecosim.world.world import World


class Ledger(Mechanism):
    r"""Everyone's books are closed: five components, weighed by one's own motive.

    ==============  ===============================================================================================
    financial       income + payoff (its share of the pie, less the cost of its effort) + ``spill_value`` × spillover
    public value    Σ_q σ_iq (1 − 2 h_q / H): the state of what it cares about, from 1 (solved) to −1 (at its worst)
    mission         Σ over its coalitions of Q σ_iq p(u_q) × its share: need that it met itself
    relational      Σ of its bonds / ``full_circle``
    legitimacy      2 × reputation − 1; where citizens choose, 2 × their support − 1
    ==============  ===============================================================================================

    .. math:: \text{success}_i = \sum_k m_{ik} L_{ik}

    with motive m and the components L, and of issue q the severity h, the urgency u, the salience σ to the organisation and
    :math:`p(u) = u^2 / (u^2 + h_0^2)`; there are Q issues.

    Capital takes in a part of what is left after its upkeep, ``spending`` per unit of it,
    :math:`K_i \leftarrow \max(K_{min}, K_i + s\,(L_i^{fin} - z K_i))`, and so settles where the two meet. The component
    itself is not net of upkeep: the net flow tends to zero for everyone, rich or poor. Attention is scarce, so
    reputation moves towards conduct compared with that of others, :math:`c_i / (c_i + \bar c)`: one organisation's gain
    is the others' loss. For whoever is answerable for outcomes (``answerable`` sectors) half of it is how far issues are
    from their worst. Where media tell of conduct, reputation follows what they show, and not this.

    Concepts:
        Objectives: Success, by five components weighed by each one's motive, is kept here; other rules and the reader
            judge by it.
        Sensing: Reputation follows conduct as compared with others', where no media stand between.
        Observation: The success of each sector beside that of all is read from these books.
    """

    spill_value: float = Field(
        0.3, ge=0, le=100, description="worth of a unit of benefit that reached it through others (capital)"
    )
    spending: float = Field(
        0.7, ge=0, le=1000, description="z, what a unit of capital costs to keep up (capital per tick)"
    )
    thrift: float = Field(
        0.05, ge=0, le=1, description="s, share of what is left after upkeep that changes capital each tick"
    )
    least_capital: float = Field(0.05, gt=0, le=1000, description="K_min, capital below which no organisation falls")
    worst: float = Field(
        10.0, gt=0, le=1_000_000, description="H, severity at its worst; beyond it nothing counts as worse"
    )
    pressing_at: float = Field(1.0, gt=0, le=1000, description="h₀, urgency that is half pressing (severity)")
    full_circle: float = Field(
        6.0, gt=0, le=1_000_000, description="sum of bonds that counts as 1 in the relational component"
    )
    memory: float = Field(20.0, ge=1, le=10_000, description="ticks over which reputation follows conduct")
    answerable: tuple[str, ...] = Field(("government",), description="sectors whose reputation is half outcomes")

    _citizens_judge: ClassVar[bool] = False
    _media_tell: ClassVar[bool] = False

    reads: ClassVar[tuple[str, ...]] = (
        "sector", "capital", "income", "payoff", "spillover", "salience", "severity", "urgency", "bond", "motive",
        "contribution", "member_share", "coalition_issue", "reputation",
    )  # fmt: skip
    writes: ClassVar[tuple[str, ...]] = ("ledger", "success", "capital", "reputation")

    def faults(self, labels: Labels) -> list[str]:
        """Return which of the ``answerable`` sectors this world does not have."""
        return [] if self.is_default("answerable") else unknown("answerable", self.answerable, labels.sectors)

    def bind(self, schedule: Mapping[str, Mechanism]) -> Self:
        """Return this ledger, told whether citizens judge legitimacy and whether media tell of conduct."""
        return knowing(
            self,
            _citizens_judge=any("support" in each.writes for each in schedule.values()),
            _media_tell=any(isinstance(each, Witness) for each in schedule.values()),
        )

    @WorkedOut
    def _are_answerable(self) -> ForSectors[NDArray[np.bool_]]:
        return ForSectors(partial(are_named, self.answerable))

    @WorkedOut
    def _rates(self) -> NDArray[np.float64]:
        fresh = 0.0 if self._media_tell else 1.0 / self.memory
        return numbers(
            self.spill_value, self.spending, self.thrift, self.least_capital, self.worst, self.pressing_at,
            self.full_circle, fresh,
        )  # fmt: skip

    def step(self, world: World, key: Key) -> None:
        """Write the five components, success Σ_k m_ik L_ik, capital after its upkeep, and reputation."""
        labels = world.labels
        regard = world.support if self._citizens_judge and labels.citizens else world.reputation
        answerable = self._are_answerable(labels.sectors)
        close_books(
            world.sector, answerable, world.capital, world.income, world.payoff, world.spillover, world.salience,
            world.severity, world.urgency, world.bond, world.motive, world.contribution, world.reputation, regard,
            world.first_tie, world.tie, world.member, world.member_coalition, world.coalition_issue, world.member_share,
            world.ledger, world.success, self._rates,
        )  # fmt: skip


@kernel
def close_books(
    sector: Any, answerable: Any, capital: Any, income: Any, payoff: Any, spillover: Any, salience: Any, severity: Any,
    urgency: Any, bond: Any, motive: Any, contribution: Any, reputation: Any, regard: Any, first_tie: Any, tie: Any,
    member: Any, member_coalition: Any, coalition_issue: Any, member_share: Any, ledger: Any, success: Any, rates: Any,
) -> None:  # fmt: skip
    """Write ledger (n, 5), success, capital and reputation in place; ``rates`` (8,) as in ``Ledger``.

    It makes no array, since a kernel that makes none takes those that it is given in half the time.
    """
    spill_value, spending, thrift, least_capital = rates[0], rates[1], rates[2], rates[3]
    worst, half, full_circle, fresh = rates[4], rates[5], rates[6], rates[7]
    issues = severity.size
    usual = max(1e-9, mean_of(contribution, 1.0))
    wellbeing = 0.0 if issues > 0 else 1.0
    for i in range(sector.size):
        ledger[i, 1] = ledger[i, 2] = 0.0
    for q in range(issues):
        trouble = min(1.0, severity[q] / worst)
        wellbeing += (1.0 - trouble) / issues
        for i in range(sector.size):
            ledger[i, 1] += salience[i, q] * (1.0 - 2.0 * trouble)
    for row in range(
        member.size
    ):  # not one organisation after the other: a processor would guess wrong where each ends
        i, q = member[row], coalition_issue[member_coalition[row]]
        ledger[i, 2] += issues * salience[i, q] * pressing(urgency[q], half) * member_share[row]
    for i in range(sector.size):
        financial = income[i] + payoff[i] + spill_value * spillover[i]
        relational = 0.0
        for h in range(first_tie[i], first_tie[i + 1]):
            relational += bond[np.uint32(tie[h])] / full_circle
        ledger[i, 0], ledger[i, 3], ledger[i, 4] = financial, relational, 2.0 * regard[i] - 1.0
        weighed = 0.0
        for k in range(5):
            weighed += motive[i, k] * ledger[i, k]
        success[i] = weighed
        capital[i] = max(least_capital, capital[i] + thrift * (financial - spending * capital[i]))
        conduct = conduct_of(contribution[i], usual, answerable[sector[i]], wellbeing)
        reputation[i] += fresh * (conduct - reputation[i])
