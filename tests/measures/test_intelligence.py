import numpy as np
import pytest

from ecosim.errors import InputError
from ecosim.measures.intelligence import MEASURES, collective_intelligence, general_factor
from ecosim.world.labels import Labels
from ecosim.world.world import World
from tests.dynamics.worlds import unite


def world_with(output, alone, effort):
    world = unite(World(Labels(issues=("air",)), 3, {*MEASURES[0].reads, "coalition_issue"}), (0, (0, 1, 2)))
    world.output[:], world.member_alone[:], world.member_effort[:] = output, alone, effort
    return world


def test_a_group_that_makes_what_its_best_would_counts_one():
    """Rates 1, 2 and 3 per unit of effort, 6 units in all: the best would have made 18."""
    assert collective_intelligence(world_with(18.0, [1.0, 4.0, 9.0], [1.0, 2.0, 3.0])) == 1.0


def test_a_sum_of_unequal_parts_stays_below_its_best():
    assert collective_intelligence(world_with(14.0, [1.0, 4.0, 9.0], [1.0, 2.0, 3.0])) < 1.0


def test_whoever_puts_in_nothing_has_no_rate():
    assert collective_intelligence(world_with(6.0, [0.0, 2.0, 4.0], [0.0, 1.0, 2.0])) == 1.0


def test_without_coalitions_it_is_missing():
    assert np.isnan(collective_intelligence(World(Labels(), 3, MEASURES[0].reads)))


def test_one_factor_explains_tasks_that_go_together():
    ability = np.arange(10.0)
    found = general_factor(np.column_stack((ability, 3 * ability + 1, ability / 7)))
    assert found.share == pytest.approx(1.0)
    assert found.positive == 1.0


def test_unrelated_tasks_share_the_variance():
    """Orthogonal scores: each of four factors holds a quarter."""
    signs = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]).T
    scores = np.vstack((signs, -signs))
    found = general_factor(scores[:, 1:])
    assert (found.share, found.second) == pytest.approx((1 / 3, 1 / 3))


def test_pairs_of_tasks_that_go_together_are_counted_each_once():
    """The second task goes against the first and the third: of three pairs one is positive."""
    ability = np.arange(10.0)
    assert general_factor(np.column_stack((ability, -ability, 2 * ability))).positive == pytest.approx(1 / 3)
    assert general_factor(np.column_stack((ability, -ability))).positive == 0


def test_a_task_that_tells_nobody_apart_leaves_it_undefined():
    assert np.isnan(general_factor([[1.0, 2.0], [2.0, 2.0], [3.0, 2.0]]).share)


def test_two_groups_are_too_few():
    with pytest.raises(InputError, match="at least 3 groups"):
        general_factor([[1.0, 2.0], [2.0, 1.0]])
