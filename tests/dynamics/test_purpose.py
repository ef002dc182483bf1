"""Purpose: it drifts towards what pays in one's own sector, and nowhere where nothing pays more."""

import numpy as np
import pytest

from ecosim.dynamics.purpose import Purpose
from tests.dynamics.worlds import live, world_for


def sector_of(purpose, success, rule, sector=0):
    world = world_for(rule, n=len(purpose))
    world.purpose[:], world.success[:], world.sector[:] = purpose, success, sector
    return world


def mean_changes(rule, purpose, success, ticks=400):
    world = sector_of(purpose, success, rule)
    changes = []
    for _ in range(ticks):
        world.purpose[:] = purpose
        changes.append(live(world, rule).purpose.mean() - np.mean(purpose))
    return np.mean(changes), np.std(changes, ddof=1) / np.sqrt(ticks)


@pytest.mark.parametrize("selectivity", [0.5, 2.0])
@pytest.mark.parametrize("direction", [-1.0, 1.0])
def test_mean_drift_is_that_of_pairwise_comparison(selectivity, direction):
    """Two kinds, x of them with purpose 1: E[dp] = looking · μ · x (1 - x) n / (n - 1) · tanh(β Δs / 2σ).

    Here Δs / σ = 1 / √(x (1 - x)). Five standard errors over 400 ticks (false alarm 6e-7); a tenth less would be seen.
    """
    n, x = 200, 0.3
    purpose = (np.arange(n) < x * n).astype(float)
    rule = Purpose(looking=0.5, selectivity=selectivity, step_size=0.6, noise=0.0)
    drift, error = mean_changes(rule, purpose, direction * purpose)
    expected = 0.5 * 0.6 * x * (1 - x) * n / (n - 1) * np.tanh(selectivity * direction / np.sqrt(x * (1 - x)) / 2)
    assert abs(drift - expected) < 5 * error
    assert error < abs(expected) / 20


@pytest.mark.parametrize("success", [0.0, 0.1, -3e9])
def test_where_all_fare_alike_purpose_drifts_with_no_direction(success):
    # Five standard errors (false alarm 6e-7); a drift of a hundredth of the spread a tick would be seen.
    purpose = np.random.default_rng(1).random(300)
    rule = Purpose(looking=1.0, noise=0.0)
    drift, error = mean_changes(rule, purpose, np.full(300, success))
    assert abs(drift) < 5 * error < 0.01


def test_what_success_is_measured_in_does_not_matter():
    purpose, success = np.random.default_rng(2).random((2, 80))
    rule = Purpose(looking=1.0)
    one = live(sector_of(purpose, success, rule), rule, ticks=5)
    other = live(sector_of(purpose, 1000 * success - 7, rule), rule, ticks=5)
    np.testing.assert_allclose(one.purpose, other.purpose)


def test_sectors_do_not_copy_one_another():
    purpose = np.repeat([0.1, 0.6, 0.9], 20)
    rule = Purpose(looking=1.0, noise=0.0)
    world = sector_of(purpose, np.arange(60.0), rule, sector=np.repeat([0, 1, 2], 20))
    np.testing.assert_allclose(live(world, rule, ticks=20).purpose, purpose)


def test_purpose_stays_within_those_of_its_sector_without_noise_and_within_bounds_with():
    purpose, success = np.random.default_rng(3).random((2, 60))
    calm = live(sector_of(purpose, success, rule := Purpose(looking=1.0, noise=0.0)), rule, ticks=50).purpose
    assert purpose.min() <= calm.min() <= calm.max() <= purpose.max()
    assert np.ptp(calm) < np.ptp(purpose) / 2
    wild = live(sector_of(purpose, success, rule := Purpose(looking=1.0, noise=1.0)), rule, ticks=50).purpose
    assert 0 <= wild.min() <= wild.max() <= 1
    assert np.ptp(wild) > 0.8


def test_noise_alone_is_a_step_of_its_size():
    # 4,000 steps, standard deviation within 6 of its standard errors (false alarm 2e-9).
    rule = Purpose(looking=1.0, step_size=0.0, noise=0.03)
    world = sector_of(np.full(4000, 0.5), np.zeros(4000), rule)
    steps = live(world, rule).purpose - 0.5
    assert abs(steps.std() / 0.03 - 1) < 6 / np.sqrt(2 * 4000)


def test_each_other_of_the_sector_is_looked_at_equally_often():
    # Row 2 of 5, of which row 1 is of another sector: 3,000 looks, thirds, six standard deviations (1e-8).
    rule = Purpose(looking=1.0, selectivity=1e6, step_size=1.0, noise=0.0)
    success = np.array([1.0, 1.0, 0.0, 1.0, 1.0])
    copied = []
    for seed in range(3000):
        world = sector_of([0.1, 0.2, 0.3, 0.4, 0.5], success, rule, sector=[0, 1, 0, 0, 0])
        copied.append(round(10 * live(world, rule, seed=seed).purpose[2]))
    counts = np.bincount(copied, minlength=6)
    assert set(np.flatnonzero(counts)) == {1, 4, 5}
    assert np.all(np.abs(counts[[1, 4, 5]] - 1000) < 6 * np.sqrt(3000 * 2 / 9))


def test_of_two_who_fare_alike_every_second_moves_to_the_other():
    # 4,000 pairs of equals, half of the looks end in a move, six standard deviations (false alarm 2e-9).
    rule = Purpose(looking=1.0, step_size=1.0, noise=0.0)
    world = sector_of(np.linspace(0, 1, 4000), np.ones(4000), rule)
    before = world.purpose.copy()
    moved = np.mean(live(world, rule).purpose != before)
    assert abs(moved - 0.5) < 6 * 0.5 / np.sqrt(4000)


@pytest.mark.parametrize("n", [0, 1])
def test_who_is_alone_in_its_sector_keeps_its_purpose(n):
    rule = Purpose(looking=1.0, noise=0.5)
    assert list(live(sector_of(np.full(n, 0.3), np.ones(n), rule), rule, ticks=5).purpose) == [0.3] * n


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)looking.*selectivity.*step_size.*noise"):
        Purpose(looking=2.0, selectivity=-1.0, step_size=2.0, noise=-1.0)
