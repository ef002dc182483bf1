"""Names: what figures and pages call the keys that were varied, and what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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


def titles_apart(arms: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the titles of the scenarios of a comparison, by what they are called, as far as they tell them apart.

    Scenarios made of one by changes bear its title, all of them; to show that beside each would say nothing.

    Args:
        arms: the configuration of each, by what it is called.
    """
    titles = {arm: str(one.get("title") or "") for arm, one in arms.items()}
    there = list(titles.values())
    return {arm: title for arm, title in titles.items() if title and there.count(title) == 1}
