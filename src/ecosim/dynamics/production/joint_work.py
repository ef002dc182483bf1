"""Joint work: coalitions combine what their members can do; whoever is in none works alone."""

from __future__ import annotations

from operator import itemgetter
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from ecosim.dynamics.gap import Gap, gap_between, lowered, pressing, raised
from ecosim.dynamics.mechanism import Mechanism
from ecosim.kernels import inlined, inner, kernel
from ecosim.rng import Key
from ecosim.world.lookup import find_half_edge
from ecosim.world.world import World


class JointWork(Mechanism):
    r"""Production in coalitions, with complementing capabilities and a cost of understanding one another.

    An organisation's effort is :math:`e_i = (1 - v_i)\, c_i \sqrt{K_i}\, (\tfrac{1}{2} + P_i)` (what it invests in its
    bonds is not there for work; its performance :math:`P_i` is ½ where nobody searches for better practices), split
    evenly over its coalitions. A coalition for an issue with needs :math:`\nu_k` makes

    .. math:: Y = A \left(\sum_k \nu_k X_k^\eta\right)^{1/\eta}, \quad X_k = \sum_i e_i a_{ik}, \quad
       A = A_0 \frac{(1 + \alpha_b B)(1 + \alpha_p P)\, e^{-\tau D (1 - B)}}{1 + \kappa (m - 1)}

    where B and D are the mean bond and translation gap over all pairs of its m members (where two are
    not tied, bond 0 and the whole gap; where they are, the share ``translation`` of it that remains) and P is what it has
    pooled (``pooling``). η = 1 adds up; η < 1 makes the parts need each other. Alone, with
    the same effort, an organisation makes :math:`A_0 e_i (\sum_k \nu_k a_{ik}^\eta)^{1/\eta}`; whoever is in no coalition
    does so on the issue that presses it most. ``relief`` of an issue is all the work done on it.

    Concepts:
        Basic principles: Parts that need each other: with η < 1 no kind of capability can replace another.
        Emergence: Whether a coalition makes more than its members would alone depends on who is in it and what is
            between them.
        Collectives: A coalition makes one output out of its members' efforts, bonds, gaps and pooled knowledge.

    References:
        Arrow, Chenery, Minhas & Solow (1961), Rev. Econ. Stat. 43, 225 (CES production).
    """

    complementarity: float = Field(0.4, gt=0, le=1, description="η: 1 adds up, below 1 the parts need each other")
    productivity: float = Field(1.0, gt=0, le=1000, description="A₀, output per effort alone")
    bond_gain: float = Field(1.0, ge=0, le=100, description="α_b, how much a full bond adds to output (share)")
    pool_gain: float = Field(
        0.3, ge=0, le=100, description="α_p, how much a full pool of knowledge adds to output (share)"
    )
    translation: float = Field(
        0.6, ge=0, le=100, description="τ, loss per unit of translation gap not yet bridged by bonds"
    )
    coordination: float = Field(0.06, ge=0, le=100, description="κ, cost of each further member (share of output)")
    pressing_at: float = Field(1.0, gt=0, le=1000, description="urgency that is half pressing (severity)")
    gap: Gap = Field(Gap(), description="weights of the translation gap")

    reads: ClassVar[tuple[str, ...]] = (
        "sector", "capital", "capability", "culture", "stance", "salience", "contribution", "invest", "bond",
        "translation", "coalition_issue", "pool", "urgency", "needs", "performance",
    )  # fmt: skip
    writes: ClassVar[tuple[str, ...]] = (
        "effort", "alone", "works_on", "member_effort", "member_alone", "member_age", "output", "output_alone",
        "effort_total",
        "coalition_bond", "coalition_gap", "coalition_age", "relief",
    )  # fmt: skip

    def step(self, world: World, key: Key) -> None:
        produce(
            (world.sector, world.culture, world.stance, world.capability, world.capital, world.salience),
            (world.contribution, world.invest, world.performance, world.effort, world.alone, world.works_on),
            (world.first_tie, world.partner, world.tie, world.bond, world.translation),
            (world.member, world.first_member, world.first_membership, world.membership, world.member_coalition),
            (world.member_effort, world.member_alone, world.member_age),
            (world.coalition_issue, world.coalition_bond, world.coalition_gap, world.pool, world.output,
             world.output_alone, world.effort_total, world.coalition_age),
            (world.urgency, world.needs, world.relief),
            self.gap.weights(), self.pressing_at, self.rates(),
        )  # fmt: skip

    def rates(self) -> tuple[float, ...]:
        """Return the parameters of output as a kernel takes them."""
        rates: tuple[float, ...] = _RATES(self.__dict__)
        return rates


# Read from the dictionary at once: attributes of a pydantic model take several times as long, and this is each tick's.
_RATES = itemgetter("complementarity", "productivity", "bond_gain", "pool_gain", "translation", "coordination")


@inlined
def multiplier(bond: Any, gap: Any, pool: Any, members: Any, rates: Any) -> Any:
    """Return A of a coalition: productivity after bonds, pooled knowledge, translation and coordination."""
    _, productivity, bond_gain, pool_gain, translation, coordination = rates
    growth = (1.0 + bond_gain * bond) * (1.0 + pool_gain * pool)
    return productivity * growth * np.exp(-translation * gap * (1.0 - bond)) / (1.0 + coordination * (members - 1.0))


@kernel
def produce(
    kind: Any, acts: Any, graph: Any, groups: Any, shares: Any, coalition: Any, issues: Any, gap: Any, half: Any,
    rates: Any,
) -> None:  # fmt: skip
    """Let everyone work, alone and in coalitions: one call for a tick of ``JointWork``."""
    sector, culture, stance, capability, capital, salience = kind
    contribution, invest, performance, effort, alone, works_on = acts
    first_tie, partner, tie, bond, translation = graph
    member, first_member, first_membership, membership, member_coalition = groups
    member_effort, member_alone, member_age = shares
    issue, coalition_bond, coalition_gap, pool, output, output_alone, effort_total, coalition_age = coalition
    urgency, needs, relief = issues
    work_alone(
        capital, capability, salience, contribution, invest, performance, urgency, needs, first_membership, membership,
        member_coalition, issue, effort, alone, works_on, member_effort, member_alone, relief, rates[0], rates[1], half,
    )  # fmt: skip
    understand(
        member, first_member, first_tie, partner, tie, bond, translation, sector, culture, stance, gap, coalition_bond,
        coalition_gap,
    )  # fmt: skip
    work_together(
        member, first_member, issue, capability, needs, member_effort, member_alone, coalition_bond, coalition_gap, pool,
        output, output_alone, effort_total, relief, coalition_age, member_age, rates,
    )  # fmt: skip


@inner
def work_alone(
    capital: Any, capability: Any, salience: Any, contribution: Any, invest: Any, performance: Any, urgency: Any,
    needs: Any, first_membership: Any, membership: Any, member_coalition: Any, coalition_issue: Any, effort: Any, alone: Any,
    works_on: Any, member_effort: Any, member_alone: Any, relief: Any, complementarity: Any, productivity: Any, half: Any,
) -> None:  # fmt: skip
    """Write each organisation's effort, its split over coalitions, and what each part would make alone."""
    relief[:] = 0.0
    for i in range(capital.size):
        own = (1.0 - invest[i]) * contribution[i] * np.sqrt(capital[i]) * (0.5 + performance[i])
        start, end = first_membership[i], first_membership[i + 1]
        made, issue = 0.0, -1
        if start == end:
            issue = most_pressing(salience, urgency, half, i)
            if issue >= 0:
                made = productivity * own * skill(capability, needs, complementarity, i, issue)
                relief[issue] += made
        for h in range(start, end):
            row = membership[h]
            part = own / (end - start)
            joint = coalition_issue[member_coalition[row]]
            by_itself = productivity * part * skill(capability, needs, complementarity, i, joint)
            member_effort[row], member_alone[row] = part, by_itself
            made += by_itself
        effort[i], alone[i], works_on[i] = own, made, issue


@inlined
def most_pressing(salience: Any, urgency: Any, half: Any, i: Any) -> Any:
    """Return the issue that presses organisation i most: greatest salience × (.01 + p(urgency)); -1 where there is none."""
    best, issue = -1.0, -1
    for q in range(urgency.size):
        weight = salience[i, q] * (0.01 + pressing(urgency[q], half))
        if weight > best:
            best, issue = weight, q
    return issue


@inlined
def skill(capability: Any, needs: Any, complementarity: Any, i: Any, issue: Any) -> Any:
    """Return what one unit of organisation i's effort makes alone on an issue, at productivity 1."""
    total = 0.0
    for k in range(capability.shape[1]):
        total += needs[issue, k] * raised(capability[i, k], complementarity)
    return lowered(total, complementarity)


@inner
def understand(
    member: Any, first_member: Any, first_tie: Any, partner: Any, tie: Any, bond: Any, translation: Any, sector: Any,
    culture: Any, stance: Any, weights: Any, coalition_bond: Any, coalition_gap: Any,
) -> None:  # fmt: skip
    """Write each coalition's mean bond and mean translation gap over all pairs of its members."""
    for c in range(first_member.size - 1):
        start, end = first_member[c], first_member[c + 1]
        bonds, gaps = 0.0, 0.0
        for a in range(start, end):
            i = member[a]
            for b in range(a + 1, end):
                j = member[b]
                between = gap_between(i, j, sector, culture, stance, weights)
                h = find_half_edge(first_tie, partner, i, j)
                if h >= 0:
                    bonds += bond[tie[h]]
                    between *= translation[tie[h]]
                gaps += between
        pairs = max(1, (end - start) * (end - start - 1) // 2)
        coalition_bond[c] = bonds / pairs
        coalition_gap[c] = gaps / pairs


@inner
def work_together(
    member: Any, first_member: Any, coalition_issue: Any, capability: Any, needs: Any, member_effort: Any,
    member_alone: Any, coalition_bond: Any, coalition_gap: Any, pool: Any, output: Any, output_alone: Any,
    effort_total: Any, relief: Any, coalition_age: Any, member_age: Any, rates: Any,
) -> None:  # fmt: skip
    """Write what each coalition makes, what its members would make alone, and its effort; add to relief."""
    complementarity = rates[0]
    for c in range(first_member.size - 1):
        issue, start, end = coalition_issue[c], first_member[c], first_member[c + 1]
        apart, efforts, total = 0.0, 0.0, 0.0
        for a in range(start, end):
            apart += member_alone[a]
            efforts += member_effort[a]
            member_age[a] += 1
        for k in range(capability.shape[1]):
            combined = 0.0
            for a in range(start, end):
                combined += member_effort[a] * capability[member[a], k]
            total += needs[issue, k] * raised(combined, complementarity)
        made = lowered(total, complementarity)
        made = multiplier(coalition_bond[c], coalition_gap[c], pool[c], end - start, rates) * made
        output[c], output_alone[c], effort_total[c] = made, apart, efforts
        relief[issue] += made
        coalition_age[c] += 1
