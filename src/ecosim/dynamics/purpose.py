"""Purpose: organisations drift between shareholder and stakeholder purpose by what pays among those like them."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.worked_out import WorkedOut, numbers
from ecosim.kernels import kernel
from ecosim.rng import Key, normal2, uniform4
from ecosim.world.lookup import copy_into
from ecosim.world.world import World


class Purpose(Mechanism):
    r"""Social learning of purpose within a sector, by success.

    Each time it acts, a share ``looking`` of the organisations looks at one other of its own sector, drawn uniformly, and
    takes it as a model with the Fermi probability of the difference in success, in units of the sector's standard
    deviation :math:`\sigma` (so that the same parameter means the same whatever success is measured in):

    .. math:: P_{ij} = \frac{1}{1 + e^{-\beta (s_j - s_i) / \sigma}}, \qquad
              p_i \leftarrow p_i + \mu (p_j - p_i)

    Whoever looked also tries something of its own, a normal step of standard deviation ``noise``; a step beyond 0 or 1 is
    reflected there. Sectors do not copy one another: what pays a business says nothing to a ministry. Where all in a
    sector fare alike, the mean purpose drifts with no direction; where success rises with purpose, it rises at the rate
    ``looking`` × μ × E[(p_j − p_i) P_ij]. Everyone looks at purpose as it stood. A draw picks the other by its place among
    the rows of the sector: in another order of rows, the same draw may pick another, each still equally likely.

    Concepts:
        Adaptation: Purpose moves towards that of more successful organisations of one's own sector.
        Learning: Social learning with a little trying out of one's own.
        Stochasticity: Who looks, at whom, and what is tried is drawn.

    References:
        Traulsen, Pacheco & Nowak (2007), J. Theor. Biol. 246, 522 (pairwise comparison). Edmans (2020), Grow the Pie,
        Cambridge University Press (purpose and what it pays).
    """

    looking: float = Field(
        0.05, ge=0, le=1, description="share of organisations that look at another of their sector each time it acts"
    )
    selectivity: float = Field(
        1.0,
        ge=0,
        le=1e6,
        description="β, per standard deviation of success: 0 a coin toss, large copies the better only",
    )
    step_size: float = Field(0.5, ge=0, le=1, description="μ, share of the way to the model's purpose moved")
    noise: float = Field(0.02, ge=0, le=1, description="standard deviation of what whoever looked tries by itself")

    reads: ClassVar[tuple[str, ...]] = ("identity", "sector", "success")
    writes: ClassVar[tuple[str, ...]] = ("purpose",)

    def step(self, world: World, key: Key) -> None:
        """Let a share take another of its sector as a model, p_i ← p_i + μ (p_j − p_i), and try a step of its own."""
        drift(
            world.identity, world.sector, world.success, world.purpose, len(world.labels.sectors),
            self._rates, key,
        )  # fmt: skip

    @WorkedOut
    def _rates(self) -> NDArray[np.float64]:
        return numbers(self.looking, self.selectivity, self.step_size, self.noise)


@kernel
def drift(identity: Any, sector: Any, success: Any, purpose: Any, sectors: Any, rates: Any, key: Any) -> None:
    """Write next purposes (n,) in place, once all are known; ``rates`` as in ``Purpose``."""
    looking, selectivity, step_size, noise = rates[0], rates[1], rates[2], rates[3]
    n = identity.size
    looks, chooses, adopts = np.empty(n), np.empty(n), np.empty(n)
    for i in range(n):  # a loop that only draws: the compiler makes several draws at a time
        looks[i], chooses[i], adopts[i], _ = uniform4(key, identity[i], 0)
    first, rows, spread = by_sector(sector, success, sectors)
    following = purpose.copy()
    for i in range(n):
        start = first[sector[i]]
        others = first[sector[i] + 1] - start - 1
        if looks[i] >= looking or others < 1:
            continue
        place = start + np.int64(chooses[i] * others)
        j = rows[place] if rows[place] < i else rows[place + 1]  # rows ascend: oneself is left out
        difference = (success[j] - success[i]) / spread[sector[i]] if spread[sector[i]] > 0.0 else 0.0
        if adopts[i] * (1.0 + np.exp(-selectivity * difference)) < 1.0:
            following[i] += step_size * (purpose[j] - purpose[i])
        own, _ = normal2(key, identity[i], 1)
        following[i] = reflected(following[i] + noise * own)
    copy_into(purpose, following)


@kernel
def by_sector(sector: Any, success: Any, sectors: Any) -> Any:
    """Return the rows of each sector, one after the other (first (sectors+1,), rows (n,)), and their spread of success.

    The spread is the standard deviation (sectors,); 0 where all fare alike.
    """
    first = np.zeros(sectors + 1, np.int64)
    mean, spread = np.zeros(sectors), np.zeros(sectors)
    for i in range(sector.size):
        first[sector[i] + 1] += 1
        mean[sector[i]] += success[i]
    for s in range(sectors):
        mean[s] /= max(1, first[s + 1])
        first[s + 1] += first[s]
    rows, free = np.empty(sector.size, np.int64), first[:-1].copy()
    for i in range(sector.size):
        s = sector[i]
        rows[free[s]] = i
        free[s] += 1
        spread[s] += (success[i] - mean[s]) ** 2
    for s in range(sectors):
        spread[s] = np.sqrt(spread[s] / max(1, first[s + 1] - first[s]))
        if spread[s] <= 1e-12 * abs(mean[s]):  # what is left of equal numbers after rounding
            spread[s] = 0.0
    return first, rows, spread


@kernel
def reflected(value: Any) -> Any:
    """Return a value reflected at 0 and 1, as often as it takes."""
    value = abs(value) % 2.0
    return 2.0 - value if value > 1.0 else value
