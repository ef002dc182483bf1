"""Events tell everything that came and went: from the first world and the log, every later one can be rebuilt."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.results.events import EventLog, Watch
from tests.results.toys import a_world, change, tie


def ties_of(world):
    return {frozenset(map(int, pair)) for pair in world.identity[world.ends]}


def memberships_of(world):
    members, coalitions = world.identity[world.member], world.coalition_identity[world.member_coalition]
    return set(zip(map(int, members), map(int, coalitions), strict=True))


def replayed(log, ties, memberships, organisations):
    """Return the ties, memberships, coalitions and organisations after everything in the log."""
    coalitions = set()
    for kind, organisation, other, coalition in zip(
        *(log.table().columns[name] for name in ("kind", "organisation", "other", "coalition")), strict=True
    ):
        if kind == "tie_made":
            assert frozenset((organisation, other)) not in ties
            ties.add(frozenset((organisation, other)))
        elif kind == "tie_ended":
            ties.remove(frozenset((organisation, other)))
        elif kind == "joined":
            assert (organisation, coalition) not in memberships
            memberships.add((organisation, coalition))
        elif kind == "left":
            memberships.remove((organisation, coalition))
        elif kind == "founded":
            coalitions.add(coalition)
        elif kind == "dissolved":
            coalitions.remove(coalition)
        elif kind == "came":
            organisations.add(organisation)
        elif kind == "gone":
            organisations.remove(organisation)
    return ties, memberships, coalitions, organisations


@given(st.integers(0, 2**32), st.integers(5, 15))
def test_the_log_alone_rebuilds_who_is_tied_and_who_belongs(seed, organisations):
    luck, world, log = np.random.default_rng(seed), a_world(organisations), EventLog()
    world.identity[:] = luck.permutation(1000)[:organisations]  # rows are not in the order of identities
    tie(world, (0, 1), (1, 2))
    ties, memberships, everyone = ties_of(world), memberships_of(world), set(map(int, world.identity))
    watch, newcomer = Watch(world), 2000
    for tick in range(1, 7):
        world.tick = tick
        if seed % 2:
            change(world, luck)
        if tick % 2 == 0:
            world.remove_organisations(luck.integers(0, world.n, 1))
            world.commit()
        if tick % 3 == 0:
            newcomer -= 1
            world.add_organisations({"identity": np.array([newcomer]), "sector": np.array([0])})
        change(world, luck)
        watch.note(world, log)
    ties, memberships, coalitions, everyone = replayed(log, ties, memberships, everyone)
    assert ties == ties_of(world)
    assert memberships == memberships_of(world)
    assert coalitions == set(map(int, world.coalition_identity))
    assert everyone == set(map(int, world.identity))


def test_who_joins_after_others_have_gone_is_told_by_the_right_number():
    world, log = a_world(6), EventLog()
    world.found_coalition(3, 0, np.array([3, 4]))
    world.commit()
    watch = Watch(world)
    world.remove_organisations(np.array([0]))
    world.commit()
    world.join(np.array([4]), np.array([0]))
    world.commit()
    watch.note(world, log)
    table = log.table().columns
    assert list(zip(table["kind"], table["organisation"], strict=True)) == [("joined", 5), ("gone", 0)]


def test_a_still_world_has_no_events():
    world, log = a_world(), EventLog()
    tie(world, (0, 1))
    watch = Watch(world)
    world.tick = 1
    world.capital[:] = 2.0
    watch.note(world, log)
    assert log.table().rows == 0


def test_a_tie_that_ends_and_is_made_anew_within_a_tick_is_told_as_both():
    world, log = a_world(), EventLog()
    tie(world, (0, 1), (1, 2))
    watch = Watch(world)
    world.end_ties(np.array([0]))
    world.commit()
    tie(world, (0, 1))
    watch.note(world, log)
    assert log.table().columns["kind"].tolist() == ["tie_ended", "tie_made"]


def test_a_founder_and_its_issue_are_told():
    world, log = a_world(), EventLog()
    watch = Watch(world)
    world.tick = 7
    world.found_coalition(3, 1, np.array([3, 4]))
    world.commit()
    watch.note(world, log)
    table = log.table().columns
    assert table["kind"].tolist() == ["founded", "joined", "joined"]
    assert (table["tick"][0], table["organisation"][0], table["issue"][0]) == (7, 3, 1)
    assert set(table["coalition"].tolist()) == {(7 << 31) | 3}


def test_interventions_bring_their_own_words():
    log = EventLog()
    log.add(2, "shock", issue=1, value=0.5)
    log.add(3, "invite", organisation=np.array([4, 5]))
    table = log.table().columns
    assert table["kind"].tolist() == ["shock", "invite", "invite"]
    assert table["organisation"].tolist() == [-1, 4, 5]
    assert table["value"][0] == 0.5
    assert np.isnan(table["value"][1:]).all()


@pytest.mark.parametrize("names", [None, ("Quay", "Office", "Club", "Bakery")])
def test_everyone_is_told_by_name_those_too_who_came_later_or_have_gone(names):
    world, log = a_world(4), EventLog()
    world.names = names
    called = [world.name(row) for row in range(4)]
    tie(world, (0, 1))
    watch = Watch(world)
    log.introduce(world)
    world.remove_organisations(np.array([1]))
    world.commit()
    world.add_organisations({"identity": np.array([77]), "sector": np.array([0])})
    tie(world, (2, 3))
    watch.note(world, log)
    newcomer = world.name(3)
    log.add(2, "shock", issue=1, value=0.5)
    for told in (log, log.copy()):
        table = told.table().columns
        assert list(zip(table["kind"], table["organisation_name"], table["other_name"], strict=True)) == [
            ("tie_ended", called[0], called[1]),
            ("tie_made", called[3], newcomer),
            ("gone", called[1], None),
            ("came", newcomer, None),
            ("shock", None, None),
        ]
        assert table["organisation"].tolist() == [0, 3, 1, 77, -1]


def test_ten_thousand_events_are_kept_in_order():
    log = EventLog()
    for tick in range(10_000):
        log.add(tick, "tie_made", organisation=tick)
    assert log.table().columns["organisation"].tolist() == list(range(10_000))
