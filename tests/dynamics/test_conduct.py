"""Conduct is judged from 0 to 1: what is given beside what is usual; of the answerable, how well things are, too."""

import numpy as np
import pytest

from ecosim.dynamics.conduct import beside, conduct_of

AMOUNTS = [0.0, 0.01, 0.5, 1.0, 30.0]


@pytest.mark.parametrize("usual", [0.1, 1.0, 7.0])
def test_whoever_does_the_usual_stands_in_the_middle(usual):
    assert beside(usual, usual) == 0.5
    assert beside(0.0, usual) == 0.0
    assert beside(1e9 * usual, usual) == pytest.approx(1.0)


def test_two_beside_each_other_share_one_between_them():
    for one in AMOUNTS[1:]:
        for other in AMOUNTS[1:]:
            assert beside(one, other) + beside(other, one) == pytest.approx(1.0)


def test_the_unit_of_contributions_does_not_matter():
    for amount in AMOUNTS:
        assert conduct_of(1000 * amount, 2000.0, False, 0.3) == pytest.approx(conduct_of(amount, 2.0, False, 0.3))


def test_more_is_never_judged_worse():
    for is_answerable in (False, True):
        judged = [conduct_of(amount, 0.5, is_answerable, 0.4) for amount in AMOUNTS]
        assert np.all(np.diff(judged) > 0)
        assert min(judged) >= 0.0
        assert max(judged) <= 1.0


def test_only_the_answerable_are_judged_by_how_things_are():
    assert conduct_of(1.0, 1.0, False, 0.0) == conduct_of(1.0, 1.0, False, 1.0) == 0.5
    assert conduct_of(1.0, 1.0, True, 0.0) == 0.25
    assert conduct_of(1.0, 1.0, True, 1.0) == 0.75
