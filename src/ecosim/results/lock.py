"""Lock: a folder that one process at a time works in; a lock ends with its process, however that dies."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from ecosim.errors import InputError, printable
from ecosim.results.folders import LOCK, make, unmake

_SAID = re.compile(r"(run|sweep|search) (\d{1,10})\n")


class NoLocks(InputError):
    """A file system has no locks."""


@contextmanager
def held(folder: Path, what: str) -> Iterator[bool]:
    """Hold a folder for as long as the block lasts, if its file system has locks; made if need be, and gone if left empty.

    Args:
        folder: which.
        what: is at work in it: ``run``.

    Yields:
        Whether the folder was made for this.

    Raises:
        InputError: if another process holds it.
        OSError: if it cannot be made or written to.
    """
    made = make(folder)
    file: IO[str] | None = None
    try:
        with suppress(NoLocks):
            file = lock(folder, what)
        yield folder in made
    finally:
        if file is not None:
            unlock(folder, file)
        unmake(made)


def lock(folder: Path, what: str = "sweep") -> IO[str]:
    """Return an open file by which a folder is locked until it is closed.

    Args:
        folder: which.
        what: is at work in it, for whoever is refused: ``run``, ``sweep`` or ``search``.

    Raises:
        NoLocks: if the file system has no locks.
        InputError: if another process has locked it.
        OSError: if the folder cannot be written to.
    """
    path, here = folder / LOCK, printable(folder)
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.path.samestat(os.fstat(file.fileno()), path.stat()):
            raise BlockingIOError  # another was refused this very moment, and took its lock along
    except (BlockingIOError, FileNotFoundError):
        told = f"{here}: {_holder(file)} is at work in this folder; wait for it, stop it, or take another --out"
        file.close()
        raise InputError(told) from None
    except OSError as error:
        file.close()
        path.unlink(missing_ok=True)
        raise NoLocks(
            f"{here}: cannot be locked ({(error.strerror or str(error)).lower()}), so nothing would keep two sweeps "
            "apart; allowed: a folder on a file system that has locks"
        ) from None
    with suppress(OSError):  # on a full disk it holds all the same
        file.truncate(0)
        print(what, os.getpid(), file=file, flush=True)
    return file


def unlock(folder: Path, file: IO[str]) -> None:
    """Let go of a folder, and remove what it was locked by."""
    path = folder / LOCK
    with suppress(OSError):
        if os.path.samestat(os.fstat(file.fileno()), path.stat()):
            path.unlink()
    file.close()


def _holder(file: IO[str]) -> str:
    """Return in words who has locked a file, as far as that says so."""
    file.seek(0)
    said = _SAID.fullmatch(file.read(64))
    return "another ecosim run or sweep" if said is None else f"another ecosim {said[1]} (process {said[2]})"
