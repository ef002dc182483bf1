"""Store: tables as Parquet, words as text, each written whole or not at all."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from ecosim.results.table import Note, Table

if TYPE_CHECKING:
    import pandas as pd


def write_table(path: str | Path, table: Table) -> None:
    """Write a table as Parquet, with unit and meaning of each column in its metadata; NaN becomes null.

    The bytes depend on the values and on the version of pyarrow alone.

    Raises:
        OSError: if it cannot be written; nothing is left behind then.
    """
    import pyarrow.parquet

    columns = to_arrow(table)
    replace(path, lambda file: pyarrow.parquet.write_table(columns, file, compression="zstd"))


def read_table(path: str | Path) -> tuple[pd.DataFrame, dict[str, Note]]:
    """Return a Parquet table as a frame, with the unit and meaning of each of its columns."""
    import pyarrow.parquet

    columns = pyarrow.parquet.read_table(Path(path))
    notes = {}
    for field in columns.schema:
        known = field.metadata or {}
        notes[field.name] = Note(known.get(b"unit", b"").decode(), known.get(b"meaning", b"").decode())
    return _frame(columns), notes


def to_frame(table: Table) -> pd.DataFrame:
    """Return a table as a pandas frame, the same as if it had been written and read back."""
    return _frame(to_arrow(table))


def to_arrow(table: Table) -> Any:
    """Return a table as a ``pyarrow.Table``."""
    import pyarrow

    fields, arrays = [], []
    for name, values in table.columns.items():
        if values.dtype == object:
            array = pyarrow.array(values, pyarrow.string())
        elif name in table.optional:
            array = pyarrow.array(values, mask=values < 0)
        else:
            array = pyarrow.array(values, from_pandas=True)
        note = table.notes.get(name, Note("", ""))
        fields.append(pyarrow.field(name, array.type, metadata={"unit": note.unit, "meaning": note.meaning}))
        arrays.append(array)
    return pyarrow.Table.from_arrays(arrays, schema=pyarrow.schema(fields))


def write_text(path: str | Path, text: str) -> None:
    """Write text as UTF-8, whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write bytes, whole or not at all."""
    replace(path, lambda file: file.write(content))


def write_json(path: str | Path, value: Any) -> None:
    """Write plain data as JSON, whole or not at all; what is not a finite number becomes null."""
    write_text(path, to_json(value) + "\n")


def to_json(value: Any) -> str:
    """Return plain data as JSON text; NumPy's numbers become numbers, what is not finite null."""
    return json.dumps(_plain(value), indent=2, ensure_ascii=False, allow_nan=False)


def replace(path: str | Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Write a file under a temporary name, make sure it is on disk, and only then give it its name."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(part, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _frame(columns: Any) -> pd.DataFrame:
    import pandas as pd
    import pyarrow

    # Whole numbers stay whole where some are missing: numbers of coalitions do not fit into a float.
    whole = {pyarrow.int64(): pd.Int64Dtype()}

    def series(column: Any) -> pd.Series[Any]:
        made: pd.Series[Any] = column.to_pandas(types_mapper=whole.get) if column.null_count else column.to_pandas()
        return made

    return pd.DataFrame({name: series(columns.column(name)) for name in columns.column_names})


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(entry) for entry in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
