"""How each sector does on its own terms, beside all together: one pass over the organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.kernels import kernel
from ecosim.measures.held import held
from ecosim.measures.inequality import _gini
from ecosim.measures.measure import Measure
from ecosim.measures.survey import Survey

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecosim.world.labels import Labels
    from ecosim.world.world import World

COLUMNS = ("success", "capital", "contribution", "payoff", "income", "reputation", "invest", "spillover")
"""The columns of organisations that are averaged, over each sector and over all."""

FLOWS = ("success", "payoff", "income", "spillover")
"""Those of them that tell what a tick brought: before the first, nobody has succeeded or failed, gained or lost."""


@kernel
def sector_means(sector: Any, columns: Any, numbers: Any) -> None:
    """Fill in the mean of each column (n,) over each sector and, last, over all: (columns · (sectors + 1),)."""
    n, found = sector.size, numbers.reshape(len(columns), numbers.size // len(columns))
    sectors = found.shape[1] - 1
    size = np.zeros(sectors + 1)
    for i in range(n):
        size[sector[i]] += 1.0
    size[sectors] = n
    for row, column in enumerate(columns):
        lanes = np.zeros((4, sectors))  # four sums at once: the processor need not wait for the last addition
        for i in range(n):
            lanes[i & 3, sector[i]] += column[i]
        found[row, sectors] = 0.0
        for s in range(sectors):
            found[row, s] = lanes[:, s].sum()
            found[row, sectors] += found[row, s]
        for s in range(
            sectors + 1
        ):  # not a whole row at once: wording its refusal of another size takes long to compile
            found[row, s] /= size[s]


def _arranged(numbers: NDArray[Any], labels: Labels) -> list[Any]:
    table = numbers.reshape(len(COLUMNS), len(labels.sectors) + 1)
    return [*table[:, :-1], *table[:, -1]]


means = Survey(
    lambda world, numbers: sector_means(world.sector, held(world, *COLUMNS), numbers),
    lambda labels: len(COLUMNS) * (len(labels.sectors) + 1),
    _arranged,
)
"""The means of :data:`COLUMNS` over each sector, then over all organisations.

NaN for a sector without organisations, and for a column that the world lacks.
"""


def _gini_of_capital(world: World) -> float:
    """Return the Gini coefficient of capital, as ``gini`` does: what it checks of a column first is known here."""
    ordered = world.capital.copy()
    ordered.sort()
    return float(_gini(ordered))


def numbers(world: World) -> NDArray[np.int64]:
    """Return how many organisations there are in each sector (sectors,)."""
    return np.bincount(world.sector, minlength=len(world.labels.sectors))


def _average(column: str, whole: str, meaning: str, unit: str) -> tuple[Measure, Measure]:
    """Return the measures of a column: one value for each sector, and one for all."""
    place, flow = COLUMNS.index(column), column in FLOWS
    each, everyone = f"{meaning}, mean over the sector's organisations", f"{meaning}, mean over all organisations"
    return (
        Measure(column, each, unit, means, (column,), place, "sector", flow=flow),
        Measure(whole, everyone, unit, means, (column,), place + len(COLUMNS), flow=flow),
    )


MEASURES: tuple[Measure, ...] = (
    Measure("organisations", "number of organisations", "organisations", lambda world: world.n),
    Measure("members", "number of organisations in the sector", "organisations", numbers, per="sector"),
    *_average("success", "success_collective", "success by one's own motive", "1"),
    *_average("capital", "capital_mean", "capital", "capital"),
    *_average("contribution", "contribution_mean", "share of its means put into the common work", "share"),
    *_average("payoff", "payoff_mean", "what this tick's work was paid, less its cost", "output"),
    *_average("income", "income_mean", "what customers, taxes or donors gave", "capital / tick"),
    *_average("reputation", "reputation_mean", "how conduct is regarded", "1"),
    *_average("invest", "invest_mean", "share of effort put into relationships", "share"),
    *_average("spillover", "spillover_mean", "benefit that arrived through others' joint work", "output"),
    Measure(
        "gini_capital",
        "inequality of capital: 0 when all have the same, near 1 when one has everything",
        "1",
        _gini_of_capital,
        ("capital",),
        source="Gini; formula in ecosim.measures.inequality",
    ),
)
