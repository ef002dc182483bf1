"""Ceiling: how much more memory than it has a process may take, as long as a run lasts."""

from __future__ import annotations

import ctypes
import os
import resource
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecosim.experiments.running import Failure

FINE = 10**9
"""Bytes below which what a process has lying free, some sixty megabytes, would make a limit too generous to be one."""

_TELLS = "/proc/self/statm"
"""Where Linux tells a process how many pages it has; not in every container, and not on other systems."""

_TELLS_MOST, _FORGETS = "/proc/self/status", "/proc/self/clear_refs"
"""Where it tells how much it had in use at most, and where it is told to begin anew with that."""


class Ceiling:
    """Lets the process take only so much more memory than it has, as long as a ``with`` lasts.

    The system counts addresses, and refuses more of them: ``MemoryError`` is raised. What the process has lying free it may
    use all the same. So below ``FINE`` it is also looked, afterwards, how much more memory was in use at most.

    Args:
        memory: bytes; 0 for no limit. Where the system does not tell how much a process has, there is none.
    """

    def __init__(self, memory: int) -> None:
        self._memory, self._page = memory, resource.getpagesize()
        self._told = os.open(_TELLS, os.O_RDONLY) if memory and os.path.exists(_TELLS) else None
        self._is_fine = self._told is not None and memory < FINE and os.access(_FORGETS, os.W_OK)
        self._before = self._taken = 0

    def __enter__(self) -> None:
        if self._is_fine:
            self._begin()
        if self._told is not None:
            pages = int(os.pread(self._told, 64, 0).split()[0])
            resource.setrlimit(resource.RLIMIT_AS, (pages * self._page + self._memory, resource.RLIM_INFINITY))

    def __exit__(self, *_: object) -> None:
        self.lift()
        if self._is_fine:
            self._taken = _in_use("VmHWM") - self._before

    def is_exceeded(self) -> bool:
        """Return whether more was in use in the last ``with`` than it might have been."""
        return self._is_fine and self._taken > self._memory

    def failure(self) -> Failure:
        """Return why a run failed in which it was."""
        from ecosim.experiments.running import Failure

        return Failure("memory", f"{self._words()}: it took {_megabytes(self._taken)}")

    def explained(self, failure: Failure) -> Failure:
        """Return why a run failed, with what it was allowed if it wanted more."""
        if failure.kind != "memory" or self._told is None:
            return failure
        words = failure.message.partition(": ")[2]
        return failure._replace(message=f"{self._words()}: {words}" if words else self._words())

    def lift(self) -> None:
        """Let the process take what it wants again."""
        if self._told is not None:
            resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def _begin(self) -> None:
        """Give back what lies free, and have the system begin anew to note the most that is in use."""
        library = _library()
        if library is not None:
            library.malloc_trim(0)
        with suppress(OSError), open(_FORGETS, "w") as file:
            file.write("5")
        self._before, self._taken = _in_use("VmRSS"), 0

    def _words(self) -> str:
        return f"more than {_megabytes(self._memory)} of memory (--memory)"


def _megabytes(count: int) -> str:
    number = count / 1e6
    return f"{number:,.0f} MB" if number >= 100 else f"{number:.3g} MB"


def _in_use(word: str) -> int:
    """Return the memory (bytes) that the system says is, or was at most, in use by this process."""
    with suppress(OSError, ValueError, IndexError), open(_TELLS_MOST) as file:
        return int(file.read().split(f"{word}:")[1].split()[0]) * 1024
    return 0


def _library() -> Any:
    """Return the process's own C library, if it gives back what lies free when it is told to; else None."""
    with suppress(AttributeError, OSError, TypeError):
        library = ctypes.CDLL(None)
        library.malloc_trim  # noqa: B018  (is it there?)
        return library
    return None
