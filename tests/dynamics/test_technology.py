"""Technology: it spreads as Bass's model says, and does what it does to those who have it, and to no others."""

import numpy as np
import pytest

from ecosim.dynamics.technology import Technology
from tests.chance import errors_allowed
from tests.dynamics.worlds import everyone_tied, live, some_tied, world_for


def town(rule, n, ties, adopters=()):
    world = world_for(rule, n=n, ties=ties)
    world.adopted[list(adopters)] = 1
    return world


@pytest.mark.parametrize(("innovation", "imitation", "first"), [(0.02, 0.0, 0), (0.0, 0.2, 20), (0.01, 0.15, 0)])
def test_adoption_follows_the_curve_of_bass(innovation, imitation, first):
    """With everyone tied, x' = x + (1 - x)(p + q x n / (n - 1)) in discrete time; 400 organisations, 20 runs.

    The mean of 20 curves at ticks 10, 20, 30 and 40 (false alarm 1e-6 in all).
    """
    n = 400
    rule = Technology(innovation=innovation, imitation=imitation)
    world = town(rule, n, everyone_tied(n))
    curves = []
    for seed in range(20):
        world.adopted[:] = np.arange(n) < first
        shares, world.tick = [], 0
        for _ in range(4):
            live(world, rule, ticks=10, seed=seed)
            shares.append(world.adopted.mean())
        curves.append(shares)
    x, expected = first / n, []
    for tick in range(40):
        x += (1 - x) * (innovation + imitation * x * n / (n - 1))
        if tick % 10 == 9:
            expected.append(x)
    error = np.std(curves, axis=0, ddof=1) / np.sqrt(20)
    allowed = errors_allowed(20, 4) * error + 0.01  # .01: E[x²] is not E[x]²
    assert np.all(np.abs(np.mean(curves, axis=0) - expected) < allowed)
    assert np.all(error < 0.02)


def test_without_anyone_who_has_it_and_no_innovation_nobody_takes_it_up():
    rule = Technology(innovation=0.0, imitation=1.0)
    assert live(town(rule, 40, some_tied(40)), rule, ticks=20).adopted.sum() == 0


def test_it_spreads_along_ties_only():
    rule = Technology(innovation=0.0, imitation=1.0)
    world = town(rule, 6, [(0, 1), (1, 2), (3, 4)], adopters=[0])
    live(world, rule, ticks=100)
    assert list(world.adopted) == [1, 1, 1, 0, 0, 0]


def test_a_full_share_of_partners_and_full_imitation_persuade_at_once_and_one_at_a_time_along_a_chain():
    rule = Technology(innovation=0.0, imitation=1.0)
    world = town(rule, 3, [(0, 1), (0, 2)], adopters=[0])
    assert list(live(world, rule).adopted) == [1, 1, 1]


@pytest.mark.parametrize(
    ("better", "chance"), [(-2.0, 0.4 * 2 / (1 + np.exp(2.0))), (0.0, 0.4), (1.0, 0.4 * 2 / (1 + np.exp(-1.0)))]
)
def test_who_fares_better_with_it_is_copied_more(better, chance):
    # 5,000 pairs, one of each uses it; six standard deviations (false alarm 2e-9).
    rule = Technology(innovation=0.0, imitation=0.4, advantage=1.0)
    world = town(rule, 10_000, np.arange(10_000).reshape(-1, 2), adopters=range(0, 10_000, 2))
    world.success[::2] = better
    taken = live(world, rule).adopted[1::2].mean()
    assert abs(taken - chance) < 6 * np.sqrt(chance * (1 - chance) / 5000)


def test_who_gives_it_up_does_so_as_often_as_said():
    rule = Technology(innovation=0.0, imitation=0.0, abandoning=0.2)
    world = town(rule, 10_000, [], adopters=range(10_000))
    assert abs(live(world, rule).adopted.mean() - 0.8) < 6 * np.sqrt(0.16 / 10_000)


def test_only_ties_between_two_who_have_it_come_nearer_and_never_below_the_floor():
    rule = Technology(innovation=0.0, imitation=0.0, easing=0.25, floor=0.4)
    world = town(rule, 4, [(0, 1), (0, 3), (1, 2)], adopters=[0, 1, 3])
    assert world.ends.tolist() == [[0, 1], [0, 3], [1, 2]]
    world.translation[:] = [1.0, 0.3, 1.0]
    live(world, rule, ticks=3)
    np.testing.assert_allclose(world.translation, [0.4 + 0.6 * 0.75**3, 0.3, 1.0])


@pytest.mark.parametrize(("care", "distortion"), [(0.0, 2.5), (0.6, 1.6), (1.0, 1.0)])
def test_without_care_distortion_grows_as_much_as_reach(care, distortion):
    rule = Technology(innovation=0.0, imitation=0.0, widening=1.5, openness=0.5, care=care)
    world = town(rule, 2, [(0, 1)], adopters=[0])
    live(world, rule)
    assert (list(world.voice), list(world.transparency)) == ([2.5, 1.0], [1.5, 1.0])
    np.testing.assert_allclose(world.distortion, [distortion, 1.0])


def test_who_gives_it_up_is_as_before_but_keeps_the_nearness_it_brought():
    rule = Technology(innovation=0.0, imitation=0.0, abandoning=1.0)
    world = town(rule, 2, [(0, 1)], adopters=[0, 1])
    world.voice[:], world.translation[:] = 2.0, 0.7
    live(world, rule)
    assert list(world.voice) == [1, 1]
    assert list(world.translation) == [0.7]


def test_one_more_organisation_changes_nobody_elses_luck():
    rule = Technology(innovation=0.3, imitation=0.3)
    ties = some_tied(40)
    few, more = (live(town(rule, n, ties), rule, ticks=3) for n in (40, 41))
    assert np.array_equal(few.adopted, more.adopted[:40])
    assert 0 < few.adopted.mean() < 1


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)innovation.*imitation.*care"):
        Technology(innovation=-1.0, imitation=2.0, care=2.0)
