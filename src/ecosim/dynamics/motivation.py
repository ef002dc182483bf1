"""Motivation: what work on an issue is worth to each organisation, by its own motive."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from ecosim.dynamics.gap import pressing
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.worked_out import WorkedOut
from ecosim.kernels import kernel
from ecosim.rng import Key
from ecosim.world.world import World


class Motivation(Mechanism):
    r"""The worth w of a unit of work on an issue, as the organisation itself measures success.

    .. math:: w_{iq} = (1 - p_i) \left[m_i^{fin} G_q + s\,(m_i^{pub} + m_i^{mis})\, Q \sigma_{iq}\, p(u_q)\right]
              + p_i\, s\, p(u_q)

    with purpose :math:`p_i`, motive :math:`m_i`, price :math:`G_q`, salience :math:`\sigma_{iq}` (times the number of
    issues Q, so that an issue of mean salience counts 1), urgency u and :math:`p(u) = u^2 / (u^2 + h_0^2)`. A
    shareholder firm sees the price; a mission sees the need; purpose sees what the need is to everyone.

    Concepts:
        Objectives: What a unit of work on an issue is worth to an organisation follows from its motive and its
            purpose: a shareholder firm sees the price, a mission the need.
        Sensing: Each knows prices, its own motive and salience, and how urgent issues seem.

    References:
        Fehr & Schmidt (1999), Q. J. Econ. 114, 817 (some care about how others fare; there as aversion to inequity).
    """

    care: float = Field(
        1.0, ge=0, le=1000, description="s, worth of a unit of work on a most urgent issue to whoever lives for it"
    )
    pressing_at: float = Field(1.0, gt=0, le=1000, description="h₀, urgency that is half pressing (severity)")

    reads: ClassVar[tuple[str, ...]] = ("motive", "purpose", "salience", "price", "urgency")
    writes: ClassVar[tuple[str, ...]] = ("worth",)

    def step(self, world: World, key: Key) -> None:
        """Write what a unit of work on each issue is worth to each organisation, w_iq."""
        care, half = self._ready
        weigh_worth(
            world.motive, world.purpose, world.salience, world.price, world.urgency, care, half, world.worth
        )  # fmt: skip

    @WorkedOut
    def _ready(self) -> tuple[float, float]:
        return self.care, self.pressing_at


@kernel
def weigh_worth(
    motive: Any, purpose: Any, salience: Any, price: Any, urgency: Any, care: Any, half: Any, worth: Any
) -> None:
    """Write the worth of a unit of work on each issue to each organisation (n, issues)."""
    issues = urgency.size
    for q in range(issues):
        need = care * pressing(urgency[q], half)
        for i in range(purpose.size):
            own = motive[i, 0] * price[q] + (motive[i, 1] + motive[i, 2]) * issues * salience[i, q] * need
            worth[i, q] = (1.0 - purpose[i]) * own + purpose[i] * need
