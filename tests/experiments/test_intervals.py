"""Intervals: as the books have them."""

import numpy as np
import pytest

from ecosim.experiments.intervals import half_width, wilson


def test_half_of_an_interval_is_students():
    """1, 2, 3: s = 1, and the 97.5 % quantile with two degrees of freedom is 4.302653."""
    assert half_width(np.array([1.0, 2.0, 3.0])) == pytest.approx(4.302653 / np.sqrt(3))


def test_a_share_has_wilsons_interval():
    """None of n: [0, z² / (n + z²)]; and what is said of successes is said of failures the other way round."""
    z2 = 1.959964**2
    assert wilson(0.0, 30) == pytest.approx((0.0, 0.0, z2 / (30 + z2)))
    share, low, high = wilson(7 / 30, 30)
    assert (1 - share, 1 - high, 1 - low) == pytest.approx(wilson(23 / 30, 30))
    assert low < share < high
