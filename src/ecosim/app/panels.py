"""Panels: which of the recorded measures stand together in which chart, chosen from what a scenario measures and says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ecosim.drawing.style import TITLES
from ecosim.results.phrases import capitalised
from ecosim.results.table import Note

PANELS, FREE = 6, 2
"""Charts there are, and those of them whose measure may be chosen."""

_POLARISATION = ("dispersion", "citizens_dispersion", "bimodality")
_TOGETHER = ("win_win_share", "win_win_win_share", "cross_sector_share", "in_coalition_share")
_RUNGS = {"win_win_share": 1, "win_win_win_share": 0}
"""Measures that tell of a rung of the ladder, and the place of its colour, which bar and figure have, too."""

_WORDS = {
    "win_win_share": "win-win",
    "win_win_win_share": "win-win-win",
    "cross_sector_share": "across sectors",
    "in_coalition_share": "in a coalition",
    "dispersion": "dispersion",
    "citizens_dispersion": "citizens",
    "bimodality": "bimodality",
}
_SAID = {
    "go on searching": "adapting_advantage",
    "perform": "performance_mean",
    "orientation": "orientation_mean",
    'we"': "orientation_mean",
    "convention": "convention_share_uncommitted",
    "understand": "translation_mean",
    "gap": "translation_mean",
    "approve": "approval_mean",
    "members": "dispersion_members",
    "effort": "contribution_mean",
    "common work": "contribution_business",
    "coalition": "coalitions",
}
"""Stems of words in what a scenario says one should watch, and the measure that each is about; the first decides."""


_PLAIN_WORDS = ("organisations", "relationships", "ties", "coalitions", "relief")
"""Names of measures that a sentence has without meaning the measure."""

_USUAL = ("contribution_mean", "esteban_ray")
"""What is looked at where a text speaks of nothing else that is measured."""


def panels(notes: Mapping[str, Note], sectors: Sequence[str], issues: Sequence[str], said: str) -> list[dict[str, Any]]:
    """Return the charts of a scenario.

    Args:
        notes: unit and meaning of each recorded measure.
        sectors: names of the sectors.
        issues: names of the issues.
        said: what the scenario says one should watch.

    Returns:
        [{title, unit, lines [{name, label, kind, place}]}]; ``kind`` and ``place`` choose the colour: a sector's, an
        issue's, a rung's, all together, or simply the place in the chart. The last charts have ``free``: their measure may
        be chosen.
    """
    successes = [(f"success_{word}", _plain(word), "sector", k) for k, word in enumerate(sectors)]
    groups = [
        ("Success of each sector", [*successes, ("success_collective", "all together", "all", 0)]),
        ("Severity of the problems", [(f"severity_{word}", _plain(word), "issue", k) for k, word in enumerate(issues)]),
        ("Polarisation of opinions", _lines(_POLARISATION)),
        ("Working together", _lines(_TOGETHER)),
    ]
    made = [_panel(title, lines, notes) for title, lines in groups if any(line[0] in notes for line in lines)]
    drawn = {line["name"] for panel in made for line in panel["lines"]}
    singles = [name for name in dict.fromkeys([*_told(notes, said), *notes]) if name not in drawn]
    while singles and len(made) < PANELS:
        is_free = len(made) >= PANELS - FREE or len(singles) == 1
        made.append({**_single(singles.pop(0), notes), "free": is_free})
    return made


def _lines(names: Iterable[str]) -> list[tuple[str, str, str, int]]:
    """Return a line for each measure, in the colour of its rung on the ladder where it tells of one."""
    return [
        (name, _WORDS[name], "rung" if name in _RUNGS else "line", _RUNGS.get(name, k)) for k, name in enumerate(names)
    ]


def _panel(title: str, lines: Iterable[tuple[str, str, str, int]], notes: Mapping[str, Note]) -> dict[str, Any]:
    there = [line for line in lines if line[0] in notes]
    made = [dict(zip(("name", "label", "kind", "place"), line, strict=True)) for line in there]
    return {"title": title, "unit": _unit(notes[there[0][0]].unit), "lines": made}


def _single(name: str, notes: Mapping[str, Note]) -> dict[str, Any]:
    line = {"name": name, "label": "", "kind": "line", "place": 0}
    return {"title": title_of(name), "unit": _unit(notes[name].unit), "lines": [line]}


def title_of(name: str) -> str:
    """Return what a measure is called above a chart."""
    words = TITLES.get(name, _plain(name))
    return capitalised(words)


def _told(notes: Mapping[str, Note], said: str) -> list[str]:
    """Return the measures that a text names, by their own names first, then by what it speaks of."""
    named = [word for word in re.findall(r"\w+", said) if word in notes and word not in _PLAIN_WORDS]
    usual = [name for name in _USUAL if name in notes]
    lower = said.lower().replace("“", '"').replace("”", '"')
    return [*named, *(name for stem, name in _SAID.items() if stem in lower and name in notes), *usual]


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _unit(unit: str) -> str:
    return "index" if unit in ("", "1") else unit
