"""Change: the world moves by itself, steadily, by drift, by shocks, or by a driver that nobody sees."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.worked_out import WorkedOut, numbers
from ecosim.errors import InputError
from ecosim.kernels import kernel
from ecosim.rng import Key, normal2, uniform, uniform2
from ecosim.world.attributes import mean_motives
from ecosim.world.labels import Labels
from ecosim.world.who import unknown
from ecosim.world.world import World

Shaken = Literal["severity", "urgency", "demand"]

LEAST_TAIL = 0.25
"""The rarest draw, 2⁻⁵³, makes a shock of 2^(53/α) least sizes: 10⁶⁴ at this tail, whose square a number still holds; at
α = .05 there is none for it any more."""


class Shock(BaseModel):
    """A change that comes at a set tick.

    Attributes:
        at: tick, the first is 1; where the rule acts every so many ticks, one of those.
        size: what is added, in the unit of the column; the column stays ≥ 0.
        on: the column of the issue that is shaken.
        issue: name of the issue; all of them where there is none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    at: int = Field(ge=1, le=2**32 - 1, description="tick; the first is 1")
    size: float = Field(ge=-1e6, le=1e6, description="what is added, in the unit of the column")
    on: Shaken = Field("severity", description="severity, urgency or demand")
    issue: str | None = Field(None, description="name of the issue; all of them if not given")


class Change(Mechanism):
    r"""Shocks, drift of severity, perception, drift of demand and motives, and a slow driver, in this order.

    **Shocks** to severity (or urgency, or demand) come at the ticks listed in ``shocks``, and at random: each issue is
    struck by a Poisson number of them a tick, with mean ``shock_rate``, each of a Pareto size

    .. math:: P(S > s) = (s / s_0)^{-\alpha}, \quad s \ge s_0 .

    **Severity** :math:`h` may drift by itself, besides what a scheduled ``issue`` makes of it: it reverts to
    ``severity_level`` :math:`h_1` as demand reverts to 1 (below), and is held at 0 from below likewise.

    **Urgency** :math:`u`, severity as perceived, follows severity with a lag :math:`\ell`: in a tick
    :math:`u' = h + (u - h)\,e^{-1/\ell}`, at once where the lag is 0. Shocks to urgency come after that, so a scare is
    seen within its tick and is forgotten over the lag.

    **Demand** :math:`d` reverts to 1 (Ornstein & Uhlenbeck), by the exact solution over a tick,

    .. math:: d' = 1 + (d - 1)\,e^{-\kappa} + \sigma \sqrt{\frac{1 - e^{-2\kappa}}{2\kappa}}\,z,

    with z standard normal, stationary variance :math:`\sigma^2 / 2\kappa` and autocorrelation
    :math:`e^{-\kappa\,\Delta t}`. It is held at 0 from below, so keep :math:`\sigma^2/2\kappa` well under 1 (for
    severity: under :math:`h_1^2`).

    **Motives** :math:`m` drift as shares do: weights are multiplied, and brought back to sum 1. They return to the mean
    motive :math:`\bar m` that their sector is founded with, so that a sector as a whole does not wander off,

    .. math:: m_k' \propto m_k^{e^{-\kappa}}\, \bar m_k^{1 - e^{-\kappa}}
              \exp\left(\sigma_m \sqrt{\frac{1 - e^{-2\kappa}}{2\kappa}}\,z_k\right).

    So the logarithm of the ratio of any two weights follows the equation of demand exactly (Aitchison 1982), around that
    of the sector, with noise :math:`\sqrt{2}\,\sigma_m` and stationary variance :math:`\sigma_m^2 / \kappa`. A
    motive of no weight stays without; one that its sector is founded without is lost at once where there is a return.

    **Pressure**, the growth rate of an issue against the usual one, rises by ``ramp`` each tick from ``ramp_from``
    until ``ramp_until``. Urgency follows severity, not pressure: the driver is unseen.

    Everything 0, as in the default, is a steady world, in which urgency equals severity.

    Concepts:
        Emergence: Urgency can part from severity, so that a problem is neglected or dramatised without anybody
            deciding it.
        Sensing: Urgency is what organisations see of severity, with a lag; the pressure behind it is seen by nobody.
        Stochasticity: Drift of severity, motives and demand, and the times and sizes of shocks, are drawn.

    References:
        Aitchison (1982), J. R. Stat. Soc. B 44, 139 (ratios of shares). Gillespie (1996), Phys. Rev. E 54, 2084 (the
        exact step). Uhlenbeck & Ornstein (1930), Phys. Rev. 36, 823.
    """

    lag: float = Field(
        0.0, ge=0, description="ℓ, ticks in which perception closes all but 1/e of its distance to severity"
    )
    severity_level: float = Field(1.0, ge=0, le=1e6, description="h₁, severity to which it drifts back (severity)")
    severity_return: float = Field(0.0, ge=0, description="κ, rate at which severity returns to that level, per tick")
    severity_noise: float = Field(
        0.0, ge=0, description="σ, spread that severity gains by itself, per square root of a tick"
    )
    demand_return: float = Field(0.0, ge=0, description="κ, rate at which demand returns to 1, per tick")
    demand_noise: float = Field(0.0, ge=0, description="σ, spread that demand gains, per square root of a tick")
    motive_noise: float = Field(
        0.0, ge=0, le=2, description="σₘ, spread of the logarithm of each motive's weight gained in a tick"
    )
    motive_return: float = Field(
        0.0, ge=0, description="κ, rate at which motives return to the mean that their sector is founded with, per tick"
    )
    shocks: tuple[Shock, ...] = Field((), strict=False, description="shocks at set ticks: {at, size, on, issue}")
    shock_rate: float = Field(0.0, ge=0, le=100, description="mean number of random shocks to an issue in a tick")
    shock_size: float = Field(
        0.5, ge=0, le=1e6, description="s₀, least size of a random shock, in the unit of what it shakes"
    )
    shock_tail: float = Field(
        2.0,
        ge=LEAST_TAIL,
        description="α, tail exponent of their size: no finite mean below 1, no finite variance below 2",
    )
    shock_on: Shaken = Field("severity", description="what random shocks shake")
    ramp: float = Field(
        0.0,
        ge=-10,
        le=10,
        description="what pressure gains in a tick while it is ramped, share of the usual growth rate",
    )
    ramp_from: int = Field(0, ge=0, description="first tick of the ramp")
    ramp_until: int | None = Field(None, ge=0, description="tick before which the ramp ends; never, if not given")

    reads: ClassVar[tuple[str, ...]] = ("identity", "sector", "severity", "urgency", "demand", "motive", "pressure")
    writes: ClassVar[tuple[str, ...]] = ("severity", "urgency", "demand", "motive", "pressure")

    def faults(self, labels: Labels) -> list[str]:
        """Return which of the set shocks name an issue that this world does not have."""
        return [
            fault
            for place, shock in enumerate(self.shocks)
            if shock.issue is not None
            for fault in unknown(f"shocks[{place}].issue", [shock.issue], labels.issues)
        ]

    def never_acting(self, last: int) -> list[str]:
        """Return which of the set shocks do not strike, and whether the ramp never rises, in a run of so many ticks."""
        told = []
        for place, shock in enumerate(self.shocks):
            if reason := self._misses(shock.at, last):
                told.append(f"shocks[{place}] is to strike at tick {shock.at:,}, but {reason}; it will not")
        first = -(-max(self.ramp_from, 1) // self.every) * self.every
        end = last if self.ramp_until is None else min(last, self.ramp_until - 1)
        if self.ramp and first > end:
            until = "" if self.ramp_until is None else f" and before tick {self.ramp_until:,}"
            told.append(
                f"ramp is to raise pressure from tick {self.ramp_from:,} on{until}, but the rule acts at none of those "
                f"ticks before the run ends at tick {last:,}; it will not"
            )
        return told

    def _misses(self, tick: int, last: int) -> str:
        """Return why this rule does not act at a tick of a run of so many; nothing where it does."""
        if tick > last:
            return f"the run ends at tick {last:,}"
        if tick % self.every:
            before = tick - tick % self.every
            near = f"{before:,} and {before + self.every:,}" if before else f"{self.every:,} at first"
            return f"the rule acts every {self.every:,} ticks, at {near}"
        return ""

    def step(self, world: World, key: Key) -> None:
        """Let shocks strike, severity, urgency and demand move by their equations, then motives and pressure."""
        shocks = self.shocks
        if shocks:
            self._shake(world, ("severity",))
        pass_time(world.severity, world.urgency, world.demand, self._rates, key)
        if shocks:
            self._shake(world, ("urgency", "demand"))
        if self._moves_more:
            self._move_the_rest(world, key)

    @WorkedOut
    def _rates(self) -> NDArray[np.float64]:
        return numbers(
            self.shock_rate if self.shock_on == "severity" else 0.0, self.shock_size, self.shock_tail,
            self.severity_level, self.severity_return, self.severity_noise,
            float(np.exp(-1.0 / self.lag)) if self.lag else 0.0, self.demand_return, self.demand_noise,
        )  # fmt: skip

    @WorkedOut
    def _moves_more(self) -> bool:
        shakes_others = self.shock_rate > 0.0 and self.shock_on != "severity"
        return shakes_others or bool(self.motive_noise or self.motive_return or self.ramp)

    def _move_the_rest(self, world: World, key: Key) -> None:
        """Let chance shake what is not severity, and motives and pressure drift."""
        if self.shock_rate > 0.0 and self.shock_on != "severity":
            strike(getattr(world, self.shock_on), self.shock_rate, self.shock_size, self.shock_tail, key)
        if self.motive_noise or self.motive_return:
            level = _levels_of_motives(world) if self.motive_return else np.ones_like(world.motive)
            world.motive[:] = drift_motives(
                world.motive, level, world.identity, self.motive_return, self.motive_noise, key
            )
        if self.ramp and self.ramp_from <= world.tick and (self.ramp_until is None or world.tick < self.ramp_until):
            world.pressure[:] = np.maximum(world.pressure + self.ramp, 0.0)

    def _shake(self, world: World, columns: tuple[Shaken, ...]) -> None:
        """Add to these columns whatever shocks are set for this tick."""
        for shock in self.shocks:
            if shock.at == world.tick and shock.on in columns:
                chosen = slice(None) if shock.issue is None else world.labels.issues.index(shock.issue)
                values = getattr(world, shock.on)
                values[chosen] = np.maximum(values[chosen] + shock.size, 0.0)


def _levels_of_motives(world: World) -> NDArray[np.float64]:
    """Return the mean motive that each organisation's sector is founded with (n, 5).

    Raises:
        InputError: where the world has no ``origin``, so that nothing says what that is.
    """
    if world.origin is None:
        raise InputError(
            "motive_return is above 0, and this world does not know what it was founded from; allowed: 0, or the world of "
            "a model"
        )
    levels: NDArray[np.float64] = mean_motives(world.origin[0])[world.sector]
    return levels


# Draws: entity q with draws 0 (demand), 1 and from 16 on (shocks), 5 (severity); entity identity with draws 2 to 4
# (motives).
_DEMAND, _SEVERITY = 0, 5


@kernel
def pass_time(severity: Any, urgency: Any, demand: Any, rates: Any, key: Any) -> None:
    """Write severity, urgency and demand (Q,) one tick later; in one kernel, since a call costs more than any of it.

    ``rates`` (9,) are rate, least size and tail of shocks to severity; level, return and noise of severity's own drift;
    the share that remains of the distance between urgency and severity; and return and noise of demand.
    """
    rate, size, tail = rates[0], rates[1], rates[2]
    if rate > 0.0:
        strike(severity, rate, size, tail, key)
    level, back, noise, remembered = rates[3], rates[4], rates[5], rates[6]
    if back > 0.0 or noise > 0.0:
        revert(severity, level, back, noise, key, np.int64(_SEVERITY))
    perceive(urgency, severity, remembered)
    revert(demand, 1.0, rates[7], rates[8], key, np.int64(_DEMAND))


@kernel
def revert(values: Any, level: Any, rate: Any, noise: Any, key: Any, draw: Any) -> None:
    """Write values (Q,) one tick later, ≥ 0: return to a level at rate κ per tick, noise σ per square root of a tick."""
    kept, spread = np.exp(-rate), gained(rate, noise)
    for q in range(values.size):
        z, _ = normal2(key, q, draw)
        values[q] = max(level + (values[q] - level) * kept + spread * z, 0.0)


@kernel
def gained(rate: Any, noise: Any) -> Any:
    """Return the spread that noise σ per square root of a tick adds in a tick in which rate κ takes some of it back."""
    return noise * np.sqrt(-np.expm1(-2.0 * rate) / (2.0 * rate)) if rate > 0.0 else noise


@kernel
def perceive(urgency: Any, severity: Any, remembered: Any) -> None:
    """Write urgency (Q,) one tick later: of its distance to severity this share remains."""
    for q in range(urgency.size):
        urgency[q] = severity[q] + (urgency[q] - severity[q]) * remembered


@kernel
def strike(values: Any, rate: Any, size: Any, tail: Any, key: Any) -> None:
    """Add a Poisson number of Pareto shocks to each value (Q,)."""
    for q in range(values.size):
        # The number of arrivals of a Poisson process within one tick, by its waiting times.
        draw = 16
        waited = -np.log(1.0 - uniform(key, q, 1))
        while waited < rate:
            jump, wait = uniform2(key, q, draw)
            values[q] += size * (1.0 - jump) ** (-1.0 / tail)
            waited -= np.log(1.0 - wait)
            draw += 1


@kernel
def drift_motives(motive: Any, level: Any, identity: Any, rate: Any, noise: Any, key: Any) -> Any:
    """Return motives (n, 5) one tick later: the logarithm of each weight returns to that of ``level`` (n, 5), as ``revert``.

    Each sums to 1. Where no weight is left, nothing changes. Without a rate the level does not matter.
    """
    n, components = motive.shape
    kept, spread = np.exp(-rate), gained(rate, noise)
    following = np.empty_like(motive)
    for i in range(n):
        total = 0.0
        for k in range(components):
            first, second = normal2(key, identity[i], 2 + k // 2)
            weight = motive[i, k] ** kept * level[i, k] ** (1.0 - kept)
            following[i, k] = weight * np.exp(spread * (first if k % 2 == 0 else second))
            total += following[i, k]
        for k in range(components):
            following[i, k] = following[i, k] / total if total > 0.0 else motive[i, k]
    return following
