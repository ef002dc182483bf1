"""Small kernels that others call: finding a tie, means, ranges and copies."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.kernels import inlined, inner, kernel


@inner
def find_half_edge(first_tie: Any, partner: Any, i: Any, j: Any) -> Any:
    """Return the half-edge from organisation i to j, or -1 where they are not tied.

    By binary search, until a few are left: looking through these is faster, as a processor guesses where that ends.
    """
    low, high = first_tie[i], first_tie[i + 1]
    while high - low > _FEW:
        middle = (low + high) >> 1
        if partner[middle] < j:
            low = middle + 1
        else:
            high = middle + 1
    for h in range(low, high):
        if partner[np.uint64(h)] == j:
            return h
    return np.int64(-1)


_FEW = 16


@inner
def first_not_before(numbers: Any, low: Any, high: Any, number: Any) -> Any:
    """Return the first place from ``low`` on in an ascending stretch up to ``high`` whose number is not below this one."""
    while low < high:
        middle = (low + high) >> 1
        if numbers[middle] < number:
            low = middle + 1
        else:
            high = middle
    return low


MANY = 64
"""New entries of a table from which on it pays to sort them by NumPy; a tick's few are held against each other."""


@kernel
def mean_of(values: Any, otherwise: Any) -> Any:
    """Return the mean of all entries, or another number where there is none; NumPy's own takes seven times as long."""
    if values.size == 0:
        return otherwise
    total = 0.0
    for value in values.flat:
        total += value
    return total / values.size


@kernel
def range_of(numbers: Any) -> Any:
    """Return the least and the greatest of whole numbers (n,); (0, -1) where there is none."""
    if numbers.size == 0:
        return np.int64(0), np.int64(-1)
    least, greatest = numbers[0], numbers[0]
    for number in numbers:
        least, greatest = min(least, number), max(greatest, number)
    return least, greatest


def refuse_rows_beyond(lowest: int, highest: int, count: int, what: str, least: int = 0) -> None:
    """Refuse rows, of which the lowest and the highest are given, unless all are in a table of so many.

    Raises:
        IndexError: naming what they are, one that is not there, and the range.
    """
    if lowest < least or highest >= count:
        wrong = lowest if lowest < least else highest
        raise IndexError(f"{what}: {wrong}; allowed: {least} to {count - 1}")


@inlined
def copy_into(place: Any, values: Any) -> None:
    """Write as many numbers (n,) into an array's place (n,).

    ``place[:] = values`` does the same, but brings along how to word its refusal of another size: seconds to compile.
    """
    for k in range(values.size):
        place[k] = values[k]


@inlined
def write(place: Any, start: Any, numbers: Any) -> None:
    """Write the numbers of a tuple, all of one type, into an array from a place on."""
    for k in range(len(numbers)):
        place[start + k] = numbers[k]


@inlined
def fill(numbers: Any, start: Any, end: Any, value: Any) -> None:
    """Write one number into all places of an array (n,) from one to before another; compiled sooner than a slice is."""
    for place in range(start, end):
        numbers[np.uint64(place)] = value
