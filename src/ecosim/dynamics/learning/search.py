"""Search: organisations look for better practices alone and copy better partners, on a landscape that may drift."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ecosim.dynamics.knowing import are_named
from ecosim.dynamics.learning.landscape import MOST_PRACTICES, Ground, Neighbourhood, fixed
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.stance.encounters import Activation, turns
from ecosim.dynamics.worked_out import ForSectors, WorkedOut, numbers
from ecosim.kernels import inlined, inner, kernel
from ecosim.rng import Key, uniform, uniform4
from ecosim.world.labels import Labels
from ecosim.world.who import unknown
from ecosim.world.world import World


class ParallelSearch(Mechanism):
    r"""Parallel problem solving: exploitation of what partners know, and exploration where they know nothing better.

    What an organisation does is a ``solution`` of N practices, each followed or not (``ecosystem.practices``). How well
    they work together is its ``performance``, on an NK landscape that is the same for all:

    .. math:: P(x) = \left(\frac{F(x)}{\max F}\right)^\gamma, \qquad
              F(x) = \frac{1}{N} \sum_i c_i(x_i, x_{i_1}, \dots, x_{i_K})

    with contributions :math:`c_i` uniform in [0, 1), one for each combination of a practice and the K others it depends
    on. Whoever acts looks at its partners, with probability ``looking``; if the best of them performs better it copies
    that solution, each practice wrongly with probability ``error``. Otherwise it tries one practice, drawn uniformly, the
    other way, and keeps that if it performs better. At the start all know the performance of what they do.

    *Drift.* A share ``drift`` of the practices has its contributions redrawn each tick: each one every 1 / drift ticks, at
    a time of its own. What worked ceases to, for all who follow it alike.

    *Who adapts.* A share ``adapting`` (of ``adaptive`` sectors, or of all), drawn by identity, searches at any time; the
    others only up to tick ``settled``, and keep what they have found until then. ``adapts`` tells who does.

    Performance is quality of work: joint work multiplies effort by ½ + performance. The landscape is a function of the
    seed, and of this mechanism's name in the schedule; for each tick's, the performance of all 2^N solutions is worked out
    once, so N is at most 20, and drift is dear where N is large.

    Activation: ``simultaneous`` as in the paper, everyone looks at what partners did last tick; ``sweep``, each once, one
    after the other in random order; ``random``, as many times as there are organisations somebody drawn with replacement,
    by place among rows: in another order of rows, the same draw may pick another, each still equally likely.

    Concepts:
        Learning: Organisations copy the best practice among their partners, and try changes of their own where nobody
            is better.
        Objectives: Performance of one's practices on a landscape that nobody sees as a whole.
        Sensing: Partners' performance and practices.
        Stochasticity: The landscape, its drift, errors in copying and what is tried are drawn.

    References:
        Lazer & Friedman (2007), The network structure of exploration and exploitation, Adm. Sci. Q. 52, 667 (the abstract
        is checked; what its text leaves open is said at the published case). Kauffman & Levin (1987), J. Theor. Biol.
        128, 11 (NK landscapes).
    """

    interdependence: int = Field(
        3, ge=0, lt=MOST_PRACTICES, description="K, on how many other practices what one contributes depends"
    )
    neighbourhood: Neighbourhood = Field(
        "random", description="which others it depends on: drawn, or those that follow it on a circle"
    )
    contrast: int = Field(
        8, ge=1, le=64, description="γ, exponent of performance: the higher, the rarer is a performance near the best"
    )
    looking: float = Field(1.0, ge=0, le=1, description="probability of looking at partners each time one acts")
    error: float = Field(0.0, ge=0, le=1, description="probability that a practice is copied wrongly")
    adapting: float = Field(1.0, ge=0, le=1, description="share of organisations that go on searching at any time")
    adaptive: tuple[str, ...] = Field((), description="sectors that they are drawn from; none: all sectors")
    settled: int = Field(0, ge=0, le=10**9, description="tick after which only those search who adapt")
    drift: float = Field(0.0, ge=0, le=1, description="share of practices whose contributions are redrawn each tick")
    activation: Activation = Field("simultaneous", description="who acts when")

    reads: ClassVar[tuple[str, ...]] = ("identity", "sector")
    writes: ClassVar[tuple[str, ...]] = ("solution", "performance", "adapts")

    def faults(self, labels: Labels) -> list[str]:
        """Return which sectors it does not know, and that it needs practices, more of them than each depends on."""
        faults = [] if not self.adaptive else unknown("adaptive", self.adaptive, labels.sectors)
        if not 1 <= labels.practices <= MOST_PRACTICES:
            return [
                *faults,
                f"interdependence is {self.interdependence}, but ecosystem.practices is {labels.practices}; "
                f"allowed: practices from 1 to {MOST_PRACTICES}",
            ]
        if self.interdependence >= labels.practices:
            faults.append(
                f"interdependence is {self.interdependence}; allowed: 0 to {labels.practices - 1}, "
                f"for ecosystem.practices is {labels.practices}"
            )
        return faults

    def step(self, world: World, key: Key) -> None:
        """Let whoever acts copy its best partner where that performs better, and else try one practice the other way."""
        solution = world.solution
        practices = solution.shape[1]
        if not 1 <= practices <= MOST_PRACTICES:  # refused before the first tick
            return
        activation, adaptive, ground, rates = self._ready
        at_once = activation == "simultaneous"
        rows, luck = _EVERYONE if at_once else turns(world.identity, activation, None, key)
        search(
            world.identity, world.sector, adaptive(world.labels.sectors), world.first_tie, world.partner, solution,
            world.performance, world.adapts, rows, luck, ground.table(key, practices), at_once, rates, key, fixed(key),
        )  # fmt: skip

    @WorkedOut
    def _ready(self) -> tuple[Activation, ForSectors[NDArray[np.bool_]], Ground, NDArray[np.float64]]:
        """What is read each tick: when who acts, who may adapt, the landscape, and numbers for the kernel."""
        return (
            self.activation, ForSectors(partial(_are_adaptive, self.adaptive)),
            Ground(self.interdependence, self.neighbourhood, self.contrast, self.drift),
            numbers(self.adapting, self.looking, self.error, self.settled),
        )  # fmt: skip


def _are_adaptive(adaptive: tuple[str, ...], sectors: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return whether those of each sector may go on searching: of all, where none is named."""
    return are_named(adaptive or sectors, sectors)


_EVERYONE = np.empty(0, np.int64), np.empty(0, np.int64)
"""Rows and luck of whoever acts, where all do at once: the kernel knows them."""


@kernel
def search(
    identity: Any, sector: Any, adaptive: Any, first_tie: Any, partner: Any, solution: Any, performance: Any, adapts: Any,
    rows: Any, luck: Any, table: Any, at_once: Any, rates: Any, key: Any, fixed_key: Any,
) -> None:  # fmt: skip
    """Write next solutions (n, N), their performance (n,) and who adapts (n,); ``table`` is the landscape (2^N,).

    ``rows`` and ``luck`` (s,) are those of ``turns``, not looked at where everyone acts ``at_once``; ``rates`` (4,)
    adapting, looking, error and settled, as in ``ParallelSearch``.
    """
    adapting, looking, error, all_search = rates[0], rates[1], rates[2], key[2] <= rates[3]
    n, practices = solution.shape
    if at_once:
        rows, luck = np.arange(n), identity
    codes = np.zeros(n, np.int64)
    for i in range(n):
        for b in range(practices):
            codes[i] |= np.int64(solution[i, b]) << b
        performance[i] = table[codes[i]]
        adapts[i] = adaptive[sector[i]]
    if adapting < 1.0:
        for i in range(n):
            adapts[i] &= np.int8(uniform(fixed_key, identity[i], _ADAPTS) < adapting)
    looks, chooses = np.empty(rows.size), np.empty(rows.size)
    for turn in range(rows.size):  # a loop that only draws: the compiler makes several draws at a time
        looks[turn], chooses[turn], _, _ = uniform4(key, luck[turn], 1)
    seen, seen_performance = (codes.copy(), performance.copy()) if at_once else (codes, performance)
    for turn in range(rows.size):
        i = rows[turn]
        if not (all_search or adapts[i]):
            continue
        found, best = codes[i], seen_performance[i]
        if looks[turn] < looking:
            found, best = _best_of_partners(i, codes[i], best, first_tie, partner, seen, seen_performance)
        if found != codes[i]:
            if error > 0.0:
                found = miscopied(found, practices, error, luck[turn], key)
        else:
            tried = found ^ (np.int64(1) << np.int64(chooses[turn] * practices))
            found = tried if table[tried] > best else found
        if found != codes[i]:
            codes[i], performance[i] = found, table[found]
            for b in range(practices):
                solution[i, b] = found >> b & 1


@inlined
def _best_of_partners(
    i: Any, own: Any, best: Any, first_tie: Any, partner: Any, seen: Any, seen_performance: Any
) -> Any:
    """Return the solution of the best partner and how it performs; one's own where none is better.

    Of two that perform alike, the one with the lower code: the order of rows does not matter.
    """
    found = own
    for h in range(first_tie[i], first_tie[i + 1]):
        j = np.uint32(partner[h])
        code, theirs = seen[j], seen_performance[j]
        is_better = (theirs > best) | ((theirs == best) & (found != own) & (code < found))
        found, best = code if is_better else found, theirs if is_better else best
    return found, best


@inner
def miscopied(code: Any, practices: Any, error: Any, entity: Any, key: Any) -> Any:
    """Return a solution in which each practice is wrong with probability ``error``."""
    for b in range(practices):
        if uniform(key, entity, 2 + b) < error:
            code ^= np.int64(1) << b
    return code


_ADAPTS = 1 << 22
"""Draw of an organisation, from the key that does not change, for whether it adapts; landscapes use those below."""
