"""Glossary: what was varied and what was measured in a sweep, with units and meanings, as tables of its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosim.drawing.names import short_names
from ecosim.drawing.style import title_of
from ecosim.reports.page import details, number, paragraph, table
from ecosim.results.measured import MEAN, without_when
from ecosim.results.phrases import NO_UNIT, percent

if TYPE_CHECKING:
    from ecosim.reports.findings import SweepFindings


def what_names_mean(found: SweepFindings) -> list[str]:
    """Return a table of the factors, with their values, and one of the measures that the page shows."""
    short = short_names(found.keys)
    factors = [(short[key], words, found.meanings.get(key, "")) for key, words in found.values.items()]
    shown = dict.fromkeys(name.removesuffix(MEAN) for name in found.measures)
    measures = [(title_of(name), name, found.units.get(name, ""), _meaning(found, name)) for name in shown]
    parts = [table(("varied", "values", "what it is"), factors, words=3)] if factors else []
    note = "Index: a number without a unit." if any(unit == NO_UNIT for _, _, unit, _ in measures) else ""
    parts.append(table(("measured", "name", "unit", "what it is"), measures, words=4))
    return [*parts, paragraph(note, "note")] if note else parts


def all_measures(found: SweepFindings) -> str:
    """Return a table of every measure of the sweep, to be opened."""
    rows = [
        (row["measure"], found.units.get(row["measure"], ""), int(row["runs"]), float(row["mean"]), float(row["lowest"]),
         float(row["highest"]), float(row["within"]), percent(row["luck"]) if row["luck"] == row["luck"] else number(None),
         found.notes[row["measure"]].meaning if row["measure"] in found.notes else "")
        for _, row in found.noise.iterrows()
    ]  # fmt: skip
    head = (
        "measure", "unit", "runs", "mean", "lowest point", "highest point", "s.d. within a point",
        "luck in the points' means", "what it is",
    )  # fmt: skip
    return details(f"All {len(rows)} measures" if len(rows) > 1 else "The measure", table(head, rows, words=2))


def _meaning(found: SweepFindings, name: str) -> str:
    """Return what a measure is, without saying when, where its runs tell it."""
    note = found.notes.get(name) or found.notes.get(name + MEAN)
    return "" if note is None else without_when(note.meaning)
