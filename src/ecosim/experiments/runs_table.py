"""Runs table: one file with exactly the runs of a sweep's design, for readers that know nothing of shards.

Shards stay where they are when a design changes, and those of points with other measures have other columns. Whoever reads
them all without knowing the design gets runs that nobody asked for, or the columns of the first file only. This table has
one schema and a row for each run of the design that was made, in its order. Its bytes depend on the results and on the
version of pyarrow alone.

It is put together with little memory: shards are read one by one, their measures written one run behind the other to a
scratch file, and rows taken from there in the order of the design.
"""

from __future__ import annotations

import io
import math
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ecosim.experiments.design import NOTES, Design
from ecosim.experiments.ids import IdArray, Places, as_array, as_words
from ecosim.experiments.shards import OK, files_of_runs, is_of_failed, measures_of, whole_bytes
from ecosim.results.store import write_tables
from ecosim.results.table import Note, Table

RUNS_TABLE = "runs.parquet"

One = TypeVar("One")

ROWS_A_PART = 5_000
"""Rows that are in memory at a time."""


class Asked(NamedTuple):
    """The runs of a design, in its order.

    Attributes:
        design: of the sweep.
        numbers: of the runs (runs,).
        ids: of the runs (runs,); points that were drawn with the same values have some in common.
    """

    design: Design
    numbers: NDArray[np.int64]
    ids: IdArray


def write_runs_table(folder: Path, asked: Asked, failed: Mapping[str, str], patience: float = math.inf) -> None:
    """Write the table of the runs of a design that were made.

    Args:
        folder: of the sweep.
        asked: its runs.
        failed: how each failed run did, by its id.
        patience: seconds after which to give up, and leave no table.

    Raises:
        InputError: if a shard is damaged.
        OSError: if it cannot be written; TimeoutError if it took too long.
    """
    until = time.monotonic() + patience
    with tempfile.TemporaryFile(dir=folder) as scratch:
        notes, place = measures_of(_in_time(iter(files_of_runs(folder)), until)), Places(asked.ids)
        found = _in_scratch(folder, place, tuple(notes), scratch, until)
        slots = found.slots[place.of(asked.ids)]
        is_made = (slots >= 0) | np.isin(asked.ids, as_array(failed))
        rows = np.flatnonzero(is_made)
        parts = (
            _part(asked, rows[k : k + ROWS_A_PART], found._replace(slots=slots), scratch, notes, failed)
            for k in range(0, max(rows.size, 1), ROWS_A_PART)
        )
        write_tables(folder / RUNS_TABLE, _in_time(parts, until))


class _Found(NamedTuple):
    """What was written to the scratch file.

    Attributes:
        slots: which of its rows each run has; −1 for none.
        width: numbers in a row.
        columns: name of each measure that runs of the design have, and its place in a row.
    """

    slots: NDArray[np.int64]
    width: int
    columns: Mapping[str, int]


def _in_scratch(folder: Path, place: Places, names: tuple[str, ...], scratch: IO[bytes], until: float) -> _Found:
    """Write these measures of all runs of the design to a file.

    The columns that come of it are in the order in which they first appear among the runs, as ``RunColumns`` has them.
    """
    slots, used = np.full(len(place), -1), 0
    first: dict[tuple[str, ...], int] = {}  # the lowest place of a run with these measures
    for path in _in_time(iter(files_of_runs(folder)), until):
        there, ids, values = _read(path, names)
        places = place.of(ids)
        is_asked = places >= 0
        count = int(is_asked.sum())
        if count and there:
            scratch.write(values[is_asked].tobytes())
            slots[places[is_asked]] = np.arange(used, used + count)
            used += count
            first[there] = min(int(places[is_asked].min()), first.get(there, len(place)))
    scratch.flush()
    ordered = dict.fromkeys(name for there in sorted(first, key=lambda one: first[one]) for name in there)
    return _Found(slots, len(names), {name: names.index(name) for name in ordered})


def _read(path: Path, names: tuple[str, ...]) -> tuple[tuple[str, ...], IdArray, NDArray[np.float64]]:
    """Return which of these measures a shard has, the ids of its runs, and their values (runs, names).

    Rows of failed runs have no measures here, whatever columns they have.
    """
    import pyarrow.parquet

    file = pyarrow.parquet.ParquetFile(io.BytesIO(whole_bytes(path)), page_checksum_verification=True)
    schema = file.schema_arrow
    known = () if is_of_failed(schema.metadata) else set(schema.names)
    there = tuple(name for name in names if name in known)
    table = file.read(columns=["run_id", *there], use_threads=False)
    values = np.full((table.num_rows, len(names)), np.nan)
    for k, name in enumerate(names):
        if name in known:
            values[:, k] = _doubles(table[name].combine_chunks())
    return there, as_array(table["run_id"].to_pylist()), values


def _doubles(column: Any) -> NDArray[np.float64]:
    """Return an Arrow array of doubles, NaN for null, without pandas, which ``to_numpy`` would import."""
    import pyarrow

    valid, numbers = column.buffers()
    if column.type != pyarrow.float64() or numbers is None:
        return np.array([math.nan if one is None else one for one in column.to_pylist()], np.float64)
    values = np.frombuffer(numbers, np.float64)[column.offset : column.offset + len(column)]
    if valid is None or not column.null_count:
        return values
    bits = np.unpackbits(np.frombuffer(valid, np.uint8), bitorder="little")
    return np.where(bits[column.offset : column.offset + len(column)], values, np.nan)


def _part(
    asked: Asked,
    rows: NDArray[np.int64],
    found: _Found,
    scratch: IO[bytes],
    notes: Mapping[str, Note],
    failed: Mapping[str, str],
) -> Table:
    """Return some rows of the table."""
    words, slots = as_words(asked.ids[rows]), found.slots[rows]
    varied = asked.design.stored(asked.design.rows(asked.numbers[rows], words).columns)
    status = np.empty(rows.size, dtype=object)
    status[:] = [OK if slot >= 0 else failed[run_id] for run_id, slot in zip(words, slots.tolist(), strict=True)]
    values = _from_scratch(scratch, slots, found.width)
    columns = {"run_id": varied.pop("run_id"), "status": status, **varied}
    columns.update((name, values[:, k]) for name, k in found.columns.items())
    return Table(columns, {**notes, **NOTES})


def _from_scratch(scratch: IO[bytes], slots: NDArray[np.int64], width: int) -> NDArray[np.float64]:
    """Return the measures at some places of a file (rows, width); NaN where a run is nowhere."""
    size, file = width * 8, scratch.fileno()
    none = np.full(width, np.nan).tobytes()
    found = b"".join(os.pread(file, size, slot * size) if slot >= 0 else none for slot in slots.tolist())
    return np.frombuffer(found, np.float64).reshape(slots.size, width)


def _in_time(things: Iterator[One], until: float) -> Iterator[One]:
    for one in things:
        if time.monotonic() > until:
            raise TimeoutError("the table of runs took too long")
        yield one
