"""Leading: many worlds led up and down, here or in processes of their own; those that a folder holds are not led again."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from ecosim.experiments.branches import Branches
from ecosim.experiments.making import CannotGoOn
from ecosim.experiments.ramp import Route, lead_all
from ecosim.experiments.sweep import Execution, Progress
from ecosim.results.folders import make
from ecosim.results.lock import lock
from ecosim.results.outside_code import digest_of_package, packages_named
from ecosim.results.provenance import code_version

QUICK = 5.0
"""Rough seconds below which worlds are led in this process, unless they run code from outside: others start slowly."""


def led(
    route: Route,
    seeds: Mapping[int, int],
    folder: Path,
    execution: Execution,
    seconds: float,
    say: Callable[[str], object],
    progress: Callable[[Progress], object] | None,
) -> list[dict[str, Any]]:
    """Return what came of each world, led now or found in the folder.

    Args:
        route: how they are led.
        seeds: of each world, by its number.
        folder: in which a file is kept of each.
        execution: how many processes.
        seconds: rough time that it takes.
        say: is told of files that were damaged.
        progress: is told how many worlds are finished.

    Raises:
        InputError: if another process is at work in the folder.
        CannotGoOn: if a world cannot be led.
    """
    sources = {name: digest_of_package(name) for name in route.trust}
    said = [route._asdict(), code_version(), *([sources] if sources else [])]
    asked = hashlib.blake2b(json.dumps(said).encode(), digest_size=8).hexdigest()
    branches = Branches(folder, asked)
    make(folder)
    with lock(folder, "search"):
        if damaged := branches.remove_damaged():
            say(f"Damaged, and led again: {', '.join(damaged)}.")
        there = branches.read()
        missing = {replicate: seed for replicate, seed in seeds.items() if there.get(replicate, {}).get("seed") != seed}
        is_apart = (
            execution.workers is not None or seconds > QUICK or bool(route.trust or packages_named(route.settings))
        )
        workers = execution.processes() if is_apart else 0
        if workers == 0:
            for done, (replicate, seed) in enumerate(missing.items(), start=1):
                lead_all(route, {replicate: seed}, branches)
                if progress is not None:
                    progress(Progress(len(missing), done, 0))
        elif missing:
            lead_in_processes(route, missing, branches, workers)
        found = branches.read()
    return [found[replicate] for replicate in seeds]


def lead_in_processes(route: Route, seeds: Mapping[int, int], branches: Branches, workers: int) -> None:
    """Lead worlds in processes of their own, each a share of them.

    Raises:
        CannotGoOn: if one of them cannot.
    """
    numbers = list(seeds)
    shares = [numbers[k::workers] for k in range(min(workers, len(numbers)))]
    processes: list[subprocess.Popen[str]] = []
    lines: list[IO[str]] = []
    try:
        for share in shares:
            said = {"route": route._asdict(), "seeds": {r: seeds[r] for r in share}}
            process, line = _start(json.dumps({**said, "folder": str(branches.folder), "digest": branches.asked}))
            processes.append(process)
            lines.append(line)
        for process in processes:
            why = process.communicate()[1].strip().splitlines()
            if process.returncode:
                raise CannotGoOn(f"a world could not be led: {why[-1] if why else f'exit code {process.returncode}'}")
    finally:
        for process in processes:  # none that still runs outlives a fault, or Ctrl-C; nor does what it started
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for line in lines:
            line.close()


def _start(job: str) -> tuple[subprocess.Popen[str], IO[str]]:
    """Return a process that has been told its job, and the line whose end will end it."""
    words = f"import sys; sys.path[:] = {sys.path!r}; from ecosim.experiments.ramp import main; main()"
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    process = subprocess.Popen(
        [sys.executable, "-c", words], env={**os.environ, **one_thread}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    line = process.stdin
    assert line is not None
    process.stdin = None  # kept open: communicate would close it
    with suppress(BrokenPipeError):  # it has died: what it said of that will be read
        print(job, file=line, flush=True)
    return process, line
