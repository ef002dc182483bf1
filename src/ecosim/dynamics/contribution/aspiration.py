"""Aspiration: whoever is paid less than it hopes for tries something else; nobody looks at others."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from ecosim.dynamics.contribution.revision import Looking, Revision, Selectivity
from ecosim.kernels import kernel
from ecosim.rng import Key, uniform4
from ecosim.world.world import World


class Aspiration(Revision):
    r"""Win-stay, lose-shift against a level of one's own.

    Each time it acts, a share ``looking`` of organisations takes stock. Whoever is paid what it aspires to, or more,
    keeps its contribution; whoever is paid less changes it with probability

    .. math:: p_i = \frac{1}{1 + e^{-\beta (A_i - \pi_i)}}

    with aspiration :math:`A_i`, payoff :math:`\pi_i` and ``selectivity`` β. ``satisfied: may_err`` lets the satisfied
    change with the same (then smaller) probability. To ``switch`` is to contribute 1 − c in place of c, so everything in
    place of nothing; ``anywhere`` draws a contribution uniformly. With the chance ``trembling`` an organisation chooses
    afresh, satisfied or not.

    Aspiration is ``level`` plus what the organisation has got used to (``accustomed``), which begins at nothing and moves
    with ``adaptation`` a, each time it acts, whether it takes stock or not: :math:`A_i \leftarrow A_i + a (\pi_i - A_i)`.
    With a = 0 it is fixed. Nobody's choice depends on another's in the same tick: all act at once, and one after the
    other would come to the same.

    Concepts:
        Adaptation: Whoever is paid less than it aspires to tries something else.
        Learning: Where aspiration adapts, it follows what was received.
        Sensing: Nobody else is looked at.
        Stochasticity: Whether one changes, and to what, is drawn.

    References:
        Posch, Pichler & Sigmund (1999), The efficiency of adapting aspiration levels, Proc. R. Soc. B 266, 1427. Du, Wu,
        Altrock & Wang (2014), Aspiration dynamics of multi-player games, J. R. Soc. Interface 11, 20140077 (the Fermi
        form, in which the satisfied may err).
    """

    level: float = Field(0.0, ge=-1e6, le=1e6, description="payoff aspired to at the start (output)")
    adaptation: float = Field(
        0.0, ge=0, le=1, description="a, share of the way that aspiration moves towards payoff each time it acts"
    )
    selectivity: Selectivity = 10.0
    looking: Looking = 0.1
    satisfied: Literal["keep", "may_err"] = Field(
        "keep", description="whether whoever is paid what it aspires to keeps its contribution, or changes by mistake"
    )
    change: Literal["switch", "anywhere"] = Field(
        "switch", description="to 1 − c in place of c, or to a contribution drawn uniformly from 0 to 1"
    )

    reads: ClassVar[tuple[str, ...]] = (*Revision.reads, "accustomed")
    writes: ClassVar[tuple[str, ...]] = ("contribution", "accustomed")

    def step(self, world: World, key: Key) -> None:
        """Let a share take stock and change with probability 1 / (1 + exp(−β (A_i − π_i))); then habits move."""
        take_stock(
            world.contribution, world.payoff, world.accustomed, world.identity,
            (self.level, self.adaptation, self.selectivity, self.looking, self.satisfied == "may_err"),
            self.change == "switch", key,
        )  # fmt: skip
        self.tremble(world, key)


@kernel
def take_stock(
    contribution: Any, payoff: Any, accustomed: Any, identity: Any, rates: Any, switches: Any, key: Any
) -> None:
    """Write contributions and what each has got used to (n,), in place; ``rates`` as in ``Aspiration``."""
    level, adaptation, selectivity, looking, errs = rates
    for i in range(contribution.size):
        looks, decides, value, _ = uniform4(key, identity[i], 0)
        missing = level + accustomed[i] - payoff[i]
        if looks < looking and (errs or missing > 0.0) and decides * (1.0 + np.exp(-selectivity * missing)) < 1.0:
            contribution[i] = 1.0 - contribution[i] if switches else value
        accustomed[i] -= adaptation * missing
