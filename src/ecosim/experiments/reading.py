"""Reading: what a sweep left, its runs as a table and its series in groups, a column at a time and never all at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError, did_you_mean, printable, shown
from ecosim.experiments.folder import ASKED, FAILURES
from ecosim.experiments.grouping import grouped
from ecosim.experiments.manifest import MANIFEST, damaged, read_manifest
from ecosim.experiments.run_columns import RunColumns
from ecosim.experiments.searched import Searched, searched
from ecosim.experiments.shards import OK, RUNS, SERIES
from ecosim.experiments.stored import read_design, read_runs
from ecosim.results.measured import column_named
from ecosim.results.table import Note

if TYPE_CHECKING:
    import pandas as pd

Made = TypeVar("Made")

NOT_MEASURED = ("run_id", "status", "point", "replicate", "seed")
"""Columns of the table of runs that are neither a key that was varied nor a measure."""

BLOCKS = ("sobol", "morris")
"""Designs whose points come in blocks, which may have points in common."""


@dataclass(frozen=True)
class SweepTables:
    """The tables of a sweep's folder, each read when it is first asked for.

    Attributes:
        folder: of the sweep.
    """

    folder: Path

    def __post_init__(self) -> None:
        if not (self.folder / MANIFEST).is_file():
            raise InputError(f"{printable(self.folder)}: holds no sweep: {MANIFEST} not found")

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What this sweep is, and how far it is.

        Raises:
            InputError: if that cannot be read.
        """
        found = read_manifest(self.folder)
        if not isinstance(found.get("design"), dict):
            raise damaged(self.folder, "it lacks the design")
        return found

    @cached_property
    def asked(self) -> list[str]:
        """The measures that a comparison was asked for, at the moment of its table; none where it took all.

        Raises:
            InputError: if what was asked cannot be read.
        """
        if not (self.folder / ASKED).is_file():
            return []
        try:
            said = json.loads((self.folder / ASKED).read_text(encoding="utf-8"))
            names = [str(name) for name in said["measures"]]
        except (OSError, ValueError, RecursionError, TypeError, KeyError) as error:
            raise InputError(f"{printable(self.folder / ASKED)}: cannot be read ({error})") from None
        return [name for name in names if name in self.measures]

    @property
    def kind(self) -> str:
        """How the points were chosen: grid, zip, table, lhs, sobol or morris."""
        return str(self.manifest["design"].get("kind", "grid"))

    @cached_property
    def search(self) -> Searched | None:
        """What the search that chose the points came to; None where none did.

        Raises:
            InputError: if that cannot be read.
        """
        return searched(self.folder, self.kind, self.keys)

    @cached_property
    def design(self) -> pd.DataFrame:
        """A row a run that was planned: run id, point, the value of each key, replicate, seed."""
        return self._whole(lambda: read_design(self.folder))

    @cached_property
    def distinct(self) -> pd.DataFrame:
        """A row a run of ``design``, each once: points that were drawn with the same values are the same runs."""
        return self._each_once(self.design)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys that were varied."""
        return tuple(name for name in self.design.columns if name not in NOT_MEASURED)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """A row a run that was made, with all measures; see :func:`ecosim.experiments.stored.read_runs`."""
        return self._whole(lambda: read_runs(self.folder))

    @cached_property
    def made(self) -> pd.DataFrame:
        """A row a run of ``distinct`` that was made, without measures: those :meth:`column` reads, one by one."""
        return self._each_once(self._whole(lambda: read_runs(self.folder, ())))

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """The columns of ``runs`` that were measured: ends of runs, and means over their second halves (``.mean``)."""
        names = self._whole(lambda: self._run_columns.names)
        return tuple(name for name in names if name not in (*NOT_MEASURED, *self.keys))

    def load(self, measures: Iterable[str]) -> None:
        """Read several measures at once, which takes less time than one after the other."""
        missing = [name for name in dict.fromkeys(measures) if name not in self._loaded]
        if missing:
            self._loaded.update(self._whole(lambda: self._run_columns.read(missing)))

    def column(self, measure: str) -> NDArray[np.float64]:
        """Return a measure of each row of ``made`` (runs,); NaN where a run has none. It is read if it was not yet."""
        self.load([measure])
        return self._loaded[measure]

    @cached_property
    def _run_columns(self) -> RunColumns:
        return RunColumns(self.folder, self.made["run_id"].tolist())

    @cached_property
    def _loaded(self) -> dict[str, NDArray[np.float64]]:
        return {}

    @cached_property
    def is_luck_common(self) -> bool:
        """Whether a replicate has the same seed at every point, so that points may be compared run by run."""
        return bool((self.design.groupby("replicate")["seed"].nunique() <= 1).all())

    @cached_property
    def points_table(self) -> pd.DataFrame:
        """A row a point of ``distinct``, in the order of their numbers: ``point`` and the value of each key."""
        return self.distinct.drop_duplicates("point").sort_values("point")[["point", *self.keys]].reset_index(drop=True)

    @property
    def points(self) -> int:
        """Number of points that differ."""
        return len(self.points_table)

    @cached_property
    def replicates(self) -> int:
        """Number of replicates of the design: of the point with the most, where some have more than others."""
        return int(self.design["replicate"].nunique())

    @cached_property
    def fewest_replicates(self) -> int:
        """Number of replicates of the point with the fewest, as it is planned."""
        return int(self.distinct["point"].value_counts().min())

    def laid_out(self, measure: str) -> NDArray[np.float64]:
        """Return a measure as (points, replicates), in the order of their numbers; NaN where a run failed or is missing."""
        is_good = (self.made["status"] == OK).to_numpy()
        laid = np.full((self.points, self.replicates), np.nan)
        laid[self._places(self.made[is_good])] = self.column(measure)[is_good]
        return laid

    def planned(self) -> NDArray[np.bool_]:
        """Return whether a point was to have a replicate (points, replicates), in the order of their numbers."""
        laid = np.zeros((self.points, self.replicates), np.bool_)
        laid[self._places(self.distinct)] = True
        return laid

    def _places(self, runs: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the row and the column of runs where they are laid out."""
        rows = np.searchsorted(self.points_table["point"].to_numpy(), runs["point"].to_numpy())
        columns = np.searchsorted(np.unique(self.design["replicate"]), runs["replicate"].to_numpy())
        return rows.astype(np.int64), columns.astype(np.int64)

    def in_blocks(self, measure: str) -> NDArray[np.float64]:
        """Return a measure as (points, replicates) of the whole design: blocks may have points in common."""
        first = dict(reversed(list(zip(self.distinct["run_id"], self.distinct["point"], strict=True))))
        every = self.design.drop_duplicates("point").sort_values("point")["run_id"].map(first)
        return self.laid_out(measure)[np.searchsorted(self.points_table["point"].to_numpy(), every.to_numpy())]

    def said_of_copies(self) -> str:
        """Return, in a sentence, how many points differ; nothing if all do."""
        drawn = int(self.design["point"].nunique())
        if drawn == self.points:
            return ""
        told = f"Of {drawn:,} points {self.points:,} differ; equal ones are the same runs, and count once"
        if self.kind not in BLOCKS:
            return f"{told}."
        return (
            f"{told}, but for the indices, whose blocks need each: their intervals tell what the draw leaves open, and "
            "little of luck."
        )

    def _each_once(self, runs: pd.DataFrame) -> pd.DataFrame:
        """Return rows of runs, one of those that have the same id and are told by the same values."""
        if runs["run_id"].is_unique:
            return runs
        return runs.drop_duplicates(["run_id", *self.keys]).reset_index(drop=True)

    @cached_property
    def failures(self) -> list[dict[str, Any]]:
        """What is known of each failed run of this design."""
        path, found = self.folder / FAILURES, {}
        failed = set(self.made.loc[self.made["status"] != OK, "run_id"])
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else ():
            try:
                one = json.loads(line)
                found[one["run_id"]] = one
            except (ValueError, KeyError, TypeError):
                continue  # a line that was cut off
        return [one for run_id, one in found.items() if run_id in failed]

    @cached_property
    def notes(self) -> dict[str, Note]:
        """Unit and meaning of each measure, from the files' own words."""
        import pyarrow.parquet

        notes: dict[str, Note] = {}
        for path in sorted((self.folder / RUNS).glob("part-*.parquet"))[:20]:
            for field in pyarrow.parquet.read_schema(path):
                known = field.metadata or {}
                notes.setdefault(
                    field.name, Note(known.get(b"unit", b"").decode(), known.get(b"meaning", b"").decode())
                )
        return notes

    def refuse_without_results(self) -> None:
        """Refuse a sweep of which no run went well, or none was made: it was stopped before.

        Raises:
            InputError: then.
        """
        if (self.made["status"] == OK).any():
            return
        why = "all that were made failed" if len(self.made) else "none was made"
        raise InputError(
            f"{printable(self.folder)}: no run of this sweep has results ({why}); allowed: one with at least one that went "
            "well (the same ecosim sweep once more goes on where it was)"
        )

    def known(self, names: Sequence[str]) -> list[str]:
        """Return names of measures as they stand in the table of runs (``column_named``).

        Raises:
            InputError: naming every one that is not there.
        """
        columns = [column_named(name) for name in names]
        faults = [
            f"measure {shown(name)}: not in these runs; {did_you_mean(name, self.measures)}"
            for name in columns
            if name not in self.measures
        ]
        if faults:
            raise InputError(faults)
        return list(dict.fromkeys(columns))

    def series(
        self, measure: str, by: str | Sequence[str] = (), quantiles: Sequence[float] = (0.1, 0.5, 0.9)
    ) -> pd.DataFrame:
        """Return mean and quantiles over runs of a measure at each tick, in groups of runs.

        Only the columns asked for are read. Up to ``MOST_EXACT`` values quantiles are exact, with linear interpolation
        as NumPy's; beyond, they are read from counts in ``MOST_BINS`` bins, and memory does not grow with the runs.

        Args:
            measure: its name, as in the series of a run.
            by: keys that were varied (or ``replicate``); runs with the same values are one group. None: all runs.
            quantiles: 0 to 1 each.

        Returns:
            Columns: those of ``by``, ``tick``, ``runs`` (with a value), ``mean``, and ``quantile_<share>`` for each.

        Raises:
            InputError: if the measure or a key is unknown, or a quantile impossible.
        """
        keys = (by,) if isinstance(by, str) else tuple(by)
        self._check(measure, keys, quantiles)
        groups, codes = self._groups(keys)
        files = sorted((self.folder / SERIES).glob("part-*.parquet"))
        found = self._whole(lambda: grouped(files, measure, self.design["run_id"].tolist(), codes, quantiles))
        import pandas as pd

        group, columns = found.pop("group"), pd.DataFrame(found)
        chosen = groups.iloc[group].reset_index(drop=True)
        return pd.concat([chosen, columns], axis=1) if keys else columns

    def _whole(self, read: Callable[[], Made]) -> Made:
        """Return what is read; of a file that is damaged, say what helps."""
        import pyarrow

        try:
            return read()
        except (pyarrow.ArrowInvalid, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the disk's fault, not the file's
            why = str(error).splitlines()[0]
            raise InputError(
                f"{printable(self.folder)}: a file of results is damaged ({why}); the same ecosim sweep once more finds "
                "it and makes its runs again"
            ) from None

    def _check(self, measure: str, keys: Sequence[str], quantiles: Sequence[float]) -> None:
        there = [name for name in self._recorded if name not in ("run_id", "tick")]
        allowed = [*self.keys, "point", "replicate"]
        faults = (
            [] if measure in there else [f"measure {shown(measure)}: no series of it; {did_you_mean(measure, there)}"]
        )
        faults += [
            f"by {shown(key)}: not varied here; {did_you_mean(key, allowed)}" for key in keys if key not in allowed
        ]
        faults += [f"quantiles: {shown(share)}; allowed: 0 to 1" for share in quantiles if not 0 <= share <= 1]
        if faults:
            raise InputError(faults)

    @cached_property
    def _recorded(self) -> tuple[str, ...]:
        import pyarrow.parquet

        first = sorted((self.folder / SERIES).glob("part-*.parquet"))[:20]
        names = self._whole(lambda: [name for path in first for name in pyarrow.parquet.read_schema(path).names])
        return tuple(dict.fromkeys(names))

    def _groups(self, keys: Sequence[str]) -> tuple[pd.DataFrame, NDArray[np.int64]]:
        """Return the groups in the order of the design, and for each run of the design the row of its group."""
        if not keys:
            return self.design[["run_id"]].head(1), np.zeros(len(self.design), np.int64)
        columns = self.design[list(keys)]
        codes = columns.groupby(list(keys), sort=False, dropna=False).ngroup().to_numpy().astype(np.int64)
        first = np.unique(codes, return_index=True)[1]
        return columns.iloc[first].reset_index(drop=True), codes
