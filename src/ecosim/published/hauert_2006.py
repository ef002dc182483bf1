"""Hauert et al. (2006): each further contributor adds less, and some free ride; or more, and it is all or none."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ecosim.published.case import Case, Cell, Effort
from ecosim.published.well_mixed import equilibria, gain_of_contributing, share_in_the_end

NAME = "hauert_2006"
LISTED = {
    (5, 10.0, 0.5): 0.318207,
    (5, 3.0, 1.5): 0.272439,
    (5, 2.0, 1.5): 0.514867,
    (4, 3.0, 2.0): 0.100642,
    (10, 3.0, 1.3): 0.477118,
}
"""Members of a group, benefit b and synergy w to the share of contributors in equilibrium, at a cost of 1."""

FURTHER = ((8, 14.0, 0.7, 1.0), (6, 20.0, 0.3, 2.0), (3, 2.0, 2.5, 1.0), (7, 3.0, 1.4, 1.5))
"""Members, benefit, synergy and cost of further worlds, which no list told beforehand."""


def cells(effort: Effort) -> Iterator[Cell]:
    """Yield every equilibrium, from what our rule pays, and where crowds of 10,000 end that start on either side."""
    for (size, benefit, synergy), listed in LISTED.items():
        ours = equilibria(gain_of_contributing(NAME, size, *_changes(size, benefit, synergy, 1.0)))
        yield Cell(_words(size, benefit, synergy, 1.0), ROOT, listed, "derived", np.array(ours), 0.0, 1e-6, PRINTED)
    for size, benefit, synergy, cost in FURTHER:
        ours = equilibria(gain_of_contributing(NAME, size, *_changes(size, benefit, synergy, cost)))
        root = equilibrium(size, benefit, synergy, cost)
        yield Cell(_words(size, benefit, synergy, cost), ROOT, root, "derived", np.array(ours), 0.0, 1e-9, "")
    for size, benefit, synergy, cost in (*((*key, 1.0) for key in LISTED), *FURTHER):
        root = equilibrium(size, benefit, synergy, cost)
        stable = synergy < 1.0
        runs, ticks = (6, 160) if stable else (2, 2000)
        for start in (root - ASIDE, root + ASIDE):
            ends = share_in_the_end(
                NAME, effort.seed, 2 * runs if effort.full else runs, start, 3 * ticks if effort.full else ticks,
                *_changes(size, benefit, synergy, cost),
            )  # fmt: skip
            yield Cell(
                f"{_words(size, benefit, synergy, cost)}, {start:.3f} at the start", END,
                root if stable else float(start > root), "derived", ends, 0.0, 0.005 if stable else 0.0,
                FINITE if stable else "",
            )  # fmt: skip


END = "share of 10,000 that contribute in the end"
FINITE = "the equilibrium is that of a boundless crowd"
ROOT = "share of contributors at which contributing pays alike"
PRINTED = "the reference has six digits"
ASIDE = 0.06
"""How far from the equilibrium crowds start: ten standard deviations of a share of 10,000 drawn by chance."""


def equilibrium(size: int, benefit: float, synergy: float, cost: float) -> float:
    """Return x* = [1 − (c N / b)^(1 / (N − 1))] / (1 − w)."""
    return float((1.0 - (cost * size / benefit) ** (1.0 / (size - 1))) / (1.0 - synergy))


def _changes(size: int, benefit: float, synergy: float, cost: float) -> tuple[str, ...]:
    production = {"group_size": size, "benefit": benefit, "synergy": synergy, "cost": cost}
    return tuple(f"dynamics.production.{name}={value}" for name, value in production.items())


def _words(size: int, benefit: float, synergy: float, cost: float) -> str:
    return f"groups of {size}, b {benefit:g}, w {synergy:g}, c {cost:g}"


CASE = Case(
    NAME,
    "Synergy and discounting in public goods",
    "Hauert, Michor, Nowak & Doebeli (2006), Synergy and discounting of cooperation in social dilemmas, J. Theor. Biol. "
    "239, 195 (abstract checked; the equilibrium is derived)",
    "Groups are drawn anew each tick from everybody; everyone, at once, looks at one other and copies whoever is better "
    "paid with a probability in proportion to the difference. Reproduced are the interior equilibria, as roots of the "
    "payoff difference that our rule gives, and that discounting makes them stable, synergy unstable.",
    cells,
)
