"""Snapshots: a world saved, read and copied, bit for bit.

A snapshot is a zip archive of NumPy arrays, one a column, and a header in JSON. Nothing in it is ever executed.
"""

from __future__ import annotations

import json
import os
import struct
import tempfile
import zipfile
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError
from ecosim.world.columns import COLUMNS, Axis
from ecosim.world.labels import Labels
from ecosim.world.world import World

_FORMAT = "ecosim world 1"
_HEADER = "header"
_GIVEN = "given_to_"
_DAMAGE = (
    *(OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, RuntimeError, MemoryError, OverflowError),
    *(zipfile.BadZipFile, zlib.error, struct.error),
)
"""What NumPy and the standard library raise, between them, at a file that is not what it seems."""


class Given(NamedTuple):
    """Numbers that must not be given again.

    Attributes:
        gone: of the organisations that went (g,).
        founders: of those that founded coalitions at the world's tick (f,), once for each.
    """

    gone: NDArray[np.int64]
    founders: NDArray[np.int64]


def copy(world: World) -> World:
    """Return a world of its own with the same state.

    Raises:
        ValueError: if changes have been asked for and not been carried out.
    """
    return assembled(*parts_of(world))


def parts_of(world: World) -> tuple[Any, ...]:
    """Return what ``assembled`` makes the same world of; the columns are not copied.

    Raises:
        ValueError: if changes have been asked for and not been carried out.
    """
    _check_nothing_is_pending(world)
    founders = world.founders if world.founders_at == world.tick else world.founders[:0]
    given = Given(world.gone, founders)
    return world.labels, world.arrays(), world.names, world.tick, dict(world.drawn), world.changes, given


def save(world: World, path: str | Path) -> None:
    """Write a world to a file, which is either complete or not there.

    Args:
        world: the state between two ticks, or between two mechanisms.
        path: file to write; one that exists is replaced.

    Raises:
        ValueError: if changes have been asked for and not been carried out.
        OSError: if the file cannot be written.
    """
    given: Given = parts_of(world)[-1]
    path = Path(path)
    header = {
        "format": _FORMAT,
        "tick": world.tick,
        "changes": world.changes,
        "labels": asdict(world.labels),
        "names": world.names,
        "drawn": world.drawn,
        "columns": [column.name for column in world.columns],
    }
    coded = np.frombuffer(json.dumps(header).encode(), np.uint8)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            further = {_HEADER: coded, **{_GIVEN + name: numbers for name, numbers in given._asdict().items()}}
            np.savez(file, allow_pickle=False, **further, **world.arrays())
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def load(path: str | Path) -> World:
    """Return the world that a file holds.

    Raises:
        InputError: if the file is missing, damaged, or no snapshot of a world.
    """
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            header = json.loads(archive[_HEADER].tobytes())
            if header["format"] != _FORMAT:
                raise InputError(f"{path}: its format is {header['format']!r}; allowed: {_FORMAT!r}")
            labels = _labels(header["labels"])
            columns = {name: archive[name] for name in header["columns"]}
            given = Given(*(archive[_GIVEN + name] for name in Given._fields))
        _check(labels, columns)
        if any(numbers.dtype != np.int64 or numbers.ndim != 1 for numbers in given):
            raise ValueError("numbers that were given are no numbers")
        names = None if header["names"] is None else tuple(str(name) for name in header["names"])
        if names is not None and len(names) != columns["identity"].size:
            raise ValueError("not one name an organisation")
        drawn = {str(name): int(count) for name, count in header["drawn"].items()}
        return assembled(labels, columns, names, int(header["tick"]), drawn, int(header["changes"]), given)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file; allowed: a snapshot of a world") from None
    except InputError:
        raise
    except _DAMAGE as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{path}: not a snapshot of a world, or a damaged one ({reason})") from None


def assembled(
    labels: Labels,
    columns: dict[str, NDArray[Any]],
    names: tuple[str, ...] | None,
    tick: int,
    drawn: dict[str, int],
    changes: int,
    given: Given,
) -> World:
    """Return a world of these parts, its columns copied and its indices rebuilt.

    Args:
        labels: names of what columns number.
        columns: every column by name.
        names: name of each organisation (n,), or None.
        tick: ticks since the start.
        drawn: how many numbers of each column were drawn, where named organisations were read.
        changes: how often organisations have come or gone.
        given: numbers that must not be given again.
    """
    world = World(labels, len(columns["identity"]), columns)
    for axis in world.tables:
        size = next(len(values) for name, values in columns.items() if COLUMNS[name].axis == axis)
        world.gather(axis, np.full(size, -1))
    for name, values in columns.items():
        world.__dict__[name][...] = values
    world.names, world.tick, world.drawn, world.changes = names, tick, drawn, changes
    world.gone, world.founders, world.founders_at = given.gone.copy(), given.founders.copy(), tick
    world.index_ties()
    world.index_members()
    return world


def _labels(words: dict[str, Any]) -> Labels:
    """Return labels: what is counted is a number, what has names a list of them."""
    known: dict[str, Any] = {
        name: listed if isinstance(listed, int) else tuple(str(word) for word in listed)
        for name, listed in words.items()
    }
    return Labels(**known)


def _check_nothing_is_pending(world: World) -> None:
    if world.pending.is_any:
        raise ValueError(
            "ties, memberships or organisations were asked for but not committed: call world.commit() first"
        )


def _check(labels: Labels, columns: dict[str, NDArray[Any]]) -> None:
    """Raise ValueError unless the columns have the types and shapes of a world, and rows that are there."""
    always = {column.name for column in COLUMNS.values() if column.always}
    if missing := always - set(columns):
        raise ValueError(f"lacks {', '.join(sorted(missing))}")
    sizes: dict[Axis, int] = {
        "organisation": len(columns["identity"]),
        "relationship": len(columns["ends"]),
        "coalition": len(columns["coalition_identity"]),
        "membership": len(columns["member"]),
        "issue": len(labels.issues),
        "citizen": labels.citizens,
    }
    for name, values in columns.items():
        column = COLUMNS[name]
        shape = (sizes[column.axis], *labels.extent(column))
        if values.dtype != np.dtype(column.dtype) or values.shape != shape:
            raise ValueError(f"{name} is {values.dtype} {values.shape}; allowed: {column.dtype} {shape}")
    rows = (
        ("ends", sizes["organisation"]),
        ("member", sizes["organisation"]),
        ("member_coalition", sizes["coalition"]),
        ("sector", len(labels.sectors)),
    )
    for name, size in rows:
        if columns[name].size and not 0 <= columns[name].min() <= columns[name].max() < size:
            raise ValueError(f"{name} points to rows that are not there")
    for name, values in columns.items():
        points = COLUMNS[name].axis == "citizen" and COLUMNS[name].unit == "row"
        if points and values.size and not -1 <= values.min() <= values.max() < sizes["organisation"]:
            raise ValueError(f"{name} points to rows that are not there")
    if (np.diff(columns["member_coalition"]) < 0).any() or (columns["ends"][:, 0] >= columns["ends"][:, 1]).any():
        raise ValueError("ties or memberships are out of order")
