"""Table: the columns of what comes and goes, kept so that a change of rows is one operation, not one a column.

Columns of one type and width lie one after the other in a block; each column that the world shows is a contiguous view
of it. Entries come and go at almost every tick, and moving all blocks at once costs little more than moving a column.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.kernels import kernel
from ecosim.world.columns import Column

Shapes = dict[str, tuple[int, ...]]


class Table:
    """The columns of one axis, shown as entries of a dictionary of arrays by name; its other keys are left alone.

    A rule may put a new array in a column's place: it is taken over when rows change next. The table does not keep the
    dictionary: a world that held itself so would stay in memory after its use.

    Args:
        declared: the columns, of type float64 or int64.
        shapes: shape of one entry of each column, () or (k,), where k is 2 for sides; floating-point numbers may have
            one other k.
    """

    def __init__(self, declared: tuple[Column, ...], shapes: Shapes) -> None:
        self._names, self._initial = _kinds(declared)
        wide = {shapes[column.name][0] for column in declared if column.extent not in (None, "side")}
        self._blocks: Any = tuple(
            np.empty((initial.size, 0, width), initial.dtype)
            for initial, width in zip(self._initial, (*_WIDTHS, *(wide or {1})), strict=True)
        )
        self._views: list[tuple[str, NDArray[Any]]] = []

    def gather(self, columns: dict[str, Any], source: NDArray[np.int64]) -> None:
        """Rearrange the rows.

        Args:
            columns: where the columns are shown.
            source: for each new row, the old row it continues; negative for a new entry, which starts at its initial
                values.
        """
        for name, view in self._views:
            if columns[name] is not view:
                view[...] = columns[name]
        self._blocks = _gathered(self._blocks, self._initial, source)
        self.show(columns)

    def show(self, columns: dict[str, Any]) -> None:
        """Make the columns entries of ``columns``."""
        numbers, pairs, wholes, whole_pairs, wide = self._blocks
        entries = [*numbers[:, :, 0], *pairs, *wholes[:, :, 0], *whole_pairs, *wide]
        self._views = list(zip(self._names, entries, strict=True))
        columns.update(self._views)


@lru_cache(maxsize=256)
def _kinds(declared: tuple[Column, ...]) -> tuple[tuple[str, ...], tuple[NDArray[Any], ...]]:
    """Return the columns' names, kind by kind, and the initial values of each kind."""
    kinds: list[list[Column]] = [[], [], [], [], []]
    for column in declared:
        is_other = column.extent not in (None, "side")
        kinds[4 if is_other else 2 * (column.dtype != "float64") + (column.extent == "side")].append(column)
    initial = tuple(
        np.array([column.initial for column in kind], dtype) for kind, dtype in zip(kinds, _TYPES, strict=True)
    )
    return tuple(column.name for kind in kinds for column in kind), initial


# The kinds of column: numbers and pairs of numbers, whole numbers and pairs of them, and as many numbers as there are
# axes of opinion.
_TYPES = (np.float64, np.float64, np.int64, np.int64, np.float64)
_WIDTHS = (1, 2, 1, 2)


@kernel
def _gathered(blocks: Any, initial: Any, source: Any) -> Any:
    """Return the five blocks with their rows rearranged."""
    stretches = _stretches(source)
    return (
        _moved(blocks[0], initial[0], stretches, source.size),
        _moved(blocks[1], initial[1], stretches, source.size),
        _moved(blocks[2], initial[2], stretches, source.size),
        _moved(blocks[3], initial[3], stretches, source.size),
        _moved(blocks[4], initial[4], stretches, source.size),
    )


@kernel
def _stretches(source: Any) -> Any:
    """Return the stretches (s, 3) of rows that stay neighbours: first row, the old row it continues or -1, how many."""
    found = np.empty((source.size, 3), np.int64)
    count, following = 0, np.int64(-2)
    for row in range(source.size):
        old = max(source[row], -1)
        if old == following:
            found[count - 1, 2] += 1
        else:
            found[count, 0], found[count, 1], found[count, 2] = row, old, 1
            count += 1
        following = old + 1 if old >= 0 else old
    return found[:count]


@kernel
def _moved(block: Any, initial: Any, stretches: Any, rows: Any) -> Any:
    columns, before, width = block.shape
    moved = np.empty((columns, rows, width), block.dtype)
    past, present = block.reshape((columns, before * width)), moved.reshape((columns, rows * width))
    for column in range(columns):
        for k in range(stretches.shape[0]):
            start, old, many = stretches[k, 0] * width, stretches[k, 1] * width, stretches[k, 2] * width
            if old < 0:
                present[column, start : start + many] = initial[column]
            else:
                for place in range(many):
                    present[column, np.uint64(start + place)] = past[column, np.uint64(old + place)]
    return moved
