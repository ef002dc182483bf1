"""Recorder: looks at the world after every tick and keeps what was asked for."""

from __future__ import annotations

import copy
from collections.abc import Collection, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError
from ecosim.measures.measure import Measure
from ecosim.results.events import EventLog, Watch
from ecosim.results.frame import Frame, frame_of
from ecosim.results.plan import Plan, plans
from ecosim.results.table import Note, Table, stacked
from ecosim.results.tables import MAKE
from ecosim.world.columns import COLUMNS
from ecosim.world.labels import Labels
from ecosim.world.remembered import remembered
from ecosim.world.world import World


class Record(Protocol):
    """What is to be kept; ``ecosim.settings`` declares it for users.

    Attributes:
        every: ticks between two rows of the series, at least 1; the first and the last tick are always there.
        organisations: "every" (at each row of the series), "final" or "never".
        relationships: likewise.
        coalitions: likewise; memberships go with them.
        events: whether to note what is made and ended.
        reasons: whether to note why.
        figures: whether to keep what pictures of the network at the start, in the middle and at the end need.
        costly_every: ticks between two looks at costly measures; None: at the start and the end only.
        costly_at_start: whether the world before anything has happened is measured in that way, too.
    """

    @property
    def every(self) -> int: ...
    @property
    def organisations(self) -> str: ...
    @property
    def relationships(self) -> str: ...
    @property
    def coalitions(self) -> str: ...
    @property
    def events(self) -> bool: ...
    @property
    def reasons(self) -> bool: ...
    @property
    def figures(self) -> bool: ...
    @property
    def costly_every(self) -> int | None: ...
    @property
    def costly_at_start(self) -> bool: ...


class Recorder:
    """Keeps one row of measures for each recorded tick, and tables, events and frames as asked.

    Memory grows with the rows of the series and the events, and with nothing else unless a table is kept at every row.
    Measures that share a ``compute`` are computed once. A measure whose columns the world lacks is missing (NaN),
    and so is, at tick 0, one that tells what a tick brought (``Measure.flow``). Missing, too, is a measure of a column that
    nothing in the model moves, as long as it has not been moved all the same: its 0 would tell of a world in which nobody
    succeeds where nobody looked.

    Args:
        measures: what to measure, in the order of the columns; given as a tuple, what is told of it is kept for others
            that measure the same.
        labels: names of issues, sectors and axes, for measures that have one value each.
        record: what to keep.
        ticks: how many ticks are planned, at least 0: the last of them is recorded whatever ``every``.
        unmoved: columns that neither founding nor any rule or intervention writes.

    Raises:
        InputError: if two measures fill a column of the same name.
    """

    def __init__(
        self,
        measures: Sequence[Measure],
        labels: Labels,
        record: Record,
        ticks: int,
        *,
        unmoved: Collection[str] = (),
    ) -> None:
        self.measures, self.labels, self.keep, self.ticks = tuple(measures), labels, record, ticks
        told = _told_once if isinstance(measures, tuple) else _told
        self.notes, self._flows = told(self.measures, labels)
        self._unmoved = _of_columns(unmoved, self.measures, labels)
        self.events: EventLog | None = EventLog(reasons=record.reasons) if record.events else None
        self.frames: list[Frame] = []
        self.counts: list[dict[str, Any]] = []
        wanted = (record.organisations, record.relationships, record.coalitions, record.coalitions)
        self._every_row = [name for name, when in zip(MAKE, wanted, strict=True) if when == "every"]
        self._final = [name for name, when in zip(MAKE, wanted, strict=True) if when == "final"]
        self._tables: dict[str, list[Table]] = {name: [] for name in MAKE}
        self._every, self._has_figures = record.every, record.figures
        self._has_costly = any(measure.costly for measure in self.measures)
        self._rows, self._last = 0, -1
        self._ticks: NDArray[np.int64] = np.empty(min(ticks // record.every + 2, 4096), np.int64)
        self._values = np.full((self._ticks.size, len(self.notes)), np.nan)
        self._plan: tuple[Plan, Plan] | None = None
        self._watch: Watch | None = None

    def __repr__(self) -> str:
        last = f", the last of tick {self._ticks[self._rows - 1]}" if self._rows else ""
        return f"<Recorder: {self._rows:,} rows of {len(self.notes)} columns{last}>"

    def record(self, world: World) -> None:
        """Look at the world: at tick 0 before anything has happened, then after every tick."""
        tick = world.tick
        if tick == self._last:
            return
        if self._last < 0:
            self.counts.append(_counts(world))
        self._last = tick
        if self.events is not None:
            if self._watch is None:
                self._watch = Watch(world)
                self.events.introduce(world)
            else:
                self._watch.note(world, self.events)
        if tick % self._every == 0 or tick == self.ticks or not self._rows:
            self._add_row(world, costly=self._has_costly and self._is_costly_due(tick))
        if self._has_figures and (not self.frames or (tick == self.ticks // 2 and self.frames[-1].tick < tick)):
            self.frames.append(frame_of(world))

    def intervened(
        self,
        tick: int,
        kind: str,
        organisation: Any = -1,
        other: Any = -1,
        coalition: Any = -1,
        issue: Any = -1,
        value: Any = np.nan,
    ) -> None:
        """Note what an intervention did, if events are kept; arguments as in :meth:`EventLog.add`."""
        if self.events is not None:
            self.events.add(tick, kind, organisation, other, coalition, issue, value)

    def end(self, world: World) -> None:
        """Take this tick for the last one, and record it as such, though more were planned."""
        self.ticks = world.tick
        if not self._rows or self._ticks[self._rows - 1] != world.tick:
            self._add_row(world, costly=True)
        else:
            self._look(world, self._rows - 1, only_costly=True)

    def closed(self, world: World) -> Recorder:
        """Return a copy that has the last row, costly measures, final tables and the last frame of this world.

        This recorder stays as it is, so the run can go on.
        """
        twin = self.copy()
        twin.record(world)
        if twin._rows == 0 or twin._ticks[twin._rows - 1] != world.tick:
            twin._add_row(world, costly=True)
        else:
            twin._look(world, twin._rows - 1, only_costly=True)
        for name in twin._final:
            twin._tables[name] = [MAKE[name](world)]
        if twin.keep.figures and twin.frames[-1].tick != world.tick:
            twin.frames.append(frame_of(world))
        twin.counts = [*twin.counts[:1], _counts(world)]
        return twin

    def series(self) -> dict[str, NDArray[Any]]:
        """Return the recorded rows: "tick" (rows,) first, then each measure's columns (rows,); NaN where missing."""
        columns: dict[str, NDArray[Any]] = {"tick": self._ticks[: self._rows].copy()}
        columns.update((name, self._values[: self._rows, k].copy()) for k, name in enumerate(self.notes))
        return columns

    def tables(self) -> dict[str, Table]:
        """Return every table that was kept, the series first."""
        note = Note("tick", "ticks since the start; the row of tick 0 is the world before anything has happened")
        tables = {"series": Table(self.series(), {"tick": note, **self.notes})}
        tables.update((name, stacked(kept)) for name, kept in self._tables.items() if kept)
        if self.events is not None:
            tables["events"] = self.events.table()
        return tables

    def copy(self) -> Recorder:
        """Return a recorder with the same past that goes on by itself."""
        twin = copy.copy(self)
        twin.events = self.events.copy() if self.events is not None else None
        twin._watch = copy.copy(self._watch)
        twin.frames, twin.counts = list(self.frames), list(self.counts)
        twin._tables = {name: list(kept) for name, kept in self._tables.items()}
        twin._ticks, twin._values = self._ticks.copy(), self._values.copy()
        twin._plan = None  # it holds what was found last: of another world, as soon as one of the two goes on
        return twin

    def _is_costly_due(self, tick: int) -> bool:
        every = self.keep.costly_every
        if tick == 0:
            return self.keep.costly_at_start
        return tick == self.ticks or (every is not None and tick % every == 0)

    def _add_row(self, world: World, *, costly: bool) -> None:
        row = self._rows
        if row == self._ticks.size:
            self._ticks = np.concatenate((self._ticks, np.empty(row, np.int64)))
            self._values = np.concatenate((self._values, np.full((row, len(self.notes)), np.nan)))
        self._ticks[row] = world.tick
        self._rows = row + 1
        if self.measures:
            self._look(world, row)
            if costly:
                self._look(world, row, only_costly=True)
        for name in self._every_row:
            self._tables[name].append(MAKE[name](world))

    def _look(self, world: World, row: int, *, only_costly: bool = False) -> None:
        if self._plan is None:
            self._plan = plans(self.measures, self.labels, world)
        values = self._values[row]
        self._plan[only_costly].look(world, values)
        if world.tick == 0:
            values[self._flows] = np.nan
        for column, places in self._unmoved:
            if world.has(column) and (getattr(world, column) == COLUMNS[column].initial).all():
                values[places] = np.nan


def _of_columns(
    columns: Collection[str], measures: Sequence[Measure], labels: Labels
) -> list[tuple[str, NDArray[np.bool_]]]:
    """Return each column with which places of a record are of measures that read it."""
    if not columns:
        return []
    reads = [set(measure.reads) for measure in measures for _ in measure.columns(labels)]
    return [(column, np.array([column in read for read in reads])) for column in sorted(columns)]


def _told(measures: tuple[Measure, ...], labels: Labels) -> tuple[dict[str, Note], list[bool]]:
    """Return what is to be told of each column, and whether it tells what a tick brought."""
    notes: dict[str, Note] = {}
    for measure in measures:
        for name in measure.columns(labels):
            if name in notes or name == "tick":
                raise InputError(f"measures: two fill a column called '{name}': rename the issue, sector or axis in it")
            notes[name] = Note(measure.unit, measure.meaning)
    return notes, [measure.flow for measure in measures for _ in measure.columns(labels)]


_told_once = remembered(_told)


def _counts(world: World) -> dict[str, Any]:
    sectors = np.bincount(world.sector, minlength=len(world.labels.sectors))
    return {
        "tick": world.tick,
        "organisations": world.n,
        "by_sector": {word: int(count) for word, count in zip(world.labels.sectors, sectors, strict=True)},
        "relationships": world.ties,
        "coalitions": world.coalitions,
        "memberships": world.memberships,
        "issues": len(world.labels.issues),
    }
