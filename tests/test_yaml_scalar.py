"""An unquoted word of YAML means the same to every reader, or it is refused with what others would take it for."""

import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ecosim.yaml_scalar import plain_scalar


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_nothing_is_nothing_however_it_is_written(text):
    assert plain_scalar(text) == (None, None)


@pytest.mark.parametrize(("text", "meant"), [("true", True), ("TRUE", True), ("False", False), ("false", False)])
def test_truth_is_what_yaml_1_2_says_it_is(text, meant):
    assert plain_scalar(text) == (meant, None)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("0", 0), ("-7", -7), ("+3", 3), ("0.5", 0.5), (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0), ("-2.5E-1", -0.25)],
)
def test_numbers_are_numbers_whole_ones_whole(text, meant):
    value, fault = plain_scalar(text)
    assert (value, fault, type(value)) == (meant, None, type(meant))


@pytest.mark.parametrize(
    ("text", "taken_for"),
    [
        ("yes", "true"), ("On", "true"), ("y", "true"), ("no", "false"), ("OFF", "false"), ("N", "false"),
        ("12:30", "base 60"), ("1:30:00", "base 60"), ("2020-01-31", "a date"), ("2020-1-3 10:00", "a date"),
        ("1_000", "number by some"), ("010", "base 8"), ("-07", "base 8"), ("0x1F", "not a decimal"),
        ("0b11", "not a decimal"), ("=", "a command"), ("<<", "a command"),
    ],
)  # fmt: skip
def test_what_readers_disagree_on_is_refused_and_its_other_meaning_told(text, taken_for):
    value, fault = plain_scalar(text)
    assert value == text
    assert taken_for in fault
    assert fault.endswith("quote it or write it plainly")


@pytest.mark.parametrize("text", [".nan", "NaN", ".inf", "-.INF", "+inf", "infinity"])
def test_what_is_not_finite_is_refused(text):
    assert "not a finite number" in plain_scalar(text)[1]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        (str(2**64 - 1), True),
        (str(2**64), False),
        (str(-(2**63)), True),
        (str(-(2**63) - 1), False),
        ("9" * 400, False),
    ],
)
def test_whole_numbers_fit_in_64_bits_or_are_refused(text, fits):
    value, fault = plain_scalar(text)
    assert (value == int(text), fault is None) == (fits, fits)
    assert fits or "does not fit in 64 bits" in fault


def test_a_number_beyond_all_bounds_is_refused_and_does_not_become_infinite():
    assert plain_scalar("1e400") == ("1e400", "'1e400' is too large; allowed: finite numbers")


@pytest.mark.parametrize("text", ["nobody", "onward", "yesterday", "nullable", "1st", "1.2.3", "e5", "true love", "0x"])
def test_words_that_only_begin_like_something_else_are_words(text):
    assert plain_scalar(text) == (text, None)


@given(st.text(st.sampled_from("0123456789.eE+-_:xobynYNTtrufalsinofd~= "), max_size=8).map(str.strip))
def test_whatever_is_not_refused_means_the_same_to_another_reader(text):
    """PyYAML is of YAML 1.1, whose words for truth and whose bases are those on which readers disagree."""
    value, fault = plain_scalar(text)
    if fault is not None or not _is_one_plain_word(text):
        return
    other = yaml.safe_load(text)
    if isinstance(value, float) and isinstance(other, str):
        return  # to YAML 1.1 a number with an exponent needs a point and a sign: 1e3 is a word there
    assert type(other) is type(value)
    assert other == value or (isinstance(value, float) and math.isclose(other, value))


def _is_one_plain_word(text: str) -> bool:
    """Return whether to PyYAML a text is a single word, unquoted, and no map, list or document's end."""
    try:
        events = [type(event).__name__ for event in yaml.parse(text)]
    except yaml.YAMLError:
        return False
    return events.count("ScalarEvent") == 1 and len(events) == 5
