"""Deeds: what interventions did, told in a sentence for each time at which something was done."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.results.phrases import number, one_or, percent, plain, plural
from ecosim.wording import in_a_row, some
from ecosim.world.columns import COLUMNS

Columns = Mapping[str, NDArray[Any]]


def from_outside(interventions: Sequence[Mapping[str, Any]], last: int, events: Columns | None) -> Iterator[str]:
    """Tell what each intervention did, a sentence for each time at which something was done."""
    ticks = [_ticks(done, last) for done in interventions]
    told: dict[str, list[str]] = {}
    never = []
    for done, (due, missed) in zip(interventions, ticks, strict=True):
        if missed:
            never.append(f"{_NOUNS[done['do']]} {_at(missed)} never came: the run ended at tick {last:,}.")
        if due:
            alone = (
                sum(
                    other["do"] == done["do"] and due[0] in days
                    for other, (days, _) in zip(interventions, ticks, strict=True)
                )
                == 1
            )
            names = None
            if events is not None and alone and len(due) == 1:
                is_meant = np.flatnonzero(events["tick"] == due[0])
                is_meant = is_meant[events["kind"][is_meant] == done["do"]]
                names = [name for name in events["organisation_name"][is_meant] if isinstance(name, str)]
            told.setdefault(_at(due), []).append(_deed(done, names))
    for when, deeds in told.items():
        yield f"{when[0].upper()}{when[1:]}: {'; '.join(deeds)}."
    yield from never


_NOUNS = {
    "set": "A value that was to be set",
    "shock": "A shock",
    "invite": "Newcomers who were invited",
    "remove": "A departure",
    "introduce": "An introduction",
    "convene": "A coalition that was to be convened",
}


def _ticks(done: Mapping[str, Any], last: int) -> tuple[list[int], list[int]]:
    """Return the ticks at which an intervention acted, and those that it names but the run did not reach."""
    at = done["at"] if isinstance(done["at"], list | tuple) else [done["at"]]
    again = range(min(at), min(done.get("until") or last, last) + 1, done["every"]) if done.get("every") else ()
    return sorted({*(tick for tick in at if tick <= last), *again}), sorted(tick for tick in at if tick > last)


def _at(ticks: Sequence[int]) -> str:
    if len(ticks) > 4:
        return f"{len(ticks):,} times, from tick {ticks[0]:,} to tick {ticks[-1]:,}"
    return f"at tick{'' if len(ticks) == 1 else 's'} {in_a_row([f'{tick:,}' for tick in ticks])}"


def _deed(done: Mapping[str, Any], names: Sequence[str] | None) -> str:
    """Return what was done; ``names``: of those it reached, where that is known."""
    issue = plain(str(done.get("issue") or "every issue").replace("_", " "))
    match done["do"]:
        case "set":
            column, part = plain(done["column"].replace("_", " ")), done.get("part")
            column_of = COLUMNS.get(done["column"])
            whose = issue if column_of and column_of.axis == "issue" else _group(done.get("who") or {})
            value = done["value"] if isinstance(done["value"], list | tuple) else [done["value"]]
            named = f" ({plain(part)})" if part else ""
            return f"{column}{named} of {whose} was set to {in_a_row([number(one) for one in value])}"
        case "shock":
            add, by = done.get("add"), done.get("multiply")
            how = (
                f"was multiplied by {number(by)}"
                if add is None
                else f"{'rose' if add >= 0 else 'fell'} by {number(abs(add))}"
            )
            return f"the {plain(done.get('of', 'severity'))} of {issue} {how}"
        case "invite":
            count = len(done.get("names") or ()) or done.get("number") or 1
            named = f" ({in_a_row([plain(name) for name in done['names']])})" if done.get("names") else ""
            return f"{count:,} {one_or(done['sector'], count)}{named} came"
        case "remove":
            return f"{_group(done['who'], names)} left"
        case "introduce":
            if done.get("pairs"):
                return (
                    f"{'; '.join(in_a_row([plain(name) for name in pair]) for pair in done['pairs'])} were introduced"
                )
            count = done.get("number", 1) if names is None else len(names)
            sides = f"{_group(done['one'])} and {_group(done['other'])}"
            return f"{some(count, 'pair')} of strangers between {sides} {'was' if count == 1 else 'were'} introduced"
    if names is not None and len(names) < 2:
        return f"no coalition was convened on {issue}, since fewer than two were there"
    return f"{_group(done['who'], names)} were convened on {issue}"


def _group(who: Mapping[str, Any], reached: Sequence[str] | None = None) -> str:
    """Return who is meant; ``reached``: the names of those it came to, where they are known."""
    sector = who.get("sector")
    names = list(who.get("names") or ()) if reached is None else [n for n in reached if not re.search(r"^\w+ \d+$", n)]
    listed = in_a_row([plain(name) for name in names])
    if reached is not None:
        count = len(reached)
        what = one_or(sector, count) if sector else "organisation" if count == 1 else "organisations"
        if not sector and listed and count <= 6:
            return listed
        return (f"{count:,} {what}" if count else "nobody") + (f" ({listed})" if listed and count <= 6 else "")
    what = f"{plural(sector) if sector else 'organisations'}{f' ({listed})' if sector and listed else ''}"
    what = listed if listed and not sector else what
    if who.get("share") is None and who.get("number") is None:
        return what if listed else f"all {what}"
    size = percent(who["share"]) if who.get("share") is not None else f"{who['number']:,}"
    return f"{size} of the {what}{_picked(who.get('by') or 'chance')}"


def _picked(by: str) -> str:
    """Return how some were picked from many, as a clause; nothing where it was by chance."""
    most, _, word = by.partition("_")
    if by == "chance":
        return ""
    if word == "connected":
        return ", those with most partners," if most == "most" else ", those with fewest partners,"
    return f", those with {most} {plain(word.replace('_', ' '))},"
