"""The folder of a sweep: held by one at a time, refused to any other sweep, and left as it was where that is so."""

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ecosim.errors import InputError
from ecosim.experiments.folder import SweepFolder
from ecosim.experiments.manifest import read_manifest, write_manifest
from ecosim.experiments.reading import SweepTables
from ecosim.experiments.sensitivity import sensitivity
from ecosim.experiments.sweep import Execution, run_sweep
from ecosim.sweeps.findings import findings_of
from tests.experiments.sweeps import PACKAGES, TOLERANCE, command, tiny

HERE = Execution(workers=0)


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


def test_other_code_is_refused_and_the_difference_shown(finished, monkeypatch):
    monkeypatch.setattr("ecosim.results.provenance.code_version", lambda: "0.2.0+feed")
    with pytest.raises(InputError, match=r"code: '.*' before, '0.2.0\+feed' now"):
        run_sweep(tiny({TOLERANCE: [0.1, 0.2, 0.5]}, replicates=4), finished, HERE)


def test_other_code_of_a_trusted_package_is_refused(finished, tmp_path, monkeypatch):
    (tmp_path / "trouble.py").write_text("# changed\n" + Path(PACKAGES, "trouble.py").read_text())
    monkeypatch.delitem(sys.modules, "trouble", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(InputError, match=r"code of trouble: other now: trouble\.py"):
        run_sweep(tiny({TOLERANCE: [0.1, 0.2, 0.5]}, replicates=4), finished, HERE)


def test_a_second_coordinator_is_refused(finished):
    with SweepFolder(finished), pytest.raises(InputError, match=r"another ecosim sweep \(process \d+\) is at work"):
        run_sweep(tiny({TOLERANCE: [0.1, 0.2, 0.5]}, replicates=4), finished, HERE)


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(InputError, match=r"thesis\.tex, which is no sweep"):
        run_sweep(tiny({TOLERANCE: [0.1]}), tmp_path, HERE)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_coordinator_that_is_killed_while_it_writes_its_first_file_leaves_a_folder_for_the_same_command(tmp_path):
    """Killed between the last byte of the manifest and its name; the lock is free, for its holder is dead."""
    words = command(tmp_path / "out", f"{TOLERANCE}=0.1,0.2", workers=0)
    words[2] = f"import os; os.replace = lambda *_: os.kill(os.getpid(), 9); {words[2]}"
    killed = subprocess.run(words, capture_output=True, text=True, check=False)
    assert killed.returncode == -9, killed.stderr
    lock, half = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert (lock, half.startswith(".manifest.json."), half.endswith(".part")) == (".lock", True, True)
    assert run_sweep(tiny({TOLERANCE: [0.1, 0.2]}), tmp_path / "out", HERE).ok == 2
    assert not (tmp_path / "out" / half).exists()


@pytest.mark.parametrize("name", [".thesis.tex.12.part", ".manifest.json.part", ".manifest.json.mine.part"])
def test_what_only_looks_like_such_a_file_is_left_alone(tmp_path, name):
    (tmp_path / name).write_text("years of work")
    with pytest.raises(InputError, match="which is no sweep"):
        run_sweep(tiny({TOLERANCE: [0.1]}), tmp_path, HERE)
    assert (tmp_path / name).read_text() == "years of work"


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


def changed(manifest, key, value):
    """Write a manifest with one entry changed by hand; None takes it away."""
    told = json.loads(manifest.read_text())
    above = told["design"] if key.startswith("design.") else told
    name = key.removeprefix("design.")
    assert name in above
    above[name] = value
    if value is None:
        del above[name]
    manifest.write_text(json.dumps(told))


TAMPERED = [
    ("design.kind", "sobol"), ("design.kind", 5), ("design.replicates", "x"), ("design.values", {TOLERANCE: [0.7, 0.8]}),
    ("design.luck", "independent"), ("runs", None), ("checksums", None), ("configurations", None), ("state", "begun"),
    ("checksum", "0" * 32),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value"), TAMPERED)
def test_a_manifest_that_was_changed_is_refused_by_whoever_reads_it(finished, tmp_path, key, value):
    folder = tmp_path / "copy"
    shutil.copytree(finished, folder)
    changed(folder / "manifest.json", key, value)
    readers = (
        lambda: run_sweep(tiny({TOLERANCE: [0.1]}), folder, HERE),
        lambda: SweepTables(folder).kind,
        lambda: sensitivity(SweepTables(folder)),
        lambda: findings_of(SweepTables(folder)),
    )
    for read in readers:
        with pytest.raises(
            InputError, match=r"its checksum does not fit.*this file from a copy, or .* another --out"
        ) as no:
            read()
        assert len(no.value.faults) == 1


def test_a_manifest_that_is_only_written_in_another_way_is_the_same(finished, tmp_path):
    told = json.loads((finished / "manifest.json").read_text())
    assert list(told)[-1] == "checksum"
    folder = tmp_path / "copy"
    shutil.copytree(finished, folder)
    (folder / "manifest.json").write_text(json.dumps(dict(reversed(told.items())), indent=7))
    assert SweepTables(folder).manifest == told


def test_a_folder_from_before_there_was_a_checksum_is_read_and_continued_and_has_one_then(finished, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(finished, folder)
    changed(folder / "manifest.json", "checksum", None)
    assert SweepTables(folder).kind == "grid"
    assert run_sweep(tiny({TOLERANCE: [0.1]}), folder, HERE).failed == 0
    assert "checksum" in SweepTables(folder).manifest


@pytest.mark.parametrize(
    "value", [{"a": math.nan, "b": np.float64(0.1), "c": (1, 2)}, {"ü": "😀", "1": 1e300, "n": 2**70}]
)
def test_whatever_a_manifest_tells_its_checksum_fits_when_it_is_read(tmp_path, value):
    write_manifest(tmp_path, value)
    assert set(read_manifest(tmp_path)) == {*value, "checksum"}


def test_a_sweep_that_is_refused_leaves_nothing_that_it_made(tmp_path):
    with pytest.raises(InputError):
        run_sweep(tiny({TOLERANCE: [0.1, 9.0]}), tmp_path / "a" / "new", Execution(workers=0))
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError):
        run_sweep(tiny({TOLERANCE: [0.1, 9.0]}), tmp_path / "empty", Execution(workers=0))
    assert list((tmp_path / "empty").iterdir()) == []


def test_a_refused_sweep_takes_no_others_lock_along(finished):
    with SweepFolder(finished):
        with pytest.raises(InputError, match="at work"):
            run_sweep(tiny({TOLERANCE: [0.1]}), finished, Execution(workers=0))
        with pytest.raises(InputError, match="at work"):
            run_sweep(tiny({TOLERANCE: [0.1]}), finished, Execution(workers=0))
