"""Goods of which nothing comes until enough contribute."""

import numpy as np
import pytest

from ecosim.dynamics.production.threshold_goods import ThresholdGoods, reached

SIZES = np.array([2, 4, 5, 8, 10])
TOTALS = np.array([1.0, 2.0, 3.0, 4.0, 5.0])


def test_below_the_threshold_there_is_nothing_and_from_it_on_the_linear_game():
    found = reached(TOTALS, SIZES, 6.0, 3.0, -1.0)
    assert found[:2].tolist() == [0.0, 0.0]
    assert found[2:] == pytest.approx(6.0 * TOTALS[2:] / SIZES[2:])


@pytest.mark.parametrize("share", [0.0, 0.5, 0.55, 1.0])
def test_a_share_of_the_members_asks_more_of_larger_groups(share):
    game = ThresholdGoods(threshold=0.0, threshold_share=share, multiplication=5.0)
    assert ((game.shares(TOTALS, SIZES) > 0) == (share <= TOTALS / SIZES)).all()


def test_without_a_threshold_nobody_is_left_with_nothing():
    game = ThresholdGoods(threshold=0.0, multiplication=5.0, cost=2.0)
    assert game.shares(TOTALS, SIZES) == pytest.approx(5.0 * 2.0 * TOTALS / SIZES)


def test_what_all_get_together_is_what_was_paid_times_the_factor():
    found = reached(TOTALS, SIZES, 6.0, 0.0, -1.0)
    assert found * SIZES == pytest.approx(6.0 * TOTALS)


def test_parts_that_miss_the_threshold_by_rounding_alone_reach_it():
    assert reached(np.array([0.1 + 0.2]), np.array([1]), 1.0, 0.3, -1.0)[0] > 0.0
    assert reached(np.array([0.3 - 1e-6]), np.array([1]), 1.0, 0.3, -1.0)[0] == 0.0
