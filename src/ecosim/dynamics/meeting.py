"""Meeting: organisations find partners, across the translation gap."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from ecosim.dynamics.gap import Gap, gap_between
from ecosim.dynamics.mechanism import Mechanism
from ecosim.kernels import kernel
from ecosim.rng import Key, uniform, uniform4
from ecosim.world.lookup import find_half_edge, mean_of
from ecosim.world.world import World


class Meeting(Mechanism):
    r"""New ties, where two organisations expect more from each other than it costs them to understand one another.

    Each time it acts, a share ``rate`` of the organisations looks for a partner: with probability ``friends`` a friend of a
    friend (nobody, for whoever has no ties), else anyone. What a pair expects is how well their capabilities complete
    each other, on what both care about,

    .. math:: g_{ij} = (1 - \cos(a_i, a_j)) + c \sum_q \min(\sigma_{iq}, \sigma_{jq})

    with capabilities :math:`a`, salience :math:`\sigma` and weight :math:`c` = ``concern``. The tie is made when both
    say yes, each independently with probability

    .. math:: p = \frac{1}{1 + e^{-\beta (g_{ij} - \kappa d_{ij} - \theta)}}

    where :math:`d_{ij}` is the translation gap, :math:`\kappa` = ``cost``, :math:`\beta` = ``selectivity`` and
    :math:`\theta` = ``reserve``. Whoever already has ``attention`` ties makes no more; those of this tick count, so that
    where attention is short, who is served first changes from time to time. A new tie starts with the mean trust of
    the society, weighed by ``prior_trust``, and a thread of a bond. A draw picks whom one looks at by place among rows or
    ties: in another order of rows, the same draw may pick another, each still equally likely.

    References:
        Cosine of capabilities as (dis)similarity of organisations: Jaffe (1986), Am. Econ. Rev. 76, 984.
    """

    rate: float = Field(
        0.35, ge=0, le=1, description="share of organisations that look for a partner each time it acts"
    )
    friends: float = Field(0.5, ge=0, le=1, description="share of looks that go to a friend of a friend")
    cost: float = Field(1.0, ge=0, le=100, description="κ, cost of a translation gap of 1, in units of expected gain")
    concern: float = Field(0.5, ge=0, le=100, description="c, weight of caring about the same issues")
    selectivity: float = Field(6.0, gt=0, le=1000, description="β, per unit of expected gain")
    reserve: float = Field(0.5, ge=-10, le=10, description="θ, net gain at which a party is of two minds")
    attention: int = Field(12, ge=0, le=1_000_000, description="greatest number of ties of one organisation")
    prior_trust: float = Field(
        0.8, ge=0, le=1, description="trust in a new partner, as a share of the society's mean trust"
    )
    first_bond: float = Field(0.1, ge=0, le=1, description="bond with which a tie begins")
    gap: Gap = Field(Gap(), description="weights of the translation gap")

    reads: ClassVar[tuple[str, ...]] = ("identity", "sector", "capability", "salience", "culture", "stance", "trust")
    writes: ClassVar[tuple[str, ...]] = ("ties", "trust", "bond")

    def step(self, world: World, key: Key) -> None:
        pairs = find_partners(
            world.identity, world.sector, world.capability, world.salience, world.culture, world.stance,
            world.first_tie, world.partner, self.rate, self.friends, self.cost, self.concern, self.selectivity,
            self.reserve, self.attention, self.gap.weights(), key,
        )  # fmt: skip
        if len(pairs):
            society = mean_of(world.trust, 0.5)
            world.add_ties(pairs, trust=self.prior_trust * society, bond=self.first_bond)


@kernel
def find_partners(
    identity: Any, sector: Any, capability: Any, salience: Any, culture: Any, stance: Any, first_tie: Any, partner: Any,
    rate: Any, friends: Any, cost: Any, concern: Any, selectivity: Any, reserve: Any, attention: Any, gap: Any, key: Any,
) -> Any:  # fmt: skip
    """Return the pairs of rows (p, 2) that agree to be tied."""
    n = identity.size
    pairs = np.empty((n, 2), np.int32)
    count = 0
    added = np.zeros(n, np.int32)
    start = np.int64(uniform(key, n, 2) * n)  # where attention is short, nobody is always the first to be served
    for turn in range(n):
        i = (start + turn) % n
        looks, how, first, second = uniform4(key, identity[i], 0)
        if looks >= rate or first_tie[i + 1] - first_tie[i] + added[i] >= attention:
            continue
        j = _candidate(i, n, how < friends, first, second, first_tie, partner)
        if j < 0 or j == i or first_tie[j + 1] - first_tie[j] + added[j] >= attention:
            continue
        if find_half_edge(first_tie, partner, i, j) >= 0:
            continue
        expected = _expected_gain(i, j, capability, salience, concern)
        hurdle = cost * gap_between(i, j, sector, culture, stance, gap) + reserve
        accepts = 1.0 / (1.0 + np.exp(-selectivity * (expected - hurdle)))
        own, other, _, _ = uniform4(key, identity[i], 1)
        if own < accepts and other < accepts:
            pairs[count, 0], pairs[count, 1] = i, j
            count += 1
            added[i] += 1
            added[j] += 1
    return pairs[:count]


@kernel
def _candidate(i: Any, n: Any, through_friend: Any, first: Any, second: Any, first_tie: Any, partner: Any) -> Any:
    """Return the row to look at: a partner's partner, or anyone; -1 without a friend, or where it has no other."""
    ties = first_tie[i + 1] - first_tie[i]
    if not through_friend:
        return np.int64(first * n)
    if ties == 0:
        return np.int64(-1)
    friend = partner[first_tie[i] + np.int64(first * ties)]
    theirs = first_tie[friend + 1] - first_tie[friend]
    if theirs < 2:
        return np.int64(-1)
    return np.int64(partner[first_tie[friend] + np.int64(second * theirs)])


@kernel
def _expected_gain(i: Any, j: Any, capability: Any, salience: Any, concern: Any) -> Any:
    product, own, other = 0.0, 0.0, 0.0
    for k in range(capability.shape[1]):
        product += capability[i, k] * capability[j, k]
        own += capability[i, k] ** 2
        other += capability[j, k] ** 2
    likeness = product / np.sqrt(own * other) if own * other > 0.0 else 1.0
    shared = 0.0
    for q in range(salience.shape[1]):
        shared += min(salience[i, q], salience[j, q])
    return 1.0 - likeness + concern * shared
