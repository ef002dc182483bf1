"""Whether a membership is worth more than the present use of the same effort, and who is in a coalition with whom."""

import numpy as np
import pytest

from ecosim.dynamics.coalition.joining import Joining
from ecosim.dynamics.coalition.utility import return_on_effort, share_a_coalition, willing
from tests.dynamics.worlds import unite, world_for

SELECTIVITY, HURDLE, UPKEEP = 4.0, 0.25, 0.1
CHOICE = (SELECTIVITY, HURDLE, UPKEEP)


@pytest.mark.parametrize("present", [0.05, 1.0, 9.0])
def test_an_advantage_as_high_as_the_hurdle_is_a_toss_of_a_coin(present):
    gain = (present + UPKEEP) * (1.0 + HURDLE)
    assert willing(gain, present, UPKEEP, CHOICE) == pytest.approx(0.5)


def test_the_odds_grow_with_the_advantage_relative_to_what_there_is():
    present = 0.9
    gains = (present + UPKEEP) * np.array([1.0, 1.5, 2.0, 2.5])
    chances = np.array([willing(gain, present, UPKEEP, CHOICE) for gain in gains])
    assert np.log(chances / (1 - chances)) == pytest.approx(SELECTIVITY * (np.array([0.0, 0.5, 1.0, 1.5]) - HURDLE))


def test_the_unit_of_worth_does_not_matter():
    for factor in (1e-3, 7.0, 1e3):
        here, there = willing(1.2, 0.8, UPKEEP, CHOICE), willing(1.2 * factor, 0.8 * factor, UPKEEP * factor, CHOICE)
        assert there == pytest.approx(here)


def test_a_unit_of_effort_returns_what_was_achieved_over_all_of_it_and_nothing_where_there_was_none():
    state = (np.ones((3, 1)), np.array([2.0, 0.5, 0.0]), np.array([1.0, 2.0, 0.0]))
    assert [return_on_effort(i, state) for i in range(3)] == [0.5, 4.0, 0.0]


def test_two_share_a_coalition_where_both_are_in_one_on_that_issue():
    coalitions = [(0, (0, 1, 2)), (1, (1, 3)), (0, (3, 4)), (1, (0, 4))]
    world = unite(world_for(Joining(), n=6, issues=2), *coalitions)
    groups = (world.member, world.first_member, world.first_membership, world.membership, world.member_coalition)
    for issue in (0, 1):
        for i in range(6):
            for j in set(range(6)) - {i}:
                together = any(on == issue and {i, j} <= set(members) for on, members in coalitions)
                assert share_a_coalition(i, j, issue, groups, world.coalition_issue) == together
