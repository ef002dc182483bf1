"""What citizens think and whom they stand behind, in one pass over them, and what of the pie reaches them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.kernels import kernel
from ecosim.measures.held import held
from ecosim.measures.inequality import gini
from ecosim.measures.measure import Measure
from ecosim.measures.survey import Survey

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecosim.world.world import World


def _fill(world: World, numbers: NDArray[np.float64]) -> None:
    if not world.labels.citizens:
        numbers[:] = np.nan
        return
    all_citizens(held(world, "orientation", "approval", "citizen_stance", "supports"), numbers)


citizens = Survey(_fill, lambda labels: 6)
"""The numbers of ``_ROWS``, in order; NaN without citizens."""


@kernel
def all_citizens(columns: Any, numbers: Any) -> None:
    """Fill in the numbers of ``citizens`` (6,)."""
    orientation, approval, stance, supports = columns
    c, axes = stance.shape
    for k in range(numbers.size):
        numbers[k] = 0.0
    centre = np.zeros(axes)
    for i in range(c):
        numbers[0] += orientation[i] / c
        numbers[2] += approval[i] / c
        numbers[3] += (supports[i] >= 0) / c
        for d in range(axes):
            centre[d] += stance[i, d] / c
    for i in range(c):
        numbers[1] += abs(orientation[i] - numbers[0]) / c
        for d in range(axes):
            numbers[4] += abs(stance[i, d] - centre[d]) / (c * axes)
            numbers[5] += abs(stance[i, d]) / (c * axes)
    if axes == 0:
        numbers[4] = numbers[5] = np.nan


def customers_gini(world: World) -> float:
    """Return the Gini coefficient of customers over all organisations of those sectors that have any."""
    customers = world.customers
    has_some = np.bincount(world.sector, customers, minlength=len(world.labels.sectors)) > 0.0
    return gini(customers[has_some[world.sector]])


def benefit(world: World) -> float:
    """Return the spillover that reached the organisation at the other end of a citizen's link, mean over all links.

    A link is to whom it buys from, works for or supports. NaN without links.
    """
    links = world.customers + world.workers + world.supporters
    total = links.sum()
    return float(links @ world.spillover / total) if total > 0.0 else np.nan


_ROWS = (
    ("orientation_mean", "orientation of citizens, 0 consumer (us and them) to 1 citizen (we), mean", "1", "orientation"),
    ("orientation_dispersion", "mean distance of citizens' orientations from their mean", "1", "orientation"),
    ("approval_mean", "citizens' approval of government, mean", "1", "approval"),
    ("supporters_share", "share of citizens who support a civil-society group", "share", "supports"),
    ("citizens_dispersion", "mean distance of citizens' stances from their mean, mean over axes", "1", "citizen_stance"),
    ("citizens_extremity", "distance of citizens' stances from the middle of opinion, mean over axes", "1",
     "citizen_stance"),
)  # fmt: skip

MEASURES: tuple[Measure, ...] = (
    *(
        Measure(name, meaning, unit, citizens, (column,), place)
        for place, (name, meaning, unit, column) in enumerate(_ROWS)
    ),
    Measure(
        "customers_gini",
        "inequality of custom: 0 when all who live by customers have as many, near 1 when one has them all",
        "1",
        customers_gini,
        ("customers",),
        source="Gini; formula in ecosim.measures.inequality",
    ),
    Measure(
        "citizen_benefit",
        "third win: benefit of others' joint work that reached those whom citizens buy from, work for and support",
        "output",
        benefit,
        ("customers", "workers", "supporters", "spillover"),
        flow=True,
    ),
)
