"""Kernels that make no array are compiled without counts of who uses one; memory that is made is still freed, none twice."""

import re
import sys

import numba
import numpy as np
import pytest
from numba.core.runtime import _nrt_python as memory
from numba.core.runtime import rtsys

from ecosim.counting import Compiler
from ecosim.kernels import inlined, kernel


@kernel
def total_of(groups):
    numbers, places = groups
    total = 0.0
    for place in places:
        total += numbers[place]
    return total


@kernel
def rows_doubled(table):
    for i in range(table.shape[0]):
        row = table[i]
        part = row[1:]
        for k in range(part.size):
            part[k] *= 2.0


@inlined
def made(size):
    return np.ones(size)


@kernel
def sum_of_made(size):
    return made(size).sum()


@kernel
def sum_at(numbers, places):
    return numbers[places].sum()


@kernel
def shifted(numbers):
    numbers[1:] = numbers[:-1] + 1.0


@kernel
def given_back(numbers):
    return numbers


@kernel
def tail(numbers):
    return numbers[1:]


@kernel
def total_of_tail(numbers):
    return total_of((tail(numbers), np.arange(numbers.size - 1)))


@kernel
def tail_and_double(pair):
    numbers, _ = pair
    doubled = np.empty(numbers.size)
    for i in range(numbers.size):
        doubled[i] = 2.0 * numbers[i]
    return tail(numbers), doubled[:2]


@kernel
def one_of(first, second, is_first):
    chosen = first.copy()
    if is_first:
        chosen = first
    return chosen if is_first else second[::2]


@kernel
def ends_of(numbers):
    for start in range(2):
        yield numbers[start:]


@kernel
def length(text):
    return len(text)


NUMBERS, PLACES = np.arange(6.0), np.array([0, 2, 4])


def counts(function, *given):
    """Return whether the machine code of a kernel, compiled anew for what is given, counts users of arrays."""
    fresh = numba.njit(pipeline_class=Compiler)(function.py_func)
    fresh(*given)
    (code,) = fresh.inspect_asm().values()
    return "NRT_decref" in code


@pytest.fixture
def memory_told():
    """Let numba tell what it takes and frees."""
    memory.memsys_enable_stats()
    yield rtsys.get_allocation_stats
    memory.memsys_disable_stats()


def test_what_only_reads_counts_nothing_and_is_right():
    assert total_of((NUMBERS, PLACES)) == 6.0
    assert not counts(total_of, (NUMBERS, PLACES))


def test_what_writes_through_views_counts_nothing_and_is_right():
    table = np.ones((2, 3))
    rows_doubled(table)
    assert table.tolist() == [[1.0, 2.0, 2.0]] * 2
    assert not counts(rows_doubled, table)


@pytest.mark.parametrize(
    ("function", "given", "is_counted"), [(sum_at, (NUMBERS, PLACES), False), (given_back, (NUMBERS,), True)]
)
def test_what_came_in_uncounted_is_not_counted_off_where_other_arrays_are_made(function, given, is_counted):
    fresh = numba.njit(pipeline_class=Compiler)(function.py_func)
    fresh(*given)
    (code,) = fresh.inspect_llvm().values()
    (door,) = re.findall(r"^define [^\n]*cpython.*?^}", code, re.MULTILINE | re.DOTALL)
    assert ("NRT_decref" in door) == is_counted


@pytest.mark.parametrize(
    ("function", "given", "answer"),
    [(sum_of_made, (5,), 5.0), (sum_at, (NUMBERS, PLACES), 6.0), (total_of_tail, (NUMBERS,), 15.0)],
)
def test_what_makes_arrays_counts_and_frees_all_of_them(function, given, answer, memory_told):
    function(*given)
    before = memory_told()
    assert [function(*given) for _ in range(10)] == [answer] * 10
    after = memory_told()
    assert counts(function, *given)
    assert after.alloc - before.alloc == after.free - before.free > 0
    assert after.mi_alloc - before.mi_alloc == after.mi_free - before.mi_free > 0


def test_what_numba_itself_needs_memory_for_is_right():
    numbers = np.zeros(4)
    shifted(numbers)
    assert numbers.tolist() == [0.0, 1.0, 1.0, 1.0]


def test_an_array_given_back_outlives_the_call_and_a_view_keeps_what_it_shows():
    assert given_back(NUMBERS) is NUMBERS
    view = tail(np.arange(1000.0))
    others = [np.full(1000, -1.0) for _ in range(10)]
    assert view.tolist() == list(range(1, 1000))
    assert all(other[0] == -1.0 for other in others)


@pytest.mark.parametrize(
    "function",
    [
        lambda: total_of((NUMBERS, PLACES)),
        lambda: tail(NUMBERS),
        lambda: given_back(NUMBERS),
        lambda: tail_and_double((NUMBERS, PLACES)),
    ],
)
def test_no_call_leaves_a_trace_on_what_it_was_given(function):
    function()
    before = sys.getrefcount(NUMBERS), sys.getrefcount(PLACES)
    for _ in range(10):
        function()
    assert (sys.getrefcount(NUMBERS), sys.getrefcount(PLACES)) == before


def test_a_generator_keeps_what_it_reads_from_as_long_as_it_lives():
    ends = ends_of(np.arange(1000.0))
    others = [np.full(1000, -1.0) for _ in range(10)]
    first, second = ends
    assert first.tolist() == list(range(1000))
    assert second.tolist() == list(range(1, 1000))
    assert all(other[0] == -1.0 for other in others)


def test_a_text_that_is_looked_at_is_let_go_of_again():
    text = "town" * len(PLACES)
    assert length(text) == 12
    before = sys.getrefcount(text)
    for _ in range(10):
        length(text)
    assert sys.getrefcount(text) == before
