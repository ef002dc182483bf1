"""Unfed: what nothing in a schedule sets: rules that read it see zeros for ever, and measures of it tell nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ecosim.dynamics.mechanism import Mechanism
from ecosim.interventions import Intervention
from ecosim.rules import RULES, find_rule
from ecosim.wording import in_a_row
from ecosim.world.columns import COLUMNS
from ecosim.world.founding import is_drawn, is_founded

_GIVEN = frozenset({"ends", "coalition_identity", "coalition_issue"})
"""Columns that are there with the tie or the coalition that they belong to, and that no rule sets."""

_MAY_BE_NONE = frozenset({"relief", "sent", "spillover"})
"""What may well be 0 for good: an issue that nobody works on, a benefit that reaches nobody else."""


def unmoved(
    measured: Iterable[str], schedule: Mapping[str, Mechanism], interventions: Iterable[Intervention]
) -> frozenset[str]:
    """Return which of the measured columns nothing ever writes: neither founding, nor a rule, nor an intervention."""
    return frozenset(name for name in {*measured} - _written(schedule, interventions) if not is_founded(name))


def unfed(schedule: Mapping[str, Mechanism], interventions: Iterable[Intervention] = ()) -> list[str]:
    """Return a sentence for each rule that is missing: what it would set stays 0 for those that read it.

    That is allowed, since to switch off a rule is how one sees what it does. But whatever reads its work goes on with zeros.

    Args:
        schedule: mechanisms by name, in the order in which they act.
        interventions: what is done from outside.
    """
    written = _written(schedule, interventions)
    readers: dict[str, list[str]] = {}
    for name, mechanism in schedule.items():
        for column in mechanism.reads:
            if column in COLUMNS and column not in written and not _stands_by_itself(column):
                readers.setdefault(column, []).append(name)
    missing: dict[tuple[str, ...], list[str]] = {}
    for column, who in _writers(readers).items():
        missing.setdefault(who, []).append(column)
    return [
        _told(columns, list(dict.fromkeys(name for column in columns for name in readers[column])), who)
        for who, columns in missing.items()
    ]


def _written(schedule: Mapping[str, Mechanism], interventions: Iterable[Intervention]) -> set[str]:
    by_rules = {column for mechanism in schedule.values() for column in mechanism.writes}
    return by_rules.union(column for intervention in interventions for column in intervention.writes())


def _stands_by_itself(column: str) -> bool:
    return is_drawn(column) or column in _GIVEN or column in _MAY_BE_NONE or COLUMNS[column].initial != 0


def _writers(columns: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Return which rules set each of these columns; those that no rule sets come from elsewhere and are left out."""
    if not columns:
        return {}  # all rules are imported for the rest
    declared = {rule: find_rule(rule).writes for rule in RULES}
    sets = {rule: given if isinstance(given, tuple) else () for rule, given in declared.items()}
    found = {column: tuple(rule for rule, given in sets.items() if column in given) for column in columns}
    return {column: who for column, who in found.items() if who}


def _told(columns: list[str], readers: list[str], writers: tuple[str, ...]) -> str:
    first, more = columns[0], len(columns) - 1
    what = f"{first} ({COLUMNS[first].meaning})" + (f" and {more} more of the kind" if more else "")
    stays, it = ("they stay", "them") if more else ("it stays", "it")
    return f"nothing sets {what}: {stays} 0 for {in_a_row(readers)}; {' or '.join(writers)} would set {it}"
