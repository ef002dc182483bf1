"""Names: what figures and pages call the keys that were varied, and what was measured."""

from __future__ import annotations

from collections.abc import Sequence

from ecosim.drawing.style import title_of
from ecosim.results.measured import MEAN


def short_name(key: str) -> str:
    """Return a key as a page names it: ``meeting.rate`` for ``dynamics.meeting.rate``."""
    return key.removeprefix("dynamics.").removeprefix("ecosystem.")


def short_names(keys: Sequence[str]) -> dict[str, str]:
    """Return for each key its short name; the keys themselves where two would be called alike."""
    short = {key: short_name(key) for key in keys}
    return short if len(set(short.values())) == len(short) else {key: key for key in keys}


def of_measure(name: str) -> str:
    """Return what a measure is called above a panel: over the second half of a run, as is said below, or at the end."""
    return title_of(name.removesuffix(MEAN)) if name.endswith(MEAN) else f"{title_of(name)} at the end"
