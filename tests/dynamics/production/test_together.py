"""What some would make in one coalition, and what is between two of them."""

from itertools import combinations

import numpy as np
import pytest

from ecosim.dynamics.production.joint_work import JointWork
from ecosim.dynamics.production.together import between, together
from tests.dynamics.worlds import live, some_tied, unite, world_for

ALONE = (0.5, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
"""Rates at which nothing but capability matters: complementarity ½, productivity 1."""


def test_one_capability_that_is_needed_alone_counts_as_it_is():
    needs = np.array([1.0, 0.0])
    assert together(np.array([3.0, 100.0]), 1.0, needs, 0.0, 0.0, 0.0, 4, ALONE) == pytest.approx(3.0)


@pytest.mark.parametrize("complementarity", [0.25, 0.5, 1.0])
def test_twice_of_everything_makes_twice_as_much(complementarity):
    rates = (complementarity, *ALONE[1:])
    needs, combined = np.array([0.5, 0.2, 0.3]), np.array([1.0, 4.0, 0.5])
    once, twice = (together(factor * combined, 1.0, needs, 0.0, 0.0, 0.0, 3, rates) for factor in (1.0, 2.0))
    assert twice == pytest.approx(2.0 * once)


def test_bonds_and_knowledge_add_and_gaps_and_numbers_take_away():
    combined, needs = np.array([2.0]), np.array([1.0])
    rates = (0.5, 1.5, 0.8, 0.4, 0.6, 0.1, 0.0)

    def made(bond, gap, pool, members):
        pairs = members * (members - 1) / 2
        return together(combined, 1.0, needs, bond * pairs, gap * pairs, pool, members, rates)

    usual = made(0.3, 0.5, 1.0, 4)
    assert made(0.6, 0.5, 1.0, 4) > usual
    assert made(0.3, 0.5, 2.0, 4) > usual
    assert made(0.3, 1.0, 1.0, 4) < usual
    assert made(0.3, 0.5, 1.0, 5) == pytest.approx(usual * 1.3 / 1.4)
    assert made(1.0, 9.0, 0.0, 4) == pytest.approx(2.0 * 1.5 * 1.8 / 1.3)  # a full bond needs no translation


def test_between_two_is_their_bond_and_the_gap_that_translation_left():
    work = JointWork()
    world = world_for(work, n=12, ties=some_tied(12, 0.4), issues=1, axes=2, capabilities=2, culture=3)
    draw = np.random.default_rng(4)
    world.sector[:], world.culture[:] = draw.integers(0, 3, 12), draw.integers(0, 3, (12, 3))
    world.stance[:] = draw.uniform(-1, 1, (12, 2))
    world.bond[:], world.translation[:] = draw.random(world.ties), draw.random(world.ties)
    graph = (world.first_tie, world.partner, world.tie, world.bond, world.translation)
    kind, weights = (world.sector, world.culture, world.stance), (0.4, 0.4, 0.2)
    tie = {frozenset(pair): t for t, pair in enumerate(world.ends.tolist())}
    for i, j in combinations(range(12), 2):
        bond, apart = between(i, j, graph, kind, weights)
        assert (bond, apart) == between(j, i, graph, kind, weights)
        t = tie.get(frozenset((i, j)))
        whole = (
            0.4 * (world.sector[i] != world.sector[j])
            + 0.4 * np.mean(world.culture[i] != world.culture[j])
            + 0.2 * 0.5 * np.sqrt(np.mean((world.stance[i] - world.stance[j]) ** 2))
        )
        assert bond == (0.0 if t is None else world.bond[t])
        assert apart == pytest.approx(whole * (1.0 if t is None else world.translation[t]))


def test_what_is_foreseen_of_a_coalition_is_what_it_then_makes():
    work = JointWork(translation=0.5, coordination=0.1)
    world = unite(world_for(work, n=3, ties=[(0, 1), (1, 2)], issues=1, axes=1, capabilities=2), (0, (0, 1, 2)))
    draw = np.random.default_rng(5)
    world.capability[:], world.contribution[:] = draw.random((3, 2)), 0.5
    world.needs[:], world.urgency[:], world.salience[:] = [[0.3, 0.7]], 1.0, 1.0
    world.bond[:], world.translation[:] = [0.2, 0.6], [0.5, 0.9]
    live(world, work)
    graph = (world.first_tie, world.partner, world.tie, world.bond, world.translation)
    kind, weights = (world.sector, world.culture, world.stance), work.gap.weights()
    pairs = [between(i, j, graph, kind, weights) for i, j in combinations(range(3), 2)]
    combined = (world.member_effort[:, None] * world.capability[world.member]).sum(axis=0)
    bonds, gaps = (sum(part) for part in zip(*pairs, strict=True))
    foreseen = together(combined, world.member_effort.sum(), world.needs[0], bonds, gaps, 0.0, 3, work.rates())
    assert world.output[0] == pytest.approx(foreseen)
