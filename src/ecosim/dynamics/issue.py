"""Issue: a problem grows by itself and is held down by collective effort, with two stable states."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.worked_out import WorkedOut, numbers
from ecosim.kernels import inner, kernel
from ecosim.rng import Key, normal2
from ecosim.world.world import World


class Issue(Mechanism):
    r"""Logistic growth of severity against saturating control.

    .. math:: \frac{dh}{dt} = p\,r\,h\left(1 - \frac{h}{H}\right) - c\,\frac{h^2}{h^2 + h_0^2},
              \qquad c = c_0 + \chi\,\frac{Y}{N / Q}

    where :math:`h` is severity, :math:`p` the issue's pressure (1 unless something drives it), :math:`Y` the relief of
    last tick's work, and :math:`N/Q` the organisations there are for each issue, so that a larger world does not solve
    its issues merely by being larger. Between two critical values of :math:`c` a low and a high severity are both
    stable: a small change tips the issue over, and to come back control must rise beyond what held it before.

    Control is constant within a tick; the equation is integrated for :math:`\log h` by the classical Runge–Kutta method
    (so severity stays positive) in as many substeps as its fastest rate asks for, at most 10⁵: what lies so far above
    :math:`H` that it falls at more than 20,000 per tick starts where it falls at that rate, as it will within a
    20,000th of a tick. With ``noise`` :math:`\sigma`
    severity is then multiplied by :math:`\exp(\sigma z - \sigma^2/2)`, z standard normal, whose mean is 1.

    Concepts:
        Basic principles: Two stable states and a fold between them: a problem that has tipped does not come back by
            undoing what tipped it.
        Stochasticity: Severity is multiplied by lognormal noise of mean 1 each tick.

    References:
        May (1977), Nature 269, 471. Scheffer et al. (2009), Nature 461, 53, Box 1 (the fold).
    """

    growth: float = Field(0.05, ge=0, le=10, description="r, rate at which a small problem grows, per tick")
    ceiling: float = Field(10.0, gt=0, description="H, severity at which an unattended problem stops growing")
    half: float = Field(1.0, gt=0, description="h₀, severity at which control works at half its strength")
    floor: float = Field(0.01, ge=0, description="c₀, control without any collective work, severity per tick")
    effectiveness: float = Field(
        0.06, ge=0, description="χ, control per unit of relief and organisation of the issue, severity per tick"
    )
    noise: float = Field(
        0.0, ge=0, le=2, description="σ, standard deviation of the logarithm of severity added each tick"
    )

    reads: ClassVar[tuple[str, ...]] = ("severity", "relief", "pressure")
    writes: ClassVar[tuple[str, ...]] = ("severity", "control")

    def step(self, world: World, key: Key) -> None:
        """Integrate severity over a tick, dh/dt = p r h (1 − h/H) − c h² / (h² + h₀²), then add noise of mean 1."""
        grow(
            world.severity, world.control, world.relief, world.pressure, world.identity.size, self._rates, key
        )  # fmt: skip

    @WorkedOut
    def _rates(self) -> NDArray[np.float64]:
        return numbers(self.floor, self.effectiveness, self.growth, self.ceiling, self.half, self.noise)


_FASTEST = 2e4
"""Rate per tick that the most substeps can follow."""


@kernel
def grow(severity: Any, control: Any, relief: Any, pressure: Any, organisations: Any, rates: Any, key: Any) -> None:
    """Write the control of each issue (Q,), severity per tick, and its severity one tick later, ≥ 0.

    ``rates`` (6,) are floor, effectiveness, growth, ceiling, half and noise, as in ``Issue``.
    """
    floor, effectiveness, growth, ceiling, half, noise = rates[0], rates[1], rates[2], rates[3], rates[4], rates[5]
    for q in range(severity.size):
        control[q] = floor + effectiveness * relief[q] * severity.size / max(organisations, 1)
        speed = growth * pressure[q]
        fastest = speed * (1.0 + severity[q] / ceiling) + control[q] / half
        steps = 1 + np.int64(min(fastest / 0.2, 1e5))
        level = np.log(severity[q])
        if fastest > _FASTEST and speed > 0.0:
            level = min(level, np.log(_FASTEST * ceiling / speed))
        for _ in range(steps):
            level = _runge_kutta(level, 1.0 / steps, control[q], speed, ceiling, half)
        z, _ = normal2(key, q, 0)
        severity[q] = np.exp(level + noise * z - 0.5 * noise * noise)


@inner
def _runge_kutta(level: Any, time: Any, control: Any, growth: Any, ceiling: Any, half: Any) -> Any:
    slope_1 = _slope(level, control, growth, ceiling, half)
    slope_2 = _slope(level + 0.5 * time * slope_1, control, growth, ceiling, half)
    slope_3 = _slope(level + 0.5 * time * slope_2, control, growth, ceiling, half)
    slope_4 = _slope(level + time * slope_3, control, growth, ceiling, half)
    return level + time * (slope_1 + 2.0 * slope_2 + 2.0 * slope_3 + slope_4) / 6.0


@inner
def _slope(level: Any, control: Any, growth: Any, ceiling: Any, half: Any) -> Any:
    """Return the rate of change of log h."""
    h = np.exp(level)
    return growth * (1.0 - h / ceiling) - control * h / (h * h + half * half)
