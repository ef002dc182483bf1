"""Oddities: what is allowed in settings, and may yet be a slip, told before a run begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosim.dynamics.rivals import rivals
from ecosim.interventions import never_acting
from ecosim.unfed import unfed

if TYPE_CHECKING:
    from ecosim.settings import Settings


def oddities(settings: Settings) -> list[str]:
    """Return a sentence for each thing that never happens at its tick, for rules that rival, and for what nothing sets."""
    schedule, last = settings.in_order(), settings.ticks
    written = [column for one in settings.interventions for column in one.writes()]
    missed = [f"dynamics.{name}.{told}" for name, rule in schedule.items() for told in rule.never_acting(last)]
    return [*never_acting(settings.interventions, last), *missed, *rivals(schedule), *unfed(schedule, written)]
