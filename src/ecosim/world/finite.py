"""A run that has blown up stops at once: no value of the world may be infinite or undefined."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Any

import numpy as np
from numba.core.errors import NumbaError

from ecosim.kernels import kernel
from ecosim.world.columns import COLUMNS
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
        watched = [
            column
            for column in world.columns
            if column.dtype.startswith("float") and (column.name in written or column.axis in axes)
        ]
        self.columns = tuple(column.name for column in watched)
        self._single: list[str] = []
        self._many: list[tuple[Callable[[dict[str, Any]], tuple[Any, ...]], tuple[Any, ...]]] = []
        for is_wide, nothing in ((False, np.empty(0)), (True, np.empty((0, 1)))):
            names = [column.name for column in watched if (column.extent is not None) == is_wide]
            for k in range(0, len(names), _AT_ONCE):
                some = names[k : k + _AT_ONCE]
                if len(some) < _AT_ONCE // 2:
                    self._single += some
                else:
                    self._many.append((itemgetter(*some), (nothing,) * (_AT_ONCE - len(some))))

    def refuse_what_is_not_finite(self, world: World) -> None:
        """Stop where a value is infinite or undefined.

        Raises:
            FloatingPointError: with each such column, the tick, and where in the column it is.
        """
        state, good = world.__dict__, True
        try:
            for name in self._single:
                good = good and is_finite(state[name])
            for take, filling in self._many:
                good = good and are_finite(*take(state), *filling)
        except NumbaError:  # a rule has put an array of another kind in a column's place
            good = False
        if not good and (faults := _faults(world, self.columns)):
            raise FloatingPointError(f"stopped in tick {world.tick}: {'; '.join(faults)}")


_AT_ONCE = 8
"""Columns looked at in one call; handed over one by one, not in a tuple, since of a tuple numba asks anew what it holds."""


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
    """Return whether all numbers of a column, (n,) or (n, k), are finite; v − v is 0 for those only."""
    numbers = values.reshape(values.size)
    is_bad = False
    for k in range(numbers.size):  # by place: through an iterator the compiler takes one at a time, four times as slow
        is_bad |= numbers[k] - numbers[k] != 0.0
    return not is_bad


@kernel
def are_finite(a: Any, b: Any, c: Any, d: Any, e: Any, f: Any, g: Any, h: Any) -> Any:
    """Return whether all numbers of eight columns are finite."""
    return (
        is_finite(a) and is_finite(b) and is_finite(c) and is_finite(d)
        and is_finite(e) and is_finite(f) and is_finite(g) and is_finite(h)
    )  # fmt: skip
