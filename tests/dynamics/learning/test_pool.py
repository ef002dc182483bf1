"""Pooling: those who know different things and are close have most to share."""

import numpy as np
import pytest

from ecosim.dynamics.learning.pool import Pooling
from tests.dynamics.worlds import live, unite, world_for


def coalition(rule, capability, bond=0.0):
    capability = np.asarray(capability, float)
    n, kinds = capability.shape
    world = world_for(rule, n=n, issues=1, capabilities=kinds)
    world.capability[:] = capability
    unite(world, (0, tuple(range(n))))
    world.coalition_bond[:] = bond
    return world


@pytest.mark.parametrize("bond", [0.0, 0.4, 1.0])
@pytest.mark.parametrize(
    ("capability", "diversity"),
    [([[1, 0], [0, 1]], 0.5), ([[2, 1], [1, 1]], 1 / 6), ([[3, 0, 0], [0, 3, 0], [0, 0, 3]], 2 / 3)],
)
def test_a_pool_settles_where_what_is_shared_balances_what_fades(capability, diversity, bond):
    rule = Pooling(growth=0.3, candour=0.2, fading=0.02)
    world = live(coalition(rule, capability, bond), rule, ticks=2000)
    shared = 0.3 * diversity * (0.2 + 0.8 * bond)
    np.testing.assert_allclose(world.pool, shared / (shared + 0.02), rtol=1e-9)


def test_members_who_know_the_same_have_nothing_to_pool_and_what_they_had_fades():
    rule = Pooling(fading=0.1)
    world = coalition(rule, np.full((4, 3), 0.7), bond=1.0)
    live(world, rule, ticks=5)
    assert np.all(world.pool < 1e-15)
    world.pool[:] = 0.5
    np.testing.assert_allclose(live(world, rule, ticks=3).pool, 0.5 * 0.9**3)


def test_closer_and_more_different_members_pool_more():
    rule = Pooling()
    pools = [
        live(coalition(rule, capability, bond), rule, ticks=10).pool[0]
        for capability, bond in (([[1, 1], [1, 0.9]], 0.2), ([[1, 0.2], [0.2, 1]], 0.2), ([[1, 0.2], [0.2, 1]], 0.8))
    ]
    assert pools[0] < pools[1] < pools[2]


def test_neither_the_unit_of_capability_nor_the_order_of_members_matters():
    rule = Pooling()
    capability = np.random.default_rng(1).random((5, 4))
    one, scaled, turned = (
        live(coalition(rule, values, 0.3), rule, ticks=7).pool[0]
        for values in (capability, 9 * capability, capability[::-1])
    )
    assert one == pytest.approx(scaled) == pytest.approx(turned)


def test_coalitions_pool_apart():
    rule = Pooling()
    world = world_for(rule, n=5, issues=1, capabilities=2)
    world.capability[:] = [[1, 0], [0, 1], [1, 1], [1, 1], [1, 0]]
    unite(world, (0, (0, 1)), (0, (2, 3)), (0, (0, 4)))
    live(world, rule, ticks=5)
    assert [pool > 0 for pool in world.pool] == [True, False, False]


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)growth.*candour.*fading"):
        Pooling(growth=2.0, candour=-1.0, fading=2.0)
