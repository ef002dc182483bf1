"""How many replicates it took is said in a line, and where they were not enough in a line each, up to a handful."""

import math

import pytest

from ecosim.commands.options import Spoken
from ecosim.commands.until import MOST_TOLD, tell_until
from ecosim.experiments.plan import plan_of
from ecosim.experiments.until import Ended

KEY = "dynamics.stance.tolerance"
VALUES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]


@pytest.fixture(scope="module")
def plan():
    return plan_of("opinions", {KEY: VALUES}, ("ticks=2",), replicates=8)


def told(capsys, plan, ended, what="point", **how):
    tell_until(Spoken(**how), plan, ended, what)
    said = capsys.readouterr()
    assert said.out == "", "stdout is for results"
    return said.err.splitlines()


def test_where_all_points_took_as_many_there_is_one_number(plan, capsys):
    assert told(capsys, plan, Ended(12, 12, {})) == ["Each point took 12 replicates."]


def test_where_they_differ_both_ends_are_told_in_full_figures(plan, capsys):
    assert told(capsys, plan, Ended(8, 1000, {}), "scenario") == ["Each scenario took 8 to 1,000 replicates."]


def test_what_is_not_known_so_well_is_told_with_how_well_and_where(plan, capsys):
    short = {2: {"spread": 0.123456, "dispersion.mean": math.nan}}
    assert told(capsys, plan, Ended(8, 27, short))[1:] == [
        f"Not narrow enough: spread ± 0.123, dispersion.mean is missing at {KEY}=0.3"
    ]


def test_a_sweep_of_one_point_names_no_place(capsys):
    plan = plan_of("opinions", {}, ("ticks=2",), replicates=8)
    assert told(capsys, plan, Ended(8, 8, {0: {"spread": 0.5}}))[1:] == ["Not narrow enough: spread ± 0.5"]


@pytest.mark.parametrize("count", [MOST_TOLD, MOST_TOLD + 2])
def test_a_handful_is_told_one_by_one_and_the_rest_counted(plan, capsys, count):
    lines = told(capsys, plan, Ended(8, 8, {point: {"spread": 0.5} for point in range(count)}))[1:]
    assert sum(line.startswith("Not narrow enough") for line in lines) == MOST_TOLD
    more = [f"… and {count - MOST_TOLD} points more; --replicates allows each point more runs"]
    assert lines[MOST_TOLD:] == (more if count > MOST_TOLD else [])


def test_who_wants_to_hear_nothing_hears_nothing(plan, capsys):
    assert told(capsys, plan, Ended(8, 8, {0: {"spread": 0.5}}), quiet=True) == []
