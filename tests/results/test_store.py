"""A file is written whole or not at all."""

import errno
import json
import os
import stat
import subprocess
import sys
from contextlib import nullcontext

import numpy as np
import pytest

from ecosim.results import store
from ecosim.results.table import Note, Table, stacked


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "table"
    store.write_text(path, "old")

    def fail(file):
        file.write(b"half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        store.replace(path, fail)
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["table"]


def test_a_name_outlives_a_power_failure_as_the_bytes_do(tmp_path, monkeypatch):
    """A file's bytes are on disk before it has its name; then its folder is, and those in which new folders stand."""
    path, done = tmp_path / "new" / "deep" / "x.txt", []
    sync, rename = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda number: done.append(os.readlink(f"/proc/self/fd/{number}")) or sync(number))
    monkeypatch.setattr(os, "replace", lambda *names: done.append("named") or rename(*names))
    store.write_text(path, "first")
    assert done[0].startswith(str(path.with_name(".x.txt.")))
    assert done[1] == "named"
    assert set(done[2:]) == {str(tmp_path), str(tmp_path / "new"), str(tmp_path / "new" / "deep")}
    del done[:]
    store.write_text(path, "second")
    assert done[1:] == ["named", str(path.parent)]


@pytest.mark.parametrize("said", [errno.EINVAL, errno.EIO])
def test_a_file_system_that_syncs_no_folders_is_none_that_fails(tmp_path, monkeypatch, said):
    sync = os.fsync

    def fsync(number):
        if stat.S_ISDIR(os.fstat(number).st_mode):
            raise OSError(said, os.strerror(said))
        sync(number)

    monkeypatch.setattr(os, "fsync", fsync)
    with nullcontext() if said == errno.EINVAL else pytest.raises(OSError, match=os.strerror(said)):
        store.write_text(tmp_path / "x.txt", "words")
    assert (tmp_path / "x.txt").read_text() == "words"


def test_what_is_not_finite_is_null_in_json(tmp_path):
    store.write_json(tmp_path / "x.json", {"a": np.nan, "b": [np.inf, np.float32(1.5)], "c": np.int64(2)})
    found = json.loads((tmp_path / "x.json").read_text())
    assert found == {"a": None, "b": [None, 1.5], "c": 2}
    assert json.loads(store.to_json({"b": np.array([np.inf, 1.0]), "c": np.bool_(True)})) == {
        "b": [None, 1.0],
        "c": True,
    }


def test_every_kind_of_column_comes_back(tmp_path):
    columns = {
        "tick": np.arange(3),
        "small": np.array([1, -1, 3], np.int8),
        "number": np.array([0.1, np.nan, -np.inf]),
        "maybe": np.array([5, -1, 2**62]),
        "yes": np.array([True, False, True]),
        "word": np.array(["a", "ünï|\n", ""], object),
    }
    table = Table(columns, {name: Note("unit", "meaning") for name in columns}, frozenset({"maybe"}))
    store.write_table(tmp_path / "t.parquet", table)
    frame, notes = store.read_table(tmp_path / "t.parquet")
    assert notes == table.notes
    assert frame["tick"].tolist() == [0, 1, 2]
    assert frame["small"].dtype == np.int8
    assert frame["number"].isna().tolist() == [False, True, False]
    assert frame["number"][2] == -np.inf
    assert frame["maybe"].isna().tolist() == [False, True, False]
    assert int(frame["maybe"][2]) == 2**62
    assert frame["yes"].tolist() == [True, False, True]
    assert frame["word"].tolist() == ["a", "ünï|\n", ""]
    assert store.to_frame(table).equals(frame)


def test_writing_a_table_does_not_wait_for_pandas(tmp_path):
    program = (
        "import sys, numpy as np; from ecosim.results import store; from ecosim.results.table import Table\n"
        "table = Table({'a': np.array([1.0, np.nan]), 'b': np.array(['x', 'y'], object)})\n"
        f"store.write_table({str(tmp_path / 'x')!r}, table)\n"
        "assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_no_table_cannot_be_stacked():
    with pytest.raises(ValueError, match="no table"):
        stacked([])
