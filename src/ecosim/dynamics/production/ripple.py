"""Ripple: the benefit of joint work spreads outward along ties, to those who did not do it."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.kernels import kernel
from ecosim.rng import Key
from ecosim.world.entrances import straight
from ecosim.world.within import ties_within
from ecosim.world.world import World


class Ripple(Mechanism):
    r"""The third win.

    What organisation i gained from joint work beyond the same effort alone, :math:`x_i`, spreads along bonds:

    .. math:: y = (I - \varphi A)^{-1} x, \qquad A_{ij} = \frac{R_{ij}}{\max(1, \sum_k R_{kj})}

    with bonds :math:`R_{ij}`. ``spillover`` is :math:`y - x`, what reached it from others, and ``sent`` what of its own
    x it passed on to partners who are in no coalition with it. The columns of A sum to at most 1, so a unit of gain
    sends at most :math:`\varphi / (1 - \varphi)` outward in all; φ = 0 or no bonds sends nothing. The system is solved
    by the Neumann series :math:`\sum_s \varphi^s A^s x`, which converges for φ < 1, until what is left is below
    ``tolerance`` of the whole. Losses do not spread.

    Concepts:
        Basic principles: Benefit spreads beyond those who made it, along bonds: the third win.
        Interaction: Gains pass on from partner to partner, weaker with each step.

    References:
        Katz (1953), Psychometrika 18, 39 (the series; in economics, the Leontief inverse).
    """

    spread: float = Field(0.3, ge=0, lt=1, description="φ, share of a benefit that passes on to partners at full bonds")
    tolerance: float = Field(1e-3, gt=0, lt=1, description="relative size of what is left out of the series")

    reads: ClassVar[tuple[str, ...]] = ("bond", "member_share", "member_alone")
    writes: ClassVar[tuple[str, ...]] = ("spillover", "sent")

    def step(self, world: World, key: Key) -> None:
        """Spread gains of joint work along bonds, y = (I − φA)⁻¹ x, and write what reached whom and what was sent."""
        _spread_out(
            self, world,
            world.member, world.member_share, world.member_alone, ties_within(world), world.first_tie, world.partner,
            world.tie, world.bond, world.spillover, world.sent,
        )  # fmt: skip


@kernel
def spread_out(
    member: Any, share: Any, alone: Any, within: Any, first_tie: Any, partner: Any, tie: Any, bond: Any, reached: Any,
    passed_on: Any, spread: Any, tolerance: Any,
) -> None:  # fmt: skip
    """Write the benefit that reached each organisation through others, and what it passed on of its own (n,)."""
    n = first_tie.size - 1
    wave = np.zeros(n)
    for row in range(member.size):
        wave[member[row]] += share[row] - alone[row]
    outward = bond.copy()  # bonds that lead to somebody who is in no coalition with one
    for k in range(within.shape[0]):
        outward[within[k, 2]] = 0.0
    # One look-up of each half-edge's bond, and of who is at its other end, serves all rounds.
    weight, source = np.empty(partner.size), np.empty(partner.size, np.uint32)
    outflow, sent = np.empty(n), np.empty(n)
    total = 0.0
    for i in range(n):
        wave[i] = max(0.0, wave[i])
        total += wave[i]
        bonds, outside = 0.0, 0.0
        for h in range(first_tie[i], first_tie[i + 1]):
            t = np.uint32(tie[h])
            weight[h], source[h] = bond[t], i
            bonds += weight[h]
            outside += outward[t]
        outflow[i] = spread / max(1.0, bonds)
        passed_on[i] = outflow[i] * outside * wave[i]
        reached[i] = 0.0
    remaining = total
    # What all further rounds would bring together is at most spread / (1 - spread) times what this one has.
    while remaining * spread > tolerance * total * (1.0 - spread) and remaining > 0.0:
        for i in range(n):
            sent[i] = wave[i] * outflow[i]
            wave[i] = 0.0
        # Half-edge by half-edge, not one receiver after the other: no sum waits for the one before, nor does a processor
        # have to guess where each ends. Senders come in the order of rows, so each sum has the order of its partners.
        for h in range(partner.size):
            wave[np.uint32(partner[h])] += weight[h] * sent[source[h]]
        remaining = 0.0
        for i in range(n):
            reached[i] += wave[i]
            remaining += wave[i]


_spread_out = straight(spread_out, lambda rule, world: (rule.spread, rule.tolerance))
