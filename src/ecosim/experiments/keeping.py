"""Keeping: where runs are kept, in a folder of the user's or in one that is gone when they have been read."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ecosim.errors import path_of


@contextmanager
def kept(out: str | Path | None) -> Iterator[Path]:
    """Lend a folder for runs.

    Args:
        out: the user's; None for one that is removed at the end.
    """
    if out is not None:
        yield path_of(out)
        return
    with tempfile.TemporaryDirectory(prefix="ecosim-runs-") as spare:
        yield Path(spare) / "runs"
