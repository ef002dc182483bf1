"""Progress on a terminal: how much is done, and the time left; and how many runs that are stopped are told of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ecosim.commands.ending import FAILED, STOPPED
from ecosim.commands.options import ManyRuns
from ecosim.commands.speech import say
from ecosim.experiments.bar import Bar

if TYPE_CHECKING:
    from ecosim.experiments.sweep import Progress


@contextmanager
def watched(order: ManyRuns, out: Path | None) -> Iterator[Callable[[Progress], None]]:
    """Show a bar while runs are made; where they are stopped, say how to go on, and end the command.

    Args:
        order: who is told.
        out: the folder with what is finished; None where it is kept nowhere.
    """
    from ecosim.errors import printable
    from ecosim.experiments.making import CannotGoOn

    with Bar("runs", order.shows_progress) as bar:
        goes_on = (
            "" if out is None else
            f"; what is finished is in {printable(out)}; the same command again goes on from there"
        )  # fmt: skip
        try:
            yield lambda progress: bar.advance(progress.done, progress.total, f"{progress.failed:,} failed")
        except KeyboardInterrupt:
            say(f"\nStopped{_counted(out)}{goes_on}.")
            raise typer.Exit(STOPPED) from None
        except CannotGoOn as error:
            say(f"Failed: {str(error).strip()}{goes_on}.")
            raise typer.Exit(FAILED) from None


def _counted(out: Path | None) -> str:
    """Return in words how many runs of a folder are finished, as far as it says so."""
    from ecosim.errors import InputError
    from ecosim.experiments.manifest import read_manifest

    if out is not None:
        with suppress(InputError, KeyError, TypeError):
            runs = read_manifest(out)["runs"]
            return f": {runs['ok'] + runs['failed']:,} of {runs['all']:,} runs finished, {runs['failed']:,} failed"
    return ""
