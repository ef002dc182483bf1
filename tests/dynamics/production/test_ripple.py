"""Benefit of joint work spreads outward along bonds."""

import numpy as np
import pytest

from ecosim.dynamics.production.ripple import Ripple
from tests.dynamics.worlds import live, some_tied, unite, world_for


def rippling(ripple, n, ties, gains):
    """Return a world in which pairs (k, k + 1), k even, made these gains together, and bonds are full."""
    world = world_for(ripple, n=n, ties=ties)
    unite(world, *((0, (k, k + 1)) for k in range(0, n - 1, 2)))
    world.bond[:] = 1
    world.member_alone[:] = 0
    world.member_share[:] = np.asarray(gains, float)[world.member]
    return world


def bonds(world):
    matrix = np.zeros((world.n, world.n))
    matrix[world.ends[:, 0], world.ends[:, 1]] = matrix[world.ends[:, 1], world.ends[:, 0]] = world.bond
    return matrix


def solved(world, gains, spread):
    """Return the spillover of the linear system, solved as it is written."""
    matrix = bonds(world)
    passed_on = matrix / np.maximum(1, matrix.sum(axis=0))
    return np.linalg.solve(np.eye(world.n) - spread * passed_on, gains) - gains


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("spread", [0.05, 0.3, 0.9])
def test_spillover_solves_the_linear_system(spread, seed):
    ripple = Ripple(spread=spread, tolerance=1e-12)
    draw = np.random.default_rng(seed)
    gains = draw.random(20)
    world = rippling(ripple, 20, some_tied(20, 0.25, seed), gains)
    world.bond[:] = draw.random(world.ties)
    assert live(world, ripple).spillover == pytest.approx(solved(world, gains, spread), abs=1e-9)


@pytest.mark.parametrize("tolerance", [1e-1, 1e-3])
def test_what_the_series_leaves_out_is_within_tolerance(tolerance):
    ripple = Ripple(spread=0.5, tolerance=tolerance)
    gains = np.random.default_rng(1).random(20)
    world = rippling(ripple, 20, some_tied(20, 0.3), gains)
    missing = solved(world, gains, 0.5) - live(world, ripple).spillover
    assert np.all(missing >= -1e-12)
    assert 0 < missing.sum() <= tolerance * gains.sum() * 0.5 / (1 - 0.5)


def test_nothing_spreads_without_spread_without_bonds_or_without_gains():
    ties = some_tied(10, 0.5)
    assert np.all(live(rippling(Ripple(spread=0.0), 10, ties, np.ones(10)), Ripple(spread=0.0)).spillover == 0)
    unbound = rippling(Ripple(), 10, ties, np.ones(10))
    unbound.bond[:] = 0
    assert np.all(live(unbound, Ripple()).spillover == 0)
    assert np.all(live(rippling(Ripple(), 10, (), np.ones(10)), Ripple()).spillover == 0)
    assert np.all(live(rippling(Ripple(), 10, ties, np.zeros(10)), Ripple()).spillover == 0)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("spread", [0.1, 0.5, 0.9])
def test_no_more_reaches_others_than_the_whole_series_can_carry(spread, seed):
    ripple = Ripple(spread=spread, tolerance=1e-9)
    gains = np.random.default_rng(seed).random(16)
    world = live(rippling(ripple, 16, some_tied(16, 0.6, seed), gains), ripple)
    assert np.all(world.spillover >= 0)
    assert world.spillover.sum() <= spread / (1 - spread) * gains.sum() * (1 + 1e-9)


def test_where_everyone_is_fully_bound_the_bound_is_reached():
    ripple = Ripple(spread=0.6, tolerance=1e-12)
    world = live(rippling(ripple, 10, some_tied(10, 1.1), np.ones(10)), ripple)
    assert world.spillover == pytest.approx(0.6 / 0.4)


def test_ripples_add_up():
    ripple = Ripple(spread=0.4, tolerance=1e-13)
    draw, ties = np.random.default_rng(2), some_tied(14, 0.3)
    one, other = draw.random(14), draw.random(14)

    def spillover(gains):
        return live(rippling(ripple, 14, ties, gains), ripple).spillover.copy()

    assert spillover(2 * one + 3 * other) == pytest.approx(2 * spillover(one) + 3 * spillover(other), abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_sent_is_the_share_of_ones_own_gain_that_leaves_at_once(seed):
    ripple = Ripple(spread=0.4, tolerance=1e-9)
    draw = np.random.default_rng(seed)
    gains = draw.random(14)
    world = rippling(ripple, 14, some_tied(14, 0.3, seed), gains)
    world.bond[:] = 0.6 * draw.random(world.ties)
    live(world, ripple)
    both_in = np.zeros((14, 14), bool)
    for c in range(world.coalitions):
        members = world.member[world.member_coalition == c]
        both_in[np.ix_(members, members)] = True
    outside = np.where(both_in, 0.0, bonds(world)).sum(axis=0)
    assert world.sent == pytest.approx(0.4 * gains * outside / np.maximum(1, bonds(world).sum(axis=0)))
    assert world.spillover.sum() >= world.sent.sum() * (1 - 1e-9)


def test_a_coalition_without_outside_ties_sends_nothing_to_others():
    ripple = Ripple(spread=0.4)
    world = rippling(ripple, 2, [(0, 1)], [1.0, 1.0])
    unite(world, (0, (0, 1)))
    live(world, ripple)
    assert world.sent.tolist() == [0, 0]


def test_losses_do_not_spread():
    ripple = Ripple(tolerance=1e-12)
    ties = some_tied(10, 0.5)
    gains = np.array([1.0, -2, 3, -4, 0, 1, -1, 2, 0, -9])
    mixed = live(rippling(ripple, 10, ties, gains), ripple).spillover
    assert np.array_equal(mixed, live(rippling(ripple, 10, ties, np.maximum(gains, 0)), ripple).spillover)


def test_along_a_thread_of_two_a_gain_goes_back_and_forth():
    phi = 0.3
    ripple = Ripple(spread=phi, tolerance=1e-13)
    world = live(rippling(ripple, 2, [(0, 1)], [1.0, 0.0]), ripple)
    assert world.spillover == pytest.approx([phi**2 / (1 - phi**2), phi / (1 - phi**2)])


def test_a_star_divides_what_its_hub_sends():
    # The hub 0 passes φ on to k leaves in equal parts; each leaf passes φ of what it has back to the hub.
    phi, k = 0.4, 5
    ripple = Ripple(spread=phi, tolerance=1e-13)
    world = live(rippling(ripple, k + 1, [(0, j) for j in range(1, k + 1)], [1.0] + [0.0] * k), ripple)
    hub = 1 / (1 - phi**2)
    assert world.spillover == pytest.approx([hub - 1] + [phi * hub / k] * k)


def test_half_a_bond_carries_half():
    phi = 0.3
    ripple = Ripple(spread=phi, tolerance=1e-13)
    world = rippling(ripple, 2, [(0, 1)], [1.0, 0.0])
    world.bond[:] = 0.5
    assert live(world, ripple).spillover[1] == pytest.approx(phi / 2 / (1 - phi**2 / 4))


def test_a_gain_is_what_the_share_exceeds_the_same_effort_alone_over_all_coalitions():
    ripple = Ripple(spread=0.5, tolerance=1e-13)
    world = world_for(ripple, n=4, ties=[(0, 3)])
    unite(world, (0, (0, 1)), (0, (0, 2)))
    world.bond[:] = 1
    mine = world.member == 0
    world.member_share[mine], world.member_alone[mine] = [5, 1], [2, 2]
    assert live(world, ripple).spillover[3] == pytest.approx(2 * 0.5 / (1 - 0.25))


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)spread.*tolerance"):
        Ripple(spread=1.0, tolerance=0.0)
