"""Rivals: two rules in one schedule that move, or pay, the same, which may be meant and may be a slip."""

from __future__ import annotations

from collections.abc import Mapping

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.production.placing import goods_beside

_LAWS = "ecosim.dynamics.stance."


def rivals(schedule: Mapping[str, Mechanism]) -> list[str]:
    """Return a sentence for each column that two or more rules of stance write, and each good that pays beside others.

    That is allowed, since a population may be under two influences at once. But a second rule that was added while the
    first was meant to be replaced is easily overlooked: each by itself is a whole law of opinion.

    Args:
        schedule: mechanisms by name, in the order in which they act.
    """
    laws: dict[str, list[str]] = {}
    for name, mechanism in schedule.items():
        if type(mechanism).__module__.startswith(_LAWS):
            for column in mechanism.writes:
                laws.setdefault(column, []).append(name)
    found: dict[tuple[str, ...], list[str]] = {}
    for column, names in laws.items():
        if len(names) > 1:
            found.setdefault(tuple(names), []).append(column)
    return [
        f"{', '.join(names[:-1])} and {names[-1]} are laws of opinion that both move {' and '.join(columns)}, one after the "
        f"other in each tick; if one was to replace the other, switch that off: ~dynamics.{names[0]}"
        for names, columns in found.items()
    ] + goods_beside(schedule)
