"""Table: the columns of what comes and goes, kept so that a change of rows is one operation, not one a column.

Columns of one type and width lie one after the other in a block; each column that the world shows is a contiguous view
of it. Entries come and go at almost every tick, and moving all blocks at once costs little more than moving a column.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.kernels import kernel
from ecosim.world.columns import Column

Shapes = dict[str, tuple[int, ...]]


class Table:
    """The columns of one axis, shown as entries of ``columns``, a dictionary of arrays by name.

    A rule may put a new array in a column's place: it is taken over when rows change next.

    Args:
        declared: the columns, of type float64 or int64.
        shapes: shape of one entry of each column, () or (k,).
        columns: where the columns are shown; other keys are left alone.
    """

    def __init__(self, declared: tuple[Column, ...], shapes: Shapes, columns: dict[str, Any]) -> None:
        self._columns = columns
        self._kinds: list[list[Column]] = [[], [], [], []]
        for column in declared:
            self._kinds[2 * (column.dtype != "float64") + bool(shapes[column.name])].append(column)
        self._initial = tuple(
            np.array([column.initial for column in kind], dtype)
            for kind, dtype in zip(self._kinds, _TYPES, strict=True)
        )
        self._blocks: Any = tuple(
            np.empty((len(kind), 0, width), dtype)
            for kind, dtype, width in zip(self._kinds, _TYPES, _WIDTHS, strict=True)
        )
        self._names = [column.name for kind in self._kinds for column in kind]
        self._views: list[tuple[str, NDArray[Any]]] = []
        self._show()

    def gather(self, source: NDArray[np.int64]) -> None:
        """Rearrange the rows.

        Args:
            source: for each new row, the old row it continues; negative for a new entry, which starts at its initial
                values.
        """
        for name, view in self._views:
            if self._columns[name] is not view:
                view[...] = self._columns[name]
        self._blocks = _gathered(self._blocks, self._initial, source)
        self._show()

    def _show(self) -> None:
        numbers, pairs, wholes, whole_pairs = self._blocks
        entries = [*numbers[:, :, 0], *pairs, *wholes[:, :, 0], *whole_pairs]
        self._views = list(zip(self._names, entries, strict=True))
        self._columns.update(self._views)


# The four kinds of column: numbers and pairs of numbers, whole numbers and pairs of them.
_TYPES = (np.float64, np.float64, np.int64, np.int64)
_WIDTHS = (1, 2, 1, 2)


@kernel
def _gathered(blocks: Any, initial: Any, source: Any) -> Any:
    """Return the four blocks with their rows rearranged."""
    return (
        _moved(blocks[0], initial[0], source),
        _moved(blocks[1], initial[1], source),
        _moved(blocks[2], initial[2], source),
        _moved(blocks[3], initial[3], source),
    )


@kernel
def _moved(block: Any, initial: Any, source: Any) -> Any:
    moved = np.empty((block.shape[0], source.size, block.shape[2]), block.dtype)
    for column in range(moved.shape[0]):
        for row in range(source.size):
            old = source[row]
            for side in range(moved.shape[2]):
                moved[column, row, side] = block[column, old, side] if old >= 0 else initial[column]
    return moved
