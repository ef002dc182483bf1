"""A user's own organisations and ties, read for settings: the words of the settings are the columns they may speak of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecosim.dynamics.mechanism import Mechanism
from ecosim.errors import shown
from ecosim.settings import Settings
from ecosim.world.columns import COLUMNS
from ecosim.world.founding import labels_of

if TYPE_CHECKING:
    from ecosim.world.actor_mapping import TableMapping
    from ecosim.world.actors import Actors

MOST_NAMED = 10
"""Up to how many organisations are named in a sentence."""


def actors(
    settings: Settings,
    organisations: str | Path,
    ties: str | Path | None = None,
    mapping: TableMapping | Mapping[str, Any] | str | Path | None = None,
) -> Actors:
    """Return the organisations of a file and the ties between them, for ``Ecosystem(settings, actors=…)``.

    The sectors are those of the settings, and a column may stand for anything that :func:`known_columns` lists, so for
    ``stance_trade`` where the settings have an axis called trade. What was odd but could be read is told in
    ``warnings`` of what is returned.

    Args:
        settings: what ``ecosim.load`` returns.
        organisations: CSV, Excel or YAML; a workbook or YAML file may hold the ties too.
        ties: CSV, Excel or YAML of directed reports, or None.
        mapping: what the columns mean, or a YAML file that says so; what it leaves out is guessed from the header.

    Raises:
        InputError: what cannot be read or cannot be, with file, line and column, all faults at once.
    """
    from ecosim.world.actors import read_actors

    sectors = tuple(settings.ecosystem.sectors)
    return read_actors(organisations, ties, mapping, known_columns=known_columns(settings), sectors=sectors)


def known_columns(settings: Settings) -> tuple[str, ...]:
    """Return the words that a column of the user's own table may stand for, such as ``stance_trade``."""
    labels = labels_of(settings.ecosystem)
    alone = ("capital", "purpose", "contribution", "invest", "reputation")
    several = ("stance", "capability", "salience", "motive")
    return (*alone, *(f"{column}_{word}" for column in several for word in labels.words(COLUMNS[column])))


def begin_insolvent(actors: Actors, schedule: Mapping[str, Mechanism]) -> list[str]:
    """Return a sentence for each rule of turnover under which some of the user's own begin with too little capital.

    They leave for good once its patience is over, which a user who meant by 0 something else, or did not know it, would
    hardly expect.

    Args:
        actors: as the tables gave them.
        schedule: mechanisms by name.
    """
    from ecosim.dynamics.turnover import Turnover

    if "capital" not in actors.columns:
        return []
    capital = actors.columns["capital"]
    found = []
    for name, mechanism in schedule.items():
        if not isinstance(mechanism, Turnover):
            continue
        poor = [who for who, has in zip(actors.names, capital.tolist(), strict=True) if has < mechanism.floor]
        if poor:
            more = f" and {len(poor) - MOST_NAMED:,} more" if len(poor) > MOST_NAMED else ""
            listed = f"{', '.join(shown(who) for who in poor[:MOST_NAMED])}{more}"
            found.append(
                f"{len(poor):,} of your {len(actors.names):,} organisations begin with a capital below "
                f"dynamics.{name}.floor ({mechanism.floor:g}), as insolvent: {listed}; whoever stays below it leaves after "
                f"{mechanism.patience:,} ticks (patience). Where that is not meant, map capital otherwise or switch it off: "
                f"~dynamics.{name}"
            )
    return found
