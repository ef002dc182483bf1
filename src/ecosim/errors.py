"""Errors that a user is meant to read: one message that names every fault at once, with values as may safely be shown."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable
from pathlib import Path


class InputError(ValueError):
    """Input that ecosim refuses, told in plain words.

    Args:
        faults: one or more sentences, each naming the key (or file, row and column), the value found,
            what is allowed, and the nearest valid name where there is one.
    """

    def __init__(self, faults: str | Iterable[str]) -> None:
        self.faults: tuple[str, ...] = (faults,) if isinstance(faults, str) else tuple(faults)
        super().__init__("\n".join(self.faults))


class RunsFailed(InputError):
    """Runs were made, but so many of them failed that nothing can be told of the rest."""


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


def shown(value: object, most: int = 60) -> str:
    """Return a value as it may safely stand in a message: one line, escaped, cut when long."""
    text = ascii_controls(str(value)) if isinstance(value, str) else ascii_controls(repr(value))
    text = text if len(text) <= most else text[:most] + "…"
    return f"'{text}'" if isinstance(value, str) else text


def printable(path: str | Path) -> str:
    """Return a file's name as it may safely stand in a message."""
    return ascii_controls(str(path))[-200:]


def path_of(given: object) -> Path:
    """Return what was given as the name of a file or folder, as a path.

    Raises:
        InputError: if it is neither text nor a path.
    """
    if not isinstance(given, str | os.PathLike):
        raise InputError(f"{shown(given)} is no path; allowed: the name of a file or folder, as text or pathlib.Path")
    return Path(given)


def ascii_controls(text: str) -> str:
    """Return text whose control characters and lone surrogates are spelt out, so that no terminal obeys them."""
    return _UNSHOWABLE.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)


_UNSHOWABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
