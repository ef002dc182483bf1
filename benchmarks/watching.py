"""Watching: a program seen from outside: its time, its memory, its end, and what becomes of it when a worker is killed."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_LOOK = 0.02
IDLE_SECONDS, IDLE_SHARE, EAGER_SHARE = 10.0, 0.02, 0.5
"""A program hangs that, after a worker was killed, has spent less than this share of so long a time on the processor, and
did not stand in line for it most of the time, as one does that others keep from it."""


@dataclass(frozen=True)
class Seen:
    """What was seen of a program.

    Attributes:
        seconds: from its start to its end.
        processor: seconds of processor time, of it and of all that it started.
        memory: most memory (MB) that the program itself took, apart from its workers.
        code: its exit code; None where it hung and was ended.
    """

    seconds: float
    processor: float
    memory: float
    code: int | None


def watch(call: Sequence[str], folder: Path, *, kill_after: float = math.inf, patience: float = 7200.0) -> Seen:
    """Start a program, kill one of its workers where that is asked for, and say what came of it.

    Args:
        call: its words.
        folder: in which it is started.
        kill_after: seconds of processor time after which the busiest of its workers is killed; itself if it has none.
        patience: seconds after which it is ended. A program that hangs since its worker was killed is ended sooner: as
            soon as it has hardly used the processor for ten seconds.
    """
    began = time.perf_counter()
    process = subprocess.Popen(call, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    memory, code, usage = 0.0, None, None
    idleness = _Idleness()
    while usage is None and time.perf_counter() - began < patience and not idleness.is_long():
        time.sleep(_LOOK)
        memory = max(memory, _peak(process.pid))
        if kill_after < math.inf:
            if _spent(process.pid) > kill_after:
                os.kill(_busiest(process.pid), signal.SIGKILL)
                kill_after, idleness = math.inf, _Idleness(process.pid)
        else:
            idleness.look()
        pid, status, found = os.wait4(process.pid, os.WNOHANG)
        if pid:
            code, usage = os.waitstatus_to_exitcode(status), found
    seconds = time.perf_counter() - began
    if usage is None:  # it hangs
        for pid in (*_descendants(process.pid), process.pid):
            os.kill(pid, signal.SIGKILL)
        _, _, usage = os.wait4(process.pid, 0)
    process.returncode = -signal.SIGKILL if code is None else code
    return Seen(seconds, usage.ru_utime + usage.ru_stime, memory, code)


class _Idleness:
    """How long a program has hardly used the processor; of none, never."""

    def __init__(self, pid: int | None = None) -> None:
        self._pid = pid
        self._looks: deque[tuple[float, float, bool]] = deque()

    def look(self) -> None:
        if self._pid is None or (self._looks and time.perf_counter() - self._looks[-1][0] < 0.5):
            return
        self._looks.append((time.perf_counter(), _spent(self._pid), _is_eager(self._pid)))
        while self._looks[-1][0] - self._looks[1 if len(self._looks) > 1 else 0][0] >= IDLE_SECONDS:
            self._looks.popleft()

    def is_long(self) -> bool:
        if not self._looks:
            return False
        (since, before, _), (now, spent, _) = self._looks[0], self._looks[-1]
        if now - since < IDLE_SECONDS or spent - before >= IDLE_SHARE * (now - since):
            return False
        return sum(is_eager for _, _, is_eager in self._looks) < EAGER_SHARE * len(self._looks)


def _peak(pid: int) -> float:
    """Return the most memory (MB) that a process has taken so far."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1e3 for line in lines if line.startswith("VmHWM")), 0.0)


def _busiest(pid: int) -> int:
    """Return the descendant that has worked most, which is no bystander such as a resource tracker; else itself."""
    found = _descendants(pid)
    return max(found, key=_worked, default=pid)


def _descendants(pid: int) -> list[int]:
    try:
        threads = [task.name for task in Path(f"/proc/{pid}/task").iterdir()]
        children = [one for task in threads for one in Path(f"/proc/{pid}/task/{task}/children").read_text().split()]
    except OSError:
        return []
    return [one for child in map(int, children) for one in (child, *_descendants(child))]


def _is_eager(pid: int) -> bool:
    """Return whether a process, or one under it, is at work or in line for the processor or the disk right now."""
    for one in (pid, *_descendants(pid)):
        for task in Path(f"/proc/{one}/task").glob("*/stat"):
            try:
                if task.read_text().rpartition(")")[2].split()[0] in "RD":
                    return True
            except OSError:
                continue
    return False


def _spent(pid: int) -> float:
    """Return the processor time (s) that a process and those under it have taken by now."""
    return sum(_worked(one) for one in (pid, *_descendants(pid))) / os.sysconf("SC_CLK_TCK")


def _worked(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])
