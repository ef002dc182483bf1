"""Centola et al. (2018): how many must never change to change a convention."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ecosim.ecosystem import Ecosystem
from ecosim.published.case import Case, Cell, Effort
from ecosim.published.repeat import seeds
from ecosim.published.tipping import EARLIER, bare, critical_shares, lasting_level, with_committed

NAME = "centola_2018"
LISTED = 0.2419
"""Critical share with a memory of twelve, in mean field, recomputed."""


def cells(effort: Effort) -> Iterator[Cell]:
    """Yield the critical share at the paper's memory and at others, and how far a smaller minority gets."""
    runs, crowd_of = (12, 20_000) if effort.full else (6, 3_000)
    for memory in (12, 5, 24) if effort.full else (12, 5):
        reference = LISTED if memory == 12 else critical_share(memory)
        bracket = (reference - 0.03, reference + 0.03)
        settings = bare(NAME, crowd_of, f"dynamics.convention.memory={memory}")
        ours = critical_shares(settings, effort.seed, runs, ticks=1000, bracket=bracket)
        yield Cell(
            f"memory of {memory}", "critical committed share", reference, "recomputed" if memory == 12 else "derived",
            ours, 0.0, EARLIER * crowd_of ** (-2 / 3), PAPER if memory == 12 else FINITE,
        )  # fmt: skip
    for memory, committed in ((12, 0.2), (12, 0.1), (7, 0.12)) if effort.full else ((12, 0.2), (7, 0.12)):
        levels = np.array([_level(memory, committed, luck) for luck in seeds(effort.seed + 1, runs)])
        setting = f"memory of {memory}, {committed:g} committed"
        reference = lower_level(memory, committed)
        yield Cell(setting, "uses of the new convention by the others, a share", reference, "derived", levels)


FINITE = "in a crowd of n chance tips it a little earlier, in proportion to n^(-2/3)"
PAPER = f"mean field; the paper says about .25; {FINITE}"


def _level(memory: int, committed: float, seed: int) -> float:
    """Return how often the others use the new convention where it has not won, less what the draw of the committed does."""
    settings = bare(NAME, 20_000, f"dynamics.convention.memory={memory}")
    model = Ecosystem(with_committed(settings, committed), rng=seed)
    drawn = float(model.world.committed.mean())
    return lasting_level(model) + lower_level(memory, committed) - lower_level(memory, drawn)


def best_response(plays: NDArray[np.float64] | float, memory: int) -> NDArray[np.float64]:
    """Return the share that plays the new convention where a share of plays met is of it: the leading one, or a coin."""
    from scipy import stats

    half = memory // 2
    tie = stats.binom.pmf(half, memory, plays) if memory % 2 == 0 else 0.0
    return np.asarray(stats.binom.sf(half, memory, plays) + 0.5 * tie)


def critical_share(memory: int) -> float:
    """Return the committed share above which no state with little of the new convention is left (mean field)."""
    plays = np.linspace(1e-4, 0.5, 200_001)
    others = best_response(plays, memory)
    return float(np.max((plays - others) / (1.0 - others)))


def lower_level(memory: int, committed: float) -> float:
    """Return how often the others use the new convention, where that began at never (mean field)."""
    before, level = -1.0, 0.0
    while level - before > 1e-12:
        before, level = level, float(best_response(committed + (1.0 - committed) * level, memory))
    return level


CASE = Case(
    name=NAME,
    title="A committed minority against a convention",
    source="Centola, Becker, Brackbill & Baronchelli (2018), Experimental evidence for tipping points in social "
    "convention, Science 360, 1116–1119 (the claim of a quarter checked; M = 12 as in an author's program)",
    about="Two by two, anyone with anyone, drawn with replacement (random activation), organisations play the convention "
    "they met most often in their last M meetings, while a share is committed to a new one. Reproduced: the share above "
    "which the others are won, by halving under the same luck, and their use of the new one below it.",
    cells=cells,
)
