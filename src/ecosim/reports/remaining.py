"""What remains: the measures of a run that no other figure shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosim.drawing.style import has_values, sectors_of
from ecosim.errors import InputError
from ecosim.reports.timelines import families_of, issues_of, timeline
from ecosim.reports.watch import columns_watched
from ecosim.world.columns import RUNGS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ecosim.results.run import Run

MOST_PANELS = 9


def measures(run: Run) -> Figure:
    """Return the figure of what was measured and no other figure shows, a panel a column.

    Raises:
        InputError: if nothing was measured, or others show it all.
    """
    there = remaining(run)
    if not there:
        raise InputError("figure 'measures' is left out: nothing was measured that no other figure shows")
    cut = f": the first {MOST_PANELS} of {len(there)}" if len(there) > MOST_PANELS else ""
    is_all = len(there) == len([name for name in run.recorded if name != "tick" and has_values(run, name)])
    return timeline(run, there[:MOST_PANELS], f"What {'' if is_all else 'else '}was measured{cut}")


def remaining(run: Run) -> list[str]:
    """Return the columns with values that no other figure of a run shows."""
    shown = {name for family in families_of(run) for name in family}
    shown.update(f"success_{word}" for word in (*sectors_of(run), "collective"))
    shown.update(f"{kind}_{issue}" for kind in ("severity", "urgency") for issue in issues_of(run))
    shown |= columns_watched(run)
    shown.update(f"rung_share_{rung}" for rung in RUNGS)
    return [name for name in run.recorded if name not in shown and name != "tick" and has_values(run, name)]
