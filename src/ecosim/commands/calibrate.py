"""The command ``ecosim calibrate``: which values of parameters bring a scenario's measures to targets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ecosim.commands.answer import answer
from ecosim.commands.ending import FAILED
from ecosim.commands.options import Search, folder_for_runs
from ecosim.commands.progress import watched
from ecosim.commands.speech import say
from ecosim.errors import InputError

if TYPE_CHECKING:
    from ecosim.experiments.ranges import Interval


@dataclass(frozen=True, kw_only=True)
class Order(Search):
    """Search for values of parameters that bring measures to targets, and tell which the targets do not tell.

    KEY='interval(A,B)' is looked for: calibrate opinions 'dynamics.stance.tolerance=interval(0.1,0.9)'
    --target dispersion=0.3±0.02 --out results/calibration
    """

    target: Annotated[
        tuple[str, ...], typer.Option(metavar="MEASURE=VALUE±SD", help="what it shall come to; may be repeated")
    ] = ()
    targets: Annotated[Path | None, typer.Option(metavar="FILE.yaml", help="a table of such targets")] = None
    method: Annotated[str, typer.Option(metavar="optuna|abc", help="the best, or a posterior")] = "optuna"
    trials: Annotated[
        int, typer.Option(help="values of the parameters that are tried, at most; at least 20 with optuna, 80 with abc")
    ] = 200
    replicates: Annotated[int, typer.Option(help="runs of each, the same luck in all")] = 5


def carry_out(order: Order) -> int:
    """Search, save what was found, and tell it; return the exit code: 0, or 1 where runs failed.

    Raises:
        InputError: before anything has run.
    """
    from ecosim.drawing.calibration import calibration
    from ecosim.errors import printable
    from ecosim.experiments.calibration import calibrate
    from ecosim.wording import some

    name, changes = order.name_and_changes()
    parameters, rest = _split(changes)
    out = folder_for_runs(order.out, _lacking(order, parameters))
    if order.target and order.targets is not None:
        raise InputError("--target and --targets; allowed: one of them")
    facts: Any = order.targets if order.targets is not None else order.target
    actors = order.actors(name, rest)
    with watched(order, out) as progress:
        found = calibrate(
            name, parameters, facts, *rest, method=order.method, trials=order.trials, replicates=order.replicates,
            **order.manner(out, actors), progress=progress,
        )  # fmt: skip
    tables = {"calibration_trials.csv": found.trials}
    if found.posterior is not None:
        tables["calibration_posterior.csv"] = found.posterior
    answer(order, found, out, "calibration", tables, calibration(found))
    if found.failed:
        say(f"{some(found.failed, 'run')} failed; why: {printable(out)}/failures.jsonl")
    return FAILED if found.failed else 0


def _lacking(order: Order, parameters: dict[str, Interval]) -> list[str]:
    """Return a sentence for each thing without which there is nothing to search for, or in."""
    lacking = []
    if not parameters:
        lacking.append("KEY='interval(LOW,HIGH)' is missing: what is looked for, and in which range")
    if not order.target and order.targets is None:
        lacking.append("--target MEASURE=VALUE±SD, or --targets FILE.yaml, is missing: what the measures shall come to")
    return lacking


def _split(words: tuple[str, ...]) -> tuple[dict[str, Interval], tuple[str, ...]]:
    """Return the ranges that words give, and the other changes as they are.

    Raises:
        InputError: naming every word that gives several values, but no range.
    """
    from ecosim.experiments.grammar import values_of
    from ecosim.experiments.ranges import Interval

    found: dict[str, Interval] = {}
    rest: list[str] = []
    faults: list[str] = []
    for word in words:
        try:
            said = values_of(word)
        except InputError as error:
            faults += error.faults
            continue
        if said is None:
            rest.append(word)
        elif isinstance(said[1], Interval):
            found[said[0]] = said[1]
        else:
            faults.append(
                f"{word}: several values; allowed: a range to look in, {said[0]}=interval(low,high), or one value"
            )
    if faults:
        raise InputError(faults)
    return found, tuple(rest)
