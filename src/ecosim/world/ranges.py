"""Whether a value may stand in a column."""

from __future__ import annotations

from math import isfinite, isinf
from typing import Any

import numpy as np

from ecosim.world.columns import Column


def out_of_range(column: Column, value: Any) -> str | None:
    """Return what is wrong with a value for a column, or None: it must be a number, finite and within the range."""
    if type(value) is float and column.low <= value <= column.high and isfinite(value):
        return None  # what agents write most often, without the microseconds that an array takes
    try:
        numbers = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        return f"{column.name} is a number, not {value!r}"
    if np.isfinite(numbers).all() and (numbers >= column.low).all() and (numbers <= column.high).all():
        return None
    return f"{column.name} is {value}; allowed: {range_in_words(column)}"


def range_in_words(column: Column) -> str:
    """Return the range of a column in words: ``0 to 1``, or ``0 or more``."""
    if isinf(column.low):
        return "any finite number" if isinf(column.high) else f"{column.high:g} or less"
    return f"{column.low:g} or more" if isinf(column.high) else f"{column.low:g} to {column.high:g}"
