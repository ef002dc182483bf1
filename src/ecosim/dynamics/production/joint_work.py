"""Joint work: coalitions combine what their members can do; whoever is in none works alone."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from ecosim.dynamics.gap import Gap, gap_between, pressing, raised
from ecosim.dynamics.production.making import JOINT, made_alone, made_together
from ecosim.dynamics.production.work import Rates, Work
from ecosim.kernels import inlined, inner, kernel
from ecosim.rng import Key
from ecosim.world.entrances import straight
from ecosim.world.within import ties_within
from ecosim.world.world import World


class JointWork(Work):
    r"""Production in coalitions, with complementing capabilities and a cost of understanding one another.

    An organisation's effort is :math:`e_i = (1 - v_i)\, c_i \sqrt{K_i}\, (\tfrac{1}{2} + p_i)`, with contribution c and
    capital K (the share v that it invests in its bonds is not there for work; its performance p is ½ where nobody searches
    for better practices), split evenly over its coalitions. With capability :math:`a_{ik}` of kind k, a coalition for an
    issue with needs :math:`\nu_k` makes

    .. math:: Y = A \left(\sum_k \nu_k X_k^\eta\right)^{1/\eta}, \quad X_k = \sum_i e_i a_{ik}, \quad
       A = A_0 \frac{(1 + \alpha_b B)(1 + \alpha_p P)\, e^{-\tau D (1 - B)}}{1 + \kappa (m - 1)}

    where B and D are the mean bond and translation gap over all pairs of its m members (where two are
    not tied, bond 0 and the whole gap; where they are, the share ``translation`` of it that remains) and P is what it has
    pooled (``pooling``). The whole gap of two is that of ``meeting``, with the weights ``gap`` has here,

    .. math:: d_{ij} = w_s [s_i \ne s_j] + w_c \frac{\text{traits that differ}}{\text{features}}
              + w_o \frac{\lVert o_i - o_j \rVert}{2 \sqrt{\text{axes}}}

    with sectors s and stances o. η = 1 adds up; η < 1 makes the parts need each other. Alone, with the same effort, an
    organisation makes :math:`A_0 e_i (\sum_k \nu_k a_{ik}^\eta)^{1/\eta}`; whoever is in no coalition does so on the
    issue that presses it most: where :math:`\sigma_{iq}\,(.01 + p(u_q))` is greatest, with salience σ, urgency u and
    :math:`p(u) = u^2 / (u^2 + u_0^2)`. ``relief`` of an issue is all the work done on it.

    What is written are amounts per tick. Where it acts less often than every tick, work goes on in between as it was
    arranged: every coalition that lives makes what it made, whoever worked alone goes on to, even where it has joined a
    coalition since, and relief stays. Who has left all its coalitions since then works on nothing, and what a coalition
    made that has dissolved since is nobody's, until work is arranged anew.

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
    pressing_at: float = Field(1.0, gt=0, le=1000, description="u₀, urgency that is half pressing (severity)")
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
        """Let everyone work: alone A₀ e_i (Σ_k ν_k a_ik^η)^(1/η), together Y = A (Σ_k ν_k X_k^η)^(1/η)."""
        let_work(self, world)

    def rates(self) -> Rates:
        return (
            self.complementarity, self.productivity, self.bond_gain, self.pool_gain, self.translation, self.coordination,
            JOINT,
        )  # fmt: skip

    def adding_up(self) -> dict[str, float | None]:
        return {"complementarity": 1.0, "bond_gain": 0.0, "pool_gain": 0.0, "translation": 0.0, "coordination": 0.0}

    def weights(self) -> tuple[float, float, float]:
        return self.gap.weights()

    def half(self) -> float:
        return self.pressing_at


def let_work(rule: Work, world: World) -> None:
    """Let everyone work, alone and in coalitions, by a rule of production."""
    _produce(
        rule, world,
        (world.sector, world.culture, world.stance, world.capability, world.capital, world.salience),
        (world.contribution, world.invest, world.performance, world.effort, world.alone, world.works_on),
        (ties_within(world), world.bond, world.translation),
        (world.member, world.first_member, world.first_membership),
        (world.member_effort, world.member_alone, world.member_age),
        (world.coalition_issue, world.coalition_bond, world.coalition_gap, world.pool, world.output,
         world.output_alone, world.effort_total, world.coalition_age),
        (world.urgency, world.needs, world.relief),
    )  # fmt: skip


@kernel
def produce(
    kind: Any, acts: Any, ties: Any, groups: Any, shares: Any, coalition: Any, issues: Any, gap: Any, half: Any, rates: Any,
    ticks: Any,
) -> None:  # fmt: skip
    """Let everyone work, alone and in coalitions: one call for a tick of ``JointWork``, or of a good.

    Args:
        kind: sector, culture, stance, capability, capital and salience of organisations.
        acts: their contribution, share invested and performance; effort, what they make alone and on what, written.
        ties: those within coalitions (``ecosim.world.within``); bond and remaining gap of each tie.
        groups: members (M,), first membership of each coalition (c+1,), first of each organisation's (n+1,).
        shares: of memberships their effort, what it makes alone, and their age; written.
        coalition: of coalitions their issue, mean bond, mean gap, pool, output, what its members would make alone, effort
            and age; all but issue and pool written.
        issues: urgency, needs, and relief, which is written.
        gap: weights of the translation gap.
        half: urgency that is half pressing.
        rates: parameters of output (``ecosim.dynamics.production.making``).
        ticks: ticks from one work to the next, by which ages grow.
    """
    work_alone(kind[3], kind[4], kind[5], acts, groups[2], issues, half, rates)
    work_together(kind, acts[3], acts[4], groups, shares, coalition, issues, rates, ticks)
    finish(kind, ties, groups, coalition, issues, gap, rates)


_produce = straight(produce, lambda rule, world: (rule.weights(), rule.half(), rule.rates(), rule.every))


@inner
def work_alone(
    capability: Any, capital: Any, salience: Any, acts: Any, first_membership: Any, issues: Any, half: Any, rates: Any
) -> None:  # fmt: skip
    """Write each organisation's effort, and what it makes and on which issue where it is in no coalition."""
    contribution, invest, performance, effort, alone, works_on = acts
    urgency, needs, relief = issues
    relief[:] = 0.0
    for i in range(effort.size):
        effort[i] = (1.0 - invest[i]) * contribution[i] * np.sqrt(capital[i]) * (0.5 + performance[i])
        alone[i], works_on[i] = 0.0, -1
    presses = np.empty(urgency.size)
    for q in range(urgency.size):
        presses[q] = 0.01 + pressing(urgency[q], half)
    for i in range(effort.size):
        if first_membership[i] == first_membership[i + 1]:
            issue = most_pressing(salience, presses, i)
            if issue >= 0:
                works_on[i] = issue
                alone[i] = made_alone(capability, needs, effort[i], i, issue, rates)
                relief[issue] += alone[i]


@inlined
def most_pressing(salience: Any, presses: Any, i: Any) -> Any:
    """Return the issue that presses organisation i most: greatest salience × (.01 + p(urgency)); -1 where there is none."""
    best, issue = -1.0, -1
    for q in range(presses.size):
        weight = salience[i, q] * presses[q]
        if weight > best:
            best, issue = weight, q
    return issue


@inner
def work_together(
    kind: Any, effort: Any, alone: Any, groups: Any, shares: Any, coalition: Any, issues: Any, rates: Any, ticks: Any
) -> None:  # fmt: skip
    """Split efforts over coalitions; write what each part would make alone, and how much the parts together can do."""
    capability = kind[3]
    member, first_member, first_membership = groups
    member_effort, member_alone, member_age = shares
    issue, _, _, _, output, output_alone, effort_total, coalition_age = coalition
    needs = issues[1]
    combined = np.empty(capability.shape[1])
    for c in range(output.size):
        apart, efforts, able = 0.0, 0.0, 0.0
        combined[:] = 0.0
        for row in range(first_member[c], first_member[c + 1]):
            i = member[row]
            part = effort[i] / (first_membership[i + 1] - first_membership[i])
            by_itself = made_alone(capability, needs, part, i, issue[c], rates)
            member_effort[row], member_alone[row] = part, by_itself
            member_age[row] += ticks
            alone[i] += by_itself
            apart += by_itself
            efforts += part
            for k in range(combined.size):
                combined[k] += part * capability[i, k]
        for k in range(combined.size):
            able += needs[issue[c], k] * raised(combined[k], rates[0])
        output[c], output_alone[c], effort_total[c] = able, apart, efforts
        coalition_age[c] += ticks


@inner
def finish(kind: Any, ties: Any, groups: Any, coalition: Any, issues: Any, gap: Any, rates: Any) -> None:
    """Write each coalition's mean bond and mean gap over all pairs of its members, and what it makes; add to relief."""
    sector, culture, stance, _, _, _ = kind
    within, bond, translation = ties
    member, first_member, _ = groups
    issue, coalition_bond, coalition_gap, pool, output, output_alone, effort_total, _ = coalition
    relief, tied = issues[2], 0
    for c in range(output.size):
        start, end = first_member[c], first_member[c + 1]
        bonds, gaps = 0.0, 0.0
        for a in range(start, end):
            for b in range(a + 1, end):
                between = gap_between(member[a], member[b], sector, culture, stance, gap)
                if tied < within.shape[0] and within[tied, 0] == a and within[tied, 1] == b:
                    bonds += bond[within[tied, 2]]
                    between *= translation[within[tied, 2]]
                    tied += 1
                gaps += between
        pairs = max(1, (end - start) * (end - start - 1) // 2)
        coalition_bond[c], coalition_gap[c] = bonds / pairs, gaps / pairs
        output[c] = made_together(
            output[c], effort_total[c], coalition_bond[c], coalition_gap[c], pool[c], end - start, rates
        )  # fmt: skip
        # Where a good adds up, it makes what its parts make, not a last digit more or less than their sum.
        if rates[6] != JOINT and abs(output[c] - output_alone[c]) <= 1e-12 * output[c]:
            output_alone[c] = output[c]
        relief[issue[c]] += output[c]
