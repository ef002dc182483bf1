"""Pacheco et al. (2009): a good that needs a critical mass in each group needs one in the crowd, too."""

from __future__ import annotations

from collections.abc import Iterator
from math import comb

import numpy as np

from ecosim.published.case import Case, Cell, Effort
from ecosim.published.well_mixed import equilibria, gain_of_contributing, share_in_the_end

NAME = "pacheco_2009"
LISTED: dict[tuple[int, float, int], tuple[float, ...]] = {
    (6, 5.0, 1): (),
    (6, 5.0, 2): (),
    (6, 5.0, 3): (0.3342, 0.7225),
    (6, 5.0, 4): (0.4423, 0.9030),
    (6, 5.0, 5): (0.5709, 0.9895),
    (6, 5.0, 6): (0.7248,),
    (6, 8.0, 3): (0.2170,),
}
"""Members of a group, factor F and threshold M to the shares at which contributing pays as much as not, ascending."""

FURTHER = ((10, 8.0, 5), (4, 3.5, 3), (8, 6.0, 6), (5, 6.5, 4))
"""Members, factor and threshold of further worlds, which no list told beforehand."""


def cells(effort: Effort) -> Iterator[Cell]:
    """Yield every equilibrium, from what our rule pays, and where crowds of 10,000 end that start on either side."""
    for setting, listed in LISTED.items():
        ours = equilibria(gain_of_contributing(NAME, setting[0], *_changes(*setting)))
        yield Cell(_words(*setting), COUNT, len(listed), "recomputed", np.array([float(len(ours))]))
        for name, reference, root in zip(_names(len(listed)), listed, ours, strict=False):
            yield Cell(_words(*setting), name, reference, "recomputed", np.array([root]), 0.0, 1e-4, PRINTED)
    for setting in FURTHER:
        ours, derived = equilibria(gain_of_contributing(NAME, setting[0], *_changes(*setting))), roots(*setting)
        yield Cell(_words(*setting), COUNT, len(derived), "derived", np.array([float(len(ours))]))
        for name, reference, root in zip(_names(len(derived)), derived, ours, strict=False):
            yield Cell(_words(*setting), name, reference, "derived", np.array([root]), 0.0, 1e-8)
    for setting in (*(key for key, listed in LISTED.items() if listed), *FURTHER):
        yield from _ends(effort, *setting)


def _ends(effort: Effort, size: int, factor: float, threshold: int) -> Iterator[Cell]:
    """Yield where crowds end that start below and above the unstable equilibrium."""
    lower, *upper = roots(size, factor, threshold)
    for start in (lower - ASIDE, lower + ASIDE):
        end = 0.0 if start < lower else upper[0] if upper else 1.0
        settles = 0.0 < end < 1.0
        runs, ticks = (6, 160) if settles else (2, 3000)
        ours = share_in_the_end(
            NAME, effort.seed, 2 * runs if effort.full else runs, start, 3 * ticks if effort.full and settles else ticks,
            *_changes(size, factor, threshold),
        )  # fmt: skip
        yield Cell(
            f"{_words(size, factor, threshold)}, {start:.3f} at the start", END, end, "derived", ours, 0.0,
            0.005 if settles else 0.0, FINITE if settles else "",
        )  # fmt: skip


COUNT = "shares of contributors at which contributing pays alike"
END = "share of 10,000 that contribute in the end"
FINITE = "the equilibrium is that of a boundless crowd"
PRINTED = "the reference has four digits"
ASIDE = 0.05
"""How far from the unstable equilibrium crowds start: ten standard deviations of a share of 10,000 drawn by chance."""


def roots(size: int, factor: float, threshold: int) -> list[float]:
    r"""Return the roots in (0, 1) of the payoff difference as a polynomial, ascending.

    With i of the N − 1 others contributing, a contributor gets more by F / N if i ≥ M, by M F / N if i = M − 1, and pays
    1: :math:`\sum_i \binom{N-1}{i} x^i (1-x)^{N-1-i}\, g_i - 1`.
    """
    from numpy.polynomial import Polynomial

    others = size - 1
    total = Polynomial([-1.0])
    for i in range(size):
        more = factor / size * (1.0 if i >= threshold else threshold if i == threshold - 1 else 0.0)
        total += more * comb(others, i) * Polynomial([0.0, 1.0]) ** i * Polynomial([1.0, -1.0]) ** (others - i)
    found = total.roots()
    real = found[np.abs(found.imag) < 1e-9].real
    return sorted(float(root) for root in real if 0.0 < root < 1.0)


def _names(count: int) -> tuple[str, ...]:
    return ("unstable share of contributors", "stable share of contributors")[:count]


def _changes(size: int, factor: float, threshold: int) -> tuple[str, ...]:
    production = {"group_size": size, "multiplication": factor, "threshold": float(threshold)}
    return tuple(f"dynamics.production.{name}={value}" for name, value in production.items())


def _words(size: int, factor: float, threshold: int) -> str:
    return f"groups of {size}, F {factor:g}, M {threshold}"


CASE = Case(
    NAME,
    "Public goods with a threshold",
    "Pacheco, Santos, Souza & Skyrms (2009), Evolutionary dynamics of collective action in N-person stag hunt dilemmas, "
    "Proc. R. Soc. B 276, 315 (abstract checked; the numbers are recomputed)",
    "Groups are drawn anew each tick from everybody; everyone, at once, looks at one other and copies whoever is better "
    "paid with a probability in proportion to the difference. Reproduced are the equilibria, as roots of the payoff "
    "difference that our rule gives, and that crowds starting below the lower one end with no contributor, above it not.",
    cells,
)
