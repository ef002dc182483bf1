"""Absorption: a partner's capability becomes one's own, the more so the more one already knows of the kind."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.kernels import kernel
from ecosim.rng import Key
from ecosim.world.world import World


class Absorption(Mechanism):
    r"""Absorptive capacity: the parts are transformed by what is between them.

    What a partner j can do better moves into organisation i along their bond :math:`R_{ij}`, faster the more i already
    can in that kind (prior related knowledge). Attention is finite: bonds that sum to more than 1 share it,

    .. math:: a_{ik} \leftarrow a_{ik} + \alpha\, \frac{a_{ik}}{a_{ik} + a_0} \sum_j w_{ij} \max(0, a_{jk} - a_{ik}),
              \qquad w_{ij} = \frac{R_{ij}}{\max(1, \sum_l R_{il})}

    The giver loses nothing. Nobody passes its best partner in a kind by this, and whoever can nothing of a kind learns
    nothing of it. But nobody can keep up everything: what all its kinds together exceed ``most`` × K by (K kinds) is
    forgotten, a share ``forgetting`` each time, in proportion. So whoever learns a partner's trade loses some of its own.
    Everyone learns from partners as they were.

    Concepts:
        Learning: What a partner can do becomes one's own, along bonds, the faster the more one knows of it already.
        Interaction: Along every tie with a bond.

    References:
        Cohen & Levinthal (1990), Absorptive capacity, Adm. Sci. Q. 35, 128 (the equation is ours).
    """

    learning: float = Field(
        0.02, ge=0, le=1, description="α, share of the difference that moves along a full bond each time it acts"
    )
    prior: float = Field(
        0.5, gt=0, le=1000, description="a₀, capability of a kind at which half of what could be learnt is"
    )
    most: float = Field(
        1.5, gt=0, le=1000, description="mean capability over all kinds beyond which an organisation forgets"
    )
    forgetting: float = Field(
        0.1, ge=0, le=1, description="share of what it has beyond that that an organisation forgets each time it acts"
    )

    reads: ClassVar[tuple[str, ...]] = ("bond",)
    writes: ClassVar[tuple[str, ...]] = ("capability",)

    def step(self, world: World, key: Key) -> None:
        absorb(
            world.capability, world.bond, world.first_tie, world.partner, world.tie,
            (self.learning, self.prior, self.most, self.forgetting),
        )  # fmt: skip


@kernel
def absorb(capability: Any, bond: Any, first_tie: Any, partner: Any, tie: Any, rates: Any) -> None:
    """Write capabilities (n, kinds) in place, once all are known; ``rates`` as in ``Absorption``."""
    learning, prior, most, forgetting = rates
    n, kinds = capability.shape
    before = capability.copy()
    gained = np.empty(kinds)
    for i in range(n):
        gained[:] = 0.0
        bonds = 0.0
        for h in range(first_tie[i], first_tie[i + 1]):
            weight, j = bond[tie[h]], partner[h]
            bonds += weight
            for k in range(kinds):
                gained[k] += weight * max(0.0, before[j, k] - before[i, k])
        total = 0.0
        for k in range(kinds):
            own = before[i, k]
            capability[i, k] = own + learning * own / (own + prior) * gained[k] / max(1.0, bonds)
            total += capability[i, k]
        beyond = total - most * kinds
        if beyond > 0.0:
            for k in range(kinds):
                capability[i, k] *= 1.0 - forgetting * beyond / total
