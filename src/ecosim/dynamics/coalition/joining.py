"""Joining: organisations form, join and leave coalitions by what they expect to gain against going on as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

import numpy as np
from pydantic import Field, PrivateAttr

from ecosim.dynamics.coalition.proposals import found_proposals, join_proposals, leavers, with_members
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.production.joint_work import JointWork
from ecosim.errors import InputError, did_you_mean
from ecosim.rng import Key
from ecosim.world.lookup import mean_of
from ecosim.world.world import World


class Joining(Mechanism):
    r"""Coalitions by expected marginal contribution.

    The value of a membership is compared with the same effort put to its present use. With worth w of a unit of work on
    the coalition's issue, expected share y and effort :math:`\epsilon` of which a unit now brings r, the advantage is

    .. math:: a = \frac{w y - r \epsilon - u}{r \epsilon + u}

    where ``upkeep`` u is the attention that a membership takes, produced or not: felt, not paid for. A step is taken
    with probability :math:`1 / (1 + e^{-\beta (a - \theta)})` each time it is considered.

    - **Leave**: a share ``reconsidering`` of members weighs its membership against the same effort alone.
    - **Join**: a share ``looking`` looks at one coalition of one partner. The members take in whoever does not lower
      their output per effort; of several who want in, the one whose draw is lowest, so that it does not overshoot.
      They give up at most ``openness`` of it; the newcomer and every member become acquainted.
    - **Form**: a share ``initiative`` proposes to one partner a coalition on the issue that is worth most to both.
      Both must want it; each takes part in one proposal a tick, the one whose draw is lowest.

    What a coalition would make is foreseen by the equations and parameters of the scheduled joint work (``JointWork``).
    A coalition of fewer than two dissolves. A draw picks a partner, and one of its coalitions, by place among ties and
    memberships: in another order of rows, the same draw may pick another, each still equally likely.
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
        0.03, gt=0, le=1000, description="u, attention that a membership takes each tick, in units of worth"
    )
    most: int = Field(3, ge=1, le=1000, description="greatest number of coalitions of one organisation")
    openness: float = Field(
        0.1, ge=0, le=1, description="share of its output per effort that a coalition gives up to take in one more"
    )
    acquaintance: bool = Field(True, description="whether whoever joins is tied to every member")
    first_bond: float = Field(0.1, ge=0, le=1, description="bond with which such a tie begins")
    largest: int = Field(12, ge=2, le=100_000, description="greatest number of members of one coalition")
    production: str = Field("production", description="name in the schedule of the joint work whose output is foreseen")

    _work: JointWork = PrivateAttr(default_factory=JointWork)

    reads: ClassVar[tuple[str, ...]] = (
        "identity", "sector", "capability", "culture", "stance", "worth", "effort", "achieved", "needs", "bond",
        "translation", "coalition_issue", "coalition_identity", "pool", "output", "effort_total", "coalition_bond",
        "coalition_gap", "member_age", "member_share", "member_alone", "member_effort",
        "trust",
    )  # fmt: skip
    writes: ClassVar[tuple[str, ...]] = ("memberships", "ties", "trust", "bond")

    def bind(self, schedule: Mapping[str, Mechanism]) -> Self:
        if self.production not in schedule and not self.is_default("production"):
            raise InputError(f"joining.production names '{self.production}'; {did_you_mean(self.production, schedule)}")
        work = schedule.get(self.production, self._work)
        if not isinstance(work, JointWork):
            raise InputError(f"joining foresees joint work, but '{self.production}' in the schedule is {work.rule()}")
        bound = self.model_copy()
        bound._work = work
        return bound

    def step(self, world: World, key: Key) -> None:
        joint, gap = self._work.rates(), self._work.gap.weights()
        choice = (self.selectivity, self.hurdle, self.upkeep)
        graph = (world.first_tie, world.partner, world.tie, world.bond, world.translation)
        groups = (world.member, world.first_member, world.first_membership, world.membership, world.member_coalition)
        kind = (world.sector, world.culture, world.stance, world.capability)
        state = (world.worth, world.effort, world.achieved)
        yields = (world.coalition_issue, world.member_effort)
        joiners = np.empty(0, np.int64)
        if world.memberships:
            ending = leavers(
                world.identity, world.coalition_identity, groups, world.coalition_issue, world.worth, world.member_age,
                world.member_share, world.member_alone, self.reconsidering, choice, key,
            )  # fmt: skip
            world.leave(ending)
            made = (world.pool, world.output, world.effort_total, world.coalition_bond, world.coalition_gap)
            joiners, coalitions = join_proposals(
                world.identity, graph, groups, kind, state, yields, made, world.needs, self.looking, self.most,
                (self.largest, self.openness), choice, joint, gap, key,
            )  # fmt: skip
            world.join(joiners, coalitions)
            if self.acquaintance and joiners.size:
                trust = mean_of(world.trust, 0.5)
                pairs = with_members(joiners, coalitions, world.member, world.first_member)
                world.add_ties(pairs, trust=trust, bond=self.first_bond)
        if world.ties and world.needs.size:
            founders, issues, pairs = found_proposals(
                world.identity, graph, groups, kind, state, yields, joiners, world.needs, self.initiative, self.most,
                choice, joint, gap, key,
            )  # fmt: skip
            world.found_coalitions(founders, issues, pairs)
