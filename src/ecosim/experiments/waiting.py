"""Waiting: the runs that wait to be made, at eight bytes each instead of the forty that Python takes for a number."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np


class Waiting:
    """Numbers of runs in the order in which they shall be made; what comes back is made first.

    Args:
        numbers: of the runs.
    """

    def __init__(self, numbers: Iterable[int] = ()) -> None:
        self._numbers = numbers if isinstance(numbers, np.ndarray) else np.fromiter(numbers, np.int64)
        self._taken = 0
        self._back: deque[int] = deque()

    def __len__(self) -> int:
        return len(self._back) + self._numbers.size - self._taken

    def take(self, count: int) -> list[int]:
        """Return the next runs, as many as that or as there are; they do not wait any more."""
        first = [self._back.popleft() for _ in range(min(count, len(self._back)))]
        until = self._taken + count - len(first)
        rest: list[int] = self._numbers[self._taken : until].tolist()
        self._taken += len(rest)
        return first + rest

    def put_back(self, numbers: Iterable[int]) -> None:
        """Let runs wait again that were taken and not made."""
        self._back.extendleft(reversed(list(numbers)))
