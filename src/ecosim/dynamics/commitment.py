"""Commitment: the committed keep their contribution, or their stance, whatever others do."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import BeforeValidator, Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.kernels import kernel
from ecosim.rng import Key
from ecosim.world.labels import Labels
from ecosim.world.setting_kinds import as_tuple
from ecosim.world.world import World

Position = Annotated[float, Field(ge=-1, le=1)]


class CommittedContribution(Mechanism):
    r"""The committed put in what they stand for, after everyone else has weighed it.

    With contribution c and what they are committed to, v,

    .. math:: c_i' = v \text{ for the committed}, \qquad c_i' = c_i \text{ for all others}

    Scheduled after the rules by which contributions change, it undoes what they did to whoever is ``committed``: these
    gain and lose as others do, but do not learn from it. Others see them, and may imitate them.

    Concepts:
        Adaptation: The committed do not adapt: their contribution is put back to what they have promised.
        Collectives: The committed are a declared group; nothing ties them to each other.
    """

    value: float = Field(1.0, ge=0, le=1, description="v, contribution of the committed")

    reads: ClassVar[tuple[str, ...]] = ("committed",)
    writes: ClassVar[tuple[str, ...]] = ("contribution",)

    def step(self, world: World, key: Key) -> None:
        """Put the contribution of the committed back to ``value``: c_i = v."""
        hold(world.contribution.reshape(-1, 1), world.committed, np.full(1, self.value))


class CommittedStance(Mechanism):
    r"""The committed keep their stance: zealots, who are heard and do not listen.

    With stance x on each axis d of opinion, and what they are committed to, v,

    .. math:: x_{id}' = v_d \text{ for the committed}, \qquad x_{id}' = x_{id} \text{ for all others}

    Scheduled after the rule by which stances change, it undoes what that did to whoever is ``committed``.

    Concepts:
        Adaptation: The committed do not adapt: their stance is put back to what they stand for.
        Collectives: The committed are a declared group; nothing ties them to each other.
    """

    value: Position | Annotated[tuple[Position, ...], BeforeValidator(as_tuple)] = Field(
        1.0, description="v, stance of the committed: the same on every axis of opinion, or one for each axis"
    )

    reads: ClassVar[tuple[str, ...]] = ("committed",)
    writes: ClassVar[tuple[str, ...]] = ("stance",)

    def faults(self, labels: Labels) -> list[str]:
        """Return that ``value`` has not as many numbers as there are axes of opinion, where it has not."""
        axes = len(labels.stance_axes)
        if isinstance(self.value, float) or len(self.value) == axes:
            return []
        return [f"value has {len(self.value)} numbers; allowed: {axes}, one for each axis of opinion"]

    def step(self, world: World, key: Key) -> None:
        """Put the stance of the committed back to ``value``: x_id = v_d."""
        held = np.empty(world.stance.shape[1])
        held[:] = self.value
        hold(world.stance, world.committed, held)


@kernel
def hold(values: Any, committed: Any, held: Any) -> None:
    """Put what is held (k,) in the place of the values (n, k) of those who are committed (n,)."""
    for i in range(committed.size):
        if committed[i]:
            for k in range(held.size):
                values[i, k] = held[k]
