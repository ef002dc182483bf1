"""Naming game: two words for one thing, spoken in pairs until one is left, except by those who never change."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.stance.encounters import Steps, look, turns
from ecosim.kernels import kernel
from ecosim.rng import Key
from ecosim.world.world import World


class NamingGame(Mechanism):
    r"""The binary naming game with committed speakers.

    ``convention`` tells which words an organisation uses: 0 the old, 1 the new, ½ both. In an encounter a speaker says
    a word it uses, either of two with equal chance. A hearer that uses it too agrees: both use only that word from then
    on. Otherwise the hearer uses both. The ``committed`` never change. With a committed share p to the new word in a
    large crowd that mixes well, :math:`n_A` the others' share with the new word only, :math:`n_B` with the old only and
    :math:`n_{AB}` with both (Xie et al. 2011, Eq. 1),

    .. math:: \frac{d n_A}{dt} = -n_A n_B + n_{AB}^2 + n_A n_{AB} + \frac{3}{2} p n_{AB}, \qquad
              \frac{d n_B}{dt} = -n_A n_B + n_{AB}^2 + n_B n_{AB} - p n_B

    Beyond :math:`p_c = .0979` the minority wins everyone; below it the old word lives for a time exponential in number.

    Whom a speaker addresses is anyone with probability ``reach``, otherwise one of its ties, drawn uniformly.

    Activation: ``random``, as in the paper, ``steps`` encounters a tick, the speaker drawn with replacement; ``sweep``,
    each speaks once, one after the other in random order. A draw picks the hearer by place among rows or ties: in
    another order of rows, the same draw may pick another, each still equally likely.

    Concepts:
        Basic principles: Names are agreed on in pairs, by hearing and speaking.
        Emergence: A committed share above a critical mass takes over the whole population.
        Interaction: A speaker and a hearer who both keep the name if both knew it.
        Stochasticity: Speaker, hearer and the word spoken are drawn.

    References:
        Xie, Sreenivasan, Korniss, Zhang, Lim & Szymanski (2011), Social consensus through the influence of committed
        minorities, Phys. Rev. E 84, 011130.
    """

    reach: float = Field(1.0, ge=0, le=1, description="share of encounters with anyone rather than along a tie")
    activation: Literal["random", "sweep"] = Field("random", description="who speaks when")
    steps: Steps = Field(
        None, description="encounters in a tick under random activation; one for each organisation if not given"
    )

    reads: ClassVar[tuple[str, ...]] = ("identity", "convention", "committed")
    writes: ClassVar[tuple[str, ...]] = ("convention",)

    def step(self, world: World, key: Key) -> None:
        """Let speakers say a word they use: who knows it agrees on it alone, who does not learns it."""
        rows, luck = turns(world.identity, self.activation, self.steps, key)
        others, _, coins = look(rows, luck, world.first_tie, world.partner, self.reach, key)
        speak(world.convention, world.committed, rows, others, coins)


@kernel
def speak(convention: Any, committed: Any, speakers: Any, hearers: Any, coins: Any) -> None:
    """Let the speakers talk to the hearers in turn, changing the words they use (n,); a hearer of -1 is nobody."""
    for turn in range(speakers.size):
        i, j = speakers[turn], hearers[turn]
        if j < 0:
            continue
        word = 1.0 if coins[turn] < convention[i] else 0.0
        if convention[j] == 1.0 - word:
            if not committed[j]:
                convention[j] = 0.5
            continue
        if not committed[i]:
            convention[i] = word
        if not committed[j]:
            convention[j] = word
