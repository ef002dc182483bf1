"""Newcomers: the numbers of organisations that enter later, and whom they take after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError
from ecosim.rng import Key, uniforms
from ecosim.world.columns import COLUMNS, FIRST, Column
from ecosim.world.founding import draw_organisations
from ecosim.world.founding_settings import MOST_OF_A_SECTOR
from ecosim.world.names import LARGEST_IDENTITY, identity_of_names
from ecosim.world.world import Rows, World

OUTCOMES = (
    "effort", "alone", "works_on", "payoff", "accustomed", "achieved", "income", "forgone", "spillover", "sent", "ledger",
    "success", "insolvency", "meetings", "acceptances", "introductions", "introductions_accepted", "customers", "workers",
    "supporters", "support", "custom_at_stake", "camp",
)  # fmt: skip
"""What a newcomer has not got yet, whoever it takes after: what others only did with that one, or paid it."""


def new_identities(world: World, sector: int, count: int, names: Sequence[str] = ()) -> Rows:
    """Return numbers (count,) that no organisation of this world has, or had before it went.

    A name has its number, as at founding, or the next that is free. Without names, numbers are the lowest free ones of
    the sector's own range, ``MOST_OF_A_SECTOR`` from its first; numbers of names may lie in it too, and are left out.

    Raises:
        InputError: if the sector's range has no more numbers.
    """
    if not names:
        return _lowest_free(world, sector, count)
    taken = {*world.identity.tolist(), *world.gone.tolist()}
    numbers = []
    for number in identity_of_names(names).tolist():
        while number in taken:
            number = (number + 1) % (LARGEST_IDENTITY + 1)
        taken.add(number)
        numbers.append(number)
    return np.array(numbers, np.int64)


def _lowest_free(world: World, sector: int, count: int) -> Rows:
    first = sector * MOST_OF_A_SECTOR
    given = np.concatenate((world.identity, world.gone)) - first
    given = given[(given >= 0) & (given < MOST_OF_A_SECTOR)]
    free = MOST_OF_A_SECTOR - given.size
    if count > free:
        raise InputError(
            f"{count:,} newcomers of the sector '{world.labels.sectors[sector]}'; allowed: {free:,}, for in one run it "
            f"has numbers for {MOST_OF_A_SECTOR:,} organisations, those that went included"
        )
    # Of so many numbers from the first, at most given.size are taken, so count of them are free.
    is_free = np.ones(min(count + given.size, MOST_OF_A_SECTOR), np.bool_)
    is_free[given[given < is_free.size]] = False
    return first + np.flatnonzero(is_free)[:count]


def founded(world: World, sector: int, identity: Rows) -> dict[str, NDArray[Any]]:
    """Return values for newcomers of a sector as they would have been drawn at founding.

    Raises:
        InputError: where the world has no ``origin``, so that nothing says what they are like.
    """
    if world.origin is None:
        raise InputError(
            f"newcomers of the sector '{world.labels.sectors[sector]}' have nobody to take after, and this world does not "
            "know what it was founded from; allowed: a sector with somebody in it, or the world of a model"
        )
    settings, seed = world.origin
    columns = [column.name for column in _inherited(world)]
    values = draw_organisations(settings, seed, world.labels, identity, sector, columns)
    return _entering(values, identity, sector)


def recombined(world: World, sector: int, identity: Rows, alike: Rows, key: Key) -> dict[str, NDArray[Any]]:
    """Return values for newcomers of a sector: each attribute is that of another of the rows ``alike``, by chance.

    Where there is nobody alike they are as ``founded`` ones.
    """
    if not alike.size:
        return founded(world, sector, identity)
    values: dict[str, NDArray[Any]] = {}
    for column in _inherited(world):
        luck = uniforms(key, identity, _RECOMBINES + _PLACE[column.name])
        values[column.name] = getattr(world, column.name)[alike[(luck * alike.size).astype(np.int64)]]
    return _entering(values, identity, sector)


def likenesses(
    world: World, sector: int, identity: Rows, key: Key, alike: Rows | None = None, better_of_two: bool = False
) -> dict[str, NDArray[Any]]:
    """Return values for newcomers of a sector: each takes after one organisation of it, drawn by its own luck.

    Where there is nobody to take after they are as ``founded`` ones: a sector that has died out comes back as it began.

    Args:
        world: where they enter.
        sector: their sector.
        identity: their numbers (p,).
        key: source of the draws.
        alike: rows that they may take after; all of the sector if not said.
        better_of_two: whether two are drawn, and the more successful counts, the first if they fare alike.

    Returns:
        Column name to entries (p, ...); outcomes are left to the table's initial values.

    Raises:
        InputError: as ``founded``.
    """
    alike = np.flatnonzero(world.sector == sector) if alike is None else alike
    if not alike.size:
        return founded(world, sector, identity)
    after = alike[(uniforms(key, identity) * alike.size).astype(np.int64)]
    if better_of_two:
        other = alike[(uniforms(key, identity, 1) * alike.size).astype(np.int64)]
        after = np.where(world.success[other] > world.success[after], other, after)
    values = {column.name: getattr(world, column.name)[after] for column in _inherited(world)}
    return _entering(values, identity, sector)


def _inherited(world: World) -> list[Column]:
    return [c for c in world.columns if c.axis == "organisation" and c.name not in OUTCOMES]


def _entering(values: dict[str, NDArray[Any]], identity: Rows, sector: int) -> dict[str, NDArray[Any]]:
    for now, first in FIRST.items():  # what it comes with is what it starts with
        if now in values:
            values[first] = values[now]
    return {**values, "identity": identity, "sector": np.full(identity.size, sector, np.int8)}


_RECOMBINES = 2
"""First draw of a newcomer for whom each attribute is taken after; those before are of ``likenesses``."""
_PLACE = {name: place for place, name in enumerate(COLUMNS)}
