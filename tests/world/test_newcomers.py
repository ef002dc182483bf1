"""Newcomers: numbers that nobody has or had."""

import numpy as np
import pytest

from ecosim.errors import InputError
from ecosim.world import snapshot
from ecosim.world.columns import COLUMNS
from ecosim.world.founding_settings import MOST_OF_A_SECTOR
from ecosim.world.labels import Labels
from ecosim.world.names import identity_of_names
from ecosim.world.newcomers import OUTCOMES, likenesses, new_identities, recombined
from ecosim.world.world import World


def peopled(*numbers, sector=0):
    world = World(Labels(), len(numbers))
    world.identity[:] = numbers
    world.sector[:] = sector
    return world


def without(world, row):
    world.remove_organisations(np.array([row]))
    world.commit()
    return world


def test_numbers_go_on_in_the_sectors_own_range():
    first = 2 * MOST_OF_A_SECTOR
    assert new_identities(peopled(first, first + 1, sector=2), 2, 3).tolist() == [first + 2, first + 3, first + 4]
    assert new_identities(peopled(5), 1, 2).tolist() == [MOST_OF_A_SECTOR, MOST_OF_A_SECTOR + 1]


@pytest.mark.parametrize("way", [lambda world: world, snapshot.copy])
def test_the_number_of_one_that_went_is_not_given_again(way):
    assert new_identities(way(without(peopled(0, 1, 2), 2)), 0, 2).tolist() == [3, 4]


def test_numbers_of_names_are_left_out_wherever_they_lie():
    world = peopled(0, 2, 3, 7, MOST_OF_A_SECTOR - 1, 2**31 - 1)
    assert new_identities(world, 0, 4).tolist() == [1, 4, 5, 6]


def test_a_name_has_its_number_or_the_next_that_was_never_anothers():
    number = int(identity_of_names(["Acme"])[0])
    assert new_identities(peopled(3), 0, 1, ["Acme"]).tolist() == [number]
    assert new_identities(without(peopled(number, number + 1), 0), 0, 1, ["Acme"]).tolist() == [number + 2]


def test_a_sector_whose_numbers_are_used_up_takes_nobody():
    world = peopled(MOST_OF_A_SECTOR - 1)
    world.gone = np.arange(MOST_OF_A_SECTOR - 3)
    assert new_identities(world, 0, 2).tolist() == [MOST_OF_A_SECTOR - 3, MOST_OF_A_SECTOR - 2]
    with pytest.raises(InputError, match="3 newcomers of the sector 'business'; allowed: 2, for in one run"):
        new_identities(world, 0, 3)


def named(*names, sectors=("business", "civil_society")):
    world = World(Labels(sectors=sectors), len(names))
    world.names = names
    world.identity[:] = identity_of_names(names)
    return world


def entering(world, sector, count):
    numbers = new_identities(world, sector, count)
    rows = world.add_organisations({"identity": numbers, "sector": np.full(count, sector, np.int8)})
    return [world.name(row) for row in rows]


def test_among_names_newcomers_are_called_by_their_sector_and_counted():
    world = named("Acme", "Zebra")
    assert entering(world, 0, 2) == ["new business 1", "new business 2"]
    assert entering(world, 1, 1) == ["new civil society 1"]
    assert entering(without(world, 2), 0, 1) == ["new business 3"]


@pytest.mark.parametrize("way", [lambda world: world, lambda world: without(world, 1)])
def test_no_newcomer_is_called_as_somebody_who_is_there_or_went(way):
    world = way(named("Acme", "new business 1", "new business 1 (2)"))
    assert entering(world, 0, 2) == ["new business 1 (3)", "new business 2"]


@pytest.mark.parametrize("way", [likenesses, recombined])
def test_a_newcomer_takes_after_others_in_what_they_are_and_not_in_what_was_done_with_them(way):
    """It has what they can do and stand for, and neither their customers, income and meetings nor their camp."""
    world = World(Labels(stance_axes=("axis",)), 4, [c.name for c in COLUMNS.values() if c.axis == "organisation"])
    world.identity[:] = np.arange(4)
    for column in world.columns:
        if column.axis == "organisation" and column.name not in ("identity", "sector"):
            getattr(world, column.name)[:] = 1
    values = way(world, 0, np.array([4]), alike=np.arange(4), key=(1, 2, 3))
    assert not values.keys() & set(OUTCOMES)
    assert {"capital", "capability", "stance", "purpose", "culture", "reputation", "committed"} <= values.keys()
    world.add_organisations(values)
    world.commit()
    for name in OUTCOMES:
        assert np.all(getattr(world, name)[4] == COLUMNS[name].initial), name
    for name in ("customers", "workers", "supporters", "income", "meetings", "camp", "achieved"):
        assert name in OUTCOMES
