"""Absorption: what a partner can do moves along the bond, into those who can follow."""

import numpy as np
import pytest

from ecosim.dynamics.learning.absorption import Absorption
from tests.dynamics.worlds import everyone_tied, live, some_tied, world_for


def pair(rule, own, theirs, bond=1.0):
    world = world_for(rule, n=2, ties=[(0, 1)], capabilities=len(own))
    world.capability[:] = [own, theirs]
    world.bond[:] = bond
    return world


@pytest.mark.parametrize("bond", [0.0, 0.3, 1.0])
def test_what_moves_is_the_difference_weighed_by_bond_and_prior_knowledge(bond):
    rule = Absorption(learning=0.1, prior=0.5, most=1000.0)
    world = live(pair(rule, [1.0, 0.25], [3.0, 0.75], bond), rule)
    np.testing.assert_allclose(
        world.capability[0], [1 + 0.1 * bond * 2 / 1.5 * 1.0, 0.25 + 0.1 * bond * 0.5 / 1.5 * 0.5 * 2 / 2], rtol=1e-12
    )
    np.testing.assert_array_equal(world.capability[1], [3.0, 0.75])


def test_whoever_knows_more_of_a_kind_learns_more_of_it_from_as_far_ahead():
    rule = Absorption(most=1000.0)
    gains = [live(pair(rule, [own], [own + 1]), rule).capability[0, 0] - own for own in (0.0, 0.1, 0.5, 2.0)]
    assert gains[0] == 0
    assert gains == sorted(gains)
    assert gains[3] > 3 * gains[1]


def test_in_the_long_run_a_pupil_comes_up_to_its_teacher_and_never_passes():
    rule = Absorption(learning=0.5, most=1000.0)
    world = pair(rule, [0.2, 1.0], [2.0, 0.5])
    for _ in range(400):
        live(world, rule)
        assert np.all(world.capability <= [2.0, 1.0])
    np.testing.assert_allclose(world.capability, [[2.0, 1.0]] * 2, rtol=1e-3)


def test_bonds_that_sum_to_more_than_one_share_attention():
    rule = Absorption(learning=0.1, most=1000.0)
    world = world_for(rule, n=5, ties=[(0, k) for k in range(1, 5)], capabilities=1)
    world.capability[:] = [[1.0]] + [[2.0]] * 4
    world.bond[:] = 0.5
    live(world, rule)
    assert world.capability[0, 0] == pytest.approx(1 + 0.1 / 1.5)


def test_all_that_is_learnt_beyond_what_can_be_kept_up_is_forgotten_in_proportion():
    rule = Absorption(learning=0.0, most=1.0, forgetting=0.5)
    world = live(pair(rule, [3.0, 1.0], [1.0, 0.5]), rule)
    np.testing.assert_allclose(world.capability, [[3 * 0.75, 0.75], [1.0, 0.5]])
    live(world, rule, ticks=100)
    np.testing.assert_allclose(world.capability[0], [1.5, 0.5])


def test_totals_stay_bounded_however_much_there_is_to_learn():
    rule = Absorption(learning=1.0, most=1.2, forgetting=1.0)
    world = world_for(rule, n=40, ties=everyone_tied(40), capabilities=4)
    world.capability[:], world.bond[:] = np.random.default_rng(1).lognormal(size=(40, 4)), 1.0
    live(world, rule, ticks=50)
    assert np.all(world.capability.sum(axis=1) <= 1.2 * 4 * (1 + 1e-12))
    assert np.all(world.capability >= 0)


def test_who_can_do_the_same_learns_nothing_and_a_stranger_nothing_either():
    rule = Absorption(most=1000.0)
    world = world_for(rule, n=11, ties=some_tied(10), capabilities=3)
    world.capability[:10], world.capability[10], world.bond[:] = 0.8, [1.0, 2.0, 3.0], 0.7
    before = world.capability.copy()
    np.testing.assert_array_equal(live(world, rule, ticks=5).capability, before)


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)learning.*prior.*most.*forgetting"):
        Absorption(learning=2.0, prior=0.0, most=0.0, forgetting=-1.0)
