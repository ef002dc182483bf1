"""The user's own organisations and ties, as the commands' options name them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ecosim.commands.options import OwnTables, Search
from ecosim.errors import InputError

if TYPE_CHECKING:
    from ecosim.settings import Settings
    from ecosim.world.actors import Actors


def actors_of(order: OwnTables, ask: Callable[[], Settings], say: Callable[[str], object]) -> Actors | None:
    """Return the organisations and ties that an order names, None if it names none; say what was odd.

    Raises:
        InputError: if they cannot be read, or the settings, which are asked for only where there are tables.
    """
    if order.organisations is None:
        if order.ties is not None or order.mapping is not None:
            raise InputError("--ties and --mapping need --organisations: the file that names who they are about")
        return None
    from ecosim.own_tables import actors

    found = actors(ask(), order.organisations, order.ties, order.mapping)
    for warning in found.warnings:
        say(f"Note: {warning}")
    return found


def actors_of_search(order: Search, name: str | None, changes: tuple[str, ...]) -> Actors | None:
    """Return the organisations and ties that a search names, None if it names none; say what was odd.

    Args:
        order: of the search.
        name: of its scenario, if there is one.
        changes: of the scenario that are the same in all runs.

    Raises:
        InputError: if they, or the scenario, cannot be read.
    """
    from ecosim.compose import load

    return actors_of(order, lambda: load(name, *changes, scenario=order.scenario, trust=order.trust), order.say)
