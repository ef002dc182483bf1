"""Market: what work on an issue is paid, and what customers, taxes and donors give to whom."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ecosim.dynamics.gap import pressing
from ecosim.dynamics.mechanism import Mechanism
from ecosim.kernels import kernel
from ecosim.rng import Key
from ecosim.world.world import World


class Market(Mechanism):
    r"""Rivalry for finite purses, so that one sector's good year can be another's bad one.

    Work on issue q is paid out of a purse: the price falls as more of it is done, and rises with urgency
    :math:`u_q` above a floor m,

    .. math:: G_q = D_q \frac{m + (1 - m)\, p(u_q)}{1 + \rho\, Y_q Q / n}, \qquad p(u) = \frac{u^2}{u^2 + h_0^2}

    with demand :math:`D_q` and relief :math:`Y_q`. Incomes are shares of three purses. Customers spend
    ``spending`` per business, less where issues are severe (loss :math:`\ell`), and are won by capital, reputation and
    attention to them: :math:`w_i = \sqrt{K_i}\,(1 - a c_i)(\tfrac12 + r_i)`, where :math:`c_i` is the contribution to
    common work. Government collects ``tax`` of it and pays ``public_share`` of what
    relief was paid last tick, but never more than half of what it collects. Donors
    give to all others, ``giving`` an organisation, more when issues are urgent, by :math:`\sqrt{K_i}(\tfrac12 + r_i)`.

    Sectors: the first declared sector that is named in ``customers`` lives by customers, those in ``taxes`` by taxes,
    every other by donors.
    """

    floor: float = Field(0.2, ge=0, le=1, description="m, part of the price that does not depend on urgency")
    rivalry: float = Field(0.5, ge=0, le=100, description="ρ, how much the price falls with work already done, per output and organisation")
    pressing_at: float = Field(1.0, gt=0, le=1000, description="h₀, urgency that is half pressing (severity)")
    spending: float = Field(1.0, ge=0, le=1000, description="customers' spending per business and tick (capital)")
    loss: float = Field(0.5, ge=0, le=1, description="ℓ, share of customers' spending lost when every issue is at its worst")
    attention: float = Field(0.6, ge=0, le=1, description="a, share of customers' attention lost at full contribution to common work")
    tax: float = Field(0.3, ge=0, le=1, description="share of customers' spending that government collects")
    public_share: float = Field(0.5, ge=0, le=1, description="share of payments for relief that government bears")
    giving: float = Field(0.6, ge=0, le=1000, description="donors' giving per organisation and tick when every issue is at its worst (capital)")
    customers: tuple[str, ...] = Field(("business",), description="sectors that live by customers")
    taxes: tuple[str, ...] = Field(("government",), description="sectors that live by taxes")

    reads: ClassVar[tuple[str, ...]] = (
        "sector", "capital", "contribution", "reputation", "severity", "urgency", "demand", "relief", "price",
    )  # fmt: skip
    writes: ClassVar[tuple[str, ...]] = ("price", "income", "forgone")

    def step(self, world: World, key: Key) -> None:
        purse_of = self._purse_of(world.labels.sectors)
        paid = float(world.price @ world.relief)
        n_issues = max(1, world.urgency.size)
        appeal = pressing(world.urgency, self.pressing_at) if world.urgency.size else np.zeros(1)
        crowding = 1.0 + self.rivalry * world.relief * n_issues / max(1, world.n)
        world.price = world.demand * (self.floor + (1.0 - self.floor) * appeal[: world.demand.size]) / crowding
        purses = incomes(
            world.sector, purse_of, world.capital, world.contribution, world.reputation,
            float(pressing(world.severity, self.pressing_at).mean()) if world.severity.size else 0.0,
            float(appeal.mean()), paid * self.public_share,
            (self.spending, self.loss, self.attention, self.tax, self.giving),
        )  # fmt: skip
        world.income = purses
        world.forgone = forgone(world.sector, purse_of, purses, world.contribution, self.attention)

    def _purse_of(self, sectors: tuple[str, ...]) -> NDArray[np.int64]:
        return np.array([0 if name in self.customers else 1 if name in self.taxes else 2 for name in sectors])


@kernel
def forgone(sector: Any, purse_of: Any, income: Any, contribution: Any, attention: Any) -> Any:
    """Return the income that customers would take elsewhere if all were contributed instead of nothing (n,)."""
    lost = np.zeros(income.size)
    for i in range(income.size):
        if purse_of[sector[i]] == 0:
            lost[i] = attention * income[i] / max(1e-9, 1.0 - attention * contribution[i])
    return lost


@kernel
def incomes(
    sector: Any, purse_of: Any, capital: Any, contribution: Any, reputation: Any, hardship: Any, appeal: Any, paid: Any,
    rates: Any,
) -> Any:  # fmt: skip
    """Return each organisation's income (n,); ``purse_of`` gives 0 customers, 1 taxes, 2 donors for each sector."""
    spending, loss, attention, tax, giving = rates
    n = sector.size
    weight = np.empty(n)
    total = np.zeros(3)
    members = np.zeros(3)
    for i in range(n):
        purse = purse_of[sector[i]]
        weight[i] = np.sqrt(capital[i])
        if purse == 0:
            weight[i] *= (1.0 - attention * contribution[i]) * (0.5 + reputation[i])
        elif purse == 2:
            weight[i] *= 0.5 + reputation[i]
        total[purse] += weight[i]
        members[purse] += 1.0
    turnover = spending * members[0] * (1.0 - loss * hardship)
    purses = np.array([(1.0 - tax) * turnover, tax * turnover - min(paid, 0.5 * tax * turnover), giving * members[2] * (0.25 + 0.75 * appeal)])
    income = np.empty(n)
    for i in range(n):
        purse = purse_of[sector[i]]
        income[i] = purses[purse] * weight[i] / total[purse] if total[purse] > 0.0 else 0.0
    return income
