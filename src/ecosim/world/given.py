"""Given: what a table of organisations says goes before what would be drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecosim.world.columns import FIRST, Column
from ecosim.world.world import World

if TYPE_CHECKING:
    from ecosim.world.actors import Actors

Values = NDArray[Any]


def take_given(world: World, actors: Actors) -> dict[str, int]:
    """Put what actors give in the place of what was drawn; return how many numbers of each word stay drawn."""
    given: dict[str, Values] = {}
    drawn: dict[str, int] = {}
    for word, numbers in actors.columns.items():
        place = _column_of(word, world)
        if place is None:
            continue
        column, entry = place
        values = given.setdefault(column.name, np.full(world.__dict__[column.name].shape, np.nan))
        values.reshape(world.n, -1)[:, entry] = numbers
        drawn[word] = int(np.isnan(numbers).sum())
    for now, first in FIRST.items():  # what is given is what it starts with
        if now in given and world.has(first):
            remembered = given.setdefault(first, np.full(given[now].shape, np.nan))
            np.copyto(remembered, given[now], where=np.isnan(remembered))
    for name, values in given.items():
        state = world.__dict__[name]
        is_given = ~np.isnan(values)
        state[is_given] = values[is_given]
        if name in ("motive", "salience"):
            _fill_up(state, is_given)
    return drawn


def _column_of(word: str, world: World) -> tuple[Column, int] | None:
    """Return the column that a word of the actors' table stands for, and the entry; None if the world has it not."""
    for column in world.columns:
        if column.axis != "organisation":
            continue
        if word == column.name and column.extent is None:
            return column, 0
        for position, label in enumerate(world.labels.words(column)):
            if word == f"{column.name}_{label}":
                return column, position
    return None


def _fill_up(shares: Values, is_given: NDArray[np.bool_]) -> None:
    """Make rows sum to 1: what was drawn shares what the given leave; where nothing is left, all are scaled."""
    for row in np.flatnonzero(is_given.any(axis=1)):
        fixed, free = shares[row, is_given[row]].sum(), shares[row, ~is_given[row]].sum()
        if free > 0.0 and fixed < 1.0:
            shares[row, ~is_given[row]] *= (1.0 - fixed) / free
        elif fixed > 0.0:
            shares[row, ~is_given[row]] = 0.0
            shares[row] /= fixed
        else:
            shares[row] = 1.0 / shares.shape[1]
