"""Factors: which value belongs to which share of a range."""

import json
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.experiments.factor import Factor

EVENLY = (np.arange(6000) + 0.5) / 6000
FACTORS = (
    Factor("a", "real", -1.5, 2.5),
    Factor("a", "real", 0.01, 100.0, True),
    Factor("a", "whole", 3, 8),
    Factor("a", "whole", 1, 1000, True),
    Factor("a", "choice", values=("x", 2, {"rule": "y"}, None)),
)


@pytest.mark.parametrize("factor", FACTORS, ids=lambda factor: f"{factor.kind}{'-log' * factor.is_log}")
def test_a_factor_begins_and_ends_at_its_ends_and_rises_between(factor):
    values = factor.at(np.linspace(0, 1, 101))
    places = [factor.values.index(value) for value in values] if factor.kind == "choice" else values
    low, high = (0, len(factor.values) - 1) if factor.kind == "choice" else (factor.low, factor.high)
    assert (places[0], places[-1]) == (low, high)
    assert all(before <= after for before, after in pairwise(places))


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_equal_shares_of_a_range_are_equal_differences(low, width):
    quarter, half, three = Factor("a", "real", low, low + width).at(np.array([0.25, 0.5, 0.75]))
    assert half - quarter == pytest.approx(width / 4, rel=1e-6)
    assert three - half == pytest.approx(width / 4, rel=1e-6)


@given(st.floats(1e-6, 1e3), st.floats(1.1, 1e6))
def test_equal_shares_on_a_logarithmic_scale_are_equal_ratios(low, ratio):
    quarter, half, three = Factor("a", "real", low, low * ratio, True).at(np.array([0.25, 0.5, 0.75]))
    assert half / quarter == pytest.approx(ratio**0.25)
    assert three / half == pytest.approx(ratio**0.25)


@pytest.mark.parametrize(("factor", "count"), [(FACTORS[2], 6), (FACTORS[4], 4)])
def test_every_whole_number_and_every_choice_is_as_likely_as_another(factor, count):
    assert set(Counter(map(str, factor.at(EVENLY))).values()) == {6000 / count}
    assert factor.count == count


def test_whole_numbers_on_a_logarithmic_scale_have_shares_by_their_ratios():
    """Of 1 to 7, the number k has the share log(1 + 1/k) / log 8."""
    counts = Counter(Factor("a", "whole", 1, 7, True).at(EVENLY))
    for k in range(1, 8):
        assert counts[k] / 6000 == pytest.approx(np.log(1 + 1 / k) / np.log(8), abs=1 / 6000)


def test_whole_numbers_are_whole():
    assert all(type(value) is int for value in FACTORS[2].at(EVENLY) + FACTORS[3].at(EVENLY))


@pytest.mark.parametrize("factor", FACTORS, ids=lambda factor: factor.kind)
def test_a_factor_survives_being_written_as_json(factor):
    assert Factor.of(json.loads(json.dumps(factor.plain()))) == factor
