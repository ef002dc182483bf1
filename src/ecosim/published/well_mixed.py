"""Well mixed: what contributing pays in groups drawn from a large crowd, where it pays alike, and where a crowd ends."""

from __future__ import annotations

from collections.abc import Callable
from math import comb

import numpy as np
from numpy.typing import NDArray

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from ecosim.published.repeat import repeat
from ecosim.published.tipping import BARE

Gain = Callable[[float], float]


def gain_of_contributing(name: str, size: int, *changes: str) -> Gain:
    """Return by how much a contributor is paid better than others, on average, as a function of the share of them.

    The payoffs are those that a run's rule gives in a single group with 0, 1, … contributors; the average is over whom
    one meets in a boundless crowd, a binomial law.

    Args:
        name: of the published configuration.
        size: members of a group.
        *changes: of its configuration.
    """
    group = (f"ecosystem.organisations={size}", f"dynamics.production.group_size={size}")
    model = Ecosystem(load(name, *group, *BARE, *changes), rng=1)
    given, paid = np.zeros(size), np.zeros(size)  # to a contributor, and to another, by how many others contribute
    for contributors in range(size + 1):
        model.world.contribution[:] = np.arange(size) < contributors
        model.step()
        if contributors > 0:
            given[contributors - 1] = model.world.payoff[0]
        if contributors < size:
            paid[contributors] = model.world.payoff[-1]

    def gain(share: float) -> float:
        others = size - 1
        return float(
            sum(comb(others, k) * share**k * (1.0 - share) ** (others - k) * (given[k] - paid[k]) for k in range(size))
        )

    return gain


def equilibria(gain: Gain) -> list[float]:
    """Return the shares, strictly between 0 and 1, at which contributing pays as much as not: roots, ascending."""
    from scipy import optimize

    grid = np.linspace(0.0005, 0.9995, 1000)
    values = [gain(float(share)) for share in grid]
    return [
        float(optimize.brentq(gain, low, high, xtol=1e-13))
        for low, high, left, right in zip(grid[:-1], grid[1:], values[:-1], values[1:], strict=True)
        if left * right < 0.0
    ]


def share_in_the_end(name: str, seed: int, runs: int, start: float, ticks: int, *changes: str) -> NDArray[np.float64]:
    """Return the share that contributes in the end, in each of so many runs (runs,).

    It is a mean over the second half of the ticks; or 0 or 1, as soon as nobody contributes, or everybody does.

    Args:
        name: of the published configuration.
        seed: chooses the luck of all runs.
        runs: how many.
        start: chance of each organisation to contribute at the start.
        ticks: how long a run lasts at most.
        *changes: of the configuration.
    """
    settings = load(name, f"ecosystem.contribution.share={start}", *BARE, *changes)

    def look(model: Ecosystem) -> float:
        shares = []
        for tick in range(ticks):
            model.step()
            share = float(model.world.contribution.mean())
            if share in (0.0, 1.0):
                return share
            if 2 * tick >= ticks:
                shares.append(share)
        return float(np.mean(shares))

    return repeat(settings, seed, runs, look, ticks=0)
