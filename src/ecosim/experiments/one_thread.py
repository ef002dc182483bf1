"""One thread: processes that share a machine by running beside each other have one thread each."""

from __future__ import annotations

import os


def one_thread_each() -> dict[str, str]:
    """Return the environment of a process that is one of several at work: that of this one, with one thread."""
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    return {**os.environ, **one}
