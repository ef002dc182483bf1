"""Moran (1958): the chance that one mutant takes over a crowd."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from ecosim.published.case import Case, Cell, Effort
from ecosim.published.repeat import repeat
from ecosim.published.tipping import BARE

NAME = "moran_1958"
FURTHER = ((1.0, 10), (0.9, 8), (1.5, 12), (2.0, 50), (1.02, 30))
"""Fitness and crowd of further cases, which no list told beforehand."""


def cells(effort: Effort) -> Iterator[Cell]:
    """Yield the share of runs in which the mutant takes over, against Moran's formula."""
    runs = 40_000 if effort.full else 4000
    yield Cell(_words(1.1, 20), SHARE, 0.106781, "exact", taken_over(1.1, 20, effort.seed, runs), 0.0, 1e-6, PRINTED)
    for fitness, size in FURTHER:
        few = runs // 2
        yield Cell(
            _words(fitness, size), SHARE, fixation(fitness, size), "exact", taken_over(fitness, size, effort.seed, few)
        )


SHARE = "share of runs in which the mutant takes over"
PRINTED = "the reference has six digits"


def fixation(fitness: float, size: int) -> float:
    """Return (1 − 1/r) / (1 − 1/r^N), and its limit 1/N at r = 1."""
    return 1.0 / size if fitness == 1.0 else (1.0 - 1.0 / fitness) / (1.0 - fitness**-size)


def taken_over(fitness: float, size: int, seed: int, runs: int) -> NDArray[np.float64]:
    """Return 1 for each run in which the mutant takes over, 0 for the others (runs,).

    A tick has as many events as nearly always settle a run; with what is passed on goes the fitness.
    """
    changes = (
        f"ecosystem.organisations={size}", f"dynamics.production.multiplication={fitness}",
        f"dynamics.selection.steps={40 * size}",
    )  # fmt: skip

    def look(model: Ecosystem) -> float:
        while True:
            model.step()
            share = float(model.world.contribution.mean())
            if share in (0.0, 1.0):
                return share

    return repeat(load(NAME, *BARE, *changes), seed, runs, look, ticks=0)


def _words(fitness: float, size: int) -> str:
    return f"fitness {fitness:g}, crowd of {size}"


CASE = Case(
    NAME,
    "The fixation of a mutant",
    "Moran (1958), Random processes in genetics, Math. Proc. Camb. Phil. Soc. 54, 60 (the formula is exact)",
    "One event after the other, somebody drawn in proportion to fitness passes on what it does to one other, drawn "
    "uniformly from everybody. Reproduced is the probability that one mutant's kind takes over.",
    cells,
)
