"""Who acts when, and whom they look at."""

import numpy as np

from ecosim.dynamics.stance.bounded_confidence import BoundedConfidence
from ecosim.dynamics.stance.encounters import look, turns
from ecosim.rng import stream
from tests.dynamics.worlds import some_tied, world_for

KEY = stream(1, "stance").key(0)
IDENTITY = np.arange(50)


def test_at_once_everyone_acts_with_its_own_luck():
    rows, luck = turns(IDENTITY + 7, "simultaneous", None, KEY)
    assert np.array_equal(rows, IDENTITY)
    assert np.array_equal(luck, IDENTITY + 7)


def test_in_a_sweep_everyone_acts_once_in_an_order_that_changes():
    orders = [turns(IDENTITY, "sweep", None, stream(1, "stance").key(tick))[0] for tick in range(3)]
    assert all(sorted(order) == list(IDENTITY) for order in orders)
    assert len({tuple(order) for order in [IDENTITY, *orders]}) == 4


def test_at_random_actors_are_drawn_with_replacement_and_turns_have_luck_of_their_own():
    # 50 organisations, 100,000 turns: each acts 2,000 times, s.d. 44; six s.d. (50 × 2e-9 false alarms).
    rows, luck = turns(IDENTITY, "random", 100_000, KEY)
    assert np.abs(np.bincount(rows, minlength=50) - 2000).max() < 6 * 44.3
    assert np.array_equal(luck, np.arange(100_000))
    assert turns(IDENTITY, "random", None, KEY)[0].size == 50


def test_nobody_acts_in_an_empty_world():
    for activation in ("simultaneous", "sweep", "random"):
        assert turns(IDENTITY[:0], activation, 9, KEY)[0].size == 0


def test_organisations_look_at_each_of_their_partners_equally_often_and_at_strangers_as_often_as_they_reach():
    # 200,000 looks of row 0: partners 1, 2, 4 share what does not reach beyond; every count within six standard
    # deviations (fewer than 1e-7 false alarms in all).
    world = world_for(BoundedConfidence(), n=6, ties=[(0, 1), (0, 2), (0, 4), (3, 4)])
    looks = 200_000
    rows, luck = np.zeros(looks, np.int64), np.arange(looks)
    others, half_edges, chances = look(rows, luck, world.first_tie, world.partner, 0.3, KEY)
    along = half_edges >= 0
    assert np.array_equal(world.partner[half_edges[along]], others[along])
    expected = {True: np.array([0, 7, 7, 0, 7, 0]) / 30, False: np.array([0, 3, 3, 3, 3, 3]) / 50}
    for way, shares in expected.items():
        counts = np.bincount(others[along == way], minlength=6)
        assert np.all(np.abs(counts - looks * shares) <= 6 * np.sqrt(looks * shares * (1 - shares)))
    assert abs(chances.mean() - 0.5) < 6 / np.sqrt(12 * looks)


def test_who_has_no_ties_looks_at_nobody_unless_it_reaches_beyond():
    world = world_for(BoundedConfidence(), n=3, ties=[(0, 1)])
    rows = np.arange(3)
    assert list(look(rows, rows, world.first_tie, world.partner, 0.0, KEY)[0]) == [1, 0, -1]
    assert look(rows, rows, world.first_tie, world.partner, 1.0, KEY)[0].min() >= 0
    alone = world_for(BoundedConfidence(), n=1)
    assert list(look(rows[:1], rows[:1], alone.first_tie, alone.partner, 1.0, KEY)[0]) == [-1]


def test_nobody_looks_at_itself():
    world = world_for(BoundedConfidence(), n=20, ties=some_tied(20))
    rows = np.repeat(np.arange(20), 200)
    for reach in (0.0, 0.5, 1.0):
        assert not np.any(look(rows, np.arange(rows.size), world.first_tie, world.partner, reach, KEY)[0] == rows)
