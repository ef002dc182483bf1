"""Repeat: many runs of the same settings, each with its own luck, and one number of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from ecosim.ecosystem import Ecosystem
from ecosim.settings import Settings


def repeat(
    settings: Settings, seed: int, runs: int, look: Callable[[Ecosystem], float], ticks: int | None = None
) -> NDArray[np.float64]:
    """Return what is seen at the end of each of so many runs (runs,).

    Args:
        settings: of all runs.
        seed: chooses the luck of all of them.
        runs: how many.
        look: what is seen of a model when its ticks have passed; it may let more pass.
        ticks: how many; those of the settings if None.
    """
    found = np.empty(runs)
    for k, luck in enumerate(seeds(seed, runs)):
        model = Ecosystem(settings, rng=luck)
        model.run(ticks)
        found[k] = look(model)
    return found


def seeds(seed: int, runs: int) -> Iterator[int]:
    """Yield a seed for each run, the same whatever their number."""
    for k in range(runs):
        yield int(np.random.SeedSequence([seed, k]).generate_state(1, np.uint64)[0])
