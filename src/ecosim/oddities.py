"""Oddities: what is allowed in settings, and may yet be a slip, told before a run begins."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ecosim.dynamics.rivals import rivals
from ecosim.interventions import Intervention
from ecosim.unfed import unfed

if TYPE_CHECKING:
    from ecosim.settings import Settings


def oddities(settings: Settings) -> list[str]:
    """Return a sentence for each thing that never happens at its tick, for rules that rival, and for what nothing sets."""
    schedule, last = settings.in_order(), settings.ticks
    missed = [f"dynamics.{name}.{told}" for name, rule in schedule.items() for told in rule.never_acting(last)]
    done = settings.interventions
    return [*never_acting(done, last), *missed, *rivals(schedule), *unfed(schedule, done)]


def never_acting(interventions: Iterable[Intervention], last: int) -> list[str]:
    """Return a sentence for each intervention that names ticks which a run of so many ticks never comes to."""
    told = []
    for place, intervention in enumerate(interventions):
        if missed := intervention.after(last):
            ticks = f"tick{'' if len(missed) == 1 else 's'} {', '.join(f'{tick:,}' for tick in missed[:5])}"
            more = ", …" if len(missed) > 5 else ""
            told.append(
                f"interventions[{place}] ({intervention.do}) is to act at {ticks}{more}, but the run ends at tick "
                f"{last:,}; it will not"
            )
    return told
