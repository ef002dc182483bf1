"""Table: the columns of what comes and goes, kept so that a change of rows is one operation, not one a column.

All columns lie one after the other in one block of eight-byte words, those of floating-point numbers first; each that the
world shows is a contiguous view of it. Entries come and go at almost every tick: the block has places to spare, and rows
move within it, those that keep their place not at all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecosim.kernels import inner, kernel
from ecosim.world.columns import Column
from ecosim.world.lookup import fill

Words = NDArray[np.int64]


class Table:
    """The columns of one axis, shown as entries of a dictionary of arrays by name; its other keys are left alone.

    The table does not keep the dictionary: a world that held itself so would stay in memory after its use.

    Args:
        declared: the columns, of type float64 or int64.
        shapes: shape of one entry of each column, () or (k,).
        beside: names of indices that lie beside the columns and grow with them, in the same dictionary: how many numbers
            (int32) a row each has.

    Attributes:
        layout: where each column lies.
        rows: how many there are.
        places: for how many rows there is room.
        words: the block, whatever the type of a number: every column has equally many places for its rows, which hold 0
            where they stand for none.
        numbers: the part of it in which the floating-point numbers lie.
        beside: the indices, with all the room that they have.
    """

    def __init__(
        self,
        declared: tuple[Column, ...],
        shapes: tuple[tuple[int, ...], ...],
        beside: Mapping[str, int] | None = None,
    ) -> None:
        self.layout = _layout(declared, shapes)
        self.rows = 0
        self._beside = dict(beside or {})
        self.beside = {name: np.empty(0, np.int32) for name in self._beside}
        self._lie_in(np.empty(0, np.int64))

    def gather(self, columns: dict[str, Any], source: NDArray[np.int64]) -> None:
        """Rearrange the rows; indices beside them are not kept up.

        Args:
            columns: where the columns are shown.
            source: for each new row, the old row it continues, in ascending order; negative for a new entry, which starts
                at its initial values.
        """
        self.make_room(source.size)
        rearrange(self.words, self.layout.entry, source, self.rows)
        self.show(columns, source.size)

    def make_room(self, rows: int) -> None:
        """Have places for so many rows; then ``show`` must follow, as columns may lie elsewhere than before.

        Where there are too few, there are an eighth more than needed afterwards, and some: a table that grows row by row
        is copied seldom, and takes little more memory than its rows do.
        """
        if rows <= self.places:
            return
        before, known, indices = self._whole, self.rows, self.beside
        places = rows + rows // 8 + _SPARE
        self._lie_in(np.zeros(self.layout.width * places, np.int64))
        for (_, old), (_, new) in zip(before, self._whole, strict=True):
            new[:known] = old[:known]
        self.beside = {name: np.empty(each * places, np.int32) for name, each in self._beside.items()}
        for name, index in indices.items():
            self.beside[name][: index.size] = index
        self._is_moved = True

    def show(self, columns: dict[str, Any], rows: int) -> None:
        """Make the columns, of so many rows from now on, entries of ``columns``."""
        if rows == self.rows and not self._is_moved:
            return  # the views that are there show what is in their places now
        for name, whole in self._whole:
            columns[name] = whole[:rows]
        for name, each in self._beside.items():
            columns[name] = self.beside[name][: each * rows]
        self.rows, self._is_moved = rows, False

    def _lie_in(self, words: Words) -> None:
        """Take a block for the table's own."""
        layout = self.layout
        places = self.places = words.size // layout.width
        numbers = words[: layout.floats * places].view(np.float64)
        self.words, self.numbers = words, numbers
        self._whole: list[tuple[str, NDArray[Any]]] = []
        for name, start, shape, is_whole in layout.columns:
            block = (words if is_whole else numbers)[start * places : (start + math.prod(shape)) * places]
            self._whole.append((name, block.reshape(places, *shape)))
        self._is_moved = True


_SPARE = 64
"""Least number of places to spare in a table that has grown."""


class Layout(NamedTuple):
    """Where the columns of a table lie.

    Attributes:
        columns: name, first word of an entry, shape of an entry, and whether it is of whole numbers, of each column in
            the order in which they lie.
        starts: first word of an entry of each column by name.
        entry: for each column, words of an entry, and the word that each of these starts with (2, columns).
        floats: words of an entry that are floating-point numbers; these lie first.
        width: words of an entry in all.
    """

    columns: tuple[tuple[str, int, tuple[int, ...], bool], ...]
    starts: dict[str, int]
    entry: Words
    floats: int
    width: int


@lru_cache(maxsize=256)
def _layout(declared: tuple[Column, ...], shapes: tuple[tuple[int, ...], ...]) -> Layout:
    columns: list[tuple[str, int, tuple[int, ...], bool]] = []
    entries = sorted(zip(declared, shapes, strict=True), key=lambda entry: _is_whole(entry[0]))
    width, floats = 0, 0
    for column, shape in entries:
        columns.append((column.name, width, shape, _is_whole(column)))
        width += math.prod(shape)
        floats += 0 if _is_whole(column) else math.prod(shape)
    widths = [math.prod(shape) for _, shape in entries]
    initial = [np.array(column.initial, column.dtype).view(np.int64) for column, _ in entries]
    return Layout(
        tuple(columns),
        {name: start for name, start, _, _ in columns},
        np.array([widths, initial], np.int64),
        floats,
        width,
    )


def _is_whole(column: Column) -> bool:
    return column.dtype != "float64"


def side_by_side(
    declared: Sequence[Column], shapes: Sequence[tuple[int, ...]], rows: int
) -> tuple[dict[str, NDArray[Any]], NDArray[np.float64]]:
    """Return new columns (rows, …) of any type at their initial values, and the array of all floating-point numbers.

    That array holds them one after the other, as a table does: so one look at it tells whether all are finite.
    """
    counts = [
        0 if _is_whole(column) else rows * math.prod(shape) for column, shape in zip(declared, shapes, strict=True)
    ]
    numbers, end = np.empty(sum(counts)), 0
    columns: dict[str, NDArray[Any]] = {}
    for column, shape, count in zip(declared, shapes, counts, strict=True):
        if _is_whole(column):
            columns[column.name] = np.full((rows, *shape), column.initial, column.dtype)
        else:
            columns[column.name] = numbers[end : end + count].reshape(rows, *shape)
            columns[column.name][...] = column.initial
            end += count
    return columns, numbers


@kernel
def rearrange(words: Any, entry: Any, source: Any, before: Any) -> None:
    """Rearrange the rows of a table's block where they are.

    Args:
        words: the block, with places enough.
        entry: for each column, words of an entry, and the word that each of these starts with (2, columns).
        source: for each new row, the old row it continues, in ascending order, or a negative number.
        before: how many rows there were; their places beyond the new rows hold 0 afterwards.
    """
    stretches = _stretches(source)
    move(words, entry, stretches, stretches.shape[0], source.size, before)


@inner
def move(words: Any, entry: Any, stretches: Any, many: Any, rows: Any, before: Any) -> None:
    """Move stretches of rows that stay neighbours to where they will be.

    Those that come to lie further on move first, the last of them first; then those that come to lie further up. So none
    is written over before it has moved.

    Args:
        words: block of a table.
        entry: what its columns are (2, columns).
        stretches: first row, the old row that it continues or -1, and how many rows, in ascending order (s, 3).
        many: how many of these there are.
        rows: how many rows there are then.
        before: how many there were.
    """
    places = words.size // entry[0].sum()
    at = 0
    for column in range(entry.shape[1]):
        each = entry[0, column]
        for k in range(many - 1, -1, -1):
            start, old = at + stretches[k, 0] * each, at + stretches[k, 1] * each
            if 0 <= stretches[k, 1] < stretches[k, 0]:
                for place in range(stretches[k, 2] * each - 1, -1, -1):
                    words[np.uint64(start + place)] = words[np.uint64(old + place)]
        for k in range(many):
            start, old = at + stretches[k, 0] * each, at + stretches[k, 1] * each
            if stretches[k, 1] > stretches[k, 0]:
                for place in range(stretches[k, 2] * each):
                    words[np.uint64(start + place)] = words[np.uint64(old + place)]
        for k in range(many):
            if stretches[k, 1] < 0:
                start = at + stretches[k, 0] * each
                fill(words, start, start + stretches[k, 2] * each, entry[1, column])
        fill(words, at + rows * each, at + before * each, 0)
        at += places * each


@inner
def begin(words: Any, entry: Any, rows: Any, new: Any) -> None:
    """Let so many new rows follow those that a table's block has, at their initial values."""
    places = words.size // entry[0].sum()
    at = 0
    for column in range(entry.shape[1]):
        each = entry[0, column]
        fill(words, at + rows * each, at + (rows + new) * each, entry[1, column])
        at += places * each


@inner
def _stretches(source: Any) -> Any:
    """Return the stretches (s, 3) of rows that stay neighbours: first row, the old row it continues or -1, how many."""
    found = np.empty((_count(source), 3), np.int64)
    count, following = 0, np.int64(-2)
    for row in range(source.size):
        old = max(source[row], -1)
        if old == following:
            found[count - 1, 2] += 1
        else:
            found[count, 0], found[count, 1], found[count, 2] = row, old, 1
            count += 1
        following = old + 1 if old >= 0 else old
    return found


@inner
def _count(source: Any) -> Any:
    """Return how many stretches there are."""
    count, following = 0, np.int64(-2)
    for row in range(source.size):
        old = max(source[row], -1)
        count += old != following
        following = old + 1 if old >= 0 else old
    return count
