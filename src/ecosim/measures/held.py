"""Columns that a world may or may not hold, for measures that share one pass over it."""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.world.columns import COLUMNS, Column

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from ecosim.world.world import World


def held(world: World, *names: str) -> tuple[NDArray[Any], ...]:
    """Return these columns of a world; one that it lacks is all missing: NaN, or 0 where it would hold whole numbers.

    So one kernel serves every world. What it makes of such a column is no measure's value, since a measure that reads
    a column is not asked of a world without it.
    """
    state = world.__dict__
    try:
        return _taking(names)(state)
    except KeyError:
        return tuple([state[name] if name in state else _missing(world, COLUMNS[name]) for name in names])


@lru_cache
def _taking(names: tuple[str, ...]) -> Callable[[dict[str, Any]], tuple[NDArray[Any], ...]]:
    """Return what takes these entries out of a dictionary at once: ten measures ask for the same ones at every tick."""
    if len(names) == 1:
        (name,) = names
        return lambda state: (state[name],)
    return itemgetter(*names)


def _missing(world: World, column: Column) -> NDArray[Any]:
    shape = (world.size(column.axis), *world.labels.extent(column))
    if column.dtype != "float64":
        return np.zeros(shape, column.dtype)
    if column.axis in ("organisation", "issue", "citizen"):
        return np.full(shape, np.nan)
    # Other columns lie side by side in a table: strided alike, they need no kernel compiled for another layout.
    block = np.full((shape[0], 4), np.nan)
    return block[:, :2] if len(shape) > 1 else block[:, 0]
