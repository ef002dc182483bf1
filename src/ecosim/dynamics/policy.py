"""Policy: government pays for joint work, demands a least contribution, and brings parties together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ecosim.dynamics.binding import first_of
from ecosim.dynamics.citizens.offers import TAXES
from ecosim.dynamics.encounter import expected_gain, says_yes
from ecosim.dynamics.gap import gap_between
from ecosim.dynamics.knowing import are_named, knowing
from ecosim.dynamics.market import Market
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.meeting import Meeting, note_meetings
from ecosim.dynamics.worked_out import ForSectors, WorkedOut, numbers
from ecosim.kernels import inner, kernel
from ecosim.rng import Key, uniform, uniform2, uniform4
from ecosim.world.labels import Labels
from ecosim.world.lookup import find_half_edge, mean_of
from ecosim.world.who import unknown
from ecosim.world.world import World


class Policy(Mechanism):
    r"""Government spends what it collects: what it pays out it has, and what is lost on the way is told.

    It **taxes** through the market of the same schedule (``tax`` there); the bodies that live by taxes have that as their
    income, and this rule, which belongs right after the market, spends of it. All bodies with an income pay the same share.

    - **Subsidies.** ``subsidies`` of their income goes to those of other sectors who work in coalitions with another
      sector, by their effort there, :math:`c_i \sqrt{K_i}`; a part ``waste`` of it is lost. Where nobody works so,
      nothing is paid or collected. What a recipient would get more by contributing everything, at this rate, it forgoes
      less by contributing.
    - **Regulation.** Of the sectors ``regulated``, each organisation is inspected with probability ``enforcement``.
      Whoever then contributes less than ``least`` pays ``fine`` times what is missing, times :math:`\sqrt{K_i}`, to the
      bodies by their income (or equally, if they have none), and contributes ``least`` from now on. The fine to be
      expected, too, is forgone less by contributing.
    - **Convening.** ``convening`` of their income pays for invitations at ``invitation`` each, to the nearest whole number
      by chance. Two organisations of different sectors, drawn in proportion to their salience of the most urgent issue,
      are invited together, and become partners if both say yes, on the terms of the meeting in the schedule.

    So :math:`\sum_i \text{income}_i` falls by waste and invitations, and by nothing else.

    Invitations are drawn by place among rows: in another order, the same draw may mean other parties, each as likely.

    Concepts:
        Objectives: Government steers with money and law: what it pays out it has collected.
        Interaction: Subsidies, fines and invitations reach organisations of all sectors.
        Stochasticity: Who is inspected and who is invited is drawn.

    References:
        Becker (1968), J. Political Econ. 76, 169 (inspection and expected fine).
    """

    subsidies: float = Field(0.1, ge=0, le=0.5, description="share of government's income paid for mixed joint work")
    waste: float = Field(0.1, ge=0, le=1, description="share of subsidies that is lost on the way")
    least: float = Field(0.0, ge=0, le=1, description="least contribution demanded of regulated sectors")
    regulated: tuple[str, ...] = Field(("business",), description="sectors of which a least contribution is demanded")
    enforcement: float = Field(0.1, ge=0, le=1, description="probability of being inspected each time it acts")
    fine: float = Field(
        0.5, ge=0, le=1000, description="fine for contributing nothing where everything is due, by √capital (capital)"
    )
    convening: float = Field(0.02, ge=0, le=0.5, description="share of government's income spent on invitations")
    invitation: float = Field(0.2, gt=0, le=1000, description="cost of inviting two organisations (capital)")

    _market: ClassVar[Market] = Market()
    _meeting: ClassVar[Meeting] = Meeting()
    _terms: ClassVar[tuple[float, ...]] = _meeting.terms()
    _gap: ClassVar[tuple[float, float, float]] = _meeting.gap.weights()

    reads: ClassVar[tuple[str, ...]] = (
        "identity", "sector", "capital", "capability", "salience", "culture", "stance", "contribution", "income",
        "forgone", "urgency", "trust",
    )  # fmt: skip
    writes: ClassVar[tuple[str, ...]] = ("income", "forgone", "contribution", "ties", "trust", "bond")

    def bind(self, schedule: Mapping[str, Mechanism]) -> Self:
        """Return this policy, told of the scheduled market, which taxes, and of the terms on which the invited meet."""
        meeting = first_of(Meeting, schedule, self._meeting)
        return knowing(
            self, _market=first_of(Market, schedule, self._market), _meeting=meeting, _terms=meeting.terms(),
            _gap=meeting.gap.weights(),
        )  # fmt: skip

    def faults(self, labels: Labels) -> list[str]:
        """Return which of the ``regulated`` sectors this world does not have."""
        return [] if self.is_default("regulated") else unknown("regulated", self.regulated, labels.sectors)

    @WorkedOut
    def _rates(self) -> NDArray[np.float64]:
        return numbers(
            self.subsidies, self.waste, self.least, self.enforcement, self.fine, self.convening, self.invitation,
            self._meeting.attention, *self._terms, *self._gap,
        )  # fmt: skip

    @WorkedOut
    def _of_sectors(self) -> tuple[ForSectors[NDArray[np.int64]], ForSectors[NDArray[np.bool_]]]:
        return ForSectors(self._market.purse_of), ForSectors(partial(are_named, self.regulated))

    def step(self, world: World, key: Key) -> None:
        """Pay subsidies, inspect and fine, and tie those of the invited pairs that both say yes."""
        purses, are_regulated = self._of_sectors
        sectors = world.labels.sectors
        pairs = govern(
            world.identity, world.sector, purses(sectors), are_regulated(sectors), world.member,
            world.member_coalition, world.first_member, world.capital, world.contribution, world.income, world.forgone,
            world.urgency, world.capability, world.salience, world.culture, world.stance,
            world.first_tie, world.partner, self._rates, key,
        )  # fmt: skip
        if not pairs.size:
            return
        meeting = self._meeting
        trust = meeting.prior_trust * mean_of(world.trust, 0.5)
        world.add_ties(pairs, trust=trust, bond=meeting.first_bond)
        if world.reasons is not None:
            kind = (world.sector, world.capability, world.salience, world.culture, world.stance)
            note_meetings(world, pairs, "invited", kind, self._terms, self._gap)


# Draws: entity identity with draw 0 (inspection); entity of an invitation with draws 1 (who) and 2 (whether they agree);
# entity 0 with draw 3 (rounding).


@kernel
def govern(
    identity: Any, sector: Any, purse_of: Any, regulated: Any, member: Any, member_coalition: Any, first_member: Any,
    capital: Any, contribution: Any, income: Any, forgone: Any, urgency: Any, capability: Any, salience: Any,
    culture: Any, stance: Any, first_tie: Any, partner: Any, rates: Any, key: Any,
) -> Any:  # fmt: skip
    """Let government spend what it has; return the pairs of rows (p, 2) that it brings together.

    In one kernel, since each call costs as much as either half of it. ``rates`` (15,) are the numbers among the parameters
    of ``Policy``, in their order, then attention, the four terms and the three weights of a gap that ``invite`` takes.
    """
    works_with_others = in_mixed_coalitions(sector, member, member_coalition, first_member)
    invitations = spend(
        identity, sector, purse_of, regulated, works_with_others, capital, contribution, income, forgone, rates, key
    )
    pairs = np.empty((invitations, 2), np.int32)
    if invitations == 0 or urgency.size == 0:
        return pairs[:0]
    kind = (sector, capability, salience, culture, stance)
    terms, gap = (rates[8], rates[9], rates[10], rates[11]), (rates[12], rates[13], rates[14])
    count = invite(pairs, urgency, kind, (first_tie, partner), terms, rates[7], gap, key)
    return pairs[:count]


@kernel
def spend(
    identity: Any, sector: Any, purse_of: Any, regulated: Any, works_with_others: Any, capital: Any, contribution: Any,
    income: Any, forgone: Any, rates: Any, key: Any,
) -> Any:  # fmt: skip
    """Write incomes, what is forgone and contributions after policy, and return the number of invitations paid for."""
    subsidies, waste, least, enforcement = rates[0], rates[1], rates[2], rates[3]
    fine, convening, invitation = rates[4], rates[5], rates[6]
    n = identity.size
    own, sizes, is_body = np.empty(n), np.empty(n), np.empty(n, np.bool_)
    means, effort, bodies = 0.0, 0.0, 0.0
    for i in range(n):  # a loop without look-ups: several roots are drawn at a time
        sizes[i] = np.sqrt(capital[i])
    for i in range(n):  # nobody is left out, but counts 0: a processor would guess a branch wrong
        is_body[i] = purse_of[sector[i]] == TAXES
        own[i] = max(0.0, income[i]) if is_body[i] else 0.0
        means += own[i]
        bodies += 1.0 if is_body[i] else 0.0
        effort += contribution[i] * sizes[i] if works_with_others[i] & (not is_body[i]) else 0.0
    paid = subsidies * means if effort > 0.0 else 0.0
    rate = (1.0 - waste) * paid / effort if effort > 0.0 else 0.0
    invitations = np.int64(convening * means / invitation + uniform(key, 0, 3)) if means > 0.0 else np.int64(0)
    burden = (paid + invitations * invitation) / means if means > 0.0 else 0.0
    fines = 0.0
    for i in range(n):
        size = sizes[i]
        # Both are worked out for everybody: a processor would guess a branch wrong.
        is_paid = works_with_others[i] & (not is_body[i])
        more, less = income[i] + rate * contribution[i] * size, max(0.0, forgone[i] - rate * size)
        income[i], forgone[i] = more if is_paid else income[i], less if is_paid else forgone[i]
        if bodies > 0.0 and regulated[sector[i]]:
            forgone[i] = max(0.0, forgone[i] - enforcement * fine * least * size)
            if contribution[i] < least and uniform(key, identity[i], 0) < enforcement:
                owed = fine * (least - contribution[i]) * size
                income[i] -= owed
                fines += owed
                contribution[i] = least
    for i in range(n):
        if is_body[i]:
            income[i] += fines * own[i] / means - burden * own[i] if means > 0.0 else fines / bodies
    return invitations


@inner
def in_mixed_coalitions(sector: Any, member: Any, member_coalition: Any, first_member: Any) -> Any:
    """Return whether each organisation (n,) works in a coalition with another sector.

    Membership after membership: coalitions are small, and a processor would guess wrong where each ends.
    """
    is_mixed, found = np.zeros(first_member.size, np.bool_), np.zeros(sector.size, np.bool_)
    for row in range(member.size):
        c = member_coalition[row]
        is_mixed[c] |= sector[member[row]] != sector[member[first_member[c]]]
    for row in range(member.size):
        found[member[row]] |= is_mixed[member_coalition[row]]
    return found


@kernel
def invite(pairs: Any, urgency: Any, kind: Any, graph: Any, terms: Any, attention: Any, gap: Any, key: Any) -> Any:
    """Write pairs of rows that are invited together, for the most urgent issue, and agree to be tied; return how many.

    ``pairs`` (invitations, 2) has room for all.
    """
    sector, capability, salience, culture, stance = kind
    first_tie, partner = graph
    n = sector.size
    count = 0
    upto = np.cumsum(salience[:, np.argmax(urgency)])
    added = np.zeros(n, np.int32)
    for turn in range(pairs.shape[0]):
        one, other = uniform2(key, turn, 1)
        i, j = np.searchsorted(upto, one * upto[-1], "right"), np.searchsorted(upto, other * upto[-1], "right")
        if max(i, j) >= n or sector[i] == sector[j] or find_half_edge(first_tie, partner, i, j) >= 0:
            continue
        ties = max(first_tie[i + 1] - first_tie[i] + added[i], first_tie[j + 1] - first_tie[j] + added[j])
        if ties >= attention:
            continue
        chance = says_yes(
            expected_gain(i, j, capability, salience, terms[1]), gap_between(i, j, sector, culture, stance, gap), terms
        )
        mine, theirs, _, _ = uniform4(key, turn, 2)
        if mine < chance and theirs < chance:
            pairs[count, 0], pairs[count, 1] = i, j
            count += 1
            added[i] += 1
            added[j] += 1
    return count
