"""Unfed: rules of a schedule that read what nothing in it sets, and so see zeros for ever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ecosim.dynamics.mechanism import Mechanism
from ecosim.rules import RULES, find_rule
from ecosim.world.attributes import DRAWN
from ecosim.world.columns import COLUMNS

_GIVEN = frozenset(name for name, column in COLUMNS.items() if column.always) | {
    "ends", "coalition_identity", "coalition_issue",
}  # fmt: skip
"""Columns that are there with whoever they belong to, and that no rule sets."""

_MAY_BE_NONE = frozenset({"relief", "sent", "spillover"})
"""What may well be 0 for good: an issue that nobody works on, a benefit that reaches nobody else."""


def unfed(schedule: Mapping[str, Mechanism], besides: Iterable[str] = ()) -> list[str]:
    """Return a sentence for each rule that is missing: what it would set stays 0 for those that read it.

    That is allowed, since to switch off a rule is how one sees what it does. But whatever reads its work goes on with zeros.

    Args:
        schedule: mechanisms by name, in the order in which they act.
        besides: columns that interventions write.
    """
    written = {*besides} | {column for mechanism in schedule.values() for column in mechanism.writes}
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


def _stands_by_itself(column: str) -> bool:
    return column in DRAWN or column in _GIVEN or column in _MAY_BE_NONE or COLUMNS[column].initial != 0


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
    whose = readers[0] if len(readers) == 1 else f"{', '.join(readers[:-1])} and {readers[-1]}"
    stays = "they stay" if more else "it stays"
    return f"nothing sets {what}: {stays} 0 for {whose}; {' or '.join(writers)} would set {'them' if more else 'it'}"
