"""Thresholds at the start: how many must act before an organisation does, drawn or dealt out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ecosim.rng import Key, normals, uniforms
from ecosim.world import distributions

Values = NDArray[np.float64]


class ThresholdSettings(BaseModel):
    """Thresholds at the start, as shares or as numbers, whichever the rule counts."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    start: Literal["normal", "uniform", "beta", "sequence", "list"] = Field(
        "normal",
        description="normal; uniform from low to high; beta, from 0 to 1; 0, step, 2 step and so on, dealt by chance; "
        "or values, in the order of organisations",
    )
    mean: float = Field(0.25, ge=0, le=1e9, description="normal and beta: mean (beta: at most 1)")
    spread: float = Field(
        0.1, ge=0, le=1e9, description="normal and beta: standard deviation; 0: everyone's is the mean"
    )
    low: float = Field(0.0, ge=-1e9, le=1e9, description="uniform: least")
    high: float = Field(1.0, ge=-1e9, le=1e9, description="uniform: greatest")
    increment: float | None = Field(
        None, ge=0, le=1e9, description="sequence: from one threshold to the next; null: 1 over the number of all"
    )
    values: Annotated[
        tuple[Annotated[float, Field(ge=-1e9, le=1e9)], ...],
        BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v),
    ] = Field((), description="list: one for each organisation, in their order")
    dealt: bool = Field(
        False,
        description="normal, uniform and beta: not drawn one by one, but the n quantiles dealt by chance, so that the "
        "shares are exact",
    )

    @model_validator(mode="after")
    def _agrees(self) -> ThresholdSettings:
        faults = []
        if self.low > self.high:
            faults.append(f"low is {self.low:g}, above high, {self.high:g}")
        if self.start == "beta" and self.spread**2 > self.mean * (1.0 - self.mean) * (1.0 - 1e-9):
            faults.append(
                f"beta with mean {self.mean:g} and spread {self.spread:g}; allowed: a mean from 0 to 1 and a spread below "
                "√(mean · (1 − mean))"
            )
        if bool(self.values) != (self.start == "list"):
            faults.append(
                f"start is {self.start} and {len(self.values)} values are given; allowed: values with list only"
            )
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def faults(self, organisations: int) -> list[str]:
        """Return what is wrong with it where there are so many organisations."""
        if self.start != "list" or len(self.values) == organisations:
            return []
        return [f"threshold.values has {len(self.values)} numbers; allowed: {organisations}, one for each organisation"]


def draw_thresholds(settings: ThresholdSettings, identity: NDArray[np.int64], key: Key) -> Values:
    """Return the threshold of each organisation (n,); identity (n,) chooses its luck."""
    n = identity.size
    if settings.start == "list":
        return np.asarray(settings.values, float)
    if settings.start == "sequence":
        rank = _ranks(uniforms(key, identity)).astype(np.float64)
        return rank / n if settings.increment is None else rank * settings.increment
    if settings.start == "normal" and not settings.dealt:
        return settings.mean + settings.spread * normals(key, identity)
    if settings.start == "beta" and not settings.dealt:
        widest = settings.mean * (1.0 - settings.mean)
        jitter = settings.spread / np.sqrt(widest) if widest else 0.0
        beta: Any = distributions.betas
        drawn: Values = beta(key, identity, np.zeros(n, np.int8), np.array([settings.mean]), jitter)
        return drawn
    share = uniforms(key, identity)
    return _quantiles(settings, (_ranks(share) + 0.5) / n if settings.dealt else share)


def _ranks(luck: Values) -> NDArray[np.int64]:
    """Return each one's place among all by luck (n,), 0 to n − 1."""
    ranks = np.empty(luck.size, np.int64)
    ranks[np.argsort(luck, kind="stable")] = np.arange(luck.size)
    return ranks


def _quantiles(settings: ThresholdSettings, shares: Values) -> Values:
    """Return the thresholds below which these shares (n,) of all lie."""
    if settings.start == "uniform":
        return settings.low + (settings.high - settings.low) * shares
    if settings.spread == 0.0:
        return np.full(shares.size, settings.mean)
    from scipy import special

    if settings.start == "normal":
        return settings.mean + settings.spread * np.asarray(special.ndtri(shares), float)
    concentration = settings.mean * (1.0 - settings.mean) / settings.spread**2 - 1.0
    a, b = settings.mean * concentration, (1.0 - settings.mean) * concentration
    return np.asarray(special.betaincinv(a, b, shares), float)
