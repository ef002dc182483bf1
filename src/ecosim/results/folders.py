"""Folders: results come into one whole or not at all, and what it held before stays until then."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HEAD, TAIL = ".ecosim-", ".part"
"""How a folder begins and ends to be called that is still being filled."""

LOCK = ".lock"
"""File by which a folder is held (``results.lock``)."""

FULL = (errno.ENOSPC, errno.EDQUOT)
"""What systems say where a disk, or the user's share of it, is full."""


@contextmanager
def whole(
    folder: Path, replaced: Callable[[Path], Iterable[Path]] = lambda _: (), *, is_reserved: bool = False
) -> Iterator[Path]:
    """Yield an empty folder to fill, whose content then comes into a folder all at once.

    If anything goes wrong before, a disk that is full for instance, nothing of it is left and the folder is as it was:
    not there, if it was not.

    Args:
        folder: where to; made if need be.
        replaced: returns what in the folder gives way besides files of the same names.
        is_reserved: whether the folder was made for this alone and holds nothing but the lock of whoever calls.

    Raises:
        OSError: if it cannot be written.
    """
    folder = Path(folder)
    made = make(folder.parent)
    is_new = is_reserved or not folder.exists()
    part = (folder.parent if is_new else folder) / f"{HEAD}{secrets.token_hex(4)}{TAIL}"
    try:
        part.mkdir()
        yield part
        if is_reserved:
            (folder / LOCK).unlink(missing_ok=True)
        if not (is_new and _has_become(part, folder)):
            _move_in(part, folder, [*replaced(folder), *_unfinished(folder, part)])
    except BaseException as error:
        shutil.rmtree(part, ignore_errors=True)
        unmake(made)
        if isinstance(error, OSError) and error.errno in FULL:
            error.filename = str(folder)  # whoever is to make room does not know the part, which is gone
        raise


def _has_become(part: Path, folder: Path) -> bool:
    """Give a folder its name; return whether it has it: not where another process has put something there meanwhile."""
    try:
        part.rename(folder)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        return False
    return True


def make(folder: Path) -> list[Path]:
    """Make a folder with all above it, and return what was made, outermost first: for :func:`unmake`.

    Raises:
        OSError: if it cannot be made; nothing is left of it then.
    """
    missing: list[Path] = []
    for path in (folder, *folder.parents):
        if path.exists():
            break
        missing.insert(0, path)
    made: list[Path] = []
    try:
        for path in missing:
            path.mkdir()
            made.append(path)
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    except OSError:
        unmake(made)
        raise
    return made


def unmake(made: Iterable[Path]) -> None:
    """Remove folders that were made for nothing, the innermost first, as far as they are empty."""
    for path in reversed(list(made)):
        with suppress(OSError):
            path.rmdir()


def check_writable(folder: Path) -> None:
    """Try whether a folder can be made, or written to where it is there, and leave all as it was.

    Permissions alone do not tell: some places take no files from anybody.

    Raises:
        OSError: if not.
    """
    made = make(folder)
    try:
        probe = folder / f"{HEAD}{secrets.token_hex(4)}{TAIL}"
        probe.mkdir()
        probe.rmdir()
    finally:
        unmake(made)


def is_unfinished(path: Path) -> bool:
    """Return whether a folder is one that was being filled: by a process that still does, or was killed."""
    return path.name.startswith(HEAD) and path.name.endswith(TAIL)


def _unfinished(folder: Path, but: Path) -> list[Path]:
    return [path for path in folder.iterdir() if is_unfinished(path) and path != but]


def _move_in(part: Path, folder: Path, replaced: Iterable[Path]) -> None:
    """Move what is in one folder into another; what gives way is put aside first, and back if a move fails."""
    new = [path.relative_to(part) for path in sorted(part.rglob("*")) if path.is_file()]
    giving_way = dict.fromkeys([*replaced, *(folder / name for name in new if (folder / name).is_file())])
    aside = part / "before"
    while aside.exists():
        aside = aside.with_name(f"{aside.name}-")
    aside.mkdir()
    moves = [(path, aside / str(number)) for number, path in enumerate(giving_way)]
    moves += [(part / name, folder / name) for name in new]
    done: list[tuple[Path, Path]] = []
    try:
        for source, target in moves:
            if source.exists() or source.is_symlink():  # what lay in a folder has gone aside with it
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(source, target)
                done.append((source, target))
    except OSError:
        for source, target in reversed(done):
            with suppress(OSError):
                target.rename(source)
        raise
    shutil.rmtree(part, ignore_errors=True)
