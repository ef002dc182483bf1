"""Replicates until an interval is narrow enough: when they stop, what the interval is worth then, what is told."""

import json
import math

import numpy as np
import pytest

from ecosim.commands.sweep import Order, carry_out
from ecosim.errors import InputError
from ecosim.experiments.effects import half_width
from ecosim.experiments.stored import read_design, read_runs
from ecosim.experiments.sweep import Execution, run_sweep, sweep
from ecosim.experiments.until import FEWEST, Goal, check_goals, goals_of, looks
from tests.experiments.sweeps import HOW, TINY, TOLERANCE, same_tables, tiny

HERE = Execution(workers=0)
VALUES = [0.1, 0.5]
GOAL = Goal("dispersion.mean", 0.05)


@pytest.mark.parametrize(
    "word", ["dispersion.mean ± 0.01", "dispersion.mean±.01", "dispersion.mean +- 1e-2", "dispersion.mean+/-0.01"]
)
def test_a_goal_may_be_written_in_three_ways(word):
    assert goals_of([word]) == (Goal("dispersion.mean", 0.01),)


def test_goals_that_cannot_be_read_are_all_named():
    with pytest.raises(InputError) as refused:
        goals_of(["spread", "spread ± 0", "spread ± -1", "spread ± nan", "spread ± wide", "a ± 1", "a +- 2"])
    assert len(refused.value.faults) == 6


def test_measures_that_there_are_not_and_too_few_replicates_are_refused_with_the_nearest_name():
    plan = tiny({TOLERANCE: VALUES}, replicates=4)
    with pytest.raises(InputError, match=r"(?s)dispersoin\.mean.*did you mean.*dispersion\.mean.*at least 8"):
        check_goals(goals_of(["dispersoin.mean ± 0.1"]), plan)


def test_looks_come_after_half_as_many_runs_again():
    assert looks(100) == [8, 12, 18, 27, 41, 62, 93, 100]
    assert looks(8) == [8]


def test_points_stop_as_soon_as_their_interval_is_narrow_and_not_before(tmp_path):
    outcome = run_sweep(tiny({TOLERANCE: VALUES}, replicates=200), tmp_path, HERE, goals=[GOAL])
    runs = read_runs(tmp_path)
    counts = runs.groupby(TOLERANCE).size()
    assert outcome.until.short == {}
    assert (outcome.until.fewest, outcome.until.most) == (counts.min(), counts.max())
    assert counts.min() < counts.max(), "one point needs more than the other"
    assert outcome.made == outcome.ok == counts.sum() == len(read_design(tmp_path))
    for _, rows in runs.groupby(TOLERANCE):
        values = rows.sort_values("replicate")["dispersion.mean"].to_numpy()
        widths = {n: half_width(values[:n].std(ddof=1), n) for n in looks(200) if n <= len(values)}
        assert [n for n, width in widths.items() if width <= GOAL.width] == [len(values)]


def test_a_stopped_sweep_ends_with_the_same_runs_and_a_narrower_one_goes_on(tmp_path):
    plan = tiny({TOLERANCE: VALUES}, replicates=100)
    run_sweep(plan, tmp_path / "whole", HERE, goals=[GOAL])
    run_sweep(tiny({TOLERANCE: VALUES}, replicates=5), tmp_path / "parts", HERE)
    again = run_sweep(plan, tmp_path / "parts", HERE, goals=[GOAL])
    assert again.made == again.ok - 10
    assert same_tables(tmp_path / "whole", tmp_path / "parts")
    assert run_sweep(plan, tmp_path / "parts", HERE, goals=[GOAL]).made == 0
    narrower = run_sweep(plan, tmp_path / "parts", HERE, goals=[Goal("dispersion.mean", 0.035)])
    assert narrower.made > 0
    assert narrower.made == narrower.ok - again.ok


def test_what_cannot_be_reached_is_told_and_so_is_how_many_replicates_it_took(tmp_path, capsys):
    words = (*TINY, f"{TOLERANCE}=0.1,0.5")
    until = ("dispersion.mean ± 0.000001", "spread ± 9")
    order = Order(
        words=("opinions", *words),
        out=tmp_path,
        trust=("trouble",),
        workers=0,
        replicates=12,
        until=until,
        as_json=True,
    )
    assert carry_out(order) == 0
    told = capsys.readouterr()
    assert "2 points × 8 to 12 replicates = at most 24 runs, until dispersion.mean ± 1e-06 and spread ± 9" in told.err
    assert "Each point took 12 replicates." in told.err
    assert told.err.count("Not narrow enough: dispersion.mean ± 0.0") == 2
    assert f"at {TOLERANCE}=0.5" in told.err
    assert json.loads(told.out)["not_narrow_enough"] == [0, 1]
    assert json.loads((tmp_path / "manifest.json").read_text())["runs"] == {"all": 24, "ok": 24, "failed": 0}


def test_a_point_at_which_every_run_fails_is_not_tried_to_the_last(tmp_path):
    outcome = run_sweep(tiny({HOW: ["none", "raise"]}, replicates=50), tmp_path, HERE, goals=[Goal("spread", 9.0)])
    assert (outcome.ok, outcome.failed) == (FEWEST, FEWEST)
    assert list(outcome.until.short) == [1]
    assert math.isnan(outcome.until.short[1]["spread"])


def test_python_takes_a_goal_as_well():
    table = sweep("opinions", {TOLERANCE: [0.5]}, *TINY, until="spread ± 9", trust=("trouble",), workers=0)
    assert len(table) == FEWEST


@pytest.mark.parametrize("width", [0.15, 0.3, 0.5, 0.8])
def test_the_interval_at_the_stop_holds_the_mean_almost_as_often_as_it_says(width):
    """Normal values: coverage at the stop is at least 91 % for any width, and at most 96.5 %.

    10,000 sweeps per width: at the coverages that come out here (92.5 to 95 %), chance has no more than 10⁻⁶ to leave
    these bounds (standard error 0.27 %; the bounds are five of them away).
    """
    values = np.random.default_rng(11).standard_normal((10_000, 330))
    covered = np.zeros(len(values), bool)
    is_open = np.ones(len(values), bool)
    for n in looks(values.shape[1]):
        half = half_width(1.0, n) * values[:, :n].std(axis=1, ddof=1)
        ends = is_open & (half <= width)
        covered[ends] = np.abs(values[ends, :n].mean(axis=1)) <= half[ends]
        is_open &= ~ends
    assert not is_open.any()
    assert 0.91 < covered.mean() < 0.965
