"""Lock: a folder that one process at a time works in; a lock ends with its process, however that dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from ecosim.errors import InputError, printable

LOCK = ".lock"


def lock(folder: Path) -> IO[str]:
    """Return an open file by which a folder is locked until it is closed.

    Raises:
        InputError: if another process has locked it, or the file system has no locks.
        OSError: if the folder cannot be written to.
    """
    path, here = folder / LOCK, printable(folder)
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.path.samestat(os.fstat(file.fileno()), path.stat()):
            raise BlockingIOError  # another was refused this very moment, and took its lock along
    except (BlockingIOError, FileNotFoundError):
        file.close()
        raise InputError(f"{here}: another ecosim sweep is at work in this folder; wait for it, or stop it") from None
    except OSError as error:
        file.close()
        path.unlink(missing_ok=True)
        raise InputError(
            f"{here}: cannot be locked ({(error.strerror or str(error)).lower()}), so nothing would keep two sweeps "
            "apart; allowed: a folder on a file system that has locks"
        ) from None
    return file
