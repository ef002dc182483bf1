"""Pooling: what a coalition knows together grows from what its members know apart and share, and fades."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.worked_out import WorkedOut, numbers
from ecosim.kernels import kernel
from ecosim.rng import Key
from ecosim.world.world import World


class Pooling(Mechanism):
    r"""The pool of a coalition.

    Members have something to tell one another as far as they can do different things. With capability
    :math:`a_{ik}` of member i in kind k, the diversity of their knowledge is the part of what the coalition can do at its
    best that a typical member cannot,

    .. math:: V = 1 - \frac{\sum_k \frac{1}{m} \sum_i a_{ik}}{\sum_k \max_i a_{ik}}

    (0 where all are alike, at most 1 − 1/m), and they share it the more the closer they are (mean bond B over all pairs):

    .. math:: P \leftarrow P + g\, V\, \bigl(\epsilon + (1 - \epsilon) B\bigr) (1 - P) - f P

    So a pool settles at :math:`gVS / (gVS + f)`, S the factor of sharing: members that know the same, or that fade apart,
    lose it. A new coalition begins with an empty pool.

    Concepts:
        Learning: Members put together what they know; the more they differ and the closer they are, the more there is
            to pool.
        Collectives: The pool belongs to the coalition, and goes with it.

    References:
        Stasser & Titus (1985), J. Pers. Soc. Psychol. 48, 1467 (what groups make of knowledge that members do not have
        in common).
    """

    growth: float = Field(
        0.3, ge=0, le=1, description="g, share of what is not yet pooled that utterly different members pool each time"
    )
    candour: float = Field(
        0.2, ge=0, le=1, description="ε, how much is shared without any bond, against with a full one"
    )
    fading: float = Field(0.02, ge=0, le=1, description="f, share of the pool that is lost each time it acts")

    reads: ClassVar[tuple[str, ...]] = ("capability", "coalition_bond")
    writes: ClassVar[tuple[str, ...]] = ("pool",)

    def step(self, world: World, key: Key) -> None:
        """Let every pool grow by what members have to tell one another, and fade: P ← P + g V S (1 − P) − f P."""
        share_knowledge(
            world.member, world.first_member, world.capability, world.coalition_bond, world.pool, self._rates
        )

    @WorkedOut
    def _rates(self) -> NDArray[np.float64]:
        return numbers(self.growth, self.candour, self.fading)


@kernel
def share_knowledge(member: Any, first_member: Any, capability: Any, bond: Any, pool: Any, rates: Any) -> None:
    """Write each coalition's pool (c,) in place; ``rates`` (3,) are growth, candour and fading, as in ``Pooling``."""
    growth, candour, fading = rates[0], rates[1], rates[2]
    for c in range(pool.size):
        start, end = first_member[c], first_member[c + 1]
        mean, best = 0.0, 0.0
        for k in range(capability.shape[1]):
            total, most = 0.0, 0.0
            for a in range(start, end):
                value = capability[member[a], k]
                total += value
                most = max(most, value)
            mean += total / (end - start)
            best += most
        diversity = max(0.0, 1.0 - mean / best) if best > 0.0 else 0.0
        gained = growth * diversity * (candour + (1.0 - candour) * bond[c]) * (1.0 - pool[c])
        pool[c] = min(1.0, max(0.0, pool[c] + gained - fading * pool[c]))
