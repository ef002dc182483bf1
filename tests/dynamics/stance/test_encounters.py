"""Who acts when, and whom they look at."""

from typing import get_args

import numpy as np
import pytest

import ecosim
from ecosim.dynamics.stance.bounded_confidence import BoundedConfidence
from ecosim.dynamics.stance.encounters import look, turns
from ecosim.errors import InputError
from ecosim.rng import stream
from ecosim.rules import RULES, find_rule
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


COUNTING = tuple(name for name in RULES if {"steps", "activation"} <= find_rule(name).model_fields.keys())
AT_RANDOM = {"bounded_confidence": {"listening": "one"}, "moran": {"order": "death_birth"}}
"""What a rule needs besides, to be told who acts when."""


def test_all_rules_that_draw_who_acts_count_turns():
    assert len(COUNTING) == 9
    assert not [name for name in RULES if "steps" in find_rule(name).model_fields and name not in COUNTING]


@pytest.mark.parametrize("name", COUNTING)
def test_turns_are_counted_only_where_who_acts_is_drawn_with_replacement(name):
    """Otherwise each acts once a tick, and a number of turns would be taken and count for nothing."""
    rule, besides = find_rule(name), AT_RANDOM.get(name, {})
    for activation in get_args(rule.model_fields["activation"].annotation):
        assert rule(activation=activation, **besides, steps=None).steps is None
        if activation == "random":
            assert rule(activation=activation, **besides, steps=3).steps == 3
            continue
        with pytest.raises(ValueError, match=f"3 beside activation: {activation}, by which each acts once; allowed: "):
            rule(activation=activation, **besides, steps=3)


def test_a_number_of_turns_that_a_town_would_not_keep_is_refused_with_its_key():
    with pytest.raises(InputError) as refused:
        ecosim.load("town", "dynamics.stance.steps=1000")
    assert refused.value.faults == (
        "dynamics.stance.steps: 1000 beside activation: simultaneous, by which each acts once; allowed: null, or "
        "activation: random",
    )
    assert ecosim.load("town", "dynamics.stance.steps=1000", "activation=random").dynamics["stance"].steps == 1000
    with pytest.raises(InputError, match="activation: sweep, by which each acts once"):
        ecosim.load("axelrod_2021", "dynamics.stance.activation=sweep")
