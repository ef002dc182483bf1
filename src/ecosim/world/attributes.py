"""Attributes: how each column of a new world is drawn, one function a column, from its entities' own numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.rng import Key, stream, uniforms
from ecosim.world import distributions
from ecosim.world.columns import COLUMNS
from ecosim.world.founding_settings import MEMBER_NUMBERS, EcosystemSettings
from ecosim.world.labels import Labels
from ecosim.world.remembered import remembered
from ecosim.world.thresholds import draw_thresholds
from ecosim.world.world import World

Values = NDArray[Any]


@dataclass(frozen=True)
class Draw:
    """What a column is drawn from.

    Attributes:
        settings: how everything is distributed.
        seed: the run's seed.
        labels: names of what columns number.
        world: who there is, with numbers and sectors; what was drawn before is in it.
    """

    settings: EcosystemSettings
    seed: int
    labels: Labels
    world: World

    def key(self, name: str) -> Key:
        """Return the source of the draws of one attribute."""
        return stream(self.seed, f"founding/{name}").key(0)

    def by_sector(self, field: str) -> Values:
        """Return a number that each sector is given (sectors,)."""
        return np.array([float(getattr(sector, field)) for sector in self.settings.sectors.values()])

    def shares(self, name: str, mean: Values, jitter: float) -> Values:
        """Return shares that sum to 1 (n, k), around the mean of each sector (sectors, k)."""
        return _dirichlet(self.key(name), self.world.identity, self.world.sector, mean, jitter)

    def around(self, name: str, mean: Values, jitter: float) -> Values:
        """Return numbers from 0 to 1 (n,), around the mean of each sector (sectors,)."""
        return _betas(self.key(name), self.world.identity, self.world.sector, mean, jitter)

    def around_one(self, name: str, mean: float, jitter: float) -> Values:
        """Return numbers from 0 to 1 (n,), around one mean for all."""
        return self.around(name, np.full(len(self.labels.sectors), mean), jitter)


_dirichlet: Callable[..., Values] = distributions.dirichlet
_betas: Callable[..., Values] = distributions.betas


def _orientation(draw: Draw) -> Values:
    settings = draw.settings.citizens
    mean = np.array([settings.orientation])
    return _betas(draw.key("orientation"), *_citizens(draw), mean, settings.orientation_jitter)


def _citizen_stance(draw: Draw) -> Values:
    settings = draw.settings.citizens
    centre = np.full((1, len(draw.labels.stance_axes)), settings.centre)
    return distributions.stances(  # type: ignore[no-any-return]
        draw.key("citizen_stance"), *_citizens(draw), centre, settings.spread, True, 0.0, 0.5
    )


def _citizens(draw: Draw) -> tuple[Values, Values]:
    """Return each citizen's number, and the one group they all belong to."""
    number = np.arange(draw.labels.citizens)
    return number, np.zeros(number.size, np.int8)


def _member_stance(draw: Draw) -> Values:
    """Return the stances of members around their organisation's, which must have been drawn before."""
    settings, world = draw.settings.members, draw.world
    axes = len(draw.labels.stance_axes)
    centre = world.stance if world.has("stance") else _stance(draw)
    number = (world.identity[:, None] * MEMBER_NUMBERS + np.arange(settings.each)).ravel()
    row = np.repeat(np.arange(world.n), settings.each)
    own = distributions.stances(draw.key("member_stance"), number, row, centre, settings.spread, True, 0.0, 0.5)
    return own.reshape(world.n, settings.each * axes)  # type: ignore[no-any-return]


def _capital(draw: Draw) -> Values:
    mean = draw.by_sector("capital")[:, None]
    spread = draw.settings.capital.spread
    return distributions.lognormals(draw.key("capital"), draw.world.identity, draw.world.sector, mean, spread)[:, 0]  # type: ignore[no-any-return]


def _capability(draw: Draw) -> Values:
    settings = draw.settings.capability
    profile = capability_profiles(draw.settings)
    return distributions.lognormals(  # type: ignore[no-any-return]
        draw.key("capability"), draw.world.identity, draw.world.sector, profile, settings.spread
    )


@remembered
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


def _stance(draw: Draw) -> Values:
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


def _salience(draw: Draw) -> Values:
    return draw.shares("salience", _mean_salience(draw.settings), draw.settings.salience_jitter)


@remembered
def _mean_salience(settings: EcosystemSettings) -> Values:
    issues = len(settings.issue_names())
    return np.array([sector.salience or (1.0 / issues,) * issues for sector in settings.sectors.values()])


def _motive(draw: Draw) -> Values:
    return draw.shares("motive", mean_motives(draw.settings), draw.settings.motive_jitter)


@remembered
def mean_motives(settings: EcosystemSettings) -> Values:
    """Return the mean motive of each sector at the start (sectors, components)."""
    return np.array([sector.motive for sector in settings.sectors.values()])


def _culture(draw: Draw) -> Values:
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


def _contribution(draw: Draw) -> Values:
    settings = draw.settings.contribution
    if settings.start == "fixed":
        return np.full(draw.world.n, settings.value)
    if settings.start == "sector":
        return draw.around("contribution", draw.by_sector("contribution"), settings.jitter)
    luck = uniforms(draw.key("contribution"), draw.world.identity)
    return luck if settings.start == "uniform" else (luck < settings.share).astype(np.float64)


def _invest(draw: Draw) -> Values:
    settings = draw.settings
    mean = np.array([settings.invest.value if s.invest is None else s.invest for s in settings.sectors.values()])
    return draw.around("invest", mean, settings.invest.jitter)


def _committed(draw: Draw) -> Values:
    settings = draw.settings
    chance = np.array([settings.committed if s.committed is None else s.committed for s in settings.sectors.values()])
    is_committed: Values = uniforms(draw.key("committed"), draw.world.identity) < chance[draw.world.sector]
    return is_committed


def _convention(draw: Draw) -> Values:
    starts_new = uniforms(draw.key("convention"), draw.world.identity) < draw.settings.convention
    return (starts_new | _committed(draw)).astype(np.float64)


def _conventions_met(draw: Draw) -> Values:
    return np.where(_convention(draw) > 0.0, np.int64(COLUMNS["conventions_met"].high), 0)


def _solution(draw: Draw) -> Values:
    """Return practices, each followed or not with the same probability."""
    key, identity = draw.key("solution"), draw.world.identity
    each = [uniforms(key, identity, practice) < 0.5 for practice in range(draw.labels.practices)]
    return np.stack(each, axis=1) if each else np.zeros((identity.size, 0))


def _severity(draw: Draw) -> Values:
    issues = draw.settings.issues
    if isinstance(issues, int):
        return np.full(issues, draw.settings.severity)
    return np.array([draw.settings.severity if issue.severity is None else issue.severity for issue in issues])


def _needs(draw: Draw) -> Values:
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


DRAWN: dict[str, Callable[[Draw], Values]] = {
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
"""Column to what draws it, in the order in which they are drawn."""
