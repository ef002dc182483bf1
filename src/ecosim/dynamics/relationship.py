"""Relationship: the third party between two organisations, cultivated or neglected."""

from __future__ import annotations

from operator import itemgetter
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.kernels import inlined, inner, kernel
from ecosim.rng import Key, pair, uniform
from ecosim.world.entrances import straight
from ecosim.world.within import ties_within
from ecosim.world.world import Rows, World


class Relationship(Mechanism):
    r"""Trust follows conduct, bonds grow with what both invest and fade, and the ladder is read off what happened.

    Conduct is seen where two work in a coalition together; there trust moves towards what was seen and the society's
    mean trust :math:`\bar T`, faster down than up, and elsewhere it stays:

    .. math:: T_{ij} \leftarrow T_{ij} + \lambda_\pm \left[(1 - \gamma) \min(1, 2 c_j) + \gamma \bar T - T_{ij}\right]

    The bond R grows with what both invest and with trust T in both directions, and fades by itself. With :math:`w` = 1
    where they worked together this tick, else ``contact``,

    .. math:: R \leftarrow R + g\, w \sqrt{v_i c_i f_i\, v_j c_j f_j}\, \sqrt{T_{ij} T_{ji}}\, (1 - R) - \delta R

    with contributions :math:`c` and shares invested :math:`v`; attention is finite, so whoever has more than ``circle``
    ties spreads it thinner, :math:`f_i = \min(1, \text{circle} / k_i)` with :math:`k_i` ties. Affect follows mutual
    trust; whoever works together learns the other's language, so the share of the translation gap that remains shrinks
    by ``learning`` a tick.

    Each side's ``gain`` is a running mean (over ``window`` ticks) of what their joint coalitions gave it beyond the same
    effort alone, for each partner in them; ``outside_gain`` of what the two, when they worked together, passed on to
    others (the mean of their ``sent``). The rung is:

    ==  ==============  =========================================================
    0   contact         known to each other
    1   transaction     worked together within the last ``window`` ticks
    2   win-win         and both gain against going alone
    3   win-win-win     and outsiders gain, ``third_win`` or more
    4   co-creation     and what both invested has made a bond of at least ``deep_bond``
    5   synergy         and the gap between them has at least halved: the parts are changed
    ==  ==============  =========================================================

    Co-creation means shared knowledge, too. The rung does not ask for it: whoever is on it has worked together in a
    coalition, where knowledge is pooled if ``pooling`` acts, and in a town nearly all have
    (docs/proposals/2026-11-shared-knowledge-on-the-ladder.md says how many, and what asking would change).

    A tie whose bond has faded below ``neglect``, or in which either side's trust is below ``betrayal``, ends with
    probability ``forgetting`` at each ``review``.

    Concepts:
        Basic principles: A relationship is cultivated or fades: what is between two has a state of its own.
        Adaptation: Trust follows conduct, down faster than up; ties that are neglected or betrayed end.
        Sensing: Each side sees the other's contribution and investment.
        Stochasticity: Whether a neglected tie is forgotten at a review is drawn.

    References:
        Slovic (1993), Risk Anal. 13, 675 (trust is lost faster than gained). Burt (2002), Bridge decay, Soc. Networks 24,
        333 (relationships decay by themselves).
    """

    trust_up: float = Field(
        0.06, ge=0, le=1, description="λ₊, share of the way that trust rises in a tick of joint work"
    )
    trust_down: float = Field(
        0.18, ge=0, le=1, description="λ₋, share of the way that trust falls in a tick of joint work"
    )
    general_trust: float = Field(
        0.3, ge=0, le=1, description="γ, weight of the society's mean trust in what trust moves towards"
    )
    growth: float = Field(
        1.2, ge=0, le=100, description="g, growth of a bond at full mutual investment and trust, per tick"
    )
    fading: float = Field(0.03, ge=0, le=1, description="δ, share of a bond that fades each tick")
    circle: float = Field(
        8.0, gt=0, le=1_000_000, description="number of ties that an organisation can cultivate fully"
    )
    contact: float = Field(0.1, ge=0, le=1, description="weight of a tick in which the two did not work together")
    learning: float = Field(
        0.02, ge=0, le=1, description="share of the remaining translation gap that a tick of joint work removes"
    )
    liking: float = Field(
        0.05, ge=0, le=1, description="share of the way that affect moves towards mutual trust each tick"
    )
    window: float = Field(20.0, ge=1, le=10_000, description="ticks over which joint work and gains are remembered")
    third_win: float = Field(
        0.1, gt=0, le=1_000_000, description="benefit passed on to others that counts as their gain (output per tick)"
    )
    deep_bond: float = Field(0.35, ge=0, le=1, description="bond from which a relationship counts as co-creation")
    neglect: float = Field(0.03, ge=0, le=1, description="bond below which a tie may end")
    betrayal: float = Field(0.1, ge=0, le=1, description="trust below which a tie may end")
    review: int = Field(
        1, ge=1, le=1_000_000, description="neglected and betrayed ties are reviewed at every so many of its actions"
    )
    forgetting: float = Field(
        0.1, ge=0, le=1, description="probability per review that a neglected or betrayed tie ends"
    )

    reads: ClassVar[tuple[str, ...]] = (
        "identity", "ends", "contribution", "invest", "trust", "affect", "bond", "translation", "tie_age", "apart",
        "gain", "outside_gain", "member_share", "member_alone", "sent",
    )  # fmt: skip
    writes: ClassVar[tuple[str, ...]] = (
        "trust", "affect", "bond", "translation", "tie_age", "apart", "gain", "outside_gain", "rung", "ties",
    )  # fmt: skip

    def step(self, world: World, key: Key) -> None:
        """Move trust, bonds, affect and gaps, read off the rungs, and end neglected and betrayed ties at reviews."""
        if not world.ties:
            return
        _cultivate(
            self, world,
            (ties_within(world), world.member_share, world.member_alone, world.first_tie, world.ends),
            (world.contribution, world.invest, world.sent),
            (world.trust, world.affect, world.bond, world.translation, world.tie_age, world.apart, world.gain,
             world.outside_gain, world.rung),
        )  # fmt: skip
        if world.tick // self.every % self.review == 0:
            ended = _ending(self, world, world.identity, world.ends, world.trust, world.bond, key)
            world.end_ties(ended)
            if world.reasons is not None:
                self._note_endings(world, ended)

    def _note_endings(self, world: World, ended: Rows) -> None:
        """Note why ties ended: the bond had faded, or a side's trust was gone."""
        bond, trust = world.bond[ended], world.trust[ended].min(axis=1)
        is_neglected = bond < self.neglect
        world.reasons.note(
            "tie_ended", np.where(is_neglected, "neglected", "betrayed").tolist(), *world.identity[world.ends[ended].T],
            bond=bond, trust=trust, threshold=np.where(is_neglected, self.neglect, self.betrayal),
            chance=self.forgetting,
        )  # fmt: skip


_RATES = itemgetter("trust_up", "trust_down", "general_trust", "growth", "fading", "contact", "learning", "liking")
_LIMITS = itemgetter("deep_bond", "circle", "third_win", "window")


@kernel
def cultivate(groups: Any, acts: Any, relationship: Any, rates: Any, limits: Any, ticks: Any) -> None:
    """Write next relationships in place, some ticks after the last; ``rates`` and ``limits`` as ``Relationship`` has them.

    Few ties are within coalitions, and what happens there alone goes by their list. The rest is a loop for each thing
    that changes, over arrays that lie in one piece: the compiler makes several ties at a time of it.
    """
    within, share, alone, first_tie, ends = groups
    trust, affect, bond, translation, age, apart, gain, outside_gain, rung = relationship
    ties, fresh = bond.size, min(1.0, ticks / limits[3])
    ends, trust, gain = ends.reshape(2 * ties), trust.reshape(2 * ties), gain.reshape(2 * ties)
    weight, surplus = joint_work(within, share, alone, ties, rates[5])
    society = grow(first_tie, ends, acts, trust, bond, weight, rates, limits[1])
    for t in range(ties):
        age[t] += ticks
        apart[t] += ticks
    outside = learn(within, ends, acts, trust, translation, apart, rates, society)
    for t in range(ties):
        affect[t] += rates[7] * (trust[2 * t] + trust[2 * t + 1] - 1.0 - affect[t])
    for t in range(ties):
        outside_gain[t] += fresh * (outside[t] - outside_gain[t])
    for side in range(2 * ties):
        gain[side] += fresh * (surplus[side] - gain[side])
    for t in range(ties):
        rung[t] = _rung(gain[2 * t], gain[2 * t + 1], outside_gain[t], bond[t], translation[t], apart[t], limits)


_cultivate = straight(cultivate, lambda rule, world: (_RATES(rule.__dict__), _LIMITS(rule.__dict__), rule.every))


@inner
def joint_work(within: Any, share: Any, alone: Any, ties: Any, contact: Any) -> Any:
    """Return, for each tie, the weight of this tick (m,), and what each side gained in their coalitions (2 m,)."""
    weight, surplus = np.full(ties, contact), np.zeros(2 * ties)
    for k in range(within.shape[0]):
        a, b, t, others = within[k, 0], within[k, 1], within[k, 2], within[k, 3]
        weight[t] = 1.0
        surplus[2 * t] += (share[a] - alone[a]) / others
        surplus[2 * t + 1] += (share[b] - alone[b]) / others
    return weight, surplus


@inner
def grow(
    first_tie: Any, ends: Any, acts: Any, trust: Any, bond: Any, weight: Any, rates: Any, circle: Any
) -> Any:  # fmt: skip
    """Let bonds grow and fade; return the society's mean trust."""
    contribution, invest, _ = acts
    drive = np.empty(contribution.size)  # what each invests in each of its ties
    for row in range(drive.size):
        drive[row] = invest[row] * contribution[row] * min(1.0, circle / max(1, first_tie[row + 1] - first_tie[row]))
    invested, total = np.empty(bond.size), 0.0
    for t in range(bond.size):  # a sum waits for its last step: meanwhile, what both invest is looked up
        total += trust[2 * t]
        total += trust[2 * t + 1]
        invested[t] = drive[np.uint64(ends[2 * t])] * drive[np.uint64(ends[2 * t + 1])]
    for t in range(bond.size):
        both_trust = np.sqrt(trust[2 * t] * trust[2 * t + 1])
        growth = rates[3] * weight[t] * np.sqrt(invested[t]) * both_trust * (1.0 - bond[t])
        bond[t] = min(1.0, max(0.0, bond[t] + (growth - rates[4] * bond[t])))
    return total / trust.size


@inner
def learn(
    within: Any, ends: Any, acts: Any, trust: Any, translation: Any, apart: Any, rates: Any, society: Any
) -> Any:  # fmt: skip
    """Let those who worked together learn each other's conduct and language; return what each tie gave outsiders (m,)."""
    contribution, _, sent = acts
    outside = np.zeros(apart.size)
    for k in range(within.shape[0]):
        t = within[k, 2]
        if apart[t] == 0:
            continue  # the two are in another coalition, too
        apart[t] = 0
        i, j = ends[2 * t], ends[2 * t + 1]
        trust[2 * t] += _lesson(trust[2 * t], contribution[j], rates, society)
        trust[2 * t + 1] += _lesson(trust[2 * t + 1], contribution[i], rates, society)
        translation[t] *= 1.0 - rates[6]
        outside[t] = 0.5 * (sent[i] + sent[j])
    return outside


@inlined
def _lesson(trust: Any, contribution: Any, rates: Any, society: Any) -> Any:
    """Return by how much trust moves towards what was seen and the society's mean: faster down than up."""
    up, down, general = rates[0], rates[1], rates[2]
    seen = (1.0 - general) * min(1.0, 2.0 * contribution) + general * society
    return (up if seen > trust else down) * (seen - trust)


@inlined
def _rung(own: Any, other: Any, outside: Any, bond: Any, translation: Any, apart: Any, limits: Any) -> Any:
    """Return how high a relationship stands: the first condition that is not met decides."""
    deep_bond, _, third_win, window = limits
    rung = 5 if translation <= 0.5 else 4  # from the top down, which leaves a processor no branch to guess
    rung = rung if bond >= deep_bond else 3
    rung = rung if outside >= third_win else 2
    rung = rung if min(own, other) > 0.0 else 1
    return rung if apart <= window else 0


@kernel
def ending(
    identity: Any, ends: Any, trust: Any, bond: Any, key: Any, neglect: Any, betrayal: Any, forgetting: Any
) -> Any:
    """Return the rows of the ties that end."""
    rows = np.empty(ends.shape[0], np.int64)
    count = 0
    for t in range(ends.shape[0]):
        if bond[t] < neglect or min(trust[t, 0], trust[t, 1]) < betrayal:
            number = pair(identity[ends[t, 0]], identity[ends[t, 1]])
            if uniform(key, number, 0) < forgetting:
                rows[count] = t
                count += 1
    return rows[:count]


_ending = straight(ending, lambda rule, world: (rule.neglect, rule.betrayal, rule.forgetting))
