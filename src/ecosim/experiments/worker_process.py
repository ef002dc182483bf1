"""Worker process: one of the processes that make runs, as it is seen from outside: started, told, asked after, killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any, Self

from ecosim.experiments.one_thread import one_thread_each
from ecosim.experiments.worker import NO_RUN


@dataclass
class WorkerProcess:
    """A process that makes runs.

    Attributes:
        slot: its line on the board.
        process: itself.
        connection: over which it is told what to make, and says what it has made.
        trace: file to which it writes where it was when it is aborted.
        pending: numbers of runs that it was given and that are neither written nor failed.
        is_ready: whether it has started, and compiled what it needs.
        unanswered: orders that it has not carried out yet.
        late: the run for which it was killed, because it took too long.
    """

    slot: int
    process: subprocess.Popen[bytes]
    connection: Connection
    trace: Path
    pending: dict[int, None] = field(default_factory=dict)
    is_ready: bool = False
    unanswered: int = 0
    late: int = NO_RUN

    @classmethod
    def start(cls, slot: int, trace: Path) -> Self:
        """Start one."""
        ours, theirs = Pipe()
        words = f"import sys; sys.path[:] = {sys.path!r}; from ecosim.experiments.worker import main; "
        process = subprocess.Popen(
            [sys.executable, "-c", f"{words}main({theirs.fileno()})  # for process {os.getpid()}"],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=_stderr(),  # what a user's rule prints must not mix with results
            env=one_thread_each(),
            start_new_session=True,  # Ctrl-C in the terminal is for the coordinator alone
        )
        theirs.close()
        return cls(slot, process, ours, trace)

    def order(self, *words: Any) -> None:
        """Tell it what to do."""
        self.unanswered += 1
        with suppress(OSError):  # it has died, which will be heard
            self.connection.send(words)

    def abort(self, seconds: float) -> None:
        """Let it write where it is, for which it has some seconds, and end."""
        self.process.send_signal(signal.SIGABRT)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        self.kill()

    def kill(self) -> None:
        """Kill it and whatever was started in it: its session is its own."""
        with suppress(ProcessLookupError, PermissionError):  # all gone; or, on some systems, dead and not yet buried
            os.killpg(self.process.pid, signal.SIGKILL)

    def ended(self) -> str:
        """Return in words how it ended, waiting for it."""
        code = self.process.wait()
        return f"by the signal {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"

    def traced(self) -> str:
        """Return what it wrote of where it was, if it did."""
        return self.trace.read_text(errors="replace") if self.trace.exists() else ""


def _stderr() -> int | None:
    try:
        return sys.stderr.fileno()
    except (AttributeError, OSError, ValueError):  # in a notebook it is no file
        return subprocess.DEVNULL
