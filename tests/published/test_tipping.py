"""Tipping points: the mean fields that runs are held against, and how a tipping point is found."""

import numpy as np
import pytest

from ecosim.published import centola_2018, granovetter_1978, xie_2011
from ecosim.published.tipping import bare, critical_shares


def test_the_critical_share_of_a_memory_of_twelve_is_that_of_other_programs():
    assert centola_2018.critical_share(12) == pytest.approx(centola_2018.LISTED, abs=5e-5)


@pytest.mark.parametrize("memory", [3, 7, 12, 20])
def test_below_the_critical_share_the_new_convention_stays_low_and_above_it_wins(memory):
    critical = centola_2018.critical_share(memory)
    assert centola_2018.lower_level(memory, critical - 0.002) < 0.3
    assert centola_2018.lower_level(memory, critical + 0.002) > 0.9


def test_with_a_memory_of_one_any_committed_share_wins():
    assert centola_2018.critical_share(1) < 1e-3


def test_the_naming_game_tips_where_other_programs_say():
    assert xie_2011.lower_level(0.0969) < 0.2
    assert list(xie_2011.course(0.0989, 3000.0, 0.5))[-1] > 0.99


def test_words_do_not_vanish_in_the_mean_field():
    """What leaves one of the three states enters another; without the committed, both words fare alike."""
    assert xie_2011.change(np.array([0.5, 0.5]), 0.0)[0] == xie_2011.change(np.array([0.5, 0.5]), 0.0)[1]
    assert xie_2011.change(np.array([0.9, 0.0]), 0.1) == pytest.approx([0.0, 0.0], abs=1e-15)
    one, other = xie_2011.change(np.array([0.2, 0.3]), 0.0), xie_2011.change(np.array([0.3, 0.2]), 0.0)
    assert one == pytest.approx(other[::-1], abs=1e-15)


@pytest.mark.parametrize(("spread", "percent"), [(0.122, 5.5), (0.1222, 6.0), (0.1225, 100.0)])
def test_a_crowd_with_normal_thresholds_ends_where_granovetter_says(spread, percent):
    assert 100 * granovetter_1978.lowest_fixed_point(0.25, spread) == pytest.approx(percent, abs=0.05)


def test_halving_finds_the_same_tipping_point_for_the_same_luck():
    settings = bare("xie_2011", 300)
    one, again = (critical_shares(settings, 7, 2, ticks=100, bracket=(0.02, 0.3)) for _ in range(2))
    assert np.array_equal(one, again)
    assert ((one > 0.05) & (one < 0.2)).all()
