"""Founding: draws the world that a run begins with.

Every attribute is drawn from the organisation's own identity, and every tie's from the pair's, each attribute with its
own stream (``founding/capital`` and so on). One more organisation, or one column more, changes nobody else's draws.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError, did_you_mean
from ecosim.rng import Key, stream, uniforms
from ecosim.world import distributions
from ecosim.world.columns import COLUMNS
from ecosim.world.founding_settings import MEMBER_NUMBERS, MOST_OF_A_SECTOR
from ecosim.world.founding_settings import EcosystemSettings as EcosystemSettings
from ecosim.world.given import take_given
from ecosim.world.names import identity_of_names
from ecosim.world.networks import expected_ties, starting_ties
from ecosim.world.thresholds import draw_thresholds
from ecosim.world.world import Labels, World

if TYPE_CHECKING:
    from ecosim.world.actors import Actors

Values = NDArray[Any]


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
    labels, counts = labels_of(settings), settings.counts()
    world = World(labels, sum(counts) if actors is None else len(actors.names), columns)
    if actors is None:
        world.identity[:], world.sector[:] = _numbered(counts)
    else:
        world.names = tuple(actors.names)
        world.identity[:] = identity_of_names(actors.names)
        world.sector[:] = _sectors_of(actors, labels.sectors)
    draw = _Draw(settings, seed, labels, world)
    names = {column.name for column in world.columns}
    for name, drawn in _DRAWN.items():
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
    draw = _Draw(settings, seed, labels, world)
    named = {column.name for column in world.columns if column.axis == "organisation"}
    values = {}
    for name, drawn in _DRAWN.items():
        if name in named:
            values[name] = world.__dict__[name]
            values[name][...] = drawn(draw)
    return values


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


def estimated_bytes(settings: EcosystemSettings, columns: Iterable[str] = tuple(COLUMNS)) -> int:
    """Return about how much memory the world takes at its greatest, while it is founded.

    A column counts twice (it is drawn, then put in place), a tie's indices with what sorting them needs.

    Args:
        settings: what it would be founded from.
        columns: the columns it would have; all of them if not said.
    """
    labels = labels_of(settings)
    n = sum(settings.counts())
    ties = expected_ties(settings.network, n)
    entries = {"organisation": float(n), "relationship": ties, "issue": float(len(labels.issues))}
    entries["citizen"] = float(labels.citizens)
    total = n * 32 + ties * 80
    for name in {*columns, *(column.name for column in COLUMNS.values() if column.always)}:
        column = COLUMNS[name]
        width = math.prod(labels.extent(column)) * np.dtype(column.dtype).itemsize
        total += 2 * entries.get(column.axis, 0.0) * width
    return int(total)


@dataclass(frozen=True)
class _Draw:
    """What a column is drawn from."""

    settings: EcosystemSettings
    seed: int
    labels: Labels
    world: World

    def key(self, name: str) -> Key:
        return stream(self.seed, f"founding/{name}").key(0)

    def by_sector(self, field: str) -> Values:
        return np.array([float(getattr(sector, field)) for sector in self.settings.sectors.values()])

    def shares(self, name: str, mean: Values, jitter: float) -> Values:
        return _dirichlet(self.key(name), self.world.identity, self.world.sector, mean, jitter)

    def around(self, name: str, mean: Values, jitter: float) -> Values:
        return _betas(self.key(name), self.world.identity, self.world.sector, mean, jitter)

    def around_one(self, name: str, mean: float, jitter: float) -> Values:
        return self.around(name, np.full(len(self.labels.sectors), mean), jitter)


_dirichlet: Callable[..., Values] = distributions.dirichlet
_betas: Callable[..., Values] = distributions.betas


def _numbered(counts: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Return the identities and sectors of nameless organisations, sector by sector."""
    first = [sector * MOST_OF_A_SECTOR for sector in range(len(counts))]
    identity = np.concatenate([np.arange(start, start + count) for start, count in zip(first, counts, strict=True)])
    return identity, np.repeat(np.arange(len(counts), dtype=np.int8), counts)


def _sectors_of(actors: Actors, sectors: tuple[str, ...]) -> list[int]:
    unknown = sorted(set(actors.sector) - set(sectors))
    if unknown:
        raise InputError([f"there is no sector '{name}'; {did_you_mean(name, sectors)}" for name in unknown])
    return [sectors.index(name) for name in actors.sector]


def _tie(world: World, draw: _Draw, actors: Actors | None) -> None:
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


def _orientation(draw: _Draw) -> Values:
    settings = draw.settings.citizens
    mean = np.array([settings.orientation])
    return _betas(draw.key("orientation"), *_citizens(draw), mean, settings.orientation_jitter)


def _citizen_stance(draw: _Draw) -> Values:
    settings = draw.settings.citizens
    centre = np.full((1, len(draw.labels.stance_axes)), settings.centre)
    return distributions.stances(  # type: ignore[no-any-return]
        draw.key("citizen_stance"), *_citizens(draw), centre, settings.spread, True, 0.0, 0.5
    )


def _citizens(draw: _Draw) -> tuple[Values, Values]:
    """Return each citizen's number, and the one group they all belong to."""
    number = np.arange(draw.labels.citizens)
    return number, np.zeros(number.size, np.int8)


def _member_stance(draw: _Draw) -> Values:
    """Return the stances of members around their organisation's, which must have been drawn before."""
    settings, world = draw.settings.members, draw.world
    axes = len(draw.labels.stance_axes)
    centre = world.stance if world.has("stance") else _stance(draw)
    number = (world.identity[:, None] * MEMBER_NUMBERS + np.arange(settings.each)).ravel()
    row = np.repeat(np.arange(world.n), settings.each)
    own = distributions.stances(draw.key("member_stance"), number, row, centre, settings.spread, True, 0.0, 0.5)
    return own.reshape(world.n, settings.each * axes)  # type: ignore[no-any-return]


def _capital(draw: _Draw) -> Values:
    mean = draw.by_sector("capital")[:, None]
    spread = draw.settings.capital.spread
    return distributions.lognormals(draw.key("capital"), draw.world.identity, draw.world.sector, mean, spread)[:, 0]  # type: ignore[no-any-return]


def _capability(draw: _Draw) -> Values:
    settings = draw.settings.capability
    profile = capability_profiles(draw.settings)
    return distributions.lognormals(  # type: ignore[no-any-return]
        draw.key("capability"), draw.world.identity, draw.world.sector, profile, settings.spread
    )


def capability_profiles(settings: EcosystemSettings) -> Values:
    """Return the mean of each capability in each sector (sectors, capabilities).

    Unless a sector says otherwise, the kinds are dealt out to the sectors in turn, and a sector's mean is
    1 - s for a kind that is not its own and 1 - s + s K / (number of its own) for one that is, where s is
    ``specialisation`` and K the number of kinds: 1 over all kinds, in each sector.
    """
    kinds, sectors = len(settings.capability_names()), len(settings.sectors)
    specialisation = settings.capability.specialisation
    profiles = np.full((sectors, kinds), 1.0 - specialisation)
    for s, sector in enumerate(settings.sectors.values()):
        own = np.arange(kinds) % sectors == s if kinds >= sectors else np.arange(kinds) == s % kinds
        profiles[s, own] += specialisation * kinds / own.sum()
        if sector.capability is not None:
            profiles[s] = sector.capability
    return profiles


def _stance(draw: _Draw) -> Values:
    settings = draw.settings.stance
    axes = len(draw.labels.stance_axes)
    centre = np.full((len(draw.labels.sectors), axes), settings.centre)
    for s, sector in enumerate(draw.settings.sectors.values()):
        if sector.stance is not None:
            centre[s] += sector.stance
    spread = (
        {"uniform": 1.0, "normal": 0.3, "camps": 0.15}[settings.start] if settings.spread is None else settings.spread
    )
    apart = settings.separation if settings.start == "camps" else 0.0
    law = distributions.stances if settings.beyond == "reflected" else distributions.stances_drawn_again
    return law(  # type: ignore[no-any-return]
        draw.key("stance"),
        draw.world.identity,
        draw.world.sector,
        centre,
        spread,
        settings.start != "uniform",
        apart,
        settings.share,
    )


def _salience(draw: _Draw) -> Values:
    issues = len(draw.labels.issues)
    mean = np.array([sector.salience or (1.0 / issues,) * issues for sector in draw.settings.sectors.values()])
    return draw.shares("salience", mean, draw.settings.salience_jitter)


def _motive(draw: _Draw) -> Values:
    mean = np.array([sector.motive for sector in draw.settings.sectors.values()])
    return draw.shares("motive", mean, draw.settings.motive_jitter)


def _culture(draw: _Draw) -> Values:
    settings = draw.settings.culture
    sectors = len(draw.labels.sectors)
    code = np.arange(sectors * settings.features)
    typical = (uniforms(draw.key("culture of sectors"), code) * settings.traits).astype(np.int8)
    return distributions.traits(  # type: ignore[no-any-return]
        draw.key("culture"),
        draw.world.identity,
        draw.world.sector,
        typical.reshape(sectors, -1),
        settings.traits,
        settings.likeness,
    )


def _contribution(draw: _Draw) -> Values:
    settings = draw.settings.contribution
    if settings.start == "fixed":
        return np.full(draw.world.n, settings.value)
    if settings.start == "sector":
        return draw.around("contribution", draw.by_sector("contribution"), settings.jitter)
    luck = uniforms(draw.key("contribution"), draw.world.identity)
    return luck if settings.start == "uniform" else (luck < settings.share).astype(np.float64)


def _invest(draw: _Draw) -> Values:
    settings = draw.settings
    mean = np.array([settings.invest.value if s.invest is None else s.invest for s in settings.sectors.values()])
    return draw.around("invest", mean, settings.invest.jitter)


def _committed(draw: _Draw) -> Values:
    settings = draw.settings
    chance = np.array([settings.committed if s.committed is None else s.committed for s in settings.sectors.values()])
    is_committed: Values = uniforms(draw.key("committed"), draw.world.identity) < chance[draw.world.sector]
    return is_committed


def _convention(draw: _Draw) -> Values:
    starts_new = uniforms(draw.key("convention"), draw.world.identity) < draw.settings.convention
    return (starts_new | _committed(draw)).astype(np.float64)


def _conventions_met(draw: _Draw) -> Values:
    return np.where(_convention(draw) > 0.0, np.int64(COLUMNS["conventions_met"].high), 0)


def _solution(draw: _Draw) -> Values:
    """Return practices, each followed or not with the same probability."""
    key, identity = draw.key("solution"), draw.world.identity
    each = [uniforms(key, identity, practice) < 0.5 for practice in range(draw.labels.practices)]
    return np.stack(each, axis=1) if each else np.zeros((identity.size, 0))


def _severity(draw: _Draw) -> Values:
    issues = draw.settings.issues
    if isinstance(issues, int):
        return np.full(issues, draw.settings.severity)
    return np.array([draw.settings.severity if issue.severity is None else issue.severity for issue in issues])


def _needs(draw: _Draw) -> Values:
    settings = draw.settings
    issues, kinds = len(draw.labels.issues), len(draw.labels.capabilities)
    number = np.arange(issues)
    needs = _dirichlet(
        draw.key("needs"), number, np.zeros(issues, np.int8), np.full((1, kinds), 1 / kinds), settings.needs_jitter
    )
    if not isinstance(settings.issues, int):
        for q, issue in enumerate(settings.issues):
            if issue.needs is not None:
                needs[q] = issue.needs
    return needs


_DRAWN: dict[str, Callable[[_Draw], Values]] = {
    "capital": _capital,
    "capability": _capability,
    "stance": _stance,
    "prejudice": _stance,
    "susceptibility": lambda draw: draw.around_one(
        "susceptibility", draw.settings.susceptibility.value, draw.settings.susceptibility.jitter
    ),
    "salience": _salience,
    "motive": _motive,
    "purpose": lambda draw: draw.around("purpose", draw.by_sector("purpose"), draw.settings.purpose_jitter),
    "culture": _culture,
    "contribution": _contribution,
    "invest": _invest,
    "reputation": lambda draw: draw.around_one(
        "reputation", draw.settings.reputation.value, draw.settings.reputation.jitter
    ),
    "threshold": lambda draw: draw_thresholds(draw.settings.threshold, draw.world.identity, draw.key("threshold")),
    "active": lambda draw: uniforms(draw.key("active"), draw.world.identity) < draw.settings.active,
    "committed": _committed,
    "convention": _convention,
    "conventions_met": _conventions_met,
    "solution": _solution,
    "member_stance": _member_stance,
    "orientation": _orientation,
    "citizen_stance": _citizen_stance,
    "severity": _severity,
    "urgency": _severity,
    "usual_severity": _severity,
    "needs": _needs,
}
