"""What a group makes: one function for each kind of production, whoever asks it."""

import numpy as np
import pytest

from ecosim.dynamics.production.making import (
    JOINT,
    LINEAR,
    SERIES,
    THRESHOLD,
    good,
    is_reached,
    made_alone,
    made_together,
    multiplier,
    series,
    skill,
)

WORK = (0.5, 2.0, 1.5, 0.4, 0.3, 0.1, JOINT)
"""Complementarity, productivity, bond gain, pool gain, translation, coordination."""
EACH = 3.0


def rates(kind, *more):
    return (1.0, EACH, *more, *(0.0,) * (4 - len(more)), kind)


GOODS = (rates(LINEAR), rates(SERIES, 1.2), rates(SERIES, 0.7), rates(THRESHOLD, 0.5, -1.0), rates(THRESHOLD, 0.0, 0.4))


def test_a_linear_good_is_in_proportion_to_what_is_put_in():
    assert good(4.0, 5.0, rates(LINEAR)) == EACH * 4.0


@pytest.mark.parametrize("ratio", [0.0, 0.5, 1.0, 1.3])
def test_each_further_contributor_makes_so_many_times_what_the_one_before_made(ratio):
    for count in range(6):
        assert series(float(count), ratio, np.log(ratio) if ratio else -np.inf) == pytest.approx(
            sum(ratio**k for k in range(count))
        )


def test_between_whole_contributors_a_series_rises_without_a_leap():
    totals = np.linspace(0.0, 4.0, 401)
    made = np.array([series(total, 1.3, np.log(1.3)) for total in totals])
    assert (np.diff(made) > 0).all()
    assert np.diff(made).max() < 0.03


def test_means_beyond_one_contributor_each_count_as_larger_contributors_not_as_more():
    assert good(12.0, 4.0, rates(SERIES, 1.2)) == pytest.approx(3.0 * good(4.0, 4.0, rates(SERIES, 1.2)))


@pytest.mark.parametrize(("effort", "made"), [(1.9, 0.0), (2.0, 6.0), (2.0 - 1e-12, 6.0), (5.0, 15.0)])
def test_a_threshold_gives_all_or_nothing_by_the_sum_or_by_the_sum_for_each_member(effort, made):
    assert good(effort, 4.0, rates(THRESHOLD, 2.0, -1.0)) == pytest.approx(made)
    assert good(effort, 4.0, rates(THRESHOLD, 0.0, 0.5)) == pytest.approx(made)
    assert is_reached(effort, 2.0) == (made > 0)


@pytest.mark.parametrize("numbers", GOODS)
@pytest.mark.parametrize("effort", [0.0, 0.3, 0.6, 2.0])
def test_alone_one_makes_of_a_good_what_a_group_of_one_makes(numbers, effort):
    nothing = np.empty((1, 0))
    alone = made_alone(nothing, nothing, effort, 0, 0, numbers)
    assert alone == made_together(0.0, effort, 0.0, 0.0, 0.0, 1, numbers)


def test_joint_work_alone_and_together_worked_out_by_hand():
    capability, needs = np.array([[4.0, 1.0], [0.0, 9.0]]), np.array([[0.25, 0.75]])
    assert skill(capability, needs, 0.5, 0, 0) == pytest.approx((0.25 * 2 + 0.75 * 1) ** 2)
    assert skill(capability, needs, 1.0, 0, 0) == pytest.approx(0.25 * 4 + 0.75 * 1)
    assert made_alone(capability, needs, 3.0, 0, 0, WORK) == pytest.approx(2.0 * 3.0 * 1.25**2)
    grown = 2.0 * (1 + 1.5 * 0.5) * (1 + 0.4 * 0.2) * np.exp(-0.3 * 0.8 * 0.5) / (1 + 0.1 * 2)
    assert multiplier(0.5, 0.8, 0.2, 3, WORK) == pytest.approx(grown)
    assert made_together(1.7, 9.9, 0.5, 0.8, 0.2, 3, WORK) == pytest.approx(grown * 1.7**2)
