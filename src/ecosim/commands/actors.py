"""The user's own organisations and ties, as the commands' options name them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ecosim.commands.options import OwnTables
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

    with besides(order):
        settings = ask()
    found = actors(settings, order.organisations, order.ties, order.mapping)
    for warning in found.warnings:
        say(f"Note: {warning}")
    return found


@contextmanager
def besides(order: OwnTables) -> Iterator[None]:
    """Where the settings are refused in the block, tell as well what is wrong with the files by themselves."""
    try:
        yield
    except InputError as error:
        if order.organisations is None:
            raise
        from ecosim.world.actors import faults_of_files

        raise InputError([*error.faults, *faults_of_files(order.organisations, order.ties, order.mapping)]) from None
