"""Invariants: what holds in every world, as sentences about a state or about what one mechanism did.

Each function asserts one. Those of ``AFTER_TICKS`` are told the model and, where they keep something between ticks, a
memory of the run; those of ``AFTER_RULES`` a mechanism, the columns before it acted, and the world after. ``watched_run``
runs a model and holds it to all of them in one pass.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.ecosystem import Ecosystem
from ecosim.world.columns import COLUMNS
from ecosim.world.world import World

Before = Mapping[str, NDArray[Any]]
BUSINESS, GOVERNMENT, CIVIL_SOCIETY = 0, 1, 2


def near(one: Any, other: Any, scale: Any = 0.0) -> bool:
    """Return whether numbers agree up to rounding, of themselves or of the scale of what they were summed from."""
    return bool(np.allclose(one, other, rtol=1e-9, atol=1e-9 * (1.0 + np.max(np.abs(scale), initial=0.0))))


# After each tick.


def every_value_is_finite(world: World) -> None:
    for name, values in world.arrays().items():
        assert np.isfinite(values).all(), name


def every_value_is_within_the_range_of_its_column(world: World) -> None:
    for name, values in world.arrays().items():
        if values.size:
            assert COLUMNS[name].low - 1e-9 <= values.min() <= values.max() <= COLUMNS[name].high + 1e-9, name


def shares_of_attention_add_up_to_one(world: World) -> None:
    assert near(world.salience.sum(axis=1), 1.0)


def weights_of_motive_add_up_to_one(world: World) -> None:
    assert near(world.motive.sum(axis=1), 1.0)


def ties_are_listed_once_and_the_lower_end_first(world: World) -> None:
    one, other = world.ends.T
    assert np.all((one >= 0) & (one < other) & (other < world.n))
    assert np.unique(one * np.int64(world.n) + other).size == one.size


def memberships_are_listed_once_under_both_their_ends(world: World) -> None:
    places = world.member_coalition * np.int64(max(1, world.n)) + world.member
    assert np.all(np.diff(places) > 0)
    assert np.array_equal(np.bincount(world.member_coalition, minlength=world.coalitions), np.diff(world.first_member))
    counts = np.diff(world.first_membership)
    assert np.array_equal(world.member[world.membership], np.repeat(np.arange(world.n), counts))


def a_coalition_has_at_least_two_members_and_a_number_of_its_own(world: World) -> None:
    assert np.all(np.diff(world.first_member) >= 2)
    assert np.unique(world.coalition_identity).size == world.coalitions


def every_citizen_is_counted_once_where_it_buys_works_and_gives(world: World) -> None:
    if world.labels.citizens:
        for counted, place in (("customers", "buys_from"), ("workers", "works_for"), ("supporters", "supports")):
            rows = getattr(world, place)
            assert np.array_equal(getattr(world, counted), np.bincount(rows[rows >= 0], minlength=world.n)), counted


def citizens_buy_from_businesses_and_support_civil_society(world: World) -> None:
    if world.labels.citizens:
        for place, sector in (("buys_from", BUSINESS), ("supports", CIVIL_SOCIETY)):
            rows = getattr(world, place)
            assert np.all(world.sector[rows[rows >= 0]] == sector), place


AFTER_TICKS: tuple[Callable[[World], None], ...] = (
    every_value_is_finite,
    every_value_is_within_the_range_of_its_column,
    shares_of_attention_add_up_to_one,
    weights_of_motive_add_up_to_one,
    ties_are_listed_once_and_the_lower_end_first,
    memberships_are_listed_once_under_both_their_ends,
    a_coalition_has_at_least_two_members_and_a_number_of_its_own,
    every_citizen_is_counted_once_where_it_buys_works_and_gives,
    citizens_buy_from_businesses_and_support_civil_society,
)


# After a mechanism has acted.


def urgency_lies_between_what_it_was_and_severity(change: Any, before: Before, world: World) -> None:
    if change.shock_on != "urgency" and all(shock.on != "urgency" for shock in change.shocks):
        low, high = np.minimum(before["urgency"], world.severity), np.maximum(before["urgency"], world.severity)
        assert np.all((low * (1 - 1e-9) <= world.urgency) & (world.urgency <= high * (1 + 1e-9)))


def an_issue_outgrows_its_ceiling_only_by_noise(issue: Any, before: Before, world: World) -> None:
    if issue.noise == 0.0:
        assert np.all(world.severity <= np.maximum(before["severity"], issue.ceiling) * (1 + 1e-4))


def incomes_are_what_customers_and_donors_gave_less_what_government_paid(
    market: Any, before: Before, world: World
) -> None:
    """Each purse is emptied to the last unit wherever somebody has a claim on it."""
    counts = np.bincount(world.sector, minlength=3)
    citizens = world.labels.citizens
    turnover = market.spending * counts[BUSINESS]
    gifts = market.giving * counts[CIVIL_SOCIETY]
    if citizens and before["customers"].sum():  # they buy and give where they have chosen
        each = turnover / citizens if market.each_spends is None else market.each_spends
        turnover, gifts = each * before["customers"].sum(), gifts * before["supporters"].sum() / citizens
    else:
        gifts *= 0.25 + 0.75 * _pressing(world.urgency, market.pressing_at)
    turnover *= 1 - market.loss * _pressing(world.severity, market.pressing_at)
    owed = min(market.public_share * (before["price"] @ before["relief"]), market.tax * turnover / 2)
    expected = ((1 - market.tax) * turnover, market.tax * turnover - owed, gifts)
    for sector, purse in enumerate(expected):
        income = world.income[world.sector == sector]
        assert near(income.sum(), purse, turnover + gifts) or not income.any(), sector


def _pressing(levels: Any, half: float) -> float:
    return float(np.mean(levels**2 / (levels**2 + half**2)))


def policy_takes_from_all_incomes_only_waste_and_whole_invitations(policy: Any, before: Before, world: World) -> None:
    means = np.maximum(before["income"], 0)[world.sector == GOVERNMENT].sum()
    wasted, invited = policy.waste * policy.subsidies * means, int(policy.convening * means / policy.invitation)
    gone = before["income"].sum() - world.income.sum()
    options = [waste + k * policy.invitation for waste in (0.0, wasted) for k in (invited, invited + 1)]
    assert any(near(gone, option, np.abs(before["income"]).sum() + gone) for option in options)


def policy_lowers_nobodys_contribution(policy: Any, before: Before, world: World) -> None:
    assert np.all(world.contribution >= before["contribution"])


def nobody_gets_acquainted_beyond_its_attention(meeting: Any, before: Before, world: World) -> None:
    had, has = np.bincount(before["ends"].ravel(), minlength=world.n), np.diff(world.first_tie)
    assert np.all(has <= np.maximum(had, meeting.attention))


def coalitions_and_what_one_belongs_to_stay_within_their_limits(joining: Any, before: Before, world: World) -> None:
    """Or as they were, where another rule has made them larger."""
    had, has = np.bincount(before["member"], minlength=world.n), np.bincount(world.member, minlength=world.n)
    assert np.all(has <= np.maximum(had, joining.most))
    sizes = np.bincount(before["member_coalition"], minlength=before["coalition_identity"].size)
    was = dict(zip(before["coalition_identity"].tolist(), sizes.tolist(), strict=True))
    now = zip(world.coalition_identity.tolist(), np.diff(world.first_member).tolist(), strict=True)
    assert all(size <= max(joining.largest, was.get(number, 0)) for number, size in now)


def a_best_response_is_approached_by_its_damping_and_lowers_nobody_below_the_least(
    response: Any, before: Before, world: World
) -> None:
    was, now = before["contribution"], world.contribution
    assert np.all(now >= np.minimum(was, response.least) - 1e-12)
    idle = world.effort <= 0  # they are set to the least at once
    assert np.all(np.abs(now - np.where(idle, np.maximum(was, response.least), was)) <= response.damping + 1e-12)


def effort_is_spent_once_in_coalitions_or_alone(work: Any, before: Before, world: World) -> None:
    is_member = np.isin(np.arange(world.n), world.member)
    spent = np.bincount(world.member, world.member_effort, minlength=world.n)
    assert near(spent[is_member], world.effort[is_member])
    assert np.array_equal(world.works_on >= 0, ~is_member)
    together = np.bincount(world.member_coalition, world.member_effort, minlength=world.coalitions)
    assert near(world.effort_total, together)


def relief_is_all_work_done_and_nothing_else(work: Any, before: Before, world: World) -> None:
    issues, alone = len(world.labels.issues), world.works_on >= 0
    together = np.bincount(world.coalition_issue, world.output, minlength=issues)
    apart = np.bincount(world.works_on[alone], world.alone[alone], minlength=issues)
    assert near(world.relief, together + apart, together)


def what_is_shared_is_what_was_made(sharing: Any, before: Before, world: World) -> None:
    parts = np.bincount(world.member_coalition, world.member_share, minlength=world.coalitions)
    scale = np.abs(world.member_share).max(initial=0.0)
    assert near(parts, world.output, scale)


def payoffs_are_what_relief_was_paid_less_the_cost_of_effort_and_membership(
    sharing: Any, before: Before, world: World
) -> None:
    """Looked at here, before turnover takes anybody's books out of the world.

    Between two turns of joint work, nobody is paid for what coalitions made that have dissolved since.
    """
    cost = sharing.cost / 2 * world.contribution @ world.effort + sharing._upkeep * world.memberships
    issues, alone = len(world.labels.issues), world.works_on >= 0
    together = np.bincount(world.coalition_issue, world.output, minlength=issues)
    made = together + np.bincount(world.works_on[alone], world.alone[alone], minlength=issues)
    assert np.all(made <= world.relief * (1 + 1e-9))  # the same right after joint work, as it is held to there
    paid = world.price @ made
    assert near(world.payoff.sum(), paid - cost, np.abs(world.payoff).sum() + paid + cost)


def no_more_ripples_outward_than_gains_can_carry(ripple: Any, before: Before, world: World) -> None:
    gain = np.maximum(np.bincount(world.member, world.member_share - world.member_alone, minlength=world.n), 0)
    assert np.all(world.spillover >= 0)
    assert world.spillover.sum() <= ripple.spread / (1 - ripple.spread) * gain.sum() * (1 + 1e-9)
    assert np.all(world.sent <= ripple.spread * gain * (1 + 1e-9))


def success_is_the_ledger_weighed_by_motive(ledger: Any, before: Before, world: World) -> None:
    assert near(world.success, (world.motive * world.ledger).sum(axis=1), world.ledger)


def capital_takes_in_a_part_of_what_is_left_after_upkeep(ledger: Any, before: Before, world: World) -> None:
    left = world.ledger[:, 0] - ledger.spending * before["capital"]
    grown = before["capital"] + ledger.thrift * left
    assert near(world.capital, np.maximum(ledger.least_capital, grown), world.ledger[:, 0])


def replacing_leaves_every_sector_as_large_as_it_was_and_nobody_enters_a_full_world(
    turnover: Any, before: Before, world: World
) -> None:
    sectors = len(world.labels.sectors)
    was, now = np.bincount(before["sector"], minlength=sectors), np.bincount(world.sector, minlength=sectors)
    if turnover.entry == "replacing":
        assert np.array_equal(was, now)
    elif turnover.room is not None and before["sector"].size >= turnover.room:
        assert np.isin(world.identity, before["identity"]).all()


def whoever_was_insolvent_for_too_long_is_gone(turnover: Any, before: Before, world: World) -> None:
    assert np.all(world.insolvency < turnover.patience)
    stayed = np.isin(world.identity, before["identity"])
    assert np.all(world.capital[~stayed] >= turnover.floor)


def technology_works_for_those_who_use_it_and_for_nobody_else(technology: Any, before: Before, world: World) -> None:
    uses = world.adopted == 1
    assert near(world.voice, np.where(uses, 1 + technology.widening, 1.0))
    assert near(world.transparency, np.where(uses, 1 + technology.openness, 1.0))


AFTER_RULES: dict[str, tuple[Callable[[Any, Before, World], None], ...]] = {
    "change": (urgency_lies_between_what_it_was_and_severity,),
    "issue": (an_issue_outgrows_its_ceiling_only_by_noise,),
    "market": (incomes_are_what_customers_and_donors_gave_less_what_government_paid,),
    "policy": (policy_takes_from_all_incomes_only_waste_and_whole_invitations, policy_lowers_nobodys_contribution),
    "meeting": (nobody_gets_acquainted_beyond_its_attention,),
    "joining": (coalitions_and_what_one_belongs_to_stay_within_their_limits,),
    "best_response": (a_best_response_is_approached_by_its_damping_and_lowers_nobody_below_the_least,),
    "joint_work": (effort_is_spent_once_in_coalitions_or_alone, relief_is_all_work_done_and_nothing_else),
    "sharing": (
        what_is_shared_is_what_was_made,
        payoffs_are_what_relief_was_paid_less_the_cost_of_effort_and_membership,
    ),
    "ripple": (no_more_ripples_outward_than_gains_can_carry,),
    "ledger": (success_is_the_ledger_weighed_by_motive, capital_takes_in_a_part_of_what_is_left_after_upkeep),
    "turnover": (
        replacing_leaves_every_sector_as_large_as_it_was_and_nobody_enters_a_full_world,
        whoever_was_insolvent_for_too_long_is_gone,
    ),
    "technology": (technology_works_for_those_who_use_it_and_for_nobody_else,),
}


def numbers_of_those_who_left_never_come_back(seen: set[int], there: set[int], now: set[int]) -> None:
    """``seen`` in any tick, ``there`` in the last one, and there ``now``."""
    assert not now & (seen - there)


NAMES = tuple(
    law.__name__
    for law in (
        *AFTER_TICKS,
        *(law for laws in AFTER_RULES.values() for law in laws),
        numbers_of_those_who_left_never_come_back,
    )
)


def watched_run(model: Ecosystem, ticks: int) -> Counter[str]:
    """Run a model, held to every law whenever it applies; return how often each was looked at.

    Raises:
        AssertionError: where one does not hold; its traceback names the law.
    """
    looks: Counter[str] = Counter()
    _watch(model, looks)
    there = set(model.world.identity.tolist())
    seen = set(there)
    for _ in range(ticks):
        model.step()
        for law in AFTER_TICKS:
            law(model.world)
            looks[law.__name__] += 1
        now = set(model.world.identity.tolist())
        numbers_of_those_who_left_never_come_back(seen, there, now)
        looks[numbers_of_those_who_left_never_come_back.__name__] += 1
        seen, there = seen | now, now
    return looks


def _watch(model: Ecosystem, looks: Counter[str]) -> None:
    """Let every mechanism that has laws of its own be held to them each time it has acted."""
    steps = model.schedule._steps
    for place, (_, mechanism) in enumerate(model.schedule):
        laws = AFTER_RULES.get(mechanism.rule(), ())
        step, luck, every = steps[place]
        if laws:
            steps[place] = (partial(_watched, step, laws, looks), luck, every)


def _watched(step: Any, laws: Any, looks: Counter[str], world: World, key: Any) -> None:
    before = {name: values.copy() for name, values in world.arrays().items()}
    step(world, key)
    if world.pending.is_any:
        world.commit()
    for law in laws:
        law(step.__self__, before, world)
        looks[law.__name__] += 1
