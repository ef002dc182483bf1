"""How much of what differs between points is luck: known where runs are made of known variances."""

import math

import numpy as np
import pytest

from ecosim.experiments.noise import noise_of

POINTS, REPLICATES = 400, 40


def made(spread, shared, own, seed=1):
    """Return values (points, replicates) of which points differ by a spread, replicates share some luck, and have some."""
    luck = np.random.default_rng(seed)
    a, b = luck.normal(0, spread, (POINTS, 1)), luck.normal(0, shared, (1, REPLICATES))
    return 5.0 + a + b + luck.normal(0, own, (POINTS, REPLICATES))


def test_without_luck_all_that_differs_is_caused():
    values = np.repeat([[1.0], [2.0], [4.0]], 3, axis=1)
    found = noise_of(values, common=True)
    assert (found.within, found.apart, found.luck, found.signal) == (0.0, 0.0, 0.0, 1.0)
    assert found.between == pytest.approx(np.std([1.0, 2.0, 4.0], ddof=1))


def test_luck_that_lifts_all_points_alike_blurs_no_comparison():
    """y = a + b, exactly: runs of a point differ, and their differences from another point do not."""
    values = np.array([[1.0], [2.0], [4.0]]) + np.array([[0.0, 3.0, -1.0, 7.0]])
    found = noise_of(values, common=True)
    assert found.apart == pytest.approx(0.0, abs=1e-12)
    assert found.luck == pytest.approx(0.0, abs=1e-12)
    assert found.within == pytest.approx(np.std([0.0, 3.0, -1.0, 7.0], ddof=1))


def test_the_parts_are_found_that_the_values_were_made_of():
    """Standard errors: of a variance of n values 1.4 / √n of itself. Five of them are a false alarm below 1e-6."""
    found = noise_of(made(spread=2.0, shared=1.0, own=0.5), common=True)
    assert found.apart**2 == pytest.approx(0.25, rel=5 * math.sqrt(2 / (POINTS * REPLICATES)))
    assert found.between**2 == pytest.approx(4.0 + 0.25 / REPLICATES, rel=5 * math.sqrt(2 / POINTS))


def test_where_points_do_not_differ_hardly_more_than_luck_is_found():
    """The means' variance is luck's over n then: their ratio has the mean 1 and a standard deviation of √(2 / points)."""
    found = noise_of(made(spread=0.0, shared=3.0, own=1.0), common=True)
    assert found.luck > 1 - 5 * math.sqrt(2 / POINTS)
    assert found.signal < 0.05


def test_with_luck_of_their_own_all_spread_within_points_blurs():
    found = noise_of(made(spread=1.0, shared=0.0, own=2.0), common=False)
    assert found.apart == found.within
    assert found.luck == pytest.approx(found.within**2 / REPLICATES / found.between**2)


def test_from_one_replicate_nothing_is_known_of_luck():
    found = noise_of(np.array([[1.0], [2.0], [5.0]]), common=True)
    assert math.isnan(found.luck)


def test_neither_unit_nor_origin_change_a_share():
    values = made(1.0, 1.0, 1.0)
    one, other = noise_of(values, common=True), noise_of(1000.0 - 7.0 * values, common=True)
    assert other.luck == pytest.approx(one.luck)
    assert other.signal == pytest.approx(one.signal)
    assert other.apart == pytest.approx(7.0 * one.apart)
