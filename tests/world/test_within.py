"""Ties within coalitions: who works together and knows each other, found once until ties or memberships change."""

from copy import deepcopy

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ecosim.world.labels import Labels
from ecosim.world.within import ties_within
from ecosim.world.world import World


def world_of(organisations, pairs, coalitions):
    world = World(Labels(issues=("water",)), organisations)
    world.add_ties(np.array(sorted(pairs), np.int64).reshape(-1, 2))
    for members in coalitions:
        world.found_coalition(min(members), 0, np.array(sorted(members)))
    world.commit()
    return world


some_rows = st.integers(0, 9)


@given(
    pairs=st.sets(st.tuples(some_rows, some_rows).filter(lambda pair: pair[0] < pair[1])),
    coalitions=st.lists(st.sets(some_rows, min_size=2, max_size=6), max_size=4),
)
def test_they_are_the_pairs_of_members_who_are_tied_in_order(pairs, coalitions):
    world = world_of(10, pairs, coalitions)
    expected = [
        (c, i, j, len(members) - 1)
        for c, members in enumerate(coalitions)
        for i in sorted(members)
        for j in sorted(members)
        if (i, j) in pairs
    ]
    found = [
        (world.member_coalition[a], world.member[a], world.member[b], others) for a, b, _, others in ties_within(world)
    ]
    assert found == expected
    assert [tuple(world.ends[t]) for t in ties_within(world)[:, 2]] == [(i, j) for _, i, j, _ in expected]


def test_they_are_found_again_only_when_ties_or_memberships_have_changed():
    world = world_of(6, {(0, 1), (2, 3)}, [{0, 1, 2}])
    first = ties_within(world)
    assert ties_within(world) is first
    assert len(first) == 1
    world.add_ties(np.array([[1, 2]]))
    world.commit()
    assert len(ties_within(world)) == 2
    world.join(np.array([3]), np.array([0]))
    world.commit()
    assert len(ties_within(world)) == 3
    world.remove_organisations(np.array([0]))
    world.commit()
    assert [tuple(world.ends[t]) for t in ties_within(world)[:, 2]] == [(0, 1), (1, 2)]
    assert ties_within(world)[:, 3].tolist() == [2, 2]


def test_a_copy_of_a_world_finds_its_own():
    world = world_of(4, {(0, 1)}, [{0, 1}])
    ties_within(world)
    copied = deepcopy(world)
    copied.end_ties(np.array([0]))
    copied.commit()
    assert len(ties_within(copied)) == 0
    assert len(ties_within(world)) == 1
