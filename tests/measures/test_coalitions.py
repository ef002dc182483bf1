"""Measures of coalitions, counted by hand."""

import numpy as np
import pytest

from ecosim.measures.registry import MEASURES
from ecosim.world.labels import Labels
from ecosim.world.world import World

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
    return MEASURES[name].of(world)


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


LEDGER = ("member_share", "member_alone", "sent", "translation")


def five_coalitions():
    """Return nine organisations and five coalitions: one loses, one wins, one lets others win, one has grown together,
    and one has not worked yet.
    """
    world = World(Labels(issues=("water",)), 9, LEDGER)
    world.sector[:] = [0, 0, 1, 1, 2, 2, 0, 1, 2]
    world.add_ties(np.array([(6, 7), (6, 8), (7, 8)]))
    for founder, members in ((0, (0, 1)), (1, (1, 2)), (2, (2, 4)), (6, (6, 7, 8)), (3, (3, 4, 5))):
        world.found_coalition(founder, 0, np.array(members))
    world.commit()
    world.member_alone[:] = [1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0]
    world.member_share[:] = [3, 0.5, 2, 2, 2, 2, 2, 2, 2, 0, 0, 0]
    world.sent[:] = [9, 0, 0, 0, 0.1, 0, 0.2, 0, 0]
    world.translation[:] = [0.2, 0.4, 0.9]  # a mean of one half
    return world


@pytest.mark.parametrize(
    ("name", "by_hand"),
    [
        ("coalition_lose_share", 1 / 4),
        ("coalition_win_win_share", 3 / 4),
        ("coalition_win_win_win_share", 2 / 4),
        ("coalition_synergy_share", 1 / 4),
        ("coalition_diversity_mean", (0 + 1 / 2 + 1 / 2 + 2 / 3 + 4 / 9) / 5),
    ],
)
def test_the_ledger_of_five_coalitions_by_hand(name, by_hand):
    assert value(five_coalitions(), name) == pytest.approx(by_hand)


def test_a_coalition_whose_members_have_not_halved_their_gap_or_are_not_tied_is_no_synergy():
    world = five_coalitions()
    world.translation[1] = 0.41
    assert value(world, "coalition_synergy_share") == 0
    world.translation[1] = 0.0
    assert value(world, "coalition_synergy_share") == 1 / 4
    world.end_ties(np.array([2]))
    world.commit()
    assert value(world, "coalition_synergy_share") == 1 / 4  # (.2 + 0 + 1) / 3
    world.translation[:] = 0.3
    assert value(world, "coalition_synergy_share") == 0


def test_a_member_that_gets_what_it_makes_alone_neither_wins_nor_loses():
    world = five_coalitions()
    world.member_share[:] = world.member_alone
    assert [value(world, f"coalition_{word}_share") for word in ("lose", "win_win", "synergy")] == [0, 0, 0]


def test_before_anybody_has_worked_and_without_coalitions_the_ledger_is_missing():
    world = five_coalitions()
    world.member_share[:] = world.member_alone[:] = 0
    assert np.isnan(value(world, "coalition_lose_share"))
    assert value(world, "coalition_diversity_mean") > 0
    assert np.isnan(value(World(Labels(issues=("water",)), 3, LEDGER), "coalition_diversity_mean"))
