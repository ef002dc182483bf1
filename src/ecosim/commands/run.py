"""One run: settings, the user's own organisations, founding, ticks, results, figures, and a summary in words."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ecosim.commands.actors import actors_of, besides
from ecosim.commands.options import OfScenario, OwnTables, Spoken, Yes
from ecosim.commands.own_failures import told_of_own_code
from ecosim.commands.together import Together
from ecosim.commands.words import given
from ecosim.experiments.bar import Bar
from ecosim.undisturbed import not_ended, undisturbed

if TYPE_CHECKING:
    from ecosim.results.run import Run
    from ecosim.settings import Settings
    from ecosim.world.actors import Actors

RESULTS = Path("results")
"""Where runs go that are given no folder."""


@dataclass(frozen=True, kw_only=True)
class Order(OfScenario, OwnTables, Spoken):
    """Run a scenario once; tables, figures and a summary go to a folder.

    NAME is a scenario (default: town). KEY=VALUE changes it: ticks=50 ecosystem.organisations=500 ~dynamics.ripple
    """

    seed: Annotated[str | None, typer.Option(metavar="N", help="chooses the luck of the run; as seed=N")] = None
    ticks: Annotated[str | None, typer.Option(metavar="N", help="how many ticks; as ticks=N")] = None
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="folder for the results")] = None
    check: Annotated[
        bool, typer.Option("--check", help="stop where a rule changes what it does not say it writes; slower")
    ] = False
    yes: Yes = False


def carry_out(order: Order) -> None:
    """Run, save what it came to, and tell it.

    Raises:
        InputError: before anything has run.
        KeyboardInterrupt: with the tick at which it was stopped.
    """
    from ecosim.commands.output import check_folder, refuse_unwritable
    from ecosim.results.lock import held

    further = [*given("seed", order.seed), *given("ticks", order.ticks), *(["check=true"] if order.check else [])]
    together = Together()
    with together.step():
        check_folder(order.out) if order.out is not None else refuse_unwritable(RESULTS, "without --out,")
    with together.step():
        name, changes = order.name_and_changes(*further)
        settings, actors = _asked(order, name, changes)
    together.refuse()
    folder = order.out or RESULTS / f"{_short(name, order.scenario)}-{_number(settings, actors)[:8]}"
    if order.out is None:
        check_folder(folder)
    with held(folder, "run") as is_new:
        with told_of_own_code(as_json=order.as_json), undisturbed(), not_ended():
            run = _run(settings, actors, order)
        _save(run, folder, settings, order, is_new=is_new)
    _tell(order, run, folder)


def _asked(order: Order, name: str | None, changes: tuple[str, ...]) -> tuple[Settings, Actors | None]:
    """Return what is run, and with whom; say what is odd about it."""
    from ecosim.compose import load
    from ecosim.oddities import oddities
    from ecosim.settings import with_actors
    from ecosim.sizes import check_run

    with besides(order):
        settings = load(name, *changes, scenario=order.scenario, trust=order.trust, yes=order.yes)
    actors = actors_of(order, lambda: settings, order.say)
    settings = with_actors(settings, actors)
    odd = list(oddities(settings))
    if actors is not None:
        from ecosim.own_tables import begin_insolvent

        check_run(settings, agreed=order.yes)
        odd += begin_insolvent(actors, settings.in_order())
    for sentence in odd:
        order.say(f"Note: {sentence}.")
    return settings, actors


def _tell(order: Order, run: Run, folder: Path) -> None:
    if order.as_json:
        print(json.dumps(run.summary, ensure_ascii=False, indent=2))
    elif not order.quiet:
        from ecosim.results.words import without_table

        _show(without_table(run.words))
        print(f"Every measure, with its unit and what it is: {folder / 'summary.md'}")
    order.say(f"The results are in {folder}")


def _run(settings: Settings, actors: Actors | None, order: Order) -> Run:
    from ecosim.kernels import is_cold

    if not is_cold():
        return _live(settings, actors, order)
    from ecosim.commands.warming import helped

    order.say("The first run on this machine compiles the model once; that takes up to a minute.")
    with helped(settings):
        return _live(settings, actors, order)


def _live(settings: Settings, actors: Actors | None, order: Order) -> Run:
    from ecosim.commands.interrupt import heeded
    from ecosim.ecosystem import Ecosystem

    with heeded() as check:
        model = Ecosystem(settings, actors=actors)
        with Bar("ticks", order.shows_progress, patience=0.5) as bar:

            def tell(done: int, ticks: int) -> None:
                check()
                bar.advance(done, ticks)

            try:
                model.run(progress=tell)
            except KeyboardInterrupt:
                if not check.is_pressed():
                    raise  # a rule has raised it
                raise KeyboardInterrupt(f"in tick {model.tick} of {settings.ticks}") from None
    return model.results()


def _number(settings: Settings, actors: Actors | None) -> str:
    """Return the number that the run will have, by which its folder is held before there is anything to put there."""
    from ecosim.results.provenance import run_id
    from ecosim.settings import plain

    scheduled = settings.in_order()
    described = plain(settings.model_copy(update={"schedule": tuple(scheduled), "dynamics": scheduled}))
    return run_id(described, settings.seed, None if actors is None else actors.digest)


def _save(run: Run, folder: Path, settings: Settings, order: Order, *, is_new: bool) -> None:
    """Save tables and figures, all or nothing; an earlier run in the folder stays until they are complete."""
    from ecosim.commands.output import FIGURES, of_an_earlier_run
    from ecosim.results.folders import whole

    failed: Exception | None = None
    with whole(folder, of_an_earlier_run, is_reserved=is_new) as part:
        run.save(part)
        if settings.record.figures:
            from ecosim.reports.plots import save_figures

            try:
                save_figures(run, part / FIGURES, told=order.say)
            except OSError:
                raise
            except Exception as error:  # a picture that cannot be drawn is no reason to lose the numbers
                failed = error
    if failed is not None:
        raise failed


def _short(name: str | None, scenario: Path | None) -> str:
    return name or (scenario.stem if scenario is not None else "town")


def _show(markdown: str) -> None:
    if not sys.stdout.isatty():
        from ecosim.results.phrases import unescaped

        print(unescaped(markdown))
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(markdown))
