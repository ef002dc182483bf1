"""Moran: what the better paid contribute is passed on, and takes the place of what others contribute."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from ecosim.dynamics.contribution.revision import Copying, by_sector, one_of_circle
from ecosim.dynamics.stance.encounters import Activation, Steps, turns
from ecosim.kernels import inner, kernel
from ecosim.rng import Key, uniform, uniform2
from ecosim.world.world import World


class Moran(Copying):
    r"""Selection by birth and death: nobody compares, but what pays is passed on more often.

    Fitness is :math:`f_i = \max(0,\; 1 - w + w \pi_i)` (``linear``) or :math:`f_i = e^{w \pi_i}` (``exponential``), with
    payoff :math:`\pi` and ``intensity`` w.

    - ``order: birth_death``: somebody, drawn with probability :math:`f_i / \sum_j f_j` from all, passes its contribution
      on to one other, drawn uniformly from its ties, or from everybody. One event after the other, so activation is
      ``random``; a tick has ``steps`` of them.
    - ``order: death_birth``: somebody takes over the contribution of one other, drawn in proportion to fitness from its
      ties, or from everybody. Who: ``random``, ``steps`` times somebody drawn with replacement; ``sweep``, each once, one
      after the other in random order; ``simultaneous``, everyone at once, from last tick's contributions, and its own
      counts as one of those it may take over (Wright and Fisher's generations).

    With a contribution goes the fitness that it earned: within a tick, whoever takes one over is as fit as whom it has
    it from, so many events in a tick are a Moran process as well. With the chance ``trembling`` (mutation), what is
    passed on is drawn afresh. Where nobody has any fitness, nothing happens. A draw picks by place among rows or ties:
    in another order of rows, the same draw may pick another, as likely.

    Concepts:
        Basic principles: Selection in a finite population: what pays spreads, and luck can fix what does not.
        Adaptation: The better paid hand on their contribution more often.
        Stochasticity: Who hands on, and to whom, is drawn by payoff.

    References:
        Moran (1958), Random processes in genetics, Math. Proc. Camb. Phil. Soc. 54, 60. Nowak, Sasaki, Taylor &
        Fudenberg (2004), Nature 428, 646 (fitness 1 − w + w × payoff). Ohtsuki, Hauert, Lieberman & Nowak (2006), Nature
        441, 502 (orders on networks).
    """

    fitness: Literal["linear", "exponential"] = Field("linear", description="how payoff makes fitness")
    intensity: float = Field(
        0.5, ge=0, le=1000, description="w, how much payoff counts, per unit of it; 0: not at all; linear: at most 1"
    )
    order: Literal["birth_death", "death_birth"] = Field(
        "birth_death", description="who is drawn by fitness: first whoever passes on, or whom the one replaced copies"
    )
    activation: Activation = Field("random", description="who is replaced when; birth_death is random")
    steps: Steps = Field(
        None, description="events in a tick under random activation; one for each organisation if not given"
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.order == "birth_death" and self.activation != "random":
            raise ValueError(
                f"order: birth_death goes one after the other: activation is {self.activation}; allowed: random, or "
                "order: death_birth"
            )
        if self.fitness == "linear" and self.intensity > 1:
            raise ValueError(f"intensity is {self.intensity:g}; allowed with fitness: linear: 0 to 1")
        return self

    def step(self, world: World, key: Key) -> None:
        """Let contributions be born in proportion to fitness and replace others, one event after the other or at once."""
        if world.n == 0:
            return
        fitness = self._fitness(world.payoff)
        mutation = (self.trembling, self.afresh == "all_or_nothing")
        if self.order == "birth_death":
            steps = world.n if self.steps is None else self.steps
            pass_on(world.contribution, fitness, self.circle(world), steps, mutation, key)
            return
        rows, luck = turns(world.identity, self.activation, self.steps, key)
        at_once = self.activation == "simultaneous"
        seen = (world.contribution.copy(), fitness.copy()) if at_once else (world.contribution, fitness)
        replace(world.contribution, fitness, seen, rows, luck, self.circle(world), at_once, mutation, key)

    def _fitness(self, payoff: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.fitness == "linear":
            return np.asarray(np.maximum(0.0, 1.0 - self.intensity + self.intensity * payoff))
        return np.asarray(np.exp(self.intensity * (payoff - payoff.max())))  # only ratios count


@kernel
def pass_on(contribution: Any, fitness: Any, circle: Any, steps: Any, mutation: Any, key: Any) -> None:
    """Let so many births happen, each followed by a death: contribution and fitness (n,) change in place."""
    lists = by_sector(circle)
    heaviest = fitness.max()
    everyone = np.arange(fitness.size)
    for event in range(steps):
        i = by_fitness(fitness, heaviest, everyone, np.int64(-1), key, event)
        if i < 0:
            return
        j = one_of_circle(i, uniform(key, event, _PARTNER), circle, lists)
        if j >= 0:
            fitness[j] = fitness[i]
            contribution[j] = mutated(contribution[i], mutation, key, event)


@kernel
def replace(
    contribution: Any, fitness: Any, seen: Any, rows: Any, luck: Any, circle: Any, own_counts: Any, mutation: Any, key: Any
) -> None:  # fmt: skip
    """Let the rows (s,) take over, in turn, what others contribute: contribution and fitness (n,) change in place.

    Everyone acts at once where ``seen`` holds copies of the two, one after the other where it holds the same arrays.
    """
    _, sector, first_tie, partner, everyone, own_sector = circle
    order, start_of, _ = by_sector(circle)
    seen_contribution, seen_fitness = seen
    heaviest = fitness.max()
    all_rows = np.arange(fitness.size if everyone and not own_sector else 0)
    for turn in range(rows.size):
        i = rows[turn]
        own = np.int64(-1) if own_counts else np.int64(i)
        if everyone and own_sector:
            candidates = order[start_of[sector[i]] : start_of[sector[i] + 1]]
        elif everyone:
            candidates = all_rows
        else:
            candidates = partners_of(i, sector, first_tie, partner, own_sector, own_counts)
        j = by_fitness(seen_fitness, heaviest, candidates, own, key, luck[turn])
        if j >= 0:
            fitness[i] = seen_fitness[j]
            contribution[i] = mutated(seen_contribution[j], mutation, key, luck[turn])


@inner
def partners_of(i: Any, sector: Any, first_tie: Any, partner: Any, own_sector: Any, own_counts: Any) -> Any:
    """Return the rows of i's partners, of its own sector where only those count, and of itself where it counts."""
    found = np.empty(first_tie[i + 1] - first_tie[i] + 1, np.int64)
    count = 0
    for h in range(first_tie[i], first_tie[i + 1]):
        if not own_sector or sector[partner[h]] == sector[i]:
            found[count] = partner[h]
            count += 1
    if own_counts:
        found[count] = i
        count += 1
    return found[:count]


@inner
def by_fitness(fitness: Any, heaviest: Any, candidates: Any, but: Any, key: Any, entity: Any) -> Any:
    """Return one of the candidates (m,), drawn in proportion to fitness, but never the row ``but``; -1 for nobody.

    It tries somebody and takes that one with probability fitness / heaviest; where that fails too often, it weighs all.
    """
    if heaviest <= 0.0 or candidates.size == 0:
        return np.int64(-1)
    for attempt in range(_TRIES):
        which, taken = uniform2(key, entity, _TRY + attempt)
        j = candidates[np.int64(which * candidates.size)]
        if j != but and taken * heaviest < fitness[j]:
            return j
    total = 0.0
    for j in candidates:
        total += fitness[j] if j != but else 0.0
    left = total * uniform(key, entity, _WEIGH)
    last = np.int64(-1)
    for j in candidates:
        if j != but and fitness[j] > 0.0:
            last = j
            left -= fitness[j]
            if left < 0.0:
                break
    return last


@inner
def mutated(contribution: Any, mutation: Any, key: Any, entity: Any) -> Any:
    """Return what is passed on: now and then a contribution drawn afresh."""
    trembling, all_or_nothing = mutation
    if trembling <= 0.0:
        return contribution
    trembles, value = uniform2(key, entity, _MUTATES)
    if trembles >= trembling:
        return contribution
    return np.floor(2.0 * value) if all_or_nothing else value


# Which draws of an event, or of whoever is replaced, serve what; draw 0 is that of ``turns``.
_PARTNER, _MUTATES, _WEIGH, _TRY, _TRIES = 1, 2, 3, 4, 500
