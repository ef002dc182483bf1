"""Watched: the measures that a scenario names to watch, what they are called, and where they went, in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecosim.results.issues import issues_in
from ecosim.results.marks import turning_point
from ecosim.results.phrases import is_same, number, percent

AFTER = 20
"""Ticks after a shock in which the lowest and the highest value are sought."""

FAR = 0.3
"""A value is far beyond both ends if by more than this part of the whole range."""

USUAL = ("contribution", "approval_mean", "trust_mean")
"""What is watched where a configuration names nothing, as far as it was measured."""

WORDS = {
    "contribution": "effort",
    "contribution_mean": "effort",
    "contribution_business": "effort of businesses",
    "success": "success",
    "severity": "severity of problems",
    "severity_mean": "severity of problems",
    "coalitions": "coalitions",
    "in_coalition_share": "organisations in a coalition",
    "approval_mean": "citizens' approval of government",
    "orientation_mean": "citizens' orientation (0 us and them, 1 we)",
    "dispersion": "spread of organisations' opinions",
    "citizens_dispersion": "spread of citizens' opinions",
    "dispersion_members": "spread of all members' opinions",
    "dispersion_within_organisations": "spread within organisations",
    "opinion_clusters": "clusters of opinion",
    "cross_sector_share": "ties between sectors",
    "introductions": "introductions",
    "translation_mean": "gap left to translate",
    "trust_mean": "trust",
    "convention_share_uncommitted": "new convention, of uses by the uncommitted",
    "capital": "capital",
    "adapting_advantage": "lead in performance of those who go on searching",
    "performance_mean": "performance of practices",
    "payoff_mean": "what a tick's work pays",
    "total_value": "work done in a tick",
    "output_per_effort": "work done for each unit of effort",
}
"""What measures are called where they are watched; others go by their names."""

COUNTED = ("meetings", "acceptances", "introductions", "introductions_accepted", "betrayals")
"""What is counted for pairs of sectors: its sum is what there is to watch."""

Columns = Mapping[str, NDArray[Any]]


class Line(NamedTuple):
    """One line of a panel: whose it is (nothing where it stands alone), of what kind, and its values (rows,)."""

    label: str
    kind: str
    values: NDArray[np.float64]


class Watched(NamedTuple):
    """A measure that is watched: its name, what it is called, a column for its unit and meaning, and its lines."""

    name: str
    words: str
    column: str
    lines: tuple[Line, ...]


def watched(settings: Mapping[str, Any], recorded: Columns, sectors: Sequence[str]) -> list[Watched]:
    """Return what is watched of a run, as far as it has values: what its configuration names, or else the usual.

    Args:
        settings: the configuration as plain data.
        recorded: the series by column.
        sectors: names of the sectors; a measure of theirs has a line for each, and one for all together where measured.
    """
    named = settings.get("watch_measures") or ()
    found = (_watched(str(name), recorded, sectors) for name in named or USUAL)
    return [one for one in found if one is not None]


def not_measured(settings: Mapping[str, Any], recorded: Columns, sectors: Sequence[str]) -> list[str]:
    """Return which of the measures that a configuration names to watch have no value in a run."""
    there = {one.name for one in watched(settings, recorded, sectors)}
    return [str(name) for name in settings.get("watch_measures") or () if name not in there]


def from_start_to_end(looks: Sequence[Watched], units: Mapping[str, str], ticks: NDArray[Any]) -> str:
    """Return the first and the last value of everything that is watched, in one sentence; nothing where there is none.

    Of a line that stands alone or for all together, the highest or lowest value is told, too, where the first and the
    last hide most of how it moved.

    Args:
        looks: what is watched.
        units: unit by column.
        ticks: tick of each row (rows,).
    """
    parts = []
    for one in looks:
        unit, ends = units.get(one.column, ""), []
        for line in one.lines:
            there = line.values[~np.isnan(line.values)]
            first, last = (_value(float(value), unit) for value in (there[0], there[-1]))
            between = _between(line.values, ticks, unit) if any(line is each for each in _chief(one)) else ""
            ends.append(f"{_whose(line)}{first} to {last}{between}")
        parts.append(f"{one.words}: {', '.join(ends)}")
    return f"From start to end: {'; '.join(parts)}." if parts else ""


def around_the_turn(
    looks: Sequence[Watched], units: Mapping[str, str], settings: Mapping[str, Any], ticks: NDArray[Any]
) -> str:
    """Return what is watched just before the first shock or arrival, and between which values it moved soon after it.

    Nothing where there is neither, or nothing that is watched moves by it. Of sectors, all together are told.
    """
    turn = turning_point(settings, int(ticks[-1]))
    if turn is None or not (ticks < turn.tick).any():
        return ""
    parts = []
    for one in looks:
        moves = [move for line in _chief(one) if (move := _move(line, ticks, turn.tick, units.get(one.column, "")))]
        if moves:
            parts.append(f"{one.words}: {', '.join(moves)}")
    told = f"Just before {turn.words}, and from lowest to highest in {AFTER} ticks: {'; '.join(parts)}."
    return told if parts else ""


def _chief(one: Watched) -> tuple[Line, ...]:
    """Return the line of all together, or all lines where there is none."""
    return tuple(line for line in one.lines if line.kind == "all") or one.lines


def _between(values: NDArray[np.float64], ticks: NDArray[Any], unit: str) -> str:
    """Return the highest or the lowest value, where it lies far beyond both ends of a line."""
    there = ~np.isnan(values)
    values, ticks = values[there], ticks[there]
    high, low, ends = int(values.argmax()), int(values.argmin()), (values[0], values[-1])
    above, below = values[high] - max(ends), min(ends) - values[low]
    if max(above, below) <= FAR * (values[high] - values[low]):
        return ""
    row, word = (high, "highest") if above >= below else (low, "lowest")
    return f" ({word} {_value(float(values[row]), unit)} in tick {int(ticks[row])})"


def _move(line: Line, ticks: NDArray[Any], at: int, unit: str) -> str:
    """Return the last value of a line before a tick, and its range in the ticks from then on; nothing where it stays."""
    before, after = float(line.values[ticks < at][-1]), line.values[(ticks >= at) & (ticks <= at + AFTER)]
    after = after[~np.isnan(after)]
    if np.isnan(before) or not after.size:
        return ""
    low, high = float(after.min()), float(after.max())
    if is_same(before, low) and is_same(before, high):
        return ""
    return f"{_whose(line)}{_value(before, unit)}, then {_value(low, unit)} to {_value(high, unit)}"


def _watched(name: str, recorded: Columns, sectors: Sequence[str]) -> Watched | None:
    lines = list(_lines(name, recorded, sectors))
    there = [(column, line) for column, line in lines if not np.isnan(line.values).all()]
    if not there:
        return None
    return Watched(name, WORDS.get(name, name.replace("_", " ")), there[0][0], tuple(line for _, line in there))


def _lines(name: str, recorded: Columns, sectors: Sequence[str]) -> Iterator[tuple[str, Line]]:
    """Yield the columns of a measure with the line of each: itself, or of every sector, pair of sectors or issue."""
    if name in recorded:
        yield name, Line("", "", recorded[name])
        return
    together = next((column for column in (f"{name}_mean", f"{name}_collective") if column in recorded), None)
    parts = [(word, "sector") for word in sectors if f"{name}_{word}" in recorded]
    if not parts:
        pairs = [pair for one in sectors for other in sectors if (pair := f"{name}_{one}_{other}") in recorded]
        if pairs and name in COUNTED:
            yield pairs[0], Line("", "", np.sum([recorded[pair] for pair in pairs], axis=0))
            return
        parts = [(issue, "issue") for issue in issues_in(recorded) if f"{name}_{issue}" in recorded]
    yield from ((f"{name}_{word}", Line(word, kind, recorded[f"{name}_{word}"])) for word, kind in parts)
    if together:
        yield together, Line("all together" if parts else "", "all" if parts else "", recorded[together])


def _whose(line: Line) -> str:
    return f"{line.label.replace('_', ' ')} " if line.label else ""


def _value(value: float, unit: str) -> str:
    return percent(value) if unit == "share" else number(value)
