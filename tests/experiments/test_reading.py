"""Reading large results: groups over all runs are exact, in little memory, and only what is asked for is read."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.reading import write as write_large
from ecosim.errors import InputError
from ecosim.experiments import grouping
from ecosim.experiments.reading import SweepTables
from tests.clock import at_most_seconds
from tests.experiments.sweeps import read_series

KEY = "dynamics.stance.tolerance"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A sweep of 600 runs at three points, of 21 rows and four measures, by the code that sweeps write with."""
    place = tmp_path_factory.mktemp("large")
    write_large(place, 600, 20, 4, 3, 1)
    return place


def plainly(folder, by):
    """Return mean and quantiles as pandas has them, from all series at once."""
    tables = SweepTables(folder)
    rows = read_series(folder).merge(tables.design[["run_id", KEY]], on="run_id")
    return rows.groupby([*by, "tick"])["measure_0"]


@pytest.mark.parametrize("by", [(), (KEY,)])
def test_groups_are_those_of_a_plain_group_by(folder, by):
    found = SweepTables(folder).series("measure_0", by=by, quantiles=(0.1, 0.5, 0.9))
    known = plainly(folder, list(by))
    assert found["mean"].to_numpy() == pytest.approx(known.mean().to_numpy())
    for share in (0.1, 0.5, 0.9):
        assert found[f"quantile_{share}"].to_numpy() == pytest.approx(known.quantile(share).to_numpy())
    assert (found["runs"] == 600 // max(1, 3 * len(by))).all()


def test_counts_in_bins_are_off_by_a_bin_at_most(folder, monkeypatch):
    exact = SweepTables(folder).series("measure_0", by=KEY, quantiles=(0.0, 0.1, 0.5, 0.9, 1.0))
    monkeypatch.setattr(grouping, "MOST_EXACT", 100)
    counted = SweepTables(folder).series("measure_0", by=KEY, quantiles=(0.0, 0.1, 0.5, 0.9, 1.0))
    assert counted["mean"].to_numpy() == pytest.approx(exact["mean"].to_numpy())
    a_bin = (exact["quantile_1"].max() - exact["quantile_0"].min()) / grouping.MOST_BINS
    for name in exact.columns[4:]:
        assert counted[name].to_numpy() == pytest.approx(exact[name].to_numpy(), abs=1.01 * a_bin)


def test_missing_values_are_left_out_of_their_group(tmp_path):
    from ecosim.results.table import Table
    from tests.experiments.fake_sweeps import write

    ids = np.array(["000000-0000"] * 2 + ["000001-0000"] * 2, object)
    series = Table({"run_id": ids, "tick": np.array([0, 5, 0, 5]), "x": np.array([1.0, np.nan, 3.0, 4.0])})
    design = {"kind": "grid", "replicates": 1, "seed": 1}
    write(tmp_path, design, {"rule.a": np.array([0.0, 1.0])}, {"x": np.ones((2, 1))}, series={"a": series})
    found = SweepTables(tmp_path).series("x", quantiles=(0.5,))
    pd.testing.assert_frame_equal(
        found, pd.DataFrame({"tick": [0, 5], "runs": [2, 1], "mean": [2.0, 4.0], "quantile_0.5": [2.0, 4.0]})
    )


def test_a_run_that_was_made_twice_counts_once(tmp_path):
    from ecosim.results.table import Table
    from tests.experiments.fake_sweeps import write

    series = Table({"run_id": np.array(["000000-0000"], object), "tick": np.array([0]), "x": np.array([1.0])})
    other = Table(
        {"run_id": np.array(["000000-0000", "gone"], object), "tick": np.array([0, 0]), "x": np.array([1.0, 9.0])}
    )
    design = {"kind": "grid", "replicates": 1, "seed": 1}
    write(tmp_path, design, {"rule.a": np.array([0.0])}, {"x": np.ones((1, 1))}, series={"a": series, "b": other})
    assert SweepTables(tmp_path).series("x", quantiles=())[["runs", "mean"]].to_numpy().tolist() == [[1, 1.0]]


def test_only_the_measure_that_is_asked_for_is_read(folder, monkeypatch):
    import pyarrow.parquet

    asked = []
    plain = pyarrow.parquet.ParquetFile.read
    monkeypatch.setattr(
        pyarrow.parquet.ParquetFile,
        "read",
        lambda self, columns=None, **more: asked.append(columns) or plain(self, columns=columns, **more),
    )
    SweepTables(folder).series("measure_2", quantiles=(0.5,))
    assert asked
    assert all(columns == ["run_id", "tick", "measure_2"] for columns in asked)


def test_a_measure_of_six_hundred_runs_is_read_at_once(folder):
    with at_most_seconds(1.0):
        SweepTables(folder).series("measure_0", by=KEY, quantiles=(0.9,))


def test_all_faults_of_a_question_are_told_at_once(folder):
    with pytest.raises(InputError) as refused:
        SweepTables(folder).series("measure_9", by="dynamics.stance.tolerence", quantiles=(1.5,))
    assert len(refused.value.faults) == 3
    assert "did you mean 'dynamics.stance.tolerance'" in str(refused.value)


def test_a_manifest_that_is_no_json_is_refused_in_words(tmp_path):
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"manifest\.json: damaged \(it is no JSON any more in line 1\).*another --out"
    ):
        _ = SweepTables(tmp_path).manifest


def test_shards_are_smaller_than_parquet_makes_them_and_hold_the_same(folder):
    """Numbers that never repeat are split into bytes, of which the first are alike; shares and counts are numbered."""
    import io

    import pyarrow.parquet

    path = sorted(folder.glob("series/part-*.parquet"))[0]
    table = pyarrow.parquet.read_table(path)
    plain = io.BytesIO()
    pyarrow.parquet.write_table(table, plain, compression="zstd")
    assert path.stat().st_size < 0.9 * len(plain.getvalue())
    assert pyarrow.parquet.read_table(plain).equals(table)


def test_a_damaged_file_is_told_with_what_helps(tmp_path):
    write_large(tmp_path, 20, 4, 2, 2, 1)
    for path in [*tmp_path.glob("series/part-*.parquet"), *tmp_path.glob("runs/part-*.parquet")]:
        path.write_bytes(path.read_bytes()[:-30])
    for read in (lambda: SweepTables(tmp_path).runs, lambda: SweepTables(tmp_path).series("measure_0")):
        with pytest.raises(InputError, match=r"damaged .* makes its runs again"):
            read()


@pytest.mark.slow
def test_ten_thousand_runs_fit_and_are_read_at_once(tmp_path):
    """10,000 runs of 201 rows and 30 measures: 200 MB, and a quarter of a second of processor time for one of them."""
    write_large(tmp_path, 10_000, 200, 30, 10, 1)
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.parquet")) < 200e6
    SweepTables(tmp_path).series("measure_0", quantiles=(0.9,))  # what is loaded once is not counted
    with at_most_seconds(0.6):
        found = SweepTables(tmp_path).series("measure_0", quantiles=(0.9,))
    assert (found["runs"] == 10_000).all()
