"""A way into a kernel that looks at types and parameters once for each rule and world: never at those of another."""

import gc
import weakref
from types import SimpleNamespace

import numpy as np

from ecosim.kernels import kernel
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
