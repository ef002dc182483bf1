"""A rule that is told of others knows it by name, and stays the rule it was."""

import numpy as np
import pytest

from ecosim.dynamics.citizens.citizens import Citizens
from ecosim.dynamics.knowing import are_named, knowing
from ecosim.dynamics.market import Market
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.worked_out import WorkedOut


class Neighbour(Mechanism):
    """A rule that works out twice what it is told."""

    _loudness = 1.0

    @WorkedOut
    def _heard(self):
        return 2.0 * self._loudness

    def step(self, world, key):
        raise AssertionError


def test_what_it_was_not_told_is_as_the_class_says():
    assert Neighbour()._loudness == 1.0
    assert knowing(Neighbour())._loudness == 1.0


def test_what_it_is_told_is_there_before_anything_is_worked_out():
    assert knowing(Neighbour(), _loudness=3.0)._heard == 6.0


def test_being_told_leaves_the_rule_as_it_was():
    citizens, market = Citizens(), Market(tax=0.1)
    assert citizens.bind({"market": market})._market is market
    assert citizens._market == Market()
    assert citizens.bind({"market": market}) == citizens


def test_being_told_something_else_replaces_it_and_nothing_of_the_first_is_left():
    once = knowing(Neighbour(every=3), _loudness=3.0)
    twice = knowing(once, _loudness=5.0)
    assert (once._heard, twice._heard) == (6.0, 10.0)
    assert twice.model_dump() == once.model_dump() == {"every": 3}


def test_two_of_one_rule_may_be_told_different_things():
    rule = Neighbour()
    assert [knowing(rule, _loudness=loudness)._heard for loudness in (0.0, 0.5, 2.0)] == [0.0, 1.0, 4.0]


@pytest.mark.parametrize(
    ("names", "found"),
    [((), [False] * 3), (("club",), [False, False, True]), (("club", "firm"), [True, False, True])],
)
def test_sectors_are_found_by_their_names_in_the_order_of_sectors(names, found):
    assert are_named(names, ("firm", "ministry", "club")).tolist() == found
    assert are_named(names[::-1], ("club", "ministry", "firm")).tolist() == found[::-1]


def test_a_name_that_no_sector_has_marks_none_and_no_sectors_are_none():
    assert not are_named(("Firm", "bank"), ("firm", "ministry")).any()
    assert are_named(("firm",), ()).size == 0


def test_the_answer_is_kept_as_kernels_take_it():
    kept = are_named(("ministry",), ("firm", "ministry"))
    assert kept is are_named(("ministry",), ("firm", "ministry"))
    assert kept.dtype == np.bool_
    assert kept.flags.writeable  # a kernel takes several times as long to call with an array that is not
