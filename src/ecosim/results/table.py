"""Table: named columns of equal length with the unit and meaning of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Note(NamedTuple):
    """What a column means.

    Attributes:
        unit: unit, or what 1 means.
        meaning: a sentence.
    """

    unit: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """Columns of equal length.

    Attributes:
        columns: name to values (rows,): numbers, truth values, or an object array of words (None: missing).
        notes: unit and meaning by column name.
        optional: whole-number columns in which a negative value stands for a missing one.
    """

    columns: Mapping[str, NDArray[Any]]
    notes: Mapping[str, Note] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()

    @property
    def rows(self) -> int:
        """Number of rows."""
        return next((len(values) for values in self.columns.values()), 0)


def stacked(tables: Sequence[Table]) -> Table:
    """Return tables with the same columns as one, below each other.

    Raises:
        ValueError: if there is none.
    """
    if not tables:
        raise ValueError("no table to stack")
    first = tables[0]
    if len(tables) == 1:
        return first
    columns = {name: np.concatenate([table.columns[name] for table in tables]) for name in first.columns}
    return Table(columns, first.notes, first.optional)
