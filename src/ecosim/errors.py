"""Errors that a user is meant to read: one message that names every fault at once, with values as may safely be shown."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable
from pathlib import Path
from traceback import walk_tb
from typing import Any


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


class Happened(str):
    """Where an error happened: a note of it, which Python shows below its traceback.

    Attributes:
        key: of the configuration: ``dynamics.gossip``.
        code: its place, ``package.module:name``.
        tick: in which tick; None before the first.
    """

    key: str
    code: str
    tick: int | None

    def __new__(cls, key: str, code: str, tick: int | None) -> Happened:
        """Return the note."""
        when = "before the first tick" if tick is None else f"in tick {tick:,}"
        self = super().__new__(cls, f"This happened in {key}, {when}.")
        self.key, self.code, self.tick = key, code, tick
        return self

    @property
    def is_outside(self) -> bool:
        """Whether the code is not ecosim's own."""
        return self.code.split(":")[0].split(".")[0] != "ecosim"


def code_of(called: Any) -> str:
    """Return where the code of a class or function is, ``package.module:name``; that of its class where it is neither."""
    named = called if hasattr(called, "__qualname__") else type(called)
    return f"{named.__module__}:{named.__qualname__}"


def happened(error: BaseException) -> Happened | None:
    """Return where an error happened, if it was noted; the innermost place of several."""
    return next((note for note in getattr(error, "__notes__", ()) if isinstance(note, Happened)), None)


def said(error: BaseException) -> str:
    """Return what an error says of itself; where that raises in turn, as a user's own may, that it says nothing."""
    try:
        return "".join((str(error), ""))  # joined, it is plain text whatever kind of text it was
    except BaseException as fault:
        return f"(no text: its own __str__ raised {type(fault).__name__})"


def raised(error: BaseException) -> str:
    """Return what kind of error it is, what it says, and in which line it was raised, as far as it does not say so."""
    told = f"{type(error).__name__}: {ascii_controls(said(error))}"
    if isinstance(error, SyntaxError):
        return told
    places = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    file, line = next((place for place in reversed(places) if not place[0].startswith("<")), places[-1])
    return f"{told} ({printable(file)}, line {line})"


def did_you_mean(name: object, valid: Iterable[str], *, most: int = 12) -> str:
    """Return a clause that names the nearest valid word and lists the valid ones.

    Args:
        name: what the user wrote.
        valid: the words that would have been accepted.
        most: how many valid words to list before the list is cut; those that begin as the name does come first then.
    """
    words = sorted(set(valid))
    if len(words) > most:
        head = str(name).partition("_")[0]
        words.sort(key=lambda word: word.partition("_")[0] != head)
    near = difflib.get_close_matches(str(name), words, n=1, cutoff=0.5)
    listed = ", ".join(words[:most]) + (f", … ({len(words)} in all)" if len(words) > most else "")
    guess = f"did you mean '{near[0]}'? " if near else ""
    return f"{guess}valid: {listed}" if words else "nothing is valid here"


def shown(value: object, most: int = 60) -> str:
    """Return a value as it may safely stand in a message: one line, escaped, cut when long."""
    try:
        text = ascii_controls(str(value)) if isinstance(value, str) else ascii_controls(repr(value))
    except Exception as fault:  # of a class of the user's own
        text = f"({type(value).__name__}, whose own __repr__ raised {type(fault).__name__})"
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
