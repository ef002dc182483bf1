"""Joining: organisations form, join and leave coalitions by what they expect to gain against going on as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import Field

from ecosim.dynamics.binding import bound_to
from ecosim.dynamics.coalition.deciding import decide
from ecosim.dynamics.coalition.telling import (
    Look,
    note_acquaintance,
    note_founding,
    note_giving_up,
    note_joining,
    note_leaving,
    note_merging,
)
from ecosim.dynamics.knowing import knowing
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.meeting import Meeting
from ecosim.dynamics.production.joint_work import JointWork
from ecosim.dynamics.production.scheduled import scheduled_work
from ecosim.dynamics.production.work import Work
from ecosim.rng import Key
from ecosim.world.entrances import straight
from ecosim.world.lookup import mean_of
from ecosim.world.world import World


class Joining(Mechanism):
    r"""Coalitions by expected marginal contribution.

    The value of a membership is compared with the same effort put to its present use. With worth w of a unit of work on
    the coalition's issue, expected share y (of what the coalition would make, in proportion to effort, by whatever rule
    it is shared afterwards) and effort :math:`\epsilon` of which a unit now brings r, the advantage is

    .. math:: a = \frac{w y - r \epsilon - u}{r \epsilon + u}

    where ``upkeep`` u is what a membership takes, produced or not; a scheduled ``sharing`` charges it. A step is taken
    with probability :math:`1 / (1 + e^{-\beta (a - \theta)})` each time it is considered.

    - **Leave**: a share ``reconsidering`` of members weighs its membership against the same effort alone.
    - **Join**: a share ``looking`` looks at one coalition of one partner. The members take in whoever does not lower
      their output per effort; of several who want in, the one whose draw is lowest, so that it does not overshoot.
      They give up at most ``openness`` of it; the newcomer and every member become acquainted, as far as the attention
      of both goes (``attention`` of the scheduled meeting; without one, it has no end).
    - **Form**: a share ``initiative`` proposes to one partner a coalition on the issue that is worth most to both.
      Both must want it; each takes part in one proposal a tick, the one whose draw is lowest.

    - **Merge**: a share ``merging`` of coalitions looks at another on the same issue: one that shares a member, drawn by
      chance, or in which a partner of that member is. They become one where both sides want it, each weighing what its
      effort would make in the merged coalition, :math:`Y_{cd}\, \epsilon_c / (\epsilon_c + \epsilon_d)`, against what
      it makes now (:math:`a = y'/y - 1`, for nobody's upkeep grows). Each takes part in one merger a tick, the one
      whose draw is lowest, and in none while somebody joins it. The taker keeps its number, and the fuller pool.

    What a coalition would make is foreseen by the equations and parameters of the scheduled production: joint work
    (``JointWork``), or a public good of coalitions.
    A coalition of fewer than two dissolves, and so does one that for ``patience`` ticks in a row has made less than its
    members would alone. A draw picks a partner, and one of its coalitions, by place among ties and
    memberships: in another order of rows, the same draw may pick another, each still equally likely.

    Concepts:
        Adaptation: Members stay while membership brings more than the same effort used alone.
        Objectives: Each weighs by its own motive what its contribution adds.
        Prediction: What a coalition would make with one member more is foreseen by the equations of production.
        Collectives: Coalitions form, grow, lose members and dissolve by members' decisions; an organisation may belong
            to several.
        Stochasticity: Who looks for a partner, which coalition is considered, and whether they agree is drawn.
    """

    looking: float = Field(
        0.2, ge=0, le=1, description="share of organisations that look at a coalition each time it acts"
    )
    initiative: float = Field(
        0.1, ge=0, le=1, description="share of organisations that propose a coalition each time it acts"
    )
    reconsidering: float = Field(0.2, ge=0, le=1, description="share of memberships that are weighed each time it acts")
    selectivity: float = Field(4.0, gt=0, le=1000, description="β, per unit of relative advantage")
    hurdle: float = Field(
        0.1, ge=-10, le=10, description="θ, relative advantage at which an organisation is of two minds"
    )
    upkeep: float = Field(
        0.03,
        gt=0,
        le=1000,
        description="u, what a membership takes each tick (capital); it counts in full by whatever motive",
    )
    most: int = Field(3, ge=1, le=1000, description="greatest number of coalitions of one organisation")
    openness: float = Field(
        0.1, ge=0, le=1, description="share of its output per effort that a coalition gives up to take in one more"
    )
    acquaintance: bool = Field(True, description="whether whoever joins is tied to every member")
    first_bond: float = Field(0.1, ge=0, le=1, description="bond with which such a tie begins")
    largest: int = Field(12, ge=2, le=100_000, description="greatest number of members of one coalition")
    merging: float = Field(0.1, ge=0, le=1, description="share of coalitions that look for another to merge with")
    patience: int | None = Field(
        40, ge=1, le=1_000_000, description="ticks in a row of losing after which a coalition gives up; null: never"
    )
    meeting: str = Field(
        "meeting", description="name in the schedule of the meeting whose attention limits acquaintance"
    )
    production: str = Field("production", description="name in the schedule of the production whose output is foreseen")

    _work: ClassVar[Work] = JointWork()
    _attention: ClassVar[int | None] = None

    reads: ClassVar[tuple[str, ...]] = (
        "identity", "sector", "capability", "culture", "stance", "worth", "effort", "achieved", "needs", "bond",
        "translation", "coalition_issue", "coalition_identity", "pool", "output", "effort_total", "coalition_bond",
        "coalition_gap", "member_age", "member_share", "member_alone", "member_effort",
        "output_alone", "coalition_age", "trust",
    )  # fmt: skip
    writes: ClassVar[tuple[str, ...]] = ("memberships", "ties", "trust", "bond", "pool", "losing")

    def bind(self, schedule: Mapping[str, Mechanism]) -> Self:
        """Return this rule, told of the production that it foresees and of the attention that limits acquaintance."""
        work, attention = scheduled_work(self, schedule), None
        if isinstance(schedule.get(self.meeting), Meeting) or not self.is_default("meeting"):
            attention = bound_to(self, "meeting", Meeting, schedule).attention
        return knowing(self, _work=work, _attention=attention)

    @property
    def attention(self) -> int | None:
        """Greatest number of ties that acquaintance leads to; None without end."""
        return self._attention

    @property
    def pressing_at(self) -> float:
        """Urgency that is half pressing in the production that is foreseen."""
        return self._work.half()

    def step(self, world: World, key: Key) -> None:
        """Let members leave, others join, coalitions form, merge and give up, with probability 1 / (1 + exp(−β (a − θ)))."""
        (rows, left, gone), (who, what, come), (first, second, weighed), acquainted, (founders, issues, pairs) = _decide(
            self, world, (world.identity, world.coalition_identity), *_seen(world),
            (world.member_age, world.member_share, world.member_alone, world.output_alone, world.coalition_age,
             world.losing),
            world.needs, key,
        )  # fmt: skip
        if world.reasons is not None:
            look = self.look(world)
            note_leaving(world, look, rows[:left])
            note_joining(world, look, who[:come], what[:come])
            note_giving_up(world, rows[left:gone], self.patience)
            note_merging(world, look, first, second, weighed)
            note_acquaintance(world, acquainted)
            note_founding(world, look, issues, pairs)
        world.leave(rows)
        world.join(who, what)
        world.found_coalitions(founders, issues, pairs)
        if len(acquainted):
            world.add_ties(acquainted, trust=mean_of(world.trust, 0.5), bond=self.first_bond)

    def parameters(self, world: World) -> tuple[Any, ...]:
        """Return what bounds decisions and how they are taken, as their kernel takes it."""
        attention = -1 if self._attention is None else self._attention
        limits = (
            self.most, self.largest, self.openness, self.every, self.patience or 0,
            attention if self.acquaintance else 0,
        )  # fmt: skip
        shares = (self.reconsidering, self.looking, self.initiative, self.merging)
        return shares, limits, self._choice(), self._work.rates(), self._work.weights()

    def look(self, world: World) -> Look:
        """Return what decisions about memberships look at."""
        graph, groups, kind, state, yields, made = _seen(world)
        rates, gap = self._work.rates(), self._work.weights()
        return Look(graph, groups, kind, state, yields, made, self._choice(), rates, gap)

    def _choice(self) -> tuple[float, float, float]:
        return self.selectivity, self.hurdle, self.upkeep


def _seen(world: World) -> tuple[Any, ...]:
    """Return what there is to see of a world, in the order of ``Look``."""
    return (
        (world.first_tie, world.partner, world.tie, world.bond, world.translation),
        (world.member, world.first_member, world.first_membership, world.membership, world.member_coalition),
        (world.sector, world.culture, world.stance, world.capability),
        (world.worth, world.effort, world.achieved),
        (world.coalition_issue, world.member_effort),
        (world.pool, world.output, world.effort_total, world.coalition_bond, world.coalition_gap),
    )


_decide = straight(decide, Joining.parameters)
