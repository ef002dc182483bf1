"""Shards: tables that say what they hold, whole or found out, and never read as what they were not."""

import shutil

import pandas as pd
import pyarrow.parquet
import pytest

import ecosim
from ecosim.errors import InputError
from ecosim.experiments.reading import SweepTables
from ecosim.experiments.shards import is_whole
from ecosim.experiments.stored import read_runs
from ecosim.experiments.sweep import Execution, run_sweep
from tests.experiments.sweeps import TINY, TOLERANCE, read_series, same_tables, shards, tiny

HERE = Execution(workers=0)


@pytest.mark.parametrize("kind", ["runs", "series"])
@pytest.mark.parametrize("harm", ["flipped", "cut", "gone"])
def test_a_damaged_file_is_found_and_only_its_runs_are_made_again(finished, tmp_path, kind, harm, monkeypatch):
    monkeypatch.setattr("ecosim.experiments.execute.RUNS_A_SHARD", 4)
    out = tmp_path / "damaged"
    plan = tiny({TOLERANCE: [0.1, 0.2, 0.5]}, replicates=4)
    run_sweep(plan, out, HERE)
    victim = sorted((out / kind).iterdir())[1]
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    if harm == "gone":
        victim.unlink()
    else:
        victim.write_bytes(content if harm == "flipped" else content[:-20])
        assert not is_whole(victim)
    outcome = run_sweep(plan, out, HERE)
    assert outcome.made == 4
    assert outcome.damaged == (harm != "gone")
    assert same_tables(out, finished)


@pytest.mark.parametrize("read", [read_runs, read_series])
def test_not_one_changed_bit_is_read_as_a_value(finished, tmp_path, read):
    """In the pages of values, in their heads, and in the words about them."""
    shutil.copytree(finished, tmp_path / "copy")
    victim = next((tmp_path / "copy" / read.__name__.removeprefix("read_")).iterdir())
    content = victim.read_bytes()
    for place in range(0, len(content), max(len(content) // 50, 1)):
        victim.write_bytes(flipped(content, place))
        with pytest.raises(InputError, match=r"damaged .* makes its runs again"):
            read(tmp_path / "copy")
    victim.write_bytes(content)
    pd.testing.assert_frame_equal(read(tmp_path / "copy"), read(finished), check_exact=True)


@pytest.mark.parametrize("measure", ["dispersion", "spread"])
def test_quantiles_of_a_series_are_not_made_of_changed_values(finished, tmp_path, measure):
    shutil.copytree(finished, tmp_path / "copy")
    victim = next((tmp_path / "copy" / "series").iterdir())
    content, file = victim.read_bytes(), pyarrow.parquet.ParquetFile(victim).metadata
    (column,) = (
        file.row_group(0).column(k)
        for k in range(file.num_columns)
        if file.row_group(0).column(k).path_in_schema == measure
    )
    victim.write_bytes(flipped(content, column.data_page_offset + column.total_compressed_size - 5))
    with pytest.raises(InputError, match=r"damaged .* makes its runs again"):
        SweepTables(tmp_path / "copy").series(measure)


def flipped(content, place):
    """Return bytes of which one bit is another."""
    return content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :]


def test_what_a_killed_process_left_half_written_is_cleared_away(finished, tmp_path):
    out = tmp_path / "copy"
    shutil.copytree(finished, out)
    half = out / "runs" / ".part-0123.parquet.99.part"
    half.write_bytes(b"PAR1")
    orphan = out / "series" / "part-0123.parquet"
    orphan.write_bytes(b"PAR1")
    assert run_sweep(tiny({TOLERANCE: [0.1, 0.2, 0.5]}, replicates=4), out, HERE).made == 0
    assert not half.exists()
    assert not orphan.exists()


def test_columns_carry_their_unit_and_meaning(finished):
    schema = pyarrow.parquet.read_schema(shards(finished)[0])
    assert b"at the end" in schema.field("dispersion").metadata[b"meaning"]
    assert b"second half" in schema.field("dispersion.mean").metadata[b"meaning"]


def test_points_with_other_measures_share_a_table(tmp_path):
    axes = {"ecosystem.stance.axes": [["trade"], ["trade", "tax"]], "measures": [["dispersion"], ["spread"]]}
    rows = ecosim.sweep("opinions", axes, *TINY, trust=("trouble",), workers=0, replicates=2, out=tmp_path / "a")
    assert rows["dispersion"].notna().tolist() == [True, True, False, False] * 2
    assert rows["spread"].notna().tolist() == [False, False, True, True] * 2
    assert len(shards(tmp_path / "a")) > 1
