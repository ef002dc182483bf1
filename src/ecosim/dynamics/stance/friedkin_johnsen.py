"""Friedkin–Johnsen: organisations weigh what others say, and never quite forget what they thought at first."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.stance.bounded_confidence import listen
from ecosim.dynamics.stance.encounters import Activation, turns
from ecosim.errors import InputError
from ecosim.kernels import kernel
from ecosim.rng import Key
from ecosim.world.world import World

Weight = Annotated[float, Field(ge=0, le=1)]

_WHOLE = 1e-9
"""How far from 1 the weights of one organisation may sum."""


class FriedkinJohnsen(Mechanism):
    r"""Opinion change by weighted influence, held back by one's own starting stance.

    With :math:`x_i` the stance, :math:`x_i(0)` the ``prejudice`` (the stance that i was founded or came in with) and
    :math:`\lambda_i` the ``susceptibility``,

    .. math:: x_i' = \lambda_i \sum_j w_{ij} x_j + (1 - \lambda_i)\, x_i(0), \qquad \sum_j w_{ij} = 1

    for each axis of opinion. Who is not susceptible never moves; where all are wholly so, it is DeGroot's rule of
    consensus. The weight of one's own stance is ``own_weight``; the rest is divided among the partners, ``equal``, or in
    proportion to the ``trust`` in each. Who has no partner, or trusts none, has only its own stance to weigh.

    For small examples, ``weights`` gives the whole matrix instead of ties: row i, in the order of organisations, is what
    i gives to each; it must fit the number of organisations. With ``coupled`` susceptibility is
    :math:`\lambda_i = 1 - w_{ii}`, as in the paper, instead of the organisation's own. The rule is linear and its
    weights sum to 1, so opinions on another scale, 0 to 100 say, may be shifted and stretched to run from -1 to 1.

    Activation: ``simultaneous``, as published, everyone at last tick's stances; ``sweep``, each once, one after the
    other in random order; ``random``, as many as there are, drawn with replacement (by place: in another order of rows
    the same draw is another's turn). Where influence reaches everyone from somebody who is not wholly susceptible, all
    three settle at the same stances; where all are wholly so, the consensus depends on who acts when.

    Between two (``levels``, where this law holds among members and coalitions, too) one weighs the other by s, at its own
    level by 1 less ``own_weight``, and clings to where it started as much as ever, once however many it hears at a time:
    :math:`x_i' = \lambda_i \left[x_i + \sum_j s_{ij} (x_j - x_i)\right] + (1 - \lambda_i)\, x_i(0)`. That is the rule above
    with :math:`w_{ij} = s_{ij}` for those encountered.

    Concepts:
        Basic principles: Opinion is a compromise between what one hears and what one started with.
        Adaptation: Stances move towards a weighted mean of partners' stances and the initial one.
        Interaction: Everyone hears all partners, weighted.

    References:
        Friedkin & Johnsen (1999), Adv. Group Processes 16, 1 (the rule is that of Parsegov,
        Proskurnikov, Tempo & Friedkin 2017, IEEE Trans. Automatic Control 62, 2270). Frasca, Ravazzi, Tempo & Ishii
        (2013), Gossips and prejudices, IFAC Proc. Vol. 46 (27), 212 (in encounters of two; unchecked).
    """

    weighing: Literal["equal", "trust"] = Field(
        "equal", description="what partners' stances are weighed by: all alike, or by the trust in each"
    )
    own_weight: float = Field(0.0, ge=0, le=1, description="w of oneself, weight of one's own stance of now")
    coupled: bool = Field(
        False, description="whether susceptibility is 1 less the weight of one's own stance, not the organisation's own"
    )
    weights: tuple[tuple[Weight, ...], ...] | None = Field(
        None, description="w, the weight that each organisation (a row) gives to each, in their order; null: by ties"
    )
    activation: Activation = Field("simultaneous", description="who acts when")

    reads: ClassVar[tuple[str, ...]] = ("identity", "stance", "prejudice", "susceptibility", "trust")
    writes: ClassVar[tuple[str, ...]] = ("stance",)

    @model_validator(mode="after")
    def _weights_are_shares(self) -> Self:
        if self.weights is None:
            return self
        size = len(self.weights)
        faults = [f"row {i} has {len(row)} weights" for i, row in enumerate(self.weights, 1) if len(row) != size]
        faults += [
            f"row {i} sums to {sum(row):.9g}" for i, row in enumerate(self.weights, 1) if abs(sum(row) - 1.0) > _WHOLE
        ]
        if faults:
            raise ValueError(f"weights: {'; '.join(faults)}; allowed: {size} numbers in each row, with a sum of 1")
        return self

    def step(self, world: World, key: Key) -> None:
        """Move every stance to x_i' = λ_i Σ_j w_ij x_j + (1 − λ_i) x_i(0)."""
        stance = world.stance
        seen = stance.copy() if self.activation == "simultaneous" else stance
        rows, _ = turns(world.identity, self.activation, None, key)
        if self.weights is not None:
            matrix = _matrix(self.weights, world.n)
            weigh_all(seen, stance, world.prejudice, world.susceptibility, rows, matrix, self.coupled)
            return
        weigh_partners(
            seen, stance, world.prejudice, world.susceptibility, rows, world.first_tie, world.partner, world.tie,
            world.trust, self.weighing == "trust", self.own_weight, self.coupled,
        )  # fmt: skip

    @property
    def responsiveness(self) -> float:
        """Weight of the other, where one looks at one other only."""
        return 1.0 - self.own_weight

    def meet(
        self, world: World, seen: NDArray[np.float64], stance: NDArray[np.float64], rows: NDArray[np.int64],
        others: NDArray[np.int64], chances: NDArray[np.float64], responsiveness: float,
    ) -> None:  # fmt: skip
        """Let those of any level weigh others (``ecosim.dynamics.levels``, which then lets them cling to the first)."""
        listen(seen, stance, rows, others, np.inf, responsiveness, False)

    def openness(self, world: World) -> NDArray[np.float64]:
        """Return how far each organisation, and whoever is in it, is open to influence (n,)."""
        if not self.coupled:
            return world.susceptibility
        if self.weights is not None:
            return 1.0 - _matrix(self.weights, world.n).diagonal()
        return np.full(world.n, 1.0 - self.own_weight)


def _matrix(weights: tuple[tuple[float, ...], ...], organisations: int) -> NDArray[np.float64]:
    if len(weights) != organisations:
        raise InputError(
            f"weights has {len(weights)} rows, and there are {organisations} organisations; allowed: a row for each"
        )
    return np.array(weights)


@kernel
def weigh_all(
    seen: Any, stance: Any, prejudice: Any, susceptibility: Any, rows: Any, weights: Any, coupled: Any
) -> None:
    """Let the rows (s,) weigh everyone's stances, changing stance (n, axes).

    Args:
        seen: stances that are weighed (n, axes): the same array as ``stance`` where one acts after the other.
        stance: stances that change (n, axes).
        prejudice: stances at first (n, axes).
        susceptibility: share that is open to influence (n,).
        rows: who acts (s,).
        weights: each row's weights of everyone (n, n), summing to 1.
        coupled: whether susceptibility is 1 less the weight of oneself instead.
    """
    n, axes = stance.shape
    for i in rows:
        openness = 1.0 - weights[i, i] if coupled else susceptibility[i]
        for d in range(axes):
            heard = 0.0
            for j in range(n):
                heard += weights[i, j] * seen[j, d]
            stance[i, d] = within(openness * heard + (1.0 - openness) * prejudice[i, d])


@kernel
def weigh_partners(
    seen: Any, stance: Any, prejudice: Any, susceptibility: Any, rows: Any, first_tie: Any, partner: Any, tie: Any,
    trust: Any, by_trust: Any, own_weight: Any, coupled: Any,
) -> None:  # fmt: skip
    """Let the rows (s,) weigh their partners' stances, and their own, changing stance (n, axes).

    Arguments as in ``weigh_all``; the weight of oneself is ``own_weight``, and partners share the rest, equally or by
    trust (m, 2): that of the partner in the lower row first.
    """
    axes = stance.shape[1]
    for i in rows:
        start, stop = first_tie[i], first_tie[i + 1]
        total = 0.0
        for h in range(start, stop):
            total += trust[tie[h], np.int64(i > partner[h])] if by_trust else 1.0
        own = own_weight if total > 0.0 else 1.0
        openness = 1.0 - own if coupled else susceptibility[i]
        for d in range(axes):
            heard = 0.0
            if total > 0.0:
                for h in range(start, stop):
                    j = partner[h]
                    heard += (trust[tie[h], np.int64(i > j)] if by_trust else 1.0) * seen[j, d]
                heard *= (1.0 - own) / total
            heard += own * seen[i, d]
            stance[i, d] = within(openness * heard + (1.0 - openness) * prejudice[i, d])


@kernel
def within(value: Any) -> Any:
    """Return a mean of stances without what rounding may have put beyond the ends of the scale."""
    return min(1.0, max(-1.0, value))
