"""Sampled designs: where their points lie, whether more of them keep the first, and whether SALib can analyse them."""

import json
from itertools import pairwise

import numpy as np
import pytest
from SALib.analyze import morris as morris_analysis
from SALib.analyze import sobol as sobol_analysis
from SALib.sample import sobol as sobol_of_salib

from ecosim.experiments.factor import Factor
from ecosim.experiments.sampling import KINDS, Factors, _seed_of_drawing


def drawn(kind, samples, width=3, **more):
    """Return a design in so many factors of the range 0 to 1."""
    return Factors(kind, tuple(Factor(f"f{place}", "real", 0.0, 1.0) for place in range(width)), samples, **more)


@pytest.mark.parametrize("samples", [1, 7, 50])
def test_a_latin_hypercube_has_one_point_in_each_stratum_of_each_factor(samples):
    strata = np.floor(drawn("lhs", samples).shares() * samples)
    assert (np.sort(strata, axis=0) == np.arange(samples)[:, None]).all()


@pytest.mark.parametrize("power", [1, 3, 6])
def test_the_first_two_to_the_k_points_of_a_sequence_lie_one_in_each_dyadic_interval(power):
    shares = drawn("sequence", 100, width=5).shares()[: 2**power]
    assert (np.sort(np.floor(shares * 2**power), axis=0) == np.arange(2**power)[:, None]).all()


@pytest.mark.parametrize("split", range(5))
def test_a_sequence_in_two_factors_has_one_point_in_each_dyadic_rectangle(split):
    """The first 2⁴ points are a (0, 4, 2)-net in base 2, whichever way the square is cut into 16 equal rectangles."""
    shares = drawn("sequence", 16, width=2).shares()
    cells = np.floor(shares * [2**split, 2 ** (4 - split)])
    assert len({tuple(cell) for cell in cells.tolist()}) == 16


def test_the_means_over_a_sequence_are_nearer_than_those_of_chance():
    """Of 1,024 points each mean is within 0.001 of one half; by chance its standard error alone is 0.009."""
    assert np.abs(drawn("sequence", 1024).shares().mean(axis=0) - 0.5).max() < 1e-3


@pytest.mark.parametrize("second_order", [False, True])
def test_a_sobol_design_is_that_of_salib(second_order):
    design = drawn("sobol", 16, second_order=second_order)
    theirs = sobol_of_salib.sample(
        design.problem(), 16, calc_second_order=second_order, seed=np.random.default_rng(_seed_of_drawing(1))
    )
    assert design.points == len(theirs) == 16 * (8 if second_order else 5)
    np.testing.assert_allclose(design.shares(), theirs, atol=1e-9)  # ours lie in the middle of its cells


@pytest.mark.parametrize("levels", [2, 4, 8])
def test_each_step_of_morris_changes_one_factor_by_its_step_and_each_factor_once(levels):
    design = drawn("morris", 20, width=4, levels=levels)
    shares = design.shares().reshape(20, 5, 4)
    steps = np.diff(shares, axis=1)
    size = levels / (2 * (levels - 1))
    assert (np.count_nonzero(steps, axis=2) == 1).all()
    assert (np.count_nonzero(steps, axis=1) == 1).all()
    np.testing.assert_allclose(np.abs(steps[steps != 0]), size)
    on_levels = shares * (levels - 1)
    np.testing.assert_array_equal(on_levels, np.round(on_levels))


def test_a_step_of_morris_moves_whole_numbers_and_choices_too():
    """Its step is more than half of the range, so even of two values it never keeps the one it has."""
    factors = (Factor("n", "whole", 1, 2), Factor("c", "choice", values=("a", "b", "c")), Factor("x", "real", 0, 1))
    points = np.array(Factors("morris", factors, 30).values(), dtype=object).T.reshape(30, 4, 3)
    for trajectory in points:
        for before, after in pairwise(trajectory):
            assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


@pytest.mark.parametrize("kind", ["sequence", "sobol", "morris"])
def test_more_samples_begin_with_the_points_that_there_were(kind):
    few, many = drawn(kind, 8), drawn(kind, 32)
    np.testing.assert_array_equal(many.shares()[: few.points], few.shares())


@pytest.mark.parametrize("kind", KINDS)
def test_a_design_is_drawn_again_from_what_is_written_of_it(kind):
    design = drawn(kind, 8, seed=5)
    again = Factors.of(json.loads(json.dumps(design.plain())))
    assert again == design
    np.testing.assert_array_equal(again.shares(), design.shares())
    assert len(design.shares()) == design.points
    assert not np.array_equal(design.shares(), drawn(kind, 8, seed=6).shares())


@pytest.mark.parametrize("kind", ["lhs", "sequence", "sobol"])
def test_no_point_meets_an_end_of_its_range(kind):
    shares = drawn(kind, 256).shares()
    assert shares.min() > 0
    assert shares.max() < 1


def test_sobol_indices_of_a_sum_are_the_shares_of_its_terms_in_the_variance():
    """For y = Σ bᵢ xᵢ the first and the total index of xᵢ are both bᵢ² / Σ bⱼ²; points of a sequence miss them by < 0.01."""
    weights = np.array([3.0, 2.0, 1.0])
    design = drawn("sobol", 256)
    found = sobol_analysis.analyze(design.problem(), design.shares() @ weights, calc_second_order=False, seed=1)
    expected = weights**2 / (weights**2).sum()
    np.testing.assert_allclose(found["S1"], expected, atol=0.01)
    np.testing.assert_allclose(found["ST"], expected, atol=0.01)


def test_the_index_of_a_pair_is_that_of_a_product():
    """For y = (x₁ − ½)(x₂ − ½) all of the variance is the pair's."""
    design = drawn("sobol", 512, second_order=True)
    x = design.shares()
    found = sobol_analysis.analyze(design.problem(), (x[:, 0] - 0.5) * (x[:, 1] - 0.5), seed=1)
    assert found["S2"][0, 1] == pytest.approx(1.0, abs=0.05)
    assert found["S2"][0, 2] == pytest.approx(0.0, abs=0.05)


def test_elementary_effects_of_a_sum_are_its_weights():
    weights = np.array([3.0, -2.0, 0.0])
    design = drawn("morris", 10)
    x = design.shares()
    found = morris_analysis.analyze(design.problem(), x, x @ weights, num_levels=design.levels, seed=1)
    np.testing.assert_allclose(found["mu"], weights, atol=1e-12)
    np.testing.assert_allclose(found["sigma"], 0.0, atol=1e-12)
