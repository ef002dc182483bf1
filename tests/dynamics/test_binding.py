"""A mechanism finds those that it needs in the schedule, or is told what is there instead."""

import pytest

from ecosim.dynamics.binding import bound_to, first_of
from ecosim.dynamics.market import Market
from ecosim.dynamics.meeting import Meeting
from ecosim.dynamics.production.joint_work import JointWork
from ecosim.dynamics.synergist import Synergist
from ecosim.errors import InputError

MEETING, WORK = Meeting(rate=0.25), JointWork(complementarity=0.75)


def test_what_a_field_names_is_found_whatever_its_place():
    synergist = Synergist(meeting="salon")
    assert bound_to(synergist, "meeting", Meeting, {"production": WORK, "salon": MEETING}) is MEETING


def test_where_nothing_is_named_and_nothing_there_the_rule_as_it_comes_holds():
    assert bound_to(Synergist(), "meeting", Meeting, {}) == Meeting()


def test_a_name_that_is_not_there_is_refused_with_the_nearest():
    with pytest.raises(InputError, match=r"synergist\.meeting names 'saloon'; did you mean 'salon'"):
        bound_to(Synergist(meeting="saloon"), "meeting", Meeting, {"salon": MEETING})


def test_a_rule_of_another_kind_is_refused_by_what_it_is():
    with pytest.raises(InputError, match="'meeting' in the schedule is joint_work; allowed: meeting"):
        bound_to(Synergist(), "meeting", Meeting, {"meeting": WORK})


def test_the_first_of_a_kind_is_found_whatever_its_name():
    first, second = Market(tax=0.1), Market(tax=0.2)
    assert first_of(Market, {"production": WORK, "fair": first, "market": second}, Market()) is first
    assert first_of(Market, {"production": WORK}, second) is second
