"""Ids: the numbers of very many runs, at 16 bytes each instead of the ninety that Python takes for a word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

BYTES = 16

IdArray = NDArray[np.bytes_]
"""Ids as bytes. NumPy leaves trailing zeros out of a single one, but compares and sorts all sixteen bytes."""

_PART = 65_536
_WORD = re.compile(f"[0-9a-f]{{{2 * BYTES}}}")


class Ids(Sequence[str]):
    """The ids of runs, by number.

    Args:
        array: of them all.
    """

    def __init__(self, array: IdArray) -> None:
        self.array = array

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ids) and np.array_equal(self.array, other.array)

    __hash__ = None  # type: ignore[assignment]  # as with any array

    def __len__(self) -> int:
        return int(self.array.size)

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> list[str]: ...
    def __getitem__(self, number: int | slice) -> str | list[str]:
        if isinstance(number, slice):
            return as_words(self.array[number])
        return _word(self.array[number])


def room_for(count: int) -> IdArray:
    """Return an array for so many ids."""
    return np.empty(count, f"S{BYTES}")


def as_array(ids: Iterable[str]) -> IdArray:
    """Return ids as an array; each must be one (see ``is_id``)."""
    return np.frombuffer(bytes.fromhex("".join(ids)), f"S{BYTES}")


def as_words(ids: IdArray) -> list[str]:
    """Return an array of ids as words of 32 hexadecimal digits."""
    return [_word(one) for one in ids.tolist()]


def is_id(word: object) -> bool:
    """Return whether something is an id as a word."""
    return isinstance(word, str) and _WORD.fullmatch(word) is not None


def among(ids: IdArray, known: IdArray) -> NDArray[np.bool_]:
    """Return which of some ids are among others, in little more room than the others take."""
    found = np.zeros(ids.size, np.bool_)
    if known.size:
        known = np.sort(known)
        for k in range(0, ids.size, _PART):
            part = ids[k : k + _PART]
            place = np.minimum(np.searchsorted(known, part), known.size - 1)
            found[k : k + _PART] = known[place] == part
    return found


class Places:
    """The first place of each id among some others.

    Args:
        ids: those others; of equal ones the first counts.
    """

    def __init__(self, ids: IdArray) -> None:
        self._order = np.argsort(ids, kind="stable")
        self._sorted = ids[self._order]

    def of(self, ids: IdArray) -> NDArray[np.int64]:
        """Return the place of each of some ids; −1 for one that is not there."""
        if not self._sorted.size:
            return np.full(ids.size, -1)
        at = np.minimum(np.searchsorted(self._sorted, ids), self._sorted.size - 1)
        return np.where(self._sorted[at] == ids, self._order[at], -1)

    def __len__(self) -> int:
        return int(self._order.size)


def each_once(ids: IdArray) -> NDArray[np.int64]:
    """Return the places of the first of each id, ascending."""
    order = np.argsort(ids, kind="stable")
    is_first = np.ones(ids.size, np.bool_)
    for k in range(1, ids.size, _PART):
        here = order[k - 1 : k + _PART]
        is_first[k : k + _PART] = ids[here[1:]] != ids[here[:-1]]
    return np.sort(order[is_first])


def _word(one: bytes) -> str:
    return one.ljust(BYTES, b"\0").hex()
