"""Ids and what waits: very many runs in little room, and none lost, doubled or taken for another."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ecosim.experiments import ids
from ecosim.experiments.ids import Ids, among, as_array, as_words, each_once, is_id
from ecosim.experiments.waiting import Waiting

WORDS = st.lists(
    st.one_of(st.integers(0, 2**128 - 1), st.integers(0, 3), st.integers(0, 3).map(lambda k: k << 120)).map(
        lambda number: f"{number:032x}"
    ),
    max_size=40,
)


@given(WORDS)
def test_an_id_comes_back_as_it_was_zeros_at_its_end_included(words):
    assert as_words(as_array(words)) == words
    assert list(Ids(as_array(words))) == words


@given(WORDS, WORDS, st.sampled_from([1, 3, 65_536]))
def test_ids_are_found_among_others_and_each_is_told_once_whatever_fits_at_a_time(words, others, part):
    before, ids._PART = ids._PART, part
    try:
        assert among(as_array(words), as_array(others)).tolist() == [word in others for word in words]
        assert each_once(as_array(words)).tolist() == [k for k, word in enumerate(words) if word not in words[:k]]
    finally:
        ids._PART = before


def test_what_is_no_id_is_known_as_such():
    assert is_id("0123456789abcdef" * 2)
    assert not any(is_id(word) for word in ("", "0" * 31, "0" * 33, "g" * 32, "0" * 32 + "\n", None, 3))


@given(st.lists(st.integers(0, 10**6)), st.lists(st.tuples(st.integers(0, 7), st.booleans())))
def test_whatever_is_taken_and_put_back_every_run_is_made_once_and_in_order(numbers, steps):
    waiting, made = Waiting(np.array(numbers, np.int64)), []
    for count, comes_back in steps:
        taken = waiting.take(count)
        assert len(taken) <= count
        if comes_back:
            waiting.put_back(taken)
        else:
            made += taken
        assert len(waiting) == len(numbers) - len(made)
    assert made + waiting.take(len(numbers)) == numbers
    assert waiting.take(1) == []
