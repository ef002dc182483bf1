"""How long a user waits: for help, for the first tick, and for the first run ever, each in a process of its own.

Seconds by the clock are what one waits on a machine that does nothing else; processor seconds, of all processes together,
are what stays the same when others work on it too.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HELP, FIRST_TICK, WHOLE_RUN, FIRST_RUN = (
    "ecosim --help",
    "ecosim run town, until its first tick is over",
    "ecosim run town, with tables and figures",
    "the same, the first ever: every kernel is compiled",
)
AT_MOST = {HELP: 0.4, FIRST_TICK: 1.5, WHOLE_RUN: 30.0, FIRST_RUN: 45.0}
"""Seconds by the clock that each may take on two cores."""

UNTIL_FIRST_TICK = """
import os, sys
from ecosim.cli import main
from ecosim.ecosystem import Ecosystem

step, leave = Ecosystem.step, os._exit  # taken here: a run keeps its rules from it

def only_step(self):
    step(self)
    leave(0)

Ecosystem.step = only_step
sys.argv = ["ecosim", *sys.argv[1:]]
main()
sys.exit("the run ended before its first tick")
"""


def measure(rounds: int, whole_runs: bool) -> Iterator[dict[str, Any]]:
    """Yield a row for each: the fastest of some rounds, once all that is kept on disk is there; the first run ever, once."""
    with tempfile.TemporaryDirectory() as folder:
        town = ["run", "town", "--quiet", "--out", str(Path(folder) / "town")]
        whole = [sys.executable, "-m", "ecosim", *town]
        tick = [sys.executable, "-c", UNTIL_FIRST_TICK, *town]
        _seconds(tick)
        yield _row(HELP, [_seconds([sys.executable, "-m", "ecosim", "--help"]) for _ in range(rounds)])
        yield _row(FIRST_TICK, [_seconds(tick) for _ in range(rounds)])
        if whole_runs:
            yield _row(WHOLE_RUN, [_seconds(whole) for _ in range(rounds)])
            yield _row(FIRST_RUN, [_seconds(whole, ECOSIM_CACHE=str(Path(folder) / "cache"))])


def _seconds(command: list[str], **environment: str) -> tuple[float, float]:
    """Return seconds by the clock and processor seconds that a command takes with all that it starts.

    Raises:
        CalledProcessError: if it fails.
    """
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, check=True)
    took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _row(what: str, times: list[tuple[float, float]]) -> dict[str, Any]:
    by_clock, of_processor = zip(*times, strict=True)
    return {
        "what": what,
        "seconds": min(by_clock),
        "seconds_highest": max(by_clock),
        "processor_seconds": min(of_processor),
        "at_most": AT_MOST[what],
    }
