"""Marks: when something was done from outside, a set shock struck, or somebody arrived, read off a configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

MOST_MARKS = 12
"""More than so many are too many to tell apart: of what is done again and again only the first and the last are marked."""


class Mark(NamedTuple):
    """Something done at a tick.

    Attributes:
        tick: the first that shows what it did.
        words: what it was; several things at one tick are told together.
    """

    tick: int
    words: str


def marks_in(settings: Mapping[str, Any], last: int) -> list[Mark]:
    """Return the marks of a run with these settings, as plain data, up to its last tick."""
    found: dict[int, dict[str, None]] = {}
    doings = [(_ticks(done, last), _words(done)) for done in settings.get("interventions") or ()]
    doings += [([shock["at"]], f"shock to {shock.get('issue') or shock['on']}") for shock in _shocks(settings)]
    doings += [([tick], "matchmaker arrives") for tick in _arrivals(settings)]
    is_crowded = sum(len(ticks) for ticks, _ in doings) > MOST_MARKS
    for ticks, words in doings:
        for tick in sorted({ticks[0], ticks[-1]}) if is_crowded and ticks else ticks:
            if tick <= last:
                found.setdefault(tick, {})[words] = None
    return [Mark(tick, "; ".join(words)) for tick, words in sorted(found.items())]


def turning_point(settings: Mapping[str, Any], last: int) -> Mark | None:
    """Return the first shock, from outside or of a rule, or else the first arrival of a matchmaker; None without any."""
    done = [one for one in settings.get("interventions") or () if one["do"] == "shock"]
    shocks = [tick for one in done for tick in _ticks(one, last)] + [shock["at"] for shock in _shocks(settings)]
    for ticks, words in ((shocks, "the shock of tick"), (list(_arrivals(settings)), "the matchmaker arrives in tick")):
        if there := [tick for tick in ticks if tick <= last]:
            return Mark(min(there), f"{words} {min(there)}")
    return None


def _ticks(done: Mapping[str, Any], last: int) -> list[int]:
    at = done["at"] if isinstance(done["at"], list | tuple) else [done["at"]]
    again = range(min(at), min(done.get("until") or last, last) + 1, done["every"]) if done.get("every") else ()
    return sorted({*(tick for tick in at if tick <= last), *again})


def _words(done: Mapping[str, Any]) -> str:
    match done["do"]:
        case "set":
            return f"{done['column']} set"
        case "shock":
            return f"shock to {done.get('issue') or 'every issue'}"
        case "invite":
            return "newcomers"
        case "remove":
            return "departures"
        case "introduce":
            return "introductions"
        case _:
            return f"coalition on {done['issue']} convened"


def _shocks(settings: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the set shocks of rules that are scheduled and act at the shock's tick; none acts at tick 0."""
    for rule in _scheduled(settings, "change"):
        every = rule.get("every") or 1
        yield from (shock for shock in rule.get("shocks") or () if shock["at"] > 0 and shock["at"] % every == 0)


def _arrivals(settings: Mapping[str, Any]) -> Iterator[int]:
    """Yield the first tick at which each matchmaker acts that comes later than the first and introduces anybody."""
    for rule in _scheduled(settings, "synergist"):
        arrives, every = rule.get("arrives") or 0, rule.get("every") or 1
        if arrives > 1 and rule.get("budget", 1):
            yield -(-arrives // every) * every


def _scheduled(settings: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    """Yield the parameters of each mechanism of this rule that is scheduled."""
    rules = settings.get("dynamics") or {}
    for name in settings.get("schedule") or rules:
        rule = rules.get(name) or {}
        if rule.get("rule") == kind:
            yield rule
