"""Commits: tables and indices that change where they are hold what they would if made anew."""

import numpy as np
import pytest

from ecosim.errors import InputError
from ecosim.world.labels import Labels
from ecosim.world.relationships import half_edges
from ecosim.world.world import World
from tests.reference.plain_world import assert_memberships

COLUMNS = ["trust", "bond", "tie_age", "pool", "coalition_issue", "coalition_stance", "stance", "member_effort"]


def a_world(n: int) -> World:
    world = World(Labels(issues=("air", "water"), stance_axes=("left", "up")), n, COLUMNS)
    world.stance[:] = np.linspace(-1, 1, 2 * n).reshape(n, 2)
    return world


def some_pairs(luck: np.random.Generator, n: int, many: int) -> np.ndarray:
    """Pairs of organisations, some of them twice, turned, or of one with itself."""
    pairs = luck.integers(0, n, (many, 2))
    return np.concatenate((pairs, pairs[: many // 4, ::-1]))


@pytest.mark.parametrize("seed", range(3))
def test_after_many_commits_half_edges_are_those_of_the_ties_and_every_tie_has_its_own_values(seed):
    """Few pairs and many, endings alone, both at once, and tables that outgrow their places several times."""
    luck, n = np.random.default_rng(seed), 60
    world, known, most = a_world(n), {}, 0
    for step in range(120):
        world.tick = step
        ended = np.flatnonzero(luck.random(world.ties) < luck.choice([0.0, 0.0, 0.02, 0.3]))
        pairs = some_pairs(luck, n, int(luck.choice([0, 1, 8, 90])))
        going = {tuple(pair) for pair in world.ends[ended].tolist()}
        new = dict.fromkeys((i, j) for i, j in np.sort(pairs, axis=1).tolist() if i != j and (i, j) not in known)
        bonds = {pair: float(luck.random()) for pair in new}
        given = np.array([bonds.get(tuple(sorted(pair)), 9.0) for pair in pairs.tolist()])
        world.end_ties(np.repeat(ended, 2))
        world.add_ties(pairs, bond=given, trust=0.25)
        world.commit()
        known = {pair: bond for pair, bond in known.items() if pair not in going} | bonds
        assert dict(zip(map(tuple, world.ends.tolist()), world.bond.tolist(), strict=True)) == known
        assert (world.trust == 0.25).all()
        for ours, anew in zip((world.first_tie, world.partner, world.tie), half_edges(world.ends, n), strict=True):
            assert np.array_equal(ours, anew)
        most = max(most, world.ties)
    assert most > 300


def test_after_organisations_came_and_went_all_indices_are_what_they_would_be_if_made_anew():
    luck, world = np.random.default_rng(5), a_world(40)
    for step in range(40):
        world.tick, n = step, world.n
        world.add_ties(some_pairs(luck, n, 30))
        for _ in range(3):
            world.found_coalition(int(luck.integers(n)), 0, luck.integers(0, n, 4))
        world.commit()
        who = dict(zip(world.identity.tolist(), range(n), strict=True))
        tied = {frozenset(pair) for pair in world.identity[world.ends].tolist()}
        going = np.unique(luck.integers(0, n, 2))
        gone = set(world.identity[going].tolist())
        world.remove_organisations(going)
        world.add_organisations({"identity": 1000 + 2 * step + np.arange(2), "sector": np.zeros(2, np.int8)})
        world.commit()
        assert world.n == n + 2 - going.size
        assert not gone & set(world.identity.tolist())
        assert set(world.identity.tolist()) >= set(who) - gone
        assert {frozenset(pair) for pair in world.identity[world.ends].tolist()} == {t for t in tied if not t & gone}
        for ours, anew in zip(
            (world.first_tie, world.partner, world.tie), half_edges(world.ends, world.n), strict=True
        ):
            assert np.array_equal(ours, anew)
        assert_memberships(world)


def test_whoever_watches_sees_a_commit_that_leaves_as_many_ties_as_there_were():
    world = a_world(5)
    world.add_ties([[0, 1], [2, 3]], bond=0.5)
    world.commit()
    bond, first_tie = world.bond, world.first_tie
    world.end_ties([0])
    world.add_ties([[3, 4]], bond=0.75)
    world.commit()
    assert world.bond is bond
    assert bond.tolist() == [0.5, 0.75]
    assert world.first_tie is not first_tie


def test_whoever_watches_sees_that_rows_of_members_and_partners_are_others_when_a_stranger_goes():
    world = a_world(5)
    world.add_ties([[1, 2]])
    world.found_coalition(3, 0, [3, 4])
    world.commit()
    before = world.first_tie, world.first_member
    world.remove_organisations([0])
    world.commit()
    assert world.member.tolist() == [2, 3]
    assert world.partner.tolist() == [1, 0]
    assert world.first_tie is not before[0]
    assert world.first_member is not before[1]


def test_what_was_asked_for_with_parts_of_the_worlds_own_columns_is_what_they_were():
    """The commit moves the rows that these arrays show."""
    world = a_world(6)
    world.add_ties([[0, 1], [1, 2], [2, 3], [3, 4]], bond=[0.1, 0.2, 0.3, 0.4])
    world.found_coalitions([0, 2], [0, 1], [[0, 1, 5], [2, 3, 4]])
    world.commit()
    world.end_ties(np.array([0]))
    world.add_ties(np.array([[4, 5], [0, 5]]), bond=world.bond[2:])
    world.leave(np.arange(3))
    world.found_coalitions(world.member[3:4], world.coalition_issue[1:], world.member[3:5].reshape(1, 2))
    world.join(world.member[2:3], world.member_coalition[5:6])
    world.remove_organisations(world.member[4:5])
    world.commit()
    assert world.identity.tolist() == [0, 1, 2, 4, 5]
    ties = dict(zip(map(tuple, world.identity[world.ends].tolist()), world.bond.tolist(), strict=True))
    assert ties == {(1, 2): 0.2, (4, 5): 0.3, (0, 5): 0.4}
    assert world.identity[world.member].tolist() == [2, 4, 5]  # the second, without 3; that of 2 and 3 falls apart
    assert world.coalition_issue.tolist() == [1]


def test_a_coalition_begins_between_its_members_and_only_those_that_live_have_a_place():
    world = a_world(8)
    world.found_coalitions([0, 1, 2], 0, [[0, 4, -1], [1, -1, 1], [2, 3, 6]])
    world.found_coalition(5, 1, [5, 7])
    world.commit()
    assert world.coalition_identity.tolist() == [0, 2, 5]
    expected = [world.stance[rows].mean(axis=0) for rows in ([0, 4], [2, 3, 6], [5, 7])]
    assert world.coalition_stance == pytest.approx(np.array(expected), abs=1e-15)
    assert world.coalition_issue.tolist() == [0, 0, 1]


def test_coalitions_that_have_no_number_left_change_nothing():
    world = a_world(3)
    world.found_coalition(0, 0, [0, 1])
    world.commit()
    world.found_coalitions([0] * 32, 0, [[0, 1]] * 32)
    with pytest.raises(InputError, match="organisation 0 founds 33 coalitions in tick 0"):
        world.commit()
    assert (world.coalitions, world.memberships) == (1, 2)


def test_half_edges_that_somebody_sets_are_those_that_commits_go_on_from():
    world = World(Labels(), 6, ["trust"])
    world.add_ties(np.array([[0, 1], [2, 3], [4, 5], [0, 5]]))
    world.commit()
    world.ends[:] = [[0, 2], [1, 3], [3, 4], [2, 5]]
    world.first_tie, world.partner, world.tie = half_edges(world.ends, world.n)
    world.end_ties(np.array([0]))
    world.add_ties(np.array([[1, 5]]))
    world.commit()
    assert world.ends.tolist() == [[1, 3], [3, 4], [2, 5], [1, 5]]
    for index, now in zip(half_edges(world.ends, world.n), (world.first_tie, world.partner, world.tie), strict=True):
        assert np.array_equal(index, now)
    with pytest.raises(ValueError, match="shape"):
        world.partner = np.zeros(3, np.int32)


@pytest.mark.parametrize("value", [np.float32(0.5), np.int64(1), np.array(0.25)])
def test_one_number_for_all_new_ties_may_come_in_any_form(value):
    world = World(Labels(), 6, ["trust"])
    world.add_ties(np.array([[0, 4], [3, 0]]), trust=value)
    world.commit()
    assert world.trust.tolist() == [[float(value)] * 2] * 2


@pytest.mark.parametrize("values", [[0.1], [0.1, 0.2, 0.3]])
def test_values_of_new_ties_that_are_not_one_for_each_are_refused_before_anything_is_noted(values):
    world = World(Labels(), 6, ["trust"])
    with pytest.raises(ValueError, match="for 2 pairs"):
        world.add_ties(np.array([[0, 1], [2, 3]]), trust=np.array(values))
    assert not world.pending.is_any
    with pytest.raises(ValueError, match=r"allowed: \(p, 2\)"):
        world.add_ties(np.empty((1, 0), np.int64))
