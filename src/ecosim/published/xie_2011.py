"""Xie et al. (2011): a tenth that never changes its word wins the naming game."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ecosim.ecosystem import Ecosystem
from ecosim.published.case import Case, Cell, Effort
from ecosim.published.repeat import seeds
from ecosim.published.tipping import EARLIER, bare, critical_shares, lasting_level, uncommitted, with_committed

NAME = "xie_2011"


def cells(effort: Effort) -> Iterator[Cell]:
    """Yield the critical share, how far a smaller minority gets, and how long a larger one takes."""
    runs, crowd_of = (12, 20_000) if effort.full else (6, 3_000)
    settings = bare(NAME, crowd_of)
    ours = critical_shares(settings, effort.seed, runs, ticks=1000, bracket=(0.07, 0.13))
    yield Cell(
        "well mixed", "critical committed share", 0.0979, "recomputed", ours, 0.0, EARLIER * crowd_of ** (-2 / 3), PAPER
    )
    for committed in (0.05, 0.08) if effort.full else (0.08,):
        levels = np.array([_level(committed, luck) for luck in seeds(effort.seed + 1, runs)])
        yield Cell(
            f"{committed:g} committed",
            "uses of the new word by the others, a share",
            lower_level(committed),
            "derived",
            levels,
        )
    for committed in (0.15, 0.3) if effort.full else (0.15,):
        times = np.array([_time(committed, luck) for luck in seeds(effort.seed + 2, runs)])
        yield Cell(
            f"{committed:g} committed", "ticks until the others use the new word half of the time",
            time_to_half(committed), "derived", times, 0.0, 0.5, "looked at once a tick",
        )  # fmt: skip


PAPER = (
    "mean field; the paper says about .10. In a crowd of n chance tips it a little earlier, in proportion to n^(-2/3)"
)


def _level(committed: float, seed: int) -> float:
    """Return how often the others use the new word where it has not won, less what the draw of the committed does."""
    model = Ecosystem(with_committed(bare(NAME, 20_000), committed), rng=seed)
    drawn = float(model.world.committed.mean())
    return lasting_level(model) + lower_level(committed) - lower_level(drawn)


def _time(committed: float, seed: int) -> float:
    """Return the ticks until the others use the new word half of the time, less what the draw of the committed does."""
    model = Ecosystem(with_committed(bare(NAME, 20_000), committed), rng=seed)
    drawn = float(model.world.committed.mean())
    before = 0.0
    while (now := uncommitted(model)) < 0.5:
        before = now
        model.run(1)
    return model.tick - (now - 0.5) / (now - before) + time_to_half(committed) - time_to_half(drawn)


def change(state: NDArray[np.float64], committed: float) -> NDArray[np.float64]:
    """Return how fast the shares (new only, old only) of all that are not committed change in a tick (mean field)."""
    new, old = state
    both = 1.0 - committed - new - old
    return np.array(
        [
            -new * old + both * both + new * both + 1.5 * committed * both,
            -new * old + both * both + old * both - committed * old,
        ]
    )


def course(committed: float, ticks: float, step: float) -> Iterator[float]:
    """Yield how often the others use the new word, every ``step`` ticks, from never on (Runge & Kutta, fourth order)."""
    state = np.array([0.0, 1.0 - committed])
    for _ in range(int(ticks / step)):
        yield float(0.5 * (1.0 + (state[0] - state[1]) / (1.0 - committed)))
        a = change(state, committed)
        b = change(state + 0.5 * step * a, committed)
        c = change(state + 0.5 * step * b, committed)
        d = change(state + step * c, committed)
        state = state + step / 6.0 * (a + 2.0 * b + 2.0 * c + d)


def lower_level(committed: float) -> float:
    """Return how often the others use the new word in the end, where that began at never (mean field)."""
    return list(course(committed, 400.0, 0.5))[-1]


def time_to_half(committed: float) -> float:
    """Return the ticks until the others use the new word half of the time (mean field)."""
    before = 0.0
    for looks, now in enumerate(course(committed, 1000.0, 0.02)):
        if now >= 0.5:
            return 0.02 * (looks - (now - 0.5) / (now - before))
        before = now
    return float("inf")


CASE = Case(
    name=NAME,
    title="Committed speakers in the naming game",
    source="Xie, Sreenivasan, Korniss, Zhang, Lim & Szymanski (2011), Social consensus through the influence of committed "
    "minorities, Physical Review E 84, 011130 (the claim checked in its abstract)",
    about="A speaker drawn with replacement (random activation) says one of its words to anyone; a hearer that has it "
    "agrees, another learns it, and a share is committed to a new word. Reproduced: the share above which it wins, by "
    "halving under the same luck, how far it gets below, and how long it takes above.",
    cells=cells,
)
