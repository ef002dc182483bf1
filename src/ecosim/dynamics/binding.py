"""Binding: how a mechanism finds the others in the schedule that it needs to know of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from ecosim.dynamics.mechanism import Mechanism
from ecosim.errors import InputError, did_you_mean

Kind = TypeVar("Kind", bound=Mechanism)


def bound_to(mechanism: Mechanism, field: str, kind: type[Kind], schedule: Mapping[str, Mechanism]) -> Kind:
    """Return the mechanism of a kind that a field names in the schedule, or the kind's default where none is named.

    Raises:
        InputError: if a name that is not the field's default is not there, or what is there is of another kind.
    """
    name, rule = getattr(mechanism, field), mechanism.rule()
    if name not in schedule and not mechanism.is_default(field):
        raise InputError(f"{rule}.{field} names '{name}'; {did_you_mean(name, schedule)}")
    found = schedule.get(name)
    if found is None:
        return kind()
    if not isinstance(found, kind):
        raise InputError(f"{rule}.{field}: '{name}' in the schedule is {found.rule()}; allowed: {kind.rule()}")
    return found


def first_of(kind: type[Kind], schedule: Mapping[str, Mechanism], otherwise: Kind) -> Kind:
    """Return the first mechanism of a kind in the schedule, whatever its name; another where there is none."""
    return next((each for each in schedule.values() if isinstance(each, kind)), otherwise)
