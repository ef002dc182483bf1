"""Calibration: planted values are recovered with their intervals, and what the targets do not tell is said."""

import json
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from typer.testing import CliRunner

import ecosim
from ecosim import cli
from ecosim.commands.calibrate import Order as CalibrateOrder
from ecosim.errors import InputError
from ecosim.experiments import trials as trials_module
from ecosim.experiments.calibrated import told
from ecosim.experiments.calibration import calibrate
from ecosim.experiments.factor import Factor
from ecosim.experiments.identifiability import profile_ranges, weighted_ranges
from ecosim.experiments.searches import search_by_abc, search_by_optuna
from ecosim.experiments.sweep import Execution
from ecosim.experiments.targets import Target, read_targets, targets_of
from ecosim.experiments.trials import Trials
from tests.experiments.sweeps import stopping

FLOOR, GROWTH = "dynamics.issue.floor", "dynamics.issue.growth"


class Formula(Trials):
    """Trials whose outcomes come from a formula instead of runs: measures of a and b, each between 0 and 1."""

    def __init__(self, targets, outcome):
        factors = (Factor("a", "real", 0.0, 1.0), Factor("b", "real", 0.0, 1.0))
        super().__init__(factors, targets, lambda axes: None, Path(), Execution(workers=0))
        self._outcome = outcome

    def add(self, shares):
        self.shares = np.vstack([self.shares, shares]) if self.shares.size else shares
        self.means = self._outcome(*self.shares.T)
        self.errors = np.zeros_like(self.means)
        self.replicates = 2
        return self.losses()[-len(shares) :]


def both(a, b):
    return np.column_stack([a, a * b])


def only_their_sum(a, b):
    return (a + b)[:, None]


def only_a(a, b):
    return a[:, None]


TWO = (Target("first", 0.6, 0.02), Target("second", 0.6 * 0.3, 0.01))
ONE_SUM, ONE_A = (Target("sum", 1.0, 0.02),), (Target("first", 0.6, 0.05),)


def searched(method, targets, outcome, count=160, seed=1):
    made = Formula(targets, outcome)
    posterior = search_by_abc(made, count, seed) if method == "abc" else search_by_optuna(made, count, seed)
    return told(made, posterior), made, posterior


@pytest.mark.parametrize(("method", "count"), [("optuna", 120), ("abc", 1200)])
def test_planted_values_lie_in_narrow_intervals(method, count):
    """a = .6 ± .02 and, by a b = .18 ± .01, b = .3 ± .02."""
    found = searched(method, TWO, both, count)[0].parameters.set_index("parameter")
    for key, truth, sd in (("a", 0.6, 0.02), ("b", 0.3, 0.02)):
        assert found.loc[key, "low"] < truth < found.loc[key, "high"]
        assert found.loc[key, "share_of_range"] < 10 * sd
        assert found.loc[key, "best"] == pytest.approx(truth, abs=3 * sd)


@pytest.mark.slow
@pytest.mark.parametrize(("method", "count"), [("optuna", 120), ("abc", 800)])
def test_intervals_hold_planted_values_about_as_often_as_is_said(method, count):
    """40 pairs planted, targets drawn round their truth: 80 cases; false alarm 1e-6 at a coverage of 85 %."""
    draw, hits = np.random.default_rng(3), 0
    for seed in range(40):
        a, b = draw.uniform(0.3, 0.7, 2)
        facts = both(np.array([a]), np.array([b]))[0] + np.array([0.02, 0.01]) * draw.normal(size=2)
        targets = tuple(
            Target(name, *pair) for name, pair in zip("xz", zip(facts, (0.02, 0.01), strict=True), strict=True)
        )
        found = searched(method, targets, both, count, seed)[0].parameters
        low, high = found["low"].to_numpy(float), found["high"].to_numpy(float)
        hits += ((low <= [a, b]) & (high >= [a, b])).sum()
    assert hits >= stats.binom.ppf(1e-6, 80, 0.85)


def test_particles_spread_as_the_targets_uncertainty_wants():
    """Of a alone, the posterior is normal: .6 ± .05, cut off nowhere; a hundred particles or more tell it to a fifth."""
    _, _, posterior = searched("abc", ONE_A, only_a, 3000)
    a = posterior.shares[:, 0]
    mean = posterior.weights @ a
    assert mean == pytest.approx(0.6, abs=0.02)
    assert np.sqrt(posterior.weights @ (a - mean) ** 2) == pytest.approx(0.05, rel=0.25)
    assert posterior.weights.sum() == pytest.approx(1.0)


@pytest.mark.parametrize(("method", "count"), [("optuna", 160), ("abc", 800)])
def test_a_parameter_that_the_targets_do_not_tell_is_named(method, count):
    warnings = searched(method, ONE_A, only_a, count)[0].warnings
    assert any(warning.startswith("b is not identified") for warning in warnings)
    assert not any(warning.startswith("a is not identified") for warning in warnings)


@pytest.mark.parametrize(("method", "count"), [("optuna", 160), ("abc", 1200)])
def test_parameters_that_make_up_for_each_other_are_named_together(method, count):
    warnings = searched(method, ONE_SUM, only_their_sum, count)[0].warnings
    assert any(warning.startswith("a and b are told only together (correlation -") for warning in warnings)


def test_a_target_that_cannot_be_reached_is_said_so():
    found = searched("optuna", (Target("first", 1.5, 0.05),), only_a, 60)[0]
    assert any("misses its target even at best" in warning for warning in found.warnings)
    assert any("upper end of its range" in warning for warning in found.warnings)


def test_the_same_seed_makes_the_same_search():
    first, second = (searched("optuna", TWO, both, 60)[1].shares for _ in range(2))
    assert (first == second).all()
    assert not (searched("optuna", TWO, both, 60, seed=2)[1].shares == first).all()


def test_a_profile_reaches_half_way_to_the_next_trial_outside():
    shares = np.array([[0.1], [0.4], [0.5], [0.8]])
    (found,) = profile_ranges(shares, np.sqrt([[50.0], [1.0], [0.5], [60.0]]))
    assert found == pytest.approx((0.25, 0.65))


def test_between_few_trials_a_surface_tells_how_far_what_agrees_reaches():
    """The measure is 10 (a - .4), in standard deviations: a loss of at most 3.84 means a within .196 of .4."""
    shares = np.array([[0.05], [0.15], [0.3], [0.42], [0.5], [0.9]])
    (found,) = profile_ranges(shares, 10.0 * (shares - 0.4))
    assert found.low == pytest.approx(0.4 - 0.196, abs=0.03)
    assert 0.4 + 0.196 - 0.005 < found.high < 0.75


def test_weighted_ranges_follow_the_weights():
    shares = np.linspace(0.0, 1.0, 1001)[:, None]
    (even,) = weighted_ranges(shares, np.full(1001, 1 / 1001))
    assert even == pytest.approx((0.025, 0.975), abs=1e-3)
    heavy = np.where(shares[:, 0] > 0.5, 1.0, 0.0)
    (upper,) = weighted_ranges(shares, heavy / heavy.sum())
    assert upper.low == pytest.approx(0.5125, abs=2e-3)


@pytest.fixture(scope="module")
def severity():
    """What a problem comes to with a floor of 1.7 and growth .9: the planted truth."""
    words = ("ticks=60", f"{FLOOR}=1.7", f"{GROWTH}=0.9")
    runs = ecosim.sweep("may_1977", {FLOOR: [1.7]}, *words, workers=0)
    return float(runs["severity_issue_1"].iloc[0]), float(runs["severity_issue_1.mean"].iloc[0])


def test_the_planted_floor_of_a_model_is_recovered(severity, tmp_path):
    found = calibrate(
        "may_1977", {FLOOR: (0.5, 2.5)}, {"severity": (severity[0], 0.05)}, "ticks=60", f"{GROWTH}=0.9", trials=40,
        replicates=1, workers=0, out=tmp_path / "out",
    )  # fmt: skip
    row = found.parameters.iloc[0]
    assert row["low"] <= 1.7 <= row["high"]
    assert row["high"] - row["low"] < 0.3
    assert found.targets["measure"].tolist() == ["severity_issue_1"]
    assert found.plot().get_xlabel() == FLOOR


def test_a_stopped_calibration_comes_to_the_same_as_one_that_was_not(tmp_path, monkeypatch):
    words = ("may_1977", {FLOOR: (0.5, 2.5)}, {"severity": (7.0, 0.1)}, "ticks=20")
    whole = calibrate(*words, trials=30, replicates=1, workers=0, out=tmp_path / "whole")
    made = trials_module.run_sweep
    calls = []

    def stopped(*args, **keywords):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return made(*args, **keywords)

    with monkeypatch.context() as patch:
        patch.setattr(trials_module, "run_sweep", stopped)
        with pytest.raises(KeyboardInterrupt):
            calibrate(*words, trials=30, replicates=1, workers=0, out=tmp_path / "parts")
    went_on = calibrate(*words, trials=30, replicates=1, workers=0, out=tmp_path / "parts")
    assert went_on.trials.equals(whole.trials)


def test_whole_numbers_may_be_tried_more_than_once():
    found = calibrate(
        "opinions", {"ecosystem.organisations": (12, 15)}, {"dispersion": (0.3, 0.1)}, "ecosystem.network.degree=4",
        "ticks=2", trials=20, replicates=2, workers=0,
    )  # fmt: skip
    assert len(found.trials) == 20
    assert set(found.trials["ecosystem.organisations"]) <= {12, 13, 14, 15}
    assert isinstance(found.best["ecosystem.organisations"], int)


def test_targets_are_read_from_words_mappings_and_a_file(tmp_path):
    settings = ecosim.load("opinions")
    file = tmp_path / "facts.yaml"
    file.write_text("dispersion.mean: {value: 0.3, sd: 0.02, source: a survey}\nesteban_ray: 0.1 ± 0.05\n")
    expected = (Target("dispersion.mean", 0.3, 0.02), Target("esteban_ray", 0.1, 0.05))
    assert targets_of(read_targets(file), settings) == expected
    assert targets_of(["dispersion.mean=0.3±0.02", "esteban_ray=0.1+-0.05"], settings) == expected
    assert targets_of({"dispersion.mean": (0.3, 0.02), "esteban_ray": [0.1, 0.05]}, settings) == expected


@pytest.mark.parametrize(
    ("parameters", "targets", "words", "message"),
    [
        ({FLOOR: (0.5, 2.5)}, {"severty": (7, 1)}, {}, "severity"),
        ({FLOOR: (0.5, 2.5)}, {"severity": (7, 0)}, {}, "above 0"),
        ({FLOOR: (0.5, 2.5)}, ["severity=7"], {}, "measure=value±sd"),
        ({FLOOR: (0.5, 2.5)}, {}, {}, "no target"),
        ({"dynamics.issue.flor": (0.5, 2.5)}, {"severity": (7, 1)}, {}, "floor"),
        ({FLOOR: (2.5, 0.5)}, {"severity": (7, 1)}, {}, "low end below"),
        ({FLOOR: [0.5, 1.0, 2.5]}, {"severity": (7, 1)}, {}, "a range"),
        ({"activation": ecosim.Interval()}, {"severity": (7, 1)}, {}, "words"),
        ({}, {"severity": (7, 1)}, {}, "no parameter"),
        ({FLOOR: (0.5, 2.5)}, {"severity": (7, 1)}, {"method": "optun"}, "optuna"),
        ({FLOOR: (0.5, 2.5)}, {"severity": (7, 1)}, {"trials": 3}, "trials"),
        ({FLOOR: (0.5, 2.5)}, {"severity": (7, 1)}, {"replicates": 0}, "replicates"),
    ],
)
def test_what_cannot_be_calibrated_is_refused_before_any_run(parameters, targets, words, message, tmp_path):
    with pytest.raises(InputError, match=message):
        calibrate("may_1977", parameters, targets, **words, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_command_leaves_table_and_figure_and_goes_on_where_it_was(tmp_path):
    words = ["calibrate", "may_1977", f"{FLOOR}=interval(0.5,2.5)", "ticks=10", "--target", "severity=7±0.2",
             "--trials", "24", "--replicates", "1", "--workers", "0", "--out", str(tmp_path / "out"), "--json"]  # fmt: skip
    first = CliRunner().invoke(cli.app, words)
    assert first.exit_code == 0, first.output
    assert {"calibration.json", "calibration_trials.csv", "calibration.svg", "calibration.png"} <= {
        path.name for path in (tmp_path / "out").iterdir()
    }
    parts = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("part-*.parquet")}
    again = CliRunner().invoke(cli.app, words)
    assert again.stdout == first.stdout
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("part-*.parquet")} == parts
    assert json.loads(first.stdout)["method"] == "optuna"


def test_without_optuna_the_extra_that_brings_it_is_named_and_nothing_runs(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(InputError, match=r"ecosim\[analysis\]"):
        calibrate("may_1977", {FLOOR: (0.5, 2.5)}, {"severity": (7, 1)}, workers=0, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_several_values_are_no_range(tmp_path):
    done = CliRunner().invoke(
        cli.app, ["calibrate", "may_1977", f"{FLOOR}=1,2", "--target", "severity=7±1", "--out", str(tmp_path / "out")]
    )
    assert done.exit_code == 2
    assert "interval(low,high)" in done.output


def test_what_a_calibration_takes_is_said_first_and_refused_if_it_is_hours(tmp_path):
    told = []
    box, facts = {"dynamics.issue.floor": (0.5, 2.5)}, {"severity": (7.5, 0.1)}
    ecosim.calibrate("may_1977", box, facts, "ticks=5", trials=20, replicates=2, workers=0, say=told.append)
    assert told == ["20 trials × 2 replicates = 40 runs: about 1 second on this process and less than 1 MB on disk."]
    with pytest.raises(KeyboardInterrupt):
        ecosim.calibrate("may_1977", box, facts, "ticks=5", trials=60, replicates=2, workers=1, say=stopping(told))
    assert " = 120 runs: about 3 seconds on 1 process and " in told[-1], "its process is started once for all batches"
    with pytest.raises(InputError, match=r"100,000 trials × 100 replicates = 10,000,000 runs.*--yes"):
        ecosim.calibrate("may_1977", box, facts, trials=100_000, replicates=100, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("below", [0.3, 0.55])
def test_a_posterior_comes_of_the_trials_that_have_a_value_even_if_most_have_none(below):
    def only_above(a, b):
        return np.column_stack([np.where(a > below, a, np.nan), a * b])

    found, _, posterior = searched("abc", TWO, only_above, 400)
    assert np.isfinite(posterior.weights).all()
    assert np.isfinite(posterior.tolerance)
    assert found.trials.loc[found.trials["agrees"], "first"].notna().all()
    assert found.parameters.set_index("parameter").loc["a", "low"] < 0.6


def test_a_posterior_of_hardly_any_trials_is_refused():
    with pytest.raises(InputError, match="trials have a value of every target"):
        searched("abc", TWO, lambda a, b: np.column_stack([np.where(a > 0.95, a, np.nan), a * b]), 200)


def test_quick_trials_stay_in_this_process_only_where_no_limit_was_given(monkeypatch):
    made = []
    monkeypatch.setattr(
        trials_module, "run_sweep", lambda plan, folder, execution, **_: made.append(execution.workers) or sys.exit()
    )
    for words in ({}, {"timeout": 5.0}, {"memory": 500.0}):
        with pytest.raises(SystemExit):
            calibrate("may_1977", {FLOOR: (0.5, 2.5)}, {"severity": (7.5, 0.1)}, "ticks=5", trials=20, **words)
    assert made == [0, None, None]


def test_the_chance_in_a_trial_itself_is_not_held_against_it():
    """Target 1 ± 3 and a mean of 6 ± 4: one standard deviation of 5 apart, and 5/3 without the trial's error."""
    made = Formula((Target("first", 1.0, 3.0),), only_a)
    made.replicates = 2
    made.shares, made.means, made.errors = np.zeros((2, 2)), np.full((2, 1), 6.0), np.array([[0.0], [4.0]])
    assert made.distances()[:, 0] == pytest.approx([5.0 / 3.0, 1.0])
    assert made.losses() == pytest.approx([25.0 / 9.0, 1.0])


def test_runs_that_failed_are_counted_with_the_share_of_the_box_and_the_exit_code_says_so(tmp_path):
    """Of 12 to 15 organisations, 14 and 15 fail: about half of the box, and every run of it."""
    words = ["calibrate", "opinions", "ecosystem.organisations=interval(12,15)", "ecosystem.network.degree=4", "ticks=4",
             "+dynamics.trouble={rule: 'trouble:Trouble', how: raise_in_a_crowd}", "schedule=[stance,trouble]",
             "--trust", "trouble", "--target", "dispersion=0.3±0.1", "--trials", "20", "--replicates", "2",
             "--workers", "0", "--out", str(tmp_path / "out"), "--json"]  # fmt: skip
    done = CliRunner().invoke(cli.app, words)
    assert done.exit_code == 1, done.output
    told = json.loads(done.stdout)
    trials = pd.read_csv(tmp_path / "out" / "calibration_trials.csv")
    failing = (trials["ecosystem.organisations"] > 13).sum()
    assert told["failed_runs"] == 4
    assert told["warnings"][0].startswith(f"4 of 8 runs failed, so that {failing} of 20 trials")
    assert told["warnings"][0] in told["says"]
    assert "4 runs failed; why:" in done.stderr


@pytest.mark.parametrize(("method", "least"), [("optuna", 20), ("abc", 80)])
def test_the_fewest_trials_are_those_that_help_and_refusal_tell(method, least):
    with pytest.raises(InputError, match=f"trials: {least - 1}; allowed: a whole number from {least} to"):
        calibrate("may_1977", {FLOOR: (0.5, 2.5)}, {"severity": (7.5, 0.1)}, method=method, trials=least - 1)
    trials = next(one for one in fields(CalibrateOrder) if one.name == "trials")
    assert f"{least} with {method}" in str(trials.type)
