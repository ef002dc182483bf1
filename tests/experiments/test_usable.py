"""Usable: a search for tipping tells how many replicates it is of, why others are left out, and nothing of too few."""

import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from ecosim import cli
from ecosim.drawing.tipping import tipping as figure_of
from ecosim.errors import InputError, RunsFailed
from ecosim.experiments import tipping
from ecosim.experiments.tipping import tip

TOLERANCE = "dynamics.stance.tolerance"
LUCK = np.random.default_rng(3).normal(0.0, 0.08, 40)
"""By how much each replicate goes over earlier or later than the others."""


def leap(x, replicate):
    """Return an outcome that leaps from 0 to 1 near 0.5, at a place that chance scatters."""
    return float(x > 0.5 + LUCK[replicate]) + 0.01 * replicate


@pytest.fixture
def plant(monkeypatch):
    """Return what makes all runs of tolerance come to what a function says, so that nothing is simulated.

    Its arguments: the outcome, of value and replicate, NaN where it is undefined; likewise the mean over the second half,
    by default the same; and whether a run fails.
    """

    def planted(outcome, mean=None, failed=lambda x, replicate: False):
        made = []

        def run(plan, folder, execution, progress):
            made[:] = [_runs(plan.design, outcome, outcome if mean is None else mean, failed)]

        monkeypatch.setattr(tipping, "run_sweep", run)
        monkeypatch.setattr(tipping, "read_runs", lambda folder: made[0])
        monkeypatch.setattr(tipping, "SweepTables", lambda folder: _Told(made[0]))

    return planted


def _runs(design, outcome, mean, failed):
    rows = []
    for point, x in enumerate(design.columns(range(design.points))[TOLERANCE]):
        for replicate in range(design.replicates):
            good = not failed(x, replicate)
            rows.append({
                "run_id": f"{point}-{replicate}", "status": "ok" if good else "error", "replicate": replicate, TOLERANCE: x,
                "dispersion": outcome(x, replicate) if good else np.nan,
                "dispersion.mean": mean(x, replicate) if good else np.nan,
            })  # fmt: skip
    return pd.DataFrame(rows)


class _Told:
    """What a folder tells of the runs that failed in it."""

    def __init__(self, runs):
        count = int((runs["status"] != "ok").sum())
        self.failures = [{"kind": "error", "message": "ValueError: bad luck", "parameters": {}}] * count


def search(replicates, **words):
    return tip("opinions", TOLERANCE, "dispersion", start=0.0, stop=1.0, replicates=replicates, workers=0, **words)


def is_between(x):
    """Return whether a value is none of the first nine, which are eighths."""
    return bool(x * 8 != round(x * 8))


def test_a_measure_that_has_a_mean_where_it_is_undefined_in_the_end_is_searched_all_the_same(plant):
    """Three of twelve replicates have a mean over the second half everywhere, but no value at the end of a run."""

    def lacking(x, replicate):
        return np.nan if replicate < 3 and x == 0.0 else leap(x, replicate)

    plant(lacking, leap)
    found = search(12)
    assert found.critical.low < 0.5 < found.critical.high
    assert (found.values["runs"] == 9).all()
    assert not any("still on the move" in sentence for sentence in found.says)
    plant(lacking, lambda x, replicate: leap(x, replicate) - 0.5)
    assert any("still on the move" in sentence for sentence in search(12).says)


def test_replicates_that_failed_are_counted_with_the_reason_in_words_numbers_and_figure(plant):
    plant(leap, failed=lambda x, replicate: x == 0.5 and replicate in (4, 7))
    found = search(10)
    assert not any("left out" in sentence for sentence in found.says[:-1])
    runs = 10 * len(found.values)
    assert found.says[-1] == (
        f"2 of 10 replicates are left out, for some of their runs have no value: 2 of {runs} runs failed (2 × ValueError: "
        f"bad luck); most often at {TOLERANCE}=0.5 (2 of them). What is told is that of the other 8 alone: where it depends "
        "on the outcome whether a run has a value, it is off."
    )
    assert found.to_dict()["replicates"] == {
        "asked": 10, "used": 8, "runs": runs, "failed_runs": 2, "undefined_runs": 0, "why": "2 × ValueError: bad luck",
    }  # fmt: skip
    told = " ".join(text.get_text() for text in figure_of(found).texts).replace("\n", " ")
    assert "2 of 10 replicates are left out" in told
    assert found.ends[0].value == pytest.approx(found.values["mean"].iloc[0]), "both are of the same replicates"


def test_where_nothing_is_left_out_nothing_is_said_of_it(plant):
    plant(leap)
    found = search(10)
    assert "left out" not in " ".join(found.says)
    assert found.to_dict()["replicates"]["used"] == 10


def test_no_value_is_told_of_fewer_than_six_replicates_where_runs_fail_by_chance(plant):
    """Each of 15 replicates fails somewhere else, so that at every value most have one."""
    plant(leap, failed=lambda x, replicate: replicate < 15 and round(8 * x) == replicate % 9)
    with pytest.raises(RunsFailed) as refused:
        search(20)
    told = str(refused.value)
    assert "5 of 20 replicates can be used, which have a value everywhere" in told
    assert "no 95 % interval comes of fewer than 6" in told
    assert "15 of 180 runs failed (15 × ValueError: bad luck); allowed: a range" in told
    plant(leap, failed=lambda x, replicate: replicate < 14 and round(8 * x) == replicate % 9 and not is_between(x))
    assert search(20).to_dict()["replicates"]["used"] == 6


def test_replicates_that_fail_only_where_it_is_looked_closer_are_missed_as_well(plant):
    plant(leap, failed=lambda x, replicate: replicate < 7 and is_between(x))
    with pytest.raises(RunsFailed, match="5 of 12 replicates can be used"):
        search(12)


def test_where_no_run_failed_too_many_undefined_values_are_refused_as_such(plant):
    plant(lambda x, replicate: np.nan if replicate < 7 and x == 1.0 else leap(x, replicate))
    with pytest.raises(
        InputError, match=r"5 of 12 replicates can be used.*, where the range ends: in 7 of 108 runs the"
    ) as no:
        search(12)
    assert not isinstance(no.value, RunsFailed)


def test_of_runs_that_failed_and_values_that_are_undefined_both_are_told(plant):
    plant(
        lambda x, replicate: np.nan if replicate == 1 and x == 1.0 else leap(x, replicate),
        failed=lambda x, replicate: replicate in (0, 1) and x == 0.0,
    )
    assert (
        "runs failed (2 × ValueError: bad luck) and in 1 of 162 runs the measure is undefined; most often at"
        in search(9).says[-1]
    )


def test_that_some_runs_fail_and_others_do_not_is_chance_though_all_that_did_well_agree(plant):
    """One run a value would do without chance; here that one might be of a replicate that fails."""
    plant(lambda x, replicate: float(x > 0.5), failed=lambda x, replicate: replicate == 0 and x == 0.25)
    found = search(8)
    assert found.is_by_chance
    assert found.to_dict()["replicates"]["used"] == 7
    plant(lambda x, replicate: float(x > 0.5))
    assert not search(8).is_by_chance


def test_replicates_that_would_do_are_those_to_ask_for_where_some_of_them_fail(plant):
    """Of twice as many replicates, of which each second one fails, the same are left: twice as many are needed."""
    plant(leap)
    few = search(10, width=0.001)
    plant(lambda x, replicate: leap(x, replicate // 2), failed=lambda x, replicate: replicate % 2 == 1 and x == 0.0)
    many = search(20, width=0.001)

    def asked_for(found):
        (told,) = (sentence for sentence in found.says if "would do" in sentence)
        return int(told.split("about ")[1].split()[0].replace(",", ""))

    assert asked_for(many) == pytest.approx(2 * asked_for(few), abs=1)


def test_undefined_values_alone_are_no_failure_of_the_command_but_are_told(plant, tmp_path):
    plant(lambda x, replicate: np.nan if replicate == 1 and x == 1.0 else leap(x, replicate))
    words = ["tip", "opinions", TOLERANCE, "dispersion", "--from", "0", "--to", "1", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(cli.app, [*words, "--replicates", "12", "--workers", "0"])
    assert done.exit_code == 0, done.output
    assert "1 of 12 replicates is left out, for some of their runs have no value: in 1 of " in done.stdout
    assert json.loads((tmp_path / "out" / "tipping.json").read_text())["replicates"]["used"] == 11


def test_a_command_of_which_runs_failed_by_luck_says_so_and_where_to_read_why(tmp_path):
    """A run fails where its first organisation's opinion comes out above a bound: some do, whatever the tolerance."""

    def done(bound):
        trouble = f"+dynamics.trouble={{rule: 'trouble:Trouble', how: raise_by_luck, bound: {bound}}}"
        return CliRunner().invoke(cli.app, [
            "tip", "opinions", TOLERANCE, "dispersion", "ecosystem.organisations=20", "ticks=4", "measures=[dispersion]",
            trouble, "schedule=[stance,trouble]", "--trust", "trouble", "--from", "0.1", "--to", "1.2",
            "--replicates", "20", "--workers", "0", "--out", str(tmp_path / str(bound)),
        ])  # fmt: skip

    some = done(0.7)
    assert some.exit_code == 1, some.output
    told = json.loads((tmp_path / "0.7" / "tipping.json").read_text())["replicates"]
    lines = (tmp_path / "0.7" / "failures.jsonl").read_text().splitlines()
    assert len(lines) == told["failed_runs"] > 0
    assert f"{len(lines)} of {told['runs']} runs failed ({len(lines)} × RuntimeError: the gossip got out" in some.stdout
    assert f"{len(lines)} runs failed; why: {tmp_path / '0.7'}/failures.jsonl" in some.stderr
    most = done(-0.3)
    assert most.exit_code == 1, most.output
    assert "can be used" in most.stderr
    assert f"more: {tmp_path / '-0.3'}/failures.jsonl; allowed" in most.stderr
    assert not (tmp_path / "-0.3" / "tipping.json").exists()
