"""Who: which organisations are meant, by sector, name, share, connections or any of their numbers; and which issue."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from ecosim.errors import did_you_mean
from ecosim.rng import Key, uniforms
from ecosim.world.columns import COLUMNS, Column
from ecosim.world.world import Rows, World

Names = Annotated[tuple[str, ...], Field(strict=False)]
Share = Annotated[float, Field(ge=0, le=1)]

WAYS = ("chance", "most_connected", "least_connected")
_RANKED = re.compile(r"(most|least)_\w")
_NO_AMOUNT = ("id", "row", "index", "name", "trait", "bits")
"""Units of what is only told apart."""


class Who(BaseModel):
    """Which organisations: those that fit everything that is said; all of them where nothing is."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    sector: str | None = Field(None, description="of this sector only")
    names: Names = Field((), description="of these names only")
    share: Share | None = Field(None, description="this share of those that fit so far, to the nearest whole number")
    number: int | None = Field(None, ge=0, description="this many of those that fit so far, or all if there are fewer")
    by: str = Field(
        "chance",
        description="how share or number are picked: chance; most_connected, least_connected; or most_ and least_ with "
        "any number of organisations (capital, reputation, stance_<axis>, …); equals by chance",
    )

    @model_validator(mode="before")
    @classmethod
    def _plain_names(cls, data: Any) -> Any:
        if isinstance(data, str):
            return {"names": (data,)}
        return {"names": tuple(data)} if isinstance(data, list | tuple) else data

    @model_validator(mode="after")
    def _one_size(self) -> Who:
        if self.share is not None and self.number is not None:
            raise ValueError("share and number are both given; allowed: one of them")
        word = self.by.partition("_")[2]
        if self.by not in WAYS and (not _RANKED.match(self.by) or _column_of(word) is None):
            ranks = [f"most_{name}" for name, column in COLUMNS.items() if _is_number(column) and column.extent is None]
            raise ValueError(f"by is '{self.by}'; {did_you_mean(self.by, [*WAYS, *ranks], most=40)}")
        return self

    def columns(self) -> tuple[str, ...]:
        """Return the columns that it ranks by."""
        column = None if self.by in WAYS else _column_of(self.by.partition("_")[2])
        return () if column is None else (column.name,)

    def rows(self, world: World, key: Key, draw: int = 0) -> Rows:
        """Return the rows of these organisations, ascending; those who have left are not among them."""
        rows = rows_named(world, self.names) if self.names else np.arange(world.n)
        if self.sector is not None:
            rows = rows[world.sector[rows] == world.labels.sectors.index(self.sector)]
        wanted = rows.size if self.share is None else round(self.share * rows.size)
        wanted = wanted if self.number is None else min(self.number, rows.size)
        if wanted == rows.size:
            return rows
        luck = uniforms(key, world.identity[rows], draw)
        return np.sort(rows[np.lexsort((luck, self._rank(world)[rows]))[:wanted]])

    def _rank(self, world: World) -> NDArray[np.float64]:
        """Return for each organisation (n,) what is the lower, the sooner it is picked."""
        if self.by == "chance":
            return np.zeros(world.n)
        most, _, word = self.by.partition("_")
        column = _column_of(word)
        values: NDArray[np.float64]
        if word == "connected" or column is None:
            values = np.diff(world.first_tie).astype(np.float64)
        elif column.extent is None:
            values = getattr(world, column.name).astype(np.float64)
        else:
            entry = world.labels.words(column).index(word.removeprefix(f"{column.name}_"))
            values = getattr(world, column.name)[:, entry].astype(np.float64)
        return -values if most == "most" else values

    def faults(self, world: World, where: str) -> list[str]:
        """Return what is wrong with these words in this world."""
        faults = [] if self.sector is None else unknown(f"{where}.sector", [self.sector], world.labels.sectors)
        for name in self.columns():
            column, word = COLUMNS[name], self.by.partition("_")[2]
            if column.extent is not None:
                words = [f"{name}_{entry}" for entry in world.labels.words(column)]
                faults += unknown(f"{where}.by", [word], words)
        return faults + (unknown(f"{where}.names", self.names, all_names(world)) if self.names else [])


def _column_of(word: str) -> Column | None:
    """Return the column that a word names: a number of organisations, or one entry of several, name_entry."""
    if word in COLUMNS:
        column = COLUMNS[word]
        return column if _is_number(column) and column.extent is None else None
    several = [c for c in COLUMNS.values() if _is_number(c) and c.extent and word.startswith(f"{c.name}_")]
    return max(several, key=lambda column: len(column.name), default=None)


def _is_number(column: Column) -> bool:
    """Return whether organisations can be ranked by a column: not by what only tells them apart."""
    return column.axis == "organisation" and column.name not in ("identity", "sector") and column.unit not in _NO_AMOUNT


EVERYONE = Who()


def all_names(world: World) -> list[str]:
    """Return the name of every organisation, in the order of rows."""
    return list(world.names) if world.names is not None else [world.name(row) for row in range(world.n)]


def rows_named(world: World, names: Iterable[str]) -> Rows:
    """Return the rows of the organisations with these names, ascending; those who have left have none."""
    wanted = set(names)
    return np.array([row for row, name in enumerate(all_names(world)) if name in wanted], np.int64)


def issue_rows(issue: str | None, world: World) -> Rows:
    """Return the row of an issue, or those of all where none is named."""
    return np.arange(len(world.labels.issues)) if issue is None else np.array([world.labels.issues.index(issue)])


def known_issue(issue: str | None, world: World) -> list[str]:
    """Return what is wrong with the name of an issue."""
    return [] if issue is None else unknown("issue", [issue], world.labels.issues)


def unknown(where: str, names: Iterable[str], valid: Iterable[str]) -> list[str]:
    """Return a sentence for each name that is none of the valid ones."""
    known = set(valid)
    return [f"{where} names '{name}'; {did_you_mean(name, known)}" for name in names if name not in known]
