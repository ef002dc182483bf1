"""Answer: a script asks a question in a folder of its own, and its page tells what came out.

The page is the folder's README.md, in which the tables stand between two marks, and the picture is figure.svg.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ecosim.drawing.style import rules
from ecosim.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

START, END = "<!-- result -->", "<!-- /result -->"
LEAST = 2
"""Runs of an arm below which there is no interval."""

Seen = TypeVar("Seen")


def answer(
    folder: Path,
    about: str | None,
    measured: Callable[..., Seen],
    told: Callable[[Seen], str],
    figure: Callable[[Seen], Figure],
    *,
    replicates: int,
    seed: int,
    given: Sequence[str] | None = None,
) -> None:
    """Run what a script asks, as the command line has it, print what came out, and renew its page if that is asked for.

    Args:
        folder: of the script and its page.
        about: the question, which ``--help`` tells.
        measured: runs it all; given replicates, seed, number of processes, and changes of every arm.
        told: makes the tables of what was seen.
        figure: draws it.
        replicates: runs of each arm that the page is made of; the command line may ask for others, and of the seed, too.
        seed: those of the replicates come from it.
        given: the command line; None: that of this process.

    Raises:
        SystemExit: in one line, if a change of the arms is not allowed.
    """
    asked = arguments(about or "", replicates=replicates, seed=seed, given=given)
    try:
        seen = measured(asked.replicates, asked.seed, asked.workers, *asked.changes)
    except InputError as error:
        sys.exit(str(error))
    text = told(seen)
    print(text)
    if asked.write:
        write(folder, text, figure(seen))


def arguments(about: str, *, replicates: int, seed: int, given: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what the command line asks for: replicates, seed, write, workers, and changes of every arm."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("changes", nargs="*", help="changes of every arm, for example ticks=60")
    parser.add_argument("--replicates", type=int, default=replicates, help="runs of each arm (%(default)s)")
    parser.add_argument("--seed", type=int, default=seed, help="the seeds of the replicates come from it (%(default)s)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes; 0: in this one")
    parser.add_argument("--write", action="store_true", help="renew the table in README.md, and figure.svg")
    asked = parser.parse_args(given)
    if asked.replicates < LEAST:
        parser.error(f"--replicates is {asked.replicates}; allowed: at least {LEAST}, for an interval")
    return asked


def write(folder: Path, text: str, figure: Figure) -> None:
    """Put the tables between the page's marks, and the picture beside it, the same each time."""
    page = folder / "README.md"
    before, rest = page.read_text("utf-8").split(START, 1)
    page.write_text(f"{before}{START}\n{text}\n{END}{rest.split(END, 1)[1]}", "utf-8")
    with rules():  # its salt makes the file the same each time
        figure.savefig(folder / "figure.svg", metadata={"Date": None})
