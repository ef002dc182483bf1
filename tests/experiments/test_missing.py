"""Missing: a rule is told with how many runs have no value, why, where they gather, and what they might decide."""

import json

import numpy as np
import pytest
from pyarrow.parquet import read_schema
from typer.testing import CliRunner

import ecosim
from ecosim import cli
from ecosim.errors import InputError
from tests.experiments import fake_sweeps

X, Y, WAY = "rule.x", "rule.y", "rule.way"


def holds_where_x_is_small(columns, draw, replicates):
    """1 where x is below .25, else 0; undefined in the first replicate of every tenth point."""
    values = np.tile((columns[X] < 0.25).astype(float)[:, None], (1, replicates))
    values[::10, 0] = np.nan
    return values


def lacking(folder, failed, values=holds_where_x_is_small, **axes):
    """Return a sweep over a square of 10 × 10, four replicates, with points whose runs all failed."""
    square = {X: np.linspace(0.05, 0.95, 10), Y: np.linspace(0.05, 0.95, 10)} | axes
    return fake_sweeps.grid(folder, square, {"value": values}, replicates=4, failed=failed)


UPPER_HALF = range(50, 100)
"""Points of the square where x is above 0.5."""


@pytest.fixture(scope="module")
def half(tmp_path_factory):
    """Half of the space failed, and 5 runs of the other half have no value: 195 of 400 are known."""
    return lacking(tmp_path_factory.mktemp("half"), UPPER_HALF)


def test_how_many_runs_and_points_are_missing_and_why_is_told_first(half):
    told = ecosim.discover(half, "value", above=0.5).says
    assert told[0].startswith("value > 0.5 in 40 % of all runs with a value (50 of 100 points, 195 of 400 runs).")
    assert told[1].startswith(
        "205 of 400 runs have no value: 200 failed (200 × it <b>broke</b>) and 5 went well, but the measure is not defined "
        "there; 50 of 100 points have none at all."
    )
    assert "may lie anywhere from 20 % to 71 %" in told[1], "78 of 400 hold, and 205 might"


def test_where_the_missing_gather_is_told_as_a_tested_rule(half):
    told = ecosim.discover(half, "value", above=0.5).says[2]
    assert told.startswith("They gather where rule.x > 0.5: 100 % [")
    assert "98 % of all that have none" in told or "97 % of all that have none" in told


def test_of_each_rule_it_is_told_how_many_runs_there_have_no_value(tmp_path):
    """x < .25 is known but for 2 of its 20 points, of which 80 runs are 8, and 2 undefined ones in the others."""
    folder = lacking(tmp_path, (3, 15, *UPPER_HALF))
    found = ecosim.discover(folder, "value", above=0.5)
    assert found.lacking(found.rules[0].box) == pytest.approx(10 / 80)
    assert any(sentence.endswith("Of the runs there 12 % have no value.") for sentence in found.says)
    assert "of all runs with a value and" in " ".join(found.says)


def test_plain_data_and_figure_tell_what_is_missing(half, tmp_path):
    words = ["discover", str(half), "--measure", "value", "--above", "0.5", "--out", str(tmp_path), "--json"]
    done = CliRunner().invoke(cli.app, words)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert json.loads((tmp_path / "discovery.json").read_text())["missing"] == told["missing"]
    gathers = told["missing"].pop("gathers")
    assert told["missing"] == {
        "runs": 400, "runs_without_value": 205, "points": 100, "points_without_value": 50, "failed": 200, "undefined": 5,
        "unmade": 0, "why": "200 × it <b>broke</b>",
        "base_of_all_runs": {"least": pytest.approx(78 / 400), "most": pytest.approx(283 / 400)},
    }  # fmt: skip
    assert gathers["where"] == ["rule.x > 0.5"]
    assert told["rules"][0]["without_value"] == pytest.approx(2 / 80)
    assert (ecosim.discover(half, "value", above=0.5).plot().get_lines()[0].get_xdata() > 0.5).all(), "a cross for each"
    drawn = (tmp_path / "discovery.svg").read_text(encoding="utf-8")
    assert "205 of 400 runs have no value" in " ".join(drawn.split())


def test_missing_runs_that_are_spread_evenly_are_said_to_gather_nowhere(tmp_path):
    folder = lacking(tmp_path, np.random.default_rng(2).permutation(100)[:20].tolist())
    told = ecosim.discover(folder, "value", above=0.5)
    assert told.missing.gathers is None
    assert "No part of the space is seen in which they gather." in told.says[1]


def test_of_a_sweep_in_which_every_run_has_a_value_nothing_is_said_of_missing(tmp_path):
    found = ecosim.discover(
        lacking(tmp_path, (), lambda columns, *_: np.c_[columns[X] < 0.25] * 1.0), "value", above=0.5
    )
    assert found.missing is None
    assert found.to_dict()["missing"] is None
    assert not any("no value" in sentence or "with a value" in sentence for sentence in found.says)


def test_a_word_whose_runs_all_failed_is_where_they_gather_and_in_no_rule(tmp_path):
    """The known words are b and c alone, so their numbers are others than among all points."""
    axes = {WAY: ["a", "b", "c"], X: np.linspace(0.05, 0.95, 10), Y: [0.0, 1.0]}

    def value(columns, draw, replicates):
        return np.tile((columns[WAY] == "b").astype(float)[:, None], (1, replicates))

    folder = fake_sweeps.grid(tmp_path, axes, {"value": value}, replicates=2, failed=(*range(20), 25))
    found = ecosim.discover(folder, "value", above=0.5)
    assert "They gather where rule.way is a: 100 %" in found.says[2]
    assert found.lacking(found.rules[0].box) == pytest.approx(1 / 20), "one of the twenty points with b"
    assert found.unknown[:, 0].tolist() == [*[-1.0] * 20, 0.0], "the words are those of known points: b is 0, a is none"


def test_runs_that_were_not_made_are_told_apart_from_failed_ones(tmp_path):
    lacking(tmp_path, UPPER_HALF)
    (of_failed,) = (path for path in (tmp_path / "runs").iterdir() if "value" not in read_schema(path).names)
    of_failed.unlink()
    told = ecosim.discover(tmp_path, "value", above=0.5).says[1]
    assert "5 went well, but the measure is not defined there and 200 have not been made" in told


def test_too_few_points_are_refused_with_what_is_missing(tmp_path):
    with pytest.raises(
        InputError, match=r"points: 10 different ones with a value.*360 failed \(360 × it <b>broke</b>\)"
    ):
        ecosim.discover(lacking(tmp_path, range(10, 100)), "value", above=0.5)
