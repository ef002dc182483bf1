"""Measures of coalitions, counted by hand."""

import numpy as np
import pytest

from ecosim.measures.registry import MEASURES
from ecosim.world.world import Labels, World

NEEDED = ("output", "output_alone", "coalition_bond", "coalition_gap", "coalition_age", "pool")


def three_coalitions():
    """Return six organisations, of which one is in no coalition, and three coalitions: two of one sector, one mixed."""
    world = World(Labels(issues=("water",)), 6, NEEDED)
    world.sector[:] = [0, 0, 0, 1, 2, 2]
    for founder, members in ((0, (0, 1)), (1, (1, 2)), (2, (2, 3, 4))):
        world.found_coalition(founder, 0, np.array(members))
    world.commit()
    world.output[:], world.output_alone[:] = [3.0, 1.0, 2.0], [1.0, 2.0, 2.0]
    world.coalition_bond[:], world.coalition_gap[:] = [0.1, 0.2, 0.6], [1.0, 2.0, 6.0]
    world.coalition_age[:], world.pool[:] = [3, 4, 8], [0.0, 0.5, 0.1]
    return world


def value(world, name):
    measure = MEASURES[name]
    return measure.compute(world)[measure.part]


@pytest.mark.parametrize(
    ("name", "by_hand"),
    [
        ("coalitions", 3),
        ("coalition_size_mean", 7 / 3),
        ("coalition_mixed_share", 1 / 3),
        ("organisations_in_coalitions", 5),
        ("in_coalition_share", 5 / 6),
        ("coalition_bond_mean", 0.3),
        ("coalition_gap_mean", 3.0),
        ("pool_mean", 0.2),
        ("coalition_age_mean", 5.0),
        ("superadditive_surplus", 1.0),
        ("surplus_ratio", 6 / 5),
        ("surplus_share", 1 / 3),
        ("deficit_share", 1 / 3),
    ],
)
def test_three_coalitions_by_hand(name, by_hand):
    assert value(three_coalitions(), name) == pytest.approx(by_hand)


def test_a_small_yardstick_is_one_and_none_is_missing():
    world = three_coalitions()
    world.output_alone[:] = [0.1, 0.0, 0.0]
    assert value(world, "surplus_ratio") == pytest.approx(60)
    world.output_alone[:] = 0.0
    assert np.isnan(value(world, "surplus_ratio"))
    assert value(world, "superadditive_surplus") == 6


def test_where_there_is_no_coalition_numbers_are_zero_and_means_are_missing():
    world = World(Labels(issues=("water",)), 3, NEEDED)
    zero = ("coalitions", "organisations_in_coalitions", "superadditive_surplus", "in_coalition_share")
    assert [value(world, name) for name in zero] == [0, 0, 0, 0]
    assert all(np.isnan(value(world, name)) for name in ("coalition_size_mean", "surplus_ratio", "pool_mean"))
    assert np.isnan(value(World(Labels(), 0, NEEDED), "in_coalition_share"))
