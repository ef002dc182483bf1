"""Success by sector: means over each sector and over all, counted by hand."""

import numpy as np
import pytest

from ecosim.measures.success import COLUMNS, sector_means
from ecosim.world.columns import COLUMNS as ALL
from ecosim.world.labels import Labels
from ecosim.world.world import World
from tests.measures.values import value

LABELS = Labels(issues=("housing",), stance_axes=("economy",), capabilities=("money",))


@pytest.fixture
def town():
    """Four organisations: business, business, government, civil society."""
    world = World(LABELS, 4, tuple(ALL))
    world.sector[:] = [0, 0, 1, 2]
    return world


def test_each_sector_succeeds_by_itself_and_all_together(town):
    town.success[:] = [1.0, 3.0, -1.0, 0.0]
    np.testing.assert_allclose(value(town, "success"), [2, -1, 0])
    assert value(town, "success_collective") == 0.75


def test_a_sector_without_organisations_has_no_success(town):
    town.sector[:] = 1
    town.success[:] = 1.0
    np.testing.assert_array_equal(value(town, "success"), [np.nan, 1, np.nan])
    np.testing.assert_array_equal(value(town, "members"), [0, 4, 0])


@pytest.mark.parametrize("n", [1, 3, 4, 5, 6, 7, 50])
def test_means_over_sectors_and_over_all_are_those_of_numpy(n):
    draw = np.random.default_rng(n)
    sector = draw.integers(0, 3, n).astype(np.int8)
    columns = tuple(draw.normal(size=n) for _ in COLUMNS)
    numbers = np.empty(len(COLUMNS) * 4)
    sector_means(sector, columns, numbers)
    for found, column in zip(numbers.reshape(-1, 4), columns, strict=True):
        wanted = [column[sector == s].mean() if (sector == s).any() else np.nan for s in range(3)]
        assert found == pytest.approx([*wanted, column.mean()], nan_ok=True)


def test_inequality_of_capital_is_none_where_all_have_the_same_and_near_one_where_one_has_everything(town):
    town.capital[:] = 2.0
    assert value(town, "gini_capital") == pytest.approx(0.0)
    town.capital[:] = [0.0, 0.0, 0.0, 8.0]
    assert value(town, "gini_capital") == pytest.approx(3 / 4)  # (n − 1) / n
