"""Technology: a practice that spreads by imitation, brings nearer what is far, and carries far what is said."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.worked_out import WorkedOut, numbers
from ecosim.kernels import kernel
from ecosim.rng import Key, uniform2
from ecosim.world.world import World


class Technology(Mechanism):
    r"""An adoptable practice: who has it, and what it does to those who have.

    *Spreading.* Whoever does not use it takes it up with probability

    .. math:: p + q\, x_i\, \frac{2}{1 + e^{-\beta (\bar s_i - s_i)}}

    (never above 1), where :math:`x_i` is the share of its partners that use it, :math:`\bar s_i` their mean success and
    :math:`s_i` its own. At β = 0 this is the diffusion model of Bass, along ties; with everyone tied its mean follows
    :math:`\dot x = (p + q x)(1 - x)`. Whoever uses it gives it up with probability ``abandoning``.

    *What it does.* Where both ends of a tie use it, the remaining share of their translation gap falls, ``easing`` of the
    way each time towards ``floor``, and stays where it was got when they cease. An organisation that uses it has

    - ``voice`` :math:`1 + v`: what it says reaches further (``widening`` v);
    - ``transparency`` :math:`1 + t`: more of its true conduct is seen (``openness`` t);
    - ``distortion`` :math:`1 + (1 - c)\, v`: without care for the human being (``care`` c = 0) fake signals about it and
      attention to extremes grow as much as reach does; with full care not at all.

    All three are 1 for the others. This rule only writes them; the rule of media reads them, so without media in the
    schedule they do nothing. Everyone looks at its partners as they were.

    Concepts:
        Basic principles: A tool spreads by its use; it eases understanding and amplifies whatever is said.
        Adaptation: Organisations take it up unprompted, or because partners use it and fare well.
        Stochasticity: Who takes it up is drawn.

    References:
        Bass (1969), Manage. Sci. 15, 215. Rogers (2003), Diffusion of Innovations, 5th ed., Free Press (relative
        advantage).
    """

    innovation: float = Field(
        0.003, ge=0, le=1, description="p, probability of taking it up unprompted each time it acts"
    )
    imitation: float = Field(
        0.1, ge=0, le=1, description="q, probability added when all partners use it and fare as one does oneself"
    )
    advantage: float = Field(
        0.0, ge=0, le=1e6, description="β, per unit of success: how much it counts that those who use it fare better"
    )
    abandoning: float = Field(0.0, ge=0, le=1, description="probability of giving it up each time it acts")
    easing: float = Field(
        0.1, ge=0, le=1, description="share of the way to its floor that a translation gap falls each time it acts"
    )
    floor: float = Field(
        0.5, ge=0, le=1, description="share of a translation gap that technology alone does not take away"
    )
    widening: float = Field(1.0, ge=0, le=1000, description="v, how much further it reaches: 1 doubles")
    openness: float = Field(1.0, ge=0, le=1000, description="t, how much more of one's conduct is seen: 1 doubles")
    care: float = Field(
        0.5, ge=0, le=1, description="c, care for the human being: 1 no distortion, 0 as much of it as of reach"
    )

    reads: ClassVar[tuple[str, ...]] = ("identity", "success", "ends", "translation")
    writes: ClassVar[tuple[str, ...]] = ("adopted", "voice", "transparency", "distortion", "translation")

    def step(self, world: World, key: Key) -> None:
        """Let it spread by probability p + q x_i · 2 / (1 + exp(−β Δs_i)), and write what it does to those who use it."""
        spread(
            world.identity, world.success, world.first_tie, world.partner, world.ends, world.adopted, world.voice,
            world.transparency, world.distortion, world.translation, self._rates, key,
        )  # fmt: skip

    @WorkedOut
    def _rates(self) -> NDArray[np.float64]:
        return numbers(
            self.innovation, self.imitation, self.advantage, self.abandoning, 1.0 + self.widening, 1.0 + self.openness,
            1.0 + (1.0 - self.care) * self.widening, self.easing, self.floor,
        )  # fmt: skip


@kernel
def spread(
    identity: Any, success: Any, first_tie: Any, partner: Any, ends: Any, adopted: Any, voice: Any, transparency: Any,
    distortion: Any, translation: Any, rates: Any, key: Any,
) -> None:  # fmt: skip
    """Write who uses it now (n,) and its effects, each (n,), and what gap remains of ties (m,).

    ``rates`` (9,) are innovation, imitation, advantage and abandoning as in ``Technology``; voice, transparency and
    distortion with it; easing and its floor.
    """
    innovation, imitation, advantage, abandoning = rates[0], rates[1], rates[2], rates[3]
    loud, open_, twisted, easing, floor = rates[4], rates[5], rates[6], rates[7], rates[8]
    n = identity.size
    takes, gives = np.empty(n), np.empty(n)
    for i in range(n):  # a loop that only draws: the compiler makes several draws at a time
        takes[i], gives[i] = uniform2(key, identity[i], 0)
    before = adopted.copy()
    for i in range(n):
        if before[i]:
            if gives[i] < abandoning:
                adopted[i] = 0
        else:
            using, theirs = 0, 0.0
            for h in range(first_tie[i], first_tie[i + 1]):  # a processor would guess a branch wrong
                uses = before[np.uint64(partner[h])]
                using += uses
                theirs += success[np.uint64(partner[h])] if uses else 0.0
            chance = innovation
            if using > 0:
                weight = 1.0
                if advantage > 0.0:
                    weight = 2.0 / (1.0 + np.exp(-advantage * (theirs / using - success[i])))
                chance += imitation * weight * using / (first_tie[i + 1] - first_tie[i])
            if takes[i] < chance:
                adopted[i] = 1
        has = adopted[i] == 1
        voice[i] = loud if has else 1.0
        transparency[i] = open_ if has else 1.0
        distortion[i] = twisted if has else 1.0
    ease(ends, adopted, translation, easing, floor)


@kernel
def ease(ends: Any, adopted: Any, translation: Any, easing: Any, floor: Any) -> None:
    """Let the remaining gap (m,) of ties whose two ends both use the technology fall towards its floor."""
    for t in range(ends.shape[0]):
        gap, both_use = translation[t], adopted[ends[t, 0]] * adopted[ends[t, 1]]  # 0 or 1: no branch to guess
        eased = gap - easing * (gap - floor)
        translation[t] = eased if (gap > floor) & (both_use > 0) else gap
