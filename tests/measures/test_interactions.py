"""Who met, agreed, gave and betrayed, by pair of sectors."""

import numpy as np
import pytest

from ecosim.dynamics.meeting import Meeting
from ecosim.measures.interactions import joint_conduct, pair_counts
from ecosim.measures.registry import find
from ecosim.world.labels import Labels
from tests.dynamics.test_meeting import strangers
from tests.dynamics.worlds import everyone_tied, live, world_for

PAIRS = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]


def test_each_meeting_counts_once_for_its_pair_of_sectors():
    meeting = Meeting(rate=1.0, friends=0.0, reserve=-10.0, selectivity=1000.0, attention=1000)
    world = live(strangers(meeting, 90), meeting)
    a, b = np.sort(world.sector[world.ends], axis=1).T
    expected = [np.sum((a == one) & (b == other)) for one, other in PAIRS]
    assert pair_counts(world.sector, world.acceptances).tolist() == expected
    assert sum(expected) == world.ties > 50


def test_each_rung_has_its_share_and_what_stands_on_it_or_above():
    """Of 21 ties between seven, k + 1 stand on rung k, from contact to synergy; the first twelve join one sector."""
    columns = ("rung", "trust", "affect", "bond", "translation", "tie_age", "gain", "outside_gain")
    world = world_for(n=7, ties=everyone_tied(7), columns=columns)
    world.rung[:] = np.repeat(np.arange(6), np.arange(1, 7))
    world.gain[:, 0], world.gain[3, 1], world.tie_age[:] = 1.0, -1.0, np.arange(21)
    world.sector[5:] = 1
    across = world.sector[world.ends[:, 0]] != world.sector[world.ends[:, 1]]

    def share(name):
        (measure,) = find([name])
        return measure.compute(world)[measure.part]

    words = ("contact", "transaction", "win_win", "win_win_win", "co_creation", "synergy")
    assert [share(f"rung_share_{word}") for word in words] == pytest.approx([k / 21 for k in range(1, 7)])
    assert share("win_win_share") == pytest.approx(18 / 21)
    assert share("win_win_win_share") == pytest.approx(15 / 21)
    assert share("synergy_share") == pytest.approx(6 / 21)
    assert share("win_win_cross_sector_share") == pytest.approx(np.sum(across & (world.rung >= 2)) / 18)
    assert share("lose_share") == pytest.approx(1 / 21)
    assert share("gain_mean") == pytest.approx(20 / 42)
    assert share("tie_age_mean") == 10
    assert share("degree_mean") == 6


def test_names_say_the_two_sectors():
    (meetings,) = find(["meetings"])
    columns = meetings.columns(Labels())
    assert columns[1] == "meetings_business_government"
    assert len(columns) == 6
    assert {measure.name for measure in find(["acceptances", "introductions", "contributions", "betrayals"])} == {
        "acceptances", "introductions", "contributions", "betrayals"
    }  # fmt: skip


def conduct(contribution, apart=0):
    world = world_for(n=4, ties=everyone_tied(4), columns=("contribution", "apart"))
    world.sector[:], world.contribution[:], world.apart[:] = [0, 0, 1, 2], contribution, apart
    return dict(zip(PAIRS, zip(*joint_conduct(world), strict=True), strict=True))


def test_contributions_are_the_mean_over_partners_at_joint_work():
    found = conduct([0.2, 0.4, 0.6, 1.0])
    assert found[0, 0][0] == pytest.approx(0.3)
    assert found[0, 1][0] == pytest.approx((0.2 + 0.6 + 0.4 + 0.6) / 4)
    assert found[1, 2][0] == pytest.approx(0.8)
    assert np.isnan(found[1, 1][0])


def test_whoever_puts_in_less_than_half_of_its_partners_share_betrays_it():
    found = {pair: betrayed for pair, (_, betrayed) in conduct([0.2, 0.4, 0.6, 1.0]).items()}
    assert found == {(0, 0): 0, (0, 1): 1, (0, 2): 2, (1, 1): 0, (1, 2): 0, (2, 2): 0}
    assert {betrayed for _, betrayed in conduct(0.5).values()} == {0}


def test_those_who_do_not_work_together_cannot_betray():
    found = conduct([0.0, 1.0, 1.0, 1.0], apart=3)
    assert all(betrayed == 0 and np.isnan(mean) for mean, betrayed in found.values())
