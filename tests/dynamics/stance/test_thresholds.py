"""Thresholds: who acts when enough others do, and how little it takes to change the outcome."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.dynamics.stance.thresholds import Thresholds
from tests.dynamics.worlds import everyone_tied, live, some_tied, world_for

EVERYONE = {"seen": "everyone"}


def crowd(rule, threshold, ties=(), active=()):
    world = world_for(rule, n=len(threshold), ties=ties)
    world.threshold[:] = threshold
    world.active[list(active)] = 1
    return world


@pytest.mark.parametrize("activation", ["simultaneous", "sweep", "random"])
def test_a_hundred_that_wait_for_one_more_each_all_act_and_one_changed_threshold_stops_them(activation):
    rule = Thresholds(**EVERYONE, activation=activation)
    thresholds = np.arange(100) / 100
    assert live(crowd(rule, thresholds), rule, ticks=1500).active.sum() == 100
    thresholds[1] = 0.02
    assert live(crowd(rule, thresholds), rule, ticks=1500).active.sum() == 1


def test_one_more_acts_each_tick_when_all_respond_at_once():
    rule = Thresholds(**EVERYONE, counted="number")
    world = crowd(rule, np.arange(20.0)[::-1])
    for tick in range(1, 21):
        assert live(world, rule).active.sum() == tick


def test_a_sweep_ends_where_a_simultaneous_crowd_does():
    rules = [Thresholds(activation=activation) for activation in ("simultaneous", "sweep")]
    thresholds = np.random.default_rng(1).uniform(-0.15, 1.5, 60)
    ends = [live(crowd(rule, thresholds, some_tied(60)), rule, ticks=80).active for rule in rules]
    assert 0 < ends[0].sum() < 60
    assert np.array_equal(*ends)


@given(
    seed=st.integers(0, 99),
    counted=st.sampled_from(["share", "number"]),
    activation=st.sampled_from(["sweep", "random"]),
)
def test_nobody_acts_before_enough_of_its_partners_do(seed, counted, activation):
    rule = Thresholds(counted=counted, activation=activation)
    ties, draw = some_tied(30, 0.2, seed), np.random.default_rng(seed)
    world = crowd(rule, draw.uniform(0, 1 if counted == "share" else 4, 30), ties, active=(0, 1, 2))
    before = world.active.copy()
    live(world, rule, ticks=3, seed=seed)
    seen = np.array(
        [world.active[world.partner[a:b]].sum() for a, b in zip(world.first_tie, world.first_tie[1:], strict=False)]
    )
    if counted == "share":
        seen = seen / np.maximum(1, np.diff(world.first_tie))
    acts = (world.active == 1) & (before == 0)
    assert (seen[acts] >= world.threshold[acts]).all()  # more may have acted since, never fewer
    assert (world.active >= before).all()


@given(seed=st.integers(0, 99), activation=st.sampled_from(["simultaneous", "sweep"]))
def test_more_who_begin_never_make_fewer_who_end(seed, activation):
    rule = Thresholds(activation=activation, reversible=True)
    ties, thresholds = some_tied(30, 0.2, seed), np.random.default_rng(seed).uniform(0, 1, 30)
    few, more = (live(crowd(rule, thresholds, ties, active=range(count)), rule, ticks=4).active for count in (5, 15))
    assert (few <= more).all()


def test_who_may_stop_stops_when_too_few_act():
    ties = [(0, 1), (1, 2), (2, 3)]
    for reversible, left in ((False, [1, 0, 0, 1]), (True, [0, 0, 0, 0])):
        rule = Thresholds(reversible=reversible)
        assert live(crowd(rule, [0.5, 1.0, 1.0, 0.5], ties, active=(0, 3)), rule, ticks=5).active.tolist() == left


def test_nobody_counts_itself_and_who_sees_nobody_acts_only_of_itself():
    rule = Thresholds(counted="number", reversible=True)
    assert live(crowd(rule, [1.0, 0.0, 1.0, 1.0], [(2, 3)], active=(0, 2, 3)), rule).active.tolist() == [0, 1, 1, 1]
    rule = Thresholds(**EVERYONE, reversible=True)
    assert live(crowd(rule, [0.1, 2.0, 2.0], active=(0,)), rule).active.tolist() == [0, 0, 0]


@pytest.mark.parametrize("seen", ["everyone", "partners"])
def test_one_of_two_others_is_half_of_them(seen):
    rule = Thresholds(seen=seen)
    world = crowd(rule, [0.0, 0.5, 0.51], everyone_tied(3), active=(0,))
    assert live(world, rule).active.tolist() == [1, 1, 0]


def test_where_all_are_partners_partners_are_everyone():
    thresholds = np.random.default_rng(2).uniform(-0.3, 1.4, 40)
    ends = []
    for seen in ("partners", "everyone"):
        rule = Thresholds(seen=seen, reversible=True)
        ends.append(live(crowd(rule, thresholds, everyone_tied(40)), rule, ticks=6).active)
    assert np.array_equal(*ends)
    assert 0 < ends[0].sum() < 40


def test_a_large_crowd_follows_the_distribution_of_its_thresholds():
    """r' = F(r) at each tick, exactly but for the width of one organisation, as the thresholds are quantiles."""
    n, rule = 10_000, Thresholds(**EVERYONE, reversible=True)
    thresholds = np.sqrt((np.arange(n) + 0.5) / n) - 0.1  # F(r) = (r + .1)²
    world, share = crowd(rule, thresholds), 0.0
    for _ in range(10):
        share = (share + 0.1) ** 2
        assert live(world, rule).active.mean() == pytest.approx(share, abs=20 / n)


def test_steps_bound_how_many_respond_under_random_activation():
    rule = Thresholds(**EVERYONE, activation="random", steps=3)
    assert 1 <= live(crowd(rule, np.zeros(50)), rule).active.sum() <= 3


def test_a_crowd_of_one_sees_nobody():
    for seen in ("everyone", "partners"):
        rule = Thresholds(seen=seen)
        assert live(crowd(rule, [0.0]), rule).active.tolist() == [1]
        assert live(crowd(rule, [0.1]), rule).active.tolist() == [0]
