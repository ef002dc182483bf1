"""Design: which runs a sweep consists of, with which luck, and in which order; every run is found by its number."""

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

from ecosim.errors import InputError, did_you_mean, shown
from ecosim.experiments.order import even_order
from ecosim.experiments.sampling import Factors
from ecosim.experiments.sampling import Kind as Sampled
from ecosim.results.table import Note, Table
from ecosim.scenario_file import check_plain

Listed = Literal["grid", "zip", "table"]
Kind = Listed | Sampled
Luck = Literal["common", "independent"]

LISTED: tuple[str, ...] = get_args(Listed)
SAMPLED: tuple[str, ...] = get_args(Sampled)
KINDS = (*LISTED, *SAMPLED)
LUCKS: tuple[str, ...] = get_args(Luck)

MOST_EXACT = 2**53
"""Up to here a whole number is the same as a floating-point one."""

_SAME_FOR_ALL = {
    "seed": "the luck is the same for every point; --replicates gives each point several, --seed chooses them",
    "record": "what is kept is the same for every point; set it to one value",
    "scenario": "a sweep has one scenario, named before its keys; ecosim compare (ecosim.compare) sets several side by side",
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

    A ``grid`` has a point for every combination of values, the last axis fastest. All other kinds list their points: a
    ``zip`` takes the first value of each axis, then the second of each; so does a ``table``, whose axes are columns of a
    file; the points of a sampled design (``ecosim.experiments.sampling``) are drawn.

    With ``common`` luck replicate r has the same seed at every point, so that points differ by what was changed and not
    by luck (common random numbers). With ``independent`` luck a seed belongs to one replicate of one point; it depends
    on what the point says, not on its number, so that more points leave the luck of the earlier ones as it was.

    Attributes:
        axes: what is varied; with none there is one point, the scenario as it is.
        kind: how the values are combined.
        replicates: runs of each point, at least 1.
        seed: the seeds of the replicates are derived from it, 0 to 2⁶⁴ − 1.
        luck: ``common`` or ``independent``.
        factors: of a sampled design, what its points were drawn from.

    References:
        Common random numbers: Law (2015), Simulation modeling and analysis, 5th ed., §11.2.
    """

    axes: tuple[Axis, ...]
    kind: Kind = "grid"
    replicates: int = 1
    seed: int = 1
    luck: Luck = "common"
    factors: Factors | None = None

    @cached_property
    def points(self) -> int:
        """Number of points, counted without listing them."""
        if self.kind == "grid":
            return math.prod(len(axis.values) for axis in self.axes)
        return len(self.axes[0].values) if self.axes else 1

    @cached_property
    def distinct(self) -> int:
        """Number of points that differ; as many as there are points on a grid."""
        if self.kind == "grid" or not self.axes:
            return self.points
        return len({repr(values) for values in zip(*(axis.values for axis in self.axes), strict=True)})

    def said_of_copies(self) -> str:
        """Return, in a sentence, that few of the points differ; nothing if all do, or blocks need equal ones."""
        if self.kind in ("sobol", "morris") or self.distinct == self.points:
            return ""
        return (
            f"Of {self.points:,} points only {self.distinct:,} differ: equal ones are the same runs, and are analysed as "
            "one. Ranges (KEY='interval(LOW,HIGH)') draw points that differ; a grid lists all that there are of values."
        )

    @property
    def runs(self) -> int:
        """Number of runs."""
        return self.points * self.replicates

    def place(self, number: int) -> tuple[int, int]:
        """Return point and replicate of a run, 0 ≤ number < runs."""
        return divmod(number, self.replicates)

    def seeds_of(self, point: int) -> list[int]:
        """Return the seed of each replicate of a point, 0 ≤ point < points."""
        if self.luck == "common":
            return self._common_seeds
        said = _json(self.parameters(point))
        return [self._seed_of(said, replicate) for replicate in range(self.replicates)]

    def seed_of(self, number: int) -> int:
        """Return the seed of a run, 0 ≤ number < runs."""
        point, replicate = self.place(number)
        if self.luck == "common":
            return self._common_seeds[replicate]
        return self._seed_of(_json(self.parameters(point)), replicate)

    def order(self, numbers: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
        """Return runs in the order in which they shall be made (see ``ecosim.experiments.order``)."""
        given = np.asarray(numbers, np.int64)
        point, replicate = np.divmod(given, self.replicates)
        if self.kind in SAMPLED:
            return given[np.lexsort((point, replicate))]
        sizes = [len(axis.values) for axis in self.axes] if self.kind == "grid" else [self.points]
        turn = np.empty(self.points, np.int64)
        turn[even_order(sizes)] = np.arange(self.points)
        return given[np.lexsort((turn[point], replicate))]

    def values(self, point: int) -> tuple[Any, ...]:
        """Return the value of each axis at a point, 0 ≤ point < points."""
        if self.kind != "grid":
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

    def stored(self, columns: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Return columns with each number of a key as a floating-point one: fractions may come when a sweep is extended."""
        keys = {axis.key for axis in self.axes}
        return {
            name: values.astype(np.float64) if name in keys and values.dtype == np.int64 else values
            for name, values in columns.items()
        }

    def rows(self, numbers: NDArray[np.int64], run_ids: Sequence[str]) -> Table:
        """Return a row for each of these runs (rows,), as the table of the design has it."""
        point, replicate = np.divmod(numbers, self.replicates)
        points, where = np.unique(point, return_inverse=True)
        seeds = np.array([self.seeds_of(int(one)) for one in points], np.uint64).reshape(points.size, self.replicates)
        return Table(
            {
                "run_id": np.array(run_ids, dtype=object),
                "point": point,
                **{key: column[where] for key, column in self.columns(points.tolist()).items()},
                "replicate": replicate,
                "seed": seeds[where, replicate],
            },
            NOTES,
        )

    def drawn_anew(self, before: Mapping[str, Any]) -> str:
        """Return in words that points of before are no longer among these; nothing where they are.

        Args:
            before: what ``said`` told of the design that the folder had.
        """
        if self.luck != before.get("luck", self.luck):
            return "The luck is another than before: of what is there, only runs that were made with it count."
        if self.factors is None and "factors" not in before:
            return ""
        now = json.loads(json.dumps(self.said()))
        if self.kind == "lhs" and now.get("factors") != before.get("factors"):
            return "A Latin hypercube cannot be extended, so its points are drawn anew; a sequence can (--design sequence)."
        samples = {"samples": self.factors.samples} if self.factors is not None else {}
        if now.get("factors") != {**(before.get("factors") or {}), **samples}:
            return "The points are drawn from other ranges, or in another way, than before."
        return ""

    def said(self) -> dict[str, Any]:
        """Return the design as ``manifest.json`` tells it: the values of a sampled one by what they were drawn from."""
        told = {"kind": self.kind, "replicates": self.replicates, "seed": self.seed, "luck": self.luck}
        if self.factors is not None:
            return {**told, "factors": self.factors.plain()}
        return {**told, "values": {axis.key: list(axis.values) for axis in self.axes}}

    def plain(self) -> dict[str, Any]:
        """Return all of the design as plain data, its values listed: whoever reads it need draw nothing again."""
        factors = None if self.factors is None else self.factors.plain()
        axes = [[axis.key, list(axis.values)] for axis in self.axes]
        return {**self.said(), "axes": axes, "factors": factors}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Design:
        """Return the design that ``plain`` described."""
        axes = tuple(Axis(key, tuple(values)) for key, values in data["axes"])
        factors = None if data["factors"] is None else Factors.of(data["factors"])
        return cls(axes, data["kind"], data["replicates"], data["seed"], data["luck"], factors)

    def _seed_of(self, said: str, replicate: int) -> int:
        return _seed(f"{self.seed}:point:{said}:replicate:{replicate}")

    @cached_property
    def _common_seeds(self) -> list[int]:
        return [seed_of_replicate(self.seed, replicate) for replicate in range(self.replicates)]

    @cached_property
    def _types(self) -> list[type]:
        return [type_of(axis.values) for axis in self.axes]


NOTES = {
    "run_id": Note("", "digest of configuration, seed and code"),
    "point": Note("", "number of the combination of values"),
    "replicate": Note("", "which of the runs of a point; under common luck, the same seed at every point"),
    "seed": Note("", "seed of the run"),
    "status": Note("", "ok, or how the run failed"),
}


def seed_of_replicate(seed: int, replicate: int) -> int:
    """Return the seed of a replicate, 0 to 2⁶⁴ − 1: a digest of the sweep's seed and the replicate's number."""
    return _seed(f"{seed}:replicate:{replicate}")


def design_of(axes: Mapping[str, Any], kind: str, replicates: int, seed: int, luck: str = "common") -> Design:
    """Return a listed design from what a user gave.

    Args:
        axes: key to a list of values (or an array, or a range), or to one value.
        kind: ``grid``, ``zip`` or ``table``.
        replicates: runs of each point.
        seed: of the sweep.
        luck: ``common`` or ``independent``.

    Raises:
        InputError: naming every fault at once.
    """
    faults = faults_of_words(kind, replicates, luck)
    made: list[Axis] = []
    for key, given in axes.items():
        try:
            made.append(axis_of(key, given))
            if (kind == "grid" or kind not in KINDS) and not isinstance(made[-1].values, range):
                refuse_twice(key, made[-1].values)
        except InputError as error:
            faults += error.faults
    lengths = {axis.key: len(axis.values) for axis in made}
    if kind != "grid" and len(set(lengths.values())) > 1:
        told = ", ".join(f"{key}: {length}" for key, length in lengths.items())
        faults.append(
            f"design {kind} takes the first value of each, then the second …; allowed: lists of one length ({told})"
        )
    if faults:
        raise InputError(faults)
    design = Design(tuple(made), kind, replicates, seed, luck)  # type: ignore[arg-type]  # words are checked
    if kind != "grid":
        refuse_twice(kind, [list(design.values(point)) for point in range(design.points)])
    return design


def faults_of_words(kind: str, replicates: int, luck: str) -> list[str]:
    """Return what is wrong with what was said of a design, apart from its values."""
    faults = []
    if kind not in KINDS:
        faults.append(f"design: {shown(kind)}; {did_you_mean(kind, KINDS)}")
    if luck not in LUCKS:
        faults.append(f"luck: {shown(luck)}; {did_you_mean(luck, LUCKS)}")
    if isinstance(replicates, bool) or not isinstance(replicates, int) or replicates < 1:
        faults.append(f"replicates: {shown(replicates)}; allowed: a whole number of at least 1")
    return faults


def type_of(values: Sequence[Any]) -> type:
    """Return what a column of these values holds: ``bool``, ``int``, ``float``; or ``str``, also of huge whole numbers."""
    if isinstance(values, range):
        return int
    kinds = {type(value) for value in values}
    if kinds == {bool}:
        return bool
    if kinds == {int}:
        return int if all(abs(value) <= MOST_EXACT for value in values) else str
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


def axis_of(key: str, given: Any) -> Axis:
    """Return an axis from a key and a list of values, or one value.

    Raises:
        InputError: if the key is none that may vary, or a value is no plain data.
    """
    refuse_key(key)
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
            if value is not None and not isinstance(value, bool | int | float):
                check_plain(value, key)
    return Axis(key, values)


def refuse_key(key: Any) -> None:
    """Refuse a key that is none, or that is the same at every point.

    Raises:
        InputError: naming it.
    """
    first = key.split(".")[0] if isinstance(key, str) else ""
    if not first:
        raise InputError(f"{shown(key)}; allowed: a key of the configuration such as dynamics.stance.tolerance")
    if first in _SAME_FOR_ALL:
        raise InputError(f"{key}: {_SAME_FOR_ALL[first]}")
    check_plain(0, key)


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def refuse_twice(key: str, values: Iterable[Any]) -> None:
    """Refuse a value that is given twice.

    Raises:
        InputError: naming it.
    """
    seen: set[str] = set()
    for value in values:
        text = _json(value)
        if text in seen:
            raise InputError(f"{key}: {shown(value)} twice; allowed: each value once (--replicates repeats runs)")
        seen.add(text)


def _seed(said: str) -> int:
    return int.from_bytes(hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
