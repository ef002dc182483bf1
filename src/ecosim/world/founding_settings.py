"""What a world is founded from: sectors, issues, capabilities, and how everyone's attributes are distributed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from ecosim.errors import did_you_mean
from ecosim.world.columns import COMPONENTS
from ecosim.world.networks import NetworkSettings
from ecosim.world.thresholds import ThresholdSettings

MOST_ORGANISATIONS = 2_000_000_000
MOST_OF_A_SECTOR = 1 << 24
"""Organisations of one sector: an identity is the sector's number times this, plus a number within the sector."""
MEMBER_NUMBERS = 1024
"""Numbers that the members of one organisation may have: its own times this, plus their place."""

KNOWN_SECTORS: dict[str, dict[str, Any]] = {
    "business": {"motive": (0.70, 0.05, 0.05, 0.10, 0.10), "purpose": 0.2},
    "government": {"motive": (0.10, 0.45, 0.10, 0.05, 0.30), "purpose": 0.6},
    "civil_society": {"motive": (0.10, 0.20, 0.50, 0.10, 0.10), "purpose": 0.6},
}
"""What a sector of this name has where settings say nothing else."""


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _sum_to_one(weights: tuple[float, ...]) -> tuple[float, ...]:
    total = sum(weights)
    if abs(total - 1.0) <= 1e-6:
        return weights
    if total <= 0.0:
        raise ValueError("the weights sum to 0; allowed: a sum of 1")
    normalised = ", ".join(f"{weight / total:.4g}" for weight in weights)
    raise ValueError(f"the weights sum to {total:.6g}; allowed: a sum of 1, for example [{normalised}]")


def _distinct_words(names: tuple[str, ...]) -> tuple[str, ...]:
    _check_words(names)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} is named twice; allowed: each once")
    return names


def _check_words(names: Iterable[str]) -> None:
    wrong = [name for name in names if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,39}", name)]
    if wrong:
        raise ValueError(f"{wrong} cannot be used; allowed: a letter, then up to 39 letters, digits and underscores")


Share = Annotated[float, Field(ge=0, le=1)]
Weights = Annotated[tuple[Share, ...], BeforeValidator(_as_tuple), AfterValidator(_sum_to_one)]
Names = Annotated[
    tuple[str, ...], BeforeValidator(_as_tuple), AfterValidator(_distinct_words), Field(min_length=1, max_length=64)
]
Jitter = Annotated[float, Field(ge=0, lt=1)]
_JITTER = "standard deviation between organisations, as a share of the widest possible for that mean"


def _count_or(what: str, most: int) -> BeforeValidator:
    """Return a check that a value is a count from 1 to most, or a collection, before its parts are looked at."""

    def check(value: Any) -> Any:
        if isinstance(value, (list, tuple, dict)):
            return _as_tuple(value)
        if type(value) is not int or not 1 <= value <= most:
            raise ValueError(
                f"{value!r} is no number of {what}; allowed: a whole number from 1 to {most:,}, or one by one"
            )
        return value

    return BeforeValidator(check)


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class SectorSettings(_Settings):
    """What the organisations of one sector have in common."""

    share: Share | None = Field(
        None, description="share of all organisations; sectors without one divide what is left equally"
    )
    motive: Annotated[Weights, Field(min_length=len(COMPONENTS), max_length=len(COMPONENTS))] = Field(
        (0.2, 0.2, 0.2, 0.2, 0.2), description=f"weights of {', '.join(COMPONENTS)} in success, on average; sum to 1"
    )
    capital: float = Field(1.0, ge=0, le=1e6, description="mean capital, where 1 is a typical organisation")
    capability: Annotated[tuple[Annotated[float, Field(ge=0, le=1e6)], ...], BeforeValidator(_as_tuple)] | None = Field(
        None, description="mean of each kind of capability; when missing, each sector is strong in kinds of its own"
    )
    salience: Weights | None = Field(
        None, description="how much it cares about each issue, on average; sums to 1; equal if missing"
    )
    stance: Annotated[tuple[Annotated[float, Field(ge=-1, le=1)], ...], BeforeValidator(_as_tuple)] | None = Field(
        None, description="how far the sector leans from the centre, on each axis of opinion"
    )
    purpose: Share = Field(0.5, description="0 shareholder only, 1 every stakeholder counts like oneself; mean")
    contribution: Share = Field(
        0.5, description="mean share of its means put into common work, where contribution starts by sector"
    )
    invest: Share | None = Field(
        None, description="mean share of its effort put into relationships; as everyone's if missing"
    )
    committed: Share | None = Field(None, description="chance to be committed; as everyone's if missing")


class IssueSettings(_Settings):
    """A problem that no organisation solves alone."""

    name: str = Field(description="a word for it")
    severity: float | None = Field(
        None, ge=0, le=1e6, description="how bad it is at the start; as every issue's if missing"
    )
    needs: Weights | None = Field(
        None, description="weight of each capability in solving it; sums to 1; drawn if missing"
    )


class CapitalSettings(_Settings):
    """Capital at the start: lognormal around the sector's mean."""

    spread: float = Field(0.5, ge=0, le=5, description="standard deviation of the logarithm of capital")


class CapabilitySettings(_Settings):
    """Capabilities: lognormal around the sector's profile."""

    specialisation: Share = Field(
        0.6, description="0: all sectors can do everything alike; 1: each only the kinds of its own"
    )
    spread: float = Field(0.3, ge=0, le=5, description="standard deviation of the logarithm, for each kind")


class StanceSettings(_Settings):
    """Stances at the start, on each axis from -1 to 1."""

    axes: Annotated[int | Names, _count_or("axes of opinion", 64)] = Field(
        1, description="how many axes of opinion, or their names"
    )
    start: Literal["uniform", "normal", "camps"] = Field(
        "uniform", description="one camp, uniform or normal; or two normal camps"
    )
    centre: float = Field(0.0, ge=-1, le=1, description="middle of the distribution, to which a sector's lean is added")
    spread: float | None = Field(
        None,
        ge=0,
        le=4,
        description="uniform: greatest distance from the centre (1 if missing); normal, camps: standard "
        "deviation (.3, .15 if missing)",
    )
    separation: float = Field(0.6, ge=0, le=1, description="camps: distance of each camp from the centre")
    share: Share = Field(0.5, description="camps: share in the upper camp")
    beyond: Literal["reflected", "drawn_again"] = Field(
        "reflected",
        description="what becomes of a stance that would lie beyond -1 or 1: reflected there, or drawn again (a "
        "truncated law)",
    )


class CultureSettings(_Settings):
    """Culture: a trait for each feature, more alike within a sector."""

    features: int = Field(5, ge=1, le=64, description="number of cultural features")
    traits: int = Field(3, ge=1, le=127, description="number of traits that each feature may have")
    likeness: Share = Field(
        0.5, description="chance that an organisation has its sector's typical trait, for each feature"
    )


class ContributionSettings(_Settings):
    """Contribution at the start."""

    start: Literal["uniform", "fixed", "half", "sector"] = Field(
        "uniform",
        description="uniform from 0 to 1; fixed at value; half: 1 with chance share, else 0; sector: around its mean",
    )
    value: Share = Field(0.5, description="fixed: the contribution of everyone")
    share: Share = Field(0.5, description="half: chance to contribute everything rather than nothing")
    jitter: Jitter = Field(0.2, description=f"sector: {_JITTER}")


class MeanSettings(_Settings):
    """An attribute from 0 to 1 around a mean (beta law)."""

    value: Share = Field(description="mean")
    jitter: Jitter = Field(0.1, description=_JITTER)


class CitizenSettings(_Settings):
    """Citizens: employees, customers, audiences and voters, as many throughout a run."""

    count: int = Field(0, ge=0, le=1_000_000_000, description="how many citizens")
    orientation: Share = Field(0.4, description="mean orientation: 0 consumers only, 1 citizens only")
    orientation_jitter: Jitter = Field(0.3, description="standard deviation between citizens, as of the other shares")
    centre: float = Field(0.0, ge=-1, le=1, description="middle of their stances, on each axis of opinion")
    spread: float = Field(0.4, ge=0, le=4, description="standard deviation of their stances around it")


class MemberSettings(_Settings):
    """Members: the same number of individuals stands for those inside each organisation."""

    each: int = Field(0, ge=0, le=1000, description="how many members stand for those inside each organisation")
    spread: float = Field(0.2, ge=0, le=4, description="standard deviation of their stances around the organisation's")


class EcosystemSettings(_Settings):
    """Who there is at the start, what they have, what troubles them, and who is tied to whom."""

    organisations: Annotated[
        int | dict[str, Annotated[int, Field(ge=0, le=MOST_OF_A_SECTOR)]],
        _count_or("organisations", MOST_ORGANISATIONS),
    ] = Field(200, description="how many organisations in all, or in each sector")
    sectors: dict[str, SectorSettings] = Field(
        default_factory=lambda: _default_sectors(),
        description="name of each sector and what its organisations have in common",
        min_length=1,
        max_length=127,
    )
    issues: Annotated[
        int | Annotated[tuple[IssueSettings, ...], Field(min_length=1, max_length=1000)], _count_or("issues", 1000)
    ] = Field(3, description="how many issues, or each with name, severity and needs")
    severity: float = Field(1.5, ge=0, le=1e6, description="how bad an issue is at the start")
    needs_jitter: Jitter = Field(
        0.4, description="how differently issues need the capabilities: 0 all alike, near 1 one each"
    )
    capabilities: Annotated[int | Names, _count_or("kinds of capability", 64)] = Field(
        4, description="how many kinds of capability, or their names"
    )
    capability: CapabilitySettings = Field(
        default_factory=CapabilitySettings, description="how capabilities are distributed"
    )
    capital: CapitalSettings = Field(default_factory=CapitalSettings, description="how capital is distributed")
    motive_jitter: Jitter = Field(0.1, description=f"motive: {_JITTER}")
    salience_jitter: Jitter = Field(0.3, description=f"salience: {_JITTER}")
    purpose_jitter: Jitter = Field(0.2, description=f"purpose: {_JITTER}")
    stance: StanceSettings = Field(default_factory=StanceSettings, description="how stances are distributed")
    susceptibility: MeanSettings = Field(
        default_factory=lambda: MeanSettings(value=0.8),
        description="how far stances are open to influence, where organisations remember what they began with",
    )
    culture: CultureSettings = Field(default_factory=CultureSettings, description="how cultural traits are distributed")
    contribution: ContributionSettings = Field(
        default_factory=ContributionSettings, description="contribution at the start"
    )
    invest: MeanSettings = Field(
        default_factory=lambda: MeanSettings(value=0.1), description="share of effort put into relationships"
    )
    reputation: MeanSettings = Field(
        default_factory=lambda: MeanSettings(value=0.5), description="reputation at the start"
    )
    threshold: ThresholdSettings = Field(
        default_factory=ThresholdSettings, description="how many others must act before an organisation does"
    )
    active: Share = Field(0.0, description="chance to act from the start, whoever else does")
    committed: Share = Field(
        0.0, description="chance to be committed: whatever others do, its convention stays the new one"
    )
    convention: Share = Field(0.0, description="chance to start with the new convention without being committed")
    practices: int = Field(
        0, ge=0, le=62, description="number of practices, each followed or not, that make up an organisation's solution"
    )
    members: MemberSettings = Field(default_factory=MemberSettings, description="individuals inside each organisation")
    citizens: CitizenSettings = Field(
        default_factory=CitizenSettings, description="who buys, works, supports and votes"
    )
    network: NetworkSettings = Field(default_factory=NetworkSettings, description="who is tied to whom at the start")

    @field_validator("sectors", mode="before")
    @classmethod
    def _known_sectors_have_defaults(cls, sectors: Any) -> Any:
        if not isinstance(sectors, dict):
            return sectors
        return {
            name: {**KNOWN_SECTORS.get(name, {}), **given} if isinstance(given, dict) else given
            for name, given in sectors.items()
        }

    @field_validator("sectors")
    @classmethod
    def _shares_sum_to_one(cls, sectors: dict[str, SectorSettings]) -> dict[str, SectorSettings]:
        _check_words(sectors)
        given = {name: sector.share for name, sector in sectors.items() if sector.share is not None}
        if len(given) == len(sectors):
            _sum_to_one(tuple(given.values()))
        elif sum(given.values()) > 1.0 + 1e-6:
            raise ValueError(f"the shares sum to {sum(given.values()):.6g}; allowed: at most 1")
        return sectors

    @model_validator(mode="after")
    def _parts_fit_together(self) -> EcosystemSettings:
        faults = [*_organisation_faults(self), *_length_faults(self)]
        faults += [*self.threshold.faults(sum(self.counts())), *self.network.faults(sum(self.counts()))]
        if not isinstance(self.issues, int):
            try:
                _distinct_words(tuple(issue.name for issue in self.issues))
            except ValueError as fault:
                faults.append(f"issues: {fault}")
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def shares(self) -> tuple[float, ...]:
        """Return each sector's share of the organisations; they sum to 1."""
        given = [sector.share for sector in self.sectors.values()]
        missing = given.count(None)
        left = max(0.0, 1.0 - sum(share for share in given if share is not None))
        return tuple(left / missing if share is None else share for share in given)

    def counts(self) -> tuple[int, ...]:
        """Return the number of organisations of each sector."""
        if isinstance(self.organisations, dict):
            return tuple(self.organisations.get(name, 0) for name in self.sectors)
        return apportion(self.organisations, self.shares())

    def issue_names(self) -> tuple[str, ...]:
        """Return the names of the issues."""
        if isinstance(self.issues, int):
            return numbered("issue", self.issues)
        return tuple(issue.name for issue in self.issues)

    def capability_names(self) -> tuple[str, ...]:
        """Return the names of the kinds of capability."""
        return numbered("capability", self.capabilities) if isinstance(self.capabilities, int) else self.capabilities

    def axis_names(self) -> tuple[str, ...]:
        """Return the names of the axes of opinion."""
        return numbered("axis", self.stance.axes) if isinstance(self.stance.axes, int) else self.stance.axes


def numbered(word: str, count: int) -> tuple[str, ...]:
    """Return names for what nobody has named: ``issue_1``, ``issue_2`` and so on."""
    return tuple(f"{word}_{k}" for k in range(1, count + 1))


@lru_cache(maxsize=256)
def apportion(total: int, shares: tuple[float, ...]) -> tuple[int, ...]:
    """Divide a whole number by shares, as Webster divides seats.

    One organisation more goes to one sector and takes none from another, which rounding to the nearest, or by the
    largest remainder, does not promise (Balinski & Young 1982, Fair Representation).

    Args:
        total: how many in all.
        shares: share of each part; they sum to 1.
    """
    fewer = max(0, total - len(shares))
    parts = [int(share * fewer + 0.5) for share in shares]
    while sum(parts) < total:
        chosen = max(range(len(parts)), key=lambda k: shares[k] / (2 * parts[k] + 1))
        parts[chosen] += 1
    return tuple(parts)


def _default_sectors() -> dict[str, SectorSettings]:
    shares = {"business": 0.5, "government": 0.2, "civil_society": 0.3}
    return {name: SectorSettings(share=shares[name], **known) for name, known in KNOWN_SECTORS.items()}


def _organisation_faults(settings: EcosystemSettings) -> list[str]:
    if isinstance(settings.organisations, dict):
        unknown = [name for name in settings.organisations if name not in settings.sectors]
        faults = [
            f"organisations: there is no sector '{name}'; {did_you_mean(name, settings.sectors)}" for name in unknown
        ]
        if not faults and sum(settings.counts()) < 1:
            faults.append("organisations: there are none; allowed: at least 1 in all")
        return faults
    return [
        f"organisations: {count:,} of them would be {name}; allowed: at most {MOST_OF_A_SECTOR:,} in one sector"
        for name, count in zip(settings.sectors, settings.counts(), strict=True)
        if count > MOST_OF_A_SECTOR
    ]


def _length_faults(settings: EcosystemSettings) -> list[str]:
    capabilities, issues, axes = (
        len(settings.capability_names()),
        len(settings.issue_names()),
        len(settings.axis_names()),
    )
    looked_at = [
        (f"sectors.{name}.{field}", getattr(sector, field), size)
        for name, sector in settings.sectors.items()
        for field, size in (("capability", capabilities), ("salience", issues), ("stance", axes))
    ]
    if not isinstance(settings.issues, int):
        looked_at += [(f"issues.{issue.name}.needs", issue.needs, capabilities) for issue in settings.issues]
    return [
        f"{key} has {len(given)} numbers; allowed: {size}, one each"
        for key, given, size in looked_at
        if given is not None and len(given) != size
    ]
