"""The order of runs: a sweep that is stopped at any moment has sampled evenly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import qmc

from ecosim.experiments.design import design_of
from ecosim.experiments.order import even_order, van_der_corput
from ecosim.experiments.sobol import MOST, sobol
from tests.clock import at_most_seconds

SIZES = st.lists(st.integers(1, 9), min_size=0, max_size=5)


@given(SIZES)
def test_every_point_has_its_turn_once(sizes):
    assert sorted(even_order(sizes).tolist()) == list(range(int(np.prod(sizes, dtype=int))))


@pytest.mark.parametrize("sizes", [(16, 16), (4, 4, 4, 4, 4), (2, 2, 2, 2, 2, 2), (8,), (4, 8, 2)])
def test_of_a_grid_of_powers_of_two_every_value_is_as_often_tried_as_another_at_every_moment(sizes):
    assert most_uneven(even_order(sizes), sizes) < 2.0


@given(SIZES.filter(lambda sizes: 10 < np.prod(sizes, dtype=int) < 3000))
def test_of_any_grid_no_value_is_tried_much_more_often_than_another_at_any_moment(sizes):
    """The excess over its share grows as the logarithm of the number of points, not as the root as by chance."""
    points = even_order(sizes)
    assert most_uneven(points, sizes) <= 1.0 + np.log2(points.size) / 2 + len(sizes) / 2


def test_by_chance_values_would_be_tried_far_less_evenly():
    sizes = (16, 16)
    by_chance = np.random.default_rng(1).permutation(256)
    assert most_uneven(by_chance, sizes) > 2 * most_uneven(even_order(sizes), sizes)


def test_the_first_points_of_a_list_are_its_ends_middles_and_quarters():
    assert van_der_corput(8).tolist() == [0, 4, 2, 6, 1, 5, 3, 7]
    assert van_der_corput(5).tolist() == [0, 4, 2, 1, 3]
    assert van_der_corput(1).tolist() == [0]


@given(st.integers(1, 300), st.data())
def test_of_any_first_part_of_a_list_no_stretch_is_empty_for_long(count, data):
    """After 2^k points no stretch between two of them is longer than a 2^(k - 1)-th of the next power of two."""
    shown = data.draw(st.integers(1, count))
    ends = np.sort(np.concatenate([van_der_corput(count)[:shown], [count]]))
    whole = 2 ** max(count - 1, 1).bit_length()
    assert np.diff(ends).max() <= max(whole // 2 ** max(shown.bit_length() - 2, 0), 1)


def test_the_first_replicate_of_every_point_comes_before_the_second_of_any():
    design = design_of({"a": [1, 2, 3, 4], "b": ["x", "y"]}, "grid", 3, 1)
    ordered = design.order(range(design.runs)).tolist()
    assert [design.place(number)[1] for number in ordered] == [0] * 8 + [1] * 8 + [2] * 8
    assert sorted(ordered) == list(range(24))


def test_what_is_left_to_do_keeps_the_order_of_the_whole():
    design = design_of({"a": list(range(10)), "b": list(range(7))}, "grid", 2, 1)
    whole = design.order(range(design.runs)).tolist()
    left = [number for number in range(design.runs) if number % 3]
    assert design.order(left).tolist() == [number for number in whole if number % 3]


@pytest.mark.parametrize("dimensions", [0, 1, 2, MOST])
def test_the_few_dimensions_of_a_sobol_sequence_are_those_of_scipy(dimensions):
    found = sobol(1000, dimensions)
    assert found.shape == (1000, dimensions)
    if dimensions:
        assert np.array_equal(found, qmc.Sobol(dimensions, scramble=False).random(1024)[:1000])


def test_a_grid_of_many_axes_is_put_in_order_too():
    assert sorted(even_order([2] * (MOST + 1)).tolist()) == list(range(2 ** (MOST + 1)))


def test_a_million_points_are_put_in_order_in_no_time():
    with at_most_seconds(8):
        even_order((100, 100, 100))


def most_uneven(points, sizes):
    """Return by how many points, at the worst moment, a value of an axis was ahead of its share or behind it."""
    places = np.unravel_index(points, tuple(sizes)) if sizes else ()
    turns = np.arange(1, points.size + 1)
    return max(
        float(np.abs(np.cumsum(places[axis] == value) - turns / size).max())
        for axis, size in enumerate(sizes)
        for value in range(size)
    )
