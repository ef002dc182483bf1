"""Crossings: the value at which half of the runs have gone over lies in its interval as often as is said."""

import numpy as np
import pytest
from scipy import stats

from ecosim.experiments.crossing import Estimate, crossing

VALUES = np.linspace(0.0, 1.0, 9)


def test_where_runs_separate_the_interval_reaches_from_the_last_value_before_to_the_first_after():
    found = crossing(VALUES, np.tile(VALUES > 0.6, (20, 1)))
    assert found.is_separated
    assert found.critical == pytest.approx((0.5625, 0.5, 0.625), abs=1e-6)
    assert (found.low, found.high) == (0.5, 0.625)


def test_a_single_run_of_each_value_is_enough_where_there_is_no_chance():
    found = crossing(VALUES, (VALUES > 0.2)[None])
    assert (found.critical.low, found.critical.high) == (0.125, 0.25)


@pytest.mark.parametrize("replicates", [6, 20])
@pytest.mark.parametrize("luck_is_shared", [True, False])
def test_the_interval_holds_the_critical_value_about_as_often_as_it_says(luck_is_shared, replicates):
    """100 searches; 92 % is what widened intervals are allowed at least; false alarm 1e-6 at that."""
    draw = np.random.default_rng(5)
    hits = 0
    for _ in range(100):
        own = 0.43 + 0.08 * draw.logistic(size=(replicates, 1))
        luck = own if luck_is_shared else 0.43 + 0.05 * draw.logistic(size=(replicates, 9))
        critical = crossing(VALUES, luck < VALUES, draws=150).critical
        hits += critical.low <= 0.43 <= critical.high
    assert hits >= stats.binom.ppf(1e-6, 100, 0.92)


@pytest.mark.parametrize(("replicates", "factor"), [(2, 9.168), (6, 1.4367), (20, 1.0956), (10**6, 1.0)])
def test_the_interval_is_widened_as_students_is_wider_than_the_bootstraps(replicates, factor):
    """Student's 97.5 % points from tables: 12.706, 2.571 and 2.093 with 1, 5 and 19 degrees of freedom."""
    value, low, high = Estimate(1.0, 0.9, 1.2).widened(replicates)
    assert value == 1.0
    assert (1.0 - low) / 0.1 == pytest.approx(factor, rel=2e-4)
    assert (high - 1.0) / 0.2 == pytest.approx(factor, rel=2e-4)


def test_no_interval_reaches_beyond_the_values():
    draw = np.random.default_rng(1)
    for _ in range(20):
        critical = crossing(VALUES, draw.logistic(0.5, 0.4, size=(6, 1)) < VALUES, draws=100).critical
        assert VALUES[0] <= critical.low <= critical.value <= critical.high <= VALUES[-1]


def test_the_critical_value_moves_with_the_scale_of_the_parameter():
    draw = np.random.default_rng(6)
    over = draw.logistic(0.4, 0.05, size=(30, 9)) < VALUES
    here, there = crossing(VALUES, over), crossing(100.0 + 50.0 * VALUES, over)
    assert there.critical == pytest.approx([100.0 + 50.0 * number for number in here.critical], rel=1e-6)
