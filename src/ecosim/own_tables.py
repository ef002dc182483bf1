"""A user's own organisations and ties, read for settings: the words of the settings are the columns they may speak of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecosim.settings import Settings
from ecosim.world.columns import COLUMNS
from ecosim.world.founding import labels_of

if TYPE_CHECKING:
    from ecosim.world.actor_mapping import TableMapping
    from ecosim.world.actors import Actors


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
