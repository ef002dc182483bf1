"""The stage of an ecosystem, and dependence between sectors held against chance."""

import itertools

import numpy as np
import pytest

from ecosim.measures.registry import MEASURES
from ecosim.measures.stage import CLEARLY, Pattern, dependence_z, mutual_trust, stage
from ecosim.world.labels import Labels
from ecosim.world.world import World

NEEDED = ("trust", "gain", "output", "output_alone", "spillover")


def world_of_circles(circles=8, size=5):
    """Return circles in which everyone is tied to everyone, in a chain of single ties; sectors take turns."""
    world = World(Labels(), circles * size, NEEDED)
    world.sector[:] = np.arange(world.n) % 3
    inside = [(c * size + a, c * size + b) for c in range(circles) for a, b in itertools.combinations(range(size), 2)]
    between = [(c * size, (c + 1) * size) for c in range(circles - 1)]
    world.add_ties(np.array(inside + between))
    world.found_coalition(0, 0, np.array([0, 1, 2]))
    world.commit()
    across = world.sector[world.ends[:, 0]] != world.sector[world.ends[:, 1]]
    world.trust[:] = 0.7
    world.gain[:] = np.where(across, 1.0, 0.1)[:, None]
    world.output[:], world.output_alone[:], world.spillover[:] = 3.0, 2.0, 0.1
    return world


def stage_of(world):
    return MEASURES["stage"].compute(world)[MEASURES["stage"].part]


def test_trusting_circles_whose_sectors_need_each_other_are_a_social_ecosystem():
    assert stage_of(world_of_circles()) == 3


def test_ripples_and_surplus_need_only_be_there_however_small():
    world = world_of_circles()
    world.spillover *= 1e-6
    assert 0 < world.spillover.sum() < 1
    assert stage_of(world) == 3


@pytest.mark.parametrize(
    "spoil",
    [
        lambda world: world.spillover.fill(0.0),
        lambda world: world.output.fill(1.0),
        lambda world: np.copyto(world.output, world.output_alone),
        lambda world: world.gain.fill(1.0),
        lambda world: np.copyto(world.gain, -world.gain),
    ],
)
def test_without_ripples_surplus_or_dependence_it_is_a_community(spoil):
    world = world_of_circles()
    spoil(world)
    assert stage_of(world) == 2


def test_without_trust_on_both_sides_it_is_a_network():
    world = world_of_circles()
    world.trust[:, 1] = 0.3
    assert stage_of(world) == 1


@pytest.mark.parametrize("organisations", [1, 2])
def test_so_few_without_a_tie_are_a_collection_though_half_of_them_is_one(organisations):
    assert stage_of(World(Labels(), organisations, NEEDED)) == 0


def test_a_ring_is_a_network():
    world = World(world_of_circles().labels, 30, NEEDED)
    world.add_ties(np.stack((np.arange(30), (np.arange(30) + 1) % 30), axis=1))
    world.commit()
    world.trust[:] = 1.0
    assert stage_of(world) == 1


def test_circles_apart_are_a_collection():
    world = world_of_circles()
    between = np.flatnonzero(world.ends[:, 0] // 5 != world.ends[:, 1] // 5)
    world.end_ties(between)
    world.commit()
    assert stage_of(world) == 0


def test_what_is_undefined_is_not_reached():
    world = world_of_circles()
    assert stage(world, Pattern(np.nan, np.nan)).stage == 0
    assert stage(world, Pattern(1.0, np.nan)).stage == 1
    assert stage(world, Pattern(1.0, CLEARLY)).stage == 3
    assert np.isnan(stage(World(world.labels, 0, NEEDED), Pattern(np.nan, np.nan)).stage)


def test_the_z_of_dependence_is_that_of_all_ways_to_deal_out_the_gains():
    gains = np.array([3.0, -1.0, 2.0, 0.5, 0.0, 1.0, 4.0])
    across = np.array([1, 0, 1, 0, 0, 1, 0], dtype=bool)
    means = [gains[list(chosen)].mean() for chosen in itertools.combinations(range(7), 3)]
    assert dependence_z(gains, across) == pytest.approx((gains[across].mean() - np.mean(means)) / np.std(means))


def test_dependence_is_undefined_without_both_kinds_of_ties_or_without_differences():
    gains = np.array([0.1, 0.2, 0.3])
    assert np.isnan(dependence_z(gains, np.ones(3)))
    assert np.isnan(dependence_z(gains, np.zeros(3)))
    assert np.isnan(dependence_z(np.full(3, 0.1), np.array([1, 0, 0])))
    assert np.isnan(dependence_z([], []))


def test_mutual_trust_is_below_the_mean_where_it_is_one_sided():
    assert mutual_trust(np.array([[0.6, 0.6]])) == pytest.approx(0.6)
    assert mutual_trust(np.array([[1.0, 0.04]])) == pytest.approx(0.2)
    assert np.isnan(mutual_trust(np.empty((0, 2))))
