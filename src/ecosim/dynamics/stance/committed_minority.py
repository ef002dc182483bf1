"""Committed minority: each plays the convention it has met most often, except those who never change."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.stance.encounters import Activation, Steps, look, turns
from ecosim.kernels import inlined_kernel, kernel
from ecosim.rng import Key
from ecosim.world.world import World

MOST_REMEMBERED = 62
"""Meetings that one whole number of 64 bits can remember, sign left out, rounded down to an even number."""


class CommittedMinority(Mechanism):
    r"""Social convention with memory: the best response to one's last meetings, and some who never change.

    There are two conventions, the old (0) and the new (1). In a meeting both play one. Each remembers what the other
    played, for its last ``memory`` M meetings, and plays the one it remembers more often: ``convention`` is 1 where the
    new one leads, 0 where the old one does, and ½ at a tie, when a coin decides. The ``committed`` keep their
    convention whatever they meet. With a committed share C to the new convention in a large crowd that mixes well, a
    share p of plays is of the new one, and the others' share g that plays it becomes

    .. math:: g(p) = P[B > M/2] + \frac{1}{2} P[B = M/2], \quad B \sim \text{Binomial}(M, p), \quad p = C + (1 - C) g

    A state with little of the new exists only up to :math:`C^* = \max_{p < 1/2} (p - g(p)) / (1 - g(p))`: .2419 for
    M = 12. Beyond it, the committed minority tips everyone.

    Whom one meets is anyone with probability ``reach``, otherwise one of its ties, drawn uniformly.

    Activation: ``random``, ``steps`` meetings a tick, one side drawn with replacement; ``sweep``, each calls one meeting,
    one after the other in random order; ``simultaneous``, each watches one other's play as it stood when the tick
    began, and only the watcher remembers. In the other two, both do. A draw picks whom one meets by place among rows
    or ties: in another order of rows, the same draw may pick another, each still equally likely.

    Concepts:
        Basic principles: A convention holds because everyone expects it of everyone; those who never change can
            overturn it.
        Emergence: Above a critical mass of the committed the whole population changes sides.
        Learning: A bounded memory of the conventions met last.
        Adaptation: One plays what one has met most often.
        Stochasticity: Who meets whom is drawn.

    References:
        Centola, Becker, Brackbill & Baronchelli (2018), Experimental evidence for tipping points in social convention,
        Science 360, 1116 (the claim checked; M = 12 as in an author's program, the tie as in the mean field above).
    """

    memory: int = Field(12, ge=1, le=MOST_REMEMBERED, description="M, meetings that are remembered")
    reach: float = Field(1.0, ge=0, le=1, description="share of meetings with anyone rather than along a tie")
    activation: Activation = Field("random", description="who meets when")
    steps: Steps = Field(
        None, description="meetings in a tick under random activation; one for each organisation if not given"
    )

    reads: ClassVar[tuple[str, ...]] = ("identity", "convention", "committed", "conventions_met")
    writes: ClassVar[tuple[str, ...]] = ("convention", "conventions_met")

    def step(self, world: World, key: Key) -> None:
        """Let pairs meet, each playing what it remembers more often, and remember what the other played."""
        convention = world.convention
        at_once = self.activation == "simultaneous"
        rows, luck = turns(world.identity, self.activation, self.steps, key)
        others, _, coins = look(rows, luck, world.first_tie, world.partner, self.reach, key)
        play(
            convention.copy() if at_once else convention,
            convention,
            world.conventions_met,
            world.committed,
            rows,
            others,
            coins,
            self.memory,
            not at_once,
        )


@kernel
def play(
    seen: Any, convention: Any, met: Any, committed: Any, rows: Any, others: Any, coins: Any, length: Any, both: Any
) -> None:
    """Let the rows meet the others in turn, changing what is remembered (n,) and played (n,); another of -1 is nobody.

    One uniform number a turn tosses both coins: which half of the unit it lies in, and which half of that half.
    """
    for turn in range(rows.size):
        i, j = rows[turn], others[turn]
        if j < 0:
            continue
        coin = 2.0 * coins[turn]
        second = coin - 1.0 if coin >= 1.0 else coin
        plays, sees = 0.5 * coin < seen[i], second < seen[j]
        if not committed[i]:
            met[i], convention[i] = remembered(met[i], sees, length)
        if both and not committed[j]:
            met[j], convention[j] = remembered(met[j], plays, length)


@inlined_kernel
def remembered(bits: Any, new: Any, length: Any) -> Any:
    """Return the memory with one meeting more, and the best response to it: 0, ½ or 1.

    The last meeting is bit 0; the count of ones is by adding neighbouring bits, then pairs, then fours.
    """
    kept = ((np.uint64(bits) << np.uint64(1)) | np.uint64(new)) & ((np.uint64(1) << np.uint64(length)) - np.uint64(1))
    ones = kept - ((kept >> np.uint64(1)) & np.uint64(0x5555555555555555))
    ones = (ones & np.uint64(0x3333333333333333)) + ((ones >> np.uint64(2)) & np.uint64(0x3333333333333333))
    ones = (ones + (ones >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    lead = 2 * np.int64((ones * np.uint64(0x0101010101010101)) >> np.uint64(56)) - length
    return np.int64(kept), 1.0 if lead > 0 else (0.5 if lead == 0 else 0.0)
