"""Putting configurations together: a partial one over a complete one, and changes from the command line over both."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from ecosim.errors import InputError, did_you_mean, printable, shown

NAMING = "rule"
"""The key that says what the other keys beside it belong to."""


class Change(NamedTuple):
    """One change of a configuration, as the command line gives it.

    Attributes:
        text: as it was written.
        keys: where.
        action: ``set``, ``add`` (refused where there is a value already) or ``remove``.
        value: the new value.
    """

    text: str
    keys: tuple[str, ...]
    action: Literal["set", "add", "remove"]
    value: Any = None


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``base`` with ``over`` laid on it: mappings are merged, all else is replaced.

    A mapping that names another ``rule`` replaces the old one, whose parameters belonged to the old rule.
    """
    if NAMING in over and over[NAMING] != base.get(NAMING):
        return copy.deepcopy(dict(over))
    result = copy.deepcopy(dict(base))
    for key, value in over.items():
        old = result.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        result[key] = merged(old, value) if both else copy.deepcopy(value)  # type: ignore[arg-type]  # both are dicts
    return result


def changed(
    data: Mapping[str, Any],
    changes: Iterable[Change],
    defaults: Mapping[str, Any] | None = None,
    *,
    sharing: bool = False,
) -> dict[str, Any]:
    """Return a configuration with changes made, one after the other.

    Args:
        data: what the configuration says.
        changes: what is changed in it.
        defaults: the defaults of a configuration. Where a change goes into a mapping that ``data`` leaves to its
            default, that default is changed: whoever changes one sector's motive keeps the other sectors.
        sharing: whether parts that no change goes into are those of ``data`` themselves, and not copies of them.

    Raises:
        InputError: naming every change that cannot be made.
    """
    result = dict(data) if sharing else copy.deepcopy(dict(data))
    faults: list[str] = []
    for change in changes:
        if sharing:
            _open(result, change.keys[:-1])
        try:
            _make(result, change, defaults or {})
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return result


def _open(data: dict[str, Any], way: Iterable[str]) -> None:
    """Put copies in the place of the mappings and lists that a way leads through, so that they may be changed."""
    here: Any = data
    for key in way:
        place: Any = int(key) if isinstance(here, list) and key.isdecimal() and int(key) < len(here) else key
        inner = here.get(place) if isinstance(here, dict) else here[place] if isinstance(place, int) else None
        if not isinstance(inner, dict | list):
            return
        here[place] = inner.copy()
        here = here[place]


def _make(data: dict[str, Any], change: Change, defaults: Mapping[str, Any]) -> None:
    *way, last = change.keys
    here: Any = data
    usual: Any = defaults
    for depth, key in enumerate(way):
        usual = usual.get(key) if isinstance(usual, Mapping) else None
        here = _step(here, key, change, depth, usual)
    if isinstance(here, list):
        _change_entry(here, _index(here, last, change), change)
    elif change.action == "remove":
        if last not in here:
            raise InputError(f"{printable(change.text)}: there is no '{printable(last)}'; {did_you_mean(last, here)}")
        if change.keys[:-1] == ("dynamics",):
            here[last] = None  # switched off: it leaves the schedule too
        else:
            del here[last]
    elif change.action == "add" and last in here and not isinstance(here[last], dict):
        raise InputError(f"{printable(change.text)}: it has a value already; without the '+' it is replaced")
    elif isinstance(change.value, dict) and isinstance(here.get(last), dict):
        here[last] = merged(here[last], change.value)
    else:
        here[last] = copy.deepcopy(change.value)


def _step(here: Any, key: str, change: Change, depth: int, usual: Any) -> Any:
    if isinstance(here, list):
        inner = here[_index(here, key, change)]
    else:
        if here.get(key) is None:
            here[key] = copy.deepcopy(usual) if isinstance(usual, dict | list) else {}
        inner = here[key]
    if not isinstance(inner, dict | list):
        path = ".".join(change.keys[: depth + 1])
        raise InputError(f"{printable(change.text)}: {printable(path)} is {shown(inner)}, which has nothing inside")
    return inner


def _change_entry(entries: list[Any], index: int, change: Change) -> None:
    if change.action == "remove":
        del entries[index]
    else:
        entries[index] = copy.deepcopy(change.value)


def _index(entries: list[Any], key: str, change: Change) -> int:
    if not key.isdecimal() or int(key) >= len(entries):
        told = f"an entry from 0 to {len(entries) - 1}" if entries else "nothing: the list is empty"
        raise InputError(f"{printable(change.text)}: {shown(key)}; allowed: {told}")
    return int(key)
