"""Words: one plain sentence on what is happening now, in the words of the summary of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ecosim.results.phrases import moved, number, plural
from ecosim.wording import in_a_row, some

WINDOW = 10
"""Ticks over which now, and before, are averaged: less is mostly chance."""
LINGERS = 60
"""Ticks for which what happens is told as what happened since something was done from outside."""

MOST_PARTS = 3
"""More than so many things at once nobody takes in from a line above a moving picture."""

Series = Mapping[str, NDArray[np.float64]]


def now(series: Series, sectors: Sequence[str], issues: Sequence[str], deeds: Sequence[tuple[int, str]]) -> str:
    """Return a sentence on how things moved lately: since the last deed from outside, or since some ticks ago.

    Args:
        series: the recorded rows by column, "tick" among them; NaN where missing.
        sectors: names of the sectors.
        issues: names of the issues.
        deeds: tick and words of what was done from outside, in order.
    """
    tick = int(series["tick"][-1])
    if tick == 0:
        return "Nothing has happened yet."
    done = [(at, words) for at, words in deeds if at <= tick and tick - at < LINGERS]
    at, words = done[-1] if done else (0, "")
    since = at - 1 if done and at > 1 else max(tick - 2 * WINDOW, 0)
    lead = f"Since tick {at} ({words})" if done else f"In the last {some(tick - since, 'tick')}"
    if tick - since < (3 if done else WINDOW):
        return f"Tick {at}: {words}. Watch what follows." if done else f"Tick {tick}: the world has only begun."
    parts = list(_parts(series, sectors, issues, since))[:MOST_PARTS]
    return f"{lead}: {'; '.join(parts)}." if parts else f"{lead}, hardly anything moved."


def _parts(series: Series, sectors: Sequence[str], issues: Sequence[str], since: int) -> Iterator[str]:
    problems = {issue.replace("_", " "): f"severity_{issue}" for issue in issues}
    successes = {plural(word): f"success_{word}" for word in sectors}
    told = [
        _went(series, "the new convention", "convention_share_uncommitted", since),
        _groups(series, problems, since, ("got worse", "eased"), "all problems"),
        _groups(series, successes, since, ("gained", "lost"), "all sectors"),
        _opinions(series, since),
        _went(series, "coalitions", "coalitions", since),
        _went(series, "what everyone gives", "contribution_mean", since),
    ]
    yield from filter(None, told)


def _went(series: Series, label: str, name: str, since: int) -> str:
    """Return from where to where a number went; nothing where it hardly did."""
    found = _before_and_now(series, name, since)
    if not found or not moved(*found, "up", "down", ""):
        return ""
    before, after = (round(value) if value >= 10 else value for value in found)
    return f"{label} went from {number(before)} to {number(after)}"


def _opinions(series: Series, since: int) -> str:
    """Return how opinions moved, by their distance from the average; that they form camps, where Esteban–Ray says so."""
    told = _groups(series, {"opinions": "dispersion"}, since, ("moved apart", "drew together"))
    camps = _before_and_now(series, "esteban_ray", since)
    has_camps = told.endswith("together") and camps and moved(*camps, "up", "", "") == "up"
    return f"{told} into tighter camps" if has_camps else told


def _groups(series: Series, names: Mapping[str, str], since: int, ways: tuple[str, str], everyone: str = "") -> str:
    """Return who moved up and who moved down: ``housing and climate got worse, health eased``; all of them in a word."""
    groups: dict[str, list[str]] = {way: [] for way in ways}
    for label, name in names.items():
        found = _before_and_now(series, name, since)
        way = moved(*found, *ways, "") if found else ""
        if way:
            groups[way].append(label)
    if everyone and len(names) > 1:
        groups = {way: [everyone] if len(labels) == len(names) else labels for way, labels in groups.items()}
    return ", ".join(f"{in_a_row(labels)} {way}" for way, labels in groups.items() if labels)


def _before_and_now(series: Series, name: str, since: int) -> tuple[float, float] | None:
    """Return the means of a measure around a tick in the past and over the last ticks; None where one is missing."""
    if name not in series:
        return None
    ticks, values = series["tick"], series[name]
    last = int(ticks[-1])
    latest = values[ticks > max(last - WINDOW, since)]
    earlier = values[(ticks > since - WINDOW) & (ticks <= since)] if since >= WINDOW else values[ticks <= max(since, 1)]
    latest, earlier = latest[~np.isnan(latest)], earlier[~np.isnan(earlier)]
    return (float(earlier.mean()), float(latest.mean())) if latest.size and earlier.size else None
