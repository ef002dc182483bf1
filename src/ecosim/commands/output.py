"""The folder that a run writes to: looked at before any work, and cleared of an earlier run just before saving."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from ecosim.errors import InputError
from ecosim.scenario_file import printable

OWN_FILES = frozenset({"config.yaml", "provenance.json", "summary.json", "summary.md"})
OWN_TABLES = frozenset({"series", "organisations", "relationships", "coalitions", "memberships", "events"})
FIGURES = "figures"


def check_folder(folder: Path) -> None:
    """Refuse a folder that cannot be written to, or that holds something else than a run.

    Raises:
        InputError: naming what is in the way.
    """
    here = printable(folder)
    if not folder.exists():
        above = next(path for path in folder.absolute().parents if path.exists())
        if not above.is_dir():
            raise InputError(f"--out {here}: {printable(above)} is not a folder")
        if not os.access(above, os.W_OK | os.X_OK):
            raise InputError(f"--out {here}: {printable(above)} cannot be written to")
        return
    if not folder.is_dir():
        raise InputError(f"--out {here}: is there already and is not a folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(f"--out {here}: cannot be written to")
    others = sorted(path.name for path in folder.iterdir())
    if others and not all((folder / name).is_file() for name in ("config.yaml", "provenance.json")):
        raise InputError(
            f"--out {here}: holds {printable(others[0])}{' and more' if len(others) > 1 else ''}, which is no run; "
            "allowed: a new or empty folder, or one with an earlier run, which is replaced"
        )


def clear(folder: Path) -> None:
    """Remove what an earlier run left, and nothing else."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        is_table = path.suffix in (".parquet", ".csv") and path.stem in OWN_TABLES
        if path.name == FIGURES and path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.is_file() and (path.name in OWN_FILES or is_table):
            path.unlink()
