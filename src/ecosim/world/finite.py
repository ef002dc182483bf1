"""A run that has blown up stops at once: no value of the world may be infinite or undefined."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ecosim.kernels import kernel
from ecosim.world.columns import COLUMNS
from ecosim.world.world import World

MADE = {
    "ties": ("relationship",),
    "memberships": ("membership", "coalition"),
    "organisations": ("organisation", "relationship"),
}
"""What gets new entries where mechanisms make these."""


def watched(world: World, writes: Iterable[str]) -> tuple[str, ...]:
    """Return the columns of floating-point numbers that mechanisms with these ``writes`` may change."""
    written = set(writes)
    axes = {axis for word in written for axis in MADE.get(word, ())}
    return tuple(
        column.name
        for column in world.columns
        if column.dtype.startswith("float") and (column.name in written or column.axis in axes)
    )


def refuse_what_is_not_finite(world: World, columns: tuple[str, ...]) -> None:
    """Stop where a value is infinite or undefined.

    Raises:
        FloatingPointError: with each such column, the tick, and where in the column it is.
    """
    state = world.__dict__
    checked: Any = None
    for name in columns:
        values = state[name]
        block = values.base
        if type(block) is np.ndarray and block.dtype == values.dtype:
            if block is checked:  # columns of one axis are views of one block, and come one after the other
                continue
            checked = values = block
        if not is_finite(values.ravel()) and (faults := _faults(world, columns)):
            raise FloatingPointError(f"stopped in tick {world.tick}: {'; '.join(faults)}")


def _faults(world: World, columns: tuple[str, ...]) -> list[str]:
    faults = []
    for name in columns:
        values = world.__dict__[name]
        bad = np.argwhere(~np.isfinite(values))
        if len(bad):
            row = int(bad[0][0])
            column = COLUMNS[name]
            whose = f"{column.axis} {row}" if column.axis != "organisation" else world.name(row)
            faults.append(f"{name} of {whose} is {values[tuple(bad[0])]} ({len(bad)} of {values.size} values)")
    return faults


@kernel
def is_finite(values: Any) -> Any:
    """Return whether all numbers (n,) are finite; v − v is 0 for those only."""
    is_bad = False
    for v in values:
        is_bad |= v - v != 0.0
    return not is_bad
