"""Frames as a file: what the pictures of the network need, so that they can be drawn of a run that was read back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.results import store
from ecosim.results.frame import Frame
from ecosim.results.table import Note, Table, stacked
from ecosim.world.labels import Labels

PARTS = ("organisation", "tie", "membership", "coalition")
"""What a row may stand for, by its number."""

_NOTES = {
    "tick": Note("tick", "ticks since the start"),
    "part": Note("index", f"what the row stands for: {', '.join(f'{k} {part}' for k, part in enumerate(PARTS))}"),
    "one": Note("id", "number of an organisation or coalition; of a tie and a membership: place of the organisation"),
    "other": Note("index", "sector, place of the other end of a tie, place of the coalition, or the coalition's issue"),
    "bond": Note("1", "relationship capital of a tie, 0 to 1"),
    "name": Note("name", "name of the organisation"),
}
_OPTIONAL = ("bond", "coalition_issue", "stance", "contribution")


def write_frames(path: str | Path, frames: Sequence[Frame]) -> None:
    """Write frames of one run as Parquet, in the order of ticks, a row for all that a picture shows.

    Raises:
        OSError: if it cannot be written; nothing is left behind then.
    """
    import pyarrow.parquet

    first, has_names = frames[0], any(frame.names is not None for frame in frames)
    labels = {name: getattr(first.labels, name) for name in ("sectors", "issues", "stance_axes")}
    there = [name for name in _OPTIONAL if getattr(first, name) is not None]
    made = store.to_arrow(stacked([_table(frame, has_names) for frame in frames]))
    said = {"labels": labels, "there": there, "ticks": [frame.tick for frame in frames]}
    made = made.replace_schema_metadata({key: json.dumps(value) for key, value in said.items()})
    store.replace(path, lambda file: pyarrow.parquet.write_table(made, file, compression="zstd"))


def read_frames(path: str | Path) -> tuple[Frame, ...]:
    """Return the frames that :func:`write_frames` wrote."""
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(Path(path))
    known = table.schema.metadata
    words = {name: tuple(given) for name, given in json.loads(known[b"labels"]).items()}
    labels = Labels(sectors=words["sectors"], issues=words["issues"], stance_axes=words["stance_axes"])
    there = json.loads(known[b"there"])
    columns = {name: table[name].to_numpy() for name in table.column_names}
    found = []
    for tick in json.loads(known[b"ticks"]):
        now = columns["tick"] == tick
        found.append(_frame(tick, {name: values[now] for name, values in columns.items()}, labels, there))
    return tuple(found)


def _table(frame: Frame, has_names: bool) -> Table:
    sizes = (frame.identity.size, len(frame.ends), frame.member.size, frame.coalition_identity.size)
    n, m = sizes[:2]
    rows = sum(sizes)
    issue = np.full(sizes[3], -1) if frame.coalition_issue is None else frame.coalition_issue
    bond = np.full(rows, np.nan)
    if frame.bond is not None:
        bond[n : n + m] = frame.bond
    columns: dict[str, NDArray[Any]] = {
        "tick": np.full(rows, frame.tick, np.int64),
        "part": np.repeat(np.arange(len(PARTS), dtype=np.int8), sizes),
        "one": np.concatenate(
            (frame.identity, frame.ends[:, 0], frame.member, frame.coalition_identity), dtype=np.int64
        ),
        "other": np.concatenate((frame.sector, frame.ends[:, 1], frame.member_coalition, issue), dtype=np.int64),
        "bond": bond,
    }
    notes = dict(_NOTES)
    if frame.stance is not None:
        for k, axis in enumerate(frame.labels.stance_axes):
            name = f"stance_{axis}"
            columns[name], notes[name] = np.full(rows, np.nan), Note("1", "position of the organisation, −1 to 1")
            columns[name][:n] = frame.stance[:, k]
    if frame.contribution is not None:
        columns["contribution"] = np.full(rows, np.nan)
        columns["contribution"][:n] = frame.contribution
        notes["contribution"] = Note("share", "share of its means that the organisation puts into the common work")
    if has_names:
        columns["name"] = np.full(rows, None, object)
        columns["name"][:n] = frame.names  # None, where it had none yet
    return Table(columns, notes)


def _frame(tick: int, columns: dict[str, NDArray[Any]], labels: Labels, there: Sequence[str]) -> Frame:
    part, one, other = columns["part"], columns["one"], columns["other"]
    is_organisation, is_tie, is_member, is_coalition = (part == k for k in range(len(PARTS)))
    names = tuple(columns["name"][is_organisation]) if "name" in columns else (None,)
    stance = [columns[f"stance_{axis}"][is_organisation] for axis in labels.stance_axes] if "stance" in there else []
    return Frame(
        tick=tick,
        labels=labels,
        names=names if names != len(names) * (None,) else None,
        identity=one[is_organisation],
        sector=other[is_organisation].astype(np.int8),
        ends=np.stack((one[is_tie], other[is_tie]), axis=1),
        bond=columns["bond"][is_tie] if "bond" in there else None,
        member=one[is_member],
        member_coalition=other[is_member],
        coalition_identity=one[is_coalition],
        coalition_issue=other[is_coalition] if "coalition_issue" in there else None,
        stance=np.stack(stance, axis=1) if stance else None,
        contribution=columns["contribution"][is_organisation] if "contribution" in there else None,
    )
