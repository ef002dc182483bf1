"""What a world is founded from: sectors, issues, who there is, what they have, and who is tied to whom."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator, model_validator

from ecosim.errors import did_you_mean
from ecosim.world.apportionment import apportion
from ecosim.world.attribute_settings import (
    CapabilitySettings,
    CapitalSettings,
    CitizenSettings,
    ContributionSettings,
    CultureSettings,
    MeanSettings,
    MemberSettings,
    StanceSettings,
)
from ecosim.world.columns import COMPONENTS
from ecosim.world.networks import NetworkSettings
from ecosim.world.setting_kinds import (
    JITTER,
    Jitter,
    Names,
    Share,
    StrictSettings,
    Weights,
    as_tuple,
    check_words,
    count_or,
    distinct_words,
    sum_to_one,
)
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


class SectorSettings(StrictSettings):
    """What the organisations of one sector have in common."""

    share: Share | None = Field(
        None, description="share of all organisations; sectors without one divide what is left equally"
    )
    motive: Annotated[Weights, Field(min_length=len(COMPONENTS), max_length=len(COMPONENTS))] = Field(
        (0.2, 0.2, 0.2, 0.2, 0.2), description=f"weights of {', '.join(COMPONENTS)} in success, on average; sum to 1"
    )
    capital: float = Field(1.0, ge=0, le=1e6, description="mean capital, where 1 is a typical organisation")
    capability: Annotated[tuple[Annotated[float, Field(ge=0, le=1e6)], ...], BeforeValidator(as_tuple)] | None = Field(
        None, description="mean of each kind of capability; when missing, each sector is strong in kinds of its own"
    )
    salience: Weights | None = Field(
        None, description="how much it cares about each issue, on average; sums to 1; equal if missing"
    )
    stance: Annotated[tuple[Annotated[float, Field(ge=-1, le=1)], ...], BeforeValidator(as_tuple)] | None = Field(
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


class IssueSettings(StrictSettings):
    """A problem that no organisation solves alone."""

    name: str = Field(description="a word for it")
    severity: float | None = Field(
        None, ge=0, le=1e6, description="how bad it is at the start; as every issue's if missing"
    )
    needs: Weights | None = Field(
        None, description="weight of each capability in solving it; sums to 1; drawn if missing"
    )


class EcosystemSettings(StrictSettings):
    """Who there is at the start, what they have, what troubles them, and who is tied to whom."""

    organisations: Annotated[
        int | dict[str, Annotated[int, Field(ge=0, le=MOST_OF_A_SECTOR)]],
        count_or("organisations", MOST_ORGANISATIONS),
    ] = Field(200, description="how many organisations in all, or in each sector")
    sectors: dict[str, SectorSettings] = Field(
        default_factory=lambda: _default_sectors(),
        description="name of each sector and what its organisations have in common",
        min_length=1,
        max_length=127,
    )
    issues: Annotated[
        int | Annotated[tuple[IssueSettings, ...], Field(min_length=1, max_length=1000)], count_or("issues", 1000)
    ] = Field(3, description="how many issues, or each with name, severity and needs")
    severity: float = Field(1.5, ge=0, le=1e6, description="how bad an issue is at the start")
    needs_jitter: Jitter = Field(
        0.4, description="how differently issues need the capabilities: 0 all alike, near 1 one each"
    )
    capabilities: Annotated[int | Names, count_or("kinds of capability", 64)] = Field(
        4, description="how many kinds of capability, or their names"
    )
    capability: CapabilitySettings = Field(
        default_factory=CapabilitySettings, description="how capabilities are distributed"
    )
    capital: CapitalSettings = Field(default_factory=CapitalSettings, description="how capital is distributed")
    motive_jitter: Jitter = Field(0.1, description=f"motive: {JITTER}")
    salience_jitter: Jitter = Field(0.3, description=f"salience: {JITTER}")
    purpose_jitter: Jitter = Field(0.2, description=f"purpose: {JITTER}")
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
        check_words(sectors)
        given = {name: sector.share for name, sector in sectors.items() if sector.share is not None}
        if len(given) == len(sectors):
            sum_to_one(tuple(given.values()))
        elif sum(given.values()) > 1.0 + 1e-6:
            raise ValueError(f"the shares sum to {sum(given.values()):.6g}; allowed: at most 1")
        return sectors

    @model_validator(mode="after")
    def _parts_fit_together(self) -> EcosystemSettings:
        faults = [*_organisation_faults(self), *_length_faults(self)]
        faults += [*self.threshold.faults(sum(self.counts())), *self.network.faults(sum(self.counts()))]
        if not isinstance(self.issues, int):
            try:
                distinct_words(tuple(issue.name for issue in self.issues))
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
