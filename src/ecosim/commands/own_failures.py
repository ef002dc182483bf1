"""Failures of a user's own code: a sentence with rule, tick, kind, text and line, not a traceback through ecosim."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from ecosim.commands.ending import FAILED
from ecosim.commands.speech import say
from ecosim.errors import Happened, InputError, ascii_controls, happened, printable, said

TRACEBACK = "ECOSIM_TRACEBACK"
"""Environment variable that has the whole traceback printed as well."""

LONGEST = 300
"""Characters of an error's text: the traceback has all of it."""


@contextmanager
def told_of_own_code(*, as_json: bool) -> Iterator[None]:
    """Tell what a rule or measure from outside ecosim raises in a run, and end with the exit code of a failure.

    Errors of ecosim's own code, refusals before the first tick and a lack of memory are left to others.

    Args:
        as_json: whether to print it as JSON as well.
    """
    try:
        yield
    except BaseException as error:  # a rule may raise anything, or call exit()
        place = happened(error)
        is_refusal = isinstance(error, InputError) and place is not None and place.tick is None
        if place is None or not place.is_outside or is_refusal or isinstance(error, MemoryError):
            raise
        if os.environ.get(TRACEBACK):
            traceback.print_exception(error)
        found = _as_data(error, place)
        say(f"Failed: {_in_words(found)}.")
        say(f"Nothing was written.{_advice(place)}")
        if as_json:
            print(json.dumps({"failed": found}, ensure_ascii=False, indent=2))
        raise typer.Exit(FAILED) from None


def _as_data(error: BaseException, place: Happened) -> dict[str, Any]:
    file, line = _own_line(error, place)
    lines = [one.strip() for one in said(error).splitlines() if one.strip()]
    text = " ".join(lines[:1]) + (" …" if len(lines) > 1 else "")
    return {
        "in": place.key, "code": place.code, "tick": place.tick, "kind": type(error).__name__,
        "message": text if len(text) <= LONGEST else text[: LONGEST - 1] + "…", "file": file, "line": line,
    }  # fmt: skip


def _in_words(found: dict[str, Any]) -> str:
    when = "before the first tick" if found["tick"] is None else f"in tick {found['tick']:,}"
    text = f": {ascii_controls(found['message'])}" if found["message"] else ""
    where = f"{found['in']} ({ascii_controls(found['code'])}) raised {found['kind']} {when}"
    return f"{where}{text} ({printable(found['file'])}, line {found['line']})"


def _advice(place: Happened) -> str:
    before = ""
    if place.tick is not None and place.tick > 1:
        before = f" The same run with ticks={place.tick - 1} ends before that."
    return before if os.environ.get(TRACEBACK) else f"{before} {TRACEBACK}=1 shows the whole traceback."


def _own_line(error: BaseException, place: Happened) -> tuple[str, int]:
    """Return the file and line, of the package that failed, from which the error came: the innermost of its own."""
    package = place.code.split(":")[0].split(".")[0]
    frames = list(traceback.walk_tb(error.__traceback__))
    own = [one for one in frames if str(one[0].f_globals.get("__name__")).split(".")[0] == package]
    frame, line = (own or frames)[-1]
    return _short(frame.f_code.co_filename), line


def _short(file: str) -> str:
    """Return a file's name as seen from the working folder, where it lies below it."""
    try:
        return str(Path(file).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return file
