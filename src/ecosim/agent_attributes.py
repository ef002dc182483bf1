"""Attributes of agents: columns of the world under their names, and help for names that are misspelt or not there."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from ecosim.errors import InputError, did_you_mean
from ecosim.world.columns import COLUMNS, Column, columns_of
from ecosim.world.ranges import out_of_range

if TYPE_CHECKING:
    from ecosim.world.world import World

FIXED = ("identity", "sector")
"""Columns that agents read but do not write: they say who an organisation is."""

CLOSE = 0.85
"""Likeness (``difflib``) from which a new attribute's name is taken for a known one, misspelt."""

_MOST_NAMES = 6


class View(Protocol):
    """What an attribute needs of the agent that has it: ``ecosim.agents.Organisation``."""

    _register: Any

    @property
    def row(self) -> int:
        """Row of the world's arrays."""

    @property
    def name(self) -> str:
        """The organisation's name."""


class Attribute:
    """An attribute of an organisation: an entry, or a row, of a column of the world."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self.name = column.name
        self.__doc__ = f"{column.meaning} ({column.unit})"

    def __get__(self, agent: View | None, _: type | None = None) -> Any:
        if agent is None:
            return self
        values = self._of(agent)
        return values[agent.row] if self.column.extent else values.item(agent.row)

    def __set__(self, agent: View, value: Any) -> None:
        if self.name in FIXED:
            raise InputError(f"{self.name} of {agent.name} cannot be changed")
        values = self._of(agent)
        if fault := out_of_range(self.column, value):
            raise InputError(f"{agent.name}: {fault}")
        values[agent.row] = value

    def _of(self, agent: View) -> Any:
        try:
            return getattr(agent._register.world, self.name)
        except AttributeError:
            raise AttributeError(lacking(self.name)) from None


@lru_cache(maxsize=256)
def lacking(name: str) -> str:
    """Return a sentence for a world without a column: what the column is, and what would bring it."""
    mechanisms, measures = _named_by(name)
    bringers = [_some(kind, names) for kind, names in (("mechanism", mechanisms), ("measure", measures)) if names]
    comes = f"; it comes with {' or '.join(bringers)}" if bringers else ""
    own = "or with a rule of your own that names it (reads, writes; uses, changes)"
    return (
        f"this world has no '{name}' ({COLUMNS[name].meaning}): no mechanism or measure in it names that column"
        f"{comes}, {own}"
    )


@lru_cache(maxsize=4096)
def misnamed(kind: Any, name: str) -> str | None:
    """Return why an organisation is given no new attribute of this name; None where it may have it.

    Attributes of one's own are welcome. Refused are the names of what belongs to ties, coalitions, memberships and
    issues, and those so close to a known attribute that they will be that one misspelt.
    """
    if name.startswith("_"):
        return None
    if name in COLUMNS:
        return elsewhere(name)
    near = difflib.get_close_matches(name, _attributes(kind), n=1, cutoff=CLOSE)
    is_another = any(letter.isdigit() for letter in name) or (near and near[0] not in COLUMNS and near[0] == f"{name}s")
    if not near or is_another:  # capital_0 and partner are names that one may well want
        return None
    return (
        f"an organisation has no '{name}'; did you mean '{near[0]}'? For an attribute of your own choose another name"
    )


def not_there(kind: type, name: str) -> str:
    """Return a sentence for an attribute that an organisation does not have."""
    if name in COLUMNS and not name.startswith("_"):
        return elsewhere(name)
    near = difflib.get_close_matches(name, _attributes(kind), n=1, cutoff=0.6) if not name.startswith("_") else []
    return f"an organisation ({kind.__name__}) has no '{name}'" + (f"; did you mean '{near[0]}'?" if near else "")


def elsewhere(name: str) -> str:
    """Return a sentence for a column that is of something else than an organisation."""
    how = {
        "relationship": "agent.tie_to(other, …), agent.trust_in(other), agent.bond_with(other)",
        "coalition": "the attributes of agent.coalitions",
    }.get(COLUMNS[name].axis, f"model.world.{name}")
    return f"'{name}' belongs to each {COLUMNS[name].axis}, not to an organisation; see {how}"


def own_error(agent: object, name: str) -> Any:
    """Evaluate an attribute that the class has, once more, so that it tells its own error.

    Python asks ``__getattr__`` also when a property raised an ``AttributeError`` of its own, and forgets what it said.
    """
    found = inspect.getattr_static(type(agent), name)
    return found.__get__(agent, type(agent))


def check_relationship(world: World, values: Mapping[str, Any]) -> None:
    """Refuse values of a relationship that no relationship of this world can have.

    Raises:
        InputError: naming every value that is out of range, or of no column that a relationship has.
    """
    columns = {column.name: column for column in columns_of("relationship") if column.name != "ends"}
    faults = []
    for name, value in values.items():
        if name not in columns:
            faults.append(f"a relationship has no '{name}'; {did_you_mean(name, columns)}")
        elif not world.has(name):
            faults.append(lacking(name))
        elif fault := out_of_range(columns[name], value):
            faults.append(fault)
    if faults:
        raise InputError(faults)


def _attributes(kind: type) -> list[str]:
    own = {name for name in dir(kind) if not name.startswith("_")}
    return sorted(own | {"model", "unique_id", "pos"} | {column.name for column in columns_of("organisation")})


def _named_by(name: str) -> tuple[list[str], list[str]]:
    """Return the rules and the measures that name a column."""
    from ecosim.measures.registry import MEASURES
    from ecosim.rules import RULES, find_rule

    def names_it(rule: str) -> bool:
        kind = find_rule(rule)
        return any(isinstance(words, tuple) and name in words for words in (kind.reads, kind.writes))

    return [rule for rule in RULES if names_it(rule)], [word for word, one in MEASURES.items() if name in one.reads]


def _some(kind: str, names: list[str]) -> str:
    listed = ", ".join(names[:_MOST_NAMES]) + (", …" if len(names) > _MOST_NAMES else "")
    return f"the {kind}{'s' if len(names) > 1 else ''} {listed}"
