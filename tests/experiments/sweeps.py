"""Small sweeps for the tests: twenty organisations, ten ticks, and a rule of the tests' own."""

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

from ecosim.experiments.plan import plan_of
from ecosim.experiments.shards import SERIES
from ecosim.experiments.stored import in_order, read_design, read_runs

PACKAGES = str(Path(__file__).parent / "packages")

TINY = (
    "ecosystem.organisations=20",
    "ticks=10",
    "measures=[dispersion,spread]",
    "+dynamics.trouble={rule: 'trouble:Trouble'}",
    "schedule=[stance,trouble]",
)
TOLERANCE = "dynamics.stance.tolerance"
HOW = "dynamics.trouble.how"
DIARY = "dynamics.trouble.diary"
VALUES = [0.1, 0.2, 0.5]
TRUST = ("trouble",)
SLOW = "dynamics.trouble.pause=0.01"


def tiny(axes, *overrides, **keywords):
    """Return the plan of a sweep over a tiny world."""
    return plan_of("opinions", axes, (*TINY, *overrides), trust=TRUST, **keywords)


def command(out, *words, workers=1):
    """Return the words of a shell command that sweeps a tiny world."""
    call = (
        f"{die_with_this_process()}import sys; sys.path.insert(0, sys.argv.pop(1)); from ecosim.cli import main; main()"
    )
    options = ["--trust", "trouble", "--out", str(out)]
    options += [] if workers is None else ["--workers", str(workers)]
    return [sys.executable, "-c", call, PACKAGES, "sweep", "opinions", *TINY, *words, *options]


def die_with_this_process():
    """Return the first words of a program that is killed when these tests are, so that none is left at work."""
    die = "import ctypes, os; ctypes.CDLL(None).prctl(1, 9)"  # PR_SET_PDEATHSIG of prctl(2), SIGKILL
    return f"{die}; os.getppid() == {os.getpid()} or os._exit(1); "


def start(out, *words, workers=1, **keywords):
    """Start such a command and return the process."""
    pipes = {"stderr": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen(command(out, *words, workers=workers), **pipes, **keywords)


def run(out, *words, workers=1, timeout=300, **keywords):
    """Run such a command to its end, within so many seconds, and return the finished process."""
    return subprocess.run(
        command(out, *words, workers=workers), capture_output=True, text=True, timeout=timeout, check=False, **keywords
    )


def same_tables(first, second):
    """Hold two folders to have tables of the same content."""
    for read in (read_runs, read_series):
        pd.testing.assert_frame_equal(read(first), read(second), check_exact=True)
    return True


def failures(out):
    """Return the kind of failure by what the trouble was."""
    lines = [json.loads(line) for line in (Path(out) / "failures.jsonl").read_text().splitlines()]
    return {line["parameters"][HOW]: line for line in lines}


def wait_until(condition, seconds=180.0):
    """Wait until something is so; fail if it does not become so."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


def shards(out):
    """Return the files of finished runs."""
    return sorted(Path(out).glob("runs/part-*.parquet"))


def children(pid):
    """Return the processes that a process started and that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "stat").read_text().rpartition(")")[2].split() if entry.name.isdecimal() else ()
        except OSError:
            continue
        if words and int(words[1]) == pid and words[0] != "Z":
            found.append(int(entry.name))
    return found


def descendants(pid):
    """Return the processes that a process started and that still run, and those that they started, and so on."""
    return [one for child in children(pid) for one in (child, *descendants(child))]


@contextmanager
def watched(diary):
    """Watch, from outside, the processes that write into a diary as they begin to hang; yield the diary's name.

    Its ``seconds`` tell, after the block, how long each was alive from then on; all must be dead by the end.
    """
    seen, is_over = Diary(diary), threading.Event()
    watcher = threading.Thread(target=seen.watch, args=[is_over])
    watcher.start()
    try:
        yield seen
    finally:
        is_over.set()
        watcher.join()
    assert seen.all_are_dead()


class Diary:
    """Which processes have begun to hang, and how long each then lived (s), by its number; see ``watched``."""

    def __init__(self, path):
        self.path, self.seconds, self._began = Path(path), {}, {}

    def watch(self, is_over):
        while not is_over.wait(0.02):
            self.look()
        self.look()

    def all_are_dead(self):
        return set(self.seconds) == set(self._began)

    def look(self):
        for line in self.path.read_text().splitlines() if self.path.exists() else ():
            pid, began = line.split()
            self._began.setdefault(int(pid), float(began))
        for pid, began in self._began.items():
            if pid not in self.seconds and not is_alive(pid):
                self.seconds[pid] = time.monotonic() - began


def is_alive(pid):
    """Return whether a process runs (one that is dead and not yet buried does not)."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def shuffled(count):
    """Return the numbers below a count in a fixed, disorderly order."""
    return np.random.default_rng(7).permutation(count).tolist()


def stopping(sentences):
    """Return what hears one sentence and stops."""

    def say(sentence):
        sentences.append(sentence)
        raise KeyboardInterrupt

    return say


def read_series(folder):
    """Return the series of all runs below each other, with ``run_id`` first, in the order of the design."""
    design = read_design(folder)
    frames = in_order(Path(folder), SERIES, design)
    if not frames:
        return pd.DataFrame({"run_id": [], "tick": []})
    rows = pd.concat(frames, ignore_index=True).drop_duplicates(["run_id", "tick"])
    place = rows["run_id"].map({run_id: place for place, run_id in enumerate(design["run_id"])})
    order = np.lexsort((rows["tick"].to_numpy(), place.to_numpy()))
    return rows.iloc[order].reset_index(drop=True)
