"""Ids: the numbers of very many runs, at 32 bytes each instead of the ninety that Python takes for a word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

DIGITS = 32

IdArray = NDArray[np.bytes_]


class Ids(Sequence[str]):
    """The ids of runs, by number.

    Args:
        parts: arrays of ids, one after the other.
    """

    def __init__(self, parts: Iterable[IdArray]) -> None:
        self.array: IdArray = np.concatenate([as_array(()), *parts])

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
        return str(self.array[number], "ascii")


def as_array(ids: Iterable[str]) -> IdArray:
    """Return ids as an array."""
    words = list(ids)
    return np.array(words, dtype=f"S{DIGITS}") if words else np.empty(0, f"S{DIGITS}")


def as_words(ids: IdArray) -> list[str]:
    """Return an array of ids as words."""
    return [str(one, "ascii") for one in ids.tolist()]
