"""Absorption: a partner's capability becomes one's own, the more so the more one already knows of the kind."""

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
        """Move what partners can do better along bonds, everyone looking at capabilities as they were; then forget."""
        absorb(world.capability, world.bond, world.first_tie, world.partner, world.tie, self._rates)

    @WorkedOut
    def _rates(self) -> NDArray[np.float64]:
        return numbers(self.learning, self.prior, self.most, self.forgetting)


@kernel
def absorb(capability: Any, bond: Any, first_tie: Any, partner: Any, tie: Any, rates: Any) -> None:
    """Write capabilities (n, kinds) in place, once all are known; ``rates`` as in ``Absorption``."""
    learning, prior, most, forgetting = rates[0], rates[1], rates[2], rates[3]
    n, kinds = capability.shape
    before = capability.copy()
    weight = np.empty(partner.size)
    for h in range(partner.size):
        weight[h] = bond[np.uint32(tie[h])]
    for i in range(n):
        first, end, bonds, total = first_tie[i], first_tie[i + 1], 0.0, 0.0
        for h in range(first, end):
            bonds += weight[np.uint64(h)]
        for k in range(kinds):  # one kind after the other: what is gained of it stays in the processor
            own, gained = before[i, k], 0.0
            for h in range(first, end):
                gained += weight[np.uint64(h)] * max(0.0, before[np.uint32(partner[np.uint64(h)]), k] - own)
            capability[i, k] = own + learning * own / (own + prior) * gained / max(1.0, bonds)
            total += capability[i, k]
        beyond = total - most * kinds
        if beyond > 0.0:
            for k in range(kinds):
                capability[i, k] *= 1.0 - forgetting * beyond / total
