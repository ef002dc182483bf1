"""Who: which organisations are meant, by sector, name, share or connections; and which issue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from ecosim.errors import did_you_mean
from ecosim.rng import Key, uniforms
from ecosim.world.world import Rows, World

Names = Annotated[tuple[str, ...], Field(strict=False)]
Share = Annotated[float, Field(ge=0, le=1)]


class Who(BaseModel):
    """Which organisations: those that fit everything that is said; all of them where nothing is."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    sector: str | None = Field(None, description="of this sector only")
    names: Names = Field((), description="of these names only")
    share: Share | None = Field(None, description="this share of those that fit so far, to the nearest whole number")
    number: int | None = Field(None, ge=0, description="this many of those that fit so far, or all if there are fewer")
    by: Literal["chance", "most_connected", "least_connected"] = Field(
        "chance", description="how share or number are picked; organisations with equally many ties by chance"
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
        return self

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
        ties = np.diff(world.first_tie)[rows]
        first = {"chance": 0 * ties, "most_connected": -ties, "least_connected": ties}[self.by]
        return np.sort(rows[np.lexsort((luck, first))[:wanted]])

    def faults(self, world: World, where: str) -> list[str]:
        """Return what is wrong with these words in this world."""
        faults = [] if self.sector is None else unknown(f"{where}.sector", [self.sector], world.labels.sectors)
        return faults + (unknown(f"{where}.names", self.names, all_names(world)) if self.names else [])


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
