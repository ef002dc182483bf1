"""Organisations aggregate into camps where they are least frustrated; the energy of the whole falls to a local minimum."""

from itertools import product

import numpy as np
import pytest

from ecosim.dynamics.coalition.landscape import Landscape, attractions, descend, energy
from ecosim.dynamics.coalition.landscape import _sums as sums_of
from tests.dynamics.worlds import everyone_tied, live, some_tied, world_for

ONE_AT_A_TIME = ("sweep", "random", "steepest")


def society(n, ties=(), seed=0, camps=2, issues=2):
    draw = np.random.default_rng(seed)
    world = world_for(Landscape(), n=n, ties=ties, issues=issues, axes=2, culture=3)
    world.identity[:] = draw.permutation(n)
    world.capital[:], world.stance[:] = draw.random(n) + 0.2, draw.uniform(-1, 1, (n, 2))
    world.culture[:], world.camp[:] = draw.integers(0, 3, (n, 3)), draw.integers(0, camps, n)
    world.affect[:], world.trust[:] = draw.uniform(-1, 1, world.ties), draw.random((world.ties, 2))
    world.salience[:] = draw.dirichlet(np.ones(max(1, issues)), n)[:, :issues]
    return world


def propensities(world, rule):
    """Return p (n, n) as the docstring has it, pair by pair."""
    p = np.zeros((world.n, world.n))
    for i, j in everyone_tied(world.n):
        apart = np.sum((world.stance[i] - world.stance[j]) ** 2)
        near = rule.neutral**2
        p[i, j] = rule.stance * (near - apart) / max(near, 8 - near)
        p[i, j] += rule.culture * (2 * np.mean(world.culture[i] == world.culture[j]) - 1)
    for t, (i, j) in enumerate(world.ends):
        p[i, j] += rule.affect * world.affect[t] + rule.trust * (2 * world.trust[t].mean() - 1)
    return p + p.T


def plain_energy(camp, size, p):
    camp = np.asarray(camp)
    return float(np.sum(size[:, None] * size[None, :] * p * (camp[:, None] != camp[None, :])))


def energy_of(world, rule):
    size = world.capital if rule.sizes == "capital" else np.ones(world.n)
    graph = (world.first_tie, world.partner, world.tie, world.affect, world.trust)
    return energy(world.camp, size, world.stance, world.culture, graph, rule.weights(), rule.camps)


def is_local_minimum(camp, size, p, camps):
    """Return whether nobody alone can lower the energy by moving."""
    here = plain_energy(camp, size, p)
    for i, c in product(range(len(camp)), range(camps)):
        moved = np.array(camp)
        moved[i] = c
        if plain_energy(moved, size, p) < here - 1e-9:
            return False
    return True


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("camps", [2, 4])
def test_the_energy_from_sums_is_that_from_all_pairs(seed, camps):
    rule = Landscape(camps=camps, affect=0.7, trust=0.4, stance=0.9, culture=0.6)
    world = society(15, some_tied(15, 0.3, seed), seed, camps)
    assert energy_of(world, rule) == pytest.approx(plain_energy(world.camp, world.capital, propensities(world, rule)))


@pytest.mark.parametrize("seed", range(5))
def test_the_pull_of_a_camp_is_what_its_members_mean_to_one(seed):
    rule = Landscape(camps=3)
    world = society(12, some_tied(12, 0.4, seed), seed, camps=3)
    p = propensities(world, rule)
    graph = (world.first_tie, world.partner, world.tie, world.affect, world.trust)
    sums = sums_of(world.camp, world.capital, world.stance, world.culture, 3)
    for i in range(12):
        found = attractions(
            i, world.camp, world.capital, world.stance, world.culture, graph, rule.weights(), sums
        )  # fmt: skip
        assert found == pytest.approx([np.sum((world.camp == c) * world.capital * p[i]) for c in range(3)])


@pytest.mark.parametrize("activation", ONE_AT_A_TIME)
@pytest.mark.parametrize("seed", range(6))
def test_one_at_a_time_the_energy_never_rises_and_ends_in_a_local_minimum(activation, seed):
    rule = Landscape(activation=activation, camps=2 + seed % 3)
    world = society(20, some_tied(20, 0.3, seed), seed, rule.camps)
    p, before = propensities(world, rule), energy_of(world, rule)
    for tick in range(40):
        live(world, rule, seed=tick)
        now = energy_of(world, rule)
        assert now <= before + 1e-9
        before = now
    assert is_local_minimum(world.camp, world.capital, p, rule.camps)


@pytest.mark.parametrize("activation", ONE_AT_A_TIME)
@pytest.mark.parametrize("seed", range(4))
def test_where_it_stops_is_among_the_local_minima_of_an_exhaustive_search(activation, seed):
    # All 2^(n − 1) ways to part eight organisations into two camps, by the plain energy.
    rule = Landscape(activation=activation)
    world = society(8, some_tied(8, 0.5, seed), seed)
    p = propensities(world, rule)
    ways = [(0, *rest) for rest in product((0, 1), repeat=7)]
    minima = {way for way in ways if is_local_minimum(way, world.capital, p, 2)}
    live(world, rule, ticks=30)
    assert tuple(world.camp ^ world.camp[0]) in minima
    assert 0 < len(minima) < len(ways)


def test_from_all_starts_the_lowest_energy_of_all_is_found():
    rule = Landscape()
    world = society(7, some_tied(7, 0.5, 3), 3)
    p = propensities(world, rule)
    lowest = min(plain_energy((0, *rest), world.capital, p) for rest in product((0, 1), repeat=6))
    reached = []
    for rest in product((0, 1), repeat=6):
        world.camp[:] = (0, *rest)
        live(world, rule, ticks=20)
        reached.append(energy_of(world, rule))
    assert min(reached) == pytest.approx(lowest)
    assert all(value >= lowest - 1e-9 for value in reached)


def friends_and_foes(n, activation="sweep", seed=0):
    """Return a world of two halves, everyone tied, that like their own and dislike the others."""
    rule = Landscape(affect=1.0, trust=0.0, stance=0.0, culture=0.0, activation=activation)
    world = society(n, everyone_tied(n), seed)
    half = np.arange(n) < n // 2
    world.affect[:] = np.where(half[world.ends[:, 0]] == half[world.ends[:, 1]], 1.0, -1.0)
    return world, rule, half


@pytest.mark.parametrize("activation", ONE_AT_A_TIME)
@pytest.mark.parametrize("seed", range(4))
def test_two_halves_of_friends_who_are_foes_of_each_other_become_the_two_camps(activation, seed):
    world, rule, half = friends_and_foes(10, activation, seed)
    live(world, rule, ticks=40, seed=seed)
    assert set(world.camp[half]) != set(world.camp[~half])
    assert len(set(world.camp[half])) == len(set(world.camp[~half])) == 1
    size = world.capital
    assert energy_of(world, rule) == pytest.approx(-2 * size[half].sum() * size[~half].sum())


def test_where_all_like_each_other_one_camp_has_everyone_and_nobody_is_frustrated():
    rule = Landscape(trust=0.0, stance=0.0, culture=0.0)
    world = society(9, everyone_tied(9))
    world.affect[:] = 0.5
    live(world, rule, ticks=20)
    assert energy_of(world, rule) == 0
    assert (world.coalitions, world.memberships) == (1, 9)


def test_swapping_the_names_of_the_camps_changes_no_energy():
    world, rule, _ = friends_and_foes(10)
    before = energy_of(world, rule)
    world.camp[:] = 1 - world.camp
    assert energy_of(world, rule) == pytest.approx(before)


def test_who_all_move_at_once_can_chase_each_other_for_ever():
    # Two who like each other, apart: each goes to where the other was.
    rule = Landscape(activation="simultaneous", trust=0.0, stance=0.0, culture=0.0)
    world = society(2, [(0, 1)])
    world.affect[:], world.camp[:] = 1.0, [0, 1]
    for tick in range(5):
        live(world, rule, seed=tick)
        assert world.camp[0] != world.camp[1]
    live(world, rule.model_copy(update={"activation": "sweep"}))
    assert world.camp[0] == world.camp[1]


def test_the_large_draw_the_small():
    # One wants to be with each of two who avoid each other: it joins the larger.
    rule = Landscape(trust=0.0, stance=0.0, culture=0.0)
    for large in (1, 2):
        world = society(3, everyone_tied(3))
        world.capital[:], world.camp[:] = 1.0, [0, 0, 1]
        world.capital[large] = 5.0
        world.affect[:] = [1.0, 1.0, -1.0]
        live(world, rule, ticks=5)
        assert world.camp[0] == world.camp[large] != world.camp[3 - large]
        world.capital[:] = 1.0


@pytest.mark.parametrize("seed", range(4))
def test_coalitions_are_the_camps_of_two_or_more(seed):
    rule = Landscape(camps=4)
    world = society(30, some_tied(30, 0.2, seed), seed, camps=4)
    for tick in range(6):
        live(world, rule, seed=tick)
        world.tick += 1
        world.stance[:] = np.random.default_rng(tick).uniform(-1, 1, (30, 2))
        camps = {frozenset(np.flatnonzero(world.camp == c).tolist()) for c in range(4)}
        members = {frozenset(world.member[world.member_coalition == c].tolist()) for c in range(world.coalitions)}
        assert members == {camp for camp in camps if len(camp) > 1}


def test_a_camp_works_on_what_matters_most_to_its_members():
    world, rule, half = friends_and_foes(8)
    world.salience[:] = np.where(half[:, None], [0.9, 0.1], [0.2, 0.8])
    world.camp[:] = half
    live(world, rule)
    issue = {int(world.camp[world.member[world.first_member[c]]]): int(world.coalition_issue[c]) for c in range(2)}
    assert issue == {1: 0, 0: 1}


def test_a_sweep_at_rest_moves_nobody():
    world, rule, half = friends_and_foes(8)
    world.camp[:] = half
    graph = (world.first_tie, world.partner, world.tie, world.affect, world.trust)
    descend(
        world.camp, world.capital, world.stance, world.culture, graph, rule.weights(), 2, False, False, np.arange(8),
        np.empty((8, 2)),
    )  # fmt: skip
    assert np.array_equal(world.camp, half)


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)camps.*sizes.*activation.*affect"):
        Landscape(camps=1, sizes="votes", activation="never", affect=-1.0)


def parted(half, apart, *, seed=0):
    """Return a world without ties or culture whose two halves hold opinions around −apart/2 and apart/2."""
    draw = np.random.default_rng(seed)
    world = society(2 * half, seed=seed)
    world.culture[:] = 0
    side = np.arange(2 * half) < half
    world.stance[:] = np.where(side[:, None], [-apart / 2, 0.0], [apart / 2, 0.0]) + draw.normal(0, 0.05, (2 * half, 2))
    return world, side


@pytest.mark.parametrize("seed", range(4))
def test_opinions_farther_apart_than_is_neutral_make_two_camps_and_nearer_ones_a_single_one(seed):
    rule = Landscape(culture=0.0, neutral=0.6)
    world, side = parted(15, 1.2, seed=seed)
    live(world, rule, ticks=20, seed=seed)
    assert len(set(world.camp[side])) == len(set(world.camp[~side])) == 1
    assert set(world.camp[side]) != set(world.camp[~side])
    world, _ = parted(15, 0.3, seed=seed)
    live(world, rule, ticks=20, seed=seed)
    assert len(set(world.camp)) == 1


@pytest.mark.parametrize("neutral", [0.3, 0.6, 2.0, 2.5])
def test_stances_mean_nothing_at_the_neutral_distance_and_never_more_than_their_weight(neutral):
    rule = Landscape(camps=2, affect=0.0, trust=0.0, culture=0.0, stance=1.5, neutral=neutral)
    farthest = np.sqrt(8.0)
    pulls = []
    for apart in (0.0, neutral, farthest):
        world = society(2)
        world.capital[:], world.camp[:] = 1.0, [0, 1]
        world.stance[:] = [[-1.0, -1.0], np.full(2, -1.0 + apart / np.sqrt(2))]
        graph = (world.first_tie, world.partner, world.tie, world.affect, world.trust)
        sums = sums_of(world.camp, world.capital, world.stance, world.culture, 2)
        found = attractions(0, world.camp, world.capital, world.stance, world.culture, graph, rule.weights(), sums)
        pulls.append(found[1])
    assert pulls[1] == pytest.approx(0.0, abs=1e-12)
    assert pulls[0] > 0 > pulls[2]
    assert max(np.abs(pulls)) == pytest.approx(1.5)
