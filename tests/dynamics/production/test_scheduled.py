"""Which production is scheduled: the one that is named, else the one there is, else joint work as it comes."""

import pytest

from ecosim.dynamics.coalition.joining import Joining
from ecosim.dynamics.issue import Issue
from ecosim.dynamics.production.joint_work import JointWork
from ecosim.dynamics.production.public_goods import PublicGoods
from ecosim.dynamics.production.scheduled import makes_in_coalitions, scheduled_work
from ecosim.dynamics.production.sharing import Sharing
from ecosim.errors import InputError

WORK, GOOD, SHARING = JointWork(coordination=0.3), PublicGoods(groups="coalitions"), Sharing()


@pytest.mark.parametrize("production", [WORK, GOOD])
def test_what_stands_under_the_name_is_foreseen(production):
    assert scheduled_work(Joining(), {"production": production, "sharing": SHARING}) is production
    assert scheduled_work(Joining(production="making"), {"making": production, "sharing": SHARING}) is production


@pytest.mark.parametrize("production", [WORK, GOOD])
def test_under_another_name_it_is_foreseen_all_the_same(production):
    assert scheduled_work(Joining(), {"issue": Issue(), "making": production, "sharing": SHARING}) is production


def test_without_production_joint_work_as_it_comes_is_foreseen():
    assert scheduled_work(Joining(), {"issue": Issue()}) == JointWork()


@pytest.mark.parametrize(
    ("asked", "schedule", "told"),
    [
        ({"production": "making"}, {"production": WORK}, "joining.production names 'making'"),
        ({}, {"production": Issue()}, "'production' in the schedule is issue; allowed: joint_work, or a public good"),
        ({}, {"production": PublicGoods(groups="network")}, r"set dynamics\.production\.groups=coalitions"),
    ],
)
def test_what_makes_nothing_in_coalitions_is_refused(asked, schedule, told):
    with pytest.raises(InputError, match=told):
        scheduled_work(Joining(**asked), schedule)


def test_a_good_makes_what_coalitions_share_only_where_somebody_shares_and_nobody_else_makes():
    assert makes_in_coalitions(GOOD, {"good": GOOD, "sharing": SHARING})
    assert not makes_in_coalitions(GOOD, {"good": GOOD})
    assert not makes_in_coalitions(GOOD, {"good": GOOD, "sharing": SHARING, "work": WORK})
    assert makes_in_coalitions(WORK, {"work": WORK})
    assert not makes_in_coalitions(Issue(), {"issue": Issue()})
