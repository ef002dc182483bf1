"""Motivation: what work on an issue is worth to each organisation, by its own motive."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from ecosim.dynamics.gap import pressing
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.worked_out import WorkedOut
from ecosim.kernels import kernel
from ecosim.rng import Key
from ecosim.world.world import World


class Motivation(Mechanism):
    r"""The worth w of a unit of work on an issue, to the organisation itself and, as far as purpose goes, to others.

    .. math:: w_{iq} = (1 - p_i)\, v_{iq} + p_i \left[(1 - \kappa)\, s\, p(u_q) + \kappa\, \bar v_{N(i) q}\right]

    .. math:: v_{iq} = m_i^{fin} G_q + s\,(m_i^{pub} + m_i^{mis})\, Q \sigma_{iq}\, p(u_q)

    with purpose :math:`p_i`, motive :math:`m_i`, price :math:`G_q`, salience :math:`\sigma_{iq}` (times the number of
    issues Q, so that an issue of mean salience counts 1), urgency u, :math:`p(u) = u^2 / (u^2 + h_0^2)` and
    :math:`\bar v_{N(i) q}` the mean of v over the partners of i, N(i). A shareholder firm sees the price; a mission sees
    the need; purpose sees what the need is to everyone (society), and with :math:`\kappa` (``partners``) what work is
    worth to partners by their own motives. Whoever has no partners regards society alone.

    It weighs what an action changes. How well others fare already changes nothing by it, so their success as such is not
    in it: a constant added to everybody's success moves no decision.

    Concepts:
        Objectives: What a unit of work on an issue is worth to an organisation follows from its motive and its
            purpose: a shareholder firm sees the price, a mission the need.
        Sensing: Each knows prices, its own motive and salience, and how urgent issues seem; where purpose regards
            partners, their motives and saliences, too.

    References:
        Fehr & Schmidt (1999), Q. J. Econ. 114, 817 (some care about how others fare; there as aversion to inequity).
    """

    care: float = Field(
        1.0, ge=0, le=1000, description="s, worth of a unit of work on a most urgent issue to whoever lives for it"
    )
    pressing_at: float = Field(1.0, gt=0, le=1000, description="h₀, urgency that is half pressing (severity)")
    partners: float = Field(
        0.0, ge=0, le=1, description="κ, share of purpose's regard that goes to partners; the rest to society"
    )

    reads: ClassVar[tuple[str, ...]] = ("motive", "purpose", "salience", "price", "urgency")
    writes: ClassVar[tuple[str, ...]] = ("worth",)

    def step(self, world: World, key: Key) -> None:
        """Write what a unit of work on each issue is worth to each organisation, w_iq."""
        care, half, partners = self._ready
        weigh_worth(
            world.motive, world.purpose, world.salience, world.price, world.urgency, world.first_tie, world.partner, care,
            half, partners, world.worth,
        )  # fmt: skip

    @WorkedOut
    def _ready(self) -> tuple[float, float, float]:
        return self.care, self.pressing_at, self.partners


@kernel
def weigh_worth(
    motive: Any, purpose: Any, salience: Any, price: Any, urgency: Any, first_tie: Any, partner: Any, care: Any,
    half: Any, partners: Any, worth: Any,
) -> None:  # fmt: skip
    """Write the worth of a unit of work on each issue to each organisation (n, issues)."""
    n, issues = purpose.size, urgency.size
    own = np.empty(n)
    for q in range(issues):
        need = care * pressing(urgency[q], half)
        for i in range(n):
            own[i] = motive[i, 0] * price[q] + (motive[i, 1] + motive[i, 2]) * issues * salience[i, q] * need
            worth[i, q] = (1.0 - purpose[i]) * own[i] + purpose[i] * need
        for i in range(n if partners > 0.0 else 0):
            known = first_tie[i + 1] - first_tie[i]
            theirs = 0.0
            for h in range(first_tie[i], first_tie[i + 1]):
                theirs += own[partner[h]] / known
            if known > 0:
                worth[i, q] += purpose[i] * partners * (theirs - need)
