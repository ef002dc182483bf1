"""What there is: scenarios, published results, rules and measures, at a glance or each with a line that says what it is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated

import typer

from ecosim.commands.options import AsJson
from ecosim.errors import InputError, did_you_mean

Entries = dict[str, dict[str, str]]

KINDS = ("scenarios", "published", "rules", "measures")

_ROOMS, _OTHERS = ("stance", "coalition", "contribution", "production", "learning", "citizens"), "others"
"""Packages of ``dynamics``, called by what their rules are about; and what rules outside them are called."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """List the scenarios, the published results, the rules and the measures that there are."""

    kind: Annotated[
        str | None, typer.Argument(metavar="[KIND]", help="scenarios, published, rules or measures: what each is")
    ] = None
    as_json: AsJson = False


def carry_out(order: Order) -> None:
    """Print what configuration may name; of all kinds, rules and measures by name only.

    Raises:
        InputError: if there is no such kind.
    """
    kind = order.kind
    if kind is not None and kind not in KINDS:
        raise InputError(f"list {kind}: no such kind; {did_you_mean(kind, KINDS)}")
    listed = {title: entries for title, entries in everything().items() if kind in (None, title)}
    if order.as_json:
        print(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    from rich.console import Console

    console = Console()
    for title, entries in listed.items():
        if kind is None and title in _GROUPED:
            told = f"{title} (ecosim list {title} says what each is)"
            console.print(_table(told, _grouped(title), 0))
        elif title in _GROUPED:
            for group, names in _GROUPED[title]().items():
                console.print(_table(group, {name: entries[name] for name in names}, console.width))
        else:
            console.print(_table(title, entries, console.width))


def _table(title: str, rows: dict[str, str], width: int) -> object:
    from rich.table import Table

    table = Table("", "", title=title, title_justify="left", title_style="bold", show_header=False, box=None)
    for column in table.columns:
        column.overflow = "fold"  # a name that is cut cannot be typed
    table.columns[0].min_width = min(2 + max(map(len, rows), default=0), width // 2)
    for name, words in rows.items():
        table.add_row(f"  {name}", words)
    table.add_row("", "")
    return table


def _grouped(title: str) -> dict[str, str]:
    return {group: ", ".join(names) for group, names in _GROUPED[title]().items()}


def _rules_by_room() -> dict[str, list[str]]:
    """Return the rules of each room of ``dynamics``, in the order in which they act; the others under one head."""
    from ecosim.rules import RULES

    rooms: dict[str, list[str]] = {words: [] for words in (*_ROOMS, _OTHERS)}
    for rule, place in RULES.items():
        room = place.split(":")[0].split(".")[2]
        rooms[room if room in _ROOMS else _OTHERS].append(rule)
    return rooms


def _measures_by_group() -> dict[str, list[str]]:
    from ecosim.measures.registry import GROUPS, MEASURES

    names = {id(measure): name for name, measure in MEASURES.items()}
    return {group: [names[id(measure)] for measure in measures] for group, measures in GROUPS.items()}


_GROUPED = {"rules": _rules_by_room, "measures": _measures_by_group}


def everything() -> Entries:
    """Return, for each of :data:`KINDS`, each name with a line that says what it is."""
    from ecosim.compose import about, names
    from ecosim.equations import words_of
    from ecosim.measures.registry import MEASURES
    from ecosim.rules import RULES, find_rule

    listed: Entries = {"scenarios": {}, "published": {}}
    for name, kind in names().items():
        title, description = about(name)
        listed["published" if kind == "published" else "scenarios"][name] = title or description.split(". ")[0]
    listed["rules"] = {rule: words_of(find_rule(rule)).sentence for rule in RULES}
    listed["measures"] = {name: measure.meaning for name, measure in MEASURES.items()}
    return {title: entries for title, entries in listed.items() if entries}
