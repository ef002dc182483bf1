"""A question is complete and possible before any run, and the values that are tried close in on where outcomes go over."""

from dataclasses import replace

import numpy as np
import pytest

import ecosim
from ecosim.errors import InputError
from ecosim.experiments.crossing import crossing
from ecosim.experiments.question import FIRST_VALUES, Question, first_values, next_values, question_of

TOLERANCE, SIZE = "dynamics.stance.tolerance", "ecosystem.organisations"
OURS = Question(TOLERANCE, "dispersion", 0.1, 0.9, 0.5, 0.008, is_whole=False)


@pytest.fixture(scope="module")
def settings():
    return ecosim.load("opinions")


def asked(
    settings, key=TOLERANCE, measure="dispersion", start=0.1, stop=0.9, threshold=None, width=None, replicates=20
):
    return question_of(settings, key, measure, start, stop, threshold, width, replicates)


def test_the_interval_shall_be_a_hundredth_of_the_range_where_nothing_else_is_said(settings):
    assert asked(settings).width == pytest.approx(0.008)
    assert asked(settings, width=0.2).width == 0.2


def test_a_parameter_of_counts_takes_whole_numbers_only(settings):
    assert asked(settings, key=SIZE, start=20, stop=60).is_whole
    with pytest.raises(InputError, match="allowed: whole numbers"):
        asked(settings, key=SIZE, start=20.5, stop=60)


def test_a_parameter_without_a_greatest_value_needs_one(settings):
    with pytest.raises(InputError, match=r"ecosystem\.organisations: has no closed range.*--from and --to"):
        asked(settings, key=SIZE, start=None, stop=None)


def test_all_that_is_wrong_is_told_at_once(settings):
    with pytest.raises(InputError) as refused:
        asked(settings, measure="dispersoin", start=0.9, stop=0.1, threshold=float("nan"), replicates=0)
    told = "\n".join(refused.value.faults)
    assert len(refused.value.faults) == 4
    for what in ("dispersoin", "replicates: 0", "from 0.9 to 0.1", "threshold: nan"):
        assert what in told


@pytest.mark.parametrize("width", [0.0, -1.0, 0.8, 5.0])
def test_a_width_that_is_none_or_wider_than_the_range_is_refused(settings, width):
    with pytest.raises(InputError, match=r"above 0 and below the range, 0\.8"):
        asked(settings, width=width)


def test_the_first_values_are_even_and_hold_both_ends():
    values = first_values(OURS)
    assert (values.size, values[0], values[-1]) == (FIRST_VALUES, 0.1, 0.9)
    assert np.diff(values) == pytest.approx(0.1)


def test_of_few_whole_numbers_each_is_tried_once():
    assert first_values(replace(OURS, start=2, stop=6, is_whole=True)).tolist() == [2, 3, 4, 5, 6]


def over_beyond(critical, values):
    """Return whether each of ten runs is over at each value: all at once, beyond the critical one."""
    return np.tile(values > critical, (10, 1))


@pytest.mark.parametrize("critical", [0.1234, 0.5, 0.77])
def test_rounds_close_in_on_a_critical_value_and_keep_it_inside(critical):
    values, widths = first_values(OURS), []
    for _ in range(6):
        found = crossing(values, over_beyond(critical, values))
        widths.append(found.three_quarters - found.quarter)
        assert found.critical.low <= critical <= found.critical.high
        further = next_values(OURS, values, found)
        assert ((further > found.quarter) & (further < found.three_quarters)).all()
        assert not np.isin(further, values).any()
        values = np.unique(np.concatenate([values, further]))
    assert widths[-1] < 0.01 * widths[0]


def test_where_no_whole_number_lies_between_nothing_is_left_to_try():
    whole = replace(OURS, start=2, stop=6, is_whole=True)
    values = first_values(whole)
    assert next_values(whole, values, crossing(values, over_beyond(3.5, values))).size == 0
