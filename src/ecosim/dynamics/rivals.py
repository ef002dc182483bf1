"""Rivals: two rules in one schedule that move, pay or found the same, which may be meant and may be a slip."""

from __future__ import annotations

from collections.abc import Mapping

from ecosim.dynamics.coalition.landscape import Landscape
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.production.placing import goods_beside
from ecosim.wording import in_a_row

_LAWS = "ecosim.dynamics.stance."
_COALITIONS = "ecosim.dynamics.coalition."


def rivals(schedule: Mapping[str, Mechanism]) -> list[str]:
    """Return a sentence for each column that two or more rules of stance write, and each other pair of rivals.

    Such are rules by which coalitions come about, and goods that pay beside others. That is allowed, since a population
    may be under two influences at once. But a second rule that was added while the first was meant to be replaced is
    easily overlooked: each by itself is a whole law of opinion, or of coalitions.

    Args:
        schedule: mechanisms by name, in the order in which they act.
    """
    return _laws_beside(schedule) + _coalitions_beside(schedule) + goods_beside(schedule)


def _laws_beside(schedule: Mapping[str, Mechanism]) -> list[str]:
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
        f"{in_a_row(names)} are laws of opinion that both move {' and '.join(columns)}, one after the other in each tick; "
        f"if one was to replace the other, switch that off: ~dynamics.{names[0]}"
        for names, columns in found.items()
    ]


def _coalitions_beside(schedule: Mapping[str, Mechanism]) -> list[str]:
    """Return a sentence where two rules decide who is in which coalition.

    A landscape lets nobody's coalition be, so it is a rival of whatever makes one, as a strategist or a rule of a user's.
    """
    makers = {name: rule for name, rule in schedule.items() if "memberships" in rule.writes}
    landscapes = [name for name, rule in makers.items() if isinstance(rule, Landscape)]
    names = [name for name, rule in makers.items() if landscapes or type(rule).__module__.startswith(_COALITIONS)]
    if len(names) < 2:
        return []
    ending = "".join(f"; {name} (landscape) ends, each time it acts, all that are not its camps" for name in landscapes)
    laws = [name for name in names if type(makers[name]).__module__.startswith(_COALITIONS) and name not in landscapes]
    return [
        f"{in_a_row(names)} make coalitions, one after the other in each tick{ending}; if one was to replace the other, "
        f"switch that off: ~dynamics.{(laws or names)[0]}"
    ]
