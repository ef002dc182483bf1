"""Grammar: what the command line and the cells of a table may say."""

import pytest

from ecosim.commands.sweep import split_axes
from ecosim.errors import InputError
from ecosim.experiments.grammar import value_of, values_of
from ecosim.experiments.ranges import Interval


@pytest.mark.parametrize(
    ("word", "interval"),
    [
        ("a=interval(0.1,0.9)", Interval(0.1, 0.9)),
        ("a=interval(1,5)", Interval(1.0, 5.0)),
        ("a=tag(log,interval(0.01,10))", Interval(0.01, 10.0, True)),
    ],
)
def test_a_range_is_written_as_hydra_writes_it(word, interval):
    assert values_of(word) == ("a", interval)


def test_a_key_alone_takes_the_range_that_is_declared():
    assert split_axes(["b=1"], ["a"]) == ({"a": Interval()}, ("b=1",))
    with pytest.raises(InputError, match="a: given twice"):
        split_axes(["a=1,2"], ["a"])
    with pytest.raises(InputError, match="b: given twice"):
        split_axes(["b=1"], ["b"])
    with pytest.raises(InputError, match="allowed: a key alone"):
        split_axes([], ["a=interval(0,1)"])


@pytest.mark.parametrize("word", ["a=tag(late,interval(0,1))", "a=tag(log,choice(1,2))", "a=glob(*)", "a=shuffle(1,2)"])
def test_what_is_no_list_and_no_range_is_refused(word):
    with pytest.raises(InputError, match="allowed: "):
        values_of(word)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("3", 3),
        ("-7", -7),
        ("0.5", 0.5),
        (".5", 0.5),
        ("1e-3", 0.001),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("equal", "equal"),
        ("'two words'", "two words"),
        ("[1,2]", [1, 2]),
        ("{rule: attraction_repulsion, steps: 2}", {"rule": "attraction_repulsion", "steps": 2}),
    ],
)
def test_a_cell_says_one_value(cell, value):
    assert value_of(cell) == value
    assert type(value_of(cell)) is type(value)


@pytest.mark.parametrize(
    "cell", ["", "1,2", "choice(1,2)", "${oc.env:HOME}", "{_target_: os.system}", "{a", "interval(0,1)"]
)
def test_a_cell_that_says_none_or_several_is_refused(cell):
    with pytest.raises(InputError):
        value_of(cell)
