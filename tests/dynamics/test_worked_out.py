"""Worked out: a bound rule has ready what follows from its parameters, and it says the same as one that is not bound."""

import pickle
from functools import partial

import numpy as np
import pytest

from ecosim.dynamics.knowing import are_named
from ecosim.dynamics.learning.search import ParallelSearch
from ecosim.dynamics.ledger import Ledger
from ecosim.dynamics.market import Market
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.media import Media
from ecosim.dynamics.purpose import Purpose
from ecosim.dynamics.worked_out import ForSectors, WorkedOut, numbers

ALL = [Ledger, Market, Media, ParallelSearch, Purpose]


class Doubling(Mechanism):
    """A rule that works out twice its parameter, and counts how often."""

    amount: float = 2.0

    @WorkedOut
    def _twice(self):
        ASKED.append(self.amount)
        return numbers(2.0 * self.amount)

    def step(self, world, key):
        raise AssertionError


ASKED: list[float] = []


def test_a_bound_rule_works_out_once_and_another_whenever_it_is_asked():
    ASKED.clear()
    free, bound = Doubling(amount=3.0), Doubling(amount=3.0).bind({})
    assert ASKED == [3.0]
    for _ in range(3):
        assert bound._twice.tolist() == free._twice.tolist() == [6.0]
    assert len(ASKED) == 4
    assert "_twice" not in free.__dict__


def test_what_is_worked_out_is_no_parameter_and_does_not_tell_rules_apart():
    one, other = Doubling(amount=3.0), Doubling(amount=3.0)
    assert one._twice is not other._twice
    assert one == other
    assert Doubling.model_fields.keys() == {"amount", "every"}
    assert one.model_dump() == other.bind({}).model_dump() == {"amount": 3.0, "every": 1}


@pytest.mark.parametrize("rule", ALL)
def test_a_bound_rule_can_be_sent_to_another_process(rule):
    bound = rule().bind({"ledger": Ledger()})
    assert pickle.loads(pickle.dumps(bound)).model_dump() == rule().model_dump()


def test_what_is_made_of_sectors_is_looked_up_again_for_other_sectors():
    find = ForSectors(partial(are_named, ("ministry",)))
    one, other = ("firm", "ministry"), ("ministry", "club", "firm")
    for _ in range(2):
        assert find(one).tolist() == [False, True]
        assert find(other).tolist() == [True, False, False]
    assert find(one) is find(one)


def test_numbers_are_one_array_of_floats():
    assert numbers(1, 2.5).dtype == np.float64
    assert numbers(1, 2.5).tolist() == [1.0, 2.5]
