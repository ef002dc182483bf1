"""Structural balance: the friend of my friend becomes my friend, and so does the enemy of my enemy."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.kernels import inlined, inner, kernel
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

    Concepts:
        Basic principles: The friend of a friend becomes a friend, the enemy of an enemy too.
        Emergence: Two hostile camps, or one union, arise from triangles alone.
        Interaction: The affect of a tie changes by the product of the affects to common partners.

    References:
        Marvel, Kleinberg, Kleinberg & Strogatz (2011), PNAS 108, 1771 (checked by its abstract only). Kułakowski,
        Gawroński & Gronek (2005), Int. J. Mod. Phys. C 16, 707 (checked by its abstract only).
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
        0.25, gt=0, le=1, description="longest step of the integration, times the pace at which affect changes"
    )

    reads: ClassVar[tuple[str, ...]] = ("affect", "self_affect")
    writes: ClassVar[tuple[str, ...]] = ("affect", "self_affect")

    def step(self, world: World, key: Key) -> None:
        """Integrate affect over a tick, dx_ij/dt = γ Σ_k x_ik x_kj s(x_ij), for all ties at once."""
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
        partner: half-edges (2m,), those of one organisation in ascending order.
        tie: half-edges (2m,).
        rate: change a tick of a product of two affects of 1.
        saturates: whether change fades as affect nears -1 and 1; otherwise all are scaled down when one passes.
        oneself: whether the affect towards oneself counts.
        accuracy: greatest step of the integration, times the pace at which affect changes.
    """
    ties, n = affect.size, own.size
    above = first_above(first_tie, partner)
    marked = np.full(n, -1)
    at, at_own = np.empty(ties), np.empty(n)
    slope, slope_own, pace = np.zeros(ties), np.zeros(n), np.empty(ties)
    total, total_own = np.empty(ties), np.empty(n)
    left = 1.0
    while left > 0.0:
        step = left
        for stage in range(4):  # slopes at the start, twice half-way and at the end, weighed 1, 2, 2, 1
            ahead = 0.0 if stage == 0 else (step if stage == 3 else 0.5 * step)
            look_ahead(at, affect, slope, ahead)
            look_ahead(at_own, own, slope_own, ahead)
            fastest = find_slopes(
                at, at_own, first_tie, above, partner, tie, marked, rate, saturates, oneself, stage == 0,
                slope, slope_own, pace,
            )  # fmt: skip
            if stage == 0:
                if fastest == 0.0:
                    return
                step = min(left, accuracy / fastest)
                total[:], total_own[:] = slope, slope_own
            else:
                weight = 1.0 if stage == 3 else 2.0
                add(total, slope, weight)
                add(total_own, slope_own, weight)
        left -= step
        add(affect, total, step / 6.0)
        add(own, total_own, step / 6.0)
        greatest = max(1.0, greatest_of(affect), greatest_of(own))
        if greatest > 1.0:
            keep_within(affect, greatest, saturates)
            keep_within(own, greatest, saturates)


@inlined
def look_ahead(at: Any, values: Any, slope: Any, ahead: Any) -> None:
    """Write where values (k,) would be after so much time at these slopes (k,)."""
    for k in range(at.size):
        at[k] = values[k] + ahead * slope[k]


@inlined
def add(values: Any, more: Any, weight: Any) -> None:
    """Add to values (k,) others (k,), times a weight."""
    for k in range(values.size):
        values[k] += weight * more[k]


@inlined
def greatest_of(values: Any) -> Any:
    """Return how far the farthest of values (k,) lies from 0; 0 where there are none."""
    greatest = 0.0
    for k in range(values.size):
        greatest = max(greatest, abs(values[k]))
    return greatest


@inner
def find_slopes(
    affect: Any, own: Any, first_tie: Any, above: Any, partner: Any, tie: Any, marked: Any,
    rate: Any, saturates: Any, oneself: Any, asks_pace: Any, slope: Any, slope_own: Any, pace: Any,
) -> Any:  # fmt: skip
    """Put the change per tick of affect (m,) and of that towards oneself (n,) into the slopes; return the fastest pace.

    Each three who all know each other are met once: from the lowest row, over the middle, to the highest. ``marked``
    (n,) is -1 everywhere, before and after; without ``oneself`` the slopes towards oneself stay as they are. The pace of
    a tie, asked for with ``asks_pace``, is half the sum of what all affects, whatever their signs, that its slope is made
    of: how fast it may change relative to them.
    """
    n = own.size
    slope[:] = 0.0
    if asks_pace:
        pace[:] = 0.0
    for i in range(n):
        stop = first_tie[i + 1]
        for h in range(above[i], stop):
            marked[partner[h]] = tie[h]
        for h in range(above[i], stop):
            j, a = partner[h], tie[h]
            for g in range(above[j], first_tie[j + 1]):
                b = marked[partner[g]]
                if b >= 0:
                    add_triangle(a, b, tie[g], affect, asks_pace, slope, pace)
        for h in range(above[i], stop):
            marked[partner[h]] = -1
    if oneself:
        add_towards_oneself(affect, own, first_tie, tie, asks_pace, slope, slope_own, pace)
    fastest = 0.0
    for t in range(slope.size):
        slope[t] *= rate * (1.0 - affect[t] * affect[t] if saturates else 1.0)
    if asks_pace:
        for t in range(slope.size):
            fastest = max(fastest, 0.5 * pace[t])
    if oneself:
        for i in range(n):
            slope_own[i] *= rate * (1.0 - own[i] * own[i] if saturates else 1.0)
            fastest = max(fastest, abs(own[i]))
    return rate * fastest


@inlined
def add_triangle(a: Any, b: Any, c: Any, affect: Any, asks_pace: Any, slope: Any, pace: Any) -> None:
    """Add to the slope of each of three ties the product of the other two, and to its pace their size."""
    slope[a] += affect[b] * affect[c]
    slope[b] += affect[a] * affect[c]
    slope[c] += affect[a] * affect[b]
    if asks_pace:
        pace[a] += abs(affect[b]) + abs(affect[c])
        pace[b] += abs(affect[a]) + abs(affect[c])
        pace[c] += abs(affect[a]) + abs(affect[b])


@inner
def add_towards_oneself(
    affect: Any, own: Any, first_tie: Any, tie: Any, asks_pace: Any, slope: Any, slope_own: Any, pace: Any
) -> None:
    """Add what affect towards oneself contributes to the slopes of ties (m,), and find those of its own (n,)."""
    for i in range(own.size):
        squares = own[i] * own[i]
        for h in range(first_tie[i], first_tie[i + 1]):
            t = tie[h]
            squares += affect[t] * affect[t]
            slope[t] += own[i] * affect[t]  # once from each end
            if asks_pace:
                pace[t] += 2.0 * abs(own[i]) + abs(affect[t])
        slope_own[i] = squares


@inner
def first_above(first_tie: Any, partner: Any) -> Any:
    """Return, of each organisation (n,), the first half-edge to a row above its own."""
    above = first_tie[:-1].copy()
    for i in range(above.size):
        while above[i] < first_tie[i + 1] and partner[above[i]] < i:
            above[i] += 1
    return above


@inner
def keep_within(values: Any, greatest: Any, saturates: Any) -> None:
    """Bring values back to -1 … 1: cut off what the last step put beyond, or divide all by the greatest."""
    for k in range(values.size):
        values[k] = min(1.0, max(-1.0, values[k])) if saturates else values[k] / greatest
