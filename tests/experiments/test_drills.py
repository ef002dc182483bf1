"""Sweep drills: real kills, a real full disk, a real read-only folder. Nothing acknowledged is lost, nothing is damaged.

The quick drill kills three coordinators; the full ones, marked slow, kill twenty coordinators, and a hundred processes of
both kinds.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest

from ecosim.errors import InputError
from ecosim.experiments.manifest import write_manifest
from ecosim.experiments.shards import ids_there, is_whole
from ecosim.experiments.stored import read_runs
from ecosim.experiments.sweep import Execution, run_sweep
from tests.experiments.sweeps import (
    PACKAGES,
    SLOW,
    TOLERANCE,
    VALUES,
    children,
    command,
    descendants,
    is_alive,
    run,
    shards,
    start,
    tiny,
    wait_until,
)

DIARY = "TROUBLE_DIARY"
AXIS = f"{TOLERANCE}=0.1,0.2,0.5"
RUNS_A_SHARD = 100


def plan(replicates):
    return tiny({TOLERANCE: VALUES}, SLOW, replicates=replicates)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    """Sweeps by the number of their replicates, made in this process, which nothing disturbed."""
    made = {}

    def sweep(replicates):
        if replicates not in made:
            made[replicates] = tmp_path_factory.mktemp("sweep") / "uninterrupted"
            run_sweep(tiny({TOLERANCE: VALUES}, replicates=replicates), made[replicates], Execution(workers=0))
        return made[replicates]

    return sweep


class Drill:
    """A sweep that is killed again and again, and what was seen of it.

    Args:
        out: its folder.
        replicates: of its three points.
        workers: processes.
        pause: seconds in each of the ten ticks of a run.
        longest: seconds between the first run that is done and a kill, at most.
        seed: of the moments at which something is killed.
        patience: seconds within which the workers of a killed coordinator must be gone.
    """

    def __init__(self, out, replicates, workers, pause, longest, seed, patience=1.0):
        self.out, self.replicates, self.workers = out, replicates, workers
        self.pause, self.longest = f"dynamics.trouble.pause={pause}", longest
        self.patience = patience
        self.random = np.random.default_rng(seed)
        self.acknowledged, self.started = set(), []
        self.kills = {"coordinator": 0, "worker": 0}
        self.lost = self.corrupt = self.orphans = self.redone = self.misjudged = 0
        self.is_over = False
        self.diary = out.with_name(f"{out.name}.diary")
        self.diary.touch()
        self.made, self.saved = 0, len(ids_there(out))

    def kill_coordinator(self):
        """Go on with the sweep, and kill the coordinator at some moment after something has happened."""
        coordinator, _ = self._begin()
        if coordinator is None:
            return
        coordinator.send_signal(signal.SIGKILL)
        self._hear(coordinator.communicate()[1])
        self.kills["coordinator"] += 1
        wait_for_end = time.monotonic() + self.patience
        while any(is_alive(pid) for pid in self.started) and time.monotonic() < wait_for_end:
            time.sleep(0.01)
        self.orphans += sum(is_alive(pid) for pid in self.started)
        self._look()

    def kill_worker(self):
        """Go on with the sweep, kill one of its workers, and then stop it as Ctrl-C would."""
        coordinator, workers = self._begin()
        if coordinator is None:
            return
        with suppress(ProcessLookupError):  # it has done its work this very moment
            os.kill(workers[int(self.random.integers(len(workers)))], signal.SIGKILL)
        self.kills["worker"] += 1
        time.sleep(self.random.uniform(0.0, 0.3))
        coordinator.send_signal(signal.SIGINT)
        _, told = coordinator.communicate(timeout=120)
        assert coordinator.returncode in (0, 130), told
        self._hear(told)
        self.is_over = coordinator.returncode == 0
        self.orphans += sum(is_alive(pid) for pid in self.started)
        self._look()

    def told(self):
        kills = " and ".join(f"{count} {kind}s" for kind, count in self.kills.items())
        seen = f"{self.lost} shards lost, {self.corrupt} damaged, {self.orphans} processes left, "
        return f"{kills} killed: {seen}at most {self.redone} runs of {self.workers} workers made again"

    def finish(self):
        done = run(self.out, *self._words(), workers=self.workers, timeout=600)
        assert done.returncode == 0, done.stderr
        assert f"{3 * self.replicates:,} ok, 0 failed" in done.stderr
        assert "damaged" not in done.stderr

    def _begin(self):
        if self.is_over:
            return None, []
        environment = {**os.environ, DIARY: str(self.diary)}
        coordinator = start(self.out, *self._words(), workers=self.workers, env=environment)
        wait_until(lambda: self.diary.stat().st_size > self.made or coordinator.poll() is not None)
        time.sleep(self.random.uniform(0.0, self.longest))
        workers = children(coordinator.pid)
        self.started = descendants(coordinator.pid)
        if coordinator.poll() is not None or not workers:
            _, told = coordinator.communicate(timeout=120)
            assert coordinator.returncode == 0, told
            self.is_over = True
            return None, []
        return coordinator, workers

    def _words(self):
        return [AXIS, self.pause, f"--replicates={self.replicates}"]

    def _look(self):
        """Hold everything that was ever seen on disk to be there still, and whole; count what was made and is not there.

        What was made the rule itself has written down: nothing here rests on what the engine says of its own work.
        """
        there = {path.name for path in shards(self.out)}
        self.corrupt += sum(
            not is_whole(path) for kind in ("runs", "series") for path in self.out.glob(f"{kind}/part-*")
        )
        self.lost += len(self.acknowledged - there)
        self.acknowledged |= there
        made, saved = self.diary.stat().st_size, len(ids_there(self.out))
        self.redone = max(self.redone, (made - self.made) - (saved - self.saved))
        self.made, self.saved = made, saved

    def _hear(self, told):
        """Hold a call to have said that just what was not on disk before is still to do."""
        to_do = re.search(rb"([\d,]+) of them still to do", told)
        said = int(to_do[1].replace(b",", b"")) if to_do else 3 * self.replicates
        self.misjudged += said != 3 * self.replicates - self.saved


def hold_to_promises(drill):
    print(drill.told())
    assert (drill.lost, drill.corrupt, drill.orphans, drill.misjudged) == (0, 0, 0, 0)
    assert drill.made > 0
    assert 0 <= drill.redone <= RUNS_A_SHARD * drill.workers


def test_a_sweep_whose_coordinator_is_killed_again_and_again_is_the_uninterrupted_one(uninterrupted, tmp_path):
    out = tmp_path / "out"
    run_sweep(plan(4), out, Execution(workers=0))
    drill = Drill(out, 20, workers=1, pause=0.01, longest=0.3, seed=3, patience=15.0)
    for _ in range(3):
        drill.kill_coordinator()
    drill.finish()
    assert drill.kills["coordinator"] >= 1
    assert len(drill.acknowledged) >= 1
    hold_to_promises(drill)
    assert same_results(out, uninterrupted(20))


@pytest.mark.slow
def test_twenty_killed_coordinators_lose_nothing(uninterrupted, tmp_path):
    drill = Drill(tmp_path / "out", 1500, workers=2, pause=0.002, longest=3.0, seed=4)
    for _ in range(20):
        drill.kill_coordinator()
    drill.finish()
    assert drill.kills["coordinator"] == 20
    hold_to_promises(drill)
    assert same_results(tmp_path / "out", uninterrupted(1500))


@pytest.mark.slow
def test_a_hundred_kills_lose_nothing_and_damage_nothing(uninterrupted, tmp_path):
    drill = Drill(tmp_path / "out", 6000, workers=2, pause=0.002, longest=3.0, seed=5)
    for kill in range(100):
        drill.kill_coordinator() if kill % 2 else drill.kill_worker()
    drill.finish()
    assert drill.kills == {"coordinator": 50, "worker": 50}
    hold_to_promises(drill)
    assert same_results(tmp_path / "out", uninterrupted(6000))


def same_results(out, quick):
    """Hold a sweep of slow runs to have the results of the same runs without the pause; only their ids differ."""
    slow, fast = (read_runs(folder).drop(columns="run_id") for folder in (out, quick))
    return slow.equals(fast)


def test_two_coordinators_do_not_share_a_folder(tmp_path):
    first = start(tmp_path, AXIS, "dynamics.trouble.pause=0.05", "--replicates=40")
    wait_until(lambda: (tmp_path / ".board").exists())
    second = run(tmp_path, AXIS, "dynamics.trouble.pause=0.05", "--replicates=40")
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=120)
    assert first.returncode == 130
    assert second.returncode == 2
    told = (
        f"another ecosim sweep (process {first.pid}) is at work in this folder; wait for it, stop it, or take another"
    )
    assert told in second.stderr


@contextmanager
def mounted(folder, *words):
    """Have something mounted on a folder for as long as the block lasts; skip where that is not allowed."""
    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("only root mounts file systems")
    folder.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *words, str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def test_a_disk_that_is_really_full_stops_the_sweep_and_room_lets_it_go_on(tmp_path):
    with mounted(tmp_path / "small", "-t", "tmpfs", "-o", "size=64k", "tmpfs") as disk:
        words = [f"{TOLERANCE}=range(0.1,0.9,0.04)", "--replicates=20"]
        full = run(disk / "out", *words)
        assert full.returncode == 1, full.stderr
        assert "no space left on device" in full.stderr.lower()
        assert "the same command again goes on" in full.stderr
        assert "Traceback" not in full.stderr
        assert all(is_whole(path) for kind in ("runs", "series") for path in (disk / "out").glob(f"{kind}/part-*"))
        before = len(read_runs(disk / "out"))
        assert before < 400
        subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
        done = run(disk / "out", *words)
        assert done.returncode == 0, done.stderr
        assert f"{400 - before} of them still to do" in done.stderr
        assert "400 ok, 0 failed" in done.stderr


def test_a_folder_on_a_read_only_disk_is_refused_before_any_run(tmp_path):
    with mounted(tmp_path / "locked", "-t", "tmpfs", "-o", "ro,size=1m", "tmpfs") as disk:
        for out in (disk, disk / "sweep"):
            with pytest.raises(InputError, match=r"cannot be written to \(read-only file system\)"):
                run_sweep(plan(4), out, Execution(workers=0))


def test_a_folder_that_became_read_only_is_refused_and_stays_as_it_was(tmp_path):
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=4m", "tmpfs") as disk:
        run_sweep(tiny({TOLERANCE: VALUES[:2]}, replicates=2), disk / "out", Execution(workers=0))
        before = {path: path.read_bytes() for path in (disk / "out").rglob("*") if path.is_file()}
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(InputError, match=r"cannot be written to \(read-only file system\)"):
            run_sweep(tiny({TOLERANCE: VALUES}, replicates=2), disk / "out", Execution(workers=0))
        assert {path: path.read_bytes() for path in (disk / "out").rglob("*") if path.is_file()} == before


def test_other_versions_of_libraries_are_refused_and_the_difference_is_shown(tmp_path, monkeypatch):
    out = tmp_path / "out"
    run_sweep(tiny({TOLERANCE: VALUES}), out, Execution(workers=0))
    manifest = json.loads((out / "manifest.json").read_text())
    manifest["same"]["libraries"]["numpy"] = "1.0.0"
    write_manifest(out, manifest)
    with pytest.raises(InputError, match=r"(?s)holds another sweep.*libraries\.numpy: '1\.0\.0' before, '.*' now"):
        run_sweep(tiny({TOLERANCE: VALUES}), out, Execution(workers=0))


def test_a_trusted_rule_that_is_changed_while_its_sweep_runs_is_refused_afterwards(tmp_path):
    """Else one column would hold values of the old rule and of the new one, and nobody would know which."""
    rule = tmp_path / "packages" / "trouble.py"
    rule.parent.mkdir()
    rule.write_text(Path(PACKAGES, "trouble.py").read_text())
    out = tmp_path / "out"
    words = command(out, AXIS, "dynamics.trouble.pause=0.003", "--replicates=400")
    words = [str(rule.parent) if word == PACKAGES else word for word in words]
    first = subprocess.Popen(words, stderr=subprocess.PIPE)
    wait_until(lambda: shards(out) or first.poll() is not None)
    rule.write_text(rule.read_text() + "\n\nCHANGED = True\n")
    first.send_signal(signal.SIGINT)
    _, told = first.communicate(timeout=120)
    assert first.returncode == 130, told
    before = (out / "manifest.json").read_text()
    again = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert again.returncode == 2, again.stderr
    assert "code of trouble: other now: trouble.py" in again.stderr
    assert (out / "manifest.json").read_text() == before
