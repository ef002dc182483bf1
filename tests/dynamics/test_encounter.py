"""Two strangers: how well they complete each other, what they expect, and how likely each is to say yes."""

import numpy as np
import pytest

from ecosim.dynamics.encounter import complement, expected_gain, says_yes

DRAWN = np.random.default_rng(2).random((6, 4))
PAIRS = [(i, j) for i in range(6) for j in range(i)]


def test_those_who_can_the_same_complete_nothing_and_those_who_share_no_skill_everything():
    assert complement(0, 1, np.array([[1.0, 2.0], [3.0, 6.0]])) == pytest.approx(0.0)
    assert complement(0, 1, np.array([[1.0, 0.0], [0.0, 0.2]])) == 1.0


def test_whoever_can_do_nothing_completes_nobody():
    assert complement(0, 1, np.array([[0.0, 0.0], [1.0, 2.0]])) == 0.0


@pytest.mark.parametrize("pair", PAIRS)
def test_completing_each_other_is_mutual_and_a_matter_of_kinds_not_of_amounts(pair):
    i, j = pair
    larger = DRAWN * np.array([1.0, 3.0, 0.1, 50.0, 2.0, 7.0])[:, None]
    assert complement(i, j, DRAWN) == complement(j, i, DRAWN)
    assert complement(i, j, larger) == pytest.approx(complement(i, j, DRAWN))
    assert 0.0 <= complement(i, j, DRAWN) <= 1.0


@pytest.mark.parametrize("concern", [0.0, 0.5, 2.0])
def test_those_who_care_alike_expect_all_of_concern_and_those_who_care_for_nothing_in_common_none(concern):
    capability = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    salience = np.array([[0.7, 0.3, 0.0], [0.7, 0.3, 0.0], [0.0, 0.0, 1.0]])
    assert expected_gain(0, 1, capability, salience, concern) == pytest.approx(1.0 + concern)
    assert expected_gain(0, 2, capability, salience, concern) == pytest.approx(1.0)


def test_a_gain_that_just_makes_up_for_the_gap_is_a_toss_of_a_coin():
    cost, selectivity, reserve = 0.8, 6.0, 0.1
    for gap in (0.0, 0.3, 1.1):
        assert says_yes(cost * gap + reserve, gap, (cost, 1.0, selectivity, reserve)) == pytest.approx(0.5)


def test_the_odds_of_a_yes_grow_by_the_same_factor_with_each_unit_of_gain():
    terms = (0.8, 1.0, 6.0, 0.1)
    chances = np.array([says_yes(gain, 0.4, terms) for gain in (0.0, 0.1, 0.2, 0.3)])
    assert np.diff(np.log(chances / (1 - chances))) == pytest.approx(0.6)


def test_a_wider_gap_never_makes_a_yes_likelier():
    chances = [says_yes(0.5, gap, (0.8, 1.0, 6.0, 0.1)) for gap in np.linspace(0, 2, 9)]
    assert np.all(np.diff(chances) < 0)
