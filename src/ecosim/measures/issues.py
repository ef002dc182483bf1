"""How bad the common problems are, and how much is done about them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.kernels import kernel
from ecosim.measures.held import held
from ecosim.measures.measure import Measure
from ecosim.measures.survey import Survey
from ecosim.world.lookup import copy_into, write


@kernel
def _fill(columns: Any, numbers: Any) -> None:
    """Fill in the numbers of ``issues``, one after another (4 + 3 q,)."""
    severity, urgency, relief, effort = columns
    done, spent, q = relief.sum(), effort.sum(), severity.size
    write(numbers, 0, (severity.mean(), urgency.mean(), done, done / spent if spent > 0.0 else np.nan))
    copy_into(numbers[4:], severity)
    copy_into(numbers[4 + q :], urgency)
    copy_into(numbers[4 + 2 * q :], relief)


issues = Survey(
    lambda world, numbers: _fill(held(world, "severity", "urgency", "relief", "effort"), numbers),
    lambda labels: 4 + 3 * len(labels.issues),
    lambda numbers, labels: [*numbers[:4], *numbers[4:].reshape(3, len(labels.issues))],
)
"""Mean severity, mean urgency, the work done on all issues this tick, and that work for each unit of effort; then severity,
urgency and work, on each issue. NaN without issues, and without effort."""


def _both(column: str, place: int, meaning: str) -> tuple[Measure, Measure]:
    return (
        Measure(column, f"{meaning}, for each issue", "severity", issues, (column,), place + 4, "issue"),
        Measure(f"{column}_mean", f"{meaning}, mean over issues", "severity", issues, (column,), place),
    )


MEASURES: tuple[Measure, ...] = (
    *_both("severity", 0, "how bad the problem is"),
    *_both("urgency", 1, "severity as it is perceived"),
    Measure("relief", "work done on the issue this tick", "output", issues, ("relief",), 6, per="issue", flow=True),
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
