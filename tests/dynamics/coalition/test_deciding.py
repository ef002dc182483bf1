"""All decisions about memberships of one tick: by the same utility, on the same state, and none against another."""

import numpy as np
import pytest

from ecosim.dynamics.coalition.joining import Joining
from ecosim.dynamics.production.joint_work import JointWork
from ecosim.dynamics.production.sharing import Sharing
from ecosim.rng import stream
from ecosim.world.reasons import Reasons
from tests.dynamics.worlds import unite, world_for

# Parts that need each other, and nothing else between them: Y = (Σ √X / 2)² of two kinds of capability.
WORK = JointWork(complementarity=0.5, bond_gain=0.0, pool_gain=0.0, translation=0.0, coordination=0.0)
TOGETHER = ((np.sqrt(2.0) + 1.0) / 2.0) ** 2 / 3.0
"""What one of three with effort ½ each gets, two of whom can do [2, 0] and one [0, 2]."""
ALONE = 0.25
"""What half an effort of one who can do [2, 0] makes alone."""


def still(**more):
    """Return a rule under which nothing changes unless told to."""
    return Joining(
        **{"looking": 0.0, "initiative": 0.0, "reconsidering": 0.0, "merging": 0.0, "patience": None, **more}
    )


def trios(count, worth=1.0):
    """Return a world that has worked, of so many coalitions of two, each with a third who knows the first of them."""
    first = 3 * np.arange(count)
    pairs = np.stack([first, first + 1], axis=1)
    ties = np.concatenate([pairs, np.stack([first, first + 2], axis=1)])
    world = world_for(still(), WORK, Sharing(), n=3 * count, ties=ties, issues=1, capabilities=2)
    world.found_coalitions(first, np.zeros(count, int), pairs)
    world.commit()
    world.capability[:] = np.tile([[2, 0], [0, 2], [2, 0]], (count, 1))
    return worked(world, worth)


def worked(world, worth=1.0):
    """Let all work with half an effort each, and share, and return the same world."""
    world.contribution[:], world.needs[:], world.worth[:], world.salience[:] = 0.5, 0.5, worth, 1.0
    for mechanism in (WORK, Sharing()):
        mechanism.bind({}).step(world, stream(1, mechanism.rule()).key(world.tick))
    return world


def decide(joining, world, seed=0):
    """Let everyone decide once, and return the same world."""
    joining.bind({"production": WORK}).step(world, stream(seed, "coalition").key(world.tick))
    world.commit()
    return world


def chance(joining, gain, present):
    """Return the probability of a step, worked out from the text of the rule."""
    advantage = (gain - present - joining.upkeep) / (present + joining.upkeep)
    return 1.0 / (1.0 + np.exp(-joining.selectivity * (advantage - joining.hurdle)))


def joined(world):
    """Return the third ones that are in a coalition now, by their numbers."""
    return set(world.identity[world.member[world.identity[world.member] % 3 == 2]].tolist())


@pytest.mark.parametrize("worth", [0.5, 1.0, 4.0])
def test_the_utility_of_joining_is_that_of_the_text(worth):
    joining = still(looking=1.0, openness=1.0, selectivity=2.0, hurdle=-0.5, upkeep=0.05)
    world = trios(20, worth)
    world.reasons = Reasons()
    decide(joining, world)
    (noted,) = [noted for noted in world.reasons.take() if noted.kind == "joined"]
    assert noted.organisation.size > 5
    assert noted.terms["gain"] == pytest.approx(worth * TOGETHER)
    assert noted.terms["present"] == pytest.approx(worth * ALONE)
    assert noted.terms["chance"] == pytest.approx(chance(joining, worth * TOGETHER, worth * ALONE))


@pytest.mark.parametrize("hurdle", [-0.5, 0.5, 1.5])
def test_a_share_joins_at_the_logistic_rate_of_what_it_gains(hurdle):
    # 10,000 separate trios, 5 standard errors: false alarm 6e-7; it would see an error of .02 in the advantage.
    joining = still(looking=0.4, openness=1.0, selectivity=2.0, hurdle=hurdle, upkeep=0.05)
    share = 0.4 * chance(joining, TOGETHER, ALONE)
    came = len(joined(decide(joining, trios(10_000)))) / 10_000
    assert abs(came - share) < 5 * np.sqrt(share * (1 - share) / 10_000)


@pytest.mark.parametrize(
    ("less", "more"),
    [({"upkeep": 0.1}, {"upkeep": 0.01}), ({"hurdle": 0.8}, {"hurdle": 0.2}), ({"looking": 0.5}, {"looking": 0.9})],
)
def test_whoever_joins_joins_all_the_more_where_it_costs_less_or_more_of_them_look(less, more):
    """By the same luck, so nobody of the first is missing from the second."""
    rule = {"looking": 0.7, "openness": 1.0, "selectivity": 2.0, "hurdle": 0.5}
    few, many = (joined(decide(still(**{**rule, **told}), trios(300))) for told in (less, more))
    assert few < many


def test_who_wants_nothing_less_than_it_gains_joins_and_who_wants_more_does_not():
    advantage = (TOGETHER - ALONE - 0.05) / (ALONE + 0.05)
    for hurdle, came in ((advantage - 0.05, 50), (advantage + 0.05, 0)):
        joining = still(looking=1.0, openness=1.0, selectivity=1000.0, hurdle=hurdle, upkeep=0.05)
        assert len(joined(decide(joining, trios(50)))) == came


def test_members_refuse_whom_they_would_be_less_with_and_give_way_by_their_openness():
    """Two make (√1 + √1)² / 4 = 1 of an effort of 1; three of 1½ make 3 × TOGETHER: .97 of it per effort."""
    lost = 1.0 - 2.0 * TOGETHER
    for openness, came in ((lost + 1e-6, 20), (lost - 1e-6, 0)):
        joining = still(looking=1.0, openness=openness, selectivity=1000.0, hurdle=-10.0)
        assert len(joined(decide(joining, trios(20)))) == came


def test_nobody_decides_on_what_others_decide_in_the_same_tick():
    """The only acquaintance of the third leaves in the very tick in which that one joins."""
    joining = still(looking=1.0, reconsidering=1.0, openness=1.0, selectivity=1000.0, hurdle=0.0)
    world = unite(world_for(joining, WORK, Sharing(), n=4, ties=[(0, 2)], issues=1, capabilities=2), (0, (0, 1, 3)))
    world.capability[:] = [[2, 0], [0, 2], [2, 0], [0, 2]]
    worked(world)
    world.member_share[:], world.member_alone[:] = [0.0, 1.0, 1.0], [1.0, 0.1, 0.1]
    assert decide(joining, world).member.tolist() == [1, 2, 3]


@pytest.mark.parametrize("seed", range(5))
def test_a_coalition_that_takes_somebody_in_merges_with_none_in_that_tick(seed):
    joining = still(looking=1.0, merging=1.0, openness=1.0, selectivity=1000.0, hurdle=-10.0)
    world = world_for(joining, WORK, Sharing(), n=5, ties=[(0, 1), (2, 3), (1, 2), (0, 4)], issues=1, capabilities=2)
    unite(world, (0, (0, 1)), (0, (2, 3)))
    world.capability[:] = [[2, 0], [2, 0], [0, 2], [0, 2], [1, 1]]
    decide(joining, worked(world), seed)
    assert world.coalitions == 2
    assert 4 in world.member


def test_whoever_leaves_does_not_come_along_when_its_coalition_merges():
    joining = still(merging=1.0, reconsidering=1.0, selectivity=1000.0, hurdle=0.0)
    merged = 0
    for seed in range(10):
        world = world_for(joining, WORK, Sharing(), n=6, ties=[(2, 3)], issues=1, capabilities=2)
        unite(world, (0, (0, 1, 2)), (0, (3, 4, 5)))
        world.capability[:] = [[2, 0]] * 3 + [[0, 2]] * 3
        worked(world)
        world.member_share[:], world.member_alone[:] = [0.0, 1.0, 1.0, 1.0, 1.0, 0.0], [1.0, 0.1, 0.1, 0.1, 0.1, 1.0]
        assert decide(joining, world, seed).member.tolist() == [1, 2, 3, 4]
        merged += world.coalitions == 1
    assert merged > 2  # where a member is drawn that knows one of the other side


def test_who_leaves_what_gives_up_in_the_same_tick_is_out_once():
    joining = still(reconsidering=1.0, patience=1, selectivity=1000.0, hurdle=0.0)
    world = trios(4)
    world.reasons = Reasons()
    world.member_share[:], world.member_alone[:], world.output_alone[:] = 0.0, 1.0, 100.0
    decide(joining, world)
    assert (world.coalitions, world.memberships) == (0, 0)
    assert {noted.why[0] for noted in world.reasons.take()} == {"did better alone", "gave up"}
