"""Market: what work on an issue is paid, and what customers, taxes and donors give to whom."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ecosim.dynamics.citizens.offers import CUSTOMERS, DONORS, TAXES
from ecosim.dynamics.gap import pressing
from ecosim.dynamics.knowing import knowing
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.worked_out import ForSectors, WorkedOut, numbers
from ecosim.kernels import inlined, kernel
from ecosim.rng import Key
from ecosim.world.labels import Labels
from ecosim.world.who import unknown
from ecosim.world.world import World


class Market(Mechanism):
    r"""Rivalry for finite purses, so that one sector's good year can be another's bad one.

    Work on issue q is paid out of a purse: its price G falls as more of it is done, and rises with urgency
    :math:`u_q` above a floor m,

    .. math:: G_q = D_q \frac{m + (1 - m)\, p(u_q)}{1 + \rho\, Y_q Q / n}, \qquad p(u) = \frac{u^2}{u^2 + h_0^2}

    with demand :math:`D_q` and relief :math:`Y_q`, Q issues and n organisations. Incomes are shares of three purses.
    Customers spend ``spending`` per business, less where issues are severe (loss :math:`\ell`), and are won by capital,
    reputation and attention to them: :math:`w_i = \sqrt{K_i}\,(1 - a c_i)(\tfrac{1}{2} + r_i)`, with capital K,
    reputation r and the contribution c to common work. Government collects ``tax`` of it and pays ``public_share`` of
    what relief was paid last tick, but never more than half of what it collects; its bodies divide the rest by
    :math:`\sqrt{K_i}`. Donors give to all others by :math:`\sqrt{K_i}(\tfrac{1}{2} + r_i)`: ``giving`` an organisation
    when every issue is most urgent, a quarter of it when none is.

    Sectors named in ``customers`` live by customers, those in ``taxes`` by taxes, all others by donors. What of the pay
    for relief government does not bear, the public at large does.

    Where citizens choose (``Citizens`` in the schedule, and citizens in the world), they are the weights, once they have
    chosen: customers' spending is divided by who has how many of them, gifts by who has how many supporters, and shrink
    with the share of citizens who buy, or support anyone. Contributing then forgoes the custom at stake.

    Concepts:
        Objectives: Customers', taxpayers' and donors' money is what organisations of the three sectors live by; nobody
            here decides.
        Interaction: Organisations are rivals for finite purses: what one wins the others lack.
        Sensing: Prices follow urgency, which is severity as perceived.
    """

    floor: float = Field(0.2, ge=0, le=1, description="m, part of the price that does not depend on urgency")
    rivalry: float = Field(
        0.5, ge=0, le=100, description="ρ, how much the price falls with work already done, per output and organisation"
    )
    pressing_at: float = Field(1.0, gt=0, le=1000, description="h₀, urgency that is half pressing (severity)")
    spending: float = Field(1.0, ge=0, le=1000, description="customers' spending per business and tick (capital)")
    loss: float = Field(
        0.5, ge=0, le=1, description="ℓ, share of customers' spending lost when every issue is at its worst"
    )
    attention: float = Field(
        0.6, ge=0, le=1, description="a, share of customers' attention lost at full contribution to common work"
    )
    tax: float = Field(0.3, ge=0, le=1, description="share of customers' spending that government collects")
    public_share: float = Field(0.5, ge=0, le=1, description="share of payments for relief that government bears")
    giving: float = Field(
        0.6,
        ge=0,
        le=1000,
        description="donors' giving per organisation and tick when every issue is most urgent (capital)",
    )
    each_spends: float | None = Field(
        None,
        ge=0,
        le=1_000_000,
        description="spending of each citizen who buys, per tick (capital), whatever the number of businesses; if not "
        "given, the citizens share what ``spending`` says",
    )
    customers: tuple[str, ...] = Field(("business",), description="sectors that live by customers")
    taxes: tuple[str, ...] = Field(("government",), description="sectors that live by taxes")

    _citizens_choose: ClassVar[bool] = False

    reads: ClassVar[tuple[str, ...]] = (
        "sector", "capital", "contribution", "reputation", "severity", "urgency", "demand", "relief", "price",
    )  # fmt: skip
    writes: ClassVar[tuple[str, ...]] = ("price", "income", "forgone")

    def faults(self, labels: Labels) -> list[str]:
        """Return which sectors that live by customers or taxes this world does not have."""
        given = [name for name in ("customers", "taxes") if not self.is_default(name)]
        return [fault for name in given for fault in unknown(name, getattr(self, name), labels.sectors)]

    def bind(self, schedule: Mapping[str, Mechanism]) -> Self:
        """Return this market, told whether citizens choose whom they buy from and support."""
        return knowing(self, _citizens_choose=any("custom_at_stake" in each.writes for each in schedule.values()))

    def step(self, world: World, key: Key) -> None:
        """Set the price of work on each issue, divide three purses into incomes, and write what contributing forgoes."""
        labels, customers, supporters, at_stake, citizens = world.labels, _NOBODY, _NOBODY, _NOBODY, 0
        if self._citizens_choose and labels.citizens:
            customers, supporters, at_stake = world.customers, world.supporters, world.custom_at_stake
            citizens = labels.citizens
        set_prices_and_incomes(
            world.sector, self._purses(labels.sectors), world.capital, world.contribution, world.reputation,
            world.severity, world.urgency, world.demand, world.relief, world.price, world.income, world.forgone,
            customers, supporters, at_stake, self._rates, citizens,
        )  # fmt: skip

    @WorkedOut
    def _rates(self) -> NDArray[np.float64]:
        return numbers(
            self.floor, self.rivalry, self.pressing_at, self.spending, self.loss, self.attention, self.tax,
            self.public_share, self.giving, -1.0 if self.each_spends is None else self.each_spends,
        )  # fmt: skip

    @WorkedOut
    def _purses(self) -> ForSectors[NDArray[np.int64]]:
        return ForSectors(partial(_purses_of, self.customers, self.taxes))

    def purse_of(self, sectors: tuple[str, ...]) -> NDArray[np.int64]:
        """Return what organisations of each sector live by: 0 customers, 1 taxes, 2 donors."""
        return _purses_of(self.customers, self.taxes, sectors)


@lru_cache(maxsize=256)
def _purses_of(customers: tuple[str, ...], taxes: tuple[str, ...], sectors: tuple[str, ...]) -> NDArray[np.int64]:
    """Return what sectors live by; the array is kept, as that of ``knowing.are_named``, so nobody may write to it."""
    return np.array(
        [CUSTOMERS if name in customers else TAXES if name in taxes else DONORS for name in sectors], np.int64
    )


@kernel
def set_prices_and_incomes(
    sector: Any, purse_of: Any, capital: Any, contribution: Any, reputation: Any, severity: Any, urgency: Any,
    demand: Any, relief: Any, price: Any, income: Any, forgone: Any, customers: Any, supporters: Any, at_stake: Any,
    rates: Any, citizens: Any,
) -> None:  # fmt: skip
    """Write the price of work on each issue, and each organisation's income and what of it contributing forgoes.

    ``purse_of`` gives, for each sector, 0 for customers, 1 for taxes, 2 for donors. Each organisation's customers,
    supporters and custom at stake count where there are citizens, of whom so many are given. ``rates`` (10,) are the
    parameters of ``Market`` in their order, what each citizen spends at last: -1 where they share what businesses are
    spent on.
    """
    have_chosen = _anybody_buys(customers, citizens)
    paid, hardship, appeal = _price_work(severity, urgency, demand, relief, price, sector.size, rates)
    counted, claims = _weigh_claims(
        sector, purse_of, capital, contribution, reputation, customers, supporters, have_chosen, rates[5], income
    )
    turnover, gifts = _spent(counted, claims, appeal, have_chosen, citizens, rates)
    turnover *= 1.0 - rates[4] * hardship
    collected = rates[6] * turnover
    shares = (
        _for_each(turnover - collected, claims[0]),
        _for_each(collected - min(paid, 0.5 * collected), claims[1]),
        _for_each(gifts, claims[2]),
    )
    _pay(sector, purse_of, contribution, at_stake, shares, have_chosen, rates[5], income, forgone)


@inlined
def _anybody_buys(customers: Any, citizens: Any) -> Any:
    """Return whether citizens have chosen whom they buy from: as soon as one is found, it knows."""
    have_chosen = False
    for i in range(customers.size if citizens > 0 else 0):
        if customers[i] > 0.0:
            have_chosen = True
            break
    return have_chosen


@inlined
def _price_work(
    severity: Any, urgency: Any, demand: Any, relief: Any, price: Any, organisations: Any, rates: Any
) -> Any:
    """Write prices (q,); return what government owes for relief at the old ones, mean hardship and mean appeal."""
    floor, rivalry, half, public_share = rates[0], rates[1], rates[2], rates[7]
    issues = price.size
    paid, hardship, appeal = 0.0, 0.0, 0.0
    for q in range(issues):
        paid += public_share * price[q] * relief[q]
        hardship += pressing(severity[q], half) / issues
        urgent = pressing(urgency[q], half)
        appeal += urgent / issues
        crowding = 1.0 + rivalry * relief[q] * issues / max(1, organisations)
        price[q] = demand[q] * (floor + (1.0 - floor) * urgent) / crowding
    return paid, hardship, appeal


@inlined
def _weigh_claims(
    sector: Any, purse_of: Any, capital: Any, contribution: Any, reputation: Any, customers: Any, supporters: Any,
    have_chosen: Any, attention: Any, income: Any,
) -> Any:  # fmt: skip
    """Write each organisation's claim to its purse (n,); return how many have customers and donors, and all claims."""
    businesses, groups = 0.0, 0.0
    by_custom, by_tax, by_gift = 0.0, 0.0, 0.0
    for i in range(sector.size):
        purse = purse_of[sector[i]]
        weight = np.sqrt(capital[i]) * (1.0 if purse == 1 else 0.5 + reputation[i])
        if purse == 0:
            weight *= 1.0 - attention * contribution[i]
        if have_chosen and purse != 1:
            weight = customers[i] if purse == 0 else supporters[i]
        income[i] = weight
        if purse == 0:
            by_custom += weight
            businesses += 1.0
        elif purse == 1:
            by_tax += weight
        else:
            by_gift += weight
            groups += 1.0
    return (businesses, groups), (by_custom, by_tax, by_gift)


@inlined
def _spent(counted: Any, claims: Any, appeal: Any, have_chosen: Any, citizens: Any, rates: Any) -> Any:
    """Return what customers would spend but for hardship, and what donors give."""
    giving, each_spends = rates[8], rates[9]
    turnover = rates[3] * counted[0]
    gifts = giving * counted[1] * (0.25 + 0.75 * appeal)
    if have_chosen:
        turnover = claims[0] * (turnover / citizens if each_spends < 0.0 else each_spends)
        gifts = giving * counted[1] * claims[2] / citizens
    return turnover, gifts


@inlined
def _pay(
    sector: Any, purse_of: Any, contribution: Any, at_stake: Any, shares: Any, have_chosen: Any, attention: Any,
    income: Any, forgone: Any,
) -> None:  # fmt: skip
    """Turn claims into incomes (n,), and write what of them contributing forgoes (n,)."""
    for i in range(sector.size):
        purse = purse_of[sector[i]]
        income[i] *= shares[purse]
        if have_chosen:
            forgone[i] = at_stake[i] * income[i]
        else:
            forgone[i] = attention * income[i] / max(1e-9, 1.0 - attention * contribution[i]) if purse == 0 else 0.0


@inlined
def _for_each(purse: Any, weights: Any) -> Any:
    """Return what a purse gives for each unit of weight; nothing where there is none."""
    return purse / weights if weights > 0.0 else 0.0


_NOBODY = np.zeros(0)
