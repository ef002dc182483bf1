"""The gap rises from within one organisation, to similar ones, to very different ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.dynamics.gap import Gap, gap_between, lowered, pressing, raised
from ecosim.kernels import kernel


@kernel
def gaps(sector, culture, stance, weights):
    n = sector.size
    between = np.empty((n, n))
    for i in range(n):
        for j in range(n):
            between[i, j] = gap_between(i, j, sector, culture, stance, weights)
    return between


def people(seed, n=12, features=3, axes=2):
    draw = np.random.default_rng(seed)
    return (
        draw.integers(0, 3, n).astype(np.int8),
        draw.integers(0, 4, (n, features)).astype(np.int8),
        draw.uniform(-1, 1, (n, axes)),
    )


def test_where_there_is_no_culture_or_no_axis_of_opinion_it_adds_nothing():
    sector, culture, stance = people(1)
    apart = 1.0 * (sector[:, None] != sector[None, :])
    assert np.array_equal(gaps(sector, culture[:, :0], stance[:, :0], (1.0, 0.5, 0.5)), apart)
    with_stance = gaps(sector, culture[:, :0], stance, (1.0, 0.5, 0.5))
    assert np.array_equal(with_stance > apart, ~np.eye(12, dtype=bool))


@pytest.mark.parametrize("seed", range(5))
def test_the_gap_adds_sector_culture_and_stance_by_their_weights(seed):
    sector, culture, stance = people(seed)
    gap = Gap(sector=0.3, culture=0.5, stance=0.7)
    expected = (
        0.3 * (sector[:, None] != sector[None, :])
        + 0.5 * (culture[:, None] != culture[None, :]).mean(axis=2)
        + 0.7 * np.linalg.norm(stance[:, None] - stance[None, :], axis=2) / (2 * np.sqrt(2))
    )
    assert gaps(sector, culture, stance, gap.weights()) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(5))
def test_the_gap_is_a_distance(seed):
    between = gaps(*people(seed), Gap().weights())
    assert np.array_equal(between, between.T)
    assert np.all(np.diag(between) == 0)
    assert np.all(between[:, :, None] + between[None, :, :] >= between[:, None, :] - 1e-12)


def test_within_similar_and_very_different_organisations_the_gap_rises_to_the_sum_of_its_weights():
    sector = np.array([0, 0, 0, 1], np.int8)
    culture = np.array([[0, 0], [0, 0], [0, 1], [1, 2]], np.int8)
    stance = np.array([[1.0, 1.0], [0.9, 1.0], [0.5, 0.5], [-1.0, -1.0]])
    row = gaps(sector, culture, stance, (0.4, 0.4, 0.6))[0]
    assert 0 == row[0] < row[1] < row[2] < row[3]
    assert row[3] == pytest.approx(0.4 + 0.4 + 0.6)


@pytest.mark.parametrize("axes", [1, 2, 5])
def test_opposite_corners_of_opinion_are_as_far_apart_on_any_number_of_axes(axes):
    stance = np.array([[1.0] * axes, [-1.0] * axes])
    nothing = np.zeros((2, 0), np.int8)
    assert gaps(np.zeros(2, np.int8), nothing, stance, (0.4, 0.4, 0.6))[0, 1] == pytest.approx(0.6)


def test_who_has_neither_culture_nor_views_differs_by_sector_only():
    nothing = np.zeros((2, 0))
    assert gaps(np.array([0, 1], np.int8), nothing.astype(np.int8), nothing, (0.4, 0.4, 0.6))[0, 1] == 0.4


def test_a_problem_presses_not_at_all_half_and_in_the_end_wholly():
    assert pressing(0.0, 2.0) == 0
    assert pressing(2.0, 2.0) == 0.5
    assert pressing(2e9, 2.0) == pytest.approx(1)
    levels = pressing(np.linspace(0, 10, 50), 1.0)
    assert np.all(np.diff(levels) > 0)


@given(st.floats(0, 1e6), st.floats(0.05, 1))
def test_lowering_undoes_raising(amount, exponent):
    assert raised(amount, exponent) == pytest.approx(amount**exponent)
    assert lowered(raised(amount, exponent), exponent) == pytest.approx(amount, rel=1e-6, abs=1e-12)


def test_impossible_weights_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)sector.*culture.*stance"):
        Gap(sector=-1.0, culture=11.0, stance=float("nan"))
