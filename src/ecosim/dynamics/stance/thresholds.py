"""Thresholds: organisations act once enough of those they see act."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.stance.encounters import Activation, Steps, turns
from ecosim.kernels import kernel
from ecosim.rng import Key
from ecosim.world.world import World


class Thresholds(Mechanism):
    r"""Collective behaviour with thresholds: who acts depends on how many others do.

    Organisation i acts (``active`` is 1) when the share :math:`s_i` of those it sees that act, or their number, reaches
    its own ``threshold`` :math:`\theta_i`:

    .. math:: a_i' = 1 \text{ if } s_i \ge \theta_i, \qquad s_i = \frac{1}{|V_i|} \sum_{j \in V_i} a_j

    It sees everyone else, or its partners; it never counts itself, and where it sees nobody the share is 0. A threshold
    of 0 or less acts of itself. When everyone is seen, the share of many that act follows r' = F(r), F being the
    distribution function of thresholds (Granovetter 1978), so nearly equal crowds may end far apart.

    Once active, an organisation stays so; where it is ``reversible`` it stops when too few act.

    Activation: ``simultaneous``, all respond to who acted when the tick began; ``sweep``, each once, one after the
    other in random order; ``random``, ``steps`` times somebody drawn with replacement, by place among rows. Nothing
    else is drawn: thresholds are part of the world (``ecosystem.threshold``).

    Concepts:
        Basic principles: One acts when enough others do; what is enough differs.
        Emergence: The number that acts in the end can change altogether when one threshold does.
        Sensing: The share of partners, or of everyone, that acts.
        Adaptation: Acting, or not, follows what others are seen to do.

    References:
        Granovetter (1978), Threshold models of collective behavior, Am. J. Sociol. 83, 1420. Watts (2002), PNAS 99, 5766
        (partners in place of everyone). Centola & Macy (2007), Am. J. Sociol. 113, 702 (by number).
    """

    seen: Literal["everyone", "partners"] = Field("partners", description="whose acts count: everyone's or partners'")
    counted: Literal["share", "number"] = Field(
        "share", description="a threshold is a share of those seen (0 to 1), or a number of organisations"
    )
    reversible: bool = Field(False, description="whether one stops again when fewer act than its threshold")
    activation: Activation = Field("simultaneous", description="who responds when")
    steps: Steps = Field(
        None, description="responses in a tick under random activation; one for each organisation if not given"
    )

    reads: ClassVar[tuple[str, ...]] = ("identity", "threshold", "active")
    writes: ClassVar[tuple[str, ...]] = ("active",)

    def step(self, world: World, key: Key) -> None:
        """Let everyone act for whom enough others do: a_i' = 1 where s_i ≥ θ_i."""
        active = world.active
        rows, _ = turns(world.identity, self.activation, self.steps, key)
        respond(
            active.copy() if self.activation == "simultaneous" else active,
            active,
            world.threshold,
            rows,
            world.first_tie,
            world.partner,
            self.seen == "everyone",
            self.counted == "number",
            self.reversible,
        )


@kernel
def respond(
    seen: Any, active: Any, threshold: Any, rows: Any, first_tie: Any, partner: Any,
    sees_everyone: Any, by_number: Any, reversible: Any,
) -> None:  # fmt: skip
    """Let the rows respond in turn to those that are seen to act (n,), changing who is active (n,).

    Everyone responds at once where ``seen`` is another array than ``active``, one after the other where it is the same.
    """
    acting = 0
    for i in range(seen.size):
        acting += seen[i]
    for turn in range(rows.size):
        i = rows[turn]
        was = seen[i]
        if was and not reversible:
            continue
        if sees_everyone:
            others = seen.size - 1
            count = acting - was
        else:
            others = first_tie[i + 1] - first_tie[i]
            count = 0
            for h in range(first_tie[i], first_tie[i + 1]):
                count += seen[partner[h]]
        level = float(count) if by_number else count / max(1, others)
        active[i] = level >= threshold[i]
        acting += seen[i] - was  # changes only where what is seen is what changes
