"""Whatever is infinite or undefined is found, wherever it stands, and nothing else is."""

import numpy as np
import pytest

from ecosim.testing import small_world
from ecosim.world.finite import Watched, are_finite, is_finite
from ecosim.world.labels import Labels
from ecosim.world.world import World

LABELS = Labels(issues=("water",), stance_axes=("left", "up"), capabilities=("a",), culture=1)
COLUMNS = ["capital", "stance", "trust", "bond", "member_effort", "output", "severity", "rung"]
FLOATS = [name for name in COLUMNS if name != "rung"]


def a_world() -> World:
    return small_world(LABELS, (20, 30, 4), COLUMNS, 1)


@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, -1])
def test_a_value_that_is_no_number_is_found_in_every_column(name, value, place):
    world = a_world()
    columns = Watched(world, COLUMNS)
    columns.refuse_what_is_not_finite(world)
    world.arrays()[name][place] = value
    with pytest.raises(FloatingPointError, match=f"tick 8: {name} of"):
        columns.refuse_what_is_not_finite(world)


def test_columns_that_are_not_watched_are_left_alone():
    world = a_world()
    world.capital[0] = np.nan
    world.bond[0] = np.nan
    Watched(world, ["stance", "trust"]).refuse_what_is_not_finite(world)


def test_a_column_cut_from_a_larger_array_is_judged_by_itself():
    world = a_world()
    buffer = np.full(40, np.nan)
    buffer[:20] = 1.0
    world.capital = buffer[:20]
    Watched(world, ["capital"]).refuse_what_is_not_finite(world)
    world.capital[3] = np.inf
    with pytest.raises(FloatingPointError, match=r"capital of .* is inf"):
        Watched(world, ["capital"]).refuse_what_is_not_finite(world)


def test_what_is_made_is_watched_where_mechanisms_make_it():
    world = a_world()
    assert set(Watched(world, ["ties"]).columns) == {"trust", "bond"}
    assert set(Watched(world, ["memberships"]).columns) == {"member_effort", "output"}
    assert set(Watched(world, ["rung"]).columns) == set()


@pytest.mark.parametrize("largest", [0.0, 1.0, -1e308, np.finfo(float).max, np.finfo(float).tiny])
def test_the_largest_and_smallest_numbers_are_finite(largest):
    assert is_finite(np.array([largest, -largest, 0.0]))


@pytest.mark.parametrize("place", range(6))
def test_of_six_arrays_each_is_looked_at(place):
    numbers = [np.zeros(5) for _ in range(6)]
    assert are_finite(*numbers)
    numbers[place][4] = np.nan
    assert not are_finite(*numbers)


def test_places_that_stand_for_no_row_hold_no_leftovers():
    """Neither where room was made for ties that were none, nor where ties have been."""
    world = a_world()
    before = world.ties
    world.add_ties(np.repeat(world.ends[:1], 500, axis=0), bond=0.5)
    world.commit()
    assert world.ties == before
    for _ in range(2):
        numbers = world.numbers["relationship"]
        assert numbers.size >= 3 * (before + 500)
        assert numbers.sum() == pytest.approx(world.trust.sum() + world.bond.sum(), rel=1e-12)
        world.bond[:] = 1.0
        world.end_ties(np.arange(0, world.ties, 2))
        world.commit()
    assert world.ties < before // 3


def test_every_number_of_an_axis_lies_in_its_one_array_also_after_organisations_came_and_went():
    world = a_world()
    world.add_organisations({"identity": np.array([900]), "sector": np.array([0]), "capital": np.array([7.0])})
    world.remove_organisations(np.array([0]))
    world.commit()
    for name in ("capital", "stance"):
        assert np.shares_memory(world.arrays()[name], world.numbers["organisation"])
    assert world.capital[-1] == 7.0
