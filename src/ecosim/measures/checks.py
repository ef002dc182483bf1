"""What measures are given: columns of numbers, labels and ties, brought to one type at the door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.errors import InputError
from ecosim.world.lookup import range_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def as_column(values: ArrayLike, name: str = "values") -> NDArray[np.float64]:
    """Return numbers (n,) as a contiguous float64 column.

    Raises:
        InputError: if they are not one-dimensional.
    """
    column: NDArray[np.float64] = np.ascontiguousarray(values, dtype=np.float64)
    if column.ndim != 1:
        raise InputError(f"{name}: shape {column.shape} found, one dimension (n,) is needed; give one axis at a time")
    return column


def as_labels(labels: ArrayLike, size: int) -> NDArray[np.int64]:
    """Return labels (n,) as int64; a negative label means missing.

    Raises:
        InputError: if there is not one label for each of the ``size`` organisations.
    """
    column: NDArray[np.int64] = np.ascontiguousarray(labels, dtype=np.int64)
    if column.shape != (size,):
        raise InputError(f"labels: shape {column.shape} found, ({size},) is needed: one label for each organisation")
    return column


def as_ties(first_tie: Any, partner: Any) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return half-edges in CSR, ``first_tie`` (n + 1,) and ``partner`` (2m,), in the types that a world holds them in.

    Raises:
        InputError: if ``first_tie`` does not end at the number of half-edges, or a partner is nobody.
    """
    first: NDArray[np.int64] = np.ascontiguousarray(first_tie, dtype=np.int64)
    other: NDArray[np.int32] = np.ascontiguousarray(partner, dtype=np.int32)
    if first.ndim != 1 or first.size == 0 or other.ndim != 1 or first[-1] != other.size:
        raise InputError(
            f"first_tie, partner: shapes {first.shape} and {other.shape} found; first_tie (n + 1,) must end at the "
            "number of half-edges (2m,)"
        )
    least, greatest = range_of(other)
    if least < 0 or greatest >= first.size - 1:
        wrong = least if least < 0 else greatest
        raise InputError(f"partner: organisation {wrong} found; allowed: 0 to {first.size - 2}")
    return first, other


def require_between(name: str, value: float, low: float, high: float) -> None:
    """Refuse a parameter outside ``low`` to ``high``, or one that is no number.

    Raises:
        InputError: naming the parameter, the value and the range.
    """
    if not low <= value <= high:
        raise InputError(f"{name}: {value} found, allowed is {low} to {high}")


def require_bins(bins: int, lowest: float, highest: float) -> None:
    """Refuse a scale of bins that a mirrored population would not see mirrored, or that has no width.

    Raises:
        InputError: naming every fault.
    """
    faults = []
    if bins < 3 or bins % 2 == 0:
        faults.append(f"bins: {bins} found, an odd number from 3 is needed: the middle of the scale is the middle bin")
    if not highest > lowest:
        faults.append(f"lowest, highest: {lowest} and {highest} found, lowest must be below highest")
    if faults:
        raise InputError(faults)
