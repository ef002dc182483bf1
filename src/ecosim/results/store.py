"""Store: tables as Parquet, words as text, each written whole or not at all."""

from __future__ import annotations

import errno
import itertools
import json
import math
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecosim.results.table import Note, Table

if TYPE_CHECKING:
    import pandas as pd


_HOW: dict[str, Any] = {"compression": "zstd", "write_page_checksum": True}
"""How tables are written: with a checksum of each page, so that bytes that changed on the disk are not read as values."""

_SYNCS_NO_FOLDERS = (errno.EINVAL, errno.EBADF, errno.ENOTSUP)
"""What file systems say that sync files alone."""

_HALF = re.compile(r"\.(.+)\.\d+\.part")


def write_table(path: str | Path, table: Table) -> None:
    """Write a table as Parquet, with unit and meaning of each column in its metadata; NaN becomes null.

    The bytes depend on the values and on the version of pyarrow alone.

    Raises:
        OSError: if it cannot be written; nothing is left behind then.
    """
    import pyarrow.parquet

    columns = to_arrow(table)
    replace(path, lambda file: pyarrow.parquet.write_table(columns, file, **_HOW))


def write_tables(path: str | Path, tables: Iterable[Table]) -> None:
    """Write tables with the same columns below each other, one after the other, as ``write_table`` would.

    Raises:
        OSError: if it cannot be written; nothing is left behind then.
    """
    import pyarrow.parquet

    def write(file: IO[bytes]) -> None:
        writer = None
        for table in tables:
            columns = to_arrow(table)
            writer = writer or pyarrow.parquet.ParquetWriter(file, columns.schema, **_HOW)
            writer.write_table(columns)
        if writer is not None:
            writer.close()

    replace(path, write)


def read_table(
    path: str | Path | IO[bytes], columns: Sequence[str] | None = None
) -> tuple[pd.DataFrame, dict[str, Note]]:
    """Return a Parquet table as a frame, with the unit and meaning of each of its columns.

    Args:
        path: of the file, or the file.
        columns: which to read, as far as they are there; all if none are given.

    Raises:
        OSError: if it cannot be read, or what is read is not what was written.
    """
    import pyarrow.parquet

    source = Path(path) if isinstance(path, str) else path
    if columns is None:
        table = pyarrow.parquet.read_table(source, page_checksum_verification=True)
    else:
        file = pyarrow.parquet.ParquetFile(source, page_checksum_verification=True)
        table = file.read([name for name in columns if name in file.schema_arrow.names])
    notes = {}
    for field in table.schema:
        known = field.metadata or {}
        notes[field.name] = Note(known.get(b"unit", b"").decode(), known.get(b"meaning", b"").decode())
    return _frame(table), notes


def to_frame(table: Table) -> pd.DataFrame:
    """Return a table as a pandas frame, the same as if it had been written and read back."""
    return _frame(to_arrow(table))


def to_arrow(table: Table) -> Any:
    """Return a table as a ``pyarrow.Table``."""
    import pyarrow

    fields, arrays = [], []
    for name, values in table.columns.items():
        array = _words(values) if values.dtype == object else _numbers(values, name in table.optional)
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
    """Write a file under a temporary name, make sure it is on disk, and only then give it its name, for good.

    Raises:
        OSError: if it cannot be written; nothing is left behind then, and a file of that name is as it was. Or if its
            folder cannot be synced: then it is there, but a power failure may yet take it.
    """
    path = Path(path)
    above = list(itertools.takewhile(lambda folder: not folder.exists(), (path.parent, *path.parent.parents)))
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
    for folder in (path.parent, *(one.parent for one in above)):
        _sync(folder)  # a name is kept in its folder, which is synced by itself


def _sync(folder: Path) -> None:
    """Make sure that the names in a folder are on disk, where its file system syncs folders."""
    try:
        number = os.open(folder, os.O_RDONLY)
    except PermissionError:  # it may be written to, and not be read
        return
    try:
        os.fsync(number)
    except OSError as error:
        if error.errno not in _SYNCS_NO_FOLDERS:
            raise
    finally:
        os.close(number)


def half_of(name: str) -> str:
    """Return the name of the file of which a killed process has left this one, half written; nothing if it is no such."""
    found = _HALF.fullmatch(name)
    return found[1] if found else ""


def _frame(columns: Any) -> pd.DataFrame:
    import pandas as pd
    import pyarrow

    # Whole numbers stay whole where some are missing: numbers of coalitions do not fit into a float.
    whole = {pyarrow.int64(): pd.Int64Dtype()}

    def series(column: Any) -> pd.Series[Any]:
        made: pd.Series[Any] = column.to_pandas(types_mapper=whole.get) if column.null_count else column.to_pandas()
        return made

    return pd.DataFrame({name: series(columns.column(name)) for name in columns.column_names})


# Arrow arrays are put together from buffers: pyarrow.array would import pandas, which costs half a second, and a cast
# would import pyarrow.compute, which costs a tenth.


def _numbers(values: NDArray[Any], is_optional: bool) -> Any:
    import pyarrow

    values = np.ascontiguousarray(values)
    if values.dtype == np.bool_:
        bits = pyarrow.py_buffer(np.packbits(values, bitorder="little"))
        return pyarrow.Array.from_buffers(pyarrow.bool_(), values.size, [None, bits])
    kind = pyarrow.from_numpy_dtype(values.dtype)
    if is_optional:
        is_there = values >= 0
    elif values.dtype.kind == "f":
        is_there = ~np.isnan(values)
    else:
        is_there = np.ones(values.size, np.bool_)
    valid = None if is_there.all() else pyarrow.py_buffer(np.packbits(is_there, bitorder="little"))
    return pyarrow.Array.from_buffers(kind, values.size, [valid, pyarrow.py_buffer(values)])


def _words(values: NDArray[Any]) -> Any:
    import pyarrow

    # A lone surrogate is no character and cannot be written as UTF-8.
    encoded = [b"" if text is None else text.encode("utf-8", "replace") for text in values]
    ends = np.concatenate(([0], np.cumsum([len(text) for text in encoded], dtype=np.int64)))
    is_there = np.array([text is not None for text in values], np.bool_)
    valid = None if is_there.all() else pyarrow.py_buffer(np.packbits(is_there, bitorder="little"))
    if ends[-1] < 2**31:
        kind, ends = pyarrow.string(), ends.astype(np.int32)
    else:
        kind = pyarrow.large_string()
    buffers = [valid, pyarrow.py_buffer(ends), pyarrow.py_buffer(b"".join(encoded))]
    return pyarrow.Array.from_buffers(kind, len(encoded), buffers)


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
