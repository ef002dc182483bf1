"""Bounded confidence: organisations listen only to partners whose stance is not too far from their own."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.kernels import kernel
from ecosim.rng import Key, uniform
from ecosim.world.world import World


class BoundedConfidence(Mechanism):
    r"""Opinion change along ties, within a tolerance.

    ``listening: everyone`` (Hegselmann & Krause 2002): each organisation moves towards the mean of itself and of those
    partners that lie within ``tolerance`` :math:`\varepsilon`,

    .. math:: x_i' = x_i + \frac{\mu}{1 + |N_i|} \sum_{j \in N_i} (x_j - x_i),
              \quad N_i = \{j \sim i : |x_j - x_i| \le \varepsilon\}

    ``listening: one`` (Deffuant et al. 2000, one-sided): each looks at one partner, drawn uniformly from its ties, and
    moves by :math:`\mu (x_j - x_i)` if that partner lies within the tolerance.

    Distance is Euclidean over the axes of opinion. Everyone looks at last tick's stances, so the order of
    organisations does not matter.

    References:
        Deffuant, Neau, Amblard & Weisbuch (2000), Adv. Complex Syst. 3, 87. Hegselmann & Krause (2002), JASSS 5(3) 2.
    """

    tolerance: float = Field(
        0.4, ge=0, le=4, description="ε, greatest distance of stance that is listened to (stance runs from -1 to 1)"
    )
    responsiveness: float = Field(0.5, ge=0, le=1, description="μ, share of the distance moved")
    listening: Literal["everyone", "one"] = Field(
        "everyone", description="to all partners within tolerance, or to one drawn at random"
    )

    reads: ClassVar[tuple[str, ...]] = ("identity", "stance")
    writes: ClassVar[tuple[str, ...]] = ("stance",)

    def step(self, world: World, key: Key) -> None:
        if self.listening == "everyone":
            world.stance[:] = listen_to_everyone(
                world.stance, world.first_tie, world.partner, self.tolerance, self.responsiveness
            )
        else:
            world.stance[:] = listen_to_one(
                world.stance, world.identity, world.first_tie, world.partner, self.tolerance, self.responsiveness, key
            )


@kernel
def listen_to_everyone(stance: Any, first_tie: Any, partner: Any, tolerance: Any, responsiveness: Any) -> Any:
    """Return next tick's stances (n, axes)."""
    n, axes = stance.shape
    following = np.empty_like(stance)
    if axes == 1:  # the common case, without an inner loop over axes: twice as fast
        flat = stance[:, 0]
        for i in range(n):
            pull, heard = 0.0, 1
            own = flat[i]
            for h in range(first_tie[i], first_tie[i + 1]):
                difference = flat[partner[h]] - own
                near = abs(difference) <= tolerance
                pull += difference * near
                heard += near
            following[i, 0] = own + responsiveness * pull / heard
        return following
    pulls = np.empty(axes)
    for i in range(n):
        pulls[:] = 0.0
        heard = 1
        for h in range(first_tie[i], first_tie[i + 1]):
            j = partner[h]
            squared = 0.0
            for d in range(axes):
                squared += (stance[j, d] - stance[i, d]) ** 2
            if squared <= tolerance * tolerance:
                heard += 1
                for d in range(axes):
                    pulls[d] += stance[j, d] - stance[i, d]
        for d in range(axes):
            following[i, d] = stance[i, d] + responsiveness * pulls[d] / heard
    return following


@kernel
def listen_to_one(
    stance: Any, identity: Any, first_tie: Any, partner: Any, tolerance: Any, responsiveness: Any, key: Any
) -> Any:
    """Return next tick's stances (n, axes)."""
    n, axes = stance.shape
    following = stance.copy()
    for i in range(n):
        ties = first_tie[i + 1] - first_tie[i]
        chosen = uniform(key, identity[i], 0)
        if ties == 0:
            continue
        j = partner[first_tie[i] + np.int64(chosen * ties)]
        squared = 0.0
        for d in range(axes):
            squared += (stance[j, d] - stance[i, d]) ** 2
        if squared <= tolerance * tolerance:
            for d in range(axes):
                following[i, d] += responsiveness * (stance[j, d] - stance[i, d])
    return following
