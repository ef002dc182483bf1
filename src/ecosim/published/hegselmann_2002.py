"""Hegselmann & Krause (2002): everyone moves to the mean of those whose opinion is near."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from ecosim.measures.clusters import opinion_clusters
from ecosim.published.case import Case, Cell, Effort
from ecosim.published.repeat import repeat

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MEASURE = "camps of any size"

LISTED = {0.01: 37.8, 0.15: 2.6, 0.25: 1.0}
"""Tolerance on the paper's scale from 0 to 1, to the mean number of camps that an independent program gave."""

FURTHER = {0.05: (7.855, 0.0659), 0.1: (3.86, 0.0449), 0.18: (2.055, 0.0162)}
"""The same at values that no table lists, from tests/reference/published/hegselmann_2002.py: mean and standard error."""


def cells(effort: Effort) -> Iterator[Cell]:
    """Yield the number of camps at each tolerance."""
    runs = 100 if effort.full else 8
    for tolerance, reference in LISTED.items():
        ours = camps(tolerance, effort.seed, runs)
        yield Cell(f"ε = {tolerance:g}", MEASURE, reference, "recomputed", ours, 0.0, 0.3, PRECISION)
    for tolerance, (mean, error) in FURTHER.items():
        ours = camps(tolerance, effort.seed, runs)
        yield Cell(f"ε = {tolerance:g}", MEASURE, mean, "recomputed", ours, error)


PRECISION = "±.3: the precision of the reference, of whose runs neither number nor spread is known"


def camps(tolerance: float, seed: int, runs: int) -> NDArray[np.float64]:
    """Return the number of camps at the end of each run (runs,); tolerance on the scale from 0 to 1."""
    settings = load("hegselmann_2002", f"dynamics.stance.tolerance={2 * tolerance!r}", "record.every=80", "measures=[]")

    def count(model: Ecosystem) -> float:
        found = opinion_clusters(model.world.stance[:, 0], gap=2 * tolerance, smallest_share=0.0)
        return found.large

    return repeat(settings, seed, runs, count)


def figure(cells: Sequence[Cell]) -> Figure:
    """Draw the number of camps over the tolerance, ours beside the references, and the rule 1 / (2 ε)."""
    from ecosim.published.figures import curves

    return curves(
        cells,
        title="Everyone at once: fewer camps than where two meet",
        caption="Camps of any size that are left when nobody moves any more. Both scales are logarithmic; consensus is "
        "reached near a tolerance of .2 already.",
        x_label="tolerance ε, on a scale of opinion from 0 to 1",
        y_label="camps",
        law=(lambda tolerance: np.maximum(1.0, 0.5 / tolerance), "1 / (2 ε)"),
        logarithmic=True,
    )


CASE = Case(
    name="hegselmann_2002",
    title="Bounded confidence, everyone at once",
    source="Hegselmann & Krause (2002), Opinion dynamics and bounded confidence: models, analysis and simulation, "
    "Journal of Artificial Societies and Social Simulation 5 (3) 2",
    about="Six hundred and twenty-five organisations with uniform opinions all move at once (simultaneous activation) to "
    "the mean of the opinions within the tolerance, on a complete network. Reproduced: the mean number of camps after 80 "
    "ticks, when hardly any run still moves.",
    cells=cells,
    figure=figure,
)
