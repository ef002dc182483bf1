"""Points table: a design that a user lists outright, a row a point and a column a key, in a file or a DataFrame."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard

from ecosim.errors import InputError, printable, shown
from ecosim.experiments.grammar import value_of
from ecosim.world.actor_table import Table, read_table
from ecosim.world.faults import Faults

if TYPE_CHECKING:
    import pandas as pd


class PointsTable(NamedTuple):
    """The points of a design, as a table lists them.

    Attributes:
        columns: for each key its value at each point.
        table: where each point stands, for messages.
    """

    columns: dict[str, list[Any]]
    table: Table

    def place_faults(self, point: int, faults: tuple[str, ...]) -> list[str]:
        """Return faults of a point's configuration with file, row and, where a column is to blame, column."""
        line = self.table.rows[point][0]
        return [self._placed(line, fault) for fault in faults]

    def _placed(self, line: int, fault: str) -> str:
        keys = [key for key in self.columns if fault.startswith((f"{key}:", f"{key}.", f"{key}=", f"{key}["))]
        if not keys:
            return f"{self.table.where(line)}: {fault}"
        key = max(keys, key=len)
        return f"{self.table.where(line, key)}: {fault.removeprefix(f'{key}: ')}"


def read_points(path: str | Path) -> PointsTable:
    """Return the points of a file: CSV, or a sheet of Excel; the header names keys of the configuration.

    A cell holds a number, ``true`` or ``false``, ``null``, a word, or, in the grammar of the command line, 'quoted
    text', [a list] or {a: mapping}.

    Raises:
        InputError: if it cannot be read; or naming file, row and column of every cell that says no value.
    """
    if Path(path).suffix.lower() in (".yaml", ".yml"):
        raise InputError(f"{printable(path)}: not a table; allowed: .csv, .tsv, .txt, .xlsx")
    table = read_table(Path(path), "organisations")
    _refuse_header(table)
    faults = Faults()
    columns: dict[str, list[Any]] = {key: [] for key in table.header}
    for line, cells in table.rows:
        for key, cell in zip(table.header, cells, strict=True):
            try:
                columns[key].append(value_of(cell))
            except InputError as error:
                faults.add(f"{table.where(line, key)}: {error.faults[0]}")
    faults.refuse()
    return PointsTable(columns, table)


def is_frame(given: Any) -> TypeGuard[pd.DataFrame]:
    """Return whether this is a DataFrame, without importing pandas to find out."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(given, pandas.DataFrame)


def points_of_frame(frame: pd.DataFrame) -> PointsTable:
    """Return the points of a DataFrame: a row a point, columns named by keys; its index is left out.

    Raises:
        InputError: naming row (from 1) and column of every cell that is missing.
    """
    header = [str(column) for column in frame.columns]
    table = Table("table", header, [(row + 1, []) for row in range(len(frame))], "row")
    _refuse_header(table)
    columns: dict[str, list[Any]] = {key: frame.iloc[:, place].tolist() for place, key in enumerate(header)}
    faults = Faults()
    for key, values in columns.items():
        for row, value in enumerate(values, start=1):
            if isinstance(value, float) and math.isnan(value):
                faults.add(f"{table.where(row, key)}: missing; allowed: a value (None in a column of objects for null)")
    faults.refuse()
    return PointsTable(columns, table)


def _refuse_header(table: Table) -> None:
    faults = []
    for key in dict.fromkeys(table.header):
        if not key:
            faults.append(f"{table.file}: a column without a name; allowed: keys of the configuration")
        elif table.header.count(key) > 1:
            faults.append(f"{table.file}: {table.header.count(key)} columns are called {shown(key)}; allowed: one")
    if not table.rows:
        faults.append(f"{table.file}: no rows; allowed: a row for each point")
    if faults:
        raise InputError(faults)


def refuse_more_values(axes: Mapping[str, Any]) -> None:
    """Refuse values beside a table, which lists all of them.

    Raises:
        InputError: naming the keys.
    """
    if axes:
        raise InputError(
            f"{', '.join(axes)}: several values beside a table; allowed: a column of the table, or one value"
        )
