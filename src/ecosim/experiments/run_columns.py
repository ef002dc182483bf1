"""Run columns: single measures of the runs of a sweep, a shard at a time, so that the others never pass through memory."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.experiments.shards import RUNS, whole_bytes


class RunColumns:
    """The measures of some runs, each as a column in their order.

    Args:
        folder: of the sweep.
        run_ids: of the runs, one as often as it is asked for.
    """

    def __init__(self, folder: Path, run_ids: Sequence[str]) -> None:
        self._folder = folder
        self._place: dict[str, int] = {}
        self._row = np.array([self._place.setdefault(one, len(self._place)) for one in run_ids], np.int64)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The numbers that any run has, in the order in which they first appear among the runs."""
        found = []
        for name, file in self._files():
            _, places, _ = self._read(file, [])
            numbers = [field.name for field in file.schema_arrow if _is_number(field.type)]
            if places.size:
                found.append((int(places.min()), name, numbers))
        return tuple(dict.fromkeys(name for _, _, names in sorted(found) for name in names))

    def read(self, names: Iterable[str]) -> dict[str, NDArray[np.float64]]:
        """Return columns of measures (runs,); NaN where a run has none.

        Raises:
            InputError: if a file is damaged.
        """
        columns = {name: np.full(len(self._place), np.nan) for name in names}
        for _, file in self._files():
            there = [name for name in columns if name in file.schema_arrow.names]
            if there:
                table, places, is_asked = self._read(file, there)
                for name in there:
                    columns[name][places] = table[name].to_numpy().astype(np.float64)[is_asked]
        return {name: values[self._row] for name, values in columns.items()}

    def _files(self) -> Iterator[tuple[str, Any]]:
        import pyarrow.parquet

        for path in sorted(self._folder.glob(f"{RUNS}/part-*.parquet")):
            content = io.BytesIO(whole_bytes(path))
            yield path.name, pyarrow.parquet.ParquetFile(content, page_checksum_verification=True)

    def _read(self, file: Any, names: Sequence[str]) -> tuple[Any, NDArray[np.int64], NDArray[np.bool_]]:
        """Return some columns of a file, the places of its runs that are asked for, and which of its rows these are."""
        table = file.read(columns=["run_id", *names], use_threads=False)
        places = np.array([self._place.get(one, -1) for one in table["run_id"].to_pylist()], np.int64)
        return table, places[places >= 0], places >= 0


def _is_number(kind: Any) -> bool:
    import pyarrow

    types = pyarrow.types
    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind))
