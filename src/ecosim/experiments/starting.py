"""Starting: how long processes take before their first run, which is most of the time of few short ones."""

from __future__ import annotations

SECONDS_A_PROCESS = 2.5
"""Rough processor time that a process takes until its first run: Python, libraries, compiled functions from the cache."""


def seconds_to_start(processes: int, cores: int) -> float:
    """Return the rough time (s) until processes that start at once are at work; more than there are cores take turns."""
    return SECONDS_A_PROCESS * max(1.0, processes / max(cores, 1)) if processes else 0.0
