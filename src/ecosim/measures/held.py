"""Columns that a world may or may not hold, for measures that share one pass over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.world.columns import COLUMNS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecosim.world.world import World


def held(world: World, *names: str) -> tuple[NDArray[Any], ...]:
    """Return these columns of a world; one that it lacks comes without entries, in the same number of dimensions.

    So one kernel serves every world, and leaves out what is empty.
    """
    state = world.__dict__
    return tuple(state[name] if name in state else _WITHOUT_ENTRIES[name] for name in names)


_WITHOUT_ENTRIES = {
    name: np.empty((0,) if column.extent is None else (0, 1), column.dtype) for name, column in COLUMNS.items()
}
