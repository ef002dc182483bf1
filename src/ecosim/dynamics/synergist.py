"""Synergist: a matchmaker introduces those who would make more together than apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

from pydantic import Field

from ecosim.dynamics.binding import bound_to
from ecosim.dynamics.knowing import knowing
from ecosim.dynamics.matchmaking import RULES, every_pair, introduce, likely_pairs
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.meeting import Meeting, note_meetings
from ecosim.dynamics.production.joint_work import JointWork
from ecosim.dynamics.production.scheduled import scheduled_work
from ecosim.dynamics.production.work import Work
from ecosim.rng import Key
from ecosim.world.lookup import mean_of
from ecosim.world.world import World


class Synergist(Mechanism):
    r"""A matchmaker with a budget of introductions, which also translates for those it introduces.

    Each time it acts it looks at pairs of organisations that are not tied and both have attention to spare, ranks them
    by ``introduces``, and introduces the first ``budget`` of them, each organisation to one other at most:

    - ``dividend``: the expected dividend, what the two would make together beyond what each makes alone, with equal
      means (a unit of effort each), on the issue q that both care most about, weighed by how much they do and by the
      attention :math:`f_i = 1 - k_i / k_{max}` that both have to spare; only where it is positive,

      .. math:: f_i f_j \sqrt{\sigma_{iq} \sigma_{jq}} \left[Y_q(i, j) - Y_q(i) - Y_q(j)\right]

      with salience σ and k ties of each, and the Y of the scheduled production across the gap that is left after
      translation;
    - ``random``: any; ``most_connected``: the greatest sum of ties; ``peripheral``: the least; ``most_alike``: the
      narrowest gap. These are for comparison, with the same pairs to choose from and the same budget.

    No rule looks at sectors but through the gap. ``candidates`` others are looked at for each organisation: all pairs,
    where there are no more others than that; else as many drawn by chance (among friends of friends, or among
    everyone), of which each organisation proposes its best. So the work grows with organisations × candidates.

    Whoever is introduced says yes as at a meeting (``meeting`` in the schedule gives the terms), but the gap costs less:
    the synergist bridges ``bridging`` of it, and the new tie begins with the rest as its ``translation``. A draw
    picks candidates by place among rows or ties.

    Concepts:
        Objectives: The synergist spends its budget on the introductions that its strategy ranks first.
        Prediction: The dividend of a pair is foreseen at equal capital from what the two can do and care about.
        Interaction: It makes acquaintances; whether they accept is theirs to decide.
        Stochasticity: Candidates and acceptances are drawn.

    References:
        Zhao, Yen, Ngamassi, Maitland & Tapia (2012), Simulation 88, 617 (introducing the peripheral; its summary checked).
    """

    introduces: Literal["dividend", "random", "most_connected", "most_alike", "peripheral"] = Field(
        "dividend", description="how pairs are ranked"
    )
    among: Literal["anyone", "friends_of_friends"] = Field(
        "anyone", description="who is introduced to whom: anyone, or friends of friends"
    )
    budget: int = Field(5, ge=0, le=1_000_000, description="greatest number of introductions each time it acts")
    candidates: int = Field(4, ge=1, le=10_000, description="others that are looked at for each organisation")
    bridging: float = Field(0.3, ge=0, le=1, description="share of the translation gap that the synergist bridges")
    arrives: int = Field(0, ge=0, le=1_000_000_000, description="first tick at which it acts")
    meeting: str = Field("meeting", description="name in the schedule of the meeting whose terms hold")
    production: str = Field("production", description="name in the schedule of the production whose output is foreseen")

    _meeting: ClassVar[Meeting] = Meeting()
    _work: ClassVar[Work] = JointWork()

    reads: ClassVar[tuple[str, ...]] = (
        "identity", "sector", "capability", "salience", "culture", "stance", "needs", "trust",
    )  # fmt: skip
    writes: ClassVar[tuple[str, ...]] = (
        "ties", "trust", "bond", "translation", "introductions", "introductions_accepted",
    )  # fmt: skip

    def bind(self, schedule: Mapping[str, Mechanism]) -> Self:
        """Return this matchmaker, told of the scheduled meeting, whose terms hold, and of the production it foresees."""
        return knowing(
            self,
            _meeting=bound_to(self, "meeting", Meeting, schedule),
            _work=scheduled_work(self, schedule),
        )

    def never_acting(self, last: int) -> list[str]:
        """Return whether a run of so many ticks ends before the synergist has come and acted."""
        first = -(-max(self.arrives, 1) // self.every) * self.every
        if not self.arrives or not self.budget or first <= last:
            return []
        return [
            f"arrives is {self.arrives:,}, so it is to act from tick {first:,} on, but the run ends at tick {last:,}; it "
            "will not"
        ]

    def step(self, world: World, key: Key) -> None:
        """Introduce the first ``budget`` pairs of its ranking to each other, and tie those that both say yes."""
        if world.tick < self.arrives:
            return
        if not self.budget:
            return
        meeting, remaining = self._meeting, 1.0 - self.bridging
        terms = meeting.terms()
        gap = tuple(weight * remaining for weight in meeting.gap.weights())  # as wide as it is after translation
        kind = (world.sector, world.capability, world.salience, world.culture, world.stance)
        ranking = (RULES.index(self.introduces), meeting.attention, gap, self._work.rates())
        graph = (world.first_tie, world.partner)
        if world.n - 1 <= self.candidates:
            pairs, scores = every_pair(
                world.identity, kind, graph, world.needs, ranking, self.among == "anyone", key
            )  # fmt: skip
        else:
            pairs, scores = likely_pairs(
                world.identity, kind, graph, world.needs, ranking, self.among == "anyone", self.candidates, key
            )  # fmt: skip
        counts = (world.introductions, world.introductions_accepted)
        pairs = introduce(world.identity, kind, pairs, scores, self.budget, terms, gap, counts, key)
        if len(pairs):
            trust = meeting.prior_trust * mean_of(world.trust, 0.5)
            world.add_ties(pairs, trust=trust, bond=meeting.first_bond, translation=remaining)
            if world.reasons is not None:
                note_meetings(world, pairs, "introduced", kind, terms, gap)
