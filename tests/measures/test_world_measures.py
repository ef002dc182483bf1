"""Measures of a world by hand: ties, coalitions, sectors and issues small enough to count."""

import numpy as np
import pytest

from ecosim.measures.registry import MEASURES
from ecosim.world.columns import COLUMNS
from ecosim.world.labels import Labels
from ecosim.world.world import World
from tests.measures.values import value

LABELS = Labels(issues=("housing", "climate"), stance_axes=("economy", "society"), capabilities=("money",))


@pytest.fixture
def town():
    """Four organisations (business, business, government, civil society), four ties, two coalitions."""
    world = World(LABELS, 4, tuple(COLUMNS))
    world.sector[:] = [0, 0, 1, 2]
    world.add_ties(np.array([[0, 1], [0, 2], [1, 2], [2, 3]]))
    world.found_coalition(0, 0, np.array([0, 1]))
    world.found_coalition(2, 1, np.array([0, 2, 3]))
    world.commit()
    return world


def test_rungs_are_counted_from_the_bottom_and_from_the_top(town):
    town.rung[:] = [0, 2, 5, 3]
    assert (
        value(town, "rung_share_contact") == value(town, "rung_share_synergy") == value(town, "synergy_share") == 0.25
    )
    assert value(town, "rung_share_transaction") == 0
    assert value(town, "win_win_share") == 0.75
    assert value(town, "win_win_win_share") == 0.5
    assert value(town, "win_win_cross_sector_share") == 1


def test_a_tie_loses_when_either_side_does(town):
    town.gain[:] = [[1, 1], [1, -1], [-2, 0], [0, 0]]
    assert value(town, "lose_share") == 0.5
    assert value(town, "gain_mean") == 0


def test_what_is_between_partners_is_averaged_over_ties_and_sides(town):
    town.trust[:] = [[0, 1], [0.5, 0.5], [1, 1], [0, 0]]
    town.bond[:], town.affect[:], town.tie_age[:] = [0, 0, 0.2, 0.2], [-1, 1, 1, 1], [1, 2, 3, 6]
    assert value(town, "trust_mean") == 0.5
    assert value(town, "bond_mean") == pytest.approx(0.1)
    assert value(town, "affect_mean") == 0.5
    assert value(town, "tie_age_mean") == 3
    assert value(town, "relationships") == 4
    assert value(town, "degree_mean") == 2


def test_ties_by_pair_of_sectors_are_named_and_sum_to_one(town):
    shares = dict(zip(MEASURES["ties"].columns(LABELS), value(town, "ties"), strict=True))
    assert shares.pop("ties_business_business") == 0.25
    assert shares.pop("ties_business_government") == 0.5
    assert shares.pop("ties_government_civil_society") == 0.25
    assert set(shares.values()) == {0}


def test_ties_across_sectors_are_those_of_different_pairs(town):
    assert value(town, "cross_sector_share") == 0.75
    assert value(town, "e_i_index") == 0.5


def test_every_pair_of_many_sectors_has_its_own_place():
    labels = Labels(sectors=tuple("abcde"))
    world = World(labels, 10)
    world.sector[:] = np.arange(10) // 2
    world.add_ties(np.array([(i, j) for i in range(10) for j in range(i + 1, 10)]))
    world.commit()
    shares = dict(zip(MEASURES["ties"].columns(labels), value(world, "ties"), strict=True))
    assert shares == {name: pytest.approx((1 if name[-1] == name[-3] else 4) / 45) for name in shares}
    assert len(shares) == 15


def test_coalitions_are_counted_with_their_members_and_sectors(town):
    assert value(town, "coalitions") == 2
    assert value(town, "coalition_size_mean") == 2.5
    assert value(town, "coalition_mixed_share") == 0.5
    assert value(town, "organisations_in_coalitions") == 4
    assert value(town, "in_coalition_share") == 1


def test_surplus_is_what_is_made_beyond_the_parts(town):
    town.output[:], town.output_alone[:] = [3.0, 1.0], [1.0, 1.5]
    assert value(town, "superadditive_surplus") == 1.5
    assert value(town, "surplus_ratio") == pytest.approx(4 / 2.5)
    assert value(town, "surplus_share") == value(town, "deficit_share") == 0.5


def test_value_is_all_work_done_and_effort_is_what_it_took(town):
    town.relief[:], town.effort[:] = [3.0, 1.0], [0.5, 0.5, 0.5, 0.5]
    assert value(town, "total_value") == 4
    assert value(town, "output_per_effort") == 2
    town.effort[:] = 0
    assert np.isnan(value(town, "output_per_effort"))


def test_issues_are_told_one_by_one_and_on_average(town):
    town.severity[:], town.urgency[:] = [1, 3], [2, 6]
    np.testing.assert_array_equal(value(town, "severity"), [1, 3])
    assert value(town, "severity_mean") == 2
    assert value(town, "urgency_mean") == 4


def test_polarisation_is_told_by_axis_and_on_average(town):
    town.stance[:] = [[-1, 0.3], [-1, 0.3], [1, 0.3], [1, 0.3]]
    np.testing.assert_allclose(value(town, "esteban_ray_by_axis"), [2 / 2**2.3, 0])
    assert value(town, "esteban_ray") == pytest.approx(1 / 2**2.3)
    np.testing.assert_allclose(value(town, "dispersion_by_axis"), [1, 0])
    np.testing.assert_allclose(value(town, "opinion_clusters_by_axis"), [2, 1])


def test_clusters_of_opinion_below_one_per_cent_are_told_apart_from_the_others():
    world = World(LABELS, 400, ("stance",))
    world.stance[:200], world.stance[200:] = [-0.5, 0.2], [0.5, 0.2]
    world.stance[:6, 0] = [-1.0, -0.9, -0.8, 0.0, 0.9, 0.9]
    world.stance[200:204, 0] = 0.2
    told = {name: value(world, f"opinion_clusters{name}_by_axis").tolist() for name in ("", "_effective", "_small")}
    assert told["_small"] == [5, 0]
    assert told[""] == [3, 1]
    assert told["_effective"] == pytest.approx([394**2 / (194**2 + 196**2 + 4**2), 1])
    assert value(world, "opinion_clusters_small") == 2.5


def test_the_average_over_axes_leaves_out_where_a_measure_is_undefined(town):
    town.stance[:] = [[-1, 0.3], [-1, 0.3], [1, 0.3], [1, 0.3]]
    np.testing.assert_array_equal(value(town, "divergence_by_axis"), [2, np.nan])
    assert value(town, "divergence") == 2


def test_against_chance_nothing_is_measured_where_a_look_would_take_seconds(monkeypatch, town):
    monkeypatch.setattr("ecosim.measures.pattern.MOST_TIES", 3)
    assert np.isnan(value(town, "clustering_z"))


def test_the_stage_is_not_known_where_it_hangs_on_what_was_not_looked_at(monkeypatch, town):
    monkeypatch.setattr("ecosim.measures.pattern.MOST_TIES", 3)
    town.trust[:] = 0.9
    assert np.isnan(value(town, "stage"))
    town.trust[:] = 0.3
    assert value(town, "stage") == 1, "without trust it is no community, whatever clustering is"
    town.end_ties(np.arange(4))
    town.commit()
    assert value(town, "stage") == 0
