import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.errors import InputError
from ecosim.measures.inequality import atkinson, gini

holdings = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=40).map(np.array)


def test_equal_holdings_have_no_inequality():
    assert gini(np.full(7, 0.1)) == 0
    assert atkinson(np.full(7, 0.1)) == pytest.approx(0, abs=1e-12)


def test_one_who_has_everything_leaves_a_gini_of_one_less_its_share():
    assert gini([0, 0, 0, 8]) == pytest.approx(1 - 1 / 4)


def test_an_exponential_distribution_has_a_gini_of_one_half():
    quantiles = -np.log1p(-(np.arange(100_000) + 0.5) / 100_000)
    assert gini(quantiles) == pytest.approx(0.5, abs=1e-4)


@given(holdings)
def test_gini_equals_its_sum_over_all_pairs(values):
    pairs = np.abs(np.subtract.outer(values, values)).sum() / (2 * values.size**2 * values.mean())
    assert gini(values) == pytest.approx(pairs, abs=1e-9)


@given(holdings, st.floats(0.01, 100), st.sampled_from([0.0, 0.5, 1.0, 2.0]))
def test_neither_unit_nor_replication_matter(values, unit, epsilon):
    assert gini(unit * values) == pytest.approx(gini(values), abs=1e-9)
    assert gini(np.tile(values, 3)) == pytest.approx(gini(values), abs=1e-9)
    assert atkinson(unit * values, epsilon) == pytest.approx(atkinson(values, epsilon), abs=1e-9)
    assert atkinson(np.tile(values, 3), epsilon) == pytest.approx(atkinson(values, epsilon), abs=1e-9)


@given(st.lists(st.floats(1, 100), min_size=2, max_size=20), st.floats(0.01, 0.5), st.sampled_from([0.5, 1.0, 2.0]))
def test_a_gift_from_richest_to_poorest_lowers_inequality(values, share, epsilon):
    before = np.sort(values)
    gap = before[-1] - before[0]
    after = before.copy()
    after[0] += share * gap
    after[-1] -= share * gap
    assert gini(after) <= gini(before) + 1e-12
    assert atkinson(after, epsilon) <= atkinson(before, epsilon) + 1e-12


@given(holdings)
def test_indices_stay_within_their_range_and_atkinson_grows_with_aversion(values):
    assert 0 <= gini(values) < 1
    rising = [atkinson(values, epsilon) for epsilon in (0.0, 0.25, 0.5, 1.0, 1.5, 3.0)]
    assert rising[0] == pytest.approx(0, abs=1e-9)
    assert all(low <= high + 1e-9 for low, high in itertools.pairwise(rising))
    assert rising[-1] <= 1


def test_atkinson_at_one_is_one_less_geometric_over_arithmetic_mean():
    assert atkinson([1, 4], 1.0) == pytest.approx(1 - 2 / 2.5)
    assert atkinson([1, 4], 1.0 + 1e-7) == pytest.approx(1 - 2 / 2.5, abs=1e-6)


def test_one_who_has_nothing_makes_atkinson_full_from_aversion_one():
    assert atkinson([0, 1], 1.0) == 1
    assert atkinson([0, 1], 2.0) == 1
    assert atkinson([0, 1], 0.5) == pytest.approx(0.5)
    assert atkinson([0, 1]) == pytest.approx(0.5), "the aversion that is meant where none is given"


@pytest.mark.parametrize("nothing", [[], [np.nan], [0, 0], [-1, 2]])
def test_where_nothing_is_to_share_inequality_is_missing(nothing):
    assert np.isnan(gini(nothing))
    assert np.isnan(atkinson(nothing))


def test_negative_aversion_is_refused():
    with pytest.raises(InputError, match="epsilon"):
        atkinson([1, 2], -0.1)
