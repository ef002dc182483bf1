"""Faults of a stranger's table, collected so that all are told at once."""

from __future__ import annotations

from collections.abc import Callable

from ecosim.errors import InputError

MOST_TOLD = 20


class Faults:
    """A list of sentences of which the first twenty are told and the rest counted.

    A sentence that costs something to find (the nearest name) may be given as a function: it is asked only when told.
    """

    def __init__(self) -> None:
        self._told: list[str] = []
        self._count = 0
        self._last: Callable[[], str] | None = None

    def __len__(self) -> int:
        return self._count

    def add(self, told: str | Callable[[], str]) -> None:
        """Add one fault."""
        self._count += 1
        if len(self._told) < MOST_TOLD:
            self._told.append(told if isinstance(told, str) else told())

    def add_last(self, told: Callable[[], str]) -> None:
        """Say what stands below all faults, however many there are, and is asked only then: what to do about them."""
        self._last = told

    def add_all(self, error: InputError) -> None:
        """Add the faults of a refusal."""
        for fault in error.faults:
            self.add(fault)

    def listed(self) -> list[str]:
        """Return the sentences, with "and N more" at the end where some are left out."""
        more = self._count - len(self._told)
        listed = [*self._told, f"and {more} more"] if more else list(self._told)
        if self._last is not None and listed:
            listed[-1] = f"{listed[-1]}.\n{self._last()}"
        return listed

    def refuse(self) -> None:
        """Raise InputError with what has been collected, if anything has."""
        if self._count:
            raise InputError(self.listed())
