"""World: everything that exists at one tick, as NumPy arrays, and the few ways in which it may change shape.

Columns are attributes (``world.capital``, ``world.trust``), listed in ``ecosim.world.columns``. Values may be written at
any time; ties, memberships and organisations come and go in batches: ``add_ties``, ``join`` and the like only note what
is to change, and ``commit`` carries it out between mechanisms, so nobody's row moves while a rule is running.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecosim.world import coalitions, lookup, relationships
from ecosim.world.absence import explaining
from ecosim.world.columns import COLUMNS, COMPONENTS, Axis, Column
from ecosim.world.names import unnamed
from ecosim.world.pending import Pending
from ecosim.world.table import Table, side_by_side

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Labels:
    """The words for what columns only number.

    Attributes:
        sectors: name of each sector.
        issues: name of each issue.
        stance_axes: name of each axis of opinion.
        capabilities: name of each kind of capability.
        culture: number of cultural features.
        practices: number of practices that make up an organisation's solution.
        members: number of members that stand for those inside each organisation.
        citizens: number of citizens.
    """

    sectors: tuple[str, ...] = ("business", "government", "civil_society")
    issues: tuple[str, ...] = ()
    stance_axes: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    culture: int = 0
    practices: int = 0
    members: int = 0
    citizens: int = 0

    def extent(self, column: Column) -> tuple[int, ...]:
        """Return the shape of one entry of a column: () for a number."""
        return () if column.extent is None else (len(self.words(column)),)

    def words(self, column: Column) -> tuple[str, ...]:
        """Return the names of a column's entries, in their order: none for a number; what has no name counts from 1."""
        match column.extent:
            case None:
                return ()
            case "capability":
                return self.capabilities
            case "stance":
                return self.stance_axes
            case "issue":
                return self.issues
            case "motive":
                return COMPONENTS
            case "culture":
                return tuple(str(feature) for feature in range(1, self.culture + 1))
            case "practice":
                return tuple(str(practice) for practice in range(1, self.practices + 1))
            case "member_stance":
                return tuple(f"{member}_{axis}" for member in range(1, self.members + 1) for axis in self.stance_axes)
            case "sector":
                return self.sectors
            case "side":
                return ("source", "target")


class World:
    """Struct of arrays: one attribute per column, and the indices that tie them together.

    Attributes:
        labels: names of sectors, issues, axes and capabilities.
        names: name of each organisation (n,), or None where they have only numbers.
        numbers: all floating-point numbers of each axis in one array, its columns one after the other.
        tick: ticks since the start.
        first_tie, partner, tie: half-edges, see ``ecosim.world.relationships``.
        first_member, first_membership, membership: see ``ecosim.world.coalitions``.
        agents: the model's agents, where a model lends them (``ecosim.agents``); None otherwise.
        reasons: where mechanisms note why they make and end what they do, where a model keeps that; None otherwise.
        drawn: where named organisations were read: how many numbers of each column were drawn, not given.
        origin: settings and seed that organisations are drawn from, where a model lends them; None otherwise.
        changes: how often organisations have come or gone, so that views of rows know when to look again.
        gone: numbers of the organisations that went (g,): nobody gets them again.
        founders, founders_at: who founded coalitions at that tick (f,), as numbers: the next one's comes from them.
        entrances: ways into kernels that have taken its columns before (``ecosim.world.entrances``).
        within: ties within coalitions as they were last found (``ecosim.world.within``); None before.
    """

    member: NDArray[np.int64]
    member_coalition: NDArray[np.int64]
    ends: NDArray[np.int64]
    first_tie: NDArray[np.int64]
    partner: NDArray[np.int32]
    tie: NDArray[np.int32]
    first_member: NDArray[np.int64]
    first_membership: NDArray[np.int64]
    membership: NDArray[np.int32]

    def __init__(self, labels: Labels, organisations: int, columns: Iterable[str] = ()) -> None:
        """Make a world of so many organisations, with no ties and no coalitions, every value at its initial.

        Args:
            labels: names of what columns number.
            organisations: how many, at least 0.
            columns: names of the columns it has, besides those that every world has.

        Raises:
            KeyError: if a name is no column.
        """
        self.labels = labels
        self.names: tuple[str, ...] | None = None
        self.tick = 0
        self.agents: Any = None
        self.reasons: Any = None
        self.drawn: dict[str, int] = {}
        self.origin: tuple[Any, int] | None = None
        self.changes = 0
        self.gone = self.founders = _NONE
        self.founders_at = 0
        self.entrances: dict[Any, tuple[Any, Any, tuple[Any, ...]]] = {}
        self.within: Any = None
        self.columns, self._columns = _chosen(frozenset(columns))
        self.pending = Pending()
        self.numbers: dict[str, NDArray[np.float64]] = {}
        self._lay("organisation", organisations)
        self._lay("issue", len(labels.issues))
        self._lay("citizen", labels.citizens)
        self._tables = {axis: Table(self._columns[axis], self._shapes(axis)) for axis in _CHANGING}
        for axis, table in self._tables.items():
            self._show(axis, table.words, 0)
        self.identity[:] = np.arange(organisations)
        self.index_ties()
        self.index_members()

    if TYPE_CHECKING:  # columns are plain attributes, of which no list is written in the class

        def __getattr__(self, name: str) -> NDArray[Any]: ...

    def __new__(cls, labels: Labels, organisations: int, columns: Iterable[str] = ()) -> World:
        """Return a world of the class that explains the columns which worlds with these have not."""
        return super().__new__(explaining(cls, frozenset(column.name for column in _chosen(frozenset(columns))[0])))

    def __setattr__(self, name: str, value: Any) -> None:
        """Write values into a column, which stays where it is; anything else is an attribute as any.

        Raises:
            AttributeError: if the world has not that column.
            ValueError: if the values are of another shape: kernels would read beyond them.
            TypeError: if they are of a kind that the column cannot hold, as fractions in a column of whole numbers.
        """
        if name not in COLUMNS:
            self.__dict__[name] = value
            return
        column = getattr(self, name)
        values = np.asarray(value)
        if values.shape != column.shape:
            raise ValueError(f"world.{name}: shape {values.shape}; allowed: {column.shape}")
        if not np.can_cast(values.dtype, column.dtype, "same_kind"):
            raise TypeError(f"world.{name}: {values.dtype} values; allowed: {column.dtype}")
        column[...] = values

    def __repr__(self) -> str:
        return (
            f"<World at tick {self.tick}: {self.n:,} organisations, {self.ties:,} ties, {self.coalitions:,} coalitions, "
            f"{len(self.labels.issues)} issues, {len(self.columns)} columns>"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        # Python's own copy, and pickle, would turn views of a table into arrays that the table knows nothing of.
        from ecosim.world.snapshot import assembled, parts_of

        return assembled, parts_of(self)

    @property
    def n(self) -> int:
        """Number of organisations."""
        return int(self.identity.size)

    @property
    def ties(self) -> int:
        """Number of relationships."""
        return int(self.ends.shape[0])

    @property
    def coalitions(self) -> int:
        """Number of coalitions."""
        return int(self.coalition_identity.size)

    @property
    def memberships(self) -> int:
        """Number of memberships of organisations in coalitions."""
        return int(self.member.size)

    def size(self, axis: Axis) -> int:
        """Return the number of entries along an axis."""
        return {
            "organisation": self.n,
            "relationship": self.ties,
            "coalition": self.coalitions,
            "membership": self.memberships,
            "issue": len(self.labels.issues),
            "citizen": self.labels.citizens,
        }[axis]

    def has(self, *names: str) -> bool:
        """Return whether the world has all these columns."""
        return all(name in self.__dict__ for name in names)

    def name(self, row: int) -> str:
        """Return an organisation's name: its own, or its sector and number."""
        if self.names is not None:
            return self.names[row]
        return unnamed(self.labels.sectors[self.sector[row]], int(self.identity[row]))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return every column by name: the whole state, not copied."""
        return {column.name: self.__dict__[column.name] for column in self.columns}

    # -- asking for change ------------------------------------------------------------------------------------------

    def add_ties(self, pairs: NDArray[Any], **values: Any) -> None:
        """Ask for ties between pairs of rows (p, 2); a pair that is tied already, or given twice, counts once.

        Args:
            pairs: rows of the two organisations, in either order.
            **values: initial value of relationship columns: one number, or one entry a pair. A column with two sides
                is given in the order of the pair. Others start at the table's initial value.
        """
        if len(pairs):
            self.pending.ties_made.append(relationships.lower_first(pairs, self.n, values))
            self.pending.is_any = True

    def end_ties(self, rows: Rows) -> None:
        """Ask for relationships, by their rows in the table, to end."""
        if len(rows):
            self.pending.ties_ended.append(_rows_within(rows, self.ties, "end_ties: row of a relationship"))
            self.pending.is_any = True

    def join(self, organisations: Rows, coalition_rows: Rows) -> None:
        """Ask for organisations (p,) to join coalitions (p,), by rows; a member already stays one."""
        if len(organisations):
            who = _rows_within(organisations, self.n, "join: row of an organisation")
            what = _rows_within(coalition_rows, self.coalitions, "join: row of a coalition")
            self.pending.joins.append((who, what))
            self.pending.is_any = True

    def leave(self, rows: Rows) -> None:
        """Ask for memberships, by their rows in the table, to end. A coalition of fewer than two then dissolves."""
        if len(rows):
            self.pending.leaves.append(_rows_within(rows, self.memberships, "leave: row of a membership"))
            self.pending.is_any = True

    def found_coalitions(self, founders: Rows, issues: Rows, members: NDArray[np.int64]) -> None:
        """Ask for coalitions (p,), each of one founder, on one issue, with members (p, size) by rows.

        The founder is among the members; a row of -1 fills up a shorter list. A coalition's number comes from its
        founder's, the tick and how many that organisation founded before in the same tick, so no number is given
        twice, and none depends on what others found (``ecosim.world.coalitions.numbers``).
        """
        if len(founders):
            who = _rows_within(founders, self.n, "found_coalitions: row of a founder")
            members = _rows_within(members, self.n, "found_coalitions: row of a member", least=-1)
            what = np.asarray(issues)
            self.pending.founded.append(
                (who, what if what.shape == who.shape else np.broadcast_to(what, who.shape), members)
            )
            self.pending.is_any = True

    def found_coalition(self, founder: int, issue: int, members: Rows) -> None:
        """Ask for one coalition, as ``found_coalitions`` does for many."""
        self.found_coalitions(np.array([founder]), np.array([issue]), np.asarray(members, np.int64).reshape(1, -1))

    def remove_organisations(self, rows: Rows) -> None:
        """Ask for organisations to go, with their ties and memberships. The others keep their numbers."""
        if len(rows):
            self.pending.removed.append(_rows_within(rows, self.n, "remove_organisations: row of an organisation"))
            self.pending.is_any = True

    def add_organisations(self, values: Mapping[str, NDArray[Any]], names: tuple[str, ...] | None = None) -> Rows:
        """Add organisations at once, after the last row, and return their rows.

        Args:
            values: column name to entries (p, …); ``identity`` and ``sector`` are required, others start at the
                table's initial value. ``ecosim.world.newcomers.new_identities`` gives numbers that are free.
            names: their names, where organisations have names.

        Raises:
            ValueError: if a number is given twice, is another's, or was that of one that went.
        """
        before = self.n
        identity = np.asarray(values["identity"])
        count = int(identity.size)
        if (
            np.unique(identity).size < count
            or np.isin(self.identity, identity).any()
            or np.isin(self.gone, identity).any()
        ):
            raise ValueError("a newcomer's identity is another's, or was; allowed: numbers that nobody ever had")
        known = [self.__dict__[column.name] for column in self._columns["organisation"]]
        self._lay("organisation", before + count)
        for column, old in zip(self._columns["organisation"], known, strict=True):
            self.__dict__[column.name][:before] = old
            if column.name in values:
                self.__dict__[column.name][before:] = values[column.name]
        if self.names is not None:
            self.names += names or tuple(f"newcomer {int(number)}" for number in values["identity"])
        self.changes += 1
        self.index_ties()
        self.index_members()
        return np.arange(before, self.n)

    # -- carrying it out --------------------------------------------------------------------------------------------

    def commit(self) -> None:
        """Carry out what was asked for since the last commit: first ties, then coalitions, then departures.

        Ties that end go as those that are made come; coalitions are founded before memberships end and begin; those
        of fewer than two members dissolve. Organisations go last, with all their ties and memberships.
        """
        if not self.pending.is_any:
            return
        pending, self.pending = self.pending, Pending()
        if pending.ties_ended or pending.ties_made:
            self._commit_ties(pending)
        if pending.joins or pending.leaves or pending.founded:
            self._commit_memberships(pending)
        if pending.removed:
            self._commit_removals(np.unique(np.concatenate(pending.removed)))

    def index_ties(self) -> None:
        """Rebuild the half-edges from ``ends``."""
        self.first_tie, self.partner, self.tie = relationships.half_edges(self.ends, self.n)

    def index_members(self) -> None:
        """Rebuild the indices of the membership table, which must be sorted by coalition."""
        self.first_member, self.first_membership, self.membership = coalitions.index_members(
            self.member, self.member_coalition, self.n, self.coalitions
        )

    def _commit_ties(self, pending: Pending) -> None:
        pairs, values = relationships.in_one_batch(pending.ties_made)
        table, places = self._tables["relationship"], self.ties + len(pairs)
        words, layout, first = table.room(places), table.layout, np.empty(self.n + 1, np.int64)
        partner, tie = np.empty(2 * places, np.int32), np.empty(2 * places, np.int32)
        chosen = np.empty(len(pairs), np.int64)
        kept, made = relationships.commit(
            self.ties, table.words, self.first_tie, self.partner, self.tie,
            _together(pending.ties_ended), pairs, relationships.in_order(pairs),
            layout.widths, layout.initial, layout.starts["ends"], words, first, partner, tie, chosen,
        )  # fmt: skip
        rows, state = kept + made, self.__dict__
        self._show("relationship", words, rows)
        state.update(first_tie=first, partner=partner[: 2 * rows], tie=tie[: 2 * rows])
        if made:
            for name, given in values.items():
                if name in state:
                    state[name][kept:] = given.take(chosen[:made], axis=0) if isinstance(given, np.ndarray) else given

    def _commit_memberships(self, pending: Pending) -> None:
        known, joins, count = self.coalitions, list(pending.joins), self.coalitions
        for founders, _, members in pending.founded:
            joins.append((members.ravel(), np.arange(count, count + founders.size).repeat(members.shape[1])))
            count += founders.size
        who, what = _together([rows for rows, _ in joins]), _together([rows for _, rows in joins])
        of_members, of_coalitions = self._tables["membership"], self._tables["coalition"]
        places, layout, further = self.memberships + who.size, of_members.layout, of_coalitions.layout
        words, further_words = of_members.room(places), of_coalitions.room(count)
        first_member, first_membership = np.empty(count + 1, np.int64), np.empty(self.n + 1, np.int64)
        membership, lives = np.empty(places, np.int32), np.empty(count, np.int64)
        rows, living = coalitions.commit(
            known, self.member, self.member_coalition, _together(pending.leaves), who, what, count,
            of_members.words, layout.widths, layout.initial, layout.starts["member"], layout.starts["member_coalition"],
            of_coalitions.words, further.widths, further.initial,
            words, further_words, first_member, first_membership, membership, lives,
        )  # fmt: skip
        self._show("membership", words, rows)
        self._show("coalition", further_words, living)
        self.__dict__.update(
            first_member=first_member[: living + 1], first_membership=first_membership, membership=membership[:rows]
        )
        if pending.founded:
            self._describe_founded(pending.founded, lives[lives[:living].searchsorted(known) : living] - known)

    def _describe_founded(self, founded: list[tuple[Rows, Rows, NDArray[np.int64]]], living: Rows) -> None:
        """Write what those of the founded coalitions begin with that live; they are the last in their table."""
        columns, start = self.__dict__, self.coalitions - living.size
        founders = np.concatenate([who for who, _, _ in founded])
        columns["coalition_identity"][start:] = self._numbers(self.identity[founders])[living]
        if "coalition_issue" in columns:
            columns["coalition_issue"][start:] = np.concatenate([issues for _, issues, _ in founded])[living]
        if "coalition_stance" in columns and "stance" in columns:
            means = np.concatenate([coalitions.mean_of_members(self.stance, members) for _, _, members in founded])
            columns["coalition_stance"][start:] = means[living]

    def _numbers(self, founders: Rows) -> Rows:
        """Return the numbers of the coalitions that these organisations, by number, found now."""
        before = self.founders if self.founders_at == self.tick else _NONE
        self.founders, self.founders_at = np.concatenate((before, founders)), self.tick
        return coalitions.numbers(self.tick, self.founders)[before.size :]

    def _commit_removals(self, rows: Rows) -> None:
        stays = np.ones(self.n, np.bool_)
        stays[rows] = False
        self.gone = np.concatenate((self.gone, self.identity[~stays]))
        number = np.cumsum(stays) - 1
        self.leave(np.flatnonzero(~stays[self.member]))
        pending, self.pending = self.pending, Pending()
        if pending.leaves:
            self._commit_memberships(pending)
        self._gather("relationship", np.flatnonzero(stays[self.ends].all(axis=1)))
        self.ends[:] = number[self.ends]
        self.member[:] = number[self.member]
        for column in self._columns["citizen"]:
            if column.unit == "row":
                self.__dict__[column.name][:] = _renumbered(self.__dict__[column.name], stays, number)
        remaining = [self.__dict__[column.name][stays] for column in self._columns["organisation"]]
        self._lay("organisation", self.n - rows.size)
        for column, left in zip(self._columns["organisation"], remaining, strict=True):
            self.__dict__[column.name][...] = left
        if self.names is not None:
            self.names = tuple(name for name, kept in zip(self.names, stays, strict=True) if kept)
        self.changes += 1
        self.index_ties()
        self.index_members()

    def _lay(self, axis: Axis, rows: int) -> None:
        """Give an axis that seldom changes so many rows, all at their initial values."""
        columns, self.numbers[axis] = side_by_side(self._columns[axis], self._shapes(axis), rows)
        self.__dict__.update(columns)

    def _gather(self, axis: str, source: Rows) -> None:
        table = self._tables[axis]
        table.gather(self.__dict__, source)
        self.numbers[axis] = table.numbers

    def _show(self, axis: str, words: Rows, rows: int) -> None:
        table = self._tables[axis]
        table.show(self.__dict__, words, rows)
        self.numbers[axis] = table.numbers

    def _shapes(self, axis: str) -> tuple[tuple[int, ...], ...]:
        return tuple(self.labels.extent(column) for column in self._columns[axis])


@lru_cache(maxsize=256)
def _chosen(names: frozenset[str]) -> tuple[tuple[Column, ...], Mapping[str, tuple[Column, ...]]]:
    """Return the columns of a world with these, in all and by axis."""
    wanted = {COLUMNS[name].name for name in names}
    columns = tuple(column for column in COLUMNS.values() if column.always or column.name in wanted)
    return columns, {axis: tuple(column for column in columns if column.axis == axis) for axis in _AXES}


def _rows_within(rows: Any, count: int, what: str, least: int = 0) -> Rows:
    """Return rows as numbers, all of them within a table of so many."""
    numbers = np.ascontiguousarray(rows, np.int64)
    lowest, highest = lookup.range_of(numbers.ravel())
    lookup.refuse_rows_beyond(lowest, highest, count, what, least)
    return numbers


def _together(parts: list[Rows]) -> Rows:
    """Return what was asked for in several parts as one array."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts) if parts else _NONE


def _renumbered(rows: Rows, stays: NDArray[np.bool_], number: Rows) -> Rows:
    """Return rows of organisations as they are when some have gone: -1 for those, and for none."""
    is_there = rows >= 0
    is_there[is_there] = stays[rows[is_there]]
    return np.where(is_there, number[rows], -1)


_NONE = np.empty(0, np.int64)
_CHANGING = ("relationship", "coalition", "membership")
_AXES: tuple[Axis, ...] = ("organisation", "relationship", "coalition", "membership", "issue", "citizen")
