"""Bounded confidence: organisations listen only to partners whose stance is not too far from their own."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.stance.encounters import Activation, Steps, look, turns
from ecosim.kernels import kernel
from ecosim.rng import Key
from ecosim.world.world import World


class BoundedConfidence(Mechanism):
    r"""Opinion change along ties, within a tolerance.

    ``listening: everyone`` (Hegselmann & Krause 2002): each organisation moves towards the mean of itself and of those
    partners that lie within ``tolerance`` :math:`\varepsilon`,

    .. math:: x_i' = x_i + \frac{\mu}{1 + |N_i|} \sum_{j \in N_i} (x_j - x_i),
              \quad N_i = \{j \sim i : |x_j - x_i| \le \varepsilon\}

    ``listening: one``: an organisation looks at one other, j, and moves by :math:`\mu (x_j - x_i)` if j lies within the
    tolerance. ``listening: each_other`` (Deffuant et al. 2000): the two look at each other, and j moves as well, by
    :math:`\mu (x_i - x_j)`, which keeps the mean. The other is one of its ties, drawn uniformly, or with probability
    ``reach`` anyone.

    Distance is Euclidean over the axes of opinion. **Stance runs from -1 to 1 here and from 0 to 1 in both papers:
    their tolerance doubles.**

    Activation: ``simultaneous``, everyone at last tick's stances; ``sweep``, each once, one after the other in random
    order; ``random``, ``steps`` times somebody drawn with replacement. Listening to everyone is simultaneous, listening
    to each other is not. A draw picks whom one looks at by place among rows or ties: in another order of rows, the
    same draw may pick another, each still equally likely; listening to everyone draws nothing.

    Concepts:
        Basic principles: Only those within one's confidence are listened to.
        Adaptation: Stances move towards those listened to.
        Interaction: Listening along ties, one way or both.
        Stochasticity: Where activation or listening is by chance, who acts and who is heard is drawn.

    References:
        Deffuant, Neau, Amblard & Weisbuch (2000), Adv. Complex Syst. 3, 87 (reach 1, random activation, each other; the
        rules agree with those told by others). Hegselmann & Krause (2002), JASSS 5(3) 2 (everyone, responsiveness 1, on a
        complete network; the rules agree with those told by others).
    """

    tolerance: float = Field(
        0.4, ge=0, le=4, description="ε, greatest distance of stance that is listened to (stance runs from -1 to 1)"
    )
    responsiveness: float = Field(0.5, ge=0, le=1, description="μ, share of the distance moved")
    listening: Literal["everyone", "one", "each_other"] = Field(
        "everyone", description="to all partners within tolerance, to one drawn at random, or both of two to each other"
    )
    reach: float = Field(
        0.0,
        ge=0,
        le=1,
        description="share of encounters that are with anyone rather than along a tie, when listening to one",
    )
    activation: Activation = Field("simultaneous", description="who acts when")
    steps: Steps = Field(
        None, description="encounters in a tick under random activation; one for each organisation if not given"
    )

    reads: ClassVar[tuple[str, ...]] = ("identity", "stance")
    writes: ClassVar[tuple[str, ...]] = ("stance",)

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.listening == "everyone" and (self.activation != "simultaneous" or self.reach > 0):
            raise ValueError(
                "listening: everyone is simultaneous and along ties (reach 0); a complete network ties all"
            )
        if self.listening == "each_other" and self.activation == "simultaneous":
            raise ValueError("listening: each_other goes pair by pair: activation must be random or sweep")
        return self

    def step(self, world: World, key: Key) -> None:
        """Let stances move towards those within ``tolerance``: of all partners, of one, or of each other."""
        if self.listening == "everyone":
            listen_to_everyone(world.stance, world.first_tie, world.partner, self.tolerance, self.responsiveness)
            return
        seen = world.stance.copy() if self.activation == "simultaneous" else world.stance
        rows, luck = turns(world.identity, self.activation, self.steps, key)
        others, _, _ = look(rows, luck, world.first_tie, world.partner, self.reach, key)
        listen(seen, world.stance, rows, others, self.tolerance, self.responsiveness, self.listening == "each_other")

    def meet(
        self, world: World, seen: NDArray[np.float64], stance: NDArray[np.float64], rows: NDArray[np.int64],
        others: NDArray[np.int64], chances: NDArray[np.float64], responsiveness: float,
    ) -> None:  # fmt: skip
        """Let those of any level listen to others by the same law (``ecosim.dynamics.levels``)."""
        listen(seen, stance, rows, others, self.tolerance, responsiveness, False)


@kernel
def listen_to_everyone(stance: Any, first_tie: Any, partner: Any, tolerance: Any, responsiveness: Any) -> None:
    """Put next tick's stances in the place of these (n, axes), once all are known."""
    n, axes = stance.shape
    following = np.empty_like(stance)
    if axes == 1:  # the common case, without an inner loop over axes: twice as fast
        own, changed = stance.ravel(), following.ravel()
        for i in range(n):
            # Two sums side by side, which need not wait for each other; unsigned rows cannot count from the end.
            pull, heard, pull_too, heard_too = 0.0, 1, 0.0, 0
            h, stop, mine = first_tie[i], first_tie[i + 1], own[i]
            while h + 1 < stop:
                difference = own[np.uint32(partner[np.uint64(h)])] - mine
                difference_too = own[np.uint32(partner[np.uint64(h + 1)])] - mine
                near, near_too = abs(difference) <= tolerance, abs(difference_too) <= tolerance
                pull += difference if near else 0.0
                heard += near
                pull_too += difference_too if near_too else 0.0
                heard_too += near_too
                h += 2
            if h < stop:
                difference = own[np.uint32(partner[h])] - mine
                near = abs(difference) <= tolerance
                pull += difference if near else 0.0
                heard += near
            changed[i] = mine + responsiveness * (pull + pull_too) / (heard + heard_too)
        stance[:] = following
        return
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
    stance[:] = following


@kernel
def listen(
    seen: Any, stance: Any, rows: Any, others: Any, tolerance: Any, responsiveness: Any, each_other: Any
) -> None:
    """Let the rows (s,) listen to the others (s,) in turn, changing stance (n, axes); another of -1 is nobody.

    Everyone acts at once where ``seen`` is another array than ``stance``, one after the other where it is the same.
    """
    axes = stance.shape[1]
    for turn in range(rows.size):
        i, j = rows[turn], others[turn]
        if j < 0:
            continue
        squared = 0.0
        for d in range(axes):
            squared += (seen[j, d] - seen[i, d]) ** 2
        if squared > tolerance * tolerance:
            continue
        for d in range(axes):
            step = responsiveness * (seen[j, d] - seen[i, d])
            stance[i, d] += step
            if each_other:
                stance[j, d] -= step
