"""Single measures of the runs of a sweep: the same as in the table of all of them, and nothing else is read."""

import numpy as np
import pyarrow.parquet
import pytest

from benchmarks.reading import write as write_large
from ecosim.errors import InputError
from ecosim.experiments.design import design_of
from ecosim.experiments.effects import effects
from ecosim.experiments.reading import NOT_MEASURED, SweepTables
from ecosim.experiments.run_columns import RunColumns
from ecosim.experiments.running import Ran
from ecosim.experiments.shards import DESIGN, Shard, save_failed
from ecosim.experiments.stored import read_runs
from ecosim.results.store import write_json, write_table
from ecosim.results.table import Note

TICK = Note("tick", "time")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Ten runs out of order in shards of two kinds, of which one measures less; two that failed, one that is missing."""
    place, draw = tmp_path_factory.mktemp("sweep"), np.random.default_rng(3)
    design = design_of({"a": [1, 2, 3]}, "grid", 4, 1)
    ids = [f"{number:032x}" for number in range(design.runs)]
    for numbers, names in (((7, 2, 9, 4), ("x", "y")), ((0, 11, 5), ("x", "z")), ((1, 3), ("x",))):
        shard = Shard(place, design)
        for number in numbers:
            series = {"tick": np.arange(5), **{name: draw.normal(size=5) for name in names}}
            if number == 5:
                series["z"][:] = np.nan
            shard.add(number, ids[number], Ran(series, {"tick": TICK, **{name: Note("", name) for name in names}}))
        shard.save()
    save_failed(place, design, [(6, ids[6], "error"), (8, ids[8], "timeout")])
    write_table(place / DESIGN, design.rows(np.arange(design.runs), ids))
    write_json(place / "manifest.json", {"design": {"kind": "grid"}})
    return place


def test_measures_one_by_one_are_those_of_the_whole_table(folder):
    tables, whole = SweepTables(folder), read_runs(folder)
    assert tables.measures == tuple(name for name in whole.columns if name not in (*NOT_MEASURED, "a"))
    assert tables.made.equals(whole[list(tables.made.columns)])
    for name in tables.measures:
        assert np.array_equal(tables.column(name), whole[name].to_numpy(float), equal_nan=True)
    with_all = effects(whole, ("a",), tables.measures, common=True)
    assert effects(tables.made, ("a",), tables.measures, common=True, column=tables.column).equals(with_all)


def test_a_run_that_is_asked_for_twice_or_not_there_is_told_as_such(folder):
    ids = [f"{number:032x}" for number in (2, 6, 2, 10)]
    found = RunColumns(folder, ids).read(["y"])["y"]
    assert found[0] == found[2]
    assert np.isnan(found).tolist() == [False, True, False, True]


def test_of_thirty_measures_only_the_one_that_is_asked_for_is_read(tmp_path, monkeypatch):
    write_large(tmp_path, 200, 10, 30, 2, 1)
    read, real, real_table = [], pyarrow.parquet.ParquetFile.read, pyarrow.parquet.read_table

    def note(self, columns=None, **keywords):
        read.append(columns)
        return real(self, columns, **keywords)

    def of_the_design(source, **keywords):
        assert source.name == DESIGN, "a whole table of runs was read"
        return real_table(source, **keywords)

    monkeypatch.setattr(pyarrow.parquet.ParquetFile, "read", note)
    monkeypatch.setattr(pyarrow.parquet, "read_table", of_the_design)
    tables = SweepTables(tmp_path)
    assert tables.laid_out("measure_7").shape == (2, 100)
    assert {name for columns in read for name in columns} == {"run_id", "status", "measure_7"}


def test_a_file_that_was_damaged_after_the_table_was_read_is_told(tmp_path):
    write_large(tmp_path, 20, 4, 2, 2, 1)
    tables = SweepTables(tmp_path)
    assert len(tables.made) == 20
    path = next(tmp_path.glob("runs/part-*.parquet"))
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(InputError, match=r"damaged .* makes its runs again"):
        tables.column("measure_0")
