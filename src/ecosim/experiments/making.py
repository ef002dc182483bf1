"""Making: what whoever makes runs is asked, told, and kept to, be it this process, processes of its own, or a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ecosim.experiments.running import Failure

RunIds = Sequence[str] | Mapping[int, str]
"""The id of each run, by its number."""


class Listener(Protocol):
    """Whoever wants to hear what becomes of the runs."""

    def finished(self, numbers: Sequence[int]) -> None:
        """Hear that the results of runs are on disk."""

    def failed(self, number: int, failure: Failure) -> None:
        """Hear that a run failed."""

    def progress(self, done: int) -> None:
        """Hear how many runs of those asked for are finished, whichever way."""


@dataclass(frozen=True)
class Limits:
    """What a run may take.

    Attributes:
        seconds: of time; 0 for no limit. Compiling and loading do not count.
        memory: bytes beyond what an idle worker has; 0 for no limit.
    """

    seconds: float = 0.0
    memory: int = 0


class CannotGoOn(Exception):
    """The sweep cannot be continued now: the disk is full, or workers cannot start. What is written stays."""


class Makers(Protocol):
    """Whoever makes runs: this process, processes of its own, or a cluster."""

    def take_up(self, plan: str) -> None:
        """Go over to another plan of the same scenario, of whose runs numbers mean others; all before are made.

        Args:
            plan: as JSON.
        """

    def make(self, numbers: Iterable[int], run_ids: RunIds, listener: Listener) -> None:
        """Make runs and write them as shards; return when all are written or have failed.

        Args:
            numbers: of the runs to make.
            run_ids: of each of them, by number.
            listener: is told of results, of failures, and of progress.

        Raises:
            KeyboardInterrupt: when stopped; what is finished is written, at the latest when the makers are closed.
            CannotGoOn: with the reason.
        """
