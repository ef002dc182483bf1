"""The folder that a run writes to: looked at before any work; and what of an earlier run gives way to the next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ecosim.errors import InputError, printable
from ecosim.results.folders import LOCK, check_writable, is_unfinished

OWN_FILES = frozenset({"config.yaml", "provenance.json", "summary.json", "summary.md"})
OWN_TABLES = frozenset({"series", "organisations", "relationships", "coalitions", "memberships", "events", "frames"})
FIGURES = "figures"


def check_folder(folder: Path, option: str = "--out") -> None:
    """Refuse a folder that cannot be written to, or that holds something else than a run.

    Raises:
        InputError: naming what is in the way.
    """
    refuse_unwritable(folder, option)
    there = [path for path in folder.iterdir() if path.name != LOCK] if folder.is_dir() else []
    others = sorted(path.name for path in there if not is_unfinished(path))
    if others and not all((folder / name).is_file() for name in ("config.yaml", "provenance.json")):
        raise InputError(
            f"{option} {printable(folder)}: holds {printable(others[0])}{' and more' if len(others) > 1 else ''}, which "
            "is no run; allowed: a new or empty folder, or one with an earlier run, which is replaced"
        )


def refuse_unwritable(folder: Path, option: str = "--out") -> None:
    """Refuse a folder that cannot be made or written to, by trying it.

    Raises:
        InputError: naming what is in the way.
    """
    here = f"{option} {printable(folder)}"
    try:
        nearest = next((path for path in (folder, *folder.absolute().parents) if path.exists()), folder)
        if not nearest.is_dir():
            is_it = "is there already and" if nearest == folder else printable(nearest)
            raise InputError(f"{here}: {is_it} is not a folder")
        check_writable(folder)
    except OSError as error:
        raise InputError(f"{here}: cannot be written to ({(error.strerror or str(error)).lower()})") from None


def of_an_earlier_run(folder: Path) -> Iterator[Path]:
    """Yield what an earlier run left in a folder, and nothing else; a link out of it is none."""
    for path in folder.iterdir():
        is_table = path.suffix in (".parquet", ".csv") and path.stem in OWN_TABLES
        is_figures = path.name == FIGURES and path.is_dir() and not path.is_symlink()
        if is_figures or (path.is_file() and (path.name in OWN_FILES or is_table)):
            yield path
