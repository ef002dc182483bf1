"""Whatever a rule asks of the world, no kernel is handed a row or a column that is not there."""

import numpy as np
import pytest

from ecosim.world.labels import Labels
from ecosim.world.world import World


def a_world():
    world = World(Labels(issues=("water",)), 5, ["capital", "trust"])
    world.add_ties([[0, 1], [1, 2]])
    world.found_coalition(0, 0, [0, 1])
    world.commit()
    return world


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda world: world.add_ties([[0, 5]]), "add_ties: row of an organisation: 5; allowed: 0 to 4"),
        (lambda world: world.add_ties([[-1, 2]]), "-1; allowed: 0 to 4"),
        (lambda world: world.end_ties([2]), "end_ties: row of a relationship: 2; allowed: 0 to 1"),
        (lambda world: world.join([0], [1]), "join: row of a coalition: 1; allowed: 0 to 0"),
        (lambda world: world.join([9], [0]), "join: row of an organisation: 9"),
        (lambda world: world.leave([2]), "leave: row of a membership: 2; allowed: 0 to 1"),
        (lambda world: world.found_coalition(7, 0, [0, 1]), "row of a founder: 7"),
        (lambda world: world.found_coalition(0, 0, [0, 8]), "row of a member: 8"),
        (lambda world: world.remove_organisations([5]), "remove_organisations: row of an organisation: 5"),
    ],
)
def test_rows_that_are_not_there_are_refused(ask, told):
    world = a_world()
    with pytest.raises(IndexError, match=told):
        ask(world)
    world.commit()
    assert world.ties == 2
    assert world.memberships == 2


def test_a_column_takes_only_what_has_its_shape():
    world = a_world()
    with pytest.raises(ValueError, match=r"world.capital: shape \(3,\); allowed: \(5,\)"):
        world.capital = np.zeros(3)
    capital = world.capital
    world.capital = [1, 2, 3, 4, 5]
    assert world.capital is capital
    assert capital.tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]
    world.trust = np.full((2, 2), 0.25, order="F")
    assert world.trust.flags.c_contiguous
    world.end_ties([0])
    world.commit()
    assert world.trust.tolist() == [[0.25, 0.25]]


@pytest.mark.parametrize(
    ("name", "values"),
    [("sector", np.full(5, np.nan)), ("identity", np.arange(5) + 0.7), ("sector", [0.5] * 5), ("capital", ["a"] * 5)],
)
def test_a_column_takes_only_values_of_its_kind(name, values):
    world = a_world()
    before = getattr(world, name).copy()
    with pytest.raises(TypeError, match=rf"world.{name}: .* values; allowed: {before.dtype}"):
        setattr(world, name, values)
    assert np.array_equal(getattr(world, name), before)


def test_a_column_that_the_world_lacks_takes_nothing():
    world = a_world()
    with pytest.raises(AttributeError, match="this world has no column 'prejudice'"):
        world.prejudice = np.zeros(5)
    assert not world.has("prejudice")
