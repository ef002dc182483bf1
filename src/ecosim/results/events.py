"""Events: what was made and ended at each tick, and what interventions did, as columns that grow."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.results.changes import changed_memberships, changed_ties, rows_now
from ecosim.results.table import Note, Table
from ecosim.world.world import World

KINDS = ("tie_ended", "tie_made", "left", "dissolved", "founded", "joined", "gone", "came")
"""Kinds of event that are found by comparing one tick with the next; interventions add their own words."""

_COLUMNS: dict[str, tuple[str, Note]] = {
    "tick": ("int64", Note("tick", "tick after which it was so")),
    "kind": ("int16", Note("name", f"what happened: {', '.join(KINDS)}, or what an intervention did")),
    "organisation": ("int64", Note("id", "number of the organisation")),
    "other": ("int64", Note("id", "number of the organisation at the other end of the tie")),
    "coalition": ("int64", Note("id", "number of the coalition")),
    "issue": ("int64", Note("index", "issue, counted from 0")),
    "value": ("float64", Note("see kind", "amount, where an intervention has one")),
}


class EventLog:
    """Events as typed columns: tick, kind, organisation, other, coalition, issue, value.

    Organisations and coalitions are told by the numbers they keep for life. From the first world and the log alone, who
    is tied to whom and who belongs to what can be told at every tick.
    """

    def __init__(self) -> None:
        self.kinds: list[str] = list(KINDS)
        self.size = 0
        self._columns = {name: np.empty(64, dtype) for name, (dtype, _) in _COLUMNS.items()}

    def add(
        self,
        tick: int,
        kind: str,
        organisation: Any = -1,
        other: Any = -1,
        coalition: Any = -1,
        issue: Any = -1,
        value: Any = np.nan,
    ) -> None:
        """Note one event, or as many as the longest of the arrays given.

        Args:
            tick: when.
            kind: a word; one that is new is added to the vocabulary.
            organisation: identity, -1 for none; a number or an array, as all that follow.
            other: identity of the organisation at the other end.
            coalition: identity.
            issue: index.
            value: amount, NaN for none.
        """
        if kind not in self.kinds:
            self.kinds.append(kind)
        given = (tick, self.kinds.index(kind), organisation, other, coalition, issue, value)
        stop = self.size + max(np.size(entry) for entry in given)
        self._reserve(stop)
        for values, entry in zip(self._columns.values(), given, strict=True):
            values[self.size : stop] = entry
        self.size = stop

    def table(self) -> Table:
        """Return the events as a table, in the order in which they were noted; missing numbers are negative."""
        columns: dict[str, NDArray[Any]] = {name: values[: self.size].copy() for name, values in self._columns.items()}
        columns["kind"] = np.array(self.kinds, object)[columns["kind"]]
        notes = {name: note for name, (_, note) in _COLUMNS.items()}
        return Table(columns, notes, frozenset({"organisation", "other", "coalition", "issue"}))

    def copy(self) -> EventLog:
        """Return a log that goes on by itself."""
        twin = EventLog()
        twin.kinds, twin.size = list(self.kinds), self.size
        twin._columns = {name: values[: max(self.size, 1)].copy() for name, values in self._columns.items()}
        return twin

    def _reserve(self, rows: int) -> None:
        have = self._columns["tick"].size
        if rows > have:
            for name, values in self._columns.items():
                self._columns[name] = np.concatenate((values, np.empty(max(rows, 2 * have) - have, values.dtype)))


class Watch:
    """Compares a world with what it was at the last look, and notes the difference.

    Nothing is copied: a world replaces these arrays when they change, and never writes into them.
    """

    def __init__(self, world: World) -> None:
        self._look(world)

    def note(self, world: World, log: EventLog) -> None:
        """Add to the log what ended and what began since the last look."""
        ties_are_new, members_are_new = world.ends is not self._ends, world.member is not self._member
        organisations_are_new = world.identity is not self._identity
        if not (ties_are_new or members_are_new or organisations_are_new):
            return
        now = rows_now(self._identity, world.identity)
        if ties_are_new:
            self._note_ties(world, log, now)
        if members_are_new:
            self._note_memberships(world, log, now)
        if organisations_are_new:
            _note(log, world.tick, "gone", organisation=self._identity[now < 0])
            _note(log, world.tick, "came", organisation=world.identity[np.count_nonzero(now >= 0) :])
        self._look(world)

    def _note_ties(self, world: World, log: EventLog, now: NDArray[np.int64]) -> None:
        ended, made = changed_ties(now, self._ends, world.ends)
        pairs = self._identity[self._ends[ended]]
        _note(log, world.tick, "tie_ended", organisation=pairs[:, 0], other=pairs[:, 1])
        pairs = world.identity[world.ends[made]]
        _note(log, world.tick, "tie_made", organisation=pairs[:, 0], other=pairs[:, 1])

    def _note_memberships(self, world: World, log: EventLog, now: NDArray[np.int64]) -> None:
        old, new = self._coalition_identity, world.coalition_identity
        coalition_now = rows_now(old, new)
        left, joined = changed_memberships(
            now, coalition_now, self._member, self._member_coalition, world.member, world.member_coalition
        )
        organisation, coalition = self._identity[self._member[left]], old[self._member_coalition[left]]
        _note(log, world.tick, "left", organisation=organisation, coalition=coalition)
        _note(log, world.tick, "dissolved", coalition=old[coalition_now < 0])
        founded = new[np.count_nonzero(coalition_now >= 0) :]
        if founded.size:
            issue = world.coalition_issue[-founded.size :] if world.has("coalition_issue") else -1
            _note(log, world.tick, "founded", organisation=founded & (2**31 - 1), coalition=founded, issue=issue)
        organisation, coalition = world.identity[world.member[joined]], new[world.member_coalition[joined]]
        _note(log, world.tick, "joined", organisation=organisation, coalition=coalition)

    def _look(self, world: World) -> None:
        self._identity, self._ends, self._member = world.identity, world.ends, world.member
        self._member_coalition, self._coalition_identity = world.member_coalition, world.coalition_identity


def _note(log: EventLog, tick: int, kind: str, **numbers: Any) -> None:
    if any(np.size(values) == 0 for values in numbers.values()):
        return
    log.add(tick, kind, **numbers)
