"""Columns: which measures the runs of a plan will have, so that an unknown one is refused before any run."""

from __future__ import annotations

from collections.abc import Sequence

from ecosim.errors import InputError, did_you_mean, shown
from ecosim.experiments.plan import Plan
from ecosim.results.measured import MEAN, column_named
from ecosim.rules import find_measures
from ecosim.settings import Settings
from ecosim.world.founding import labels_of


def measured(settings: Settings) -> list[str]:
    """Return the columns of measures that runs of these settings will have: each at the end, and its mean."""
    labels = labels_of(settings.ecosystem)
    found = find_measures(settings.measures, labels) if settings.measures else ()
    return [column for measure in found for name in measure.columns(labels) for column in (name, f"{name}{MEAN}")]


def column_of(name: str, settings: Settings) -> str:
    """Return the column that a measure's name stands for: its own, or the only one that it fills.

    Raises:
        InputError: if runs have no such column, or the measure fills several.
    """
    there, name = measured(settings), column_named(name)
    if name in there:
        return name
    word, suffix = name.removesuffix(MEAN), MEAN if name.endswith(MEAN) else ""
    if word in settings.measures:
        labels = labels_of(settings.ecosystem)
        columns = [column for measure in find_measures((word,), labels) for column in measure.columns(labels)]
        if len(columns) == 1:
            return columns[0] + suffix
        raise InputError(f"measure {shown(name)}: fills several columns; allowed: one of {', '.join(columns)}")
    refuse_unknown([name], there)
    return name


def measured_by(plan: Plan) -> list[str]:
    """Return the columns of measures that runs of any point will have."""
    names = [name for point in range(plan.design.points) for name in measured(plan.settings(point))]
    return list(dict.fromkeys(names))


def refuse_unknown(wanted: Sequence[str], there: Sequence[str]) -> None:
    """Refuse measures that runs do not have.

    Raises:
        InputError: naming each, and the nearest that there is.
    """
    faults = [
        f"measure {shown(name)}: not in these runs; {did_you_mean(name, there)}" for name in wanted if name not in there
    ]
    if faults:
        raise InputError(faults)
