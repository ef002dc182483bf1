"""Coalitions: members, memberships, and when one dissolves."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ecosim.world.coalitions import index_members
from ecosim.world.labels import Labels
from ecosim.world.world import World


def coalition_world(*coalitions, n=8):
    """A world of n organisations in these coalitions, founded by their first member."""
    world = World(Labels(issues=("air",)), n, ["pool", "member_effort", "member_age"])
    for members in coalitions:
        world.found_coalition(members[0], 0, np.array(members))
    world.commit()
    return world


def members_of(world):
    return [world.member[world.first_member[c] : world.first_member[c + 1]].tolist() for c in range(world.coalitions)]


@given(groups=st.lists(st.sets(st.integers(0, 9), min_size=2), max_size=5))
def test_indices_lead_from_coalitions_to_members_and_back(groups):
    member = np.array([i for group in groups for i in sorted(group)], np.int32)
    of = np.array([c for c, group in enumerate(groups) for _ in group], np.int32)
    first_member, first_membership, membership = index_members(member, of, 10, len(groups))
    for c, group in enumerate(groups):
        assert member[first_member[c] : first_member[c + 1]].tolist() == sorted(group)
    for i in range(10):
        rows = membership[first_membership[i] : first_membership[i + 1]]
        assert of[rows].tolist() == [c for c, group in enumerate(groups) if i in group]
        assert (member[rows] == i).all()


def test_members_are_sorted_whoever_founded():
    assert members_of(coalition_world([5, 2, 7], [1, 0])) == [[2, 5, 7], [0, 1]]


def test_a_coalition_of_one_never_comes_to_be():
    assert members_of(coalition_world([5], [1, 1], [2, 3])) == [[2, 3]]


def test_whoever_joins_comes_in_order_and_begins_at_the_initial_values():
    world = coalition_world([1, 4, 6])
    world.member_effort[:] = [1, 4, 6]
    world.join(np.array([5, 4, 0, 5]), np.zeros(4, np.int64))
    world.commit()
    assert members_of(world) == [[0, 1, 4, 5, 6]]
    assert world.member_effort.tolist() == [0, 1, 4, 0, 6]


def test_a_coalition_that_loses_all_but_one_dissolves_and_the_others_keep_what_they_have():
    world = coalition_world([0, 1], [2, 3, 4], [0, 5])
    world.pool[:] = [0.1, 0.2, 0.3]
    numbers = world.coalition_identity[1:].tolist()
    world.leave(world.membership[world.first_membership[1] : world.first_membership[2]])
    world.commit()
    assert members_of(world) == [[2, 3, 4], [0, 5]]
    assert world.pool.tolist() == [0.2, 0.3]
    assert world.coalition_identity.tolist() == numbers


def test_one_may_leave_and_another_join_in_the_same_tick():
    world = coalition_world([0, 1])
    world.leave(np.array([0]))
    world.join(np.array([7]), np.array([0]))
    world.commit()
    assert members_of(world) == [[1, 7]]


def test_an_organisation_that_goes_leaves_its_coalitions():
    world = coalition_world([0, 3], [1, 3, 5], n=6)
    world.remove_organisations(np.array([3]))
    world.commit()
    assert members_of(world) == [[1, 4]]
    assert world.identity[world.member].tolist() == [1, 5]
