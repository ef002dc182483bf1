"""A user's own measures."""

import numpy as np
import pytest

from ecosim.errors import InputError
from ecosim.measures.own import own_measure
from ecosim.world.labels import Labels
from ecosim.world.world import World


def value_of(rule):
    return own_measure("mine", rule).compute(World(Labels(), 3, ()))


@pytest.mark.parametrize("number", [2, 2.0, np.float64(2), np.int32(2), np.array(2.0), True])
def test_numbers_of_every_kind_are_told_as_they_are(number):
    assert value_of(lambda world: number) == number


@pytest.mark.parametrize("wrong", ["a", "3", None, [1.0], np.ones(2), 1j, {}])
def test_what_is_no_number_is_refused_by_the_name_of_the_measure(wrong):
    with pytest.raises(InputError, match=r"measures\.mine returns .* in tick 0; allowed: one number"):
        value_of(lambda world: wrong)


def test_a_failure_is_the_users_own_and_says_in_which_measure_and_tick():
    with pytest.raises(ZeroDivisionError) as failed:
        value_of(lambda world: 1 / 0)
    assert failed.value.__notes__ == ["This happened in measures.mine, in tick 0."]


def test_the_first_line_of_documentation_is_what_it_means():
    def wealth(world):
        """Capital of all.

        More words.
        """
        return 0.0

    assert own_measure("wealth", wealth).meaning == "Capital of all."
