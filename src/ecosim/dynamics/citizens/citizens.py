"""Citizens: the only ones whose judgement finally counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ecosim.dynamics.binding import first_of
from ecosim.dynamics.citizens.choices import look_around
from ecosim.dynamics.knowing import knowing
from ecosim.dynamics.market import Market
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.worked_out import ForSectors, WorkedOut, numbers
from ecosim.rng import Key
from ecosim.world.world import World


class Citizens(Mechanism):
    r"""They buy, work, support and vote; that is the organisations' income and legitimacy.

    **Choice.** Whom a citizen of orientation :math:`\theta` buys from, works for and supports follows, in the long run,

    .. math:: P(j) \propto e^{\beta U_j}, \qquad U_j = (1 - \theta)\, v_j + \theta\, r_j - w\, d_j

    with offer :math:`v_j`, regard :math:`r_j` and distance of stance :math:`d_j`, all in [0, 1] (d: 1 for the two ends of
    opinion on every axis). Each time it acts a share ``looking`` of the citizens compares what it has with ``considered``
    alternatives (whoever has lost its supplier or employer, with eight more), one after the other, each drawn
    uniformly, and takes the alternative with probability :math:`1 / (1 + e^{-\beta \Delta U})`. Alternatives are drawn
    alike from either side, so these steps balance in detail, and the distribution they tend to is that of a choice
    among all, at a cost that does not grow with the number of organisations.

    **Offers** are compared with the usual, :math:`v = x / (x + \bar x)`, with size :math:`S_j = \sqrt{K_j}\,(\tfrac{1}{2} +
    m_j)`, where K is capital and :math:`m_j` compares its workers with the usual:

    ========  ===========================================  ===============================  ========================
    to        by whom                                      x                                regard
    ========  ===========================================  ===============================  ========================
    buy       who lives by customers                       :math:`S_j (1 - a c_j)`          reputation
    work      anyone                                       :math:`K_j`                      (reputation + purpose) / 2
    support   who lives by donors                          :math:`S_j c_j \sum_q Q \sigma_{jq} p(u_q)`  reputation
    ========  ===========================================  ===============================  ========================

    with contribution c, salience σ and urgency u of each of Q issues, and a what contributing takes of customers' attention.
    Half of the alternatives for support are to support nobody, which is as good as ``reserve`` times 1 less the mean of
    :math:`p(u_q) = u_q^2 / (u_q^2 + h_0^2)`: where needs are pressing, more support somebody. Nobody weighs as much as
    all groups of the same utility together, however many there are.

    **Vote.** Approval of government moves the share ``voting`` of the way to :math:`1 / (1 + e^{-\beta A})`,
    :math:`A = (1 - \theta)\, g + \theta\, o - w d`: consumers judge the trend g, by how much issues are milder than usual,
    citizens its merit o, the mean of reputation and of how far issues are from their worst.

    **Orientation** moves the share ``drift`` of the way to what the citizen sees, from 0 (us and them) to 1 (we): a third
    each its employer's joint work with other sectors, the trust that others have in its employer, and the trend. **Stance**
    moves the share ``belonging`` of the way to the mean of its employer and of the group it supports.

    Organisations read ``support`` (customers or supporters beside the usual, or the mean approval), and
    ``custom_at_stake``: what of its custom a business would lose by contributing everything rather than nothing, as far
    as it foresees (``foresight``) what customers will make of its better name. The market in the same schedule says who
    lives by customers, taxes and donors, and how much attention contributing takes from customers.

    A draw picks an alternative by its place in a list: in another order of rows, it may pick another, each still
    equally likely.

    Concepts:
        Objectives: Citizens choose what is worth most to them: as consumers the offer, as citizens the name of who
            makes it.
        Adaptation: Now and then each compares its present choice with another.
        Sensing: Offers, names and stances of the organisations it compares.
        Interaction: Their custom, work, support and approval are organisations' income and legitimacy.
        Stochasticity: Who looks around, at which alternative, and which it takes is drawn.

    References:
        Luce (1959), Individual Choice Behavior. McFadden (1974), Conditional logit analysis of qualitative choice
        behavior (logit as utility with Gumbel noise). Barker (1965), Aust. J. Phys. 18, 119 (steps of this probability
        have this distribution).
    """

    looking: float = Field(0.1, ge=0, le=1, description="share of citizens who look around each time it acts")
    considered: int = Field(1, ge=1, le=64, description="alternatives a citizen compares when it looks around")
    selectivity: float = Field(4.0, ge=0, le=100, description="β, per unit of utility: 0 a coin toss")
    distance: float = Field(1.0, ge=0, le=100, description="w, weight of the distance of stance")
    reserve: float = Field(0.6, ge=-10, le=10, description="utility of supporting nobody where no issue is pressing")
    voting: float = Field(0.3, ge=0, le=1, description="share of the way that approval moves when a citizen looks")
    drift: float = Field(0.05, ge=0, le=1, description="share of the way that orientation moves when a citizen looks")
    belonging: float = Field(
        0.02, ge=0, le=1, description="share of the way to those it belongs to that a stance moves when a citizen looks"
    )
    foresight: float = Field(
        0.25,
        ge=0,
        le=1,
        description="how much of what a better name will win is foreseen by those who live by customers",
    )
    memory: float = Field(20.0, ge=1, le=10_000, description="times it acts over which citizens get used to a severity")
    worst: float = Field(
        10.0, gt=0, le=1_000_000, description="severity at its worst; beyond it nothing counts as worse"
    )
    pressing_at: float = Field(1.0, gt=0, le=1000, description="h₀, urgency that is half pressing (severity)")

    _market: ClassVar[Market] = Market()

    reads: ClassVar[tuple[str, ...]] = (
        "sector", "capital", "contribution", "reputation", "purpose", "salience", "stance", "trust", "severity",
        "urgency", "usual_severity", "orientation", "citizen_stance", "buys_from", "works_for", "supports", "approval",
        "workers",
    )  # fmt: skip
    writes: ClassVar[tuple[str, ...]] = (
        "orientation", "citizen_stance", "buys_from", "works_for", "supports", "approval", "customers", "workers",
        "supporters", "support", "custom_at_stake", "usual_severity",
    )  # fmt: skip

    def bind(self, schedule: Mapping[str, Mechanism]) -> Self:
        """Return these citizens, told of the scheduled market: who lives by customers, taxes and donors."""
        return knowing(self, _market=first_of(Market, schedule, self._market))

    @WorkedOut
    def _ready(self) -> tuple[ForSectors[NDArray[np.int64]], NDArray[np.float64], int]:
        """What is read each time it acts: who lives by what, and numbers for the kernel."""
        return (
            ForSectors(self._market.purse_of),
            numbers(
                self._market.attention, self.foresight, self.pressing_at, self.worst, 1.0 / self.memory, self.looking,
                self.voting, self.drift, self.belonging, self.selectivity, self.distance, self.reserve,
            ),
            self.considered,
        )  # fmt: skip

    def step(self, world: World, key: Key) -> None:
        """Let a share of the citizens look around, choose with P(j) ∝ exp(β U_j), vote, and move; count them anew."""
        if not world.labels.citizens:
            return
        purses, rates, considered = self._ready
        look_around(
            world.orientation, world.citizen_stance, world.buys_from, world.works_for, world.supports, world.approval,
            world.sector, purses(world.labels.sectors), world.capital, world.contribution,
            world.reputation, world.purpose, world.salience, world.stance, world.customers, world.workers,
            world.supporters, world.support, world.custom_at_stake, world.severity, world.urgency, world.usual_severity,
            world.member, world.first_member, world.first_membership, world.membership, world.member_coalition,
            world.first_tie, world.partner, world.tie, world.trust, rates, considered, key,
        )  # fmt: skip
