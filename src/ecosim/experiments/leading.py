"""Leading: many worlds led up and down, here or in processes of their own; those that a folder holds are not led again."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from ecosim.experiments.branches import Branches
from ecosim.experiments.making import CannotGoOn
from ecosim.experiments.one_thread import one_thread_each
from ecosim.experiments.ramp import CANNOT_GO_ON, Route, failed, lead_all
from ecosim.experiments.running import Failure
from ecosim.experiments.stopping import noted
from ecosim.experiments.sweep import Execution, Progress
from ecosim.results.folders import make
from ecosim.results.lock import lock
from ecosim.results.outside_code import digest_of_package, packages_named
from ecosim.results.provenance import code_version

QUICK = 5.0
"""Rough seconds below which worlds are led in this process, unless they run code from outside: others start slowly."""

LOOK = 0.5
"""How often (s) it is looked whether a world is finished that another process leads."""


def led(
    route: Route,
    seeds: Mapping[int, int],
    folder: Path,
    execution: Execution,
    seconds: float,
    say: Callable[[str], object],
    progress: Callable[[Progress], object] | None,
) -> list[dict[str, Any]]:
    """Return what came of each world, led now or found in the folder; ``failed``, with the reason, where nothing did.

    Args:
        route: how they are led.
        seeds: of each world, by its number.
        folder: in which a file is kept of each.
        execution: in how many processes, and what a world may take: the seconds at each value.
        seconds: rough time that it takes.
        say: is told of files that were damaged.
        progress: is told how many worlds are finished.

    Raises:
        InputError: if another process is at work in the folder.
        CannotGoOn: if a world cannot be led.
    """
    sources = {name: digest_of_package(name) for name in route.trust}
    said = [route._replace(seconds=0.0, memory=0)._asdict(), code_version(), *([sources] if sources else [])]
    asked = hashlib.blake2b(json.dumps(said).encode(), digest_size=8).hexdigest()
    branches = Branches(folder, asked)
    make(folder)
    with lock(folder, "search"):
        if damaged := branches.remove_damaged():
            say(f"Damaged, and led again: {', '.join(damaged)}.")
        there = branches.read()
        missing = {
            replicate: seed
            for replicate, seed in seeds.items()
            if there.get(replicate, {}).get("seed") != seed or (execution.retry and "failed" in there[replicate])
        }
        branches.remove(replicate for replicate in missing if "failed" in there.get(replicate, {}))
        is_apart = (
            execution.workers is not None
            or not execution.has_default_limits()
            or seconds > QUICK
            or bool(route.trust or packages_named(route.settings))
        )
        workers = execution.processes() if is_apart else 0
        if workers == 0:
            _lead_here(route, missing, branches, progress)
        elif missing:
            limits = execution.limits()
            limited = route._replace(seconds=limits.seconds, memory=limits.memory)
            lead_in_processes(limited, missing, branches, workers, progress)
        found = branches.read()
    return [found[replicate] for replicate in seeds]


def _lead_here(
    route: Route, seeds: Mapping[int, int], branches: Branches, progress: Callable[[Progress], object] | None
) -> None:
    failed = 0
    with noted() as is_stopped:
        for done, (replicate, seed) in enumerate(seeds.items(), start=1):
            failed += lead_all(route, {replicate: seed}, branches, is_stopped)
            if progress is not None:
                progress(Progress(len(seeds), done, failed))


def lead_in_processes(
    route: Route,
    seeds: Mapping[int, int],
    branches: Branches,
    workers: int,
    progress: Callable[[Progress], object] | None = None,
) -> None:
    """Lead worlds in processes of their own, each a share of them.

    A world that raises, takes longer at a value than it may, wants too much memory, or ends its process fails alone.

    Args:
        route: how they are led.
        seeds: of each world, by its number.
        branches: where what came of them goes.
        workers: number of processes, at most.
        progress: is told at once, and then of each world that is finished.

    Raises:
        CannotGoOn: if a process cannot lead any.
    """
    numbers = list(seeds)
    shares = [
        _Share(route, {replicate: seeds[replicate] for replicate in numbers[k::workers]}, branches)
        for k in range(min(workers, len(numbers)))
    ]
    with ThreadPoolExecutor(len(shares)) as threads:
        led = [threads.submit(share.lead) for share in shares]
        try:
            finished = _Finished(seeds, branches, progress)
            finished.tell()
            while _are_at_work(led):
                finished.tell()
            finished.tell()
            for one in led:
                if one.done():
                    one.result()
        finally:
            for share in shares:  # none outlives a fault, or Ctrl-C
                share.stop()


def _are_at_work(led: Iterable[Future[None]]) -> bool:
    """Wait a moment, and return whether there is more to wait for: all still work, or are done but for some."""
    done, others = wait(led, LOOK, FIRST_EXCEPTION)
    return bool(others) and not any(one.exception() for one in done)


class _Finished:
    """Tells how many of some worlds are finished, by the files that are there, whenever more are than before."""

    def __init__(
        self, seeds: Mapping[int, int], branches: Branches, progress: Callable[[Progress], object] | None
    ) -> None:
        self._seeds, self._branches, self._progress = seeds, branches, progress
        self._names: set[str] | None = None

    def tell(self) -> None:
        if self._progress is None:
            return
        names = {path.name for path in self._branches.folder.glob("replicate-*.json")}
        if names == self._names:
            return
        self._names = names
        there = self._branches.read()
        done = [there[number] for number, seed in self._seeds.items() if there.get(number, {}).get("seed") == seed]
        self._progress(Progress(len(self._seeds), len(done), sum("failed" in one for one in done)))


class _Share:
    """Worlds that one process leads, one after the other; where it ends in a world, another goes on with the next."""

    def __init__(self, route: Route, seeds: Mapping[int, int], branches: Branches) -> None:
        self._route, self._seeds, self._branches = route, seeds, branches
        self._is_stopped = False
        self._process: subprocess.Popen[str] | None = None

    def lead(self) -> None:
        suspects: set[int] = set()
        while left := self._left():
            code, told = self._led(left)
            if self._is_stopped:
                return
            if code == CANNOT_GO_ON:  # a world's own error does not come as far as that, whatever is said on stderr
                raise CannotGoOn(f"a world could not be led: {told.strip().splitlines()[-1]}")
            number = next(iter(self._left()), None)
            failure = self._failure(code, told)
            if number is None:
                return
            if failure.kind == "killed" and number not in suspects:  # perhaps somebody killed it: once more
                suspects.add(number)
            else:
                self._branches.add(number, self._seeds[number], failed(failure))

    def stop(self) -> None:
        self._is_stopped = True
        process = self._process
        if process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)

    def _left(self) -> dict[int, int]:
        there = self._branches.read()
        return {number: seed for number, seed in self._seeds.items() if there.get(number, {}).get("seed") != seed}

    def _led(self, seeds: Mapping[int, int]) -> tuple[int, str]:
        """Lead worlds, and return the exit code and what was said on stderr: a file, for a rule's child may hold a pipe."""
        said = {"route": self._route._asdict(), "seeds": dict(seeds)}
        job = json.dumps({**said, "folder": str(self._branches.folder), "digest": self._branches.asked})
        with tempfile.TemporaryFile("w+", errors="replace") as stderr:
            self._process, line = _start(job, stderr)
            try:
                if not self._is_stopped:
                    self._process.wait()
            finally:
                self._kill()
                line.close()
            stderr.seek(0)
            return self._process.returncode, stderr.read()

    def _kill(self) -> None:
        """Kill the process and what it started."""
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _failure(self, code: int, told: str) -> Failure:
        place = told.find(_TOO_LONG)
        if place >= 0:
            limit = f"not finished at a value; allowed: {self._route.seconds:g} s there (--timeout)"
            return Failure("timeout", limit, told[place:])
        ended = f"by the signal {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        return Failure("killed", f"its process ended twice: {ended}", told)


_TOO_LONG = "Timeout ("
"""How what faulthandler says begins when it ends a process."""

_PROGRAM = """
import sys
sys.path[:] = {path!r}
try:
    from ecosim.experiments.ramp import main
except BaseException:
    sys.excepthook(*sys.exc_info())
    sys.exit({code})
main()
"""
"""What a process does: one that cannot even load what it needs ends as one that can lead no world."""


def _start(job: str, stderr: IO[str]) -> tuple[subprocess.Popen[str], IO[str]]:
    """Return a process that has been told its job, and the line whose end will end it."""
    words = _PROGRAM.format(path=sys.path, code=CANNOT_GO_ON)
    process = subprocess.Popen(
        [sys.executable, "-c", words], env=one_thread_each(), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=stderr, start_new_session=True,
    )  # fmt: skip
    line = process.stdin
    assert line is not None
    with suppress(BrokenPipeError):  # it has died: what it said of that will be read
        print(job, file=line, flush=True)
    return process, line
