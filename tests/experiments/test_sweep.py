"""Sweeps in this process: what they leave, how they are resumed and extended, and what they refuse."""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest

import ecosim
from ecosim.errors import InputError
from ecosim.experiments.execute import execute
from ecosim.experiments.folder import SweepFolder
from ecosim.experiments.making import Limits
from ecosim.experiments.plan import plan_of
from ecosim.experiments.ranges import Interval
from ecosim.experiments.reading import SweepTables
from ecosim.experiments.shards import is_whole, read_runs, read_series
from ecosim.experiments.sweep import Execution, run_sweep, sweep
from tests.experiments.sweeps import HOW, PACKAGES, TINY, TOLERANCE, failures, same_tables, shards, shuffled, tiny

HERE = Execution(workers=0)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A sweep over three tolerances with four replicates."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(PACKAGES)
        out = tmp_path_factory.mktemp("sweep") / "finished"
        run_sweep(tiny({TOLERANCE: [0.1, 0.2, 0.5]}, replicates=4), out, HERE)
    return out


def test_a_row_of_a_sweep_is_what_a_single_run_says(finished):
    rows = read_runs(finished)
    assert rows["status"].tolist() == ["ok"] * 12
    for place in (0, 5, 11):
        row = rows.iloc[place]
        # A sweep keeps every fifth row; a single run that is to say the same keeps the same.
        changes = (*TINY, "record.every=5", f"{TOLERANCE}={row[TOLERANCE]}", f"seed={row['seed']}")
        model = ecosim.Ecosystem(ecosim.load("opinions", *changes, trust=("trouble",)))
        model.run()
        run = model.results()
        for name, measured in run.summary["measures"].items():
            assert row[name] == measured["final"]
            assert row[f"{name}.mean"] == measured["mean"]
        series = read_series(finished)
        series = series[series["run_id"] == row["run_id"]].drop(columns="run_id")
        np.testing.assert_array_equal(series.to_numpy(), run.series.to_numpy())


def test_columns_carry_their_unit_and_meaning(finished):
    schema = pyarrow.parquet.read_schema(shards(finished)[0])
    assert b"at the end" in schema.field("dispersion").metadata[b"meaning"]
    assert b"second half" in schema.field("dispersion.mean").metadata[b"meaning"]


def test_every_point_meets_the_same_luck(finished):
    series = read_series(finished).merge(read_runs(finished)[["run_id", "replicate"]], on="run_id")
    at_start = series[series["tick"] == 0].groupby("replicate")["dispersion"]
    assert (at_start.nunique() == 1).all(), "organisations start with the same opinions whatever the tolerance"
    assert series[series["tick"] == 0]["dispersion"].nunique() == 4


def test_python_and_folder_give_the_same_table(finished):
    table = sweep("opinions", {TOLERANCE: [0.1, 0.2, 0.5]}, *TINY, replicates=4, trust=("trouble",), workers=0)
    assert table.equals(read_runs(finished))


def test_the_order_of_runs_and_their_shards_do_not_matter(finished, tmp_path, monkeypatch):
    plan = tiny({TOLERANCE: [0.1, 0.2, 0.5]}, replicates=4)
    numbers = plan.check().run_ids
    monkeypatch.setattr("ecosim.experiments.execute.RUNS_A_SHARD", 5)
    shutil.copy(finished / "design.parquet", tmp_path)
    execute(plan, numbers, shuffled(12), tmp_path, 0, Limits(), _Deaf())
    assert len(shards(tmp_path)) == 3
    assert same_tables(finished, tmp_path)


class _Deaf:
    def failed(self, number, failure):
        raise AssertionError(failure)

    def progress(self, done):
        pass


def test_points_with_other_measures_share_a_table(tmp_path):
    axes = {"ecosystem.stance.axes": [["trade"], ["trade", "tax"]], "measures": [["dispersion"], ["spread"]]}
    rows = ecosim.sweep("opinions", axes, *TINY, trust=("trouble",), workers=0, replicates=2, out=tmp_path / "a")
    assert rows["dispersion"].notna().tolist() == [True, True, False, False] * 2
    assert rows["spread"].notna().tolist() == [False, False, True, True] * 2
    assert len(shards(tmp_path / "a")) > 1


def test_running_again_runs_nothing_and_changes_nothing(finished):
    before = [path.read_bytes() for path in shards(finished)]
    outcome = run_sweep(tiny({TOLERANCE: [0.1, 0.2, 0.5]}, replicates=4), finished, HERE)
    assert (outcome.ok, outcome.failed, outcome.made) == (12, 0, 0)
    assert [path.read_bytes() for path in shards(finished)] == before


def test_more_values_and_replicates_run_only_what_is_new(finished, tmp_path):
    out = tmp_path / "grown"
    assert run_sweep(tiny({TOLERANCE: [0.1, 0.5]}, replicates=2), out, HERE).made == 4
    assert run_sweep(tiny({TOLERANCE: [0.1, 0.2, 0.5]}, replicates=2), out, HERE).made == 2
    assert run_sweep(tiny({TOLERANCE: [0.1, 0.2, 0.5]}, replicates=4), out, HERE).made == 6
    assert same_tables(out, finished)


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


def test_a_run_that_fails_fails_alone_and_is_not_tried_for_ever(tmp_path):
    plan = tiny({HOW: ["none", "raise", "blow_up", "exit"]}, replicates=2)
    outcome = run_sweep(plan, tmp_path, HERE)
    assert (outcome.ok, outcome.failed) == (2, 6)
    told = failures(tmp_path)
    assert told["raise"]["kind"] == told["exit"]["kind"] == "error"
    assert told["raise"]["message"] == "RuntimeError: the gossip got out of hand"
    assert "trouble.py" in told["raise"]["traceback"]
    assert told["blow_up"]["kind"] == "not finite"
    assert "stance" in told["blow_up"]["message"]
    assert "tick 3" in told["blow_up"]["message"]
    rows = read_runs(tmp_path)
    assert rows["status"].tolist() == ["ok"] * 2 + ["error"] * 2 + ["not finite"] * 2 + ["error"] * 2
    assert rows["dispersion"].notna().tolist() == [True] * 2 + [False] * 6
    assert run_sweep(plan, tmp_path, HERE).made == 0
    again = run_sweep(plan, tmp_path, Execution(workers=0, retry=True))
    assert (again.ok, again.failed, again.made) == (2, 6, 6)
    assert len((tmp_path / "failures.jsonl").read_text().splitlines()) == 6
    assert len(read_runs(tmp_path)) == 8


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        (lambda: tiny({TOLERANCE: [0.1]}, "ticks=11"), r"ticks: 10 before, 11 now"),
        (lambda: tiny({TOLERANCE: [0.1]}, seed=2), r"seed: 1 before, 2 now"),
        (lambda: tiny({"ticks": [10]}), r"keys: \['dynamics.stance.tolerance'\] before, \['ticks'\] now"),
        (
            lambda: tiny({TOLERANCE: [0.1]}, "dynamics.stance.responsiveness=0.2"),
            r"responsiveness: 0.5 before, 0.2 now",
        ),
    ],
)
def test_another_sweep_is_refused_and_the_difference_shown(finished, other, difference):
    with pytest.raises(InputError, match=f"(?s)holds another sweep.*{difference}"):
        run_sweep(other(), finished, HERE)


def test_limits_that_cannot_hold_are_refused_and_not_forgotten(tmp_path):
    for limit in ({"timeout": 3.0}, {"memory": 500.0}):
        with pytest.raises(InputError, match=r"timeout, memory: .*allowed: --workers 1, or more"):
            run_sweep(tiny({TOLERANCE: [0.1]}), tmp_path / "out", Execution(workers=0, **limit))
    assert not (tmp_path / "out").exists()
    assert run_sweep(tiny({TOLERANCE: [0.1]}), tmp_path / "out", Execution(workers=0, timeout=0, memory=0)).ok == 1


def test_where_all_of_the_first_runs_fail_it_is_said_at_once_and_why(tmp_path):
    said, seen = [], []
    outcome = run_sweep(
        tiny({HOW: ["raise"]}, replicates=14), tmp_path, HERE, say=said.append,
        progress=lambda progress: seen.append((progress.done, len(said))),
    )  # fmt: skip
    assert said[1:] == [
        "All of the first 10 runs have failed (10 × RuntimeError: the gossip got out of hand); Ctrl-C stops the sweep."
    ]
    assert dict(seen)[11] == 2
    assert outcome.why == "14 × RuntimeError: the gossip got out of hand"


def test_where_one_run_is_fine_the_others_are_told_of_at_the_end(tmp_path):
    said = []
    outcome = run_sweep(tiny({HOW: ["none", "raise", "exit"]}, replicates=6), tmp_path, HERE, say=said.append)
    assert len(said) == 1
    assert (outcome.failed, outcome.why[:4]) == (12, "6 × ")


def test_points_that_coincide_are_not_said_to_be_there_already(tmp_path):
    said = []
    drawn = {"dynamics.stance.steps": Interval(1, 2), "dynamics.stance.responsiveness": Interval(0.1, 0.2)}
    plan = tiny(drawn, design="morris", samples=8, replicates=2)
    different = len(set(plan.check().run_ids))
    assert different < 48
    run_sweep(plan, tmp_path, HERE, say=said.append)
    assert f"= 48 runs, {different} of them different: " in said[0]
    run_sweep(plan, tmp_path, HERE, say=said.append)
    assert f"= 48 runs, {different} of them different, 0 of them still to do: " in said[1]


def test_what_the_rough_time_leaves_out_is_said(tmp_path, monkeypatch):
    said = []
    run_sweep(tiny({TOLERANCE: [0.1]}), tmp_path / "trusting", HERE, say=said.append)
    assert said[0].endswith("(not counted: rules and measures from outside ecosim).")
    ours = plan_of("opinions", {TOLERANCE: [0.1]}, ("ecosystem.organisations=20", "ticks=2"))
    run_sweep(ours, tmp_path / "warm", HERE, say=said.append)
    assert "not counted" not in said[1]
    module = sys.modules[type(ours.settings(0).dynamics["stance"]).__module__]
    for one in vars(module).values():
        if getattr(one, "_cache", None) is not None:
            monkeypatch.setattr(one._cache._cache_file, "_index_path", str(tmp_path / "nothing.nbi"))
    run_sweep(ours, tmp_path / "cold", HERE, say=said.append)
    assert said[2].endswith("(not counted: compiling, once).")


def test_other_code_is_refused_and_the_difference_shown(finished, monkeypatch):
    monkeypatch.setattr("ecosim.results.provenance.code_version", lambda: "0.2.0+feed")
    with pytest.raises(InputError, match=r"code: '.*' before, '0.2.0\+feed' now"):
        run_sweep(tiny({TOLERANCE: [0.1, 0.2, 0.5]}, replicates=4), finished, HERE)


def test_other_code_of_a_trusted_package_is_refused(finished, tmp_path, monkeypatch):
    (tmp_path / "trouble.py").write_text("# changed\n" + Path(PACKAGES, "trouble.py").read_text())
    monkeypatch.delitem(sys.modules, "trouble", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(InputError, match=r"trusted\.trouble: "):
        run_sweep(tiny({TOLERANCE: [0.1, 0.2, 0.5]}, replicates=4), finished, HERE)


def test_a_second_coordinator_is_refused(finished):
    with SweepFolder(finished), pytest.raises(InputError, match="another ecosim sweep is at work"):
        run_sweep(tiny({TOLERANCE: [0.1, 0.2, 0.5]}, replicates=4), finished, HERE)


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(InputError, match=r"thesis\.tex, which is no sweep"):
        run_sweep(tiny({TOLERANCE: [0.1]}), tmp_path, HERE)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_folder_that_cannot_be_written_to_is_refused_before_any_run(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written to"):
        run_sweep(tiny({TOLERANCE: [0.1]}), tmp_path / "file" / "sweep", HERE)


def test_a_read_only_folder_is_refused_before_any_run(tmp_path):
    out = tmp_path / "locked"
    out.mkdir()
    out.chmod(0o555)
    told = "from ecosim.experiments.folder import SweepFolder; from pathlib import Path; import sys\n"
    told += "with SweepFolder(Path(sys.argv[1])): pass"
    call = [sys.executable, "-c", told, str(out)]
    if os.geteuid() == 0:  # root writes everywhere: let somebody else try
        if shutil.which("setpriv") is None:
            pytest.skip("run by root, to whom no folder is read-only, and setpriv is not here")
        for folder in [tmp_path, *tmp_path.parents][:3]:
            folder.chmod(folder.stat().st_mode | 0o055)
        call = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *call]
    done = subprocess.run(call, capture_output=True, text=True, check=False, env={**os.environ, "ECOSIM_CACHE": "/tmp"})
    if "Permission denied" in done.stderr and "InputError" not in done.stderr:
        pytest.skip("run by root, and nobody else may read this installation")
    assert "cannot be written to (permission denied)" in done.stderr


def test_a_very_large_sweep_asks_first(tmp_path):
    plan = tiny({"ticks": [10**6], TOLERANCE: list(np.linspace(0.1, 1.0, 100))}, replicates=100)
    with pytest.raises(InputError, match=r"10,000 runs: about .*; if that is meant, say --yes"):
        run_sweep(plan, tmp_path, HERE)
    assert not shards(tmp_path)


def test_limits_that_make_no_sense_are_all_named(tmp_path):
    with pytest.raises(InputError) as refused:
        run_sweep(tiny({TOLERANCE: [0.1]}), tmp_path, Execution(workers=-1, timeout=float("nan"), memory=-5))
    assert len(refused.value.faults) == 3


def test_the_manifest_names_every_file_with_its_checksum(finished):
    manifest = json.loads((finished / "manifest.json").read_text())
    files = {f"{path.parent.name}/{path.name}" for kind in ("runs", "series") for path in (finished / kind).iterdir()}
    assert set(manifest["checksums"]["files"]) == {*files, "runs.parquet"}
    assert manifest["state"] == "complete"
    assert manifest["runs"] == {"all": 12, "ok": 12, "failed": 0}


@pytest.mark.parametrize(
    "harm",
    ["", "{", "[]", '{"same": 3}', '{"configurations": {"": 5}}', '{"same": {}, "configurations": []}', "[" * 10**5],
)
def test_a_damaged_manifest_is_refused_in_plain_words(finished, tmp_path, harm):
    folder = tmp_path / "copy"
    shutil.copytree(finished, folder)
    (folder / "manifest.json").write_text(harm)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(InputError) as refused:
        run_sweep(tiny({TOLERANCE: [0.1]}), folder, Execution(workers=0))
    told = str(refused.value)
    assert "manifest.json: damaged (it" in told
    assert "another --out" in told
    assert not any(word in told for word in ("Expecting", "delimiter", "recursion", "object", "NoneType"))
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_manifest_that_is_no_text_is_refused_in_plain_words(finished, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(finished, folder)
    (folder / "manifest.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"damaged \(it is no text\)"):
        run_sweep(tiny({TOLERANCE: [0.1]}), folder, Execution(workers=0))


def test_a_sweep_that_is_refused_leaves_nothing_that_it_made(tmp_path):
    with pytest.raises(InputError):
        run_sweep(tiny({TOLERANCE: [0.1, 9.0]}), tmp_path / "a" / "new", Execution(workers=0))
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError):
        run_sweep(tiny({TOLERANCE: [0.1, 9.0]}), tmp_path / "empty", Execution(workers=0))
    assert list((tmp_path / "empty").iterdir()) == []


def test_a_file_system_without_locks_is_told_as_such(tmp_path, monkeypatch):
    def flock(file, how):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("ecosim.experiments.lock.fcntl.flock", flock)
    with pytest.raises(InputError, match=r"cannot be locked \(no locks available\)") as refused:
        run_sweep(tiny({TOLERANCE: [0.1]}), tmp_path / "out", Execution(workers=0))
    assert "another ecosim sweep" not in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_a_refused_sweep_takes_no_others_lock_along(finished):
    with SweepFolder(finished):
        with pytest.raises(InputError, match="at work"):
            run_sweep(tiny({TOLERANCE: [0.1]}), finished, Execution(workers=0))
        with pytest.raises(InputError, match="at work"):
            run_sweep(tiny({TOLERANCE: [0.1]}), finished, Execution(workers=0))


def test_what_a_sweep_is_told_to_take_counts_the_start_of_its_processes(tmp_path):
    plan, told = tiny({TOLERANCE: [0.1, 0.2]}), {}
    for workers in (0, 1):
        sentences = []
        with pytest.raises(KeyboardInterrupt):
            run_sweep(plan, tmp_path / str(workers), Execution(workers=workers), say=stopping(sentences))
        told[workers] = sentences[0]
    assert "about 1 second on this process" in told[0]
    assert "about 3 seconds on 1 process and" in told[1]  # 2.5 to start, and two runs of a moment


def stopping(sentences):
    """Return what hears one sentence and stops."""

    def say(sentence):
        sentences.append(sentence)
        raise KeyboardInterrupt

    return say
