"""Events: what was made and ended at each tick, and what interventions did, as columns that grow."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecosim.results.book import Book
from ecosim.results.changes import changed_memberships, changed_ties, rows_now
from ecosim.results.table import Note, Table
from ecosim.world.names import unnamed
from ecosim.world.reasons import TERMS
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

_REASONS: dict[str, tuple[str, Note]] = {
    "why": ("int16", Note("word", "why it was done, where the rule that did it told")),
    **{name: ("float64", Note(unit, meaning)) for name, (unit, meaning) in TERMS.items()},
}
"""Further columns of a log that keeps reasons."""

_NAME_NOTES = {
    "organisation_name": Note("name", "name of the organisation"),
    "other_name": Note("name", "name of the organisation at the other end of the tie"),
}


_FOUNDER = 2**31 - 1
"""The part of a coalition's number that is its founder's (``ecosim.world.coalitions``)."""

_EMPTY = Book(())
_NO_TERMS: Mapping[str, Any] = MappingProxyType({})


class _Introduced(NamedTuple):
    """Organisations as they were when the log learnt of them, a row each."""

    identity: NDArray[np.int64]
    sector: NDArray[np.int8]
    sectors: tuple[str, ...]
    names: tuple[str, ...] | None

    def name(self, row: int) -> str:
        """Return an organisation's name: its own, or its sector and number."""
        if self.names is not None:
            return self.names[row]
        return unnamed(self.sectors[self.sector[row]], int(self.identity[row]))


class EventLog:
    """Events as typed columns: tick, kind, organisation, other, coalition, issue, value; with reasons, why and its terms.

    Organisations and coalitions are told by the numbers they keep for life, organisations by name, too, once they were
    introduced (:meth:`introduce`). From the first world and the log alone, who is tied to whom and who belongs to what
    can be told at every tick.

    Args:
        reasons: whether it has columns for why something was done.
    """

    def __init__(self, *, reasons: bool = False) -> None:
        self.kinds: list[str] = list(KINDS)
        self.reasons, self.whys = reasons, [""]
        self._declared = _COLUMNS | _REASONS if reasons else _COLUMNS
        self._columns = {name: np.empty(0, dtype) for name, (dtype, _) in self._declared.items()}
        self._batches: list[tuple[int, tuple[Any, ...]]] = []
        self._introduced: list[_Introduced] = []

    def introduce(self, world: World, first: int = 0) -> None:
        """Learn the names of a world's organisations, from a row on: the table has to name also who is gone by then."""
        names = None if world.names is None else world.names[first:]
        sectors = world.labels.sectors
        self._introduced.append(_Introduced(world.identity[first:].copy(), world.sector[first:].copy(), sectors, names))

    def add(
        self,
        tick: int,
        kind: str,
        organisation: Any = -1,
        other: Any = -1,
        coalition: Any = -1,
        issue: Any = -1,
        value: Any = np.nan,
        why: Any = "",
        terms: Mapping[str, Any] = _NO_TERMS,
    ) -> None:
        """Note one event, or one for each entry of the arrays given, which are of equal length and kept, not copied.

        Args:
            tick: when.
            kind: a word; one that is new is added to the vocabulary.
            organisation: identity, -1 for none; a number or an array, as all that follow.
            other: identity of the organisation at the other end.
            coalition: identity.
            issue: index.
            value: amount, NaN for none.
            why: a word, or a list of them; kept only in a log of reasons, as ``terms``.
            terms: some of :data:`ecosim.world.reasons.TERMS`.
        """
        if kind not in self.kinds:
            self.kinds.append(kind)
        rest = (organisation, other, coalition, issue, value)
        if self.reasons:
            rest = (*rest, self._codes(why), *(terms.get(name, np.nan) for name in TERMS))
        count = 1
        for entry in rest:
            if isinstance(entry, np.ndarray):
                count = len(entry)
                break
        self._batches.append((count, (tick, self.kinds.index(kind), *rest)))
        if len(self._batches) >= 4096:
            self._gather()

    def table(self) -> Table:
        """Return the events as a table, in the order in which they were noted; missing numbers are negative."""
        self._gather()
        columns: dict[str, NDArray[Any]] = {}
        notes = {name: note for name, (_, note) in self._declared.items()} | _NAME_NOTES
        for name, values in self._columns.items():
            columns[name] = values
            if f"{name}_name" in _NAME_NOTES:
                columns[f"{name}_name"] = self._names(values)
        columns["kind"] = np.array(self.kinds, object)[columns["kind"]]
        if self.reasons:
            columns["why"] = np.array([None, *self.whys[1:]], object)[columns["why"]]
        return Table(columns, notes, frozenset({"organisation", "other", "coalition", "issue"}))

    def copy(self) -> EventLog:
        """Return a log that goes on by itself."""
        twin = EventLog(reasons=self.reasons)
        twin.whys = list(self.whys)
        twin.kinds, twin._columns, twin._batches = list(self.kinds), dict(self._columns), list(self._batches)
        twin._introduced = list(self._introduced)
        return twin

    def _codes(self, why: Any) -> Any:
        """Return the number of a word, or of each of a list; new ones are added to the vocabulary."""
        words = [why] if isinstance(why, str) else why
        self.whys += [word for word in dict.fromkeys(words) if word not in self.whys]
        codes = [self.whys.index(word) for word in words]
        return codes[0] if isinstance(why, str) else np.array(codes, np.int16)

    def _names(self, numbers: NDArray[np.int64]) -> NDArray[Any]:
        """Return the name that goes with each number, None where there is none."""
        different, place = np.unique(numbers, return_inverse=True)
        names = np.full(different.size, None, object)
        for known in self._introduced:
            _, row, k = np.intersect1d(known.identity, different, assume_unique=True, return_indices=True)
            for one, place_of_one in zip(row.tolist(), k.tolist(), strict=True):
                names[place_of_one] = known.name(one)
        found: NDArray[Any] = names[place]
        return found

    def _gather(self) -> None:
        """Turn the batches into rows, all at once: column by column is ten times as fast as batch by batch."""
        if not self._batches:
            return
        counts = np.array([count for count, _ in self._batches])
        for k, name in enumerate(self._columns):
            entries = [entry[k] for _, entry in self._batches]
            added = [
                entry if isinstance(entry, np.ndarray) else np.broadcast_to(entry, count)
                for count, entry in zip(counts, entries, strict=True)
            ]
            old = self._columns[name]
            self._columns[name] = np.concatenate((old, *added), dtype=old.dtype, casting="unsafe")
        self._batches = []


class Watch:
    """Compares a world with what it was at the last look, and notes the difference.

    That something may have changed is told by the world's indices, which it makes anew whenever rows come or go. What is
    compared are copies, since a world may write into its tables.
    """

    def __init__(self, world: World) -> None:
        self._book = _EMPTY
        self._same_rows = np.arange(world.n)
        self._first_tie = self._first_member = np.empty(0, np.int64)
        self._look(world)

    def note(self, world: World, log: EventLog) -> None:
        """Add to the log what ended and what began since the last look, with its reasons where mechanisms noted some."""
        noted = world.reasons.take() if log.reasons and world.reasons is not None else ()
        self._book = Book(noted) if noted else _EMPTY
        ties_are_new = world.first_tie is not self._first_tie
        members_are_new = world.first_member is not self._first_member
        organisations_are_new = world.identity is not self._identity
        if not (ties_are_new or members_are_new or organisations_are_new):
            return
        now = self._rows_now(world) if organisations_are_new else self._same_rows
        if ties_are_new:
            self._note_ties(world, log, now)
        if members_are_new:
            self._note_memberships(world, log, now)
        if organisations_are_new:
            gone, came = self._identity[now < 0], world.identity[np.count_nonzero(now >= 0) :]
            if gone.size:
                log.add(world.tick, "gone", gone, **self._book.of("gone", gone, np.full(gone.size, -1)))
            if came.size:
                log.add(world.tick, "came", came)
                log.introduce(world, first=world.n - came.size)
        self._look(world)

    def _rows_now(self, world: World) -> NDArray[np.int64]:
        self._same_rows = np.arange(world.n)
        found: NDArray[np.int64] = rows_now(self._identity, world.identity)
        return found

    def _note_ties(self, world: World, log: EventLog, now: NDArray[np.int64]) -> None:
        ended, made = changed_ties(now, self._identity, self._ends, world.identity, world.ends)
        for kind, (one, other) in (("tie_ended", ended), ("tie_made", made)):
            if one.size:
                log.add(world.tick, kind, one, other, **self._book.of(kind, one, other))

    def _note_memberships(self, world: World, log: EventLog, now: NDArray[np.int64]) -> None:
        old, new = self._coalition_identity, world.coalition_identity
        coalition_now = rows_now(old, new)
        left, joined = changed_memberships(
            now, self._identity, coalition_now, old, self._member, self._member_coalition,
            world.identity, new, world.member, world.member_coalition,
        )  # fmt: skip
        organisation, coalition, row = left
        if row.size:
            log.add(
                world.tick, "left", organisation, coalition=coalition, **self._why_left(organisation, coalition, row)
            )
        lives = np.count_nonzero(coalition_now >= 0)
        if lives < old.size:
            log.add(world.tick, "dissolved", coalition=old[coalition_now < 0])
        if lives < new.size:
            issue = world.coalition_issue[lives:].copy() if world.has("coalition_issue") else -1
            founder = new[lives:] & _FOUNDER
            log.add(
                world.tick, "founded", founder, coalition=new[lives:].copy(), issue=issue,
                **self._book.of("founded", founder, founder),
            )  # fmt: skip
        organisation, coalition, row = joined
        if row.size:
            told: dict[str, Any] = {}
            if log.reasons:
                at_founding = np.where(row >= lives, coalition & _FOUNDER, -1)
                told = self._book.of("joined", organisation, coalition, "founded", at_founding)
            log.add(world.tick, "joined", organisation, coalition=coalition, **told)

    def _why_left(self, organisation: Any, coalition: Any, is_now: Any) -> dict[str, Any]:
        """Return why memberships ended; nobody decides to leave a coalition that falls apart for want of a second."""
        told = self._book.of("left", organisation, coalition)
        if told:
            told["why"] = [
                why or ("fell apart" if row < 0 else "") for why, row in zip(told["why"], is_now, strict=True)
            ]
        return told

    def _look(self, world: World) -> None:
        if world.first_tie is not self._first_tie:
            self._first_tie, self._ends = world.first_tie, world.ends.copy()
        if world.first_member is not self._first_member:
            self._first_member, self._member = world.first_member, world.member.copy()
            self._member_coalition = world.member_coalition.copy()
            self._coalition_identity = world.coalition_identity.copy()
        self._identity = world.identity
