"""Axelrod, Daymude & Forrest (2021): those who are near draw nearer, those who are far drive each other away."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from numpy.typing import NDArray

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from ecosim.published.case import Case, Cell, Effort
from ecosim.published.repeat import repeat

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

MEASURE = "variance of opinion on a scale from 0 to 1"
ROUNDED = 0.0005
"""The references are printed with three decimals."""
RUNS_OF_REFERENCE = 10

LISTED = {
    0.05: (0.232, None),
    0.15: (0.248, None),
    0.25: (0.238, 0.023),
    0.3: (0.074, 0.059),
    0.35: (0.032, None),
    0.4: (0.015, None),
    0.5: (0.001, None),
    0.55: (0.0, None),
    0.7: (0.0, None),
}
"""Tolerance on the paper's scale to the mean final variance that an independent program gave, and its standard deviation
between runs where that is known. From .55 on the variance vanishes."""

FURTHER: dict[float, tuple[float, float]] = {0.1: (0.2431, 0.0004), 0.2: (0.2491, 0.0001), 0.28: (0.1126, 0.0094)}
"""The same at values that no table lists, from tests/reference/published/axelrod_2021.py: mean and standard error."""


def cells(effort: Effort) -> Iterator[Cell]:
    """Yield the variance of opinion after a million encounters at each tolerance."""
    runs = 60 if effort.full else 8
    listed = LISTED if effort.full else {key: LISTED[key] for key in (0.05, 0.25, 0.35, 0.55)}
    for tolerance, (reference, spread) in listed.items():
        ours = variances(tolerance, effort.seed, runs)
        between = float(ours.std(ddof=1)) if spread is None else spread
        error = between / math.sqrt(RUNS_OF_REFERENCE)
        yield Cell(f"T = {tolerance:g}", MEASURE, reference, "recomputed", ours, error, ROUNDED, TEN, extent=WIDEST)
    for tolerance, (reference, error) in FURTHER.items():
        ours = variances(tolerance, effort.seed, runs)
        yield Cell(f"T = {tolerance:g}", MEASURE, reference, "recomputed", ours, error, extent=WIDEST)


WIDEST = 0.25
"""Variance of opinions of which half stand at 0 and half at 1: there is no greater."""
TEN = "the reference is taken for a mean of ten runs, which spread as is given with it, or else as ours do"


def variances(tolerance: float, seed: int, runs: int) -> NDArray[np.float64]:
    """Return the final variance of each run (runs,); tolerance and variance on the scale from 0 to 1."""
    settings = load("axelrod_2021", f"dynamics.stance.tolerance={2 * tolerance!r}", "record.every=1000", "measures=[]")
    return repeat(settings, seed, runs, lambda model: _variance(model) / 4)


def _variance(model: Ecosystem) -> float:
    return float(model.world.stance[:, 0].var())


def figure(cells: Sequence[Cell]) -> Figure:
    """Draw the final variance over the tolerance, ours beside the references."""
    from ecosim.published.figures import curves

    return curves(
        cells,
        title="Little tolerance tears apart, much of it unites",
        caption="Variance of opinion after a million encounters of a hundred organisations; .25 is two camps of equal "
        "size at the extremes. Between a tolerance of .25 and .3 the fate of all changes.",
        x_label="tolerance T, on a scale of opinion from 0 to 1",
        y_label="variance of opinion",
    )


CASE = Case(
    name="axelrod_2021",
    title="Attraction and repulsion",
    source="Axelrod, Daymude & Forrest (2021), Preventing extreme polarization of political attitudes, PNAS 118 (50) "
    "e2102139118; the rule checked against the authors' program (AttractionRepulsionModel, arm.py)",
    about="A hundred organisations, normal around the middle, meet one at a time, drawn with replacement (random "
    "activation); exposure .1, responsiveness .25 on the paper's scale, start N(.5, .2) truncated to [0, 1]. Reproduced: "
    "the variance of opinion after 10⁶ encounters, by tolerance.",
    cells=cells,
    figure=figure,
)
