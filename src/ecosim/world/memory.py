"""Memory of large worlds: what one tick gives back, the next one needs again, so the process keeps it.

The C library returns large blocks to the system as soon as they are free, and gets them back page by page, each filled with
zeros: more than a fifth of the time of a tick with a million organisations, and none of it of any use.
"""

from __future__ import annotations

import ctypes
import weakref
from functools import cache
from typing import Any

LARGE = 200_000
"""Organisations from which on this pays: it takes a tenth more memory at most, and of smaller worlds rather more."""

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4  # names of what mallopt sets, in malloc.h
_NEVER = 2**31 - 1
_USUAL_TRIM, _USUAL_MAPS = 128 * 1024, 65536  # with which the C library begins

_LIVING: set[int] = set()
"""Which large worlds there are."""


def keep_memory_of(world: Any) -> None:
    """Let this process keep what a large world frees, until that world is gone; nothing where it is small.

    Only the C library of GNU has the switches; elsewhere nothing is changed.
    """
    if world.n >= LARGE and (library := _library()) is not None:
        library.mallopt(_MMAP_MAX, 0)
        library.mallopt(_TRIM_THRESHOLD, _NEVER)
        _LIVING.add(id(world))
        weakref.finalize(world, _let_go, library, id(world)).atexit = False


def _let_go(library: Any, world: int) -> None:
    """Give back what a large world needed, and, when it was the last one, whatever is freed from now on."""
    _LIVING.discard(world)
    if not _LIVING:
        library.mallopt(_MMAP_MAX, _USUAL_MAPS)
        library.mallopt(_TRIM_THRESHOLD, _USUAL_TRIM)
    library.malloc_trim(0)


@cache
def _library() -> Any:
    """Return the process's own C library, if it is one that can be told."""
    try:
        library = ctypes.CDLL(None)
        library.gnu_get_libc_version, library.mallopt, library.malloc_trim  # noqa: B018  (are they there?)
    except (AttributeError, OSError, TypeError):
        return None
    return library
