"""The world's state as tables: a row an organisation, a relationship, a coalition, a membership."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.results.table import Note, Table
from ecosim.world.columns import COLUMNS, RUNGS, Axis
from ecosim.world.world import World

MISSING = -1
"""What stands for a missing whole number in a column that may lack some (``Table.optional``)."""

_TICK = Note("tick", "ticks since the start; 0 is before anything has happened")


def organisations(world: World) -> Table:
    """Return one row an organisation: name, identity, sector in words, and its state.

    A state of several entries fills as many columns: ``stance_<axis>``, ``capability_<kind>``, ``ledger_<component>``.
    Values are copies.
    """
    columns: dict[str, NDArray[Any]] = {
        "tick": _ticks(world, world.n),
        "name": names(world),
        "identity": world.identity.copy(),
        "sector": _words(world.labels.sectors)[world.sector],
    }
    notes = {
        "tick": _TICK,
        "name": Note("name", "name of the organisation"),
        "identity": Note("id", "number it keeps for life"),
        "sector": Note("name", "sector it belongs to"),
    }
    _add_state(world, "organisation", columns, notes, leave_out=("identity", "sector"))
    return Table(columns, notes)


def relationships(world: World) -> Table:
    """Return one row a relationship: the names and numbers of both organisations, and its state.

    What each side has of its own is ``trust_source`` (of the source in the target) and ``trust_target``; a tie has no
    direction, the source is only the organisation of the lower row. ``rung_name`` says the rung in words.
    """
    everyone, (source, target) = names(world), world.ends.T
    columns: dict[str, NDArray[Any]] = {
        "tick": _ticks(world, world.ties),
        "source": everyone[source],
        "target": everyone[target],
        "source_identity": world.identity[source],
        "target_identity": world.identity[target],
    }
    notes = {
        "tick": _TICK,
        "source": Note("name", "name of one of the two organisations"),
        "target": Note("name", "name of the other"),
        "source_identity": Note("id", "number of the source"),
        "target_identity": Note("id", "number of the target"),
    }
    _add_state(world, "relationship", columns, notes, leave_out=("ends",))
    if "rung" in columns:
        columns["rung_name"] = _words(RUNGS)[columns["rung"]]
        notes["rung_name"] = Note("name", "rung of the ladder, in words")
    if "apart" in columns:
        columns["apart"] = np.where(columns["apart"] < COLUMNS["apart"].initial, columns["apart"], MISSING)
        notes["apart"] = Note(notes["apart"].unit, f"{notes['apart'].meaning}; missing where they never have")
    return Table(columns, notes, frozenset({"apart"}) & columns.keys())


def coalitions(world: World) -> Table:
    """Return one row a coalition: its number, issue in words, founder, tick of founding, members, and its state."""
    identity = world.coalition_identity
    columns: dict[str, NDArray[Any]] = {
        "tick": _ticks(world, world.coalitions),
        "coalition": identity.copy(),
        "founded": identity >> 31,
        "founder_identity": identity & (2**31 - 1),
        "members": np.diff(world.first_member),
    }
    notes = {
        "tick": _TICK,
        "coalition": Note("id", "number it keeps for life"),
        "founded": Note("tick", "tick in which it was founded"),
        "founder_identity": Note("id", "number of the organisation that founded it"),
        "members": Note("organisations", "how many organisations belong to it"),
    }
    if world.has("coalition_issue") and world.labels.issues:
        columns["issue"] = _words(world.labels.issues)[world.coalition_issue]
        notes["issue"] = Note("name", "issue the members joined for")
    _add_state(world, "coalition", columns, notes, leave_out=("coalition_identity", "coalition_issue"))
    return Table(columns, notes)


def memberships(world: World) -> Table:
    """Return one row a membership: the organisation's name and number, the coalition's number, and its state."""
    columns: dict[str, NDArray[Any]] = {
        "tick": _ticks(world, world.memberships),
        "organisation": names(world)[world.member],
        "identity": world.identity[world.member],
        "coalition": world.coalition_identity[world.member_coalition],
    }
    notes = {
        "tick": _TICK,
        "organisation": Note("name", "name of the organisation"),
        "identity": Note("id", "number of the organisation"),
        "coalition": Note("id", "number of the coalition"),
    }
    _add_state(world, "membership", columns, notes, leave_out=("member", "member_coalition"))
    return Table(columns, notes)


MAKE: dict[str, Callable[[World], Table]] = {
    "organisations": organisations,
    "relationships": relationships,
    "coalitions": coalitions,
    "memberships": memberships,
}
"""How each table is made from a world."""


def names(world: World) -> NDArray[Any]:
    """Return the name of every organisation (n,), as words: its own, or its sector and number."""
    if world.names is not None:
        return _words(world.names)
    return _words([world.name(row) for row in range(world.n)])


def _add_state(
    world: World, axis: Axis, columns: dict[str, NDArray[Any]], notes: dict[str, Note], leave_out: tuple[str, ...]
) -> None:
    for column in world.columns:
        if column.axis != axis or column.name in leave_out:
            continue
        values, note = getattr(world, column.name), Note(column.unit, column.meaning)
        if column.extent is None:
            columns[column.name], notes[column.name] = values.copy(), note
            continue
        for k, word in enumerate(world.labels.words(column)):
            columns[f"{column.name}_{word}"], notes[f"{column.name}_{word}"] = values[:, k].copy(), note


def _ticks(world: World, rows: int) -> NDArray[np.int64]:
    return np.full(rows, world.tick, np.int64)


def _words(words: tuple[str, ...] | list[str]) -> NDArray[Any]:
    array = np.empty(len(words), object)
    array[:] = words
    return array
