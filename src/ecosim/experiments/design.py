"""Design: which runs a sweep consists of, told from lists of values; every run is found by its number."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError, did_you_mean
from ecosim.results.table import Note, Table
from ecosim.scenario_file import check_plain, shown

Kind = Literal["grid", "zip"]

KINDS: tuple[str, ...] = get_args(Kind)

_SAME_FOR_ALL = {
    "seed": "the luck is the same for every point; --replicates gives each point several, --seed chooses them",
    "record": "what is kept is the same for every point; set it to one value",
}


@dataclass(frozen=True)
class Axis:
    """A key of the configuration and the values that it takes.

    Attributes:
        key: where, with dots: ``dynamics.stance.tolerance``.
        values: plain data each: number, truth value, text, list, mapping, or None.
    """

    key: str
    values: Sequence[Any]


@dataclass(frozen=True)
class Design:
    """All runs of a sweep: points, each with the same replicates.

    A ``grid`` has a point for every combination of values, the last axis fastest; a ``zip`` has as many points as
    each axis has values, and takes the first of each, then the second of each. Replicate r has the same seed at every
    point, so that points differ by what was changed and not by luck (common random numbers).

    Attributes:
        axes: what is varied; with none there is one point, the scenario as it is.
        kind: how the values are combined.
        replicates: runs of each point, at least 1.
        seed: the seeds of the replicates are derived from it, 0 to 2⁶⁴ − 1.

    References:
        Common random numbers: Law (2015), Simulation modeling and analysis, 5th ed., §11.2 (unchecked).
    """

    axes: tuple[Axis, ...]
    kind: Kind = "grid"
    replicates: int = 1
    seed: int = 1

    @cached_property
    def points(self) -> int:
        """Number of points, counted without listing them."""
        if self.kind == "zip":
            return len(self.axes[0].values) if self.axes else 1
        return math.prod(len(axis.values) for axis in self.axes)

    @property
    def runs(self) -> int:
        """Number of runs."""
        return self.points * self.replicates

    @cached_property
    def seeds(self) -> list[int]:
        """The seed of each replicate."""
        return [seed_of_replicate(self.seed, replicate) for replicate in range(self.replicates)]

    def place(self, number: int) -> tuple[int, int]:
        """Return point and replicate of a run, 0 ≤ number < runs."""
        return divmod(number, self.replicates)

    def values(self, point: int) -> tuple[Any, ...]:
        """Return the value of each axis at a point, 0 ≤ point < points."""
        if self.kind == "zip":
            return tuple(axis.values[point] for axis in self.axes)
        values: list[Any] = []
        for axis in reversed(self.axes):
            point, position = divmod(point, len(axis.values))
            values.append(axis.values[position])
        return tuple(reversed(values))

    def parameters(self, point: int) -> dict[str, Any]:
        """Return the value of each key at a point."""
        return dict(zip((axis.key for axis in self.axes), self.values(point), strict=True))

    def columns(self, points: Iterable[int]) -> dict[str, NDArray[Any]]:
        """Return a column (points,) for each axis: numbers or truth values where all are, else words (JSON)."""
        rows = [self.values(point) for point in points]
        return {
            axis.key: as_column([row[place] for row in rows], self._types[place])
            for place, axis in enumerate(self.axes)
        }

    def table(self, run_ids: Sequence[str]) -> Table:
        """Return the design as a table: a row a run, in the order of their numbers."""
        points = np.repeat(np.arange(self.points), self.replicates)
        return Table(
            {
                "run_id": np.array(run_ids, dtype=object),
                "point": points,
                **self.columns(points.tolist()),
                "replicate": np.tile(np.arange(self.replicates), self.points),
                "seed": np.tile(np.array(self.seeds, np.uint64), self.points),
            },
            NOTES,
        )

    @cached_property
    def _types(self) -> list[type]:
        return [type_of(axis.values) for axis in self.axes]


NOTES = {
    "run_id": Note("", "digest of configuration, seed and code"),
    "point": Note("", "number of the combination of values"),
    "replicate": Note("", "which of the runs of a point; the same replicate has the same luck at every point"),
    "seed": Note("", "seed of the run"),
    "status": Note("", "ok, or how the run failed"),
}


def seed_of_replicate(seed: int, replicate: int) -> int:
    """Return the seed of a replicate, 0 to 2⁶⁴ − 1: a digest of the sweep's seed and the replicate's number."""
    digest = hashlib.blake2b(f"{seed}:replicate:{replicate}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def design_of(axes: Mapping[str, Any], kind: str, replicates: int, seed: int) -> Design:
    """Return a design from what a user gave.

    Args:
        axes: key to a list of values (or an array, or a range), or to one value.
        kind: ``grid`` or ``zip``.
        replicates: runs of each point.
        seed: of the sweep.

    Raises:
        InputError: naming every fault at once.
    """
    faults: list[str] = []
    made: list[Axis] = []
    if kind not in KINDS:
        faults.append(f"design: {shown(kind)}; {did_you_mean(kind, KINDS)}")
    if isinstance(replicates, bool) or not isinstance(replicates, int) or replicates < 1:
        faults.append(f"replicates: {shown(replicates)}; allowed: a whole number of at least 1")
    for key, given in axes.items():
        try:
            made.append(_axis(key, given))
            if kind != "zip" and not isinstance(made[-1].values, range):
                _refuse_twice(key, made[-1].values)
        except InputError as error:
            faults += error.faults
    lengths = {axis.key: len(axis.values) for axis in made}
    if kind == "zip" and len(set(lengths.values())) > 1:
        told = ", ".join(f"{key}: {length}" for key, length in lengths.items())
        faults.append(
            f"design zip takes the first value of each, then the second …; allowed: lists of one length ({told})"
        )
    if faults:
        raise InputError(faults)
    design = Design(tuple(made), "zip" if kind == "zip" else "grid", replicates, seed)
    if kind == "zip":
        _refuse_twice("zip", [list(design.values(point)) for point in range(design.points)])
    return design


def type_of(values: Sequence[Any]) -> type:
    """Return what a column of these values holds: ``bool``, ``int``, ``float`` or ``str``."""
    if isinstance(values, range):
        return int
    kinds = {type(value) for value in values}
    if kinds == {bool}:
        return bool
    if kinds == {int}:
        return int if all(-(2**63) <= value < 2**63 for value in values) else str
    return float if kinds <= {int, float, type(None)} and kinds & {int, float} else str


def as_column(values: Sequence[Any], kind: type) -> NDArray[Any]:
    """Return values as a column of a kind that ``type_of`` named; None is missing among numbers."""
    if kind is str:
        words = [value if isinstance(value, str) else _json(value) for value in values]
        column = np.empty(len(words), dtype=object)
        column[:] = words
        return column
    if kind is float:
        return np.array([math.nan if value is None else value for value in values], np.float64)
    return np.array(values, np.bool_ if kind is bool else np.int64)


def _axis(key: str, given: Any) -> Axis:
    first = key.split(".")[0] if isinstance(key, str) else ""
    if not first:
        raise InputError(f"{shown(key)}; allowed: a key of the configuration such as dynamics.stance.tolerance")
    if first in _SAME_FOR_ALL:
        raise InputError(f"{key}: {_SAME_FOR_ALL[first]}")
    if isinstance(given, range):
        values: Sequence[Any] = given
    elif isinstance(given, str | Mapping) or not isinstance(given, Iterable):
        values = (_plain(given),)
    else:
        values = tuple(_plain(value) for value in given)
    if not values:
        raise InputError(f"{key}: no value; allowed: a list of at least one")
    if not isinstance(values, range):
        for value in values:
            check_plain(value, key)
    return Axis(key, values)


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def _refuse_twice(key: str, values: Iterable[Any]) -> None:
    seen: set[str] = set()
    for value in values:
        text = _json(value)
        if text in seen:
            raise InputError(f"{key}: {shown(value)} twice; allowed: each value once (--replicates repeats runs)")
        seen.add(text)


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
