"""Plots: the figures of a run, one function each, and all of them saved to a folder."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ecosim.drawing.style import rules
from ecosim.errors import InputError
from ecosim.reports.ladder import ladder
from ecosim.reports.network import network
from ecosim.reports.remaining import MOST_PANELS, measures, remaining
from ecosim.reports.timelines import collaboration, severity, success, timeline
from ecosim.reports.watch import watch
from ecosim.results.store import write_bytes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ecosim.results.run import Run

__all__ = [
    "FIGURES",
    "collaboration",
    "is_more_to_see",
    "ladder",
    "measures",
    "network",
    "save_figures",
    "severity",
    "success",
    "timeline",
    "watch",
    "write_figure",
]

FIGURES: dict[str, Callable[[Run], Figure]] = {
    "network": network,
    "watch": watch,
    "collaboration": collaboration,
    "success": success,
    "severity": severity,
    "ladder": ladder,
}
"""Name of the file to what draws it."""

FORMATS = ("svg", "png")


def save_figures(run: Run, folder: str | Path, told: Callable[[str], object] | None = None) -> list[Path]:
    """Draw every figure whose measures were taken, and write each as SVG and as PNG (150 dots an inch).

    What was measured and no other figure shows is in ``measures``, unless it is too much to look at; where there is no
    other figure over time, as much of it as there is room for. The bytes depend on the results and
    the version of Matplotlib alone. A figure that is left out is not there afterwards, even if an earlier run had left one.

    Args:
        run: the results.
        folder: where to; made if need be.
        told: called with a sentence for each figure that is left out.

    Returns:
        The files written.

    Raises:
        OSError: if one cannot be written.
    """
    folder = Path(folder)
    written = [file for name, draw in FIGURES.items() for file in _save(run, name, draw, folder, told)]
    if is_more_to_see(run, has_timelines=any(file.stem != "network" for file in written)):
        return written + _save(run, "measures", measures, folder, None)
    _remove(folder, "measures")
    return written


def is_more_to_see(run: Run, *, has_timelines: bool) -> bool:
    """Return whether ``measures`` is drawn: what no other figure shows, unless it is too much beside these."""
    rest = remaining(run)
    return bool(rest) and (len(rest) <= MOST_PANELS or not has_timelines)


def _save(
    run: Run, name: str, draw: Callable[[Run], Figure], folder: Path, told: Callable[[str], object] | None
) -> list[Path]:
    try:
        figure = draw(run)
    except InputError as why:
        _remove(folder, name)
        if told is not None:
            told(str(why))
        return []
    return write_figure(figure, folder / name)


def _remove(folder: Path, name: str) -> None:
    for kind in FORMATS:
        (folder / f"{name}.{kind}").unlink(missing_ok=True)


def write_figure(figure: Figure, path: Path) -> list[Path]:
    """Write a figure as SVG and as PNG (150 dots an inch), and return the files.

    Args:
        figure: which.
        path: name of the files without the suffix.

    Raises:
        OSError: if one cannot be written.
    """
    files = [path.with_name(f"{path.name}.{kind}") for kind in FORMATS]
    for file in files:
        write_bytes(file, _rendered(figure, file.suffix[1:]))
    return files


def _rendered(figure: Figure, kind: str) -> bytes:
    buffer = io.BytesIO()
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    with rules(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # a name in a script that the font lacks
        figure.savefig(buffer, format=kind, dpi=150, metadata=metadata)
    return buffer.getvalue()
