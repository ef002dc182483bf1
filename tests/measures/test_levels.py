"""Measures by level: members, organisations from inside, coalitions."""

import numpy as np
import pytest

from ecosim.measures import levels, registry
from ecosim.measures.opinions import MEASURES as OF_ORGANISATIONS
from ecosim.measures.opinions import NAMES, opinions
from ecosim.world.labels import Labels
from ecosim.world.world import World


def world_of(n=4, each=5, axes=2, coalitions=0):
    world = World(
        Labels(issues=("a",), stance_axes=("x", "y")[:axes], members=each),
        n,
        ("stance", "member_stance", "coalition_stance"),
    )
    for c in range(coalitions):
        world.found_coalition(c, 0, np.array([c, c + 1]))
    world.commit()
    return world


def test_inside_organisations_of_one_mind_there_is_no_spread():
    world = world_of()
    world.member_stance[:] = np.repeat(np.linspace(-1, 1, 4), 10).reshape(4, 10)
    assert levels.within_organisations(world) == [0.0, 0.0, 0.0]
    assert levels.within_organisations_polarisation(world) == 0.0
    assert levels.members(world)[NAMES.index("spread")] == 2.0


def test_where_organisations_do_not_differ_all_variance_is_inside():
    world = world_of(each=4, axes=1)
    world.member_stance[:] = [-1, -1, 1, 1]
    spread, dispersion, inside = levels.within_organisations(world)
    assert (spread, dispersion, inside) == (2.0, 1.0, 1.0)
    assert levels.within_organisations_polarisation(world) == pytest.approx(2 * 0.5**2.3 * 0.5 * 2)
    assert levels.members(world)[NAMES.index("esteban_ray")] == pytest.approx(2 * 0.5**2.3 * 0.5 * 2)


def test_variance_inside_and_between_add_up():
    world = world_of(n=30, each=7)
    world.member_stance[:] = np.random.default_rng(1).uniform(-1, 1, (30, 14))
    stances = levels.stances_of_members(world)
    between = 7 * ((stances.mean(axis=1) - stances.mean(axis=(0, 1))) ** 2).sum()
    total = ((stances - stances.mean(axis=(0, 1))) ** 2).sum()
    assert levels.within_organisations(world)[2] == pytest.approx(1 - between / total)


def test_the_stance_of_one_member_is_found_by_its_words():
    world = world_of()
    words = world.labels.words(next(c for c in world.columns if c.name == "member_stance"))
    world.member_stance[2, words.index("3_y")] = 0.7
    assert levels.stances_of_members(world)[2, 2, 1] == 0.7


def test_coalitions_are_looked_at_as_organisations_are():
    world = world_of(coalitions=3)
    world.coalition_stance[:] = [[-0.5, 0.1], [0.0, 0.1], [1.0, 0.1]]
    found = dict(zip(NAMES, levels.coalitions(world), strict=True))
    assert found["spread"] == pytest.approx(0.75)
    assert found["dispersion"] == pytest.approx((2 / 3 + 1 / 6 + 5 / 6) / 3 / 2)


def test_every_measure_of_polarisation_among_organisations_is_there_among_members_and_coalitions():
    for measure in OF_ORGANISATIONS:
        assert f"{measure.name}_members" in registry.MEASURES
        assert f"{measure.name}_coalitions" in registry.MEASURES or measure.name.startswith("sector_")


@pytest.mark.parametrize("level", ["members", "coalitions"])
def test_levels_that_hold_the_same_stances_measure_the_same(level):
    world = world_of(n=4, each=1, coalitions=3)
    stances = np.array([[-0.9, 0.2], [0.3, 0.25], [0.4, -0.1], [0.8, 0.9]])
    if level == "members":
        world.stance[:] = world.member_stance[:] = stances
        world.sector[:] = [0, 1, 1, 2]
        found = levels.members(world)
    else:
        world.coalition_stance[:] = stances[:3]
        found = levels.coalitions(world)
        world = world_of(n=3, each=0)
        world.stance[:] = stances[:3]
    among = dict(zip(NAMES, opinions(world)[-len(NAMES) :], strict=True))
    for name, value in zip(NAMES, found, strict=True):
        if level == "members" or not name.startswith("sector_"):
            assert value == pytest.approx(among[name], nan_ok=True), name


def test_without_members_or_coalitions_nothing_is_defined():
    world = world_of(each=0)
    values = [*levels.members(world), *levels.coalitions(world), *levels.within_organisations(world)]
    assert np.isnan([*values, levels.within_organisations_polarisation(world)]).all()


def test_each_level_has_its_words():
    for word in (
        "dispersion_members",
        "dispersion_within_organisations",
        "dispersion_coalitions",
        "esteban_ray_coalitions",
    ):
        assert registry.MEASURES[word].name == word
