"""How the attributes of organisations, their members and citizens are distributed at the start."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ecosim.world.setting_kinds import JITTER, Jitter, Names, Share, StrictSettings, count_or


class CapitalSettings(StrictSettings):
    """Capital at the start: lognormal around the sector's mean."""

    spread: float = Field(0.5, ge=0, le=5, description="standard deviation of the logarithm of capital")


class CapabilitySettings(StrictSettings):
    """Capabilities: lognormal around the sector's profile."""

    specialisation: Share = Field(
        0.6, description="0: all sectors can do everything alike; 1: each only the kinds of its own"
    )
    spread: float = Field(0.3, ge=0, le=5, description="standard deviation of the logarithm, for each kind")


class StanceSettings(StrictSettings):
    """Stances at the start, on each axis from -1 to 1."""

    axes: Annotated[int | Names, count_or("axes of opinion", 64)] = Field(
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


class CultureSettings(StrictSettings):
    """Culture: a trait for each feature, more alike within a sector."""

    features: int = Field(5, ge=1, le=64, description="number of cultural features")
    traits: int = Field(3, ge=1, le=127, description="number of traits that each feature may have")
    likeness: Share = Field(
        0.5, description="chance that an organisation has its sector's typical trait, for each feature"
    )


class ContributionSettings(StrictSettings):
    """Contribution at the start."""

    start: Literal["uniform", "fixed", "half", "sector"] = Field(
        "uniform",
        description="uniform from 0 to 1; fixed at value; half: 1 with chance share, else 0; sector: around its mean",
    )
    value: Share = Field(0.5, description="fixed: the contribution of everyone")
    share: Share = Field(0.5, description="half: chance to contribute everything rather than nothing")
    jitter: Jitter = Field(0.2, description=f"sector: {JITTER}")


class MeanSettings(StrictSettings):
    """An attribute from 0 to 1 around a mean (beta law)."""

    value: Share = Field(description="mean")
    jitter: Jitter = Field(0.1, description=JITTER)


class CitizenSettings(StrictSettings):
    """Citizens: employees, customers, audiences and voters, as many throughout a run."""

    count: int = Field(0, ge=0, le=1_000_000_000, description="how many citizens")
    orientation: Share = Field(0.4, description="mean orientation: 0 consumers only, 1 citizens only")
    orientation_jitter: Jitter = Field(0.3, description="standard deviation between citizens, as of the other shares")
    centre: float = Field(0.0, ge=-1, le=1, description="middle of their stances, on each axis of opinion")
    spread: float = Field(0.4, ge=0, le=4, description="standard deviation of their stances around it")


class MemberSettings(StrictSettings):
    """Members: the same number of individuals stands for those inside each organisation."""

    each: int = Field(0, ge=0, le=1000, description="how many members stand for those inside each organisation")
    spread: float = Field(0.2, ge=0, le=4, description="standard deviation of their stances around the organisation's")
