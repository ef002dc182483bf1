"""Meaning: the unit and the meaning of a measure, as axes and captions tell them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ecosim.drawing.style import title_of
from ecosim.results import phrases
from ecosim.results.measured import MEAN
from ecosim.world.names import for_plot

if TYPE_CHECKING:
    from ecosim.measures.measure import Measure


def unit_of(measure: str) -> str:
    """Return the unit of a measure of ours, ``index`` where it has none; empty of anybody else's."""
    known = _known(measure)
    return "" if known is None else in_words(known.unit)


def in_words(unit: str) -> str:
    """Return a unit as an axis has it: ``index`` for a number without one."""
    return for_plot(phrases.unit_of(unit))


def quantity(measure: str) -> str:
    """Return what an axis of a measure is called: its title, its unit, and when in a run it was taken."""
    name = measure.removesuffix(MEAN)
    when = "mean over the second half of a run" if measure.endswith(MEAN) else "at the end of a run"
    return f"{with_unit(title_of(name), unit_of(name))},\n{when}"


def with_unit(title: str, unit: str) -> str:
    """Return a title with a unit in brackets behind it, unless there is none, or the title ends with it."""
    return title if not unit or title.endswith(unit) else f"{title} ({unit})"


def meanings(measures: Iterable[str], of_keys: Mapping[str, str] | None = None) -> str:
    """Return in a sentence what keys and measures mean; empty where nothing is known of any.

    Args:
        measures: columns of runs.
        of_keys: key to its meaning, empty where it is not known.
    """
    told = {key: meaning for key, meaning in (of_keys or {}).items() if meaning}
    for name in dict.fromkeys(one.removesuffix(MEAN) for one in measures):
        known = _known(name)
        if known is not None and known.meaning:
            told[name] = known.meaning
    return f"What the names mean: {'; '.join(f'{name}: {meaning}' for name, meaning in told.items())}." if told else ""


def _known(measure: str) -> Measure | None:
    from ecosim.errors import InputError
    from ecosim.measures.registry import find  # late: it brings every measure's kernels along

    try:
        return find([measure.removesuffix(MEAN)])[0]
    except InputError:
        return None
