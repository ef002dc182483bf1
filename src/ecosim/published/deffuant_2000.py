"""Deffuant et al. (2000): two who are near meet in the middle, and camps remain."""

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

MEASURE = "camps of at least 1 %"

LISTED = {0.05: 8.7, 0.1: 4.7, 0.15: 3.0, 0.2: 2.1, 0.25: 2.0, 0.27: 1.6, 0.3: 1.1}
"""Tolerance on the paper's scale from 0 to 1, to the mean number of camps that an independent program gave."""

FURTHER: dict[float, tuple[float, float]] = {0.12: (3.8333, 0.0590), 0.18: (2.6667, 0.0658)}
"""The same at values that no table lists, from tests/reference/published/deffuant_2000.py: mean and standard error."""


def cells(effort: Effort) -> Iterator[Cell]:
    """Yield the number of camps at each tolerance."""
    runs = 50 if effort.full else 8
    listed = LISTED if effort.full else {0.1: LISTED[0.1], 0.3: LISTED[0.3]}
    for tolerance, reference in listed.items():
        ours = camps(tolerance, effort.seed, runs)
        yield Cell(f"ε = {tolerance:g}", MEASURE, reference, "recomputed", ours, 0.0, 0.3, PRECISION)
    for tolerance, (reference, error) in FURTHER.items():
        ours = camps(tolerance, effort.seed, runs)
        yield Cell(f"ε = {tolerance:g}", MEASURE, reference, "recomputed", ours, error)


PRECISION = "±.3: the precision of the reference, of whose runs neither number nor spread is known"


def camps(tolerance: float, seed: int, runs: int) -> NDArray[np.float64]:
    """Return the number of camps at the end of each run (runs,); tolerance on the scale from 0 to 1."""
    settings = load("deffuant_2000", f"dynamics.stance.tolerance={2 * tolerance!r}", "record.every=2000", "measures=[]")

    def count(model: Ecosystem) -> float:
        return opinion_clusters(model.world.stance[:, 0], gap=2 * tolerance, smallest_share=0.01).large

    return repeat(settings, seed, runs, count)


def figure(cells: Sequence[Cell]) -> Figure:
    """Draw the number of camps over the tolerance, ours beside the references, and the rule 1 / (2 ε)."""
    from ecosim.published.figures import curves

    return curves(
        cells,
        title="The more tolerant, the fewer the camps",
        caption="Camps of at least 1 % that are left when nobody listens to anybody in another camp: about 1/(2 ε) of "
        "them, in steps, and one from a tolerance of .3 on.",
        x_label="tolerance ε, on a scale of opinion from 0 to 1",
        y_label="camps",
        law=(lambda tolerance: np.maximum(1.0, 0.5 / tolerance), "1 / (2 ε)"),
    )


CASE = Case(
    name="deffuant_2000",
    title="Mixing of opinions between those who are near",
    source="Deffuant, Neau, Amblard & Weisbuch (2000), Mixing beliefs among interacting agents, Advances in Complex "
    "Systems 3, 87–98",
    about="A thousand organisations with uniform opinions meet two by two, drawn with replacement (random activation); "
    "two within the tolerance move to their middle (μ = .5). Reproduced: the mean number of camps of at least 1 % after "
    "2,000 meetings an organisation.",
    cells=cells,
    figure=figure,
)
