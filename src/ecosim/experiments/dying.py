"""Dying: a process that ends as soon as the one that started it has ended, however that one died."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

_SET_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of prctl(2)."""


def die_with(parent: int) -> None:
    """Let this process be killed as soon as its parent has died, even by SIGKILL, which lets nobody clear up.

    Args:
        parent: process that started this one. If it is gone already, this process ends at once.
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:
        os._exit(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.3)
    os._exit(1)
