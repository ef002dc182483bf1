"""Table: the columns of what comes and goes, kept so that a change of rows is one operation, not one a column.

The columns of an axis lie side by side in two blocks, one of floating-point and one of whole numbers, a row an entry;
each column that the world shows is a view. Entries come and go at almost every tick, and moving a block costs little
more than moving a column.
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
        self._floats = _Block(tuple(c for c in declared if c.dtype == "float64"), shapes, np.float64)
        self._wholes = _Block(tuple(c for c in declared if c.dtype != "float64"), shapes, np.int64)
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
        self._floats.entries, self._wholes.entries = _gathered(
            self._floats.entries, self._wholes.entries, source, self._floats.initial, self._wholes.initial
        )
        self._show()

    def _show(self) -> None:
        self._views = self._floats.views() + self._wholes.views()
        self._columns.update(self._views)


class _Block:
    """Columns of one type, side by side: entries (rows, width)."""

    def __init__(self, declared: tuple[Column, ...], shapes: Shapes, dtype: type) -> None:
        initial: list[float] = []
        self._places: list[tuple[str, int | slice]] = []
        for column in declared:
            start, width = len(initial), (shapes[column.name] or (1,))[0]
            self._places.append((column.name, slice(start, start + width) if shapes[column.name] else start))
            initial += [column.initial] * width
        self.initial = np.array(initial, dtype)
        self.entries = np.empty((0, self.initial.size), dtype)

    def views(self) -> list[tuple[str, NDArray[Any]]]:
        entries = self.entries
        return [(name, entries[:, place]) for name, place in self._places]


@kernel
def _gathered(floats: Any, wholes: Any, source: Any, initial_floats: Any, initial_wholes: Any) -> Any:
    """Return both blocks with their rows rearranged."""
    new_floats = np.empty((source.size, floats.shape[1]), floats.dtype)
    new_wholes = np.empty((source.size, wholes.shape[1]), wholes.dtype)
    for row in range(source.size):
        old = source[row]
        for k in range(new_floats.shape[1]):
            new_floats[row, k] = floats[old, k] if old >= 0 else initial_floats[k]
        for k in range(new_wholes.shape[1]):
            new_wholes[row, k] = wholes[old, k] if old >= 0 else initial_wholes[k]
    return new_floats, new_wholes
