"""Oddities: what is allowed in settings, and may yet be a slip, told before a run begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosim.dynamics.rivals import rivals
from ecosim.interventions import never_acting

if TYPE_CHECKING:
    from ecosim.settings import Settings


def oddities(settings: Settings) -> list[str]:
    """Return a sentence for each thing set for a tick at which it never happens, and for each two rules that rival."""
    schedule, last = settings.in_order(), settings.ticks
    missed = [f"dynamics.{name}.{told}" for name, rule in schedule.items() for told in rule.never_acting(last)]
    return [*never_acting(settings.interventions, last), *missed, *rivals(schedule)]
