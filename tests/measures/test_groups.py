import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.errors import InputError
from ecosim.measures.groups import distinctness, divergence, group_consensus, groups, sides, size_parity

labelled = st.lists(st.tuples(st.floats(-1, 1, allow_subnormal=False), st.integers(-1, 3)), min_size=1, max_size=40)


def apart(pairs):
    values, labels = zip(*pairs, strict=True)
    return np.array(values), np.array(labels)


def test_two_united_camps_diverge_by_their_distance():
    values = [-0.5] * 3 + [0.75] * 3
    found = groups(values)
    assert found == pytest.approx((1.25, 1.0, 1.0, 1.0))


def test_divergence_over_three_groups_is_the_mean_over_pairs():
    assert divergence([0, 0.3, 0.9], [0, 1, 2]) == pytest.approx((0.3 + 0.6 + 0.9) / 3)


def test_consensus_is_one_minus_mean_distance_within_groups_by_half_the_scale():
    values, labels = [0.0, 0.4, 0.5, 0.5, 0.5], [0, 0, 1, 1, 1]
    assert group_consensus(values, labels) == pytest.approx(1 - (0.2 + 0.2) / 5)
    assert group_consensus([-1, 1], [0, 0]) == pytest.approx(0)


def test_groups_with_the_same_opinions_are_not_distinct():
    values = np.tile(np.linspace(-1, 1, 30), 2)
    assert distinctness(values, np.repeat([0, 1], 30)) == pytest.approx(0, abs=1e-12)
    assert divergence(values, np.repeat([0, 1], 30)) == pytest.approx(0, abs=1e-12)


def test_distinctness_is_one_minus_the_common_part_of_histograms():
    assert distinctness([-1, 0, 0, 1], [0, 0, 1, 1]) == pytest.approx(0.5)


def test_size_parity_is_entropy_relative_to_equal_groups():
    assert size_parity([0, 0, 1, 1, 2, 2]) == pytest.approx(1)
    p = np.array([0.75, 0.25])
    assert size_parity([0, 0, 0, 1]) == pytest.approx(-(p * np.log(p)).sum() / np.log(2))
    assert size_parity([5, 5, 7]) == pytest.approx(size_parity([0, 0, 1]))


def test_one_group_alone_has_no_divergence_distinctness_or_parity():
    found = groups([0.1, 0.2], [1, 1])
    assert np.isnan([found.divergence, found.distinctness, found.size_parity]).all()
    assert found.consensus == pytest.approx(0.95)


def test_nobody_has_no_group_measures():
    assert np.isnan(groups([], [])).all()
    assert np.isnan(groups([0.5, np.nan], [-1, 0])).all()
    assert np.isnan(size_parity([]))


def test_who_stands_on_the_middle_takes_no_side():
    assert sides([-0.1, 0.0, 0.1, np.nan]).tolist() == [0, -1, 1, -1]


@given(labelled, st.randoms(use_true_random=False))
def test_neither_order_nor_names_of_groups_matter(pairs, random):
    values, labels = apart(pairs)
    shuffled = list(pairs)
    random.shuffle(shuffled)
    other_values, other_labels = apart(shuffled)
    renamed = np.where(other_labels >= 0, np.array([2, 0, 5, 1, -1])[other_labels], -1)
    assert np.allclose(groups(values, labels), groups(other_values, renamed), atol=1e-9, equal_nan=True)


@given(labelled)
def test_mirrored_groups_measure_the_same(pairs):
    values, labels = apart(pairs)
    assert np.allclose(groups(values, labels), groups(-values, labels), atol=1e-12, equal_nan=True)
    assert np.allclose(groups(values), groups(-values), atol=1e-12, equal_nan=True)


@given(labelled)
def test_group_measures_stay_within_their_ranges(pairs):
    found = groups(*apart(pairs))
    for number, low, high in zip(found, (0, 0, 0, 0), (2, 1, 1, 1), strict=True):
        assert np.isnan(number) or low - 1e-12 <= number <= high + 1e-12


def test_a_label_is_needed_for_everyone():
    with pytest.raises(InputError, match="one label for each"):
        groups([0.1, 0.2], [0])
