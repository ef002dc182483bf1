import numpy as np
import pytest

from ecosim.errors import InputError
from ecosim.measures.information import against_surrogates, o_information, o_information_gaussian, rank_states
from ecosim.rng import stream

KEY = stream(5, "surrogates").key(0)
BITS = np.array([[a, b] for a in (0, 1) for b in (0, 1)] * 100)


def exclusive_or():
    return np.column_stack((BITS, BITS[:, 0] ^ BITS[:, 1]))


def test_the_exclusive_or_is_one_bit_of_synergy():
    assert o_information(exclusive_or()) == pytest.approx(-1.0)


def test_a_copy_of_three_is_one_bit_of_redundancy():
    assert o_information(np.repeat(BITS[:, :1], 3, axis=1)) == pytest.approx(1.0)


@pytest.mark.parametrize("variables", [3, 4, 5])
def test_a_copy_of_n_is_n_minus_two_bits(variables):
    """H of each set is 1 bit: (n - 2) + n (1 - 1)."""
    copies = np.repeat(np.arange(2000)[:, None] % 2, variables, axis=1)
    assert o_information(copies) == pytest.approx(variables - 2)


def test_independent_variables_have_none():
    grid = np.array(np.meshgrid(*[[0, 1]] * 3)).reshape(3, -1).T
    assert o_information(np.tile(grid, (20, 1))) == pytest.approx(0.0, abs=1e-12)


def test_renaming_states_changes_nothing():
    states = np.random.default_rng(1).integers(0, 3, (800, 3))
    assert o_information(states) == pytest.approx(o_information(7 - 2 * states))


def test_too_few_samples_for_the_states_give_no_value():
    assert np.isnan(o_information(exclusive_or()[:79]))
    assert o_information(exclusive_or()[:80]) == pytest.approx(-1.0)


def test_the_gaussian_estimate_meets_its_closed_form():
    """Three normals of equal correlation r: Ω from |R| = (1 - r)²(1 + 2r) and |R₂| = 1 - r²; 20,000 samples.

    Estimates have a standard deviation of .004 (60 seeds): six of them, false alarm 1e-7.
    """
    r = 0.6
    correlations = np.full((3, 3), r) + (1 - r) * np.eye(3)
    series = np.random.default_rng(2).multivariate_normal(np.zeros(3), correlations, 20_000)
    whole, pair = (1 - r) ** 2 * (1 + 2 * r), 1 - r**2
    assert o_information_gaussian(series) == pytest.approx(0.5 * np.log2(whole / pair**3), abs=0.025)


def test_the_gaussian_estimate_cannot_see_the_exclusive_or():
    noisy = exclusive_or() + 1e-3 * np.random.default_rng(3).random((400, 3))
    assert abs(o_information_gaussian(noisy)) < 0.001  # fourteen standard deviations of 60 seeds, 7e-5 each


def test_a_constant_series_gives_no_value():
    series = np.random.default_rng(0).random((500, 3))
    series[:, 1] = 4.0
    assert np.isnan(o_information_gaussian(series))


def test_ranked_states_are_equally_frequent():
    states = rank_states(np.random.default_rng(0).random((999, 2)), 3)
    assert [np.bincount(column).tolist() for column in states.T] == [[333] * 3] * 2


def test_synergy_stands_out_from_its_surrogates():
    found = against_surrogates(exclusive_or()[np.random.default_rng(1).permutation(400)], KEY, estimate=o_information)
    assert found.corrected == pytest.approx(-1.0, abs=0.05)
    assert found.p == pytest.approx(1 / 200)


def test_series_with_memory_but_without_each_other_are_rarely_taken_for_synergy():
    """40 triples of independent autoregressions: p ≤ .05 in at most 11 of them; false alarm about 1e-6 (binomial)."""
    draw = np.random.default_rng(8)
    alarms = 0
    for _ in range(40):
        noise = draw.normal(size=(300, 3))
        for t in range(1, 300):
            noise[t] += 0.8 * noise[t - 1]
        alarms += against_surrogates(noise, KEY, surrogates=39).p <= 0.05
    assert alarms <= 11


@pytest.mark.parametrize("bad", [np.zeros((10, 2)), np.zeros(10), np.full((10, 3), np.nan)])
def test_what_is_no_table_of_three_is_refused(bad):
    with pytest.raises(InputError):
        o_information(bad)


def test_numbers_that_are_no_states_are_refused():
    with pytest.raises(InputError, match="rank_states"):
        o_information(np.random.default_rng(0).random((100, 3)))
