"""How large a run or a sweep would be, told before it starts."""

from __future__ import annotations

import os

from ecosim.dynamics.schedule import columns_named
from ecosim.errors import InputError
from ecosim.interventions import Invite
from ecosim.settings import Settings
from ecosim.wording import some
from ecosim.world.founding import estimated_bytes
from ecosim.world.founding_settings import MOST_OF_A_SECTOR

MANY_ORGANISATIONS = 10**6
MANY_BYTES = 4 * 10**9
MANY_SECONDS = 3600.0
MOST_POINTS = 10**7

_SECONDS = 3e-8
"""Rough time of one mechanism for one organisation in one tick, or of one of its steps, on one core of an ordinary laptop.

A citizen, or a member inside an organisation, takes about a tenth of that: one mechanism or two look at them, not always.
It was chosen so that ten scenarios and published models, of 20 to 20,000 organisations, take between a fifth and four
thirds of what is told (November 2026): too long is told rather than too short.
"""


def check_run(settings: Settings, agreed: bool = False, advice: str = "if that is meant, say --yes") -> None:
    """Refuse a run that is large, unless the user has agreed to it.

    Args:
        settings: the run.
        agreed: whether the user has said to go on (``--yes``).
        advice: what else can be done, where there is no such word.

    Raises:
        InputError: with the number of organisations and ticks, and the memory and time that they would roughly take.
    """
    organisations, citizens = sum(settings.ecosystem.counts()), settings.ecosystem.citizens.count
    most, memory, seconds = most_organisations(settings), memory_of(settings), seconds_of(settings)
    is_large = most > MANY_ORGANISATIONS or memory > MANY_BYTES or seconds > MANY_SECONDS
    if is_large and not agreed:
        machine = bytes_in_words(_machine_memory()).removeprefix("about ")
        told = f"{organisations:,} organisations {_growing(settings, organisations, most)}{_with(citizens)}"
        told += f"for {settings.ticks:,} ticks would take"
        told += f" {bytes_in_words(memory)} of memory (this machine has {machine}) and {seconds_in_words(seconds)}"
        raise InputError(f"{told}; {advice}")


def check_sweep(points: int, replicates: int = 1) -> None:
    """Refuse a sweep of more runs than anyone could wait for, with their count.

    Args:
        points: combinations of parameters.
        replicates: runs of each.

    Raises:
        InputError: above ten million runs, or with no run at all.
    """
    runs = points * replicates
    counts = ((points, "point"), (replicates, "replicate"), (runs, "run"))
    told = "{} × {} = {}".format(*(some(*each) for each in counts))
    if runs > MOST_POINTS:
        fewer = "values" if points > MOST_POINTS else "replicates" if points <= replicates else "values or replicates"
        raise InputError(f"{told}; allowed: at most {MOST_POINTS:,} (give fewer {fewer})")
    if runs < 1:
        raise InputError(f"{told}; allowed: at least one of each")


def most_organisations(settings: Settings) -> int:
    """Return about how many organisations a run may come to, by the rules and interventions that let some enter.

    No more than there are numbers for: sectors × ``MOST_OF_A_SECTOR``. Those that are invited are counted as if they had
    been there from the beginning, and as if none were taken away again.
    """
    n = sum(settings.ecosystem.counts()) + sum(_invited(settings))
    grown = max(
        (mechanism.organisations_after(n, settings.ticks) for mechanism in settings.dynamics.values()), default=n
    )
    return max(n, int(min(grown, len(settings.ecosystem.sectors) * float(MOST_OF_A_SECTOR))))


def _invited(settings: Settings) -> list[int]:
    """Return how many organisations each intervention brings in the whole of a run."""
    return [
        one.times(settings.ticks) * one.newcomers if isinstance(one, Invite) else 0 for one in settings.interventions
    ]


def memory_of(settings: Settings) -> float:
    """Return the memory that a run would roughly take (bytes): its world at its greatest, and its series."""
    rows = settings.ticks // settings.record.every + 1
    world = estimated_bytes(settings.ecosystem, columns_named(settings.dynamics.values()), most_organisations(settings))
    return float(world) + 8.0 * rows * (1 + len(settings.measures))


def seconds_of(settings: Settings) -> float:
    """Return the time that a run would roughly take (s), as if there were as many organisations all along as at most."""
    work = 1 + len(settings.schedule) + len(settings.measures) / settings.record.every
    organisations, ecosystem = most_organisations(settings), settings.ecosystem
    entities = organisations + 100 + organisations * ecosystem.members.each / 10 + ecosystem.citizens.count / 10
    steps = sum(getattr(mechanism, "steps", None) or 0 for mechanism in settings.dynamics.values())
    return _SECONDS * (entities * work + steps) * (settings.ticks + 1)


def _growing(settings: Settings, first: int, most: int) -> str:
    """Return to how many they may grow, and by what, which is the one to limit (``turnover``: its room)."""
    if most == first:
        return ""
    entering = {
        f"dynamics.{name}": mechanism.organisations_after(first, settings.ticks) - first
        for name, mechanism in settings.dynamics.items()
    } | {f"interventions[{place}] (invite)": float(count) for place, count in enumerate(_invited(settings))}
    return f"(which {max(entering, key=lambda by: entering[by])} may make {most:,}) "


def _with(citizens: int) -> str:
    return f"and {citizens:,} citizens " if citizens else ""


def _machine_memory() -> float:
    return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))


def bytes_in_words(count: float) -> str:
    """Return a rough number of bytes as a reader takes it in: ``about 3 MB``."""
    if count < 1e6:
        return "less than 1 MB"
    return f"about {count / 1e9:,.1f} GB" if count >= 999.5e6 else f"about {count / 1e6:,.0f} MB"


def seconds_in_words(seconds: float) -> str:
    """Return a rough length of time as a reader takes it in: ``about 2 hours``; below a second, a second."""
    for unit, length in (("days", 86400.0), ("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 2 * length:
            return f"about {seconds / length:,.0f} {unit}"
    whole = max(1, round(seconds))
    return f"about {whole} second{'' if whole == 1 else 's'}"
