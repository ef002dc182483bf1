"""Interventions: what is done to an ecosystem from outside, at a tick that is set beforehand.

They act before the mechanisms of their tick. Whatever an intervention draws, it draws by its own luck and by the
numbers that organisations keep for life, so two scenarios that differ in one intervention share the luck of all others.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from ecosim.errors import did_you_mean
from ecosim.rng import Key, uniforms
from ecosim.world.columns import COLUMNS, Axis, Column
from ecosim.world.names import is_of_a_newcomer
from ecosim.world.newcomers import likenesses, new_identities
from ecosim.world.ranges import out_of_range
from ecosim.world.who import EVERYONE, Names, Share, Who, all_names, issue_rows, known_issue, unknown
from ecosim.world.world import Rows, World

_FIXED = ("identity", "sector", "ends", "member", "member_coalition", "coalition_identity")
_SHARES = ("salience", "motive", "needs")
_OWNERS: tuple[Axis, ...] = ("organisation", "relationship", "issue")
MOST_NEWCOMERS = 1_000_000

Tick = Annotated[int, Field(ge=1, le=2**32 - 1)]


class Deed(NamedTuple):
    """What an intervention did, as events tell it: numbers or arrays of numbers, -1 where there is nothing to tell."""

    organisation: Any = -1
    other: Any = -1
    issue: Any = -1
    value: Any = np.nan


class _Timed(BaseModel):
    """When an intervention acts."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    at: Tick | Annotated[tuple[Tick, ...], Field(strict=False, min_length=1)] = Field(
        description="tick, or ticks, before whose mechanisms it acts; the first is 1"
    )
    every: int | None = Field(None, ge=1, description="ticks until it acts again, from the first on; null: not again")
    until: Tick | None = Field(None, description="last tick at which it may act again")

    def after(self, last: int) -> tuple[int, ...]:
        """Return the ticks that it names and that a run of so many ticks never comes to."""
        ticks = self.at if isinstance(self.at, tuple) else (self.at,)
        return tuple(tick for tick in ticks if tick > last)

    def writes(self) -> tuple[str, ...]:
        """Return the columns that it writes."""
        return ()

    def times(self, last: int) -> int:
        """Return how many times it acts in a run of so many ticks."""
        ticks = {tick for tick in (self.at if isinstance(self.at, tuple) else (self.at,)) if tick <= last}
        if self.every is None:
            return len(ticks)
        first = min(self.at) if isinstance(self.at, tuple) else self.at
        again = range(first, min(last, last if self.until is None else self.until) + 1, self.every)
        return len(again) + sum(tick not in again for tick in ticks)

    def is_due(self, tick: int) -> bool:
        """Return whether it acts at this tick."""
        ticks = self.at if isinstance(self.at, tuple) else (self.at,)
        if tick in ticks or self.every is None:
            return tick in ticks
        first = min(ticks)
        return tick >= first and (tick - first) % self.every == 0 and (self.until is None or tick <= self.until)


class _OfSome(_Timed):
    """What is done to some organisations; ``names`` alone stands for ``who: {names: …}``."""

    @model_validator(mode="before")
    @classmethod
    def _names_say_who(cls, data: Any) -> Any:
        if isinstance(data, dict) and "names" in data and "who" not in data:
            return {"who" if key == "names" else key: value for key, value in data.items()}
        return data


class Set(_OfSome):
    """Sets a column: of organisations, of the ties among them, or of an issue."""

    do: Literal["set"] = "set"
    column: str = Field(description="which column (ecosim.world.columns)")
    value: float | Annotated[tuple[float, ...], Field(strict=False)] = Field(
        description="the value, or one for each entry of a column that has several"
    )
    part: str | None = Field(
        None,
        description="the only entry to set, by name (axis, issue, capability, component); shares stay a whole of 1",
    )
    who: Who = Field(EVERYONE, description="whose column; for ties: those between any two of them")
    issue: str | None = Field(None, description="which issue, for a column of issues; null: all")

    @model_validator(mode="after")
    def _fits(self) -> Set:
        allowed = [c.name for c in COLUMNS.values() if c.axis in _OWNERS and c.name not in _FIXED]
        if self.column not in allowed:
            raise ValueError(f"column is '{self.column}'; {did_you_mean(self.column, allowed)}")
        column = COLUMNS[self.column]
        faults = [fault] if (fault := out_of_range(column, self.value)) else []
        if self.column in _SHARES and self.part is None and abs(float(np.sum(self.value)) - 1) > 1e-9:
            faults.append(
                f"the entries of {self.column} sum to {np.sum(self.value):g}; allowed: 1, or one part by name"
            )
        if isinstance(self.value, tuple) and (column.extent is None or self.part is not None):
            faults.append(f"{self.column} takes one value here, not {len(self.value)}")
        if self.issue is not None and column.axis != "issue":
            faults.append(f"issue is given, but {self.column} belongs to each {column.axis}")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def columns(self) -> tuple[str, ...]:
        """Return the columns it needs."""
        return (self.column, *self.who.columns())

    def writes(self) -> tuple[str, ...]:
        """Return the column that it sets."""
        return (self.column,)

    def faults(self, world: World) -> list[str]:
        """Return what is wrong with it in this world."""
        faults = self.who.faults(world, "who") + known_issue(self.issue, world)
        parts = parts_of(COLUMNS[self.column], world)
        if self.part is not None:
            faults += unknown("part", [self.part], parts)
        elif isinstance(self.value, tuple) and len(self.value) != world.labels.extent(COLUMNS[self.column])[0]:
            faults.append(f"{len(self.value)} values; allowed: one for each of {', '.join(parts)}")
        return faults

    def apply(self, world: World, key: Key) -> Deed:
        """Set the values."""
        column, values = COLUMNS[self.column], getattr(world, self.column)
        rows = self._rows(world, key, column)
        if self.part is None:
            values[rows] = self.value
        else:
            part = parts_of(column, world).index(self.part)
            if self.column in _SHARES:
                make_room(values, rows, part, float(np.sum(self.value)))
            values[rows, part] = self.value
        organisations = world.identity[rows] if column.axis == "organisation" else -1
        return Deed(organisations, value=np.sum(self.value) if column.extent is None or self.part else np.nan)

    def _rows(self, world: World, key: Key, column: Column) -> Rows:
        if column.axis == "issue":
            return issue_rows(self.issue, world)
        rows = self.who.rows(world, key)
        if column.axis == "organisation":
            return rows
        is_meant = np.zeros(world.n, np.bool_)
        is_meant[rows] = True
        return np.flatnonzero(is_meant[world.ends].all(axis=1))


class Shock(_Timed):
    """Shakes an issue: how bad it is, or only how bad it is thought to be. Neither falls below 0."""

    do: Literal["shock"] = "shock"
    issue: str | None = Field(None, description="which issue; null: all")
    of: Literal["severity", "urgency"] = Field("severity", description="the problem itself, or how it is perceived")
    add: float | None = Field(None, ge=-1e6, le=1e6, description="what is added")
    multiply: Annotated[float, Field(ge=0, le=1e6)] | None = Field(None, description="what it is multiplied by")

    @model_validator(mode="after")
    def _one_way(self) -> Shock:
        if (self.add is None) == (self.multiply is None):
            raise ValueError("allowed: exactly one of add and multiply")
        return self

    def columns(self) -> tuple[str, ...]:
        """Return the columns it needs."""
        return (self.of,)

    def writes(self) -> tuple[str, ...]:
        """Return the column that it shakes."""
        return (self.of,)

    def faults(self, world: World) -> list[str]:
        """Return what is wrong with it in this world."""
        return known_issue(self.issue, world)

    def apply(self, world: World, _: Key) -> Deed:
        """Shake it."""
        rows, values = issue_rows(self.issue, world), getattr(world, self.of)
        factor, addend = (1.0 if self.multiply is None else self.multiply), self.add or 0.0
        values[rows] = np.maximum(0.0, values[rows] * factor + addend)
        return Deed(issue=rows, value=values[rows])


class Invite(_Timed):
    """Brings newcomers of a sector; each takes after one organisation of that sector, drawn by chance.

    Where that sector has nobody, they are as they would have been drawn at founding.
    """

    do: Literal["invite"] = "invite"
    sector: str = Field(description="their sector")
    number: int | None = Field(None, ge=1, le=MOST_NEWCOMERS, description="how many; null: one for each name, or one")
    names: Names = Field((), description="their names, where organisations have names")
    tied_to: Who | None = Field(None, description="whom each is tied to; picked anew for each newcomer")
    trust: Share | None = Field(None, description="trust on both sides of these ties; null: as in any new tie")
    bond: Share | None = Field(None, description="relationship capital of these ties; null: as in any new tie")

    @model_validator(mode="after")
    def _as_many_names(self) -> Invite:
        if self.names and self.number is not None and self.number != len(self.names):
            raise ValueError(f"number is {self.number}, but {len(self.names)} names are given")
        if len(set(self.names)) < len(self.names):
            raise ValueError("a name is given twice")
        return self

    @property
    def newcomers(self) -> int:
        """How many come at a time."""
        return len(self.names) or self.number or 1

    def columns(self) -> tuple[str, ...]:
        """Return the columns it needs."""
        return (*tie_values(self.trust, self.bond), *(self.tied_to or EVERYONE).columns())

    def writes(self) -> tuple[str, ...]:
        """Return the columns of new ties that it sets."""
        return tuple(tie_values(self.trust, self.bond))

    def faults(self, world: World) -> list[str]:
        """Return what is wrong with it in this world."""
        faults = unknown("sector", [self.sector], world.labels.sectors)
        faults += [f"names: '{name}' is there already" for name in self.names if name in set(all_names(world))]
        faults += [
            f"names: '{name}' is what newcomers without a name are called; allowed: a name of its own"
            for name in self.names
            if is_of_a_newcomer(name, world.labels.sectors)
        ]
        if self.names and (self.every is not None or isinstance(self.at, tuple)):
            faults.append("names are given to newcomers that come more than once; allowed: once")
        return faults + (self.tied_to.faults(world, "tied_to") if self.tied_to else [])

    def apply(self, world: World, key: Key) -> Deed:
        """Let them come."""
        count = self.newcomers
        sector = world.labels.sectors.index(self.sector)
        identity = new_identities(world, sector, count, self.names)
        partners = [self.tied_to.rows(world, key, 2 * k + 1) for k in range(count)] if self.tied_to else []
        values = likenesses(world, sector, identity, key)
        if self.names and world.names is None:
            world.names = tuple(all_names(world))
        rows = world.add_organisations(values, self.names or None)
        for row, others in zip(rows, partners, strict=False):
            pairs = np.column_stack((np.full(others.size, row), others))
            world.add_ties(pairs, **tie_values(self.trust, self.bond))
        return Deed(identity)


class Remove(_OfSome):
    """Takes organisations away, with their ties and memberships."""

    do: Literal["remove"] = "remove"
    who: Who = Field(description="whom")

    def columns(self) -> tuple[str, ...]:
        """Return the columns it needs."""
        return self.who.columns()

    def faults(self, world: World) -> list[str]:
        """Return what is wrong with it in this world."""
        return self.who.faults(world, "who")

    def apply(self, world: World, key: Key) -> Deed:
        """Take them away."""
        rows = self.who.rows(world, key)
        if world.reasons is not None:
            world.reasons.note("gone", "removed", world.identity[rows])
        world.remove_organisations(rows)
        return Deed(world.identity[rows])


class Introduce(_Timed):
    """Ties organisations that were strangers: given pairs, or some drawn between two groups."""

    do: Literal["introduce"] = "introduce"
    pairs: Annotated[tuple[Names, ...], Field(strict=False)] = Field((), description="pairs of names")
    one: Who | None = Field(None, description="drawn pairs: one side")
    other: Who | None = Field(None, description="drawn pairs: the other side")
    number: int = Field(
        1, ge=1, le=100_000, description="how many pairs are drawn; fewer if there are no more strangers"
    )
    trust: Share | None = Field(None, description="trust on both sides; null: as in any new tie")
    bond: Share | None = Field(None, description="relationship capital; null: as in any new tie")

    @model_validator(mode="after")
    def _some_way(self) -> Introduce:
        if any(len(pair) != 2 or pair[0] == pair[1] for pair in self.pairs):
            raise ValueError("pairs: allowed: two different names each")
        if (self.one is None) != (self.other is None) or bool(self.pairs) == (self.one is not None):
            raise ValueError("allowed: pairs, or both of one and other")
        return self

    def columns(self) -> tuple[str, ...]:
        """Return the columns it needs."""
        sides = (self.one or EVERYONE, self.other or EVERYONE)
        return (*tie_values(self.trust, self.bond), *(name for side in sides for name in side.columns()))

    def writes(self) -> tuple[str, ...]:
        """Return the columns of new ties that it sets."""
        return tuple(tie_values(self.trust, self.bond))

    def faults(self, world: World) -> list[str]:
        """Return what is wrong with it in this world."""
        faults = (
            unknown("pairs", [name for pair in self.pairs for name in pair], all_names(world)) if self.pairs else []
        )
        sides = {"one": self.one, "other": self.other}
        return faults + [fault for word, who in sides.items() if who is not None for fault in who.faults(world, word)]

    def apply(self, world: World, key: Key) -> Deed:
        """Introduce them."""
        if self.one is None or self.other is None:
            pairs = self._named(world)
        else:
            pairs = self._drawn(self.one, self.other, world, key)
        world.add_ties(pairs, **tie_values(self.trust, self.bond))
        return Deed(world.identity[pairs[:, 0]], world.identity[pairs[:, 1]])

    def _named(self, world: World) -> NDArray[np.int64]:
        row = {name: row for row, name in enumerate(all_names(world))}
        there = [(row[a], row[b]) for a, b in self.pairs if a in row and b in row]
        return np.array(there, np.int64).reshape(-1, 2)

    def _drawn(self, one: Who, other: Who, world: World, key: Key) -> NDArray[np.int64]:
        """Draw pairs of strangers: at each draw, whoever has most luck on each side; luck goes with identity."""
        side_a, side_b = one.rows(world, key, 2**30), other.rows(world, key, 2**30 + 1)
        found: dict[tuple[int, int], None] = {}
        for draw in range(20 * self.number if side_a.size and side_b.size else 0):
            a = int(side_a[np.argmax(uniforms(key, world.identity[side_a], 2 * draw))])
            b = int(side_b[np.argmax(uniforms(key, world.identity[side_b], 2 * draw + 1))])
            if a != b and b not in world.partner[world.first_tie[a] : world.first_tie[a + 1]]:
                found[min(a, b), max(a, b)] = None
            if len(found) == self.number:
                break
        return np.array(list(found), np.int64).reshape(-1, 2)


class Convene(_OfSome):
    """Brings organisations together in a coalition on an issue."""

    do: Literal["convene"] = "convene"
    issue: str = Field(description="what it is for")
    who: Who = Field(description="its members; fewer than two are no coalition")

    def columns(self) -> tuple[str, ...]:
        """Return the columns it needs."""
        return ("coalition_issue", *self.who.columns())

    def faults(self, world: World) -> list[str]:
        """Return what is wrong with it in this world."""
        return self.who.faults(world, "who") + known_issue(self.issue, world)

    def apply(self, world: World, key: Key) -> Deed:
        """Convene them; the founder is the one with most luck."""
        rows, issue = self.who.rows(world, key), world.labels.issues.index(self.issue)
        if rows.size < 2:
            return Deed(issue=issue)
        founder = rows[np.argmax(uniforms(key, world.identity[rows], 2**31))]
        world.found_coalition(int(founder), issue, rows)
        return Deed(world.identity[rows], issue=issue)


Intervention = Annotated[Set | Shock | Invite | Remove | Introduce | Convene, Field(discriminator="do")]


def tie_values(trust: float | None, bond: float | None) -> dict[str, float]:
    """Return the values of a new tie that are given."""
    return {name: value for name, value in (("trust", trust), ("bond", bond)) if value is not None}


def parts_of(column: Column, world: World) -> tuple[str, ...]:
    """Return the names of the entries that may be set alone: none of a number, or of a tie, whose sides are chance."""
    return () if column.extent == "side" else world.labels.words(column)


def make_room(shares: NDArray[np.float64], rows: Rows, part: int, value: float) -> None:
    """Scale the other shares of these rows, so that with ``value`` for this part they sum to 1."""
    rest = 1.0 - shares[rows, part]
    is_all = rest <= 0.0  # then the others are 0, and share alike in what becomes free
    shares[rows[is_all]] = 1.0
    rest[is_all] = shares.shape[1] - 1.0
    shares[rows] *= ((1.0 - value) / rest)[:, None]
