"""Odds: the rough exponential errs by far less than what is taken for close, and far exponents decide nothing wrongly."""

import math

import numpy as np
import pytest

from ecosim.dynamics.odds import CLOSE, FAR, rough_exponential


def test_the_rough_exponential_errs_by_less_than_a_hundredth_of_what_is_close():
    for exponent in np.linspace(-FAR, FAR, 20_001):
        assert rough_exponential(exponent) == pytest.approx(math.exp(exponent), rel=CLOSE / 100)


def test_beyond_far_it_stays_where_it_is_and_no_drawn_number_but_nought_is_below_its_inverse():
    assert rough_exponential(np.inf) == rough_exponential(1e4) == rough_exponential(FAR) > 2.0**32
    assert rough_exponential(-np.inf) == rough_exponential(-FAR) < CLOSE / 100
