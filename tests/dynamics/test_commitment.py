"""Commitment: contributions and stances that nothing moves."""

import numpy as np
import pytest

from ecosim.dynamics.commitment import CommittedContribution, CommittedStance
from ecosim.dynamics.contribution.imitation import FermiImitation
from ecosim.dynamics.stance.bounded_confidence import BoundedConfidence
from ecosim.world.labels import Labels
from tests.dynamics.worlds import everyone_tied, live, some_tied, world_for


def test_the_committed_contribute_what_they_stand_for_and_others_imitate_them():
    rules = (FermiImitation(selectivity=1e-6, looking=1.0), CommittedContribution(value=0.9))
    world = world_for(*rules, n=60, ties=some_tied(60))
    world.committed[:6] = 1
    live(world, *rules, ticks=1)
    assert (world.contribution[:6] == 0.9).all()
    live(world, *rules, ticks=100)
    assert (world.contribution[:6] == 0.9).all()
    assert (world.contribution[6:] == 0.9).any()


def test_without_the_committed_nothing_is_held():
    rules = (FermiImitation(), CommittedContribution())
    world = world_for(*rules, n=30, ties=some_tied(30))
    world.contribution[:] = np.linspace(0, 1, 30)
    alone = world_for(rules[0], n=30, ties=some_tied(30))
    alone.contribution[:] = np.linspace(0, 1, 30)
    assert np.array_equal(live(world, *rules, ticks=5).contribution, live(alone, rules[0], ticks=5).contribution)


def test_one_zealot_draws_everyone_who_hears_it_to_its_stance():
    rules = (BoundedConfidence(tolerance=4.0), CommittedStance(value=0.75))
    world = world_for(*rules, n=10, ties=everyone_tied(10), axes=2)
    world.stance[:] = np.random.default_rng(1).uniform(-1, 0, (10, 2))
    world.committed[3] = 1
    live(world, *rules, ticks=400)
    assert world.stance == pytest.approx(np.full((10, 2), 0.75), abs=1e-6)


def test_a_stance_has_a_number_for_each_axis_within_its_range():
    rule = CommittedStance(value=(0.5, -1.0))
    world = world_for(rule, n=3, axes=2)
    world.committed[1] = 1
    assert live(world, rule).stance.tolist() == [[0, 0], [0.5, -1], [0, 0]]
    assert rule.faults(Labels(stance_axes=("a", "b"))) == []
    assert "allowed: 1" in rule.faults(Labels(stance_axes=("a",)))[0]
    assert CommittedStance(value=1.0).faults(Labels(stance_axes=("a",))) == []
    with pytest.raises(ValueError, match="value"):
        CommittedStance(value=1.5)
