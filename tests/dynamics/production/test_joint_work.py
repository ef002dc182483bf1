"""Coalitions combine what their members can do: the whole and the sum of its parts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.dynamics.gap import Gap
from ecosim.dynamics.production.joint_work import JointWork
from tests.dynamics.worlds import live, some_tied, unite, world_for

PLAIN = {"bond_gain": 0.0, "pool_gain": 0.0, "translation": 0.0, "coordination": 0.0}
COALITIONS = ((0, (0, 1, 2)), (1, (1, 3)), (0, (0, 2, 3, 4)), (2, (5, 6)), (1, (2, 6, 7)))


def workshop(work, seed=0, n=12, coalitions=COALITIONS):
    """Return a world in which rows 0 to 7 are in these coalitions and the others work alone."""
    draw = np.random.default_rng(seed)
    world = world_for(work, n=n, ties=some_tied(n, 0.5, seed), issues=3, axes=2, capabilities=4, culture=3)
    unite(world, *coalitions)
    world.sector[:], world.culture[:] = draw.integers(0, 3, n), draw.integers(0, 3, (n, 3))
    world.capital[:], world.capability[:], world.stance[:] = draw.random(n), draw.random((n, 4)), draw.random((n, 2))
    world.contribution[:], world.invest[:], world.bond[:] = draw.random(n), draw.random(n), draw.random(world.ties)
    world.salience[:], world.needs[:] = draw.dirichlet(np.ones(3), n), draw.dirichlet(np.ones(4), 3)
    world.urgency[:], world.translation[:], world.pool[:] = (
        draw.random(3),
        draw.random(world.ties),
        draw.random(world.coalitions),
    )
    return world


def team(work, capability, effort=1.0, needs=None):
    """Return a world of one coalition of organisations with these capabilities and efforts, all tied."""
    capability = np.asarray(capability, float)
    n, kinds = capability.shape
    ties = [(i, j) for i in range(n) for j in range(i + 1, n)]
    world = unite(world_for(work, n=n, ties=ties, issues=1, capabilities=kinds), (0, tuple(range(n))))
    world.capability[:], world.contribution[:], world.invest[:], world.capital[:] = capability, effort, 0, 1
    world.needs[:] = 1 / kinds if needs is None else needs
    return world


def made(work, capability, **more):
    world = live(team(work, capability, **more), work)
    return world.output[0], world.output_alone[0]


def gap_of(world, gap, i, j):
    return (
        gap.sector * (world.sector[i] != world.sector[j])
        + gap.culture * np.mean(world.culture[i] != world.culture[j])
        + gap.stance * np.linalg.norm(world.stance[i] - world.stance[j]) / (2 * np.sqrt(2))
    )


def foretold(world, work, c):
    """Return what coalition c makes, evaluated step by step from the text of the rule."""
    joined = np.bincount(world.member, minlength=world.n)
    members = world.member[world.member_coalition == c].tolist()
    needs = world.needs[world.coalition_issue[c]]
    effort = (1 - world.invest) * world.contribution * np.sqrt(world.capital)
    combined = sum(effort[i] / joined[i] * world.capability[i] for i in members)
    row_of = {tuple(ends): row for row, ends in enumerate(world.ends.tolist())}
    bonds, gaps = [], []
    for a, i in enumerate(members):
        for j in members[a + 1 :]:
            row = row_of.get((i, j))
            bonds.append(0.0 if row is None else world.bond[row])
            gaps.append(gap_of(world, work.gap, i, j) * (1.0 if row is None else world.translation[row]))
    bond, gap = np.mean(bonds), np.mean(gaps)
    multiplier = work.productivity * (1 + work.bond_gain * bond) * (1 + work.pool_gain * world.pool[c])
    multiplier *= np.exp(-work.translation * gap * (1 - bond)) / (1 + work.coordination * (len(members) - 1))
    return multiplier * (needs @ combined**work.complementarity) ** (1 / work.complementarity)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("complementarity", [0.3, 0.5, 1.0])
def test_output_is_what_the_equation_says(complementarity, seed):
    work = JointWork(complementarity=complementarity, productivity=1.3, gap=Gap(sector=0.5, culture=0.3, stance=0.8))
    world = workshop(work, seed)
    expected = [foretold(world, work, c) for c in range(5)]
    assert live(world, work).output == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(4))
def test_where_everything_adds_up_the_whole_is_exactly_the_sum_of_its_parts(seed):
    work = JointWork(complementarity=1.0, productivity=0.8, **PLAIN)
    world = live(workshop(work, seed), work)
    assert world.output == pytest.approx(world.output_alone)
    parts = np.bincount(world.member_coalition, world.member_alone)
    assert world.output == pytest.approx(parts)


@pytest.mark.parametrize("complementarity", [0.2, 0.5, 0.8])
def test_whoever_completes_one_another_makes_more_together(complementarity):
    work = JointWork(complementarity=complementarity, **PLAIN)
    for seed in range(10):
        together, apart = made(work, np.random.default_rng(seed).random((3, 4)))
        assert together > apart * (1 + 1e-6)


@pytest.mark.parametrize("complementarity", [0.2, 0.5, 0.8, 1.0])
def test_whoever_can_do_the_same_in_other_amounts_makes_exactly_the_sum(complementarity):
    work = JointWork(complementarity=complementarity, **PLAIN)
    together, apart = made(work, np.outer([0.3, 1.0, 2.5], [0.2, 0.9, 0.4, 0.1]))
    assert together == pytest.approx(apart)


def test_two_specialists_make_what_neither_could():
    # η = ½ and two needs alike: apart (½)² each, together (½ + ½)².
    together, apart = made(JointWork(complementarity=0.5, **PLAIN), [[1, 0], [0, 1]])
    assert (together, apart) == pytest.approx((1.0, 0.5))


@given(st.floats(0.01, 100))
def test_twice_the_effort_makes_twice_the_output(factor):
    work = JointWork()
    capability = np.random.default_rng(5).random((3, 4))
    world, larger = team(work, capability, effort=0.01), team(work, capability, effort=0.01)
    larger.capital[:] = factor**2  # effort goes with the root of capital
    live(world, work)
    live(larger, work)
    assert larger.output == pytest.approx(factor * world.output)
    assert larger.output_alone == pytest.approx(factor * world.output_alone)


def output_with(work, name, values):
    outputs = []
    for value in values:
        world = team(work, np.random.default_rng(5).random((3, 4)))
        world.stance[:] = np.array([[-1.0], [0.0], [1.0]])
        world.bond[:] = 0.3
        world.__dict__[name][:] = value
        outputs.append(live(world, work).output[0])
    return np.array(outputs)


def test_output_rises_with_bonds_and_pooled_knowledge_and_falls_with_the_gap_that_remains():
    steps = np.linspace(0, 1, 12)
    assert np.all(np.diff(output_with(JointWork(), "bond", steps)) > 0)
    assert np.all(np.diff(output_with(JointWork(), "pool", steps)) > 0)
    assert np.all(np.diff(output_with(JointWork(), "translation", steps)) < 0)
    assert output_with(JointWork(bond_gain=1.5, translation=0.0), "bond", [0, 1]) @ [2.5, -1] == pytest.approx(0)
    assert output_with(JointWork(pool_gain=0.5), "pool", [0, 1]) @ [1.5, -1] == pytest.approx(0)


def test_a_full_bond_bridges_any_gap():
    near, far = (output_with(JointWork(gap=Gap(stance=w)), "bond", [1.0]) for w in (0.0, 10.0))
    assert near == pytest.approx(far)


def test_coordination_costs_more_the_more_there_are_to_coordinate():
    work, free = JointWork(coordination=0.1), JointWork(coordination=0.0)
    for members in (2, 3, 6):
        capability = np.random.default_rng(members).random((members, 4))
        assert made(work, capability)[0] == pytest.approx(made(free, capability)[0] / (1 + 0.1 * (members - 1)))


@pytest.mark.parametrize("seed", range(4))
def test_relief_of_an_issue_is_all_the_work_done_on_it(seed):
    work = JointWork()
    world = live(workshop(work, seed), work)
    relief = np.bincount(world.coalition_issue, world.output, minlength=3)
    lone = world.works_on >= 0
    relief += np.bincount(world.works_on[lone], world.alone[lone], minlength=3)
    assert world.relief == pytest.approx(relief)
    assert np.array_equal(lone, ~np.isin(np.arange(world.n), world.member))


@pytest.mark.parametrize("seed", range(4))
def test_alone_an_organisation_makes_what_its_skill_and_effort_make_on_what_presses_it_most(seed):
    work = JointWork(complementarity=0.5, productivity=1.2)
    world = workshop(work, seed, coalitions=())
    need = world.urgency**2 / (world.urgency**2 + 1)
    live(world, work)
    for i in range(world.n):
        q = np.argmax(world.salience[i] * (0.01 + need))
        assert world.works_on[i] == q
        skill = (world.needs[q] @ np.sqrt(world.capability[i])) ** 2
        effort = (1 - world.invest[i]) * world.contribution[i] * np.sqrt(world.capital[i])
        assert world.alone[i] == pytest.approx(1.2 * effort * skill)


def test_effort_is_split_evenly_over_coalitions_and_none_is_lost():
    work = JointWork()
    world = live(workshop(work), work)
    assert world.effort == pytest.approx((1 - world.invest) * world.contribution * np.sqrt(world.capital))
    spent = np.bincount(world.member, world.member_effort, minlength=world.n)
    members = np.isin(np.arange(world.n), world.member)
    assert spent[members] == pytest.approx(world.effort[members])
    assert world.member_effort[world.member == 2] == pytest.approx(world.effort[2] / 3)
    assert world.effort_total.sum() == pytest.approx(world.effort[members].sum())


def test_better_practices_multiply_effort():
    work = JointWork()
    world = live(workshop(work), work)
    usual = world.effort.copy()
    world.performance[:] = np.linspace(0, 1, world.n)
    np.testing.assert_allclose(live(world, work).effort, usual * np.linspace(0.5, 1.5, world.n), rtol=1e-12)


def test_coalitions_and_memberships_grow_older():
    work = JointWork()
    world = workshop(work, coalitions=COALITIONS)
    live(world, work, ticks=25)
    assert np.all(world.coalition_age == 25)
    assert np.all(world.member_age == 25)


def test_where_there_is_no_issue_nobody_works():
    work = JointWork()
    world = world_for(work, n=3, capabilities=2)
    live(world, work)
    assert np.all(world.works_on == -1)
    assert np.all(world.alone == 0)


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)complementarity.*productivity.*coordination"):
        JointWork(complementarity=0.0, productivity=0.0, coordination=-1.0)


@pytest.mark.parametrize("every", [1, 3])
def test_coalitions_and_memberships_age_by_ticks_however_often_they_work(every):
    work = JointWork(every=every)
    world = live(workshop(work), work, ticks=6)
    assert set(world.coalition_age.tolist()) == set(world.member_age.tolist()) == {6}
