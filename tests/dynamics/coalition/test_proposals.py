"""Who proposes what to whom within one tick."""

import numpy as np
import pytest

from ecosim.dynamics.coalition.joining import Joining
from ecosim.dynamics.coalition.proposals import acquainted, with_members
from ecosim.dynamics.production.joint_work import JointWork
from tests.dynamics.worlds import live, some_tied, unite, world_for

WORK = JointWork()


def willing(**more):
    """Return a rule under which everyone looks and proposes, and hardly anyone ever says no."""
    return Joining(
        **{
            "looking": 0.0,
            "initiative": 1.0,
            "reconsidering": 0.0,
            "hurdle": -10.0,
            "openness": 1.0,
            "acquaintance": False,
            **more,
        }
    )


def alike(joining, n, ties, coalitions=()):
    """Return a world of organisations that are all the same."""
    world = world_for(joining, WORK, n=n, ties=ties, issues=1, capabilities=2)
    unite(world, *coalitions)
    world.contribution[:], world.capability[:], world.needs[:], world.worth[:] = 0.5, 1, 0.5, 1
    return live(world, WORK)


@pytest.mark.parametrize("seed", range(5))
def test_each_takes_part_in_one_new_coalition_a_tick_at_most(seed):
    joining = willing()
    world = live(alike(joining, 40, some_tied(40, 0.3, seed)), joining, seed=seed)
    assert world.coalitions > 3
    assert np.bincount(world.member).max() == 1
    assert np.all(np.diff(world.first_member) == 2)


@pytest.mark.parametrize("seed", range(5))
def test_of_all_who_turn_to_one_partner_one_is_chosen(seed):
    joining = willing()
    star = alike(joining, 9, [(0, j) for j in range(1, 9)])
    live(star, joining, seed=seed)
    assert star.coalitions == 1
    assert 0 in star.member


def test_who_is_chosen_does_not_depend_on_its_row():
    # Eight alike leaves and their hub, 4,000 worlds: each leaf is the hub's partner with probability 1/8.
    # 5.4 standard errors for each of 8 leaves: false alarm 6e-7 in all.
    joining = willing()
    chosen = np.zeros(9)
    star = alike(joining, 9, [(0, j) for j in range(1, 9)])
    for _ in range(4000):
        live(star, joining, seed=7)
        chosen[star.member] += 1
        star.leave(np.arange(star.memberships))
        star.commit()
    assert chosen[0] == 4000
    assert np.all(np.abs(chosen[1:] / 4000 - 1 / 8) < 5.4 * np.sqrt(1 / 8 * 7 / 8 / 4000))


@pytest.mark.parametrize("seed", range(5))
def test_whoever_joins_knew_a_member(seed):
    joining = willing(looking=1.0, initiative=0.0)
    world = alike(joining, 30, some_tied(30, 0.08, seed), [(0, (0, 1, 2)), (0, (3, 4)), (0, (5, 6, 7, 8))])
    members = [set(world.member[world.member_coalition == c].tolist()) for c in range(3)]
    partners = [set(world.partner[world.first_tie[i] : world.first_tie[i + 1]].tolist()) for i in range(30)]
    live(world, joining, seed=seed)
    joined = 0
    for c in range(3):
        for i in set(world.member[world.member_coalition == c].tolist()) - members[c]:
            assert partners[i] & members[c]
            joined += 1
    assert joined > 0


def test_a_newcomer_is_paired_with_every_member():
    member, first_member = np.array([0, 1, 2, 1, 4], np.int32), np.array([0, 3, 5])
    pairs = with_members(np.array([5, 6, 7]), np.array([1, 0, 1]), member, first_member)
    assert pairs.tolist() == [[5, 1], [5, 4], [6, 0], [6, 1], [6, 2], [7, 1], [7, 4]]


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("attention", [0, 1, 2, 5])
def test_nobody_gets_acquainted_beyond_its_attention(attention, side):
    """The hub of a star of four meets as many as it has attention for, those at the rim the hub alone."""
    world = world_for(WORK, n=5)
    star = np.array([[0, 1], [0, 2], [0, 3], [0, 4], [2, 2]], np.int64)
    star = star if side == 0 else star[:, ::-1].copy()
    for tick in range(20):
        met = acquainted(world.identity, world.first_tie, world.partner, star, attention, (1, 2, tick))
        assert len(met) == min(attention, 4)
        assert set(met[:, side].tolist()) <= {0}


def test_ties_there_are_count_against_attention_and_are_not_made_again():
    world = world_for(WORK, n=4, ties=[(0, 1), (2, 3)])
    wanted = np.array([[0, 1], [0, 2], [0, 3]], np.int64)
    met = acquainted(world.identity, world.first_tie, world.partner, wanted, 2, (1, 2, 3))
    assert len(met) == 1
    assert met[0, 1] in (2, 3)
    assert len(acquainted(world.identity, world.first_tie, world.partner, wanted, 3, (1, 2, 3))) == 2
    for tick in range(20):  # the first tie of the first organisation is as much a tie as any
        met = acquainted(world.identity, world.first_tie, world.partner, wanted, 10, (1, 2, tick))
        assert sorted(met[:, 1].tolist()) == [2, 3]
