"""In words: numbers with their intervals as a page tells them, where an outcome goes over, and tables of both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.experiments.arms import interval

if TYPE_CHECKING:
    import pandas as pd

SEED_OF_BOOTSTRAP = 7


def brackets(value: float, low: float, high: float, digits: int = 2, *, signed: bool = False) -> str:
    """Return a number with its interval, as in +0.05 [−0.01, +0.11]."""
    form = f"{'+' if signed else ''}.{digits}f"
    return f"{value:{form}} [{low:{form}}, {high:{form}}]".replace("-", "−")


def cells(table: pd.DataFrame, digits: int = 2, *, signed: bool = True) -> list[str]:
    """Return the mean of each column over replicates, with its interval, as text."""
    return [brackets(*interval(table[column]), digits, signed=signed) for column in table]


def crossing(levels: Sequence[float], values: Any, at: float = 0.0, draws: int = 2000) -> tuple[float, float, float]:
    """Return the level at which the mean over replicates first rises through ``at``, with its 95 % bootstrap interval.

    The outcome is a number; where each run is in one of two regimes, ``experiments.crossing`` knows more.

    Args:
        levels: what was varied, rising (l,).
        values: what came out (replicates, l); levels between are interpolated.
        at: value that is crossed.
        draws: how often replicates are drawn anew.

    Returns:
        Level, low, high; infinite where it is not crossed at any level.
    """
    there = np.asarray(values, float)
    luck = np.random.default_rng(SEED_OF_BOOTSTRAP)
    again = [
        _first_rise(levels, np.nanmean(there[luck.integers(there.shape[0], size=there.shape[0])], axis=0), at)
        for _ in range(draws)
    ]
    low, high = np.quantile(again, (0.025, 0.975), method="inverted_cdf")
    return _first_rise(levels, np.nanmean(there, axis=0), at), float(low), float(high)


def crossed(levels: Sequence[float], found: tuple[float, float, float], digits: int = 2) -> str:
    """Return in words what :func:`crossing` found.

    A level with its interval, as in 0.06 [0.03, 0.10]; where it may lie beyond the levels, "below" the first or "above" the
    last; where every draw of replicates leaps between the same two levels, "between" these, for no more is known.
    """
    value, low, high = found
    least, greatest = f"below {levels[0]:g}", f"above {levels[-1]:g}"
    if low == high:
        if np.isinf(value):
            return f"beyond the grid: {least if value < 0 else greatest}"
        place = min(max(int(np.searchsorted(levels, value)), 1), len(levels) - 1)
        return f"between {levels[place - 1]:g} and {levels[place]:g}"
    words = [
        f"{one:.{digits}f}".replace("-", "−") if np.isfinite(one) else least if one < 0 else greatest for one in found
    ]
    return f"{words[0]} [{words[1]}, {words[2]}]"


def as_markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; every column but the first is set to the right."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _first_rise(levels: Sequence[float], means: Any, at: float) -> float:
    if means[0] >= at:
        return float(-np.inf)
    for k in range(1, len(levels)):
        if means[k] >= at:
            return float(np.interp(at, (means[k - 1], means[k]), (levels[k - 1], levels[k])))
    return float(np.inf)
