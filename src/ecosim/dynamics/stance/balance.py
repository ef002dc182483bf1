"""Structural balance: the friend of my friend becomes my friend, and so does the enemy of my enemy."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.kernels import kernel
from ecosim.rng import Key
from ecosim.world.world import World


class StructuralBalance(Mechanism):
    r"""Affect between two partners follows what they feel towards those whom both know.

    With :math:`x_{ij}` the affect of a tie, and k the partners that i and j have in common,

    .. math:: \frac{dx_{ij}}{dt} = \gamma \Big[ \sum_k x_{ik} x_{kj} + (x_{ii} + x_{jj})\, x_{ij} \Big] s(x_{ij}),
              \qquad \frac{dx_{ii}}{dt} = \gamma \Big[ \sum_k x_{ik}^2 + x_{ii}^2 \Big] s(x_{ii})

    where t is in ticks and :math:`\gamma` is ``rate``. The terms with :math:`x_{ii}`, the affect towards oneself, count
    with ``towards_oneself`` only; otherwise it stays as it is. On a complete network, with them and s = 1, this is the
    published :math:`dX/dt = X^2`, whose solution :math:`X(0)\,(I - X(0)\,t)^{-1}` blows up when
    :math:`t = 1/\lambda_1`, the greatest eigenvalue of X(0): by then everyone is in one of two camps, those where the
    first eigenvector is positive and those where it is negative, or all in one. Affect runs from -1 to 1 here, which
    ``bounds`` takes care of:

    - ``saturating``: :math:`s(x) = 1 - x^2`. Feelings harden as they near the ends, and nothing blows up (Kułakowski
      et al. 2005).
    - ``rescaling``: s = 1, and whenever the strongest affect would pass 1, all are divided by it. Multiplying all of X by
      a number only changes how fast the published model runs, not where: so ratios and camps stay the published ones
      for ever, and time is the published one until the strongest affect has reached 1. To follow the published model
      from X(0) in its own units, take a unit u so large that X(0)/u stays small, and rate u times the time of a tick.

    It is a differential equation, so everybody moves at once, and the order of acting does not matter. It is integrated
    by the Runge–Kutta method of fourth order, in steps that shrink as affect grows.

    References:
        Marvel, Kleinberg, Kleinberg & Strogatz (2011), PNAS 108, 1771. Kułakowski, Gawroński & Gronek (2005), Int. J.
        Mod. Phys. C 16, 707 (both checked by their abstracts only).
    """

    rate: float = Field(
        0.05,
        ge=0,
        le=1e9,
        description="γ, change of affect a tick by one common partner whom both utterly like, per tick",
    )
    bounds: Literal["saturating", "rescaling"] = Field(
        "saturating", description="what keeps affect from -1 to 1: it hardens at the ends, or all of it is scaled down"
    )
    towards_oneself: bool = Field(
        False, description="whether the affect of an organisation towards itself counts, and changes, too"
    )
    accuracy: float = Field(
        0.1, gt=0, le=1, description="longest step of the integration, times the fastest relative change of affect"
    )

    reads: ClassVar[tuple[str, ...]] = ("affect", "self_affect")
    writes: ClassVar[tuple[str, ...]] = ("affect", "self_affect")

    def step(self, world: World, key: Key) -> None:
        affect = np.ascontiguousarray(world.affect)
        balance(
            affect, world.self_affect, world.first_tie, world.partner, world.tie,
            self.rate, self.bounds == "saturating", self.towards_oneself, self.accuracy,
        )  # fmt: skip
        world.affect[:] = affect


@kernel
def balance(
    affect: Any, own: Any, first_tie: Any, partner: Any, tie: Any,
    rate: Any, saturates: Any, oneself: Any, accuracy: Any,
) -> None:  # fmt: skip
    """Let one tick pass, changing affect (m,) and, where ``oneself``, the affect of each towards itself (n,).

    Args:
        affect: of each tie (m,), -1 to 1.
        own: of each organisation towards itself (n,), -1 to 1.
        first_tie: half-edges (n + 1,).
        partner: half-edges (2m,).
        tie: half-edges (2m,).
        rate: change a tick of a product of two affects of 1.
        saturates: whether change fades as affect nears -1 and 1; otherwise all are scaled down when one passes.
        oneself: whether the affect towards oneself counts.
        accuracy: greatest step of the integration, times the fastest relative change.
    """
    ties, n = affect.size, own.size
    marked = np.zeros(n)
    at, at_own = np.empty(ties), np.empty(n)
    slope, slope_own = np.zeros(ties), np.zeros(n)
    total, total_own = np.empty(ties), np.empty(n)
    left = 1.0
    while left > 0.0:
        fastest = rate * strongest(affect, own, first_tie, tie, oneself)
        if fastest == 0.0:
            return
        step = accuracy / fastest
        if step >= left:
            step, left = left, 0.0
        else:
            left -= step
        total[:], total_own[:] = 0.0, 0.0
        for stage in range(4):  # slopes at the start, twice half-way and at the end, weighed 1, 2, 2, 1
            ahead = 0.0 if stage == 0 else (step if stage == 3 else 0.5 * step)
            weight = 1.0 if stage == 0 or stage == 3 else 2.0
            for t in range(ties):
                at[t] = affect[t] + ahead * slope[t]
            for i in range(n):
                at_own[i] = own[i] + ahead * slope_own[i]
            find_slopes(at, at_own, first_tie, partner, tie, marked, rate, saturates, oneself, slope, slope_own)
            for t in range(ties):
                total[t] += weight * slope[t]
            for i in range(n):
                total_own[i] += weight * slope_own[i]
        greatest = 1.0
        for t in range(ties):
            affect[t] += step / 6.0 * total[t]
            greatest = max(greatest, abs(affect[t]))
        for i in range(n):
            own[i] += step / 6.0 * total_own[i]
            greatest = max(greatest, abs(own[i]))
        if greatest > 1.0:
            keep_within(affect, greatest, saturates)
            keep_within(own, greatest, saturates)


@kernel
def find_slopes(
    affect: Any, own: Any, first_tie: Any, partner: Any, tie: Any, marked: Any,
    rate: Any, saturates: Any, oneself: Any, slope: Any, slope_own: Any,
) -> None:  # fmt: skip
    """Put the change per tick of affect (m,) and of that towards oneself (n,) into the slopes.

    ``marked`` (n,) is 0 everywhere, before and after. Each tie looks through the partners of its upper end for those
    whom the lower end knows, too. Without ``oneself`` the slopes towards oneself stay as they are.
    """
    for i in range(own.size):
        start, stop = first_tie[i], first_tie[i + 1]
        squares = 0.0
        for h in range(start, stop):
            value = affect[tie[h]]
            marked[partner[h]] = value
            squares += value * value
        for h in range(start, stop):
            j = partner[h]
            if j < i:
                continue
            x = affect[tie[h]]
            common = 0.0
            for g in range(first_tie[j], first_tie[j + 1]):
                common += marked[partner[g]] * affect[tie[g]]
            if oneself:
                common += (own[i] + own[j]) * x
            slope[tie[h]] = rate * common * (1.0 - x * x if saturates else 1.0)
        for h in range(start, stop):
            marked[partner[h]] = 0.0
        if oneself:
            x = own[i]
            slope_own[i] = rate * (squares + x * x) * (1.0 - x * x if saturates else 1.0)


@kernel
def strongest(affect: Any, own: Any, first_tie: Any, tie: Any, oneself: Any) -> Any:
    """Return the greatest sum of one organisation's affects, whatever their signs: no affect can change faster."""
    greatest = 0.0
    for i in range(own.size):
        strength = abs(own[i]) if oneself else 0.0
        for h in range(first_tie[i], first_tie[i + 1]):
            strength += abs(affect[tie[h]])
        greatest = max(greatest, strength)
    return greatest


@kernel
def keep_within(values: Any, greatest: Any, saturates: Any) -> None:
    """Bring values back to -1 … 1: cut off what the last step put beyond, or divide all by the greatest."""
    for k in range(values.size):
        values[k] = min(1.0, max(-1.0, values[k])) if saturates else values[k] / greatest
