"""Table: the columns of what comes and goes, kept so that a change of rows is one operation, not one a column.

All columns of floating-point numbers of an axis lie side by side in one block, a row an entry; each column that the
world shows is a view of it. Entries come and go at almost every tick, and moving one block costs what moving one column
does. Columns of whole numbers are few, and are arrays of their own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.world.columns import Column

Shapes = dict[str, tuple[int, ...]]


class Table:
    """The columns of one axis, shown as entries of ``columns``, a dictionary of arrays by name.

    A rule may put a new array in a column's place: it is taken over when rows change next.

    Args:
        declared: the columns.
        shapes: shape of one entry of each column, () or (k,).
        columns: where the columns are shown; other keys are left alone.
    """

    def __init__(self, declared: tuple[Column, ...], shapes: Shapes, columns: dict[str, Any]) -> None:
        self._columns = columns
        self._whole = tuple(column for column in declared if column.dtype != "float64")
        self._place: dict[str, int | slice] = {}
        initial: list[float] = []
        for column in declared:
            if column.dtype == "float64":
                start = len(initial)
                width = shapes[column.name][0] if shapes[column.name] else 1
                self._place[column.name] = slice(start, start + width) if shapes[column.name] else start
                initial += [column.initial] * width
        self._initial = np.array(initial)
        self._block = np.empty((0, len(initial)))
        self._views: dict[str, NDArray[Any]] = {}
        for column in self._whole:
            columns[column.name] = np.empty((0, *shapes[column.name]), column.dtype)
        self._show()

    def gather(self, source: NDArray[np.int64], fresh: NDArray[np.int64]) -> None:
        """Rearrange the rows.

        Args:
            source: for each new row, the old row it continues; negative for a new entry.
            fresh: the new rows whose source is negative; they start at their initial values.
        """
        self._take_over()
        if self._block.shape[0]:
            self._block = self._block.take(source, axis=0, mode="clip")
        else:
            self._block = np.empty((source.size, self._initial.size))
        for column in self._whole:
            old = self._columns[column.name]
            new = (
                old.take(source, axis=0, mode="clip")
                if old.shape[0]
                else np.empty((source.size, *old.shape[1:]), old.dtype)
            )
            if fresh.size:
                new[fresh] = column.initial
            self._columns[column.name] = new
        if fresh.size:
            self._block[fresh] = self._initial
        self._show()

    def _show(self) -> None:
        for name, place in self._place.items():
            view = self._block[:, place]
            self._views[name] = self._columns[name] = view

    def _take_over(self) -> None:
        for name, view in self._views.items():
            if self._columns[name] is not view:
                view[...] = self._columns[name]
