"""Measures of citizens, by hand."""

import numpy as np
import pytest

from ecosim.measures.registry import MEASURES
from ecosim.world.columns import COLUMNS
from ecosim.world.labels import Labels
from ecosim.world.world import World
from tests.measures.values import value


@pytest.fixture
def town():
    """Four citizens, two businesses, a government body and a group."""
    world = World(Labels(stance_axes=("left", "up"), citizens=4), 4, tuple(COLUMNS))
    world.sector[:] = [0, 0, 1, 2]
    return world


def test_what_citizens_think_is_averaged_over_them(town):
    town.orientation[:], town.approval[:] = [0, 0.2, 0.4, 1.0], [0.1, 0.3, 0.5, 0.7]
    town.supports[:] = [3, -1, -1, 3]
    town.citizen_stance[:] = [[1, 0.5], [1, 0.5], [-1, 0.5], [-1, 0.5]]
    assert value(town, "orientation_mean") == pytest.approx(0.4)
    assert value(town, "orientation_dispersion") == pytest.approx(0.3)
    assert value(town, "approval_mean") == pytest.approx(0.4)
    assert value(town, "supporters_share") == 0.5
    assert value(town, "citizens_dispersion") == pytest.approx(0.5)
    assert value(town, "citizens_extremity") == pytest.approx(0.75)


def test_custom_is_compared_among_those_who_live_by_it(town):
    town.customers[:] = [4, 0, 0, 0]
    assert value(town, "customers_gini") == pytest.approx(0.5)
    town.customers[:] = [2, 2, 0, 0]
    assert value(town, "customers_gini") == 0


def test_benefit_reaches_citizens_by_their_links(town):
    town.spillover[:] = [1.0, 2.0, 4.0, 8.0]
    town.customers[:], town.workers[:], town.supporters[:] = [3, 1, 0, 0], [1, 1, 2, 0], [0, 0, 0, 1]
    assert value(town, "citizen_benefit") == pytest.approx((4 * 1 + 2 * 2 + 2 * 4 + 1 * 8) / 9)


def test_without_citizens_nothing_is_known_of_them():
    world = World(Labels(stance_axes=("left",)), 3, tuple(COLUMNS))
    names = [name for name in MEASURES if name.startswith(("orientation", "approval", "citizens_", "customers_"))]
    assert len(names) == 6
    assert all(np.isnan(value(world, name)) for name in [*names, "supporters_share", "citizen_benefit"])
