"""Goyal & Moraga-González (2001): partners in research are rivals in the market, and two partners are enough for four."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from ecosim.published.case import Case, Cell, Effort
from ecosim.published.tipping import BARE

NAME = "goyal_2001"
LISTED = (0.1905, 0.1579, 0.1053, 0.0476)
"""Research of four firms with 0, 1, 2 and 3 partners each, at a − c = 1 and γ = 1."""


class Market(NamedTuple):
    """Firms with as many partners each, demand a, unit cost c and dearness γ of research."""

    firms: int
    partners: int
    demand: float = 2.0
    unit_cost: float = 1.0
    dearness: float = 1.0

    def research(self) -> float:
        """Return e = (a − c)(n − k) / [γ (n + 1)² − (n − k)(k + 1)]."""
        n, k = self.firms, self.partners
        return (self.demand - self.unit_cost) * (n - k) / (self.dearness * (n + 1) ** 2 - (n - k) * (k + 1))

    def profit(self) -> float:
        """Return q² − γ e², with q = [a − c + (k + 1) e] / (n + 1)."""
        e = self.research()
        quantity = (self.demand - self.unit_cost + (self.partners + 1) * e) / (self.firms + 1)
        return quantity**2 - self.dearness * e**2


FURTHER = (
    *(Market(6, k, 3.0, 1.5, 1.5) for k in range(6)),
    *(Market(12, k, 3.0, 2.0, 1.2) for k in (1, 4, 7)),
    Market(2, 1, 2.0, 1.0, 0.8),
)
"""Further markets, which no list told beforehand."""


def cells(effort: Effort) -> Iterator[Cell]:
    """Yield what research and profit settle at, and with how many partners four firms earn most."""
    four = [Market(4, k) for k in range(4)]
    profits = []
    for market, listed in zip(four, LISTED, strict=True):
        research, profit = settled(market, effort.seed)
        profits.append(float(profit[0]))
        yield Cell(
            _words(market), "research", listed, "derived", research, 0.0, 5.1e-5, "the reference has four digits"
        )
        yield Cell(_words(market), "profit", market.profit(), "derived", profit, 0.0, 1e-9)
    yield Cell(
        "4 firms, γ 1", "partners with which profit is highest", 2, "published", np.array([float(np.argmax(profits))])
    )
    for market in FURTHER:
        research, profit = settled(market, effort.seed)
        yield Cell(_words(market), "research", market.research(), "derived", research, 0.0, 1e-9)
        yield Cell(_words(market), "profit", market.profit(), "derived", profit, 0.0, 1e-9)


def settled(market: Market, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return research and profit (1,) of the firm that is farthest from the equilibrium when all have responded."""
    firms = {"demand": market.demand, "unit_cost": market.unit_cost, "dearness": market.dearness}
    changes = (f"ecosystem.organisations.firm={market.firms}", "ecosystem.network.kind=none")
    model = Ecosystem(
        load(NAME, *changes, *BARE, *(f"dynamics.research.{name}={value}" for name, value in firms.items())), rng=seed
    )
    model.world.add_ties(regular(market.firms, market.partners))
    model.world.commit()
    model.run()
    research = market.unit_cost * model.world.contribution
    farthest = np.argmax(np.abs(research - market.research()))
    return research[[farthest]], model.world.payoff[[farthest]].copy()


def regular(n: int, k: int) -> NDArray[np.int32]:
    """Return ties of n firms on a circle, each with its k nearest, and with the one across where k is odd (n even)."""
    pairs = [(i, (i + step) % n) for i in range(n) for step in range(1, k // 2 + 1)]
    pairs += [(i, i + n // 2) for i in range(n // 2)] if k % 2 else []
    return np.array(pairs, np.int32).reshape(-1, 2)


def _words(market: Market) -> str:
    return (
        f"{market.firms} firms, each tied to {market.partners}, a {market.demand:g}, c {market.unit_cost:g}, "
        f"γ {market.dearness:g}"
    )


CASE = Case(
    NAME,
    "Research among partners who compete",
    "Goyal & Moraga-González (2001), R&D networks, RAND J. Econ. 32, 686 (the claim checked in its abstract; the "
    "equilibrium is derived)",
    "Firms with as many partners each respond to each other's research, all at once, half of the way at a time, and "
    "compete in quantities. Reproduced are research and profit in the symmetric equilibrium, and that four firms earn most "
    "with two partners each.",
    cells,
)
