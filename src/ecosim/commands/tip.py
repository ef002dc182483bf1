"""The command ``ecosim tip``: where along a parameter an outcome goes over to another regime."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ecosim.commands.answer import answer
from ecosim.commands.ending import FAILED
from ecosim.commands.options import Search, folder_for_runs
from ecosim.commands.progress import watched
from ecosim.commands.speech import say
from ecosim.commands.words import sorted_out
from ecosim.errors import InputError

if TYPE_CHECKING:
    from ecosim.experiments.tipping import Tipping


@dataclass(frozen=True, kw_only=True)
class Order(Search):
    """Search where along a parameter an outcome goes over to another regime, and whether the way back is another one.

    For example: tip may_1977 dynamics.issue.floor severity --from 1.2 --to 3.2 --both-ways --out results/may
    """

    words: Annotated[
        tuple[str, ...],
        typer.Argument(metavar="[NAME] KEY MEASURE [KEY=VALUE]…", help="along which parameter, what comes out"),
    ] = ()
    start: Annotated[float | None, typer.Option("--from", metavar="A", help="where the range begins")] = None
    stop: Annotated[float | None, typer.Option("--to", metavar="B", help="where it ends")] = None
    threshold: Annotated[
        float | None, typer.Option(metavar="Y", help="between the regimes (default: the middle of both ends)")
    ] = None
    replicates: Annotated[int, typer.Option(help="runs of each value, at least 6 if there is chance")] = 20
    width: Annotated[
        float | None, typer.Option(metavar="W", help="of the 95 % interval (default: a hundredth of the range)")
    ] = None
    both_ways: Annotated[bool, typer.Option("--both-ways", help="lead worlds up and back, too: hysteresis")] = False
    hold: Annotated[
        int | None, typer.Option(metavar="TICKS", help="at each value on the way (default: the scenario's)")
    ] = None
    steps: Annotated[int, typer.Option(help="values on the way in one direction")] = 12


def carry_out(order: Order) -> int:
    """Search, save what was found, and tell it; return the exit code: 0, or 1 where runs failed.

    Raises:
        InputError: before anything has run.
    """
    from ecosim.drawing.tipping import tipping
    from ecosim.experiments.tipping import tip

    lacking = _lacking(order)
    out = folder_for_runs(order.out, lacking)
    name, key, measure, changes = _read(order)
    actors = order.actors(name, changes)
    with watched(order, out) as progress:
        found = tip(
            name, key, measure, *changes, start=order.start, stop=order.stop, threshold=order.threshold,
            replicates=order.replicates, width=order.width, both_ways=order.both_ways, hold=order.hold,
            steps=order.steps, **order.manner(out, actors), progress=progress,
        )  # fmt: skip
    answer(order, found, out, "tipping", {"tipping_values.csv": found.values}, tipping(found))
    failed = _failed(found, out)
    for sentence in failed:
        say(sentence)
    return FAILED if failed else 0


def _failed(found: Tipping, out: Path) -> list[str]:
    """Return, in sentences, what failed, and where to read why; nothing if nothing did."""
    from ecosim.errors import printable
    from ecosim.experiments.both_ways import FOLDER
    from ecosim.experiments.folder import FAILURES
    from ecosim.wording import some

    runs = int((found.runs["status"] != "ok").sum())
    worlds = 0 if found.both_ways is None else found.both_ways.failed
    told = [f"{some(runs, 'run')} failed; why: {printable(out)}/{FAILURES}"] if runs else []
    told += [f"{some(worlds, 'world')} could not be led; why: {printable(out)}/{FOLDER}"] if worlds else []
    return told


def _lacking(order: Order) -> list[str]:
    """Return a sentence if a key, a measure or both are missing; of two words, the first may be a scenario's name."""
    from ecosim.compose import names
    from ecosim.measures.registry import MEASURES

    plain, _ = sorted_out(order.words)
    is_named = bool(plain) and order.scenario is None and plain[0] in names()
    rest = plain[1:] if is_named else plain
    if len(rest) > 1:
        return []
    if not rest:
        missing = "KEY and MEASURE are missing"
    else:
        missing = "KEY is missing" if rest[0].removesuffix(".mean") in MEASURES else "MEASURE is missing"
    return [
        f"{' '.join(plain)}{': ' if plain else ''}{missing}: along which parameter, what comes out; "
        "as in: may_1977 dynamics.issue.floor severity"
    ]


def _read(order: Order) -> tuple[str | None, str, str, tuple[str, ...]]:
    """Return scenario, key, measure and changes; the scenario may be left out."""
    plain, changes = sorted_out(order.words)
    if len(plain) not in (2, 3) or (len(plain) == 3 and order.scenario is not None):
        told = " ".join(plain) or "nothing"
        raise InputError(
            f"{told}; allowed: [NAME] KEY MEASURE [KEY=VALUE]…, as in: may_1977 dynamics.issue.floor severity"
        )
    key, measure = plain[-2:]
    return (plain[0] if len(plain) == 3 else None), key, measure, changes
