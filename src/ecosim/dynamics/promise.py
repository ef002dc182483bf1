"""Promise: what a mechanism says that it writes, held against what it has changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.world.columns import Axis, Column
from ecosim.world.world import World

MADE = ("ties", "memberships", "organisations")
"""What a mechanism may name in ``writes`` besides columns."""

AXES: tuple[Axis, ...] = ("organisation", "relationship", "coalition", "membership", "issue", "citizen")

_ROWS = ("identity", "ends", "member", "member_coalition", "coalition_identity")
"""The columns that say who stands in which row."""


class BrokenPromise(AssertionError):
    """What a mechanism does that it must not do, one sentence a breach."""


def undeclared_changes(writes: Sequence[str], before: World, after: World) -> Iterator[str]:
    """Yield a sentence for each column, or kind of entry, that changed though ``writes`` does not name it.

    Args:
        writes: what the mechanism says that it writes.
        before: a copy of the world before it acted.
        after: the world after it acted and everything was committed.
    """
    if all(same(before.__dict__[name], after.__dict__[name]) for name in _ROWS):
        yield from _changed_in_place(writes, before, after)
        return
    axes = {"organisations": "organisation", "ties": "relationship", "memberships": "membership"}
    may_change = {axes[name] for name in writes if name in MADE}
    if "organisation" in may_change:
        may_change |= {"relationship", "membership"}
    if "membership" in may_change:
        may_change.add("coalition")
    numbers = {axis: (numbers_of(before, axis), numbers_of(after, axis)) for axis in AXES}
    for axis, (old, new) in numbers.items():
        if axis not in may_change and old != new:
            yield f"it made or ended entries of the axis {axis}, which writes does not name"
    for column in after.columns:
        if column.name in writes or column.name in ("ends", "member", "member_coalition"):
            continue
        old, new = numbers[column.axis]
        kept = [number for number in old if number in new]
        was = before.__dict__[column.name][[old[number] for number in kept]]
        now = after.__dict__[column.name][[new[number] for number in kept]]
        if points_to_organisations(column):  # rows move when somebody goes, and point to nobody where it was they
            was, now = whom(before, was), whom(after, now)
            was = np.where(np.isin(was, after.identity), was, -1)
        if not same(was, now):
            yield f"it changed {column.name}, which writes does not name"


def _changed_in_place(writes: Sequence[str], before: World, after: World) -> Iterator[str]:
    """Yield what changed where everybody stands in the same row as before."""
    for column in after.columns:
        if column.name not in writes and not same(before.__dict__[column.name], after.__dict__[column.name]):
            yield f"it changed {column.name}, which writes does not name"


def numbers_of(world: World, axis: Axis) -> dict[Any, int]:
    """Return the number that each entry of an axis keeps for life, and its row."""
    identity = world.identity.tolist()
    if axis == "organisation":
        numbers: list[Any] = identity
    elif axis == "relationship":
        numbers = [tuple(sorted((identity[i], identity[j]))) for i, j in world.ends.tolist()]
    elif axis == "coalition":
        numbers = world.coalition_identity.tolist()
    elif axis == "membership":
        of = world.coalition_identity[world.member_coalition].tolist()
        numbers = [(c, identity[i]) for c, i in zip(of, world.member.tolist(), strict=True)]
    elif axis == "citizen":
        numbers = list(range(world.labels.citizens))
    else:
        numbers = list(world.labels.issues)
    return {number: row for row, number in enumerate(numbers)}


def points_to_organisations(column: Column) -> bool:
    """Return whether a column holds rows of organisations."""
    return column.axis == "citizen" and column.unit == "row"


def whom(world: World, rows: NDArray[Any]) -> NDArray[np.int64]:
    """Return the numbers, kept for life, of the organisations in these rows; -1 for none."""
    return np.where(rows >= 0, world.identity[rows], -1)


def same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Return whether two arrays hold the same, bit for bit."""
    return one.shape == other.shape and one.dtype == other.dtype and one.tobytes() == other.tobytes()
