"""Ending: each way in which a command ends has its exit code, and a sentence in plain words."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from ecosim.commands.speech import say
from ecosim.errors import InputError, RunsFailed, said

REFUSED, FAILED, STOPPED = 2, 1, 130


@contextmanager
def told() -> Iterator[None]:
    """Tell errors in plain words and end with their exit code: 2 refused, 1 failed, 130 stopped by Ctrl-C."""
    try:
        yield
        if not sys.stdout.closed:
            sys.stdout.flush()  # a fault that Python would find as it ends is told as any other
    except RunsFailed as error:
        say(f"Failed: {error}")
        raise typer.Exit(FAILED) from None
    except InputError as error:
        _tell_faults(error.faults)
        raise typer.Exit(REFUSED) from None
    except FloatingPointError as error:
        say(f"Failed: {said(error)}")
        raise typer.Exit(FAILED) from None
    except AssertionError as error:
        if type(error).__name__ != "BrokenPromise":  # imported only where a run has imported it
            raise
        say(f"Failed: {error}; add it to what the mechanism writes, or leave it alone")
        raise typer.Exit(FAILED) from None
    except MemoryError:
        say("Failed: there is not enough memory; fewer organisations or ties need less.")
        raise typer.Exit(FAILED) from None
    except BrokenPipeError:  # whoever read our output has heard enough
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # open for good: Python flushes it as it ends
        raise typer.Exit(FAILED) from None
    except OSError as error:
        if error.filename is None and _takes_no_more():
            say(f"Failed: what was to be printed: {(error.strerror or said(error)).lower()}.")
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # open for good, as above
            raise typer.Exit(FAILED) from None
        say(f"Failed: {_of_system(error)}.")
        raise typer.Exit(FAILED) from None
    except KeyboardInterrupt as stopped:
        say(f"\nStopped{': ' + said(stopped) if stopped.args else ''}. Nothing was written.")
        raise typer.Exit(STOPPED) from None


@contextmanager
def spoken() -> Iterator[None]:
    """Say that the command was stopped, and end with that exit code, where Ctrl-C is pressed while nothing is at work."""
    try:
        yield
    except KeyboardInterrupt:
        say("\nStopped.")
        raise typer.Exit(STOPPED) from None


def _takes_no_more() -> bool:
    """Return whether it is standard output that takes no more, and not a file of results; try it with an empty line."""
    try:
        print(flush=True)
    except OSError:
        return True
    return False


def _of_system(error: OSError) -> str:
    """Return in words what the system would not do, where, and what to do if the disk is full."""
    from ecosim.errors import printable
    from ecosim.results.folders import FULL

    where = f"{printable(str(error.filename))}: " if error.filename else ""
    advice = (
        "; nothing is left there of it: make room, or name another folder with --out" if error.errno in FULL else ""
    )
    return f"{where}{(error.strerror or said(error)).lower()}{advice}"


def _tell_faults(faults: tuple[str, ...]) -> None:
    if len(faults) == 1:
        say(f"Refused: {faults[0]}")
        return
    say(f"Refused, {len(faults)} faults:")
    for fault in faults:
        say(f"  - {fault}")
