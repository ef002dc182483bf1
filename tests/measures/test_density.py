import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import gaussian_kde

from ecosim.errors import InputError
from ecosim.measures.density import density, duclos_esteban_ray, fracturing

NORMAL = ndtri((np.arange(20_000) + 0.5) / 20_000)
stances = st.lists(st.floats(-1, 1, allow_subnormal=False), min_size=2, max_size=40).map(np.array)


def camps(*places, size=40, width=0.02):
    return np.concatenate([place + width * NORMAL[:: NORMAL.size // size] for place in places])


@pytest.mark.parametrize("alpha", [0.25, 0.5, 1.0])
@pytest.mark.parametrize("bandwidth", [0.1, 0.5])
def test_a_normal_population_polarises_as_in_closed_form(alpha, bandwidth):
    """With f standard normal and the estimate N(0, 1 + h²), the estimator's integral is Gaussian."""
    smooth = 1 + bandwidth**2
    precision = 1 + alpha / smooth
    mass = (2 * np.pi * smooth) ** (-alpha / 2) / np.sqrt(precision)
    expected = mass * np.sqrt(2 / np.pi) * np.sqrt(1 + 1 / precision)
    found = duclos_esteban_ray(NORMAL, alpha, bandwidth=bandwidth, grid=513)
    assert found == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("alpha", [0.25, 0.5, 1.0])
def test_a_uniform_population_polarises_as_in_closed_form(alpha):
    """f = 1/2 on [−1, 1]: 2^(−α) times the mean distance 2/3, up to the loss at the ends of the range."""
    values = np.linspace(-1, 1, 20_001)
    found = duclos_esteban_ray(values, alpha, bandwidth=0.01, grid=1025)
    assert found == pytest.approx(2**-alpha * 2 / 3, rel=0.01)


def test_the_density_agrees_with_scipy():
    values = np.random.default_rng(2).normal(size=200)
    points, shares, heights = density(values, bandwidth=0.3, grid=257)
    expected = gaussian_kde(values, bw_method=0.3 / values.std(ddof=1))(points)
    assert heights == pytest.approx(expected, rel=0.01, abs=1e-4)
    assert shares.sum() == pytest.approx(1)
    assert points @ shares == pytest.approx(values.mean())


def test_the_usual_bandwidth_is_silvermans_rule():
    values = np.random.default_rng(2).normal(size=200)
    rule = 0.9 * values.std(ddof=1) * 200**-0.2
    assert duclos_esteban_ray(values) == pytest.approx(duclos_esteban_ray(values, bandwidth=rule), rel=1e-12)


@given(stances, st.floats(0.25, 1.0), st.floats(0.1, 10))
def test_stretching_raises_polarisation_by_the_power_one_minus_alpha(values, alpha, stretch):
    expected = stretch ** (1 - alpha) * duclos_esteban_ray(values, alpha)
    assert duclos_esteban_ray(stretch * values, alpha) == pytest.approx(expected, rel=1e-6, nan_ok=True)


@given(stances)
def test_mirror_image_and_order_do_not_matter(values):
    for other in (-values, np.sort(values)):
        assert duclos_esteban_ray(other) == pytest.approx(duclos_esteban_ray(values), rel=1e-6)


def test_camps_polarise_more_the_more_they_unite_and_part():
    wide, united = camps(-0.5, 0.5, width=0.2), camps(-0.5, 0.5, width=0.1)
    parted = camps(-0.8, 0.8, width=0.1)
    assert (
        duclos_esteban_ray(wide, bandwidth=0.1)
        < duclos_esteban_ray(united, bandwidth=0.1)
        < duclos_esteban_ray(parted, bandwidth=0.1)
    )


def test_one_mind_does_not_polarise_unless_the_limit_depends_on_its_shape():
    assert duclos_esteban_ray([0.3, 0.3], 0.5) == 0
    assert np.isnan(duclos_esteban_ray([0.3, 0.3], 1.0))
    assert np.isnan(duclos_esteban_ray([], 0.5))
    assert np.isnan(duclos_esteban_ray([np.nan], 0.5))


@pytest.mark.parametrize("places", [(0.0,), (-0.9, 0.9), (-1, 0, 1), (-0.9, -0.3, 0.3, 0.9)])
def test_modes_count_camps_that_are_well_apart(places):
    assert fracturing(camps(*places), bandwidth=0.05) == len(places)


def test_two_camps_at_the_very_ends_are_two_modes_with_the_usual_bandwidth():
    assert fracturing(np.repeat([-1.0, 1.0], 100)) == 2


def test_a_normal_and_a_uniform_population_have_one_mode():
    assert fracturing(NORMAL) == 1
    assert fracturing(np.linspace(-1, 1, 200)) == 1


def test_a_single_dissenter_in_two_hundred_is_no_camp():
    values = np.append(camps(-0.5, size=199), 0.9)
    assert fracturing(values, bandwidth=0.05) == 1
    assert fracturing(values, bandwidth=0.05, smallest_share=0.0) == 2


def test_a_shallow_valley_does_not_part_a_camp():
    values = camps(-0.15, 0.15, width=0.12, size=4000)
    points, _, heights = density(values, bandwidth=0.02)
    middle, top = heights[np.abs(points).argmin()], heights.max()
    depth = 1 - middle / top
    assert 0.05 < depth < 0.5
    assert fracturing(values, bandwidth=0.02, valley=depth + 0.05) == 1
    assert fracturing(values, bandwidth=0.02, valley=depth - 0.03) == 2


def test_nobody_has_no_mode_and_one_mind_has_one():
    assert np.isnan(fracturing([]))
    assert fracturing([0.2, 0.2]) == 1


@given(stances)
def test_a_mirrored_population_has_as_many_modes(values):
    values = np.round(values, 2)
    assert fracturing(values, bandwidth=0.1) == fracturing(-values, bandwidth=0.1)


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (lambda: duclos_esteban_ray([0, 1], 0.2), "alpha"),
        (lambda: duclos_esteban_ray([0, 1], bandwidth=0.0), "bandwidth"),
        (lambda: duclos_esteban_ray([0, 1], grid=2), "grid"),
        (lambda: fracturing([0, 1], valley=1.5), "valley"),
        (lambda: fracturing([0, 1], smallest_share=-0.1), "smallest_share"),
    ],
)
def test_impossible_parameters_are_refused_by_name(refused, words):
    with pytest.raises(InputError, match=words):
        refused()
