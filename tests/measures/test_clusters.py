import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.errors import InputError
from ecosim.measures.clusters import opinion_clusters


@pytest.mark.parametrize("k", [1, 2, 5])
def test_equal_clusters_are_counted_and_effective_in_the_same_number(k):
    values = np.repeat(np.linspace(-1, 1, k), 30)
    assert opinion_clusters(values) == (k, pytest.approx(k), 0)


def test_clusters_below_one_per_cent_are_reported_apart():
    values = np.concatenate((np.full(150, -0.5), np.full(149, 0.5), [0.9]))
    found = opinion_clusters(values)
    assert (found.large, found.small) == (2, 1)
    assert found.effective == pytest.approx(299**2 / (150**2 + 149**2))


def test_a_chain_of_near_neighbours_is_one_cluster_however_long():
    assert opinion_clusters(np.linspace(-1, 1, 100), gap=0.03).large == 1
    assert opinion_clusters(np.linspace(-1, 1, 100), gap=0.01, smallest_share=0.01).large == 100


def test_nobody_is_in_no_cluster():
    assert np.isnan(opinion_clusters([np.nan])).all()


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=60), st.randoms(use_true_random=False))
def test_order_mirror_image_and_missing_values_do_not_matter(whole, random):
    values = np.array(whole) / 50
    shuffled = values.copy()
    random.shuffle(shuffled)
    found = opinion_clusters(values, gap=0.05)
    assert opinion_clusters(shuffled, gap=0.05) == found
    assert opinion_clusters(np.append(values, np.nan), gap=0.05) == found
    assert opinion_clusters(-values, gap=0.0501) == pytest.approx(opinion_clusters(values, gap=0.0501))


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=60), st.floats(0, 1))
def test_effective_clusters_are_between_one_and_all(values, gap):
    found = opinion_clusters(values, gap=gap)
    assert 1 - 1e-12 <= found.effective <= found.large + 1e-9
    cuts = np.sum(np.diff(np.sort(values)) > gap)
    assert found.large + found.small == cuts + 1


def test_impossible_parameters_are_refused_by_name():
    with pytest.raises(InputError, match="gap"):
        opinion_clusters([0, 1], gap=-1)
    with pytest.raises(InputError, match="smallest_share"):
        opinion_clusters([0, 1], smallest_share=2)
