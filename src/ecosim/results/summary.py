"""Summary: a run in a page of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

STAGES = ("collection", "network", "community", "social ecosystem")
"""The stages of an ecosystem, from 0: see ``ecosim.measures.stage``."""

LEDGER = ("win_win_share", "win_win_win_share", "superadditive_surplus")
"""The measures of the win-win ledger."""


def summarise(
    series: Mapping[str, NDArray[Any]],
    units: Mapping[str, str],
    sectors: tuple[str, ...],
    counts: list[dict[str, Any]],
    missing_drawn: Mapping[str, int],
) -> dict[str, Any]:
    """Return the summary of a run as plain data; a missing number is None.

    Args:
        series: recorded rows by column, "tick" (rows,) among them, at least one row.
        units: unit of each measure.
        sectors: names of the sectors.
        counts: what there was at the start and at the end.
        missing_drawn: how many missing values were drawn at random, by column.

    Returns:
        ``ticks``, ``counts`` {start, end}, ``measures`` {name: {start, final, mean, unit}} with the mean over the
        second half of the run, ``success`` {sector or collective: the same and ``early``, the mean over the first
        tenth without tick 0}, ``ledger``, ``stage`` {number, word}, ``missing_values_drawn`` {total, columns}.
    """
    tick = series["tick"]
    second_half = tick >= tick[-1] / 2
    measures = {
        name: {
            "start": _number(values[0]),
            "final": _number(values[-1]),
            "mean": _mean(values[second_half]),
            "unit": units.get(name, ""),
        }
        for name, values in series.items()
        if name != "tick"
    }
    early = (tick > 0) & (tick <= max(tick[-1] / 10, 1))
    success = {
        word: {**measures[f"success_{word}"], "early": _mean(series[f"success_{word}"][early])}
        for word in (*sectors, "collective")
        if f"success_{word}" in measures
    }
    return {
        "ticks": int(tick[-1]),
        "counts": {"start": counts[0], "end": counts[-1]},
        "measures": measures,
        "success": success,
        "ledger": {name: measures[name] for name in LEDGER if name in measures},
        "stage": _stage(measures),
        "missing_values_drawn": {"total": sum(missing_drawn.values()), "columns": dict(missing_drawn)},
    }


def _stage(measures: Mapping[str, Mapping[str, Any]]) -> dict[str, Any] | None:
    number = measures.get("stage", {}).get("final")
    if number is None:
        return None
    return {"number": int(number), "word": STAGES[int(number)]}


def _mean(values: NDArray[np.float64]) -> float | None:
    there = values[~np.isnan(values)]
    return _number(there.mean()) if there.size else None


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
