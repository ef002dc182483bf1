"""Attraction and repulsion: those who are near draw nearer, those who are far drive each other away."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.stance.encounters import Activation, Steps, look, turns
from ecosim.dynamics.worked_out import WorkedOut, numbers
from ecosim.kernels import inlined, kernel
from ecosim.rng import Key
from ecosim.world.world import World


class AttractionRepulsion(Mechanism):
    r"""Opinion change by attraction within a tolerance and repulsion beyond it.

    An organisation i looks at another, j, at distance :math:`d = |x_j - x_i|` (Euclidean over the axes of opinion).
    They interact with probability

    .. math:: p = (1/2)^{d / E}

    with exposure E. If they do, i moves (j does not)

    .. math:: x_i' = x_i + \mu (x_j - x_i) \text{ if } d \le T_{ij}, \qquad
              x_i' = x_i - \frac{\mu}{1 + \omega g} (x_j - x_i) \text{ otherwise,}

    and is held within [-1, 1] on every axis. The published rule is :math:`T_{ij} = T`, :math:`\omega = 0`, anyone with
    anyone. **Stance runs from -1 to 1 here and from 0 to 1 in the paper: the paper's tolerance and exposure double.**

    What the paper has not:

    - *Affect.* Along a tie with affect a, tolerance is :math:`T_{ij} = T\,(1 - \delta \max(0, -a))`: what disliked
      partners say is harder to bear. Attraction warms the tie, a' = a + ρ(1 − a); repulsion cools it,
      a' = a − ρ(1 + a).
    - *Superordinate goals.* The mean over issues of :math:`g = u^2 / (u^2 + u_0^2)`, u perceived urgency, weakens
      repulsion: a severe common problem makes differences matter less (Sherif 1966).
    - *Reach.* A share of encounters is with anyone, drawn uniformly; the others go along ties, drawn uniformly. An
      encounter beyond ties neither needs affect nor leaves any.

    Activation: ``simultaneous``, everyone looks at one other, at last tick's stances; ``sweep``, each once, one after
    the other in random order; ``random``, as in the paper, ``steps`` times somebody drawn with replacement.
    A draw picks whom one looks at by place among rows or ties: in another order of rows, the same draw may pick
    another, each still equally likely.

    Concepts:
        Basic principles: The near attract each other and the far repel each other, so the same rule makes consensus or
            camps.
        Adaptation: Stances move with each encounter; nobody aims at anything.
        Interaction: Two that meet along a tie, or as reach allows, move towards or away from each other.
        Stochasticity: Who is met, and whether the meeting takes effect, is drawn.

    References:
        Axelrod, Daymude & Forrest (2021), PNAS 118 (50) e2102139118 (checked against the authors' program
        AttractionRepulsionModel, arm.py).
    """

    tolerance: float = Field(
        0.5,
        ge=0,
        le=4,
        description="T, greatest distance that attracts; stance runs from -1 to 1, so twice the paper's",
    )
    exposure: float = Field(
        0.2, gt=0, description="E, distance at which every second encounter leads to an interaction; twice the paper's"
    )
    responsiveness: float = Field(0.25, ge=0, le=1, description="μ, share of the distance moved")
    reach: float = Field(
        1.0, ge=0, le=1, description="share of encounters that are with anyone rather than along a tie"
    )
    activation: Activation = Field("simultaneous", description="who acts when")
    steps: Steps = Field(
        None, description="encounters in a tick under random activation; one for each organisation if not given"
    )
    warming: float = Field(0.0, ge=0, le=1, description="ρ, share by which an interaction moves the affect of its tie")
    dislike: float = Field(0.0, ge=0, le=1, description="δ, share of the tolerance that utter dislike takes away")
    superordinate: float = Field(
        0.0, ge=0, description="ω, how much an urgent common issue weakens repulsion: 1 halves it at most"
    )
    half: float = Field(1.0, gt=0, description="u₀, urgency at which an issue counts half as a common goal")

    reads: ClassVar[tuple[str, ...]] = ("identity", "stance", "affect", "urgency")
    writes: ClassVar[tuple[str, ...]] = ("stance", "affect")

    def step(self, world: World, key: Key) -> None:
        """Let encounters happen: the near attract, x_i ← x_i + μ (x_j − x_i), and the far repel."""
        activation, rates = self._ready
        at_once = activation == "simultaneous"
        rows, luck = _EVERYONE if at_once else turns(world.identity, activation, self.steps, key)
        encounters(
            world.identity, world.stance, world.affect, world.urgency, world.first_tie, world.partner, world.tie,
            at_once, rows, luck, rates, key,
        )  # fmt: skip

    @WorkedOut
    def _ready(self) -> tuple[Activation, NDArray[np.float64]]:
        """What is read each time it acts: when who acts, and numbers for the kernel."""
        rates = numbers(
            self.reach, self.superordinate, self.half, self.tolerance, self.exposure, self.responsiveness, self.warming,
            self.dislike,
        )  # fmt: skip
        return self.activation, rates

    def meet(
        self, world: World, seen: NDArray[np.float64], stance: NDArray[np.float64], rows: NDArray[np.int64],
        others: NDArray[np.int64], chances: NDArray[np.float64], responsiveness: float,
    ) -> None:  # fmt: skip
        """Let those of any level encounter others by the same law, without affect (``ecosim.dynamics.levels``)."""
        repulsion = responsiveness / (1.0 + self.superordinate * common_goal(world.urgency, self.half))
        untied = np.full(rows.size, -1)
        encounter(
            seen, _NO_AFFECT, stance, _NO_AFFECT, rows, others, untied, _NO_TIE, chances,
            self.tolerance, self.exposure, responsiveness, repulsion, 0.0, 0.0,
        )  # fmt: skip


_NO_AFFECT, _NO_TIE = np.empty(0), np.empty(0, np.int32)
_EVERYONE = np.empty(0, np.int64), np.empty(0, np.int64)
"""Rows and luck of whoever acts, where all do at once: the kernel knows them."""


@kernel
def encounters(
    identity: Any, stance: Any, affect: Any, urgency: Any, first_tie: Any, partner: Any, tie: Any, at_once: Any,
    rows: Any, luck: Any, rates: Any, key: Any,
) -> None:  # fmt: skip
    """Let rows (s,) each look at another, changing stance (n, axes) and affect (m,); everyone, where all act at once.

    ``luck`` (s,) is the number whose draws each turn has; ``rates`` (8,) are reach, superordinate, half, tolerance,
    exposure, responsiveness, warming and dislike.
    """
    reach, superordinate, half, tolerance, exposure = rates[0], rates[1], rates[2], rates[3], rates[4]
    responsiveness, warming, dislike = rates[5], rates[6], rates[7]
    seen_stance, seen_affect = stance, affect
    if at_once:
        seen_stance, seen_affect = stance.copy(), affect.copy()
        rows, luck = np.arange(identity.size), identity
    others, half_edges, chances = look(rows, luck, first_tie, partner, reach, key)
    repulsion = responsiveness / (1.0 + superordinate * common_goal(urgency, half))
    encounter(
        seen_stance, seen_affect, stance, affect, rows, others, half_edges, tie, chances, tolerance, exposure,
        responsiveness, repulsion, warming, dislike,
    )  # fmt: skip


@kernel
def common_goal(urgency: Any, half: Any) -> Any:
    """Return how much the issues (Q,) are a common goal, in [0, 1): the mean of u² / (u² + u₀²); 0 without issues."""
    total = 0.0
    for level in urgency:
        total += level * level / (level * level + half * half)
    return total / max(1, urgency.size)


@inlined
def chance_to_interact(distance: Any, exposure: Any) -> Any:
    """Return the probability that two at a distance interact: (1/2)^(d / E)."""
    return np.exp(exponent_to_interact(distance, exposure))


@inlined
def exponent_to_interact(distance: Any, exposure: Any) -> Any:
    """Return the logarithm of that probability."""
    return -np.log(2.0) / exposure * distance


@kernel
def encounter(
    seen_stance: Any, seen_affect: Any, stance: Any, affect: Any, rows: Any, others: Any, half_edges: Any, tie: Any,
    chances: Any,
    tolerance: Any, exposure: Any, responsiveness: Any, repulsion: Any, warming: Any, dislike: Any,
) -> None:  # fmt: skip
    """Let the rows look at the others in turn, changing stance (n, axes) and affect (m,) by what is seen.

    Everyone acts at once where what is seen are other arrays, one after the other where they are the same. A half-edge
    of -1 has no affect; another of -1 is nobody.
    """
    axes = stance.shape[1]
    for turn in range(rows.size):
        i, j, h = rows[turn], others[turn], half_edges[turn]
        if j < 0:
            continue
        t = tie[h] if h >= 0 else -1
        squared = 0.0
        for d in range(axes):
            squared += (seen_stance[j, d] - seen_stance[i, d]) ** 2
        distance = np.sqrt(squared)
        if chances[turn] >= chance_to_interact(distance, exposure):
            continue
        within = tolerance if t < 0 else tolerance * (1.0 - dislike * max(0.0, -seen_affect[t]))
        attracts = distance <= within
        share = responsiveness if attracts else -repulsion
        for d in range(axes):
            moved = stance[i, d] + share * (seen_stance[j, d] - seen_stance[i, d])
            stance[i, d] = min(1.0, max(-1.0, moved))
        if t >= 0:
            affect[t] += warming * ((1.0 if attracts else -1.0) - affect[t])
