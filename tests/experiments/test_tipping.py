"""Tipping: known critical values are found, both ways; what slides is not called tipping; what cannot be is refused."""

import json
import math
import sys

import pytest
from typer.testing import CliRunner

import ecosim
from ecosim import cli
from ecosim.errors import InputError
from ecosim.experiments import both_ways, ramp, tipping
from ecosim.experiments.branches import Branches
from ecosim.experiments.crossing import Estimate
from ecosim.experiments.ramp import Route, lead, lead_all
from ecosim.experiments.tipping import tip
from ecosim.settings import plain
from tests.experiments.sweeps import stopping

FLOOR = "dynamics.issue.floor"
UP, DOWN = 2.6044, 1.7872
"""The folds of May (1977): the high state ends when control rises past the one, the low one when it falls past the other."""


@pytest.fixture(scope="module")
def may():
    return tip(
        "may_1977", FLOOR, "severity", "ticks=1000", start=1.2, stop=3.2, replicates=3, width=0.005, steps=11,
        both_ways=True, workers=0,
    )  # fmt: skip


def test_the_fold_of_may_is_found_from_the_start(may):
    """At a fold everything slows: in 1,000 ticks a run that is a hundredth beyond it has gone over."""
    assert may.is_tipping
    assert may.critical.low - 0.01 <= UP <= may.critical.high + 0.01
    assert may.critical.high - may.critical.low <= 0.005
    assert not may.is_by_chance


def test_runs_that_are_still_on_the_move_are_said_so(may):
    """In 200 ticks a run just beyond the fold has not gone over, and the value told is too high by a hundredth."""
    short = tip("may_1977", FLOOR, "severity", start=1.2, stop=3.2, replicates=1, workers=0)
    assert any("still on the move" in sentence for sentence in short.says)
    assert short.critical.value > may.critical.value


def test_the_way_back_of_may_is_another_one(may):
    led = may.both_ways
    assert led.rising.low - 0.01 <= UP <= led.rising.high + 0.01
    assert led.falling.low - 0.01 <= DOWN <= led.falling.high + 0.01
    assert led.hysteresis.low > 0.8
    assert led.hysteresis.value == pytest.approx(UP - DOWN, abs=0.02)
    assert any("Hysteresis" in sentence for sentence in may.says)


def test_without_two_states_the_way_back_is_the_same_and_nothing_tips():
    """Below the lower fold there is one state, and severity slides along it."""
    found = tip("may_1977", FLOOR, "severity", start=0.5, stop=1.5, replicates=2, steps=6, both_ways=True, workers=0)
    assert not found.is_tipping
    assert found.critical is not None
    assert found.leap.share.value < 0.05
    assert found.both_ways.hysteresis.low <= 0.0 <= found.both_ways.hysteresis.high
    assert any("No hysteresis" in sentence for sentence in found.says)


def test_a_world_that_never_went_over_does_not_go_back():
    """Between the folds the high state lasts whichever way control moves: no value is told for either way."""
    found = tip(
        "may_1977", FLOOR, "severity", start=1.9, stop=2.5, threshold=3.0, replicates=1, steps=4, both_ways=True,
        workers=0,
    )  # fmt: skip
    assert found.critical is None
    settings, values = plain(ecosim.load("may_1977")), (1.9, 2.2, 2.5)
    route = Route(settings, (), FLOOR, values, "severity_issue_1", 50, 3.0, False, 0.01, False)
    led = lead(route, 1)
    assert led["rising"] is None
    assert led["falling"] is None
    assert [value for value, _ in led["down"]] == [2.5, 2.2, 1.9]


@pytest.mark.parametrize(("without", "between"), [(2.0, [1.0, 3.0]), (1.0, [2.0, 3.0]), (3.0, [2.0, 4.0])])
def test_a_value_at_which_a_measure_has_none_is_passed_over(without, between, monkeypatch, tmp_path):
    """Levels go over at 2.5; what has no level neither counts as this side nor as that."""
    monkeypatch.setattr(ramp, "_held", lambda route, model, value: math.nan if value == without else float(value > 2.5))
    settings, values = plain(ecosim.load("may_1977")), (1.0, 2.0, 3.0, 4.0)
    route = Route(settings, (), FLOOR, values, "severity_issue_1", 5, 0.5, True, 0.1, False)
    led = lead(route, 1)
    assert between[0] <= led["rising"][0] < led["rising"][1] <= between[1]
    assert between[0] <= led["falling"][1] < led["falling"][0] <= between[1]
    branches = Branches(tmp_path, "asked")
    lead_all(route, {0: 1}, branches)
    told = both_ways._told(route, [branches.read()[0]]).says
    assert any("In 1 of 1 worlds the measure had no value at some of 1 values" in sentence for sentence in told)


def test_the_crowd_of_granovetter_tips_at_a_spread_of_about_twelve_percent():
    """Published: 6 of 100 act at .1222 and all at .1225; dealt among 10,000, the quantiles are theirs."""
    found = tip(
        "granovetter_1978", "ecosystem.threshold.spread", "active_share", "ecosystem.organisations=10000", "ticks=600",
        "ecosystem.threshold={start: normal, mean: 0.25, spread: 0.1, dealt: true}",
        start=0.11, stop=0.13, replicates=2, workers=0,
    )  # fmt: skip
    assert found.is_tipping
    assert found.critical.low - 1e-4 <= 0.12235 <= found.critical.high + 2e-4


def test_where_chance_decides_the_interval_is_of_replicates_and_says_how_many_would_do():
    found = tip(
        "granovetter_1978", "ecosystem.threshold.spread", "active_share", "ecosystem.organisations=200", "ticks=60",
        "ecosystem.threshold={start: normal, mean: 0.25, spread: 0.1}",
        start=0.06, stop=0.22, replicates=20, workers=0,
    )  # fmt: skip
    assert found.is_by_chance
    assert found.is_tipping
    assert 0.09 < found.critical.low < found.critical.high < 0.17
    assert any("replicates would do" in sentence for sentence in found.says)
    assert (found.values["share_over"].iloc[[0, -1]] == [0.0, 1.0]).all()


def test_ends_that_do_not_differ_are_said_so_with_intervals():
    found = tip("opinions", "dynamics.stance.tolerance", "dispersion", "ecosystem.organisations=20", "ticks=0",
                start=0.1, stop=0.9, replicates=6, workers=0, both_ways=True)  # fmt: skip
    assert found.critical is None
    assert found.both_ways is None
    assert found.says[0].startswith("No tipping found")
    assert "[" in found.says[0]


def test_an_end_at_which_every_run_fails_is_named_with_what_went_wrong(tmp_path):
    words = ["tip", "opinions", "ecosystem.organisations", "dispersion", "ecosystem.network.degree=4", "ticks=4",
             "+dynamics.trouble={rule: 'trouble:Trouble', how: raise_in_a_crowd}", "schedule=[stance,trouble]",
             "--trust", "trouble", "--from", "12", "--to", "14", "--replicates", "6", "--workers", "0",
             "--out", str(tmp_path / "out")]  # fmt: skip
    done = CliRunner().invoke(cli.app, words)
    assert done.exit_code == 1, done.output
    assert "6 of 6 replicates have no value at ecosystem.organisations=14, where the range ends" in done.output
    assert "the gossip got out of hand" in done.output


@pytest.mark.parametrize(
    ("key", "measure", "words", "message"),
    [
        ("dynamics.issue.flor", "severity", {}, "floor"),
        (FLOOR, "severty", {}, "severity"),
        (FLOOR, "severity", {"start": 3.2}, "begins below where it ends"),
        (FLOOR, "severity", {"stop": None}, "no closed range"),
        (FLOOR, "severity", {"start": -1.0}, "within 0"),
        (FLOOR, "severity", {"width": 5.0}, "width"),
        (FLOOR, "severity", {"replicates": 0}, "replicates"),
        ("title", "severity", {}, "is no number"),
        ("ecosystem.organisations", "severity", {"both_ways": True, "start": 1, "stop": 3}, "dynamics"),
        (FLOOR, "severity", {"both_ways": True, "hold": 0}, "hold"),
    ],
)
def test_what_cannot_be_searched_is_refused_before_any_run(key, measure, words, message, tmp_path):
    given = {"start": 1.2, "stop": 3.2, **words}
    with pytest.raises(InputError, match=message):
        ecosim.tip("may_1977", key, measure, **given, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_parameter_with_a_closed_range_needs_no_range():
    found = tip("opinions", "dynamics.stance.responsiveness", "dispersion.mean", "ecosystem.organisations=20",
                "ticks=5", replicates=6, workers=0)  # fmt: skip
    assert (found.question.start, found.question.stop) == (0.0, 1.0)


@pytest.mark.parametrize("few", [1, 5])
def test_few_replicates_are_refused_where_there_is_chance_and_only_there(few):
    with pytest.raises(InputError, match=f"replicates: {few}; allowed: at least 6"):
        tip("opinions", "dynamics.stance.tolerance", "dispersion", "ecosystem.organisations=20", "ticks=5",
            start=0.1, stop=0.9, replicates=few, workers=0)  # fmt: skip
    certain = tip("may_1977", FLOOR, "severity", "ticks=50", start=1.2, stop=3.2, replicates=few, workers=0)
    assert not certain.is_by_chance


def test_the_command_leaves_table_and_figure_and_goes_on_where_it_was(tmp_path):
    words = ["tip", "may_1977", FLOOR, "severity", "ticks=100", "--from", "2", "--to", "3", "--replicates", "1",
             "--both-ways", "--steps", "4", "--workers", "0", "--out", str(tmp_path / "out"), "--json"]  # fmt: skip
    first = CliRunner().invoke(cli.app, words)
    assert first.exit_code == 0, first.output
    left = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("part-*.parquet")}
    again = CliRunner().invoke(cli.app, words)
    assert again.stdout == first.stdout
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("part-*.parquet")} == left
    assert json.loads(first.stdout)["critical"]["value"] == pytest.approx(2.6, abs=0.1)
    assert {"tipping.json", "tipping_values.csv", "tipping.svg", "tipping.png"} <= {
        path.name for path in (tmp_path / "out").iterdir()
    }


def test_a_search_can_be_drawn_on_axes_of_ones_own(may):
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    assert may.plot(axes) is axes
    assert may.plot().get_xlabel() == FLOOR
    assert isinstance(may.critical, Estimate)


def test_what_a_search_takes_at_most_is_said_first_and_refused_if_it_is_much(tmp_path):
    """Nine values, and three in each of twelve rounds; a million replicates are 45 million runs."""
    told = []
    tip("may_1977", FLOOR, "severity", "ticks=20", start=1.2, stop=3.2, replicates=6, workers=0, say=told.append)
    assert told[0].startswith("At most 45 values × 6 replicates = 270 runs: about 1 second on this process")
    slow = {"workers": 1, "say": stopping(told)}
    with pytest.raises(KeyboardInterrupt):
        tip("may_1977", FLOOR, "severity", "ticks=20", start=1.2, stop=3.2, replicates=6, **slow)
    assert " = 270 runs: about 3 seconds on 1 process and " in told[-1], "its process is started once for all rounds"
    with pytest.raises(InputError, match=r"45 values × 100,000 replicates = 4,500,000 runs.*--yes"):
        ecosim.tip("may_1977", FLOOR, "severity", start=1.2, stop=3.2, replicates=100_000, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_quick_runs_stay_in_this_process_only_where_no_limit_was_given(monkeypatch):
    made = []
    monkeypatch.setattr(
        tipping, "run_sweep", lambda plan, folder, execution, **_: made.append(execution.workers) or sys.exit()
    )
    for words in ({}, {"timeout": 5.0}, {"memory": 500.0}, {"workers": 1}):
        with pytest.raises(SystemExit):
            tip("may_1977", FLOOR, "severity", "ticks=5", start=1.2, stop=3.2, replicates=2, **words)
    assert made == [0, None, None, 1]
