"""A run that has blown up stops at once: no value of the world may be infinite or undefined."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Any

import numpy as np
from numba.core.errors import NumbaError
from numpy.typing import NDArray

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
        self._numbers = _taken([column.name for column in watched if column.extent is None], np.empty(0))
        self._rows = _taken([column.name for column in watched if column.extent is not None], np.empty((0, 1)))

    def refuse_what_is_not_finite(self, world: World) -> None:
        """Stop where a value is infinite or undefined.

        Raises:
            FloatingPointError: with each such column, the tick, and where in the column it is.
        """
        state, numbers, rows = world.__dict__, self._numbers, self._rows
        try:
            good = (numbers is None or are_finite(numbers(state))) and (rows is None or are_finite(rows(state)))
        except NumbaError:  # a rule has put an array of another kind in a column's place
            good = False
        if not good and (faults := _faults(world, self.columns)):
            raise FloatingPointError(f"stopped in tick {world.tick}: {'; '.join(faults)}")


_AT_ONCE = 8
"""Columns are looked at in multiples of so many."""

Taken = Callable[[dict[str, Any]], tuple[NDArray[np.float64], ...]]


def _taken(names: list[str], nothing: NDArray[np.float64]) -> Taken | None:
    """Return what takes columns, filled up with empty ones: a kernel is compiled for each number of columns, so for few."""
    if len(names) < 2:
        return (lambda state: (state[names[0]],)) if names else None
    take, filling = itemgetter(*names), (nothing,) * (-len(names) % _AT_ONCE)
    return lambda state: take(state) + filling


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
def are_finite(columns: Any) -> Any:
    """Return whether all numbers of some columns, all (n,) or all (n, k), are finite; v − v is 0 for those only."""
    for values in columns:
        numbers = values.reshape(values.size)
        is_bad = False
        for k in range(
            numbers.size
        ):  # by place: through an iterator the compiler takes one at a time, four times as slow
            is_bad |= numbers[k] - numbers[k] != 0.0
        if is_bad:
            return False
    return True
