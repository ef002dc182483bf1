"""Gain: what the same luck is worth, against closed forms."""

import numpy as np
import pytest
from scipy import stats

from ecosim.experiments.gain import fewer_runs


def pairs(correlation, count, seed):
    draw = np.random.default_rng(seed)
    shared, one, other = draw.normal(size=(3, count))
    a, b = np.sqrt(correlation), np.sqrt(1 - correlation)
    return a * shared + b * one, a * shared + b * other


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.8, 0.95])
def test_the_ratio_is_one_over_one_less_the_correlation(correlation):
    """4,000 pairs: the standard error of the ratio's logarithm is below 0.04; allowed are five of them."""
    found = fewer_runs(*pairs(correlation, 4000, 3), draws=50)
    assert np.log(found.value * (1 - correlation)) == pytest.approx(0.0, abs=0.2)


def test_the_interval_holds_the_ratio_about_as_often_as_it_says():
    """200 comparisons of 40 pairs; the bootstrap of forty may hold it in 88 % only; false alarm 1e-6 at that."""
    found = [fewer_runs(*pairs(0.8, 40, 100 + seed), draws=200) for seed in range(200)]
    hits = sum(one.low <= 5.0 <= one.high for one in found)
    assert hits >= stats.binom.ppf(1e-6, 200, 0.88)


def test_pairs_that_all_differ_by_the_same_need_no_further_run():
    x = np.random.default_rng(1).normal(size=20)
    assert np.isinf(fewer_runs(x + 0.3, x).value)


def test_what_is_known_beforehand_is_accounted_for_and_chance_fits_gain_nothing():
    draw = np.random.default_rng(5)
    x, y = pairs(0.5, 400, 6)
    known = draw.normal(size=(400, 3))
    plain, explained = fewer_runs(x, y, draws=20), fewer_runs(x, y + 2.0 * known[:, 0], known, draws=20)
    alone = fewer_runs(x, y, known, draws=20)
    assert alone.value == pytest.approx(plain.value, rel=0.06)
    assert explained.value == pytest.approx(plain.value * (2.0 + 4.0) / 2.0, rel=0.25)
