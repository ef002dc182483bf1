"""Grouping: mean and quantiles of one measure over groups of runs, from many files, a file at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_EXACT = 4_000_000
"""Up to so many values quantiles are exact; beyond, values are counted in bins and never held together."""

MOST_BINS, MOST_COUNTS = 4096, 2**24
"""Bins between the smallest and the largest value, fewer where there are many groups and ticks: a quantile read from
them is off by one of them at most."""


def grouped(
    files: Sequence[Path],
    measure: str,
    run_ids: Sequence[str],
    codes: NDArray[np.int64],
    quantiles: Sequence[float],
) -> dict[str, NDArray[Any]]:
    """Return mean and quantiles of a measure in each group of runs at each tick, as columns.

    Args:
        files: series of runs in Parquet, with ``run_id``, ``tick`` and measures; of these only the one is read.
        measure: its name.
        run_ids: of the runs that count; others in the files are passed over.
        codes: number of the group of each of them, (runs,).
        quantiles: 0 to 1 each.

    Returns:
        ``group``, ``tick``, ``runs`` (with a value), ``mean``, and ``quantile_<share>`` for each.
    """
    pieces = _Pieces(files, measure, run_ids, codes)
    return _exact(pieces, quantiles) or _counted(pieces, int(codes.max(initial=0)) + 1, quantiles)


class _Pieces:
    """The series of one measure, a file at a time: group of each row, tick, and value."""

    def __init__(self, files: Sequence[Path], measure: str, run_ids: Sequence[str], codes: NDArray[np.int64]) -> None:
        self._files, self._measure, self._codes = files, measure, codes
        self._row = dict(reversed([(run_id, row) for row, run_id in enumerate(run_ids)]))

    def __iter__(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]]:
        import pyarrow.parquet

        taken = np.zeros(len(self._codes), np.bool_)
        for path in self._files:
            file = pyarrow.parquet.ParquetFile(path, memory_map=True, pre_buffer=False, page_checksum_verification=True)
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
