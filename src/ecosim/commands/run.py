"""One run: settings, the user's own organisations, founding, ticks, results, figures, and a summary in words."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecosim.commands.actors import actors_of
from ecosim.commands.interrupt import heeded
from ecosim.commands.output import FIGURES, check_folder, of_an_earlier_run, refuse_unwritable
from ecosim.results.folders import whole

if TYPE_CHECKING:
    from ecosim.results.run import Run
    from ecosim.settings import Settings
    from ecosim.world.actors import Actors

RESULTS = Path("results")
"""Where runs go that are given no folder."""


@dataclass(frozen=True)
class Order:
    """What the command line asks for; the fields are its options."""

    name: str | None = None
    overrides: tuple[str, ...] = ()
    out: Path | None = None
    scenario: Path | None = None
    organisations: Path | None = None
    ties: Path | None = None
    mapping: Path | None = None
    trust: tuple[str, ...] = ()
    yes: bool = False
    quiet: bool = False
    as_json: bool = False


def run_once(order: Order) -> None:
    """Carry out an order.

    Raises:
        InputError: before anything has run.
        KeyboardInterrupt: with the tick at which it was stopped.
    """
    from ecosim.compose import load
    from ecosim.dynamics.rivals import rivals
    from ecosim.interventions import never_acting
    from ecosim.settings import with_actors
    from ecosim.sizes import check_run

    say = _mute if order.quiet else _say
    if order.out is not None:
        check_folder(order.out)
    else:
        refuse_unwritable(RESULTS, "without --out,")
    settings = load(order.name, *order.overrides, scenario=order.scenario, trust=order.trust, yes=order.yes)
    actors = actors_of(order, lambda: settings, say)
    settings = with_actors(settings, actors)
    if actors is not None:
        check_run(settings, agreed=order.yes)
    for sentence in (*never_acting(settings.interventions, settings.ticks), *rivals(settings.in_order())):
        say(f"Note: {sentence}.")
    run = _run(settings, actors, say)
    folder = order.out or RESULTS / f"{_short(order)}-{run.run_id[:8]}"
    if order.out is None:
        check_folder(folder)
    _save(run, folder, settings, say)
    if order.as_json:
        print(json.dumps(run.summary, ensure_ascii=False, indent=2))
    elif not order.quiet:
        from ecosim.results.words import without_table

        _show(without_table(run.words))
        print(f"Every measure, with its unit and what it is: {folder / 'summary.md'}")
    say(f"The results are in {folder}")


def _run(settings: Settings, actors: Actors | None, say: Callable[[str], None]) -> Run:
    from ecosim.kernels import is_cold

    if not is_cold():
        return _live(settings, actors, say)
    from ecosim.commands.warming import helped

    say("The first run on this machine compiles the model once; that takes up to a minute.")
    with helped(settings):
        return _live(settings, actors, say)


def _live(settings: Settings, actors: Actors | None, say: Callable[[str], None]) -> Run:
    from ecosim.ecosystem import Ecosystem

    with heeded() as check:
        model = Ecosystem(settings, actors=actors)
        with _Progress(settings.ticks, is_shown=say is not _mute and sys.stderr.isatty()) as progress:

            def tell(done: int, ticks: int) -> None:
                check()
                if progress is not None:
                    progress(done, ticks)

            try:
                model.run(progress=tell)
            except KeyboardInterrupt:
                raise KeyboardInterrupt(f"in tick {model.tick} of {settings.ticks}") from None
    return model.results()


def _save(run: Run, folder: Path, settings: Settings, say: Callable[[str], None]) -> None:
    """Save tables and figures, all or nothing; an earlier run in the folder stays until they are complete."""
    failed: Exception | None = None
    with whole(folder, of_an_earlier_run) as part:
        run.save(part)
        if settings.record.figures:
            from ecosim.reports.plots import save_figures

            try:
                save_figures(run, part / FIGURES, told=say)
            except OSError:
                raise
            except Exception as error:  # a picture that cannot be drawn is no reason to lose the numbers
                failed = error
    if failed is not None:
        raise failed


class _Progress:
    """A bar with the time left, on a terminal, for runs that take longer than a moment."""

    def __init__(self, ticks: int, is_shown: bool) -> None:
        self._ticks, self._is_shown = ticks, is_shown
        self._bar: Any = None
        self._task: Any = None
        self._next = time.monotonic() + 0.5

    def __enter__(self) -> Callable[[int, int], None] | None:
        return self._advance if self._is_shown else None

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _advance(self, done: int, ticks: int) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + 0.1
        if self._bar is None:
            self._begin(ticks)
        self._bar.update(self._task, completed=done)

    def _begin(self, ticks: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("ticks", total=ticks)
        self._bar.start()


def _short(order: Order) -> str:
    return order.name or (order.scenario.stem if order.scenario is not None else "town")


def _show(markdown: str) -> None:
    if not sys.stdout.isatty():
        print(markdown)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(markdown))


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _mute(sentence: str) -> None:
    pass
