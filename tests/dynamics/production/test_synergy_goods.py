"""Goods to which each further contributor adds more than the one before, or less: the geometric series and its limits."""

from math import comb

import numpy as np
import pytest

from ecosim.dynamics.production.synergy_goods import SynergyGoods, accumulated

SIZES = np.array([1, 2, 5, 5, 9])


@pytest.mark.parametrize("synergy", [0.0, 0.3, 1.0, 1.7, 4.0])
def test_whole_contributors_add_the_terms_of_a_geometric_series(synergy):
    contributors = np.array([1, 2, 0, 5, 7])
    terms = [sum(synergy**k for k in range(count)) for count in contributors]
    found = accumulated(contributors.astype(float), SIZES, 3.0, synergy)
    assert found == pytest.approx(3.0 * np.array(terms) / SIZES)


def test_without_synergy_or_discount_contributions_add_up():
    totals = np.array([0.2, 1.5, 0.0, 3.3, 7.0])
    assert accumulated(totals, SIZES, 2.0, 1.0) == pytest.approx(2.0 * totals / SIZES)


@pytest.mark.parametrize("near", [1.0 - 1e-7, 1.0 + 1e-7])
def test_nearly_none_is_as_good_as_none(near):
    totals = np.array([0.2, 1.5, 0.0, 3.3, 7.0])
    assert accumulated(totals, SIZES, 2.0, near) == pytest.approx(accumulated(totals, SIZES, 2.0, 1.0), rel=1e-5)


def test_endless_discounting_leaves_what_comes_of_one_over_one_less_the_factor():
    assert accumulated(np.array([1e4]), np.array([1]), 1.0, 0.8) == pytest.approx(5.0)


@pytest.mark.parametrize("synergy", [0.4, 2.5])
def test_where_a_share_contributes_that_makes_it_pay_nothing_both_are_paid_the_same(synergy):
    r"""In a large mixed world, at :math:`x^* = (1 - (cN/b)^{1/(N-1)}) / (1 - w)`: over k binomial among N - 1 others."""
    size, cost = 5, 1.0
    benefit = cost * size / (1.0 - 0.5 * (1.0 - synergy)) ** (size - 1)  # so that a half is that share
    game = SynergyGoods(benefit=benefit, synergy=synergy, cost=cost)
    share = (1.0 - (cost * size / benefit) ** (1.0 / (size - 1))) / (1.0 - synergy)
    assert share == pytest.approx(0.5)
    others = np.arange(size)
    chance = np.array([comb(size - 1, k) * share**k * (1.0 - share) ** (size - 1 - k) for k in others])
    sizes = np.full(size, size)
    without = chance @ game.shares(others.astype(float), sizes)
    contributing = chance @ game.shares(others + 1.0, sizes) - cost
    assert contributing == pytest.approx(without)
