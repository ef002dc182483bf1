"""A run that has blown up stops at once: no value of the world may be infinite or undefined."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ecosim.kernels import kernel
from ecosim.world.columns import COLUMNS, Column
from ecosim.world.remembered import remembered
from ecosim.world.world import World

MADE = {
    "ties": ("relationship",),
    "memberships": ("membership", "coalition"),
    "organisations": ("organisation", "relationship"),
}
"""What gets new entries where mechanisms make these."""


class Watched:
    """The columns of floating-point numbers that mechanisms may change.

    Args:
        world: the world they are in.
        writes: the ``writes`` of all mechanisms.

    Attributes:
        columns: their names.
    """

    def __init__(self, world: World, writes: Iterable[str]) -> None:
        written = set(writes)
        axes = {axis for word in written for axis in MADE.get(word, ())}
        floats = _floats(world.columns)
        self.columns = tuple(column.name for column in floats if column.name in written or column.axis in axes)
        axes_of_floats = {column.axis for column in floats}
        self._only_axis = axes_of_floats.pop() if len(axes_of_floats) == 1 else None

    def refuse_what_is_not_finite(self, world: World) -> None:
        """Stop where a value is infinite or undefined.

        Raises:
            FloatingPointError: with each such column, the tick, and where in the column it is.
        """
        # All columns are looked at first, unwatched ones too, since they lie in a few arrays: one call, not one a column.
        numbers, only = world.numbers, self._only_axis
        is_fine = are_finite(*numbers.values()) if only is None else is_finite(numbers[only])
        if not is_fine and (faults := _faults(world, self.columns)):
            raise FloatingPointError(f"stopped in tick {world.tick}: {'; '.join(faults)}")


@remembered
def _floats(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    return tuple(column for column in columns if column.dtype.startswith("float"))


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
def are_finite(a: Any, b: Any, c: Any, d: Any, e: Any, f: Any) -> Any:
    """Return whether all numbers of six arrays (n,) are finite; not of a tuple, of which numba asks anew what it holds."""
    return is_finite(a) and is_finite(b) and is_finite(c) and is_finite(d) and is_finite(e) and is_finite(f)


@kernel
def is_finite(numbers: Any) -> Any:
    """Return whether all numbers (n,) are finite; v − v is 0 for those only."""
    is_bad = False
    for k in range(numbers.size):  # by place: through an iterator the compiler takes one at a time, four times as slow
        is_bad |= numbers[k] - numbers[k] != 0.0
    return not is_bad
