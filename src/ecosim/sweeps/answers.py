"""Answers: what a page about the runs of a search tells of what it came to."""

from __future__ import annotations

from typing import Any

from ecosim.experiments.searched import NO_SAMPLE, Searched
from ecosim.reports.findings import Answer

_NOTE = (
    f"{NO_SAMPLE}. So no effects, no sensitivity and no share of luck are told of them here; a sweep of a grid, or of "
    "points drawn (--design lhs), tells those."
)


def answer_of(one: Searched | None) -> Answer | None:
    """Return what the page tells of a search; None where there was none."""
    if one is None:
        return None
    picture = None if one.picture is None else one.picture.read_bytes()
    if one.kind == "tipping":
        title = f"Search for tipping of {one.measures[0]} along {one.keys[0]}"
        return Answer("Search for tipping", title, one.says, _NOTE, picture)
    targets = one.found["targets"]
    aims = [f"{row['measure']} = {row['target']:g} ± {row['sd']:g}" for row in targets]
    tables = (
        _table(one.found["parameters"], {"parameter": "parameter", "best": "best", "low": "from", "high": "to",
                                         "from": "searched from", "to": "searched to"}),
        _table(targets, {"measure": "target", "target": "shall be", "sd": "± s.d.", "best": "is at the best",
                         "error": "± standard error", "off": "off, in s.d."}),
    )  # fmt: skip
    return Answer("Calibration", f"Calibration to {', '.join(aims)}", one.says, _NOTE, picture, tables)


def _table(rows: list[dict[str, Any]], names: dict[str, str]) -> tuple[list[str], list[list[Any]]]:
    """Return head and rows of some columns, by the names that a reader shall see."""
    return list(names.values()), [[row.get(name) for name in names] for row in rows]
