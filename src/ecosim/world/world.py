"""World: everything that exists at one tick, as NumPy arrays, and the few ways in which it may change shape.

Columns are attributes (``world.capital``, ``world.trust``), listed in ``ecosim.world.columns``. Values may be written at
any time; ties, memberships and organisations come and go in batches: ``add_ties``, ``join`` and the like only note what
is to change, and ``commit`` carries it out between mechanisms, so nobody's row moves while a rule is running. Tables change
where they are: an array of ties or memberships is good until the next commit, so copy what you keep.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecosim.world import coalitions, commits, relationships
from ecosim.world.absence import explaining
from ecosim.world.columns import COLUMNS, Axis, Column
from ecosim.world.labels import Labels
from ecosim.world.names import names_of_newcomers, unnamed
from ecosim.world.pending import NONE, Pending, rows_within
from ecosim.world.table import Table, side_by_side

Rows = NDArray[np.int64]


class World:
    """Struct of arrays: one attribute per column, and the indices that tie them together.

    Attributes:
        labels: names of sectors, issues, axes and capabilities.
        names: name of each organisation (n,), or None where they have only numbers.
        numbers: all floating-point numbers of each axis in one array, its columns one after the other.
        tables: the columns of each axis whose entries come and go (``ecosim.world.table``).
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
        self.gone = self.founders = NONE
        self.founders_at = 0
        self.entrances: dict[Any, tuple[Any, Any, tuple[Any, ...]]] = {}
        self.within: Any = None
        self.columns, self._columns = _chosen(frozenset(columns))
        self.pending = Pending()
        self.numbers: dict[str, NDArray[np.float64]] = {}
        self._lay("organisation", organisations)
        self._lay("issue", len(labels.issues))
        self._lay("citizen", labels.citizens)
        self.tables = {
            axis: Table(self._columns[axis], self._shapes(axis), beside) for axis, beside in _CHANGING.items()
        }
        for axis in self.tables:
            self.show(axis, 0)
        self.identity[:] = np.arange(organisations)
        self.index_ties()
        self.index_members()

    if TYPE_CHECKING:  # columns are plain attributes, of which no list is written in the class

        def __getattr__(self, name: str) -> NDArray[Any]: ...

    def __new__(cls, labels: Labels, organisations: int, columns: Iterable[str] = ()) -> World:
        """Return a world of the class that explains the columns which worlds with these have not."""
        return super().__new__(explaining(cls, _names(frozenset(columns))))

    def __setattr__(self, name: str, value: Any) -> None:
        """Write values into a column or an index that lies in a table; anything else is an attribute as any.

        Raises:
            AttributeError: if the world has not that column.
            ValueError: if the values are of another shape: kernels would read beyond them.
            TypeError: if they are of a kind that the column cannot hold, as fractions in a column of whole numbers.
        """
        if name not in _IN_PLACE:
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
        return len(self.identity)

    @property
    def ties(self) -> int:
        """Number of relationships."""
        return len(self.ends)

    @property
    def coalitions(self) -> int:
        """Number of coalitions."""
        return len(self.coalition_identity)

    @property
    def memberships(self) -> int:
        """Number of memberships of organisations in coalitions."""
        return len(self.member)

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
            self.pending.ties_ended.append(rows_within(rows, self.ties, "end_ties: row of a relationship"))
            self.pending.is_any = True

    def join(self, organisations: Rows, coalition_rows: Rows) -> None:
        """Ask for organisations (p,) to join coalitions (p,), by rows; a member already stays one."""
        if len(organisations):
            who = rows_within(organisations, self.n, "join: row of an organisation")
            what = rows_within(coalition_rows, self.coalitions, "join: row of a coalition")
            self.pending.joins.append((who, what))
            self.pending.is_any = True

    def leave(self, rows: Rows) -> None:
        """Ask for memberships, by their rows in the table, to end. A coalition of fewer than two then dissolves."""
        if len(rows):
            self.pending.leaves.append(rows_within(rows, self.memberships, "leave: row of a membership"))
            self.pending.is_any = True

    def found_coalitions(self, founders: Rows, issues: Rows, members: NDArray[np.int64]) -> None:
        """Ask for coalitions (p,), each of one founder, on one issue, with members (p, size) by rows.

        The founder is among the members; a row of -1 fills up a shorter list. A coalition's number comes from its
        founder's, the tick and how many that organisation founded before in the same tick, so no number is given
        twice, and none depends on what others found (``ecosim.world.coalitions.numbers``).
        """
        if len(founders):
            who = rows_within(founders, self.n, "found_coalitions: row of a founder")
            members = rows_within(members, self.n, "found_coalitions: row of a member", least=-1)
            what = np.array(issues, np.int64)
            if what.shape != who.shape:
                what = np.ascontiguousarray(np.broadcast_to(what, who.shape))
            self.pending.founded.append((who, what, members))
            self.pending.is_any = True

    def found_coalition(self, founder: int, issue: int, members: Rows) -> None:
        """Ask for one coalition, as ``found_coalitions`` does for many."""
        self.found_coalitions(np.array([founder]), np.array([issue]), np.asarray(members, np.int64).reshape(1, -1))

    def remove_organisations(self, rows: Rows) -> None:
        """Ask for organisations to go, with their ties and memberships. The others keep their numbers."""
        if len(rows):
            self.pending.removed.append(rows_within(rows, self.n, "remove_organisations: row of an organisation"))
            self.pending.is_any = True

    def add_organisations(self, values: Mapping[str, NDArray[Any]], names: tuple[str, ...] | None = None) -> Rows:
        """Add organisations at once, after the last row, and return their rows.

        Args:
            values: column name to entries (p, …); ``identity`` and ``sector`` are required, others start at the
                table's initial value. ``ecosim.world.newcomers.new_identities`` gives numbers that are free.
            names: their names, where organisations have names; by default ``new <sector> <number>``
                (``ecosim.world.names.names_of_newcomers``).

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
        self.lay_organisations(np.arange(before), count)
        for column in self._columns["organisation"]:
            if column.name in values:
                self.__dict__[column.name][before:] = values[column.name]
        if self.names is not None:
            self.names += names or self._names_of_newcomers(identity, np.asarray(values["sector"]))
        self.changes += 1
        self.first_tie = np.append(self.first_tie, np.full(count, self.first_tie[-1]))
        self.first_membership = np.append(self.first_membership, np.full(count, self.first_membership[-1]))
        return np.arange(before, self.n)

    def _names_of_newcomers(self, identity: NDArray[Any], sector: NDArray[Any]) -> tuple[str, ...]:
        taken = np.concatenate((self.identity, self.gone))
        return names_of_newcomers([self.labels.sectors[k] for k in sector.tolist()], identity, taken)

    # -- carrying it out --------------------------------------------------------------------------------------------

    def commit(self) -> None:
        """Carry out what was asked for since the last commit: first ties, then coalitions, then departures.

        Ties that end go as those that are made come; coalitions are founded before memberships end and begin; those
        of fewer than two members dissolve. Organisations go last, with all their ties and memberships.
        """
        if self.pending.is_any:
            commits.commit(self)

    def index_ties(self) -> None:
        """Rebuild the half-edges from ``ends``."""
        self.first_tie, self.partner[:], self.tie[:] = relationships.half_edges(self.ends, self.n)

    def index_members(self) -> None:
        """Rebuild the indices of the membership table, which must be sorted by coalition."""
        self.first_member, self.first_membership, self.membership[:] = coalitions.index_members(
            self.member, self.member_coalition, self.n, self.coalitions
        )

    # -- how rows lie: for commits and snapshots ---------------------------------------------------------------------

    def show(self, axis: str, rows: int) -> None:
        """Show the columns of a table that has so many rows from now on."""
        table = self.tables[axis]
        table.show(self.__dict__, rows)
        self.numbers[axis] = table.numbers

    def gather(self, axis: str, source: Rows) -> None:
        """Rearrange the rows of a table, as ``Table.gather`` says."""
        self.tables[axis].gather(self.__dict__, source)
        self.numbers[axis] = self.tables[axis].numbers

    def lay_organisations(self, source: Rows, new: int) -> None:
        """Give organisations other rows: those that go on, by their old ones, and so many new ones after these."""
        known = {column.name: self.__dict__[column.name] for column in self._columns["organisation"]}
        self._lay("organisation", source.size + new)
        for name, values in known.items():
            self.__dict__[name][: source.size] = values.take(source, axis=0)

    def turn_citizens(self, stays: NDArray[np.bool_], number: Rows) -> None:
        """Let citizens look to the rows that organisations will have when only some stay: to -1 where theirs goes."""
        for column in self._columns["citizen"]:
            if column.unit == "row":
                rows = self.__dict__[column.name]
                is_there = rows >= 0
                is_there[is_there] = stays[rows[is_there]]
                rows[:] = np.where(is_there, number[rows], -1)

    def _lay(self, axis: Axis, rows: int) -> None:
        """Give an axis that seldom changes so many rows, all at their initial values."""
        columns, self.numbers[axis] = side_by_side(self._columns[axis], self._shapes(axis), rows)
        self.__dict__.update(columns)

    def _shapes(self, axis: str) -> tuple[tuple[int, ...], ...]:
        return tuple(self.labels.extent(column) for column in self._columns[axis])


@lru_cache(maxsize=256)
def _chosen(names: frozenset[str]) -> tuple[tuple[Column, ...], Mapping[str, tuple[Column, ...]]]:
    """Return the columns of a world with these, in all and by axis."""
    wanted = {COLUMNS[name].name for name in names}
    columns = tuple(column for column in COLUMNS.values() if column.always or column.name in wanted)
    return columns, {axis: tuple(column for column in columns if column.axis == axis) for axis in _AXES}


@lru_cache(maxsize=256)
def _names(names: frozenset[str]) -> frozenset[str]:
    """Return the names of all columns of a world with these."""
    return frozenset(column.name for column in _chosen(names)[0])


_CHANGING = {"relationship": {"partner": 2, "tie": 2}, "coalition": {}, "membership": {"membership": 1}}
"""The axes whose entries come and go, and the indices that lie beside their columns."""

_IN_PLACE = frozenset(COLUMNS).union(*_CHANGING.values())
"""What stays in the array that it is in."""

_AXES: tuple[Axis, ...] = ("organisation", "relationship", "coalition", "membership", "issue", "citizen")
