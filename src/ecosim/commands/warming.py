"""A second process that compiles from the other end, when nothing has been compiled yet.

The first run on a machine spends most of its time in the compiler. While it compiles what founding and the first mechanisms
need, a second process lets the last mechanisms and measures act once, in reverse order, on a small world of its own. Each
finds in the cache what the other has saved, so they meet in the middle. Results are the same with and without.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecosim.settings import Settings

SIZE = (30, 60, 5)
"""Organisations, ties and coalitions of the small world."""


@contextmanager
def helped(settings: Settings) -> Iterator[None]:
    """Have a second process compile what these settings need for as long as the block lasts, if there is a core for it."""
    if (os.cpu_count() or 1) < 2:
        yield
        return
    child = subprocess.Popen(
        [sys.executable, "-m", "ecosim.commands.warming"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert child.stdin is not None
    try:
        with suppress(OSError):  # one that died at once is no loss
            child.stdin.write(json.dumps(_ours(settings)).encode() + b"\n")
            child.stdin.flush()
        yield
    finally:
        child.terminate()
        child.wait()
        with suppress(OSError):
            child.stdin.close()  # open until now: that we live is what keeps it alive


def compile_in_reverse(settings: Settings) -> None:
    """Let every measure and mechanism act once on a small world, the last first; whatever fails is left to the run."""
    from ecosim.dynamics.schedule import columns_named
    from ecosim.rng import stream
    from ecosim.rules import find_measures
    from ecosim.testing import small_world
    from ecosim.world.founding import labels_of

    labels = labels_of(settings.ecosystem)
    measures = find_measures(settings.measures, labels) if settings.measures else []
    mechanisms = {}
    for name, rule in settings.dynamics.items():
        with suppress(Exception):
            mechanisms[name] = rule.bind(settings.dynamics)
    columns = columns_named(mechanisms.values()) | {name for measure in measures for name in measure.reads}
    world = small_world(labels, SIZE, sorted(columns), 0)
    for name in reversed(settings.schedule):
        with suppress(Exception):
            mechanisms[name].step(world, stream(0, name).key(world.tick))
            world.commit()
    for measure in reversed(measures):
        with suppress(Exception):
            measure.compute(world)


def _ours(settings: Settings) -> dict[str, object]:
    """Return settings as plain data without rules and measures from outside ecosim."""
    from ecosim.compose import plain

    data = plain(settings)
    data["dynamics"] = {name: rule for name, rule in data["dynamics"].items() if ":" not in str(rule["rule"])}
    data["schedule"] = [name for name in data["schedule"] if name in data["dynamics"]]
    data["measures"] = [name for name in data["measures"] if ":" not in name]
    return {name: data[name] for name in ("ecosystem", "dynamics", "schedule", "measures")}


def main() -> None:
    """Compile for the settings that a line of standard input tells, as JSON, as long as whoever told them lives."""
    from ecosim.experiments.dying import end_with

    told = json.loads(sys.stdin.readline())
    end_with(sys.stdin.fileno())
    from ecosim.settings import settings_from

    compile_in_reverse(settings_from(told))


if __name__ == "__main__":
    main()
