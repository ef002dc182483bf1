"""Calibration to measures that some runs lack: a run alone is not exact, and how many runs and trials lack it is said."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import ecosim
from ecosim import cli
from ecosim.errors import InputError
from ecosim.experiments.calibration import calibrate
from ecosim.experiments.stored import read_runs
from ecosim.experiments.targets import Target
from ecosim.experiments.trials import WORST
from tests.experiments.test_calibration import Formula

DEGREE = "ecosystem.network.degree"
SPARSE = ("ecosystem.organisations=10", "ecosystem.network.kind=random", "measures=[modularity,dispersion]", "ticks=2")
"""Ten organisations of which some worlds have no tie at all: modularity is not defined there."""


@pytest.fixture(scope="module")
def sparse(tmp_path_factory):
    """A calibration of how many ties there are, with three replicates, and its runs."""
    out = tmp_path_factory.mktemp("sparse")
    facts = {"modularity": (0.3, 0.2), "dispersion": (0.3, 0.1)}
    found = calibrate(
        "opinions", {DEGREE: (0.05, 0.6)}, facts, *SPARSE, trials=24, replicates=3, seed=3, workers=0, out=out
    )
    defined = read_runs(out).groupby(DEGREE)["modularity"].agg(["count", "mean"])
    return found, defined.loc[found.trials[DEGREE]]


def test_the_sparse_worlds_have_trials_with_none_one_two_and_three_values(sparse):
    assert set(sparse[1]["count"]) == {0, 1, 2, 3}


def test_a_trial_with_one_value_of_several_has_no_loss_and_agrees_with_nothing(sparse):
    found, defined = sparse
    is_known = (defined["count"] >= 2).to_numpy()
    assert (found.trials["loss"].notna() == is_known).all()
    assert not found.trials.loc[~is_known, "agrees"].any()
    assert found.trials["modularity"].to_numpy() == pytest.approx(defined["mean"].to_numpy(), nan_ok=True)


def test_how_many_runs_lack_which_target_and_what_follows_is_said(sparse, tmp_path):
    found, defined = sparse
    out, fewer = int((defined["count"] < 2).sum()), int((defined["count"] == 2).sum())
    lacking = int((3 - defined["count"]).sum())
    assert found.undefined == found.to_dict()["undefined_runs"] == {"modularity": lacking}
    assert found.warnings[0] == (
        f"modularity is not defined in {lacking} of 72 runs; the means of {fewer} of 24 trials are of the other runs, which "
        f"may differ; {out} trials have none with a value or one alone, whose chance is unknown, and are left out: what "
        "agrees is looked for in the rest."
    )
    assert found.warnings[0] in found.says


def test_a_mean_whose_chance_is_unknown_is_not_exact_unless_one_run_each_was_asked_for():
    """Target 1 ± 3, mean 6: of one value among several the loss is not known; of one run each it is (5/3)²."""
    made = Formula((Target("first", 1.0, 3.0),), None)
    made.shares, made.means, made.errors = np.zeros((1, 2)), np.full((1, 1), 6.0), np.full((1, 1), np.nan)
    made.replicates = 3
    assert np.isnan(made.distances()).all()
    assert made.losses() == pytest.approx([WORST])
    made.replicates = 1
    assert made.losses() == pytest.approx([25.0 / 9.0])


def test_a_target_that_no_run_has_is_refused_with_how_many_lack_it():
    words = (*SPARSE[:1], "ecosystem.network.kind=none", *SPARSE[2:])
    with pytest.raises(InputError, match=r"no trial has a value.*modularity is not defined in 40 of 40 runs"):
        calibrate(
            "opinions", {"dynamics.stance.tolerance": (0.1, 0.9)}, {"modularity": (0.3, 0.2)}, *words, trials=20,
            replicates=2, workers=0,
        )  # fmt: skip


def test_of_one_run_each_the_error_is_told_as_unknown_and_in_json_as_null(tmp_path):
    words = ["calibrate", "may_1977", "dynamics.issue.floor=interval(0.5,2.5)", "ticks=5", "--target", "severity=7±0.2",
             "--trials", "20", "--replicates", "1", "--workers", "0", "--out", str(tmp_path / "out")]  # fmt: skip
    done = CliRunner().invoke(cli.app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout, parse_constant=pytest.fail)
    assert told["targets"][0]["error"] is None
    assert told["undefined_runs"] == {}
    assert "what chance there is in it is not known" in " ".join(told["says"])


def test_where_every_run_has_every_target_nothing_is_said_of_it():
    found = ecosim.calibrate(
        "may_1977", {"dynamics.issue.floor": (0.5, 2.5)}, {"severity": (7, 0.2)}, "ticks=5", trials=20, replicates=2,
        workers=0,
    )  # fmt: skip
    assert found.undefined == {}
    assert not any("not defined" in sentence or "not known" in sentence for sentence in found.says)
