"""Who looks later sees what those before have taken over."""

import numpy as np
import pytest

from ecosim.dynamics.contribution.imitation import FermiImitation
from ecosim.dynamics.contribution.in_turn import imitate_in_turn
from ecosim.rng import stream
from tests.dynamics.worlds import some_tied, world_for

SHARP = (1.0, 1e6, 1.0, False)
"""Everyone looks, and takes over what is better paid, always."""


def looked(ties, contribution, earned, rows, law=SHARP, seed=1):
    """Return what each contributes and has earned when these rows have looked, in this order."""
    rule = FermiImitation()
    world = world_for(rule, n=len(contribution), ties=ties)
    contribution, earned = np.array(contribution, float), np.array(earned, float)
    rows = np.array(rows, np.int64)
    luck = np.arange(rows.size, dtype=np.int64)
    imitate_in_turn(contribution, earned, rows, luck, rule.circle(world), law, stream(seed, "turns").key(0))
    return contribution, earned


def test_along_a_line_the_best_reaches_the_end_only_if_those_between_look_first():
    """Each but the best has a partner who is paid more on one side; the first has no other."""
    line, given, earned = [(0, 1), (1, 2)], [0.0, 0.5, 1.0], [1.0, 2.0, 3.0]
    for seed in range(20):
        middle_first, _ = looked(line, given, earned, [1, 0], seed=seed)
        assert middle_first[0] == middle_first[1]
        end_first, _ = looked(line, given, earned, [0, 1], seed=seed)
        assert end_first[0] == 0.5
    assert {looked(line, given, earned, [1, 0], seed=seed)[0][0] for seed in range(20)} == {0.5, 1.0}


@pytest.mark.parametrize("law", [SHARP, (0.6, 2.0, 1.0, False), (1.0, 0.0, 3.0, False), (1.0, 0.0, 0.5, True)])
def test_contributions_only_spread_and_take_what_they_earned_along(law):
    draw = np.random.default_rng(3)
    contribution, earned = draw.random(20), draw.random(20)
    after, gained = looked(some_tied(20, 0.3), contribution, earned, draw.integers(0, 20, 60), law)
    assert set(zip(after, gained, strict=True)) <= set(zip(contribution, earned, strict=True))
    assert not np.array_equal(after, contribution)


@pytest.mark.parametrize("law", [SHARP, (1.0, 0.0, 1.0, False), (1.0, 0.0, 1.0, True)])
def test_nobody_takes_over_what_is_paid_worse(law):
    draw = np.random.default_rng(4)
    earned = draw.random(20)
    _, gained = looked(some_tied(20, 0.3), draw.random(20), earned, draw.integers(0, 20, 60), law)
    assert np.all(gained >= earned)


def test_whoever_is_alone_or_does_not_look_keeps_what_it_gave():
    assert looked([], [0.1, 0.9], [0.0, 1.0], [0, 1])[0].tolist() == [0.1, 0.9]
    assert looked([(0, 1)], [0.1, 0.9], [0.0, 1.0], [0, 1], (0.0, 1e6, 1.0, False))[0].tolist() == [0.1, 0.9]


def test_a_difference_that_is_the_whole_scale_is_always_taken_and_by_degree_as_seldom_as_there_are_games():
    star = [(0, j) for j in range(1, 10)]
    given, earned = [1.0, *[0.0] * 9], [1.0, *[0.0] * 9]
    everyone = np.arange(1, 10)
    assert looked(star, given, earned, everyone, (1.0, 0.0, 1.0, False))[0].tolist() == [1.0] * 10
    # With the hub's ten games the chance is a tenth; of 9 × 400 draws, 5 standard errors: false alarm 6e-7.
    taken = [looked(star, given, earned, everyone, (1.0, 0.0, 1.0, True), seed)[0][1:].mean() for seed in range(400)]
    assert np.mean(taken) == pytest.approx(0.1, abs=5 * np.sqrt(0.09 / 3600))
