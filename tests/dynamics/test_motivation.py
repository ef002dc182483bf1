"""What work is worth to whoever does it, by its own motive and purpose."""

import numpy as np
import pytest

from ecosim.dynamics.motivation import Motivation
from tests.dynamics.worlds import live, some_tied, world_for

FINANCIAL, PUBLIC, MISSION = 0, 1, 2


def motivated(motivation, n=8, issues=3, seed=0, ties=()):
    draw = np.random.default_rng(seed)
    world = world_for(motivation, n=n, issues=issues, ties=ties)
    world.motive[:] = draw.dirichlet(np.ones(5), n)
    world.salience[:] = draw.dirichlet(np.ones(issues), n)
    world.purpose[:] = draw.random(n)
    world.price[:], world.urgency[:] = draw.random(issues) + 0.1, 4 * draw.random(issues)
    return world


@pytest.mark.parametrize("seed", range(5))
def test_worth_weighs_price_need_and_everyones_need(seed):
    motivation = Motivation(care=1.7, pressing_at=0.8)
    world = live(motivated(motivation, seed=seed), motivation)
    for i in range(world.n):
        m, p = world.motive[i], world.purpose[i]
        for q in range(3):
            need = 1.7 * world.urgency[q] ** 2 / (world.urgency[q] ** 2 + 0.64)
            own = m[FINANCIAL] * world.price[q] + (m[PUBLIC] + m[MISSION]) * 3 * world.salience[i, q] * need
            assert world.worth[i, q] == pytest.approx((1 - p) * own + p * need)


def test_a_pure_shareholder_sees_only_the_price():
    motivation = Motivation()
    world = motivated(motivation)
    world.purpose[:], world.motive[:] = 0, np.eye(5)[FINANCIAL]
    live(world, motivation)
    assert np.array_equal(world.worth, np.tile(world.price, (world.n, 1)))


@pytest.mark.parametrize("motive", [PUBLIC, MISSION])
def test_whoever_lives_for_a_cause_sees_only_the_need_it_cares_about(motive):
    motivation = Motivation()
    world = motivated(motivation)
    world.purpose[:], world.motive[:], world.salience[:] = 0, np.eye(5)[motive], [1, 0, 0]
    world.urgency[:] = 1e9
    live(world, motivation)
    assert world.worth == pytest.approx(np.tile([3.0, 0.0, 0.0], (world.n, 1)))


def test_full_purpose_sees_the_need_alike_whatever_ones_motive():
    motivation = Motivation()
    world = motivated(motivation)
    world.purpose[:] = 1
    live(world, motivation)
    assert np.ptp(world.worth, axis=0) == pytest.approx(0)
    world.price[:] = 100
    before = world.worth.copy()
    assert np.array_equal(live(world, motivation).worth, before)


def test_purpose_goes_straight_from_ones_own_measure_to_everyones():
    motivation = Motivation()
    world = motivated(motivation, n=3)
    world.motive[:], world.salience[:], world.purpose[:] = world.motive[0], world.salience[0], [0, 0.5, 1]
    worth = live(world, motivation).worth
    assert worth[1] == pytest.approx((worth[0] + worth[2]) / 2)


def test_who_cares_for_money_and_legitimacy_alone_is_not_moved_by_need():
    motivation = Motivation()
    world = motivated(motivation)
    world.purpose[:], world.motive[:] = 0, [0.5, 0, 0, 0.2, 0.3]
    calm = live(world, motivation).worth.copy()
    world.urgency[:] = 100
    assert np.array_equal(live(world, motivation).worth, calm)


def test_a_problem_that_nobody_feels_is_worth_only_its_price():
    motivation = Motivation()
    world = motivated(motivation)
    world.urgency[:] = 0
    live(world, motivation)
    assert world.worth == pytest.approx((1 - world.purpose)[:, None] * world.motive[:, :1] * world.price)


@pytest.mark.parametrize("seed", range(4))
def test_regard_for_partners_is_the_mean_of_what_work_is_worth_to_them_by_their_own_motives(seed):
    society, both = Motivation(), Motivation(partners=0.3)
    ties = some_tied(8, 0.4, seed)
    alone = live(motivated(society, seed=seed, ties=ties), society)
    world = live(motivated(both, seed=seed, ties=ties), both)
    selfish = motivated(society, seed=seed, ties=ties)
    selfish.purpose[:] = 0
    own, need = live(selfish, society).worth, world.urgency**2 / (world.urgency**2 + 1)
    for i in range(8):
        theirs = [own[j] for j in world.partner[world.first_tie[i] : world.first_tie[i + 1]]]
        p, regarded = world.purpose[i], 0.7 * need + 0.3 * np.mean(theirs, axis=0) if theirs else need
        assert world.worth[i] == pytest.approx((1 - p) * own[i] + p * regarded)
        assert (world.worth[i] == alone.worth[i]).all() == (not theirs)


def test_who_regards_partners_alone_sees_nothing_of_itself_and_a_friend_of_firms_sees_the_price():
    motivation = Motivation(partners=1.0)
    world = motivated(motivation, n=3, ties=[(0, 1), (0, 2)])
    world.purpose[:] = [1, 0, 0]
    world.motive[:] = np.eye(5)[[PUBLIC, FINANCIAL, FINANCIAL]]
    live(world, motivation)
    assert world.worth[0] == pytest.approx(world.price)


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)care.*pressing_at"):
        Motivation(care=-1.0, pressing_at=0.0)
