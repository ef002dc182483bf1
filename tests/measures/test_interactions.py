"""Who met, agreed, gave and betrayed, by pair of sectors."""

import numpy as np
import pytest

from ecosim.dynamics.meeting import Meeting
from ecosim.measures.interactions import joint_conduct, pair_counts
from ecosim.measures.registry import find
from ecosim.world.world import Labels
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
