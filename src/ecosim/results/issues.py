"""Issues in words: which got worse, which eased, and which turned on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecosim.results.phrases import both, is_same, moved, number, plain
from ecosim.wording import in_a_row

TURN = 0.25
"""A rise after the worst was over is told from this part of the fall before it; below, it is taken for the end's noise.

It is told as well where it doubled what was lowest, and ends above the start.
"""

KEPT = 0.5
"""An issue that ends with more than this part of its rise got worse, though a tick before was worse still."""


class Course(NamedTuple):
    """The turning points of a severity: its worst tick, and the best one from then on."""

    peak: float
    peak_tick: int
    low: float
    low_tick: int


def issue_names(measures: Mapping[str, Any]) -> list[str]:
    """Return the measures that are the severity of one issue each."""
    return [name for name in measures if name.startswith("severity_") and name != "severity_mean"]


def issues_in(columns: Iterable[str]) -> list[str]:
    """Return the issues of which severity or urgency is among some columns, in their order."""
    of = (column.partition("_") for column in columns)
    return list(dict.fromkeys(issue for kind, _, issue in of if kind in ("severity", "urgency") and issue != "mean"))


def severities(measures: Mapping[str, Any], series: Mapping[str, NDArray[Any]]) -> Iterator[str]:
    """Tell how the severity of each issue moved, with its turning points where it had some.

    Args:
        measures: each, with its start, mean over the second half and final value.
        series: the recorded rows by column, "tick" among them; without them only start, later and end are compared.
    """
    groups: dict[str, list[str]] = {"got worse": [], "eased": [], "changed to and fro": [], "hardly changed": []}
    turned = []
    for name in issue_names(measures):
        found, end = both(measures, name), measures[name]["final"]
        if not found or end is None:
            continue
        issue = plain(name.removeprefix("severity_").replace("_", " "))
        told = f"{issue} ({number(found[0])}, {number(found[1])}, {number(end)})"
        if turns := _turns(found[0], end, course(series, name)):
            turned.append(f"{told} {turns}")
        else:
            moves = {moved(found[0], value, "got worse", "eased", "hardly changed") for value in (found[1], end)}
            groups[moves.pop() if len(moves) == 1 else "changed to and fro"].append(told)
    parts = [f"{in_a_row(issues)} {what}" for what, issues in groups.items() if issues] + turned
    if parts:
        yield f"**Issues**, with severity at the start, later and at the end: {'; '.join(parts)}."


def course(series: Mapping[str, NDArray[Any]], name: str) -> Course | None:
    """Return the first tick at which a measure was largest, and the first at which it was least from then on."""
    if name not in series or np.isnan(series[name]).all():
        return None
    values, ticks = series[name], series["tick"]
    top = int(np.nanargmax(values))
    low = top + int(np.nanargmin(values[top:]))
    return Course(float(values[top]), int(ticks[top]), float(values[low]), int(ticks[low]))


def _turns(start: float, end: float, found: Course | None) -> str:
    """Return how a severity turned on its way, or nothing where it went one way only.

    Three things are held apart: that it had been worse than at start and end, that it rises again at the end, and that
    it ends far above its start, which is no easing even where one tick before was worse.
    """
    if found is None:
        return ""
    fall, is_above_start = found.peak - found.low, end > start and not is_same(start, end)
    rose_again = end - found.low > TURN * fall or (is_above_start and end > 2.0 * found.low)
    rose_again = rose_again and not is_same(found.low, end)
    had_peak = found.peak > max(start, end) and not is_same(max(start, end), found.peak)
    if not had_peak:
        if rose_again and is_same(found.peak, start):
            return f"fell to {_at(found.low, found.low_tick)} and rose again to {number(end)}"
        return ""
    beside_start = ", above its start" if is_above_start else ""
    if rose_again:
        fell = f"fell to {_at(found.low, found.low_tick)} and rose again to {number(end)}{beside_start}"
        return f"peaked at {_at(found.peak, found.peak_tick)}, {fell}"
    if end - start > KEPT * (found.peak - start):
        return f"got worse, most in tick {found.peak_tick:,} ({number(found.peak)})"
    return f"peaked at {_at(found.peak, found.peak_tick)} and eased to {number(end)}{beside_start}"


def _at(value: float, tick: int) -> str:
    return f"{number(value)} in tick {tick:,}"
