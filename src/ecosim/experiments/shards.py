"""Shards: the results of about a hundred runs in two Parquet files, each named by the digest of its own bytes.

A file whose name does not fit its bytes was cut off or damaged. The file of the runs names that of their series, and
is written last: with it the shard counts. So no list of files has to be kept in step with the files.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError, printable
from ecosim.experiments.design import NOTES, Design
from ecosim.experiments.ids import IdArray, as_array, room_for
from ecosim.experiments.running import Ran
from ecosim.results.measured import AT_THE_END, MEAN, OVER_SECOND_HALF
from ecosim.results.store import to_arrow, write_bytes
from ecosim.results.table import Note, Table

RUNS, SERIES, DESIGN = "runs", "series", "design.parquet"
OK = "ok"
_LOOKED_AT = 2000
"""Values by which it is judged whether those of a column repeat."""

_FLAT: Mapping[str, Any] = {"compression": "zstd", "use_dictionary": False}
"""How a table of runs is laid out: a column of it has a hundred numbers, which hardly ever repeat."""

_SERIES_PART, _FAILED = b"ecosim.series", b"ecosim.failed"


class Saved(NamedTuple):
    """What was written at once.

    Attributes:
        numbers: of the runs whose results were.
        runs: name of the file of the runs; nothing if there were none.
        series: name of the file of their series.
    """

    numbers: list[int]
    runs: str = ""
    series: str = ""


class Shard:
    """Results of runs that are finished and not yet on disk.

    Args:
        folder: of the sweep.
        design: of the sweep.
    """

    def __init__(self, folder: Path, design: Design) -> None:
        self._folder, self._design = folder, design
        self._numbers: list[int] = []
        self._ids: list[str] = []
        self._ran: list[Ran] = []

    def __len__(self) -> int:
        return len(self._ran)

    def fits(self, ran: Ran) -> bool:
        """Return whether a run has the same measures as those that are here already."""
        return not self._ran or tuple(self._ran[0].series) == tuple(ran.series)

    def add(self, number: int, run_id: str, ran: Ran) -> None:
        """Take in the results of a run."""
        self._numbers.append(number)
        self._ids.append(run_id)
        self._ran.append(ran)

    def save(self) -> Saved:
        """Write everything that is here, and return what that was.

        Raises:
            OSError: if it cannot be written.
        """
        numbers, runs, series = self._numbers, "", ""
        if numbers:
            columns = {name: np.concatenate([one.series[name] for one in self._ran]) for name in self._ran[0].series}
            table = _series_table(self._ids, self._ran, columns)
            series = _write(self._folder / SERIES, table, {}, _laid_out(columns))
            table = _runs_table(self._design, numbers, self._ids, [OK] * len(numbers), _measures(self._ran))
            runs = _write(self._folder / RUNS, table, {_SERIES_PART: series.encode()}, _FLAT)
        self._numbers, self._ids, self._ran = [], [], []
        return Saved(numbers, runs, series)


def keep(folder: Path, name: str, content: bytes) -> None:
    """Write a file of a shard that was made elsewhere: ``name`` is its kind and the name that its bytes give it.

    Raises:
        ValueError: if the name is not that of these bytes.
        OSError: if it cannot be written.
    """
    kind, _, part = name.partition("/")
    if kind not in (RUNS, SERIES) or part != _name(content):
        raise ValueError(f"{name}: its bytes were changed on their way")
    write_bytes(folder / kind / part, content)


class Found(NamedTuple):
    """What a folder holds.

    Attributes:
        run_ids: of the runs whose results are whole, as an array.
        damaged: names of files that were cut off, changed, or left without their other half; they are gone now.
        failed: files with the rows of runs that failed.
    """

    run_ids: IdArray
    damaged: list[str]
    failed: list[Path]


class Inside(NamedTuple):
    """What a file of runs holds.

    Attributes:
        series: name of the file of their series; nothing if these are the rows of runs that failed.
        run_ids: of the runs, as an array; none of those that failed.
    """

    series: str
    run_ids: IdArray


def save_failed(
    folder: Path,
    design: Design,
    failed: Sequence[tuple[int, str, str]],
    before: Iterable[Path] = (),
    patience: float = math.inf,
) -> list[Path]:
    """Write a row for each failed run, with the columns that other runs have, and return the files that came of it.

    Args:
        folder: of the sweep.
        design: of the sweep.
        failed: number, id and kind of failure of each such run.
        before: files with such rows from before, in whose place these come.
        patience: seconds after which no more is looked for columns; without them the rows are as good.

    Raises:
        OSError: if it cannot be written.
    """
    until = time.monotonic() + patience
    for path in before:
        path.unlink(missing_ok=True)
    if not failed:
        return []
    numbers, ids, kinds = zip(*failed, strict=True)
    none = np.full(len(numbers), np.nan)
    known = measures_of(itertools.takewhile(lambda _: time.monotonic() < until, files_of_runs(folder)))
    measures = {name: (none, note) for name, note in known.items()}
    name = _write(folder / RUNS, _runs_table(design, numbers, ids, kinds, measures), {_FAILED: b"1"}, _FLAT)
    return [folder / RUNS / name]


def is_of_failed(metadata: Mapping[bytes, bytes] | None) -> bool:
    """Return whether a file of runs with this metadata holds the rows of those that failed."""
    return _FAILED in (metadata or {})


def files_of_runs(folder: Path) -> list[Path]:
    """Return the files of runs that are in a folder, in the order of their names."""
    return sorted(folder.glob(f"{RUNS}/part-*.parquet"))


def measures_of(paths: Iterable[Path]) -> dict[str, Note]:
    """Return the columns of measures that any of these files of runs has, each with its unit and meaning."""
    import pyarrow.parquet

    notes: dict[str, Note] = {}
    for path in paths:
        schema = pyarrow.parquet.read_schema(path)
        for name in schema.names[schema.get_field_index("seed") + 1 :]:  # what stands before it is told by the design
            if name not in notes:
                known = schema.field(name).metadata or {}
                notes[name] = Note(known.get(b"unit", b"").decode(), known.get(b"meaning", b"").decode())
    return notes


def look_through(folder: Path) -> Found:
    """Return what is there, and remove what is of no use: halves, damaged files, and what a killed process left.

    Raises:
        OSError: if the folder cannot be read or written.
    """
    for path in [one for where in (".", RUNS, SERIES) for one in (folder / where).glob(".*.part")]:
        path.unlink()
    damaged = [path for kind in (RUNS, SERIES) for path in folder.glob(f"{kind}/*") if not is_whole(path)]
    for path in damaged:
        path.unlink()
    there: list[IdArray] = []
    needed: set[str] = set()
    failed: list[Path] = []
    for path in files_of_runs(folder):
        series, run_ids = look_into(path)
        if not series:
            failed.append(path)
        elif (folder / SERIES / series).is_file():
            there.append(run_ids)
            needed.add(series)
        else:
            path.unlink()
    for path in folder.glob(f"{SERIES}/*"):
        if path.name not in needed:
            path.unlink()
    names = sorted(f"{path.parent.name}/{path.name}" for path in damaged)
    return Found(np.concatenate([room_for(0), *there]), names, failed)


def ids_there(folder: Path) -> IdArray:
    """Return the run ids of all results in a folder, taken as they are."""
    return np.concatenate([room_for(0), *(look_into(path).run_ids for path in files_of_runs(folder))])


def look_into(path: Path) -> Inside:
    """Return which runs a file of runs holds, taken as it is."""
    import pyarrow.parquet

    # Read as one column of one small file: in a thread of its own it would cost more than it saves.
    file = pyarrow.parquet.ParquetFile(path, page_checksum_verification=True)
    series = (file.schema_arrow.metadata or {}).get(_SERIES_PART, b"").decode()
    if not series:
        return Inside("", room_for(0))
    column = file.read(columns=["run_id"], use_threads=False)["run_id"]
    return Inside(series, as_array(column.to_pylist()))


def is_whole(path: Path) -> bool:
    """Return whether a file holds what its name says."""
    return path.name == _name(path.read_bytes())


def whole_bytes(path: Path) -> bytes:
    """Return what is in a file of results.

    Raises:
        InputError: if these are not the bytes that its name was made of.
    """
    content = path.read_bytes()
    if path.name != _name(content):
        raise InputError(
            f"{printable(path.parents[1])}: a file of results is damaged ({path.parent.name}/{path.name} was cut off or "
            "changed); the same ecosim sweep once more finds it and makes its runs again"
        )
    return content


def _measures(ran: Sequence[Ran]) -> dict[str, tuple[NDArray[np.float64], Note]]:
    """Return a column (runs,) for the end and for the mean over the second half of each measure."""
    names = [name for name in ran[0].series if name != "tick"]
    ends = np.empty((len(names), len(ran)))
    means = np.empty((len(names), len(ran)))
    alike: dict[bytes, list[int]] = {}  # runs that were recorded at the same ticks
    for k, one in enumerate(ran):
        alike.setdefault(one.series["tick"].tobytes(), []).append(k)
    for runs in alike.values() if names else ():
        tick = ran[runs[0]].series["tick"]
        values = np.array([ran[k].series[name] for name in names for k in runs])
        ends[:, runs] = values[:, -1].reshape(len(names), -1)
        means[:, runs] = _means(values[:, tick >= tick[-1] / 2]).reshape(len(names), -1)
    columns: dict[str, tuple[NDArray[np.float64], Note]] = {}
    for k, name in enumerate(names):
        unit, meaning = ran[0].notes[name]
        columns[name] = ends[k], Note(unit, AT_THE_END + meaning)
        columns[name + MEAN] = means[k], Note(unit, OVER_SECOND_HALF + meaning)
    return columns


def _means(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of each row (k, rows) over what is not missing; missing where nothing is there."""
    means: NDArray[np.float64] = values.mean(axis=1)
    lacking: dict[bytes, list[int]] = {}  # rows where something is missing, by what is there
    there = ~np.isnan(values)
    for row in np.flatnonzero(np.isnan(means)).tolist():
        lacking.setdefault(there[row].tobytes(), []).append(row)
    for rows in lacking.values():
        kept = there[rows[0]]
        means[rows] = values[np.ix_(rows, kept)].mean(axis=1) if kept.any() else np.nan
    return means


def _runs_table(
    design: Design,
    numbers: Sequence[int],
    ids: Sequence[str],
    statuses: Sequence[str],
    measures: Mapping[str, tuple[NDArray[np.float64], Note]],
) -> Any:
    places = [design.place(number) for number in numbers]
    columns: dict[str, NDArray[Any]] = {
        "run_id": np.array(ids, dtype=object),
        "status": np.array(statuses, dtype=object),
        **design.stored(design.columns(point for point, _ in places)),
        "replicate": np.array([replicate for _, replicate in places], np.int64),
        "seed": np.array([design.seed_of(number) for number in numbers], np.uint64),
    }
    columns.update((name, values) for name, (values, _) in measures.items())
    return to_arrow(Table(columns, {**NOTES, **{name: note for name, (_, note) in measures.items()}}))


def _series_table(ids: Sequence[str], ran: Sequence[Ran], columns: Mapping[str, NDArray[Any]]) -> Any:
    import pyarrow

    table = to_arrow(Table(columns, ran[0].notes))
    lengths = [len(one.series["tick"]) for one in ran]
    # Each identity once, and its number on every row: a thirtieth of the memory of the words themselves.
    whose = pyarrow.Array.from_buffers(
        pyarrow.int32(),
        sum(lengths),
        [None, pyarrow.py_buffer(np.repeat(np.arange(len(ids), dtype=np.int32), lengths))],
    )
    words = to_arrow(Table({"run_id": np.array(ids, dtype=object)}))["run_id"].combine_chunks()
    return table.add_column(0, "run_id", pyarrow.DictionaryArray.from_arrays(whose, words))


def _write(folder: Path, table: Any, meta: Mapping[bytes, bytes], layout: Mapping[str, Any]) -> str:
    import pyarrow.parquet

    content = io.BytesIO()
    described = table.replace_schema_metadata(dict(meta))
    pyarrow.parquet.write_table(described, content, write_page_checksum=True, **layout)
    name = _name(content.getvalue())
    write_bytes(folder / name, content.getvalue())
    return name


def _laid_out(columns: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    """Return how a table of series is laid out: what repeats by numbers of its values, else byte by byte; and packed.

    First bytes of neighbours are alike, last ones are not: apart, the first ones pack, which takes a quarter off.
    """
    apart = [name for name, values in columns.items() if values.dtype == np.float64 and _differ(values[:_LOOKED_AT])]
    return {
        "compression": "zstd",
        "use_dictionary": ["run_id", *(name for name in columns if name not in apart)],
        "use_byte_stream_split": apart,
    }


def _differ(values: NDArray[np.float64]) -> bool:
    there = np.sort(values[~np.isnan(values)])  # np.unique would import numpy.ma
    return bool(np.count_nonzero(there[1:] != there[:-1]) >= values.size / 4)


def digest_of(path: Path) -> str:
    """Return the digest of a file's bytes, of which never many are in memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, _digest).hexdigest()


def _name(content: bytes) -> str:
    return f"part-{_digest(content).hexdigest()}.parquet"


def _digest(content: bytes = b"") -> Any:
    return hashlib.blake2b(content, digest_size=16)
