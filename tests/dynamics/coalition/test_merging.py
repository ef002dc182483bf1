"""Coalitions on one issue become one where both sides gain by it, and give up what has lost for long."""

import numpy as np
import pytest

from ecosim.dynamics.coalition.joining import Joining
from ecosim.dynamics.meeting import Meeting
from ecosim.dynamics.production.joint_work import JointWork
from ecosim.dynamics.production.sharing import Sharing
from ecosim.errors import InputError
from ecosim.rng import stream
from ecosim.world.reasons import Reasons
from tests.dynamics.worlds import everyone_tied, live, unite, world_for

# Parts that need each other, and nothing to lose by being many.
FREE = JointWork(complementarity=0.5, bond_gain=0.0, pool_gain=0.0, translation=0.0, coordination=0.0)


def still(**more):
    """Return a rule under which nothing changes unless told to."""
    return Joining(
        **{"looking": 0.0, "initiative": 0.0, "reconsidering": 0.0, "merging": 0.0, "patience": None, **more}
    )


def eager(**more):
    """Return a rule under which every coalition looks for another, and wants what it gains by."""
    return still(**{"merging": 1.0, "selectivity": 1000.0, "hurdle": 0.01, **more})


def two_pairs(joining, capability, issues=(0, 0), ties=((0, 1), (2, 3), (1, 2)), work=FREE, members=((0, 1), (2, 3))):
    """Return a world in which two coalitions have worked."""
    n = 1 + max(max(pair) for pair in members)
    world = world_for(joining, work, Sharing(), n=n, ties=ties, issues=2, axes=1, capabilities=2, culture=2)
    unite(world, *zip(issues, members, strict=True))
    world.contribution[:], world.needs[:], world.worth[:], world.invest[:] = 0.5, 0.5, 1, 0
    world.capability[:] = capability
    return live(world, work, Sharing())


def act(joining, world, ticks=1, work=FREE, seed=0, **schedule):
    bound = joining.bind({"production": work, **schedule})
    for tick in range(ticks):
        bound.step(world, stream(seed + tick, "coalition").key(world.tick))
        world.commit()
    return world


def members_of(world):
    return {frozenset(world.member[world.member_coalition == c].tolist()) for c in range(world.coalitions)}


SPECIALISTS = [[1, 0], [1, 0], [0, 1], [0, 1]]


@pytest.mark.parametrize("seed", range(3))
def test_two_that_complete_each_other_merge(seed):
    world = act(eager(), two_pairs(eager(), SPECIALISTS), ticks=10, seed=seed)
    assert members_of(world) == {frozenset(range(4))}


def test_two_that_are_all_alike_and_only_add_up_stay_two():
    world = act(eager(), two_pairs(eager(), 1.0), ticks=20)
    assert members_of(world) == {frozenset({0, 1}), frozenset({2, 3})}


def test_what_one_side_loses_by_does_not_happen():
    # A large able coalition gains nothing by a pair that can do nothing, which would gain all.
    world = act(eager(), two_pairs(eager(), [[1, 1], [1, 1], [0.001, 0], [0.001, 0]]), ticks=20)
    assert world.coalitions == 2


def test_on_different_issues_none_merge_nor_without_a_tie_or_a_member_in_common():
    assert act(eager(), two_pairs(eager(), SPECIALISTS, issues=(0, 1)), ticks=20).coalitions == 2
    assert act(eager(), two_pairs(eager(), SPECIALISTS, ties=((0, 1), (2, 3))), ticks=20).coalitions == 2


def test_a_member_in_common_is_enough_and_gives_both_its_efforts():
    shared = two_pairs(eager(), [[1, 0], [0.2, 0.2], [0, 1]], ties=((0, 1), (1, 2)), members=((0, 1), (1, 2)))
    world = act(eager(), shared, ticks=10)
    assert members_of(world) == {frozenset({0, 1, 2})}


def test_none_grows_beyond_the_largest():
    for largest, coalitions in ((3, 2), (4, 1)):
        joining = eager(largest=largest)
        assert act(joining, two_pairs(joining, SPECIALISTS), ticks=10).coalitions == coalitions


def test_what_is_foreseen_of_a_merger_is_what_it_then_makes():
    # With β = 1000 the hurdle at which it happens is within .02 of the lesser side's relative gain.
    able = [[1, 0.2], [0.8, 0.1], [0.2, 1], [0, 0.9]]
    costly = JointWork(complementarity=0.5, coordination=0.03, translation=0.3)
    before = two_pairs(eager(), able, work=costly)
    before.bond[:] = 0.4
    live(before, costly)
    made = before.output / before.effort_total
    after = two_pairs(eager(), able, work=costly)
    after.bond[:] = 0.4
    live(after, costly)
    act(eager(hurdle=-10.0, acquaintance=False), after, ticks=10, work=costly)
    assert after.coalitions == 1
    live(after, costly)
    gain = float(after.output[0] / after.effort_total[0] / made.max()) - 1
    for hurdle, coalitions in ((gain - 0.03, 1), (gain + 0.03, 2)):
        world = two_pairs(eager(), able, work=costly)
        world.bond[:] = 0.4
        live(world, costly)
        world.pool[:] = before.pool
        act(eager(hurdle=hurdle), world, ticks=10, work=costly)
        assert world.coalitions == coalitions


def test_each_takes_part_in_one_merger_a_tick():
    # Ten pairs of specialists in a ring, all akin: after one tick nobody is in a coalition of more than four.
    ties = [(i, (i + 1) % 20) for i in range(20)]
    members = [(2 * k, 2 * k + 1) for k in range(10)]
    able = np.eye(2)[(np.arange(20) // 2) % 2]
    for seed in range(5):
        world = two_pairs(eager(), able, issues=(0,) * 10, ties=ties, members=members)
        act(eager(), world, seed=seed)
        sizes = np.diff(world.first_member)
        assert set(sizes.tolist()) <= {2, 4}
        assert 4 in sizes
        assert np.all(np.bincount(world.member) == 1)


def test_the_merged_keep_the_fuller_pool_and_become_acquainted():
    world = two_pairs(eager(), SPECIALISTS)
    world.pool[:] = [0.2, 0.7]
    act(eager(), world, ticks=10)
    assert world.pool.tolist() == [0.7]
    assert {tuple(pair) for pair in world.ends.tolist()} == set(map(tuple, everyone_tied(4).tolist()))


def test_acquaintance_keeps_to_the_attention_of_the_scheduled_meeting():
    for attention, ties in ((1, 3), (2, 4), (3, 6)):
        world = two_pairs(eager(), SPECIALISTS)
        act(eager(), world, ticks=10, meeting=Meeting(attention=attention))
        assert world.coalitions == 1
        assert world.ties == ties
        assert np.diff(world.first_tie).max() <= max(2, attention)


def test_who_is_tied_where_attention_is_short_is_drawn():
    chosen = set()
    for seed in range(20):
        world = two_pairs(eager(), SPECIALISTS, ties=((0, 1), (2, 3), (1, 2)))
        act(eager(), world, ticks=10, seed=100 * seed, meeting=Meeting(attention=2))
        chosen |= {tuple(pair) for pair in world.ends.tolist()}
    assert chosen == {(0, 1), (2, 3), (1, 2), (0, 3)}  # rows 1 and 2 have no attention left


def test_what_loses_for_long_gives_up_and_what_wins_once_starts_anew():
    joining = still(patience=5)
    world = two_pairs(joining, 1.0)
    world.output_alone[:] = [world.output[0] * 2, world.output[1] * 0.5]
    act(joining, world, ticks=4)
    assert (world.coalitions, world.losing.tolist()) == (2, [4, 0])
    lucky = two_pairs(joining, 1.0)
    lucky.output_alone[:] = lucky.output * 2
    act(joining, lucky, ticks=4)
    lucky.output_alone[:] = 0
    act(joining, lucky)
    assert lucky.losing.tolist() == [0, 0]
    assert members_of(act(joining, world)) == {frozenset({2, 3})}


def test_the_patient_never_give_up():
    world = two_pairs(still(), 1.0)
    world.output_alone[:] = 100.0
    assert act(still(), world, ticks=50).coalitions == 2


def test_ticks_of_losing_are_ticks_not_actions():
    joining = still(patience=8, every=4)
    world = two_pairs(joining, 1.0)
    world.output_alone[:] = 100.0
    assert act(joining, world).coalitions == 2
    assert act(joining, world).coalitions == 0


def test_why_they_merged_or_gave_up_is_told():
    world = two_pairs(eager(), SPECIALISTS)
    world.reasons = Reasons()
    act(eager(), world, ticks=10)
    told = {(noted.kind, noted.why[0]) for noted in world.reasons.take()}
    assert told == {("left", "merged"), ("joined", "merged"), ("tie_made", "same coalition")}
    joining = still(patience=1)
    losing = two_pairs(joining, 1.0)
    losing.output_alone[:], losing.reasons = 100.0, Reasons()
    act(joining, losing)
    (noted,) = losing.reasons.take()
    assert (noted.kind, noted.why[0], noted.organisation.tolist()) == ("left", "gave up", [0, 1, 2, 3])
    assert np.all(noted.terms["present"] == 100.0)


def test_the_meeting_that_is_named_must_be_one():
    with pytest.raises(InputError, match=r"meeting names 'meting'; did you mean 'meeting'"):
        Joining(meeting="meting").bind({"meeting": Meeting()})
    with pytest.raises(InputError, match="allowed: meeting"):
        Joining(meeting="sharing").bind({"sharing": Sharing()})
