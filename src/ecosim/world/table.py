"""Table: the columns of what comes and goes, kept so that a change of rows is one operation, not one a column.

All columns lie one after the other in one block of eight-byte words, those of floating-point numbers first; each that the
world shows is a contiguous view of it. Entries come and go at almost every tick, and moving all columns at once costs
little more than moving one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecosim.kernels import inner, kernel
from ecosim.world.columns import Column

Words = NDArray[np.int64]


class Table:
    """The columns of one axis, shown as entries of a dictionary of arrays by name; its other keys are left alone.

    The table does not keep the dictionary: a world that held itself so would stay in memory after its use.

    Args:
        declared: the columns, of type float64 or int64.
        shapes: shape of one entry of each column, () or (k,).

    Attributes:
        layout: where each column lies.
        words: the block, whatever the type of a number: every column has equally many places for its rows, which hold 0
            where they stand for none.
        numbers: the part of it in which the floating-point numbers lie.
    """

    def __init__(self, declared: tuple[Column, ...], shapes: tuple[tuple[int, ...], ...]) -> None:
        self.layout = _layout(declared, shapes)
        self.words: Words = np.empty(0, np.int64)
        self.numbers: NDArray[np.float64] = np.empty(0)

    def gather(self, columns: dict[str, Any], source: NDArray[np.int64]) -> None:
        """Rearrange the rows.

        Args:
            columns: where the columns are shown.
            source: for each new row, the old row it continues; negative for a new entry, which starts at its initial
                values.
        """
        words = self.room(source.size)
        move(self.words, self.layout.widths, self.layout.initial, source, words)
        self.show(columns, words, source.size)

    def room(self, places: int) -> Words:
        """Return a block with places for so many rows, no value in it yet."""
        return np.empty(self.layout.width * places, np.int64)

    def show(self, columns: dict[str, Any], words: Words, rows: int) -> None:
        """Take another block, of so many rows, for the table's own, and make its columns entries of ``columns``."""
        layout, places = self.layout, words.size // self.layout.width
        numbers = words[: layout.floats * places].view(np.float64)
        views: list[NDArray[Any]] = [numbers[start * places : start * places + rows] for start in layout.singles]
        views += [words[start * places : start * places + rows] for start in layout.wholes]
        for start, width, is_whole in layout.rows:
            block = words if is_whole else numbers
            views.append(block[start * places : start * places + rows * width].reshape(rows, width))
        self.words, self.numbers = words, numbers
        columns.update(zip(layout.names, views, strict=True))


class Layout(NamedTuple):
    """Where the columns of a table lie.

    Attributes:
        names: the columns: those with one number an entry, those with one whole number, those with several of either.
        singles: first word of an entry of each of the first.
        wholes: likewise of the second.
        rows: likewise of the others, with how many words it has and whether they are whole numbers.
        starts: first word of an entry of each column by name.
        widths: words of an entry in each column, in the order in which they lie (columns,).
        initial: word that each starts with, in the same order (columns,).
        floats: words of an entry that are floating-point numbers; these lie first.
        width: words of an entry in all.
    """

    names: tuple[str, ...]
    singles: tuple[int, ...]
    wholes: tuple[int, ...]
    rows: tuple[tuple[int, int, bool], ...]
    starts: dict[str, int]
    widths: NDArray[np.int64]
    initial: Words
    floats: int
    width: int


@lru_cache(maxsize=256)
def _layout(declared: tuple[Column, ...], shapes: tuple[tuple[int, ...], ...]) -> Layout:
    singles: dict[str, int] = {}
    wholes: dict[str, int] = {}
    rows: dict[str, tuple[int, int, bool]] = {}
    starts: dict[str, int] = {}
    entries = sorted(zip(declared, shapes, strict=True), key=lambda entry: _is_whole(entry[0]))
    width, floats = 0, 0
    for column, shape in entries:
        is_whole, start = _is_whole(column), width
        if shape:
            rows[column.name] = start, shape[0], is_whole
        else:
            (wholes if is_whole else singles)[column.name] = start
        starts[column.name] = start
        width += math.prod(shape)
        floats += 0 if is_whole else math.prod(shape)
    return Layout(
        (*singles, *wholes, *rows), tuple(singles.values()), tuple(wholes.values()), tuple(rows.values()), starts,
        np.array([math.prod(shape) for _, shape in entries]),
        np.array([np.array(column.initial, column.dtype).view(np.int64) for column, _ in entries]), floats, width,
    )  # fmt: skip


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
def move(words: Any, widths: Any, initial: Any, source: Any, following: Any) -> None:
    """Fill a block with the rows of another, rearranged.

    Args:
        words: the block as it was.
        widths: words of an entry in each column (columns,).
        initial: word that each column starts with (columns,).
        source: for each new row, the old row it continues, or a negative number.
        following: the block to be filled; places beyond the new rows hold 0.
    """
    width = 0
    for words_each in widths:
        width += words_each
    places_before, places = words.size // width, following.size // width
    stretches = _stretches(source)
    before, after = 0, 0
    for column in range(widths.size):
        many_words = widths[column]
        for k in range(stretches.shape[0]):
            start, old = after + stretches[k, 0] * many_words, before + stretches[k, 1] * many_words
            many = stretches[k, 2] * many_words
            if stretches[k, 1] < 0:
                following[start : start + many] = initial[column]
            else:
                for place in range(many):
                    following[np.uint64(start + place)] = words[np.uint64(old + place)]
        following[after + source.size * many_words : after + places * many_words] = 0
        before += places_before * many_words
        after += places * many_words


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


@kernel
def _count(source: Any) -> Any:
    """Return how many stretches there are."""
    count, following = 0, np.int64(-2)
    for row in range(source.size):
        old = max(source[row], -1)
        count += old != following
        following = old + 1 if old >= 0 else old
    return count
