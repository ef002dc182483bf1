"""Runs that wait are made in their order, each once, and what comes back is made before all others."""

from hypothesis import given
from hypothesis import strategies as st

from ecosim.experiments.waiting import Waiting
from tests.experiments.sweeps import shuffled


def test_runs_are_taken_in_the_order_in_which_they_were_given():
    numbers = shuffled(50)
    waiting = Waiting(numbers)
    assert [*waiting.take(7), *waiting.take(100)] == numbers
    assert (len(waiting), waiting.take(3)) == (0, [])


def test_what_comes_back_is_taken_first_and_in_the_order_in_which_it_came():
    waiting = Waiting(range(10))
    waiting.take(4)
    waiting.put_back([2, 3])
    waiting.put_back([0])
    assert len(waiting) == 9
    assert waiting.take(5) == [0, 2, 3, 4, 5]
    assert waiting.take(9) == [6, 7, 8, 9]


def test_numbers_that_come_one_by_one_are_as_good():
    assert Waiting(k * k for k in range(4)).take(9) == [0, 1, 4, 9]


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), max_size=30))
def test_whatever_is_taken_and_comes_back_each_run_is_made_once(steps):
    """A worker takes some, dies, and some of those come back."""
    waiting, made = Waiting(range(40)), []
    for take, back in steps:
        taken = waiting.take(take)
        kept = taken[: max(len(taken) - back, 0)]
        made += kept
        waiting.put_back(taken[len(kept) :])
        assert len(waiting) == 40 - len(made)
    made += waiting.take(100)
    assert sorted(made) == list(range(40))
    assert made == sorted(made), "and in their order, for what comes back is made first"
