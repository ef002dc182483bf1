"""Designs: which runs there are, and with which luck."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.errors import InputError
from ecosim.experiments.design import Axis, Design, as_column, design_of, seed_of_replicate, type_of
from ecosim.experiments.factor import Factor
from ecosim.experiments.sampling import Factors

LISTS = st.dictionaries(
    st.sampled_from(["a.x", "a.y", "b", "c.d.e"]),
    st.lists(st.integers(), min_size=1, max_size=4, unique=True),
    max_size=3,
)


@given(LISTS, st.integers(1, 4))
def test_a_grid_has_every_combination_once_and_every_replicate_of_it(axes, replicates):
    design = design_of(axes, "grid", replicates, 1)
    points = [design.values(point) for point in range(design.points)]
    assert len(points) == len(set(points)) == np.prod([len(values) for values in axes.values()], dtype=int)
    assert all(value in axes[key] for point in range(design.points) for key, value in design.parameters(point).items())
    places = [design.place(number) for number in range(design.runs)]
    assert places == [(point, replicate) for point in range(design.points) for replicate in range(replicates)]


def test_the_last_axis_of_a_grid_is_the_fastest():
    design = design_of({"a": [1, 2], "b": ["x", "y"]}, "grid", 1, 1)
    assert [design.values(point) for point in range(4)] == [(1, "x"), (1, "y"), (2, "x"), (2, "y")]


def test_a_zip_takes_the_first_of_each_then_the_second():
    design = design_of({"a": [1, 2, 3], "b": [0.1, 0.2, 0.3]}, "zip", 2, 1)
    assert [design.values(point) for point in range(design.points)] == [(1, 0.1), (2, 0.2), (3, 0.3)]
    assert design.runs == 6


def test_a_zip_may_use_a_value_at_several_points():
    assert design_of({"a": [1, 1, 2], "b": [1, 2, 2]}, "zip", 1, 1).points == 3


def test_a_sweep_over_nothing_is_one_point():
    assert design_of({}, "grid", 3, 1).runs == design_of({}, "zip", 3, 1).runs == 3


def test_a_hundred_million_points_are_counted_without_being_listed():
    design = design_of({"a": range(10**4), "b": range(10**4)}, "grid", 1, 1)
    assert design.points == 10**8
    assert design.values(10**8 - 1) == (9999, 9999)


def test_every_point_has_the_same_luck_and_every_replicate_its_own():
    table = (
        design_of({"a": [1, 2, 3]}, "grid", 5, 42).rows(np.arange(15), [str(number) for number in range(15)]).columns
    )
    seeds = table["seed"].reshape(3, 5)
    assert (seeds == seeds[0]).all()
    assert len(set(seeds[0].tolist())) == 5


def test_with_independent_luck_no_two_runs_share_a_seed():
    design = design_of({"a": [1, 2, 3], "b": ["x", "y"]}, "grid", 5, 42, "independent")
    assert len({design.seed_of(number) for number in range(design.runs)}) == 30


def test_independent_luck_belongs_to_what_a_point_says_and_not_to_its_number():
    """More values, in another order and even in another kind of design, leave each earlier point its seeds."""
    few = design_of({"a": [1, 2], "b": ["x"]}, "grid", 2, 42, "independent")
    many = design_of({"a": [3, 2, 1], "b": ["y", "x"]}, "grid", 4, 42, "independent")
    listed = design_of({"a": [2, 1], "b": ["x", "x"]}, "zip", 2, 42, "independent")
    for point in range(few.points):
        there = next(other for other in range(many.points) if many.values(other) == few.values(point))
        assert many.seeds_of(there)[:2] == few.seeds_of(point) == listed.seeds_of(1 - point)
    assert few.seeds_of(0) != design_of({"a": [1], "b": ["x"]}, "grid", 2, 43, "independent").seeds_of(0)


def test_more_replicates_keep_the_luck_of_the_first_ones():
    few, many = (design_of({"a": [1]}, "grid", count, 9).seeds_of(0) for count in (3, 10))
    assert many[:3] == few


def test_no_two_replicates_of_a_hundred_thousand_share_their_luck():
    # By chance alone two of 1e5 digests of 64 bits agree with probability 3e-10.
    assert len({seed_of_replicate(seed, replicate) for seed in range(100) for replicate in range(1000)}) == 10**5


def test_impossible_designs_are_refused_with_all_faults_at_once():
    with pytest.raises(InputError) as refused:
        design_of({"seed": [1, 2], "a": [], "b": [1, 1], "record.every": [1, 2], "": [1]}, "gird", 0, 1)
    told = str(refused.value)
    for part in ("did you mean 'grid'", "replicates: 0", "seed: ", "a: no value", "b: 1 twice", "record.every", "''"):
        assert part in told
    with pytest.raises(InputError, match=r"lists of one length \(a: 2, b: 3\)"):
        design_of({"a": [1, 2], "b": [1, 2, 3]}, "zip", 1, 1)
    with pytest.raises(InputError, match=r"zip: \[1, 2\] twice"):
        design_of({"a": [1, 3, 1], "b": [2, 4, 2]}, "zip", 1, 1)


def test_values_that_are_code_are_refused():
    for value in ("${oc.env:HOME}", {"_target_": "os.system"}, object()):
        with pytest.raises(InputError):
            design_of({"a": [value]}, "grid", 1, 1)


@pytest.mark.parametrize(
    ("values", "kind", "column"),
    [
        ([1, 2], int, [1, 2]),
        ([1, 2.5], float, [1.0, 2.5]),
        ([True, False], bool, [True, False]),
        ([True, 2], str, ["true", "2"]),
        (["a", {"rule": "x"}], str, ["a", '{"rule": "x"}']),
        ([2**70, 1], str, [str(2**70), "1"]),
        ([[1, 2]], str, ["[1, 2]"]),
    ],
)
def test_values_become_columns_of_one_kind(values, kind, column):
    assert type_of(values) is kind
    assert as_column(values, kind).tolist() == column


def test_nothing_among_numbers_is_missing():
    column = as_column([1, None], type_of([1, None]))
    assert column[0] == 1
    assert np.isnan(column[1])


def test_arrays_of_numpy_are_lists_of_plain_numbers():
    design = design_of({"a": np.linspace(0, 1, 3), "b": np.arange(2)}, "grid", 1, 1)
    assert design.axes[0].values == (0.0, 0.5, 1.0)
    assert all(type(value) is int for value in design.axes[1].values)


def test_a_design_survives_being_written_as_json():
    factors = Factors("lhs", (Factor("a", "real", 0.0, 1.0), Factor("b", "choice", values=("x", {"y": 1}))), 5)
    drawn = Design(tuple(map(Axis, factors.keys, factors.values())), "lhs", 2, 7, "independent", factors)
    for design in (drawn, design_of({"a": range(3), "b": [None, {"x": [1.5]}]}, "grid", 2, 9)):
        again = Design.of(json.loads(json.dumps(design.plain())))
        assert [again.parameters(point) for point in range(again.points)] == [
            design.parameters(point) for point in range(design.points)
        ]
        assert [again.seed_of(number) for number in range(again.runs)] == [
            design.seed_of(number) for number in range(design.runs)
        ]
        assert (again.kind, again.factors, again.said()) == (design.kind, design.factors, design.said())
    assert "values" not in drawn.said(), "a manifest need not list a hundred thousand points"


@pytest.mark.parametrize("kind", ["grid", "zip", "listed"])
def test_scenarios_are_no_values_of_a_key_and_compare_is_named_instead(kind):
    with pytest.raises(InputError, match=r"scenario: a sweep has one scenario.*ecosim compare"):
        design_of({"scenario": ["town", "opinions"], "ticks": [5, 5 if kind == "listed" else 6]}, kind, 2, 1)


def test_of_no_run_there_are_no_rows_and_all_columns():
    rows = design_of({"ticks": [5, 6]}, "grid", 3, 1).rows(np.empty(0, np.int64), [])
    assert {name: len(values) for name, values in rows.columns.items()} == dict.fromkeys(
        ("run_id", "point", "ticks", "replicate", "seed"), 0
    )
