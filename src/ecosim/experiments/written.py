"""Written: which files of results a folder is known to hold, and what a process wrote that died before it could say so.

Such runs must not be made again: they would stand twice among the files, and any reader but ours would count them twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from ecosim.experiments.ids import as_words
from ecosim.experiments.making import RunIds
from ecosim.experiments.shards import RUNS, SERIES, Inside, Saved, look_into


class Written:
    """The files of results in a folder; those that are there by now are known.

    No file is read of which it is known, so that in a large sweep a death costs little.

    Args:
        folder: of the sweep.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._runs, self._series = self._names(RUNS), self._names(SERIES)

    def add(self, saved: Saved) -> None:
        """Know of what a process says that it has written."""
        if saved.numbers:
            self._runs.add(saved.runs)
            self._series.add(saved.series)

    def untold(self, numbers: Iterable[int], run_ids: RunIds) -> list[int]:
        """Return which of some runs are in files that are not known, and know of these from now on.

        Args:
            numbers: of the runs that a process had when it died.
            run_ids: by number.

        Raises:
            OSError: if the folder cannot be read.
        """
        number_of = {run_ids[number]: number for number in numbers}
        found: list[int] = []
        for name in sorted(self._names(RUNS) - self._runs) if number_of else ():
            inside = self._inside(name)
            if inside is None:
                continue
            here = [number_of[run_id] for run_id in as_words(inside.run_ids) if run_id in number_of]
            self.add(Saved(here, name, inside.series))  # where none is of it, another process wrote it and will say so
            found += here
        return found

    def drop_halves(self) -> None:
        """Remove series that no file of runs names, since who wrote them died in between. Nobody may be writing now.

        Raises:
            OSError: if the folder cannot be read or written.
        """
        if untold := self._names(SERIES) - self._series:
            found = [self._inside(name) for name in self._names(RUNS) - self._runs]
            needed = {inside.series for inside in found if inside is not None}
            for name in untold - needed if None not in found else ():
                (self._folder / SERIES / name).unlink(missing_ok=True)

    def _inside(self, name: str) -> Inside | None:
        """Return what a file of runs holds; None if it is damaged, which the next look through the folder mends."""
        with suppress(ValueError):
            return look_into(self._folder / RUNS / name)
        return None

    def _names(self, kind: str) -> set[str]:
        return {path.name for path in (self._folder / kind).glob("part-*.parquet")}
