"""Failing: which runs failed and why, in few bytes a run; and of many the reason that most of them share, in a few words.

Tracebacks are not held: they are in the sweep's file of failures.
"""

from __future__ import annotations

import re
import warnings
from array import array
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import ascii_controls, printable
from ecosim.experiments.ids import IdArray, Places, as_array

LONGEST = 200
"""Characters of a message: the file of failures has all of them."""

_NUMBER = re.compile(r"\d+(\.\d+)?")


class _Reason(NamedTuple):
    kind: str
    told: str


class Failures:
    """Failed runs: of each its id and the number of its reason.

    Messages that differ in numbers alone, such as those of ticks and seconds, are one reason, told by its first.
    """

    def __init__(self) -> None:
        self._ids, self._why = bytearray(), array("q")
        self._numbers: dict[tuple[str, str], int] = {}
        self._reasons: list[_Reason] = []

    def __len__(self) -> int:
        return len(self._why)

    @property
    def ids(self) -> IdArray:
        """The ids of the runs (runs,), in the order in which they failed."""
        return np.frombuffer(bytes(self._ids), as_array(()).dtype)

    def add(self, run_id: str, kind: str, message: str) -> None:
        """Take in that a run failed, how, and what was said of it."""
        number = self._numbers.setdefault((kind, _NUMBER.sub("#", message)), len(self._reasons))
        if number == len(self._reasons):
            told = ascii_controls(message.strip().partition("\n")[0])
            self._reasons.append(_Reason(kind, told if kind == "error" else f"{kind}: {told}"))
        self._ids += bytes.fromhex(run_id)
        self._why.append(number)

    def without(self, places: NDArray[np.bool_]) -> Failures:
        """Return all but those at some places (runs,)."""
        left, reasons = Failures(), np.array(self._why, np.int64)[~places]
        left._ids += self.ids[~places].tobytes()
        left._why.extend(reasons.tolist())
        left._numbers, left._reasons = self._numbers, self._reasons
        return left

    def kinds_of(self, ids: IdArray) -> list[str]:
        """Return how each of some runs failed; all of them must have."""
        return [self._reasons[why].kind for why in self._why_of(ids).tolist()]

    def commonest_of(self, ids: IdArray) -> str:
        """Return how often the commonest reason stands among some failed runs, and what it is: ``450 × ImportError: …``."""
        return self._commonest(self._why_of(ids))

    def commonest_of_last(self, count: int) -> str:
        """Return the same of those that failed last."""
        return self._commonest(np.array(self._why[-count:] if count else [], np.int64))

    def _why_of(self, ids: IdArray) -> NDArray[np.int64]:
        return np.array(self._why, np.int64)[Places(self.ids).of(ids)]

    def _commonest(self, why: NDArray[np.int64]) -> str:
        if not why.size:
            return ""
        reasons, first, counts = np.unique(why, return_index=True, return_counts=True)
        place = np.lexsort((first, -counts))[0]
        told = self._reasons[int(reasons[place])].told
        return f"{counts[place]:,} × {told if len(told) <= LONGEST else told[: LONGEST - 1] + '…'}"


def commonest(failures: Iterable[Mapping[str, Any]]) -> str:
    """Return the same of failures that no run bears, such as those of led worlds."""
    counted = Failures()
    for one in failures:
        counted.add("", str(one["kind"]), str(one["message"]))
    return counted.commonest_of_last(len(counted))


def warn_of_failures(failed: int, runs: int, why: str, file: Path | None) -> None:
    """Warn, in Python, that runs failed: their number, the commonest reason, and where to read more.

    Args:
        failed: number of failed runs; with 0 nothing is said.
        runs: number of all.
        why: the commonest reason, with how often it stands.
        file: of all failures; None if it is not kept.
    """
    if not failed:
        return
    where = "out=FOLDER keeps all reasons" if file is None else f"more: {printable(file)}"
    warnings.warn(f"{said_of_failures(failed, runs, why)}; {where}", UserWarning, stacklevel=3)


def said_of_failures(failed: int, runs: int, why: str) -> str:
    """Return in words how many of all runs failed, and the commonest reason: ``3 of 40 runs failed (3 × no result)``."""
    told = f" ({why})" if why else ""
    return f"{failed:,} of {runs:,} runs failed{told}"
