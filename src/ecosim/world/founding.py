"""Founding: draws the world that a run begins with.

Every attribute is drawn from the organisation's own identity, and every tie's from the pair's, each attribute with its
own stream (``founding/capital`` and so on). One more organisation, or one column more, changes nobody else's draws.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError, did_you_mean
from ecosim.world import distributions
from ecosim.world.attributes import DRAWN, Draw, Values
from ecosim.world.columns import COLUMNS
from ecosim.world.founding_settings import MOST_OF_A_SECTOR
from ecosim.world.founding_settings import EcosystemSettings as EcosystemSettings
from ecosim.world.given import take_given
from ecosim.world.labels import Labels
from ecosim.world.names import identity_of_names
from ecosim.world.networks import expected_ties, starting_ties
from ecosim.world.remembered import remembered
from ecosim.world.world import World

if TYPE_CHECKING:
    from ecosim.world.actors import Actors


OF_TIES = ("trust", "bond", "affect")
"""Columns of relationships that are drawn with the ties."""


def is_drawn(column: str) -> bool:
    """Return whether founding a world gives a column its values, of organisations, citizens, issues or ties."""
    known = COLUMNS.get(column)
    return (known is not None and known.always) or column in DRAWN or column in OF_TIES


def is_founded(column: str) -> bool:
    """Return whether a column has values before anything has happened, so that it says something though no rule writes it.

    Those of coalitions and memberships have theirs from whoever founds and joins.
    """
    known = COLUMNS.get(column)
    return known is None or is_drawn(column) or known.axis in _MADE


_MADE = ("coalition", "membership")


def found(settings: EcosystemSettings, seed: int, columns: Iterable[str], actors: Actors | None = None) -> World:
    """Return a world at tick 0.

    Args:
        settings: who there is and how everything is distributed.
        seed: the run's seed.
        columns: names of the columns that mechanisms and measures use; no others are drawn.
        actors: named organisations, in place of a number of nameless ones. What they give goes before what would be
            drawn; ``world.drawn`` says, for each word of their columns, how many numbers were missing and had to be
            drawn. Where they come with ties, those are the network.

    Raises:
        InputError: if the network cannot be, or an actor's sector is none of the settings'.
    """
    labels, counts = labels_of(settings), _numbers_of_sectors(settings)
    world = World(labels, sum(counts) if actors is None else len(actors.names), columns)
    if actors is None:
        _number(world, counts)
    else:
        world.names = tuple(actors.names)
        world.identity[:] = identity_of_names(actors.names)
        world.sector[:] = _sectors_of(actors, labels.sectors)
    draw = Draw(settings, seed, labels, world)
    names = {column.name for column in world.columns}
    for name, drawn in DRAWN.items():
        if name in names:
            world.__dict__[name][...] = drawn(draw)
    if actors is not None:
        world.drawn = take_given(world, actors)
    _tie(world, draw, actors)
    return world


def draw_organisations(
    settings: EcosystemSettings,
    seed: int,
    labels: Labels,
    identity: NDArray[np.int64],
    sector: int,
    columns: Iterable[str],
) -> dict[str, Values]:
    """Return what organisations of these numbers (p,) and one sector would have been at founding: column to entries.

    Args:
        settings: what the world was founded from.
        seed: the run's seed.
        labels: names of what columns number.
        identity: their numbers.
        sector: their sector.
        columns: names of columns of organisations; those that are not drawn at founding are left out.
    """
    world = World(labels, identity.size, columns)
    world.identity[:], world.sector[:] = identity, sector
    draw = Draw(settings, seed, labels, world)
    named = {column.name for column in world.columns if column.axis == "organisation"}
    values = {}
    for name, drawn in DRAWN.items():
        if name in named:
            values[name] = world.__dict__[name]
            values[name][...] = drawn(draw)
    return values


@remembered
def labels_of(settings: EcosystemSettings) -> Labels:
    """Return the names of sectors, issues, axes and capabilities."""
    return Labels(
        sectors=tuple(settings.sectors),
        issues=settings.issue_names(),
        stance_axes=settings.axis_names(),
        capabilities=settings.capability_names(),
        culture=settings.culture.features,
        practices=settings.practices,
        members=settings.members.each,
        citizens=settings.citizens.count,
    )


def estimated_bytes(
    settings: EcosystemSettings, columns: Iterable[str] = tuple(COLUMNS), organisations: int | None = None
) -> int:
    """Return about how much memory the world takes at its greatest, while it is founded.

    A column counts twice (it is drawn, then put in place), a tie's indices with what sorting them needs.

    Args:
        settings: what it would be founded from.
        columns: the columns it would have; all of them if not said.
        organisations: how many there would be; those of the settings if not said.
    """
    labels = labels_of(settings)
    n = sum(settings.counts()) if organisations is None else organisations
    ties = expected_ties(settings.network, n)
    entries = {"organisation": float(n), "relationship": ties, "issue": float(len(labels.issues))}
    entries["citizen"] = float(labels.citizens)
    total = n * 32 + ties * 80
    for name in {*columns, *(column.name for column in COLUMNS.values() if column.always)}:
        column = COLUMNS[name]
        width = math.prod(labels.extent(column)) * np.dtype(column.dtype).itemsize
        total += 2 * entries.get(column.axis, 0.0) * width
    return int(total)


@remembered
def _numbers_of_sectors(settings: EcosystemSettings) -> tuple[int, ...]:
    return settings.counts()


def _number(world: World, counts: tuple[int, ...]) -> None:
    """Give nameless organisations, sector by sector, their identities and sectors."""
    end = 0
    for sector, count in enumerate(counts):
        start, end, first = end, end + count, sector * MOST_OF_A_SECTOR
        world.identity[start:end] = np.arange(first, first + count)
        world.sector[start:end] = sector


def _sectors_of(actors: Actors, sectors: tuple[str, ...]) -> list[int]:
    unknown = sorted(set(actors.sector) - set(sectors))
    if unknown:
        raise InputError([f"there is no sector '{name}'; {did_you_mean(name, sectors)}" for name in unknown])
    return [sectors.index(name) for name in actors.sector]


def _tie(world: World, draw: Draw, actors: Actors | None) -> None:
    """Draw the ties, or take those that came with the actors, and what is between partners."""
    network = draw.settings.network
    weight = None
    if actors is not None and (actors.ties.a.size or network.kind == "file"):
        ends = np.stack((actors.ties.a, actors.ties.b), axis=1).astype(np.int32)
        weight = actors.ties.weight
    elif network.kind == "file":
        raise InputError("ecosystem.network.kind is 'file', but no file of organisations and ties is given")
    else:
        ends = starting_ties(network, world.identity, world.sector, draw.key("network"))
    if not ends.size:
        return
    values: dict[str, Values] = {}
    names = {column.name for column in world.columns}
    if "trust" in names:
        values["trust"] = distributions.pair_betas(
            draw.key("trust"), world.identity, ends, 2, network.trust, network.trust_jitter
        )
    if "bond" in names:
        bond = distributions.pair_betas(draw.key("bond"), world.identity, ends, 1, network.bond, network.bond_jitter)[
            :, 0
        ]
        if weight is not None:
            if not np.isnan(weight).all():  # otherwise ties were not weighed at all
                world.drawn["bond"] = int(np.isnan(weight).sum())
            bond = np.where(np.isnan(weight), bond, weight)
        values["bond"] = bond
    if "affect" in names:
        low, high = network.affect - network.affect_spread, network.affect + network.affect_spread
        values["affect"] = np.clip(
            distributions.pair_uniforms(draw.key("affect"), world.identity, ends, low, high), -1, 1
        )
    if network.affects is not None:
        if faults := network.faults(world.n):
            raise InputError([f"ecosystem.{fault}" for fault in faults])
        affects = np.array(network.affects)
        values["affect"] = affects[ends[:, 0], ends[:, 1]]
        if "self_affect" in names:
            world.self_affect[:] = affects.diagonal()
    world.add_ties(ends, **values)
    world.commit()
