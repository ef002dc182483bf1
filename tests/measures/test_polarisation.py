from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.errors import InputError
from ecosim.measures.polarisation import (
    bimodality,
    coverage,
    dispersion,
    esteban_ray,
    histogram,
    polarisation,
    regionalisation,
    spread,
    van_der_eijk_agreement,
    van_der_eijk_polarisation,
)

stances = st.lists(st.floats(-1, 1, allow_subnormal=False), min_size=1, max_size=40).map(np.array)


def pairwise_esteban_ray(places, masses, alpha):
    masses = np.asarray(masses) / np.sum(masses)
    distances = np.abs(np.subtract.outer(places, places))
    return float((masses ** (1 + alpha)) @ distances @ masses)


def camps(*places_and_sizes):
    return np.concatenate([np.full(size, float(place)) for place, size in places_and_sizes])


def panels_equal(one, other):
    return np.allclose(one, other, rtol=1e-9, atol=1e-9, equal_nan=True)


@pytest.mark.parametrize(("alpha", "expected"), [(1.0, 0.25), (1.3, 0.2030631), (1.6, 0.1649385)])
def test_two_equal_camps_polarise_as_published(alpha, expected):
    assert esteban_ray([0, 1], masses=[1, 1], alpha=alpha) == pytest.approx(expected, abs=1e-7)
    assert esteban_ray(camps((0, 50), (1, 50)), alpha=alpha) == pytest.approx(expected, abs=1e-7)


def test_three_equal_camps_polarise_less_than_two():
    assert esteban_ray([0, 0.5, 1], masses=[1, 1, 1], alpha=1.0) == pytest.approx(4 / 27)


def test_no_distribution_polarises_more_than_two_equal_camps_at_the_ends():
    for alpha in (0.3, 1.0, 1.6):
        most = 2.0 / 2 ** (1 + alpha)
        assert esteban_ray(camps((-1, 7), (1, 7)), alpha=alpha) == pytest.approx(most)


@given(
    st.lists(st.tuples(st.floats(-10, 10), st.floats(0.01, 10)), min_size=1, max_size=20),
    st.floats(0.01, 1.6),
)
def test_sorted_sum_equals_the_sum_over_all_pairs(camps_, alpha):
    places, masses = map(np.array, zip(*camps_, strict=True))
    assert esteban_ray(places, masses, alpha) == pytest.approx(pairwise_esteban_ray(places, masses, alpha), abs=1e-12)


@given(stances)
def test_without_masses_camps_are_bins_at_their_mean(values):
    bins = np.sign(values) * np.floor(np.abs(values) * 21 / 2 + 0.5)
    bins = np.clip(bins, -10, 10)
    places = [values[bins == b].mean() for b in np.unique(bins)]
    masses = [np.sum(bins == b) for b in np.unique(bins)]
    assert esteban_ray(values) == pytest.approx(pairwise_esteban_ray(places, masses, 1.3), abs=1e-12)


def test_masses_need_no_common_sum_and_empty_camps_do_not_count():
    assert esteban_ray([0, 1, 9], [3, 3, 0]) == pytest.approx(esteban_ray([0, 1], [0.5, 0.5]))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (camps((0, 500), (1, 500)), 0.9950070),
        (np.linspace(0, 1, 20_001), 5 / 9),
    ],
)
def test_bimodality_has_its_published_values(values, expected):
    assert bimodality(values) == pytest.approx(expected, abs=2e-4)


def test_bimodality_of_a_normal_population_is_a_third():
    from scipy.special import ndtri

    quantiles = ndtri((np.arange(200_000) + 0.5) / 200_000)
    assert bimodality(quantiles) == pytest.approx(1 / 3, abs=1e-3)


def test_bimodality_agrees_with_bias_corrected_moments_of_scipy():
    from scipy.stats import kurtosis, skew

    values = np.random.default_rng(3).beta(0.5, 1.5, 57)
    n = values.size
    expected = (skew(values, bias=False) ** 2 + 1) / (
        kurtosis(values, bias=False) + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))
    )
    assert bimodality(values) == pytest.approx(expected, rel=1e-12)


def test_one_mind_is_not_polarised_and_has_no_bimodality():
    panel = polarisation(np.full(50, 0.1))
    assert panel.esteban_ray == panel.spread == panel.dispersion == panel.regionalisation == panel.van_der_eijk == 0
    assert panel.coverage == pytest.approx(1 / 21)
    assert np.isnan(panel.bimodality)


def test_two_camps_at_the_ends_reach_the_most_of_every_measure_but_coverage():
    panel = polarisation(camps((-1, 50), (1, 50)))
    assert panel.spread == 2
    assert panel.dispersion == 1
    assert panel.van_der_eijk == 1
    assert panel.regionalisation == 1
    assert panel.coverage == pytest.approx(2 / 21)


def test_spread_and_dispersion_follow_their_definitions():
    assert spread([0.2, -0.4, 0.1]) == pytest.approx(0.6)
    assert dispersion([0, 0, 3]) == pytest.approx(4 / 3)


def test_gaps_are_counted_between_camps_and_not_at_the_margins():
    assert regionalisation(camps((-0.5, 3), (0, 3), (0.5, 3))) == 2
    assert regionalisation(np.linspace(-0.5, 0.5, 100)) == 0
    assert coverage(np.linspace(-1, 1, 1000)) == 1


def test_nobody_makes_every_measure_missing():
    for nobody in ([], [np.nan, np.nan]):
        assert np.isnan(polarisation(nobody)).all()
        assert np.isnan([esteban_ray(nobody), esteban_ray(nobody, nobody and [1, 1]), spread(nobody)]).all()


def test_three_organisations_have_a_panel_without_bimodality():
    panel = polarisation([-1, 0, 1])
    assert np.isnan(panel.bimodality)
    assert np.isfinite([number for name, number in panel._asdict().items() if name != "bimodality"]).all()


@given(stances, st.randoms(use_true_random=False))
def test_the_order_of_organisations_does_not_matter(values, random):
    shuffled = values.copy()
    random.shuffle(shuffled)
    assert panels_equal(polarisation(values), polarisation(shuffled))


@given(stances)
def test_a_mirrored_population_is_as_polarised(values):
    assert panels_equal(polarisation(values), polarisation(-values))


@given(stances)
def test_a_population_counted_twice_is_as_polarised(values):
    twice = np.concatenate((values, values))
    one, two = polarisation(values)._asdict(), polarisation(twice)._asdict()
    del one["bimodality"], two["bimodality"]  # its moments are corrected for the number of organisations
    assert panels_equal(list(one.values()), list(two.values()))


@given(stances)
def test_missing_values_are_as_if_nobody_were_there(values):
    with_missing = np.concatenate(([np.nan], values, [np.nan, np.inf]))
    assert panels_equal(polarisation(values), polarisation(with_missing))


@given(st.lists(st.integers(-100, 100), min_size=1, max_size=40), st.floats(0.01, 100), st.floats(-100, 100))
def test_measures_in_units_of_the_values_stretch_and_do_not_shift(whole, stretch, shift):
    values = np.array(whole, dtype=float)
    moved = values * stretch + shift
    scale = {"lowest": -100.0, "highest": 100.0}
    moved_scale = {"lowest": -100.0 * stretch + shift, "highest": 100.0 * stretch + shift}
    one, other = polarisation(values, **scale), polarisation(moved, **moved_scale)
    assert other.spread == pytest.approx(stretch * one.spread, abs=1e-9)
    assert other.dispersion == pytest.approx(stretch * one.dispersion, abs=1e-9)
    if whole.count(whole[0]) < len(whole):
        assert other.bimodality == pytest.approx(one.bimodality, rel=1e-6, nan_ok=True)
    masses = np.ones(values.size)
    assert esteban_ray(moved, masses) == pytest.approx(stretch * esteban_ray(values, masses), abs=1e-9)


@given(stances)
def test_every_measure_stays_within_its_range(values):
    panel = polarisation(values)
    assert 0 <= panel.esteban_ray <= 2 / 2**2.3 + 1e-12
    assert np.isnan(panel.bimodality) or 0 <= panel.bimodality <= 1 + 1e-9
    assert 0 <= panel.dispersion <= 1 + 1e-12
    assert panel.dispersion <= panel.spread <= 2
    assert 1 / 21 <= panel.coverage <= 1
    assert 0 <= panel.regionalisation <= 10
    assert -1e-12 <= panel.van_der_eijk <= 1


@given(stances)
def test_the_panel_says_what_the_single_measures_say(values):
    rating = van_der_eijk_polarisation(histogram(values, bins=7))
    singles = (
        esteban_ray(values),
        bimodality(values),
        spread(values),
        dispersion(values),
        coverage(values),
        regionalisation(values),
        rating,
    )
    assert np.array_equal(polarisation(values), singles, equal_nan=True)


def test_values_beyond_the_scale_fall_into_the_outermost_bins():
    assert histogram([-7, -1, 1, 1e300], bins=5).tolist() == [2, 0, 0, 0, 2]


def test_histogram_agrees_with_numpy_away_from_edges():
    values = np.random.default_rng(5).uniform(-1, 1, 1000)
    assert histogram(values, bins=11).tolist() == np.histogram(values, 11, (-1, 1))[0].tolist()


def test_van_der_eijk_has_its_published_value():
    counts = [30, 40, 210, 130, 530, 50, 10]
    assert van_der_eijk_agreement(counts) == pytest.approx(0.6113333, abs=1e-7)
    assert van_der_eijk_polarisation(counts) == pytest.approx(0.1943333, abs=1e-7)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([0, 9, 0, 0, 0], 1.0),
        ([4, 4, 4, 4, 4], 0.0),
        ([9, 0, 0, 0, 9], -1.0),
        ([1, 0, 1, 0, 0, 0, 0], None),
    ],
)
def test_agreement_is_one_zero_and_minus_one_at_its_marks(counts, expected):
    assert van_der_eijk_agreement(counts) == pytest.approx(
        agreement_by_triples(counts) if expected is None else expected
    )


@given(st.lists(st.integers(0, 9), min_size=3, max_size=9).filter(any))
def test_agreement_equals_its_definition_over_triples(counts):
    agreement = van_der_eijk_agreement(counts)
    assert agreement == pytest.approx(agreement_by_triples(counts), abs=1e-12)
    assert agreement == pytest.approx(van_der_eijk_agreement(counts[::-1]), abs=1e-12)
    assert agreement == pytest.approx(van_der_eijk_agreement([7 * count for count in counts]), abs=1e-12)


def agreement_by_triples(counts):
    counts, agreement, total = list(counts), 0.0, sum(counts)
    while any(counts):
        height = min(count for count in counts if count)
        pattern = [int(count > 0) for count in counts]
        agreement += height * sum(pattern) / total * pattern_agreement(pattern)
        counts = [count - height if count else 0 for count in counts]
    return agreement


def pattern_agreement(pattern):
    k, full = len(pattern), sum(pattern)
    if full == 1:
        return 1.0
    triples = [(pattern[a], pattern[b], pattern[c]) for a, b, c in product(range(k), repeat=3) if a < b < c]
    unimodal, bimodal = triples.count((1, 1, 0)) + triples.count((0, 1, 1)), triples.count((1, 0, 1))
    if unimodal + bimodal == 0:
        return 0.0
    u = ((k - 2) * unimodal - (k - 1) * bimodal) / ((k - 2) * (unimodal + bimodal))
    return u * (1 - (full - 1) / (k - 1))


def test_no_answers_have_no_agreement():
    assert np.isnan(van_der_eijk_agreement([0, 0, 0]))


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (lambda: esteban_ray([0, 1], alpha=1.7), "alpha"),
        (lambda: esteban_ray([0, 1], alpha=0.0), "alpha"),
        (lambda: esteban_ray([0, 1], alpha=float("nan")), "alpha"),
        (lambda: esteban_ray([0, 1], [1]), "masses"),
        (lambda: esteban_ray([0, 1], [1, -1]), "masses"),
        (lambda: polarisation([[0, 1]]), "one dimension"),
        (lambda: coverage([0, 1], bins=10), "odd"),
        (lambda: van_der_eijk_agreement([1, 2]), "three categories"),
        (lambda: van_der_eijk_agreement([1, 2, -1]), "≥ 0"),
    ],
)
def test_impossible_parameters_are_refused_by_name(refused, words):
    with pytest.raises(InputError, match=words):
        refused()


def test_an_impossible_scale_is_refused_with_all_its_faults():
    with pytest.raises(InputError) as refusal:
        polarisation([0, 1], bins=4, lowest=1, highest=-1)
    assert len(refusal.value.faults) == 2
