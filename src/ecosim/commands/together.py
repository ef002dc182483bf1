"""Together: refusals of several steps that do not need each other are told at once, not one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ecosim.errors import InputError


class Together:
    """What has been refused so far."""

    def __init__(self) -> None:
        self._faults: list[str] = []

    @contextmanager
    def step(self) -> Iterator[None]:
        """Do a step; what is refused in it is told at the end, with that of the others."""
        try:
            yield
        except InputError as error:
            self._faults += [fault for fault in error.faults if fault not in self._faults]

    def refuse(self) -> None:
        """Refuse, if anything was.

        Raises:
            InputError: with the faults of all steps.
        """
        if self._faults:
            raise InputError(self._faults)
