"""Sweeps of drawn and listed points from the command to the folder: manifest, order of the runs, extension."""

import json

import numpy as np
import pytest

import ecosim
from ecosim.commands.sweep import Order, carry_out
from ecosim.errors import InputError
from ecosim.experiments.sampling import Factors
from ecosim.experiments.shards import DESIGN
from ecosim.experiments.stored import read_runs
from ecosim.experiments.sweep import Execution, run_sweep
from ecosim.results.store import read_table
from tests.clock import at_most_seconds
from tests.experiments.sweeps import TINY, TOLERANCE, tiny


def order(out, *words, **options):
    """Return a sweep of a tiny world in this process."""
    return Order(words=("opinions", *TINY, *words), out=out, trust=("trouble",), workers=0, **options)


@pytest.mark.parametrize(("kind", "samples"), [("lhs", 6), ("sequence", 5), ("sobol", 2), ("morris", 2)])
def test_the_manifest_holds_all_that_an_analysis_needs(tmp_path, kind, samples):
    out = tmp_path / "out"
    words = (f"{TOLERANCE}=interval(0.1,0.9)", "dynamics.stance.every=1,2")
    assert carry_out(order(out, *words, design=kind, samples=samples, vary=("check",), quiet=True)) == 0
    manifest = json.loads((out / "manifest.json").read_text())
    factors = Factors.of(manifest["design"]["factors"])
    assert factors.keys == (TOLERANCE, "dynamics.stance.every", "check")
    design = read_table(out / DESIGN)[0]
    assert len(design) == factors.points == len(read_runs(out))
    values = dict(zip(factors.keys, factors.values(), strict=True))
    for key in factors.keys:
        assert design[key].tolist() == list(values[key])


def test_more_samples_of_a_sobol_design_make_only_the_new_runs(tmp_path, capsys):
    out, words = tmp_path / "out", (f"{TOLERANCE}=interval(0.1,0.9)", "dynamics.stance.responsiveness=interval(0.1,1)")
    assert carry_out(order(out, *words, design="sobol", samples=2)) == 0
    before = read_runs(out)
    capsys.readouterr()
    assert carry_out(order(out, *words, design="sobol", samples=4)) == 0
    assert "16 runs, 8 of them still to do" in capsys.readouterr().err
    after = read_runs(out)
    assert after["run_id"].tolist()[:8] == before["run_id"].tolist()


def test_another_latin_hypercube_is_announced(tmp_path, capsys):
    out = tmp_path / "out"
    for samples in (3, 4):
        assert carry_out(order(out, f"{TOLERANCE}=interval(0.1,0.9)", design="lhs", samples=samples)) == 0
    told = capsys.readouterr().err
    assert "A Latin hypercube cannot be extended" in told
    assert len(read_runs(out)) == 4


def test_runs_are_made_replicate_by_replicate_and_spread_over_the_points(tmp_path):
    """Each finished run is seen as it comes: after the first half of a replicate, every second value has been tried."""
    plan, made = tiny({TOLERANCE: [0.1, 0.2, 0.3, 0.4]}, replicates=2), []

    def progress(now):
        made.append(now.done)
        if now.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_sweep(plan, tmp_path / "out", Execution(workers=0), progress=progress)
    there = read_runs(tmp_path / "out")
    assert there[TOLERANCE].tolist() == [0.1, 0.3]
    assert there["replicate"].tolist() == [0, 0]


def test_replicates_of_different_points_share_their_luck_unless_it_is_independent():
    """Where nothing is varied that matters, common luck gives the same results at every point, independent luck none."""
    axes = {"title": ["one", "two"], "dynamics.stance.tolerance": [0.3]}
    common, independent = (
        ecosim.sweep("opinions", axes, *TINY[:3], replicates=3, workers=0, luck=luck)
        for luck in ("common", "independent")
    )
    assert common["seed"].nunique() == 3
    assert independent["seed"].nunique() == 6
    by_point = common.groupby("title")["dispersion"].apply(list)
    assert by_point["one"] == by_point["two"]
    assert independent["dispersion"].nunique() == 6


def test_millions_of_points_are_refused_before_they_are_checked_unless_they_are_meant(tmp_path):
    plan = tiny({TOLERANCE: range(2 * 10**6)})
    with at_most_seconds(2), pytest.raises(InputError, match=r"2,000,000 points, .*; if that is meant, say --yes"):
        run_sweep(plan, tmp_path / "out", Execution(workers=0))
    assert not (tmp_path / "out").exists()


def test_a_table_is_a_design_of_the_command(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text(f"{TOLERANCE},dynamics.stance.every\n0.2,1\n0.4,2\n", encoding="utf-8")
    assert carry_out(order(tmp_path / "out", table=path, quiet=True)) == 0
    runs = read_runs(tmp_path / "out")
    assert runs[TOLERANCE].tolist() == [0.2, 0.4]
    assert runs["dynamics.stance.every"].tolist() == [1, 2]
    with pytest.raises(InputError, match="several values beside a table"):
        carry_out(order(tmp_path / "other", f"{TOLERANCE}=0.1,0.2", table=path))
    assert not (tmp_path / "other").exists()


def test_a_column_of_a_sampled_design_has_the_type_of_its_parameter():
    axes = {TOLERANCE: ecosim.Interval(0.1, 0.9), "dynamics.stance.every": ecosim.Interval(1, 3)}
    runs = ecosim.sweep("opinions", axes, *TINY[:3], design="sequence", samples=4, workers=0)
    assert runs[TOLERANCE].dtype == np.float64
    assert runs["dynamics.stance.every"].dtype == np.int64
