"""The table of runs: a stranger's reader gets exactly the runs of the design, with one schema, whatever came before."""

import importlib.util
import json

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.dataset
import pyarrow.parquet
import pytest

import ecosim
from ecosim.experiments.plan import plan_of
from ecosim.experiments.runs_table import RUNS_TABLE
from ecosim.experiments.shards import digest_of
from ecosim.experiments.stored import read_runs
from ecosim.experiments.sweep import Execution, run_sweep
from tests.experiments.sweeps import HOW, TOLERANCE, read_series, tiny

HERE = Execution(workers=0)
SMALL = ("ticks=4", "ecosystem.organisations=8", "measures=[dispersion,spread]")


def small(axes, **keywords):
    """Return the plan of a sweep over a small world with no rule but ecosim's own."""
    return plan_of("opinions", axes, SMALL, **keywords)


def by_pandas(path):
    return pd.read_parquet(path)


def by_dataset(path):
    return pyarrow.dataset.dataset(path).to_table().to_pandas()


def by_duckdb(path):
    import duckdb

    return duckdb.sql(f"SELECT * FROM read_parquet('{path if path.is_file() else path / '*.parquet'}')").df()


READERS = [by_pandas, by_dataset]
READERS += [by_duckdb] if importlib.util.find_spec("duckdb") else []


def hold_the_same(plain, folder):
    """Hold what a plain reader got to be what ecosim reads, but that whole numbers of keys have become decimal ones."""
    pd.testing.assert_frame_equal(plain, read_runs(folder), check_dtype=False, check_exact=True)
    return True


@pytest.fixture(scope="module")
def extended(tmp_path_factory):
    """A sweep over whole numbers, extended to a fraction."""
    out = tmp_path_factory.mktemp("sweep") / "extended"
    run_sweep(small({TOLERANCE: [1, 2]}, replicates=2), out, HERE)
    run_sweep(small({TOLERANCE: [0.5, 1, 2]}, replicates=2), out, HERE)
    return out


@pytest.mark.parametrize("read", READERS)
def test_fractions_that_come_after_whole_numbers_stay_fractions(extended, read):
    assert hold_the_same(read(extended / RUNS_TABLE), extended)
    shards = read(extended / "runs")
    assert sorted(shards[TOLERANCE]) == [0.5, 0.5, 1.0, 1.0, 2.0, 2.0]


@pytest.mark.parametrize("read", READERS)
def test_a_failed_run_takes_no_measure_from_the_others(tmp_path, read):
    """Whichever file a reader takes the columns from: that of failed runs has them all."""
    run_sweep(tiny({HOW: ["none", "raise"]}, replicates=3), tmp_path, HERE)
    for path in (tmp_path / RUNS_TABLE, *(tmp_path / "runs").glob("part-*"), tmp_path / "runs"):
        assert {"dispersion", "dispersion.mean"} <= set(read(path).columns)
    assert hold_the_same(read(tmp_path / RUNS_TABLE), tmp_path)
    found = read(tmp_path / "runs").set_index(HOW)
    assert found.loc["none", "dispersion"].notna().all()
    assert found.loc["raise", "dispersion"].isna().all()


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """A sweep of points with other measures."""
    out = tmp_path_factory.mktemp("sweep") / "mixed"
    run_sweep(small({"measures": [["dispersion"], ["spread"]]}, replicates=2), out, HERE)
    return out


@pytest.mark.parametrize("read", READERS)
def test_measures_that_only_some_points_have_are_there(mixed, read):
    found = read(mixed / RUNS_TABLE)
    assert hold_the_same(found, mixed)
    assert found["dispersion"].notna().tolist() == [True, True, False, False]
    assert found["spread"].notna().tolist() == [False, False, True, True]


def test_series_of_points_with_other_measures_are_read_by_the_schema_of_all_files(mixed):
    """As docs/sweeps.md says."""
    files = sorted((mixed / "series").glob("*.parquet"))
    schema = pyarrow.unify_schemas([pyarrow.parquet.read_schema(file) for file in files])
    rows = pyarrow.dataset.dataset(mixed / "series", schema=schema).to_table().to_pandas()
    expected = read_series(mixed)
    assert {"dispersion", "spread"} <= set(rows.columns)
    for name in ("dispersion", "spread"):
        assert rows[name].notna().sum() == expected[name].notna().sum() > 0


@pytest.mark.parametrize("read", READERS)
def test_points_that_are_no_longer_asked_for_are_not_in_the_table(tmp_path, read):
    for samples in (3, 4):  # a Latin hypercube is drawn anew
        axes = {TOLERANCE: ecosim.Interval(0.1, 0.9)}
        run_sweep(small(axes, design="lhs", samples=samples), tmp_path, HERE)
    assert len(read(tmp_path / RUNS_TABLE)) == 4
    assert hold_the_same(read(tmp_path / RUNS_TABLE), tmp_path)
    assert len(read(tmp_path / "runs")) == 7


def test_the_table_is_the_same_to_the_byte_whatever_was_asked_for_before(extended, tmp_path):
    run_sweep(small({TOLERANCE: [0.5, 1, 2]}, replicates=2), tmp_path, HERE)
    assert (tmp_path / RUNS_TABLE).read_bytes() == (extended / RUNS_TABLE).read_bytes()


def test_points_that_coincide_have_a_row_each(tmp_path):
    axes = {"dynamics.stance.every": ecosim.Choice(1, 3)}
    run_sweep(small(axes, design="lhs", samples=6), tmp_path, HERE)
    assert read_runs(tmp_path)["run_id"].nunique() == 2
    assert hold_the_same(by_pandas(tmp_path / RUNS_TABLE), tmp_path)


def test_a_sweep_that_is_stopped_leaves_the_table_of_what_was_made(tmp_path):
    def stop(progress):
        if progress.done == 4:
            raise KeyboardInterrupt

    plan = small({TOLERANCE: [0.1, 0.2, 0.4]}, replicates=3)
    with pytest.raises(KeyboardInterrupt):
        run_sweep(plan, tmp_path, HERE, progress=stop)
    assert 0 < len(by_pandas(tmp_path / RUNS_TABLE)) < 9
    assert hold_the_same(by_pandas(tmp_path / RUNS_TABLE), tmp_path)
    seen = []
    run_sweep(plan, tmp_path, HERE, progress=lambda progress: seen.append((tmp_path / RUNS_TABLE).exists()))
    assert not any(seen), "a table of fewer runs stood beside those that were being made"
    assert len(by_pandas(tmp_path / RUNS_TABLE)) == 9


def test_a_stop_does_not_wait_for_a_long_table(tmp_path, monkeypatch):
    def stop(progress):
        raise KeyboardInterrupt

    monkeypatch.setattr("ecosim.experiments.work.SECONDS_AT_A_STOP", -1.0)
    with pytest.raises(KeyboardInterrupt):
        run_sweep(small({TOLERANCE: [0.1, 0.2]}), tmp_path, HERE, progress=stop)
    assert not (tmp_path / RUNS_TABLE).exists()
    assert not list(tmp_path.glob(".*.part"))
    assert json.loads((tmp_path / "manifest.json").read_text())["state"] == "stopped"


def test_the_manifest_has_the_tables_checksum(extended):
    told = json.loads((extended / "manifest.json").read_text())["checksums"]["files"]
    assert told[RUNS_TABLE] == digest_of(extended / RUNS_TABLE)


def test_columns_are_told_with_unit_and_meaning(extended):
    schema = pyarrow.parquet.read_schema(extended / RUNS_TABLE)
    assert b"half of the run" in schema.field("dispersion.mean").metadata[b"meaning"]
    assert schema.field(TOLERANCE).type == pyarrow.float64()


@pytest.mark.parametrize("rows", [1, 4])
def test_the_table_is_the_same_in_whatever_parts_it_is_written(extended, monkeypatch, rows):
    before = by_pandas(extended / RUNS_TABLE)
    monkeypatch.setattr("ecosim.experiments.runs_table.ROWS_A_PART", rows)
    run_sweep(small({TOLERANCE: [0.5, 1, 2]}, replicates=2), extended, HERE)
    assert by_pandas(extended / RUNS_TABLE).equals(before)


def test_a_huge_whole_number_is_not_rounded(tmp_path):
    """Such a one is told as a word: no floating-point number has all of its digits."""
    from ecosim.experiments.design import design_of

    design = design_of({"ecosystem.organisations": [1, 2**53 + 1]}, "grid", 1, 1)
    assert design.columns([0, 1])["ecosystem.organisations"].tolist() == ["1", str(2**53 + 1)]
    assert np.float64(2**53) + 1 == 2**53
