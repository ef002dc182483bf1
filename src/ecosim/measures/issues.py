"""How bad the common problems are, and how much is done about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.measures.held import held
from ecosim.measures.measure import Measure

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecosim.world.world import World


def work_done(world: World) -> list[float]:
    """Return the work done on all issues this tick, and that work for each unit of effort (NaN without effort)."""
    relief, effort = held(world, "relief", "effort")
    total, spent = float(relief.sum()), float(effort.sum())
    return [total, total / spent if spent > 0.0 else np.nan]


def _each(column: str) -> Callable[[World], Any]:
    return lambda world: world.__dict__[column]


def _mean(column: str) -> Callable[[World], float]:
    """Return the mean of a column of issues; NaN without issues."""

    def mean(world: World) -> float:
        values = world.__dict__[column]
        return float(values.sum()) / values.size if values.size else np.nan

    return mean


def _both(column: str, meaning: str, unit: str) -> tuple[Measure, Measure]:
    return (
        Measure(column, f"{meaning}, for each issue", unit, _each(column), (column,), per="issue"),
        Measure(f"{column}_mean", f"{meaning}, mean over issues", unit, _mean(column), (column,)),
    )


MEASURES: tuple[Measure, ...] = (
    *_both("severity", "how bad the problem is", "severity"),
    *_both("urgency", "severity as it is perceived", "severity"),
    Measure("relief", "work done on the issue this tick", "output", _each("relief"), ("relief",), per="issue"),
    Measure(
        "total_value", "work done on all issues this tick, in coalitions and alone", "output", work_done, ("relief",), 0
    ),
    Measure(
        "output_per_effort",
        "work done this tick for each unit of effort",
        "output / effort",
        work_done,
        ("relief", "effort"),
        1,
    ),
)
