"""Shapley shares: whole, alike for the alike, nothing for whoever adds nothing, and those of every order weighed by hand."""

from itertools import permutations

import numpy as np
import pytest

from ecosim.dynamics.production.joint_work import JointWork
from ecosim.dynamics.production.sharing import Sharing
from ecosim.errors import InputError
from tests.chance import deviations_allowed
from tests.dynamics.worlds import live, some_tied, unite, world_for

WORK = JointWork(complementarity=0.5, bond_gain=0.8, translation=0.4, coordination=0.05)
PLAIN = JointWork(complementarity=0.5, bond_gain=0.0, translation=0.0, coordination=0.0)
SHAPLEY = Sharing(by="shapley")


def coalition(n, work=WORK, seed=0, ties=0.5, sharing=SHAPLEY):
    """Return a world of one coalition of n, with an outsider, in which the work has been done but not split."""
    draw = np.random.default_rng(seed)
    world = world_for(work, sharing, n=n + 1, ties=some_tied(n + 1, ties), issues=2, axes=2, capabilities=3, culture=3)
    unite(world, (1, tuple(range(n))))
    world.sector[:], world.culture[:] = draw.integers(0, 3, n + 1), draw.integers(0, 3, (n + 1, 3))
    world.capability[:], world.stance[:] = draw.random((n + 1, 3)) + 0.05, draw.uniform(-1, 1, (n + 1, 2))
    world.contribution[:], world.salience[:], world.needs[:] = 0.1 + draw.random(n + 1) * 0.9, 0.5, [0.2, 0.3, 0.5]
    world.bond[:], world.translation[:], world.pool[:] = draw.random(world.ties), draw.random(world.ties), 0.7
    return world


def would_make(world, work, members):
    """Return what these members would make, found by letting them work: without the pool, which is all members'."""
    if len(members) == 0:
        return 0.0
    small = unite(
        world_for(work, n=world.n, ties=world.ends, issues=2, axes=2, capabilities=3, culture=3),
        *([(1, tuple(members))] if len(members) > 1 else []),
    )
    for name in (
        "sector",
        "culture",
        "capability",
        "stance",
        "contribution",
        "salience",
        "needs",
        "bond",
        "translation",
    ):
        getattr(small, name)[:] = getattr(world, name)
    live(small, work)
    return small.output[0] if len(members) > 1 else world.member_alone[list(world.member).index(members[0])]


def by_hand(world, work):
    """Return Shapley values by walking through every order of coming."""
    members = [int(i) for i in world.member]
    known = {}

    def value(group):
        group = tuple(sorted(group))
        if group not in known:
            known[group] = would_make(world, work, group)
            if len(group) > 1:
                known[group] *= world.output[0] / would_make(world, work, tuple(members))
        return known[group]

    added = dict.fromkeys(members, 0.0)
    orders = list(permutations(members))
    for order in orders:
        for place, member in enumerate(order):
            added[member] += (value(order[: place + 1]) - value(order[:place])) / len(orders)
    return [added[member] for member in members]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("n", [2, 3, 4])
def test_shares_are_those_of_every_order_walked_through(n, seed):
    world = live(coalition(n, seed=seed), WORK, SHAPLEY)
    assert world.member_share == pytest.approx(by_hand(world, WORK), rel=1e-9)


@pytest.mark.parametrize("n", [2, 5, 12])
def test_the_whole_is_shared(n):
    world = live(coalition(n), WORK, SHAPLEY)
    assert world.member_share.sum() == pytest.approx(world.output[0], rel=1e-13)


def test_members_who_are_alike_share_alike():
    world = coalition(5, ties=0.0)
    for name in ("sector", "culture", "stance", "capability", "contribution"):
        values = getattr(world, name)
        values[3] = values[1]
    world.culture[:], world.stance[:], world.sector[:] = 0, 0.0, 0
    live(world, WORK, SHAPLEY)
    assert world.member_share[3] == pytest.approx(world.member_share[1], rel=1e-12)
    assert world.member_share[2] != pytest.approx(world.member_share[1], rel=1e-3)


@pytest.mark.parametrize("n", [4, 14])
def test_whoever_adds_nothing_gets_nothing(n):
    world = coalition(n, work=PLAIN)
    world.contribution[2], world.pool[:] = 0.0, 0.0
    live(world, PLAIN, Sharing(by="shapley", samples=50))
    assert world.member_share[2] == pytest.approx(0.0, abs=1e-12)
    assert np.all(np.delete(world.member_share, 2) > 0)


def test_where_all_adds_up_everyone_gets_what_it_makes():
    work = JointWork(complementarity=1.0, bond_gain=0.0, translation=0.0, coordination=0.0, pool_gain=0.0)
    world = live(coalition(6, work=work), work, SHAPLEY)
    assert world.member_share == pytest.approx(world.member_alone)


def test_two_split_what_they_gain_in_halves():
    world = live(coalition(2), WORK, SHAPLEY)
    gain = world.output[0] - world.member_alone.sum()
    assert world.member_share == pytest.approx(world.member_alone + gain / 2)


def test_drawn_orders_come_near_to_all_of_them():
    """Twelve members, 20,000 orders: the deviation bounded by the greatest share (false alarm 1e-6 in all)."""
    exact = live(coalition(12), WORK, SHAPLEY).member_share
    drawn = live(coalition(12), WORK, Sharing(by="shapley", exact_to=11, samples=20_000)).member_share
    few = live(coalition(12), WORK, Sharing(by="shapley", exact_to=11, samples=20)).member_share
    assert np.all(np.abs(drawn - exact) < deviations_allowed(12) * exact.max() / np.sqrt(20_000))
    assert np.abs(few - exact).max() > np.abs(drawn - exact).max()


@pytest.mark.parametrize("n", [13, 40])
def test_large_coalitions_share_the_whole_too(n):
    world = live(coalition(n), WORK, Sharing(by="shapley", samples=30))
    assert world.member_share.sum() == pytest.approx(world.output[0], rel=1e-12)


def test_where_nothing_was_made_nothing_is_shared():
    world = coalition(4)
    world.contribution[:] = 0.0
    assert np.all(live(world, WORK, SHAPLEY).member_share == 0)


def test_what_is_split_must_be_joint_work():
    with pytest.raises(InputError, match="'production' in the schedule is sharing"):
        SHAPLEY.bind({"production": Sharing()})
    with pytest.raises(InputError, match=r"sharing\.production names 'work'"):
        Sharing(by="shapley", production="work").bind({"production": WORK})
    assert Sharing(production="work").bind({"production": WORK}).by == "proportional"  # it asks nobody
