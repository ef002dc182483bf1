"""Names: what figures and pages call the keys that were varied."""

from __future__ import annotations

from collections.abc import Sequence


def short_name(key: str) -> str:
    """Return a key as a page names it: ``meeting.rate`` for ``dynamics.meeting.rate``."""
    return key.removeprefix("dynamics.").removeprefix("ecosystem.")


def short_names(keys: Sequence[str]) -> dict[str, str]:
    """Return for each key its short name; the keys themselves where two would be called alike."""
    short = {key: short_name(key) for key in keys}
    return short if len(set(short.values())) == len(short) else {key: key for key in keys}
