"""The world: what comes and goes, held against a plain reference after any sequence of changes."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecosim.errors import InputError
from ecosim.world.coalitions import numbers
from ecosim.world.columns import COLUMNS
from ecosim.world.labels import Labels
from ecosim.world.world import World
from tests.reference.plain_world import assert_agrees, plain_and_real

NUMBER = st.integers(0, 2**16)
SHARE = st.integers(0, 8).map(lambda eighth: eighth / 8)
REQUESTS = st.fixed_dictionaries(
    {
        "made": st.lists(st.tuples(NUMBER, NUMBER, SHARE, st.tuples(SHARE, SHARE)), max_size=12),
        "batches": st.integers(1, 3),
        "ended": st.lists(NUMBER, max_size=4),
        "founded": st.lists(st.tuples(NUMBER, st.integers(0, 1), st.lists(NUMBER, max_size=4)), max_size=3),
        "joined": st.lists(st.tuples(NUMBER, NUMBER), max_size=5),
        "left": st.lists(NUMBER, max_size=5),
        "removed": st.one_of(st.just([]), st.just([]), st.lists(NUMBER, max_size=2)),
        "newcomers": st.integers(0, 2),
    }
)


@settings(max_examples=150)
@given(n=st.integers(1, 9), steps=st.lists(REQUESTS, min_size=1, max_size=8))
def test_after_any_changes_all_tables_and_indices_agree_with_a_plain_world(n, steps):
    plain, world = plain_and_real(n)
    marks = iter(range(1, 10**6))
    for step in steps:
        asked = ask(world, step)
        world.commit()
        plain.commit(asked, world.tick)
        assert_agrees(world, plain)
        mark(world, plain, marks)
        newcomers = [10_000 * (world.tick + 1) + k for k in range(step["newcomers"])]
        rows = world.add_organisations({"identity": np.array(newcomers, np.int64), "sector": np.zeros(len(newcomers))})
        plain.identities += newcomers
        assert rows.tolist() == list(range(world.n - len(newcomers), world.n))
        assert_agrees(world, plain)
        world.tick += 1


def ask(world, step):
    """Ask the world for a step's changes; return them in terms of identities."""
    n = world.n
    if n == 0:
        return {what: [] for what in ("made", "ended", "founded", "joined", "left", "removed")}
    made = [(a % n, b % n, bond, trust) for a, b, bond, trust in step["made"]]
    for batch in range(step["batches"]):
        part = made[batch :: step["batches"]]
        pairs, trust = np.array([tie[:2] for tie in part]), np.array([tie[3] for tie in part])
        world.add_ties(pairs, bond=np.array([tie[2] for tie in part]), trust=trust)
    made = [tie for batch in range(step["batches"]) for tie in made[batch :: step["batches"]]]
    ended = [row % world.ties for row in step["ended"]] if world.ties else []
    world.end_ties(np.array(ended, np.int64))
    left = [row % world.memberships for row in step["left"]] if world.memberships else []
    world.leave(np.array(left, np.int64))
    joined = [(i % n, c % world.coalitions) for i, c in step["joined"]] if world.coalitions else []
    world.join(np.array([i for i, _ in joined], np.int64), np.array([c for _, c in joined], np.int64))
    founded = [(f % n, q, [f % n, *(m % n for m in others)]) for f, q, others in step["founded"]]
    for founder, issue, members in founded:
        world.found_coalition(founder, issue, np.array(members))
    removed = sorted({row % n for row in step["removed"]})
    world.remove_organisations(np.array(removed, np.int64))
    who, number = world.identity.tolist(), world.coalition_identity.tolist()
    return {
        "made": [(who[a], who[b], bond, trust) for a, b, bond, trust in made],
        "ended": [(who[i], who[j]) for i, j in world.ends[ended].tolist()],
        "left": [(who[world.member[row]], number[world.member_coalition[row]]) for row in left],
        "joined": [(who[i], number[c]) for i, c in joined],
        "founded": [(who[f], issue, [who[m] for m in members]) for f, issue, members in founded],
        "removed": [who[row] for row in removed],
    }


def mark(world, plain, marks):
    """Give every tie and membership a value of its own, in both worlds: at the next check it must still have it."""
    identity = world.identity.tolist()
    bond = np.array([float(next(marks)) for _ in range(world.ties)])
    if world.tick % 2:
        world.bond = bond  # a rule may give a column anew
    else:
        world.bond[:] = bond
    for (i, j), value in zip(world.ends.tolist(), bond.tolist(), strict=True):
        plain.bond[frozenset((identity[i], identity[j]))] = value
    for row in range(world.memberships):
        world.member_age[row] = age = next(marks)
        members = plain.coalitions[int(world.coalition_identity[world.member_coalition[row]])][1]
        members[identity[world.member[row]]] = age


def test_a_tie_has_the_sides_of_the_pair_whichever_comes_first():
    world = World(Labels(), 5, ["trust", "bond"])
    world.add_ties(np.array([[3, 1], [0, 4]]), trust=np.array([[0.3, 0.1], [0.0, 0.4]]), bond=0.5)
    world.commit()
    assert world.ends.tolist() == [[0, 4], [1, 3]]
    assert world.trust.tolist() == [[0.0, 0.4], [0.1, 0.3]]
    assert world.bond.tolist() == [0.5, 0.5]


def test_one_number_a_pair_counts_for_both_sides_and_what_is_not_given_is_initial():
    world = World(Labels(), 3, ["trust", "affect", "translation"])
    world.add_ties(np.array([[2, 0], [1, 2]]), trust=np.array([0.2, 0.7]))
    world.commit()
    assert world.trust.tolist() == [[0.2, 0.2], [0.7, 0.7]]
    assert world.translation.tolist() == [COLUMNS["translation"].initial] * 2


def test_a_pair_that_is_tied_or_given_twice_or_the_same_counts_once_and_the_first_counts():
    world = World(Labels(), 4, ["bond"])
    world.add_ties(np.array([[0, 1]]), bond=0.9)
    world.commit()
    world.add_ties(np.array([[1, 0], [2, 3], [3, 2], [2, 2]]), bond=np.array([0.1, 0.2, 0.3, 0.4]))
    world.add_ties(np.array([[3, 2], [0, 2]]), bond=np.array([0.5, 0.6]))
    world.commit()
    assert dict(zip(map(tuple, world.ends.tolist()), world.bond.tolist(), strict=True)) == {
        (0, 1): 0.9, (2, 3): 0.2, (0, 2): 0.6,
    }  # fmt: skip


def test_values_of_columns_that_a_world_has_not_are_left_aside():
    world = World(Labels(), 2)
    world.add_ties(np.array([[0, 1]]), bond=0.9)
    world.commit()
    assert world.ties == 1
    assert not hasattr(world, "bond")


def test_nothing_changes_before_the_commit():
    world = World(Labels(), 4, ["bond"])
    world.add_ties(np.array([[0, 1], [2, 3]]))
    world.found_coalition(0, 0, np.array([0, 1]))
    assert (world.ties, world.coalitions) == (0, 0)
    world.commit()
    world.end_ties(np.array([0]))
    world.leave(np.array([0]))
    world.remove_organisations(np.array([3]))
    assert (world.ties, world.memberships, world.n) == (2, 2, 4)
    world.commit()
    assert (world.ties, world.memberships, world.coalitions, world.n) == (0, 0, 0, 3)


def test_coalitions_founded_at_once_may_have_lists_of_different_length():
    world = World(Labels(issues=("air", "water")), 6, ["coalition_issue"])
    world.tick = 3
    world.found_coalitions(np.array([4, 1]), np.array([1, 0]), np.array([[4, 0, 2], [1, 5, -1]]))
    world.commit()
    assert world.coalition_identity.tolist() == [(3 << 31) | 4, (3 << 31) | 1]
    assert world.coalition_issue.tolist() == [1, 0]
    assert world.member.tolist() == [0, 2, 4, 1, 5]


def test_one_organisation_may_found_several_coalitions_in_a_tick_and_no_number_is_given_twice():
    """Not by one request, by several, after a dissolution, or in a copy of the world in between."""
    world = World(Labels(issues=("air",)), 6, ["coalition_issue"])
    world.tick = 3
    seen = []

    def found(world, *founders):
        world.found_coalitions(np.array(founders), np.zeros(len(founders)), np.tile(np.arange(6), (len(founders), 1)))
        world.commit()
        seen.extend(number for number in world.coalition_identity.tolist() if number not in seen)

    found(world, 2, 5, 2)
    assert seen == [3 << 31 | 2, 3 << 31 | 5, 1 << 58 | 3 << 31 | 2]
    world.leave(np.arange(world.memberships))
    world.commit()
    assert world.coalitions == 0
    found(copy.deepcopy(world), 2, 2)
    assert len(seen) == 5
    world.tick = 4
    found(world, 2, 2)
    assert len(seen) == len(set(seen)) == 7
    assert min(seen) >= 0


def test_a_coalitions_number_is_the_founders_own_whatever_others_found():
    alone, among = numbers(9, np.array([4, 4])), numbers(9, np.array([7, 4, 1, 7, 4]))
    assert among[[1, 4]].tolist() == alone.tolist()
    assert np.unique(numbers(2**27 - 1, np.repeat([0, 2**31 - 1], 32))).size == 64


def test_coalitions_beyond_what_numbers_can_tell_apart_are_refused():
    with pytest.raises(InputError, match="organisation 4 founds 33 coalitions in tick 7; allowed: at most 32"):
        numbers(7, np.array([1, *[4] * 33]))
    with pytest.raises(InputError, match="allowed: before tick 134,217,728"):
        numbers(2**27, np.array([1]))


@pytest.mark.parametrize("numbers_given", [[3], [1], [8, 8]])
def test_a_newcomer_with_a_number_that_was_ever_anothers_is_refused(numbers_given):
    world = World(Labels(), 4)
    world.remove_organisations(np.array([1]))
    world.commit()
    given = np.array(numbers_given)
    with pytest.raises(ValueError, match="identity is another's, or was"):
        world.add_organisations({"identity": given, "sector": np.zeros(given.size)})


def test_the_words_of_a_column_are_as_many_as_its_entries():
    labels = Labels(issues=("air",), stance_axes=("left", "up"), capabilities=("a", "b", "c"), culture=4)
    for column in COLUMNS.values():
        assert labels.extent(column) == ((len(labels.words(column)),) if column.extent else ())
    assert labels.words(COLUMNS["stance"]) == ("left", "up")
    assert labels.words(COLUMNS["culture"]) == ("1", "2", "3", "4")
    assert labels.words(COLUMNS["capital"]) == ()


def test_organisations_that_stay_keep_number_name_and_state():
    world = World(Labels(), 4, ["capital"])
    world.names = ("Acme", "Beta", "City", "Dove")
    world.capital[:] = [1, 2, 3, 4]
    world.remove_organisations(np.array([1]))
    world.commit()
    rows = world.add_organisations({"identity": np.array([9]), "sector": np.array([2])}, ("Eve",))
    assert world.identity.tolist() == [0, 2, 3, 9]
    assert world.names == ("Acme", "City", "Dove", "Eve")
    assert world.capital.tolist() == [1, 3, 4, COLUMNS["capital"].initial]
    assert rows.tolist() == [3]
    assert world.changes == 2


@pytest.mark.parametrize("way", [copy.deepcopy, copy.copy, lambda world: pickle.loads(pickle.dumps(world))])
def test_a_copy_made_by_python_goes_on_like_its_original(way):
    """As does a copy of whatever holds a world."""
    _, world = plain_and_real(4)
    world.add_ties(np.array([[0, 1], [1, 2], [2, 3]]), bond=np.array([0.1, 0.2, 0.3]))
    world.commit()
    twin = way(world)
    for each in (world, twin):
        each.bond[:] *= 2
        each.end_ties(np.array([0]))
        each.commit()
    assert twin.bond.tolist() == world.bond.tolist() == [0.4, 0.6]


def test_an_unknown_column_is_refused_and_a_missing_one_explained():
    with pytest.raises(KeyError, match="glory"):
        World(Labels(), 3, ["glory"])
    with pytest.raises(AttributeError, match="this world has no column 'capital'"):
        World(Labels(), 3).capital  # noqa: B018  (reading it is the test)


def test_citizens_turn_to_nobody_when_an_organisation_goes_and_stay_with_the_others():
    world = World(Labels(citizens=5), 4, {"buys_from", "works_for"})
    world.buys_from[:], world.works_for[:] = [0, 1, 2, 3, -1], [3, 3, 1, 0, 2]
    world.remove_organisations(np.array([1]))
    world.commit()
    assert world.buys_from.tolist() == [0, -1, 1, 2, -1]
    assert world.works_for.tolist() == [2, 2, -1, 0, 1]
