"""Units are conventions: what is measured in other units comes out in other units, wherever the equations say so.

Powers of two change no digits of a binary number, so most of these hold bit for bit.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecosim.dynamics.production.joint_work import JointWork
from ecosim.rng import stream
from ecosim.rules import find_rule
from ecosim.testing import small_world
from ecosim.world.columns import COLUMNS
from ecosim.world.labels import Labels
from ecosim.world.snapshot import copy
from tests.ecosystems import differing

LABELS = Labels(issues=("water", "work"), stance_axes=("left",), capabilities=("a", "b", "c"), culture=2)
SEEDS = st.integers(0, 10**6)
FACTORS = st.sampled_from([0.25, 0.5, 2.0, 8.0])
FEW = settings(max_examples=10)


def world_of(mechanism, seed):
    columns = [name for name in (*mechanism.reads, *mechanism.writes) if name in COLUMNS]
    return small_world(LABELS, (16, 50, 6), columns, seed)


def scaled(world, factor, *columns):
    """Return the same world with some columns measured in a unit as many times smaller."""
    other = copy(world)
    for name in columns:
        getattr(other, name)[:] *= factor
    return other


def after(mechanism, world, seed, ticks=2):
    other = copy(world)
    for _ in range(ticks):
        other.tick += 1
        mechanism.step(other, stream(seed, "scale").key(other.tick))
        other.commit()
    return other


@pytest.mark.parametrize(
    ("rule", "given_", "per_payoff", "payoffs"),
    [
        ("fermi_imitation", {"selectivity": 2.0, "looking": 1.0}, ("selectivity",), ()),
        ("payoff_proportional_imitation", {}, (), ()),
        ("payoff_proportional_imitation", {"normaliser": "fixed", "difference": 2.0}, (), ("difference",)),
        ("payoff_proportional_imitation", {"normaliser": "degree", "difference": 2.0}, (), ("difference",)),
        ("moran", {"fitness": "exponential", "intensity": 1.0}, ("intensity",), ()),
        ("moran", {"intensity": 1.0}, (), ()),
        ("aspiration", {"level": 1.5, "looking": 1.0, "selectivity": 2.0}, ("selectivity",), ("level",)),
    ],
)
@FEW
@given(seed=SEEDS, factor=FACTORS)
def test_who_copies_whom_does_not_depend_on_the_unit_of_payoff(rule, given_, per_payoff, payoffs, seed, factor):
    mechanism = find_rule(rule)(**given_)
    change = {name: given_[name] / factor for name in per_payoff} | {name: given_[name] * factor for name in payoffs}
    world = world_of(mechanism, seed)
    if rule == "moran":
        world.payoff[:] = np.abs(world.payoff)  # fitness of nothing but payoff: its unit cancels
    units = [name for name in ("payoff", "accustomed") if name in world.arrays()]
    one = after(mechanism, world, seed)
    other = after(mechanism.model_copy(update=change), scaled(world, factor, *units), seed)
    assert differing(scaled(one, factor, *units), other) == []


@pytest.mark.parametrize("groups", ["network", "coalitions", "mixed"])
@pytest.mark.parametrize(
    ("rule", "values"),
    [("public_goods", ("cost",)), ("synergy_goods", ("cost", "benefit")), ("threshold_goods", ("cost",))],
)
@FEW
@given(seed=SEEDS, factor=FACTORS)
def test_payoffs_of_a_game_are_in_the_unit_of_its_costs_and_benefits(rule, values, groups, seed, factor):
    mechanism = find_rule(rule)(groups=groups)
    dearer = mechanism.model_copy(update={name: getattr(mechanism, name) * factor for name in values})
    world = world_of(mechanism, seed)
    world.payoff[:] = 0.0
    one, other = after(mechanism, world, seed, 1), after(dearer, world, seed, 1)
    assert other.payoff == pytest.approx(factor * one.payoff, rel=1e-12, abs=1e-12)
    assert one.payoff.any()


@FEW
@given(seed=SEEDS, factor=FACTORS)
def test_joint_work_has_constant_returns_to_capability(seed, factor):
    work = JointWork()
    world = world_of(work, seed)
    one, other = after(work, world, seed, 1), after(work, scaled(world, factor, "capability"), seed, 1)
    for name in ("output", "output_alone", "alone", "member_alone", "relief"):
        assert getattr(other, name) == pytest.approx(factor * getattr(one, name), rel=1e-12), name
    assert np.array_equal(one.effort, other.effort)


@FEW
@given(seed=SEEDS, factor=FACTORS)
def test_four_times_the_capital_is_twice_the_effort_and_the_output(seed, factor):
    work = JointWork()
    world = world_of(work, seed)
    one, other = after(work, world, seed, 1), after(work, scaled(world, factor**2, "capital"), seed, 1)
    for name in ("effort", "member_effort", "effort_total", "output", "output_alone", "alone", "relief"):
        assert getattr(other, name) == pytest.approx(factor * getattr(one, name), rel=1e-12), name
    assert one.output.any()


@FEW
@given(seed=SEEDS, factor=FACTORS)
def test_ripples_are_in_the_unit_of_the_gains_they_start_from(seed, factor):
    ripple = find_rule("ripple")()
    world = world_of(ripple, seed)
    one = after(ripple, world, seed, 1)
    other = after(ripple, scaled(world, factor, "member_share", "member_alone"), seed, 1)
    assert differing(scaled(one, factor, "spillover", "sent", "member_share", "member_alone"), other) == []
    assert one.spillover.any()


@pytest.mark.parametrize("by", ["equal", "proportional", "need"])
@FEW
@given(seed=SEEDS, factor=FACTORS)
def test_a_pie_of_another_size_is_split_in_the_same_shares(by, seed, factor):
    sharing = find_rule("sharing")(by=by).bind({})
    world = world_of(sharing, seed)
    one, other = after(sharing, world, seed, 1), after(sharing, scaled(world, factor, "output"), seed, 1)
    assert np.array_equal(factor * one.member_share, other.member_share)
    assert one.member_share.any()


@FEW
@given(seed=SEEDS, factor=FACTORS)
def test_an_issue_does_the_same_whatever_severity_is_measured_in(seed, factor):
    issue = find_rule("issue")(noise=0.1)
    other_unit = {name: getattr(issue, name) * factor for name in ("ceiling", "half", "floor", "effectiveness")}
    world = world_of(issue, seed)
    world.severity[:] = np.abs(world.severity) + 0.1
    one = after(issue, world, seed, 10)
    other = after(issue.model_copy(update=other_unit), scaled(world, factor, "severity", "control"), seed, 10)
    assert other.severity == pytest.approx(factor * one.severity, rel=1e-9)


@FEW
@given(seed=SEEDS, factor=FACTORS)
def test_what_is_spent_and_given_in_another_currency_is_earned_in_it(seed, factor):
    market = find_rule("market")(public_share=0.0)
    dearer = market.model_copy(update={name: getattr(market, name) * factor for name in ("spending", "giving")})
    world = world_of(market, seed)
    one, other = after(market, world, seed, 1), after(dearer, world, seed, 1)
    assert np.array_equal(factor * one.income, other.income)
    assert np.array_equal(factor * one.forgone, other.forgone)
    assert one.income.any()


@FEW
@given(seed=SEEDS, factor=FACTORS)
def test_what_partners_can_teach_is_in_the_unit_of_capability(seed, factor):
    absorption = find_rule("absorption")(learning=0.5)
    other_unit = {name: getattr(absorption, name) * factor for name in ("prior", "most")}
    world = world_of(absorption, seed)
    one = after(absorption, world, seed, 5)
    other = after(absorption.model_copy(update=other_unit), scaled(world, factor, "capability"), seed, 5)
    assert np.array_equal(factor * one.capability, other.capability)
    assert not np.array_equal(one.capability, world.capability)


@FEW
@given(seed=SEEDS, factor=FACTORS)
def test_what_a_pool_gains_does_not_depend_on_the_unit_of_capability(seed, factor):
    pooling = find_rule("pooling")()
    world = world_of(pooling, seed)
    one, other = after(pooling, world, seed, 5), after(pooling, scaled(world, factor, "capability"), seed, 5)
    assert np.array_equal(one.pool, other.pool)
    assert not np.array_equal(one.pool, world.pool)


@FEW
@given(seed=SEEDS, factor=FACTORS)
def test_opinions_on_half_the_scale_move_by_half_where_the_tolerance_is_half(seed, factor):
    rule = find_rule("bounded_confidence")(tolerance=0.5, listening="one")
    less = min(factor, 1.0 / factor)
    narrower = rule.model_copy(update={"tolerance": 0.5 * less})
    world = world_of(rule, seed)
    one, other = after(rule, world, seed, 3), after(narrower, scaled(world, less, "stance"), seed, 3)
    assert np.array_equal(less * one.stance, other.stance)
