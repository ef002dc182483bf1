"""Reading: what a sweep left, its runs as a table and its series in groups, a column at a time and never all at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError, did_you_mean
from ecosim.experiments.folder import FAILURES, MANIFEST
from ecosim.experiments.shards import MEAN, OK, RUNS, SERIES, read_design, read_runs
from ecosim.results.table import Note
from ecosim.scenario_file import printable, shown

if TYPE_CHECKING:
    import pandas as pd

NOT_MEASURED = ("run_id", "status", "point", "replicate", "seed")
"""Columns of the table of runs that are neither a key that was varied nor a measure."""

END = ".end"
"""Added to a measure's name where its value at the end of a run is meant, not its mean over the second half."""

MOST_EXACT = 4_000_000
"""Up to so many values quantiles are exact; beyond, values are counted in bins and never held together."""

MOST_BINS, MOST_COUNTS = 4096, 2**24
"""Bins between the smallest and the largest value, fewer where there are many groups and ticks: a quantile read from
them is off by one of them at most."""


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
        try:
            found = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise InputError(f"{printable(self.folder / MANIFEST)}: cannot be read ({error})") from None
        if not isinstance(found, dict) or not isinstance(found.get("design"), dict):
            raise InputError(f"{printable(self.folder / MANIFEST)}: damaged (it lacks the design)")
        return found

    @property
    def kind(self) -> str:
        """How the points were chosen: grid, zip, table, lhs, sobol or morris."""
        return str(self.manifest["design"].get("kind", "grid"))

    @cached_property
    def design(self) -> pd.DataFrame:
        """A row a run that was planned: run id, point, the value of each key, replicate, seed."""
        return read_design(self.folder)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys that were varied."""
        return tuple(name for name in self.design.columns if name not in NOT_MEASURED)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """A row a run that was made; see :func:`ecosim.experiments.shards.read_runs`."""
        return read_runs(self.folder)

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """The columns of ``runs`` that were measured: ends of runs, and means over their second halves (``.mean``)."""
        return tuple(
            name
            for name in self.runs.columns
            if name not in (*NOT_MEASURED, *self.keys) and self.runs[name].dtype.kind in "fiub"
        )

    @cached_property
    def is_luck_common(self) -> bool:
        """Whether a replicate has the same seed at every point, so that points may be compared run by run."""
        return bool((self.design.groupby("replicate")["seed"].nunique() <= 1).all())

    @cached_property
    def points_table(self) -> pd.DataFrame:
        """A row a point of the design, in the order of their numbers: ``point`` and the value of each key."""
        return self.design.drop_duplicates("point").sort_values("point")[["point", *self.keys]].reset_index(drop=True)

    @property
    def points(self) -> int:
        """Number of points of the design."""
        return len(self.points_table)

    @cached_property
    def replicates(self) -> int:
        """Number of replicates of the design."""
        return int(self.design["replicate"].nunique())

    def laid_out(self, measure: str) -> NDArray[np.float64]:
        """Return a measure as (points, replicates), in the order of their numbers; NaN where a run failed or is missing."""
        good = self.runs[self.runs["status"] == OK]
        rows = np.searchsorted(self.points_table["point"].to_numpy(), good["point"].to_numpy())
        laid = np.full((self.points, self.replicates), np.nan)
        columns = np.searchsorted(np.unique(self.design["replicate"]), good["replicate"])
        laid[rows, columns] = good[measure].to_numpy(dtype=np.float64, na_value=np.nan)
        return laid

    @cached_property
    def failures(self) -> list[dict[str, Any]]:
        """What is known of each failed run of this design."""
        path, found = self.folder / FAILURES, {}
        failed = set(self.runs.loc[self.runs["status"] != OK, "run_id"])
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

    def named(self, name: str) -> str:
        """Return the column that a measure's plain name stands for: its mean over the second half, if there is one.

        A name that is a column with ``.mean`` already, or with ``.end`` for the value at the end, is taken at its word.
        """
        if name.endswith(END):
            return name.removesuffix(END)
        return name + MEAN if name + MEAN in self.measures else name

    def known(self, names: Sequence[str]) -> list[str]:
        """Return names of measures as they stand in the table of runs.

        Raises:
            InputError: naming every one that is not there.
        """
        faults = [
            f"measure {shown(name)}: not in these runs; {did_you_mean(name, self.measures)}"
            for name in names
            if name not in self.measures
        ]
        if faults:
            raise InputError(faults)
        return list(dict.fromkeys(names))

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
        pieces = _Pieces(files, measure, self.design["run_id"].tolist(), codes)
        found = _exact(pieces, quantiles) or _counted(pieces, len(groups), quantiles)
        import pandas as pd

        group, columns = found.pop("group"), pd.DataFrame(found)
        chosen = groups.iloc[group].reset_index(drop=True)
        return pd.concat([chosen, columns], axis=1) if keys else columns

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
        names = [name for path in first for name in pyarrow.parquet.read_schema(path).names]
        return tuple(dict.fromkeys(names))

    def _groups(self, keys: Sequence[str]) -> tuple[pd.DataFrame, NDArray[np.int64]]:
        """Return the groups in the order of the design, and for each run of the design the row of its group."""
        if not keys:
            return self.design[["run_id"]].head(1), np.zeros(len(self.design), np.int64)
        columns = self.design[list(keys)]
        codes = columns.groupby(list(keys), sort=False, dropna=False).ngroup().to_numpy().astype(np.int64)
        first = np.unique(codes, return_index=True)[1]
        return columns.iloc[first].reset_index(drop=True), codes


class _Pieces:
    """The series of one measure, a file at a time: group of each row, tick, and value."""

    def __init__(self, files: Sequence[Path], measure: str, run_ids: Sequence[str], codes: NDArray[np.int64]) -> None:
        self._files, self._measure, self._codes = files, measure, codes
        self._row = dict(reversed([(run_id, row) for row, run_id in enumerate(run_ids)]))

    def __iter__(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]]:
        import pyarrow.parquet

        taken = np.zeros(len(self._codes), np.bool_)
        for path in self._files:
            file = pyarrow.parquet.ParquetFile(path, memory_map=True, pre_buffer=False)
            if self._measure not in file.schema_arrow.names:
                continue
            table = file.read(columns=["run_id", "tick", self._measure], use_threads=False)
            whose = table["run_id"].combine_chunks()
            if not hasattr(whose, "dictionary"):
                whose = whose.dictionary_encode()
            rows = np.array([self._row.get(run_id, -1) for run_id in whose.dictionary.to_pylist()], np.int64)
            rows[(rows >= 0) & taken[rows]] = -1  # a run that was made twice counts once
            taken[rows[rows >= 0]] = True
            mine = rows[whose.indices.to_numpy(zero_copy_only=False)]
            values = table[self._measure].to_numpy().astype(np.float64, copy=False)
            is_there = (mine >= 0) & ~np.isnan(values)
            ticks = table["tick"].to_numpy()
            if not is_there.all():
                mine, ticks, values = mine[is_there], ticks[is_there], values[is_there]
            yield self._codes[mine], ticks.astype(np.int64, copy=False), values


def _exact(pieces: _Pieces, quantiles: Sequence[float]) -> dict[str, NDArray[Any]]:
    """Return mean and quantiles of each group at each tick, from all values held together; nothing if they are too many."""
    parts, held = [], 0
    for part in pieces:
        parts.append(part)
        held += part[2].size
        if held > MOST_EXACT:
            return {}
    if not parts:
        return _columns(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0), {})
    group, tick, value = (np.concatenate([part[place] for part in parts]) for place in range(3))
    ticks, at = _numbered(tick)
    slot = group * ticks.size + at
    count = np.bincount(slot)
    used = np.flatnonzero(count)
    total = np.bincount(slot, weights=value)[used]
    by_slot = _sorted_by_slot(slot, value, count)
    ends = np.concatenate(([0], np.cumsum(count[used])))
    found = {}
    for share in quantiles:
        place = share * (count[used] - 1)
        low = np.floor(place).astype(np.int64)
        high = np.minimum(low + 1, count[used] - 1)
        below, above = by_slot[ends[:-1] + low], by_slot[ends[:-1] + high]
        found[share] = below + (above - below) * (place - low)
    return _columns(used // ticks.size, ticks[used % ticks.size], count[used], total / count[used], found)


def _sorted_by_slot(
    slot: NDArray[np.int64], value: NDArray[np.float64], count: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the values slot by slot, ascending in each."""
    small = slot.astype(np.uint16) if count.size <= 2**16 else slot  # of such numbers NumPy's stable sort is linear
    order = np.argsort(small, kind="stable")
    there = value[order]
    sizes = count[count > 0]
    if (sizes == sizes[0]).all():  # as many runs everywhere, the usual case: rows of a rectangle
        return np.sort(there.reshape(sizes.size, sizes[0]), axis=1).ravel()
    ends = np.cumsum(sizes)[:-1]
    return np.concatenate([np.sort(part) for part in np.split(there, ends)])


def _counted(pieces: _Pieces, groups: int, quantiles: Sequence[float]) -> dict[str, NDArray[Any]]:
    """Return mean and quantiles from counts in bins: two passes over the files, memory for the bins alone."""
    ticks, low, high = np.empty(0, np.int64), np.inf, -np.inf
    for _, tick, value in pieces:
        ticks = np.union1d(ticks, tick)
        low, high = min(low, value.min(initial=np.inf)), max(high, value.max(initial=-np.inf))
    slots = groups * ticks.size
    many = int(np.clip(MOST_COUNTS // max(slots, 1), 64, MOST_BINS))
    width = (high - low) / many if high > low else 1.0
    count, total = np.zeros(slots, np.int64), np.zeros(slots)
    bins = np.zeros((slots, many), np.int32)
    for group, tick, value in pieces:
        slot = group * ticks.size + np.searchsorted(ticks, tick)
        bin_ = np.minimum(((value - low) / width).astype(np.int64), many - 1)
        np.add.at(bins.reshape(-1), slot * many + bin_, 1)
        count += np.bincount(slot, minlength=slots)
        total += np.bincount(slot, weights=value, minlength=slots)
    used = np.flatnonzero(count)
    below = np.cumsum(bins[used], axis=1, dtype=np.int64)
    found = {}
    for share in quantiles:
        place = share * (count[used] - 1)
        rank = np.floor(place).astype(np.int64)
        lower = _ranked(bins[used], below, rank, low, width)
        upper = _ranked(bins[used], below, np.minimum(rank + 1, count[used] - 1), low, width)
        found[share] = np.clip(lower + (upper - lower) * (place - rank), low, high)
    return _columns(used // ticks.size, ticks[used % ticks.size], count[used], total[used] / count[used], found)


def _ranked(
    bins: NDArray[np.int32], below: NDArray[np.int64], rank: NDArray[np.integer[Any]], low: float, width: float
) -> NDArray[np.float64]:
    """Return the value of a rank (0: the least) in each slot, values spread evenly over their bin."""
    bin_ = (below <= rank[:, None]).sum(axis=1)[:, None]
    inside = np.take_along_axis(bins, bin_, 1)
    before = np.take_along_axis(below, bin_, 1) - inside
    value: NDArray[np.float64] = (low + width * (bin_ + (rank[:, None] - before + 0.5) / inside))[:, 0]
    return value


def _columns(
    group: NDArray[Any], tick: NDArray[Any], runs: NDArray[Any], mean: NDArray[Any], found: dict[float, NDArray[Any]]
) -> dict[str, NDArray[Any]]:
    named = {f"quantile_{share:g}": values for share, values in found.items()}
    return {"group": group, "tick": tick, "runs": runs, "mean": mean, **named}


def _numbered(tick: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the ticks that occur, ascending, and the place of each row's among them."""
    if not tick.size:
        return tick, tick
    first, span = int(tick.min()), int(tick.max() - tick.min()) + 1
    if span > 50_000_000:
        ticks, at = np.unique(tick, return_inverse=True)
        return ticks, at
    occurs = np.zeros(span, np.bool_)
    occurs[tick - first] = True
    place = np.cumsum(occurs) - 1
    return np.flatnonzero(occurs) + first, place[tick - first]
