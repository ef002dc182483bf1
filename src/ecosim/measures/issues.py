"""How bad the common problems are, and how much is done about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.kernels import kernel
from ecosim.measures.held import held
from ecosim.measures.measure import Measure

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecosim.world.world import World


def issues(world: World) -> list[float]:
    """Return mean severity, mean urgency, the work done on all issues this tick, and that work for each unit of effort.

    NaN without issues, and without effort.
    """
    values = survey(*held(world, "severity", "urgency", "relief", "effort"))
    numbers: list[float] = values.tolist()
    return numbers


@kernel
def survey(severity: Any, urgency: Any, relief: Any, effort: Any) -> Any:
    """Return the numbers of ``issues`` (4,)."""
    done, spent = relief.sum(), effort.sum()
    return np.array([severity.mean(), urgency.mean(), done, done / spent if spent > 0.0 else np.nan])


def _each(column: str) -> Callable[[World], Any]:
    return lambda world: world.__dict__[column]


def _both(column: str, place: int, meaning: str) -> tuple[Measure, Measure]:
    return (
        Measure(column, f"{meaning}, for each issue", "severity", _each(column), (column,), per="issue"),
        Measure(f"{column}_mean", f"{meaning}, mean over issues", "severity", issues, (column,), place),
    )


MEASURES: tuple[Measure, ...] = (
    *_both("severity", 0, "how bad the problem is"),
    *_both("urgency", 1, "severity as it is perceived"),
    Measure(
        "relief", "work done on the issue this tick", "output", _each("relief"), ("relief",), per="issue", flow=True
    ),
    Measure(
        "total_value",
        "work done on all issues this tick, in coalitions and alone",
        "output",
        issues,
        ("relief",),
        2,
        flow=True,
    ),
    Measure(
        "output_per_effort",
        "work done this tick for each unit of effort",
        "output / effort",
        issues,
        ("relief", "effort"),
        3,
        flow=True,
    ),
)
