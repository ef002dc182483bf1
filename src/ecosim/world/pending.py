"""Pending: what is to change in a world's shape when the mechanism at work ends."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.world import lookup

Rows = NDArray[np.int64]
Founded = tuple[Rows, Rows, NDArray[np.int64]]
"""Founders (p,), issues (p,) and members (p, size) of coalitions, all by rows; a member of -1 is nobody."""


class Pending:
    """What mechanisms have asked for and ``commit`` will do.

    Attributes:
        is_any: whether there is anything: set by whoever adds to it.
        ties_made: pairs (p, 2), the lower row first, and the values that they begin with.
        ties_ended: rows of relationships.
        joins: rows of organisations, and of the coalitions that they join.
        leaves: rows of memberships.
        founded: coalitions that are founded.
        removed: rows of organisations.
    """

    __slots__ = ("founded", "is_any", "joins", "leaves", "removed", "ties_ended", "ties_made")

    def __init__(self) -> None:
        self.is_any = False
        self.ties_made: list[tuple[NDArray[np.int32], dict[str, Any]]] = []
        self.ties_ended: list[Rows] = []
        self.joins: list[tuple[Rows, Rows]] = []
        self.leaves: list[Rows] = []
        self.founded: list[Founded] = []
        self.removed: list[Rows] = []


def rows_within(rows: Any, count: int, what: str, least: int = 0) -> Rows:
    """Return rows as numbers of their own, all of them within a table of so many.

    They are copied: a part of a column that is to change must not change what was asked for.

    Raises:
        IndexError: if one is not, with what the rows are.
    """
    numbers = np.array(rows, np.int64, order="C")
    lowest, highest = lookup.range_of(numbers if numbers.ndim == 1 else numbers.ravel())
    if lowest < least or highest >= count:
        lookup.refuse_rows_beyond(lowest, highest, count, what, least)
    return numbers


def together(parts: list[Rows]) -> Rows:
    """Return what was asked for in several parts as one array."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts) if parts else NONE


def founded_together(parts: list[Founded]) -> Founded:
    """Return coalitions that are founded by several requests as those of one; shorter lists of members are filled up."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return NONE, NONE, _NOBODY
    widest = max(members.shape[1] for _, _, members in parts)
    filled = [np.pad(members, ((0, 0), (0, widest - members.shape[1])), constant_values=-1) for _, _, members in parts]
    return (
        np.concatenate([founders for founders, _, _ in parts]),
        np.concatenate([issues for _, issues, _ in parts]),
        np.concatenate(filled),
    )


NONE = np.empty(0, np.int64)
_NOBODY = np.empty((0, 0), np.int64)
