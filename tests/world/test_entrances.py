"""A way into a kernel that looks at types and parameters once for each rule and world: never at those of another."""

import gc
import weakref
from types import SimpleNamespace

import numpy as np
import pytest

from ecosim.kernels import kernel
from ecosim.world.columns import COLUMNS
from ecosim.world.entrances import straight
from ecosim.world.labels import Labels
from ecosim.world.world import World


@kernel
def added(values, more, factor):
    return (values * factor).sum() + more


@kernel
def halved(values, divisor):
    return values[0] / divisor


def of(factor):
    return SimpleNamespace(factor=factor)


def ways_into(compiled):
    asked = []

    def parameters(rule, world):
        asked.append((rule, world))
        return (rule.factor,)

    return straight(compiled, parameters), asked


def test_parameters_are_asked_for_once_by_rule_and_world():
    enter, asked = ways_into(added)
    world, rule, values = World(Labels(), 3), of(2.0), np.array([1.0, 2.0])
    assert [enter(rule, world, values, more) for more in (1, 2, 3)] == [7.0, 8.0, 9.0]
    assert asked == [(rule, world)]


def test_neither_another_rule_nor_another_world_gets_what_was_found_for_the_first():
    enter, asked = ways_into(added)
    worlds, rules = (World(Labels(), 3), World(Labels(), 3)), (of(2.0), of(3.0))
    for _ in range(2):
        for world in worlds:
            for rule in rules:
                assert enter(rule, world, np.array([1.0, 2.0]), 0) == 3.0 * rule.factor
    assert len(asked) == 8  # who takes turns is asked each time


def test_a_kernel_that_was_compiled_for_several_types_is_always_asked_for_the_right_ones():
    enter, _ = ways_into(halved)
    for _ in range(2):
        for values in (np.array([1.5, 2.5]), np.array([3, 5]), np.array([7.0, 8.0], np.float32)):
            world, rule = World(Labels(), 3), of(2.0)
            assert [enter(rule, world, values) for _ in range(3)] == [values[0] / 2.0] * 3


def test_a_world_that_goes_takes_its_entrances_along():
    enter = straight(added, lambda rule, world: (rule.factor,))
    world = World(Labels(), 3)
    enter(of(1.0), world, np.array([1.0]), 0)
    gone = weakref.ref(world)
    del world
    gc.collect()
    assert gone() is None


def crowd(n=6):
    """Return a world of every column there is, with ties and coalitions."""
    labels = Labels(
        issues=("a", "b"), stance_axes=("x", "y"), capabilities=("k", "l"), culture=3, practices=2, citizens=5
    )
    world = World(labels, n, COLUMNS)
    world.add_ties(np.stack(np.triu_indices(n, 1), axis=1))
    world.found_coalitions(np.arange(2), np.zeros(2, int), np.array([[0, 1], [1, 2]]))
    world.commit()
    return world


def layouts(world):
    """Return type, order in memory and alignment of every column and index."""
    indices = ("first_tie", "partner", "tie", "first_member", "first_membership", "membership")
    arrays = {**world.arrays(), **{name: getattr(world, name) for name in indices}}
    return {name: (a.dtype, a.flags.c_contiguous, a.flags.aligned, a.flags.writeable) for name, a in arrays.items()}


def reversed_in_memory(values):
    return values[::-1].copy()[::-1]


def every_second(values):
    return np.repeat(values, 2, axis=0)[::2]


@pytest.mark.parametrize(
    "laid",
    [np.asfortranarray, reversed_in_memory, every_second, np.ndarray.tolist, lambda values: values.astype(np.float32)],
)
def test_whatever_a_rule_puts_into_a_column_its_layout_stays(laid):
    """So a way straight into a kernel never finds another than it was compiled for."""
    world = crowd()
    before = layouts(world)
    for name, values in world.arrays().items():
        if values.dtype == np.float64:
            setattr(world, name, laid(values))
    assert layouts(world) == before
    assert all(kind[1:] == (True, True, True) for kind in before.values())


def test_layouts_stay_whatever_comes_and_goes():
    world = crowd()
    before = layouts(world)
    world.end_ties(np.array([0, 3]))
    world.leave(np.array([0]))
    world.remove_organisations(np.array([4]))
    world.commit()
    assert layouts(world) == before
    world.add_organisations({"sector": np.zeros(3, np.int8), "identity": np.arange(10, 13)})
    world.add_ties(np.array([[0, 6], [5, 7]]))
    world.commit()
    assert layouts(world) == before


def test_a_rule_that_lays_columns_otherwise_gets_the_same_from_a_kernel():
    enter, _ = ways_into(added)
    world, rule = crowd(), of(2.0)
    for laid in (np.asarray, reversed_in_memory, every_second, lambda values: values.astype(np.float32)):
        world.capital = laid(np.arange(6.0))
        assert enter(rule, world, world.capital, 0) == 30.0
