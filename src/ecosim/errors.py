"""Errors that a user is meant to read: one message that names every fault at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """Input that ecosim refuses, told in plain words.

    Args:
        faults: one or more sentences, each naming the key (or file, row and column), the value found,
            what is allowed, and the nearest valid name where there is one.
    """

    def __init__(self, faults: str | Iterable[str]) -> None:
        self.faults: tuple[str, ...] = (faults,) if isinstance(faults, str) else tuple(faults)
        super().__init__("\n".join(self.faults))


def did_you_mean(name: object, valid: Iterable[str], *, most: int = 12) -> str:
    """Return a clause that names the nearest valid word and lists the valid ones.

    Args:
        name: what the user wrote.
        valid: the words that would have been accepted.
        most: how many valid words to list before the list is cut.
    """
    words = sorted(set(valid))
    near = difflib.get_close_matches(str(name), words, n=1, cutoff=0.5)
    listed = ", ".join(words[:most]) + (f", … ({len(words)} in all)" if len(words) > most else "")
    guess = f"did you mean '{near[0]}'? " if near else ""
    return f"{guess}valid: {listed}" if words else "nothing is valid here"
