"""In worlds drawn by chance, whatever their parameters, every invariant holds; and each would notice if it did not."""

from collections import Counter
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem
from ecosim.world.snapshot import copy
from tests.laws.drawn_worlds import TICKS, drawn_worlds
from tests.laws.invariants import (
    AFTER_RULES,
    AFTER_TICKS,
    NAMES,
    numbers_of_those_who_left_never_come_back,
    watched_run,
)


@pytest.fixture(scope="module")
def looks():
    """Return how often each law was looked at in all worlds."""
    return Counter()


@settings(max_examples=40)
@given(world=drawn_worlds())
def test_every_invariant_holds_in_worlds_drawn_by_chance(looks, world):
    looks.update(watched_run(world.model(), TICKS))
    looks["worlds"] += 1


def test_every_invariant_was_looked_at_in_many_states(looks):
    if looks["worlds"] < 40:  # this test alone was asked for
        test_every_invariant_holds_in_worlds_drawn_by_chance(looks)
    assert {name: looks[name] for name in NAMES if looks[name] < 100} == {}


@pytest.mark.slow
@settings(max_examples=1000)
@given(world=drawn_worlds())
def test_every_invariant_holds_in_a_thousand_worlds(world):
    watched_run(world.model(), TICKS)


def test_numbers_that_come_back_are_noticed():
    numbers_of_those_who_left_never_come_back({1, 2}, {1, 2}, {2, 3})
    with pytest.raises(AssertionError):
        numbers_of_those_who_left_never_come_back({1, 2}, {2}, {1, 2})


def add(column, amount):
    """Return a fault: the first value of a column is more by an amount."""

    def plant(rule, before, world):
        getattr(world, column).flat[0] += amount
        return rule

    return plant


def put(column, find):
    """Return a fault: the first value, or row, of a column is what is found in the world."""

    def plant(rule, before, world):
        getattr(world, column)[0] = find(world)
        return rule

    return plant


def told_otherwise(**parameters):
    """Return a fault: the rule went by other parameters than it says, in a world that had no ties before."""

    def plant(rule, before, world):
        before["ends"] = before["ends"][:0]
        return rule.model_copy(update=parameters)

    return plant


def was_of_another_sector(rule, before, world):
    before["sector"][0] = (before["sector"][0] + 1) % 3
    return rule


FAULTS = {
    "every_value_is_finite": add("capital", np.nan),
    "every_value_is_within_the_range_of_its_column": add("trust", 1.5),
    "shares_of_attention_add_up_to_one": add("salience", 1e-3),
    "weights_of_motive_add_up_to_one": add("motive", 1e-3),
    "ties_are_listed_once_and_the_lower_end_first": put("ends", lambda world: world.ends[1]),
    "memberships_are_listed_once_under_both_their_ends": put("member", lambda world: world.member[1]),
    "a_coalition_has_at_least_two_members_and_a_number_of_its_own": put(
        "coalition_identity", lambda world: world.coalition_identity[1]
    ),
    "every_citizen_is_counted_once_where_it_buys_works_and_gives": add("customers", 1),
    "citizens_buy_from_businesses_and_support_civil_society": put(
        "buys_from", lambda world: np.flatnonzero(world.sector == 1)[0]
    ),
    "urgency_lies_between_what_it_was_and_severity": add("urgency", 1.0),
    "an_issue_outgrows_its_ceiling_only_by_noise": add("severity", 11.0),
    "incomes_are_what_customers_and_donors_gave_less_what_government_paid": add("income", 1e-3),
    "policy_takes_from_all_incomes_only_waste_and_whole_invitations": add("income", 1e-3),
    "policy_lowers_nobodys_contribution": add("contribution", -1e-3),
    "nobody_gets_acquainted_beyond_its_attention": told_otherwise(attention=1),
    "coalitions_and_what_one_belongs_to_stay_within_their_limits": told_otherwise(largest=1),
    "a_best_response_is_approached_by_its_damping_and_lowers_nobody_below_the_least": add("contribution", -0.9),
    "effort_is_spent_once_in_coalitions_or_alone": add("member_effort", 1e-3),
    "relief_is_all_work_done_and_nothing_else": add("relief", 1e-3),
    "what_is_shared_is_what_was_made": add("member_share", 1e-3),
    "payoffs_are_what_relief_was_paid_less_the_cost_of_effort_and_membership": add("payoff", 1e-3),
    "no_more_ripples_outward_than_gains_can_carry": add("spillover", 1e3),
    "success_is_the_ledger_weighed_by_motive": add("success", 1e-3),
    "capital_takes_in_a_part_of_what_is_left_after_upkeep": add("capital", 1e-3),
    "replacing_leaves_every_sector_as_large_as_it_was_and_nobody_enters_a_full_world": was_of_another_sector,
    "whoever_was_insolvent_for_too_long_is_gone": add("insolvency", 10),
    "technology_works_for_those_who_use_it_and_for_nobody_else": add("voice", 0.1),
}
"""Name of an invariant to the fault that is planted in a world to see it noticed."""


def test_every_invariant_notices_what_is_wrong():
    """In the town, whose issues have no noise; each fault is planted in a copy of a world in which all was well."""
    model = Ecosystem(load("town", "ticks=12", "ecosystem.organisations=40", "dynamics.issue.noise=0"), rng=1)
    noticed = {numbers_of_those_who_left_never_come_back.__name__}
    steps = model.schedule._steps
    for place, (_, mechanism) in enumerate(model.schedule):
        step, luck, every = steps[place]
        steps[place] = (partial(_step_and_plant, step, mechanism.rule(), noticed), luck, every)
    for _ in range(12):
        model.step()
    for law in AFTER_TICKS:
        law(model.world)
        twin = copy(model.world)
        FAULTS[law.__name__](None, {}, twin)
        with pytest.raises(AssertionError):
            law(twin)
        noticed.add(law.__name__)
    assert noticed == set(NAMES)


def _step_and_plant(step, rule, noticed, world, key):
    before = {name: values.copy() for name, values in world.arrays().items()}
    step(world, key)
    if world.pending.is_any:
        world.commit()
    if world.tick < 8 or not world.coalitions:
        return
    for law in AFTER_RULES.get(rule, ()):
        law(step.__self__, before, world)
        twin, then = copy(world), {name: values.copy() for name, values in before.items()}
        bound = FAULTS[law.__name__](step.__self__, then, twin)
        with pytest.raises(AssertionError):
            law(bound, then, twin)
        noticed.add(law.__name__)
