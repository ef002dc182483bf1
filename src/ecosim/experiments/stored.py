"""Stored: the design and the runs of a sweep read back from its folder, in order and each once."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ecosim.errors import InputError, printable
from ecosim.experiments.shards import DESIGN, OK, RUNS, whole_bytes

if TYPE_CHECKING:
    import pandas as pd


def read_runs(folder: str | Path, measures: Sequence[str] | None = None) -> pd.DataFrame:
    """Return a row for each run of a sweep that has been made, in the order of the design.

    Columns: ``run_id``, ``status`` (ok, or how it failed), ``point``, ``replicate``, ``seed``, one for each key that
    was varied, then for each measure its value at the end (its name) and its mean over the second half (``.mean``
    added). The content depends on configuration, seed and versions alone: not on workers, order or interruptions.

    Args:
        folder: of the sweep.
        measures: columns to read; with none given, all. Others do not pass through memory.

    Raises:
        InputError: if the folder holds no sweep, or a file of it is damaged.
    """
    design = read_design(folder)
    frames = in_order(Path(folder), RUNS, design, None if measures is None else ("run_id", "status", *measures))
    import pandas as pd

    known = {*design.columns} - {"run_id"}
    made = [frame.drop(columns=[name for name in frame.columns if name in known]) for frame in frames]
    if not made:
        none = design.iloc[:0].copy()
        none.insert(1, "status", np.array([], object))
        return none
    rows = pd.concat(made, ignore_index=True)
    first = ["run_id", "status"]
    measures = [name for name in rows.columns if name not in first]
    rows = rows.sort_values("status", key=lambda status: status != OK, kind="stable").drop_duplicates("run_id")
    joined = design.merge(rows, on="run_id", how="inner")
    return joined[[*first, *(name for name in design.columns if name != "run_id"), *measures]]


def read_design(folder: str | Path) -> pd.DataFrame:
    """Return the design of a sweep: a row a run, in order.

    Raises:
        InputError: if the folder holds no sweep.
    """
    from ecosim.results.store import read_table

    path = Path(folder) / DESIGN
    if not path.is_file():
        raise InputError(f"{printable(folder)}: holds no sweep: {DESIGN} not found")
    return read_table(path)[0]


def in_order(folder: Path, kind: str, design: pd.DataFrame, columns: Sequence[str] | None = None) -> list[pd.DataFrame]:
    """Return the shards that belong to a design, the one with its lowest run first.

    All runs of a shard have the same columns, so the order in which columns first appear is the same however runs were
    put into shards.

    Raises:
        InputError: if the bytes of a file are not those that its name was made of.
    """
    from ecosim.results.store import read_table

    places = _places(design)
    found = []
    for path in folder.glob(f"{kind}/part-*.parquet"):
        frame = read_table(io.BytesIO(whole_bytes(path)), columns)[0]
        frame["run_id"] = frame["run_id"].astype(str)
        whose = frame["run_id"].unique().tolist()
        known = [one for one in whose if one in places]
        if len(known) < len(whose):
            frame = frame[frame["run_id"].isin(known)]
        if known:
            found.append((min(places[one] for one in known), path.name, frame))
    return [frame for _, _, frame in sorted(found, key=lambda one: one[:2])]


def _places(design: pd.DataFrame) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, run_id in enumerate(design["run_id"]):
        places.setdefault(run_id, place)
    return places
