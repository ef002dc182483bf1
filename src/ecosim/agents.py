"""Organisations as Mesa agents: each is a view of one row of the world.

An agent holds no state of its own: ``agent.trust_in(other)``, ``agent.capital = 2`` and the like read and write the
world's arrays. Agents are made when somebody first asks for them, and follow their organisation when rows move because
others come or go.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ecosim.agent_attributes import Attribute, check_relationship, lacking, misnamed, not_there, own_error
from ecosim.errors import InputError, did_you_mean, shown
from ecosim.light_mesa import Agent, AgentSet
from ecosim.world.columns import COLUMNS, columns_of

if TYPE_CHECKING:
    from random import Random

    from ecosim.world.world import World


class Host(Protocol):
    """What agents need of the model they live in."""

    world: World
    random: Random

    def settle(self) -> None:
        """Carry out the ties and memberships asked for, unless a mechanism is at work."""

    def register_organisations(self, kind: type[Organisation], agents: Sequence[Organisation]) -> None:
        """Take up many agents of one class."""

    def deregister_agent(self, agent: Agent) -> None:
        """Let an agent go."""


class Organisation(Agent):  # type: ignore[misc]  # mesa is untyped
    """One organisation, with an attribute for each column of the world (``ecosim.world.columns``).

    Numbers are read as Python floats or ints; a column with several entries an organisation (``stance``, ``motive``) is
    read as a view of its row, good until a mechanism next acts. Writing checks the column's range.

    Attributes of one's own may be added. A name that is all but that of a known attribute is refused as misspelt, and so
    is a column that the world does not have (AttributeError).
    """

    sector_word: str | None = None
    model: Host
    unique_id: int
    _row: int
    _register: Register

    def __init__(self, *_: object, **__: object) -> None:
        raise InputError("organisations are founded with their world; later ones come by the intervention 'invite'")

    @property
    def row(self) -> int:
        """Row of the world's arrays where this organisation now is.

        Raises:
            InputError: if it has left the ecosystem.
        """
        register = self._register
        if register.changes != register.world.changes:
            register.follow()
        if self._row < 0:
            raise InputError(f"organisation {self.unique_id} has left the ecosystem")
        return self._row

    @property
    def name(self) -> str:
        """Its own name, or its sector and number."""
        return self._register.world.name(self.row)

    @property
    def sector_name(self) -> str:
        """Name of its sector."""
        world = self._register.world
        return world.labels.sectors[int(world.sector[self.row])]

    @property
    def partners(self) -> AgentSet:
        """The organisations it is tied to."""
        world, row = self._register.world, self.row
        return self._register.select(world.partner[world.first_tie[row] : world.first_tie[row + 1]])

    @property
    def coalitions(self) -> list[Coalition]:
        """The coalitions it is a member of."""
        world = self._register.world
        return [
            Coalition(self._register, int(world.coalition_identity[c])) for c in world.member_coalition[self._seats()]
        ]

    def trust_in(self, other: Organisation, otherwise: float | None = None) -> float:
        """Return how much it trusts a partner, 0 to 1.

        Trust is of a tie: between strangers there is none, not even none of it. So that a list sorted by trust holds no
        number that nobody knows, asking about a stranger is refused, unless it is said what stands for trust then.

        Args:
            other: one of its ``partners``.
            otherwise: what to return where the two are not tied.

        Raises:
            InputError: if the two are not tied and ``otherwise`` is not given.
        """
        tie, side = self._tie_with(other)
        if tie >= 0:
            return float(self._register.world.trust[tie, side])
        if otherwise is None:
            raise InputError(
                f"{self.name} and {other.name} are not tied, so there is no trust between them; "
                "allowed: one of agent.partners, or trust_in(other, otherwise=0.0)"
            )
        return otherwise

    def bond_with(self, other: Organisation) -> float:
        """Return the relationship capital between the two, 0 to 1; 0 where they are not tied, and so have built none."""
        tie, _ = self._tie_with(other)
        return float(self._register.world.bond[tie]) if tie >= 0 else 0.0

    def tie_to(self, other: Organisation, **values: float | tuple[float, float]) -> None:
        """Make a tie, or set values of the one there is.

        Args:
            other: the organisation to be tied to.
            **values: relationship columns, as one number, or as (this side, other side) for a column with two sides.

        Raises:
            InputError: if the two are one, the other is no organisation, or a value is out of range or no column of a
                relationship.
        """
        if other is self:
            raise InputError(f"{self.name} cannot be tied to itself")
        world = self._register.world
        check_relationship(world, values)
        tie, side = self._tie_with(other)
        for name, value in values.items() if tie >= 0 else ():
            if COLUMNS[name].extent == "side":
                order = [side, 1 - side]
                getattr(world, name)[tie, order] = value
            else:
                getattr(world, name)[tie] = value
        if tie < 0:
            given = {name: np.asarray(value, float).reshape(1, -1) for name, value in values.items()}
            shaped = {n: v if COLUMNS[n].extent == "side" else v[:, 0] for n, v in given.items()}
            world.add_ties(np.array([[self.row, other.row]]), **shaped)
            self.model.settle()

    def cut(self, other: Organisation) -> None:
        """End the tie with another organisation, if there is one."""
        tie, _ = self._tie_with(other)
        if tie >= 0:
            self._register.world.end_ties(np.array([tie]))
            self.model.settle()

    def join(self, coalition: Coalition) -> None:
        """Become a member of a coalition; a member already stays one."""
        self._register.world.join(np.array([self.row]), np.array([coalition.row]))
        self.model.settle()

    def leave(self, coalition: Coalition | None = None) -> None:
        """Leave a coalition, or every coalition where none is named. One of fewer than two members then dissolves."""
        world, seats = self._register.world, self._seats()
        if coalition is not None:
            seats = seats[world.member_coalition[seats] == coalition.row]
        world.leave(seats)
        self.model.settle()

    def remove(self) -> None:
        """Leave the ecosystem, with all ties and memberships."""
        self._register.world.remove_organisations(np.array([self.row]))
        self.model.settle()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>" if self._row >= 0 else f"<{type(self).__name__}, gone>"

    def __setattr__(self, name: str, value: Any) -> None:
        kind: Any = type(self)
        if name not in self.__dict__ and (fault := misnamed(kind, name)) and not hasattr(kind, name):
            raise AttributeError(fault)
        object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        # Reached only for names that are not there, or whose own evaluation raised an AttributeError.
        if hasattr(type(self), name):
            return own_error(self, name)
        raise AttributeError(not_there(type(self), name))

    def _seats(self) -> NDArray[np.int64]:
        world, row = self._register.world, self.row
        seats = world.membership[world.first_membership[row] : world.first_membership[row + 1]]
        return seats.astype(np.int64)

    def _tie_with(self, other: Organisation) -> tuple[int, int]:
        if not isinstance(other, Organisation):
            raise InputError(
                f"{shown(other)} is no organisation; allowed: one of model.agents, or by its name model.organisations[name]"
            )
        world, row, partner = self._register.world, self.row, other.row
        first, last = world.first_tie[row], world.first_tie[row + 1]
        half_edge = first + np.searchsorted(world.partner[first:last], partner)
        if half_edge < last and world.partner[half_edge] == partner:
            return int(world.tie[half_edge]), int(row > partner)
        return -1, 0


class Business(Organisation):
    """An organisation of the sector ``business``."""

    sector_word = "business"


class Government(Organisation):
    """An organisation of the sector ``government``."""

    sector_word = "government"


class CivilSociety(Organisation):
    """An organisation of the sector ``civil_society``."""

    sector_word = "civil_society"


@cache
def sector_class(word: str) -> type[Organisation]:
    """Return the agents' class of a sector: one of the three above, or one made for a sector a user declares."""
    for known in (Business, Government, CivilSociety):
        if known.sector_word == word:
            return known
    name = re.sub(r"\W", "", word.replace("_", " ").title()) or "Sector"
    return type(name, (Organisation,), {"sector_word": word, "__doc__": f"An organisation of the sector ``{word}``."})


class Coalition:
    """A coalition, seen from its members; it has an attribute for each column of a coalition, to be read.

    Attributes:
        identity: the number it keeps for life.
    """

    __slots__ = ("_register", "identity")  # it is made when asked for: whatever is written to it would be lost

    _register: Register
    identity: int

    def __init__(self, register: Register, identity: int) -> None:
        self._register = register
        self.identity = identity

    @property
    def row(self) -> int:
        """Row of the world's coalition arrays where it now is.

        Raises:
            InputError: if it has dissolved.
        """
        rows = np.flatnonzero(self._register.world.coalition_identity == self.identity)
        if rows.size == 0:
            raise InputError("this coalition has dissolved")
        return int(rows[0])

    @property
    def members(self) -> AgentSet:
        """The organisations in it."""
        world, row = self._register.world, self.row
        return self._register.select(world.member[world.first_member[row] : world.first_member[row + 1]])

    @property
    def issue(self) -> str:
        """Name of the issue it was formed for."""
        world = self._register.world
        return world.labels.issues[int(world.coalition_issue[self.row])]

    def __getattr__(self, name: str) -> float:
        if name in COLUMNS and COLUMNS[name].axis == "coalition":
            if not self._register.world.has(name):
                raise AttributeError(lacking(name))
            return float(getattr(self._register.world, name)[self.row])
        names = [column.name for column in columns_of("coalition")]
        raise AttributeError(f"a coalition has no '{name}'; {did_you_mean(name, names)}")

    def __repr__(self) -> str:
        world = self._register.world
        if self.identity not in world.coalition_identity:
            return f"<Coalition {self.identity}, dissolved>"
        about = f" on {self.issue}" if world.has("coalition_issue") and world.labels.issues else ""
        return f"<Coalition {self.identity}{about}: {len(self.members)} members>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Coalition) and other.identity == self.identity and other._register is self._register

    def __hash__(self) -> int:
        return hash(self.identity)


class Register(Mapping[str, Organisation]):
    """A model's organisations by name; it makes the agents and keeps each with its row."""

    def __init__(self, model: Host) -> None:
        self.model = model
        self.world: World = model.world
        self.changes = self.world.changes
        self._rows: list[Organisation] = []
        self._named: dict[str, int] = {}
        self._add(range(self.world.n))

    def in_rows(self) -> list[Organisation]:
        """Return the agents, each at the place of its row."""
        if self.changes != self.world.changes:
            self.follow()
        return self._rows

    def select(self, rows: NDArray[Any]) -> AgentSet:
        """Return the agents of some rows, in that order."""
        agents = self.in_rows()
        return AgentSet([agents[row] for row in rows], random=self.model.random)

    def follow(self) -> None:
        """Give every agent its organisation's row again, let go those who left, and make agents of newcomers."""
        known = {agent.unique_id: agent for agent in self._rows}
        self.changes = self.world.changes
        rows: list[Any] = [known.pop(int(identity), None) for identity in self.world.identity]
        for gone in known.values():
            gone._row = -1
            self.model.deregister_agent(gone)
        self._rows, self._named = rows, {}
        for row, agent in enumerate(rows):
            if agent is not None:
                agent._row = row
        self._add([row for row, agent in enumerate(rows) if agent is None])

    def __getitem__(self, name: str) -> Organisation:
        agents = self.in_rows()
        if not self._named:
            self._named = {self.world.name(row): row for row in range(self.world.n)}
        if name not in self._named:
            raise InputError(f"there is no organisation '{name}'; {did_you_mean(name, self._named)}")
        return agents[self._named[name]]

    def __contains__(self, name: object) -> bool:
        return any(name == known for known in self)

    def __iter__(self) -> Iterator[str]:
        return (agent.name for agent in self.in_rows())

    def __len__(self) -> int:
        return self.world.n

    def __repr__(self) -> str:
        first = [self.world.name(row) for row in range(min(3, self.world.n))]
        return f"<Organisations by name: {self.world.n:,} ({', '.join(first)}{', …' if self.world.n > 3 else ''})>"

    def _add(self, rows: Iterable[int]) -> None:
        """Make agents for rows that have none, all at once: a hundred thousand take a third of a second."""
        world, model = self.world, self.model
        classes = [sector_class(word) for word in world.labels.sectors]
        sector, identity = world.sector.tolist(), world.identity.tolist()
        self._rows.extend([None] * (world.n - len(self._rows)))  # type: ignore[list-item]  # filled below
        was_collecting = gc.isenabled()
        gc.disable()  # it would look through all of them again and again while there is nothing to find
        try:
            by_type: dict[type[Organisation], list[Organisation]] = {kind: [] for kind in classes}
            for row in rows:
                kind = classes[sector[row]]
                agent = object.__new__(kind)
                agent.__dict__ = {
                    "model": model,
                    "unique_id": identity[row],
                    "pos": None,
                    "_row": row,
                    "_register": self,
                }
                self._rows[row] = agent
                by_type[kind].append(agent)
            for kind, agents in by_type.items():
                model.register_organisations(kind, agents)
        finally:
            if was_collecting:
                gc.enable()


for _column in columns_of("organisation"):
    setattr(Organisation, _column.name, Attribute(_column))
