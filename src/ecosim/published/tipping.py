"""Tipping: where a committed minority becomes large enough to bring everyone else round."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from ecosim.published.repeat import seeds
from ecosim.settings import Settings

EARLIER = 0.6
"""Chance tips a crowd of n earlier than a boundless one, by at most this times n^(-2/3): an allowance, from trials."""

BARE = (
    "measures=[]",
    "record={every: 100000000, organisations: never, relationships: never, events: false, figures: false}",
)
"""Changes by which a run keeps nothing of itself."""


def critical_shares(
    settings: Settings, seed: int, runs: int, *, ticks: int, bracket: tuple[float, float]
) -> NDArray[np.float64]:
    """Return the share of committed organisations above which the others are won (runs,), by halving a bracket.

    In a run, the chance to be committed is halved between one at which the others were not won and one at which they
    were, seven times, under the same luck: whoever is committed at the lower chance is at the higher. Won are they when
    they use the new convention more than half of the time on average, within so many ticks. The result is the middle
    between the actual shares of the committed in the last two: the bracket over 2⁸ is the greatest error of halving.

    Args:
        settings: of all runs. Chance tips a small crowd earlier than a large one.
        seed: chooses the luck of all runs.
        runs: how many.
        ticks: how long to wait. Just above the critical share, it takes long.
        bracket: chances to be committed at which the others are surely not won, and surely are.
    """
    found = np.empty(runs)
    for k, luck in enumerate(seeds(seed, runs)):
        low, high = bracket
        share_low, share_high = bracket
        for _ in range(7):
            middle = 0.5 * (low + high)
            model = Ecosystem(with_committed(settings, middle), rng=luck)
            share = float(model.world.committed.mean())
            if is_won(model, ticks):
                high, share_high = middle, share
            else:
                low, share_low = middle, share
        found[k] = 0.5 * (share_low + share_high)
    return found


def bare(name: str, organisations: int, *changes: str) -> Settings:
    """Return the settings of a configuration for so many organisations; its runs keep nothing of themselves."""
    return load(name, f"ecosystem.organisations={organisations}", *BARE, *changes)


def with_committed(settings: Settings, chance: float) -> Settings:
    """Return the same settings with another chance to be committed."""
    ecosystem = settings.ecosystem.model_copy(update={"committed": chance})
    return settings.model_copy(update={"ecosystem": ecosystem})


def lasting_level(model: Ecosystem) -> float:
    """Return how often those who are not committed use the new convention, averaged from tick 100 to tick 200."""
    model.run(100)
    levels = []
    for _ in range(20):
        model.run(5)
        levels.append(uncommitted(model))
    return float(np.mean(levels))


def is_won(model: Ecosystem, ticks: int, step: int = 20) -> bool:
    """Let time pass until those who are not committed use the new convention more often than the old, or it is over."""
    for _ in range(0, ticks, step):
        model.run(step)
        if uncommitted(model) > 0.5:
            return True
    return False


def uncommitted(model: Ecosystem) -> float:
    """Return how often those who are not committed use the new convention, on average."""
    return float(model.world.convention[model.world.committed == 0].mean())
