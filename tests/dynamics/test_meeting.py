"""Organisations find partners where they expect more from each other than understanding costs them."""

import numpy as np
import pytest

from ecosim.dynamics.gap import Gap
from ecosim.dynamics.meeting import Meeting
from tests.dynamics.worlds import everyone_tied, live, some_tied, world_for

CLOSE = Gap(sector=0.0, culture=0.0, stance=0.0)


def strangers(meeting, n, seed=0, ties=(), capabilities=3):
    draw = np.random.default_rng(seed)
    world = world_for(meeting, n=n, ties=ties, issues=2, axes=2, capabilities=capabilities, culture=3)
    world.sector[:] = draw.integers(0, 3, n)
    world.capability[:] = draw.random((n, capabilities))
    world.salience[:] = draw.dirichlet(np.ones(2), n)
    world.culture[:] = draw.integers(0, 3, (n, 3))
    world.stance[:] = draw.uniform(-1, 1, (n, 2))
    return world


def tied(world):
    return {tuple(ends) for ends in world.ends.tolist()}


def eager(**more):
    """Return a meeting in which everyone looks, and whoever is looked at is welcome."""
    return Meeting(**{"rate": 1.0, "reserve": -10.0, "selectivity": 1000.0, "attention": 1000, "friends": 0.0, **more})


@pytest.mark.parametrize("net_gain", [-0.2, 0.0, 0.3])
def test_a_tie_is_made_when_both_say_yes_by_the_logistic_law(net_gain):
    # Two with nothing in common: g = 1. Each looks at itself or the other; a look becomes a tie with probability p².
    # 20,000 meetings, 5 standard errors: false alarm 6e-7; an error of .01 in p would be seen.
    meeting = Meeting(rate=1.0, friends=0.0, concern=0.0, gap=CLOSE, selectivity=4.0, reserve=1.0 - net_gain)
    world = strangers(meeting, 2, capabilities=2)
    world.capability[:] = [[1, 0], [0, 2]]
    made, trials = 0, 20_000
    for _ in range(trials):
        made += live(world, meeting).ties
        world.end_ties(np.arange(world.ties))
        world.commit()
    p = 1 / (1 + np.exp(-4 * net_gain))
    expected = 1 - (1 - p**2 / 2) ** 2
    assert abs(made / trials - expected) < 5 * np.sqrt(expected * (1 - expected) / trials)


def test_gain_is_how_well_two_complete_each_other_on_what_both_care_about():
    draw = np.random.default_rng(3)
    for _ in range(20):
        meeting = eager(reserve=0.0, gap=CLOSE, concern=0.7, cost=0.0)
        world = strangers(meeting, 2)
        world.capability[:], world.salience[:] = draw.random((2, 3)), draw.dirichlet(np.ones(2), 2)
        a, b = world.capability
        gain = 1 - a @ b / np.sqrt((a @ a) * (b @ b)) + 0.7 * np.minimum(*world.salience).sum()
        for reserve, agree in ((gain - 0.05, 1), (gain + 0.05, 0)):
            sharp = meeting.model_copy(update={"reserve": float(reserve)})
            assert live(world, sharp, ticks=20).ties == agree
            world.end_ties(np.arange(world.ties))
            world.commit()


def test_a_share_of_the_organisations_looks_each_tick():
    # 20,000 strangers, everyone welcome: each look is a tie but for those at oneself and double ones. 5 s.e.: 6e-7.
    meeting = eager(rate=0.3)
    world = live(strangers(meeting, 20_000), meeting)
    assert abs(world.ties / 20_000 - 0.3) < 5 * np.sqrt(0.3 * 0.7 / 20_000) + 1e-4


@pytest.mark.parametrize("friends", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("attention", [0, 1, 4])
def test_nobody_gets_more_ties_than_it_can_attend_to_and_nobody_is_tied_to_itself_or_twice(friends, attention):
    meeting = eager(friends=friends, attention=attention)
    world = strangers(meeting, 60, ties=[(0, 1), (2, 3), (1, 2)] if attention > 1 else ())
    for _ in range(30):
        live(world, meeting)
        assert np.diff(world.first_tie).max() <= attention
        assert len(tied(world)) == world.ties
        assert np.all(world.ends[:, 0] < world.ends[:, 1])
    if attention == 4 and friends < 1:
        assert np.diff(world.first_tie).mean() > 3.5


@pytest.mark.parametrize("seed", range(4))
def test_with_the_same_luck_a_dearer_or_wider_gap_makes_some_of_the_same_ties_and_no_others(seed):
    world_of = {}
    for name, meeting in {
        "near": Meeting(rate=1.0, attention=10_000),
        "dear": Meeting(rate=1.0, attention=10_000, cost=2.0),
        "wide": Meeting(rate=1.0, attention=10_000, gap=Gap(sector=0.8, culture=0.8, stance=1.2)),
        "reserved": Meeting(rate=1.0, attention=10_000, reserve=1.0),
    }.items():
        world_of[name] = live(strangers(meeting, 600, ties=some_tied(600, 0.01, seed)), meeting, seed=seed)
    for other in ("dear", "wide", "reserved"):
        assert tied(world_of[other]) < tied(world_of["near"])
    assert tied(world_of["dear"]) == tied(world_of["wide"])


def test_a_friend_of_a_friend_is_the_only_one_met_through_friends():
    meeting = eager(friends=1.0)
    path = [(0, 1), (1, 2), (2, 3)]
    world = live(strangers(meeting, 4, ties=path), meeting, ticks=1)
    assert tied(world) <= {*path, (0, 2), (1, 3)}
    islands = strangers(meeting, 9, ties=[(0, 1), (1, 2), (3, 4), (4, 5), (5, 6)])
    live(islands, meeting, ticks=60)
    assert tied(islands) == {*map(tuple, everyone_tied(3).tolist()), *map(tuple, (everyone_tied(4) + 3).tolist())}


def test_without_ties_nobody_is_met_through_friends():
    assert live(strangers(eager(friends=1.0), 50), eager(friends=1.0), ticks=20).ties == 0
    assert live(strangers(eager(friends=0.9), 50), eager(friends=0.9), ticks=20).ties > 0


def test_those_who_can_do_the_same_and_care_for_nothing_together_have_no_reason_to_meet():
    meeting = Meeting(rate=1.0, concern=0.0, selectivity=1000.0, reserve=0.05, gap=CLOSE)
    world = strangers(meeting, 100)
    world.capability[:] = np.random.default_rng(1).random((100, 1)) * [1, 2, 3]
    assert live(world, meeting, ticks=10).ties == 0


def test_a_new_tie_starts_with_a_share_of_the_societys_trust_and_a_thread_of_a_bond():
    meeting = eager(prior_trust=0.6, first_bond=0.07)
    world = strangers(meeting, 40, ties=[(0, 1)])
    world.trust[:], world.bond[:] = [0.9, 0.5], 0.8
    live(world, meeting)
    fresh = world.bond != 0.8
    assert fresh.sum() > 10
    assert world.trust[fresh] == pytest.approx(0.6 * 0.7)
    assert np.all(world.bond[fresh] == 0.07)
    assert world.trust[~fresh].tolist() == [[0.9, 0.5]]


def test_where_nobody_looks_nothing_is_found():
    meeting = eager(rate=0.0)
    assert live(strangers(meeting, 50), meeting, ticks=10).ties == 0


def test_a_world_of_nobody_or_of_one_makes_no_ties():
    for n in (0, 1):
        assert live(strangers(eager(), n), eager(), ticks=5).ties == 0


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)rate.*friends.*cost.*attention"):
        Meeting(rate=2.0, friends=-0.1, cost=-1.0, attention=-1)
