"""Newcomers: the numbers of organisations that enter later, and whom they take after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError
from ecosim.rng import Key, uniforms
from ecosim.world.founding_settings import MOST_OF_A_SECTOR
from ecosim.world.names import LARGEST_IDENTITY, identity_of_names
from ecosim.world.world import Rows, World

OUTCOMES = ("effort", "alone", "payoff", "spillover", "ledger", "success")
"""What a newcomer has not got yet, whoever it takes after."""


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


def likenesses(world: World, sector: int, identity: Rows, key: Key) -> dict[str, NDArray[Any]]:
    """Return values for newcomers of a sector: each takes after one organisation of it, drawn by its own luck.

    Args:
        world: where they enter.
        sector: their sector.
        identity: their numbers (p,).
        key: source of the draws.

    Returns:
        Column name to entries (p, ...); outcomes, and everything in a sector that is empty, are left to the table's
        initial values.
    """
    values: dict[str, NDArray[Any]] = {}
    alike = np.flatnonzero(world.sector == sector)
    if alike.size:
        after = alike[(uniforms(key, identity) * alike.size).astype(np.int64)]
        columns = [c.name for c in world.columns if c.axis == "organisation" and c.name not in OUTCOMES]
        values = {name: getattr(world, name)[after] for name in columns}
    return {**values, "identity": identity, "sector": np.full(identity.size, sector, np.int8)}
