"""The command ``ecosim sweep``: words to a design, a bar while it runs, and what it came to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ecosim.commands.actors import actors_of, besides
from ecosim.commands.ending import FAILED
from ecosim.commands.options import ManyRuns, OfScenario, OwnTables, folder_for_runs
from ecosim.commands.progress import watched
from ecosim.commands.together import Together
from ecosim.commands.until import tell_until
from ecosim.commands.words import given
from ecosim.errors import InputError

if TYPE_CHECKING:
    from ecosim.experiments.plan import Plan
    from ecosim.experiments.points_table import PointsTable
    from ecosim.experiments.sweep import Outcome
    from ecosim.experiments.until import Goal


@dataclass(frozen=True, kw_only=True)
class Order(OfScenario, OwnTables, ManyRuns):
    """Run a scenario with many values, several runs each, over all cores; the same command again goes on.

    KEY=A,B,C gives several values, KEY=VALUE one: dynamics.stance.tolerance=0.2,0.4 ticks=100
    KEY='interval(A,B)' gives a range for the designs that draw: --design lhs --samples 64
    """

    out: Annotated[Path | None, typer.Option(metavar="DIR", help="folder for the results; again, to continue")] = None
    replicates: Annotated[
        int | None,
        typer.Option(help="runs of each point, each with its own luck (default: 1; the most with --until: 1,000)"),
    ] = None
    until: Annotated[
        tuple[str, ...],
        typer.Option(
            metavar="'MEASURE ± WIDTH'", help="add replicates until 95 % intervals are so narrow; may be repeated"
        ),
    ] = ()
    design: Annotated[
        str,
        typer.Option(
            metavar="KIND", help="grid or zip of listed values; lhs, sequence, sobol or morris draw from ranges"
        ),
    ] = "grid"
    samples: Annotated[
        int | None, typer.Option(metavar="N", help="points to draw; base points of sobol; trajectories of morris")
    ] = None
    vary: Annotated[
        tuple[str, ...],
        typer.Option(metavar="KEY", help="draw from the range that the parameter declares; may be repeated"),
    ] = ()
    table: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="a row a point, a column a KEY (.csv, .xlsx)")
    ] = None
    levels: Annotated[int | None, typer.Option(metavar="N", help="of design morris, even (default: 4)")] = None
    second_order: Annotated[
        bool, typer.Option("--second-order", help="design sobol for indices of pairs, too: twice the points")
    ] = False
    luck: Annotated[
        str, typer.Option(metavar="common|independent", help="the same seeds at every point, or each its own")
    ] = "common"
    seed: Annotated[str | None, typer.Option(metavar="N", help="the seeds of the replicates come from it")] = None


def carry_out(order: Order) -> int:
    """Make the runs, say what it came to, and return the exit code: 0, or 1 where runs failed.

    Raises:
        InputError: before anything has run.
    """
    from ecosim.dynamics.production.placing import refuse_misplaced_goods
    from ecosim.experiments.sweep import run_sweep
    from ecosim.experiments.until import goals_of
    from ecosim.kernels import is_cold
    from ecosim.oddities import oddities

    together, execution = Together(), order.execution()
    with together.step():
        out = folder_for_runs(order.out)
    goals: tuple[Goal, ...] = ()
    with together.step():
        goals = goals_of(order.until)
    with together.step():
        execution.check()
    with together.step():
        plan = _planned(order, goals)
    together.refuse()
    settings = plan.settings(0)
    refuse_misplaced_goods(settings.in_order())
    for sentence in oddities(settings):
        order.say(f"Note: {sentence}.")
    if is_cold():
        order.say("The first run on this machine compiles the model once; that takes up to a minute.")
    with watched(order, out) as progress:
        outcome = run_sweep(plan, out, execution, say=order.say, progress=progress, goals=goals)
    _tell(order, plan, outcome, out)
    return FAILED if outcome.failed else 0


def _planned(order: Order, goals: tuple[Goal, ...]) -> Plan:
    """Return which runs are asked for."""
    from ecosim.experiments.plan import plan_of, refuse_axes_of_tables
    from ecosim.experiments.until import most_replicates

    name, changes = order.name_and_changes(*given("seed", order.seed))
    axes, rest = split_axes(changes, order.vary)
    with besides(order):
        plan = plan_of(
            name, _with_table(order.table, axes), rest, scenario=order.scenario, trust=order.trust, design=order.design,
            replicates=most_replicates(order.replicates, goals), samples=order.samples, levels=order.levels,
            second_order=order.second_order, luck=order.luck,
        )  # fmt: skip
    actors = actors_of(order, lambda: plan.settings(0), order.say)
    refuse_axes_of_tables((axis.key for axis in plan.design.axes), actors)
    return replace(plan, actors=actors)


def split_axes(words: Iterable[str], vary: Iterable[str] = ()) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the keys with several values or a range, each with them, and the other changes as they are.

    Args:
        words: in Hydra's grammar (``ecosim.experiments.grammar``): ``key=a,b,c``, ``key=range(0,10,2)``,
            ``key='x y','z'``, ``key={rule: a},{rule: b}``, ``key=interval(0,1)``.
        vary: keys that take the range which their parameter declares.

    Raises:
        InputError: naming every word that cannot be read or asks for values that are not listed, nor a range.
    """
    from ecosim.experiments.grammar import values_of
    from ecosim.experiments.ranges import Interval

    axes: dict[str, Any] = {}
    rest: list[str] = []
    faults: list[str] = []
    for word in words:
        try:
            found = values_of(word)
        except InputError as error:
            faults += error.faults
            continue
        if found is None:
            rest.append(word)
        elif found[0] in axes:
            faults.append(f"{found[0]}: given twice; allowed: once")
        else:
            axes[found[0]] = found[1]
    faults += _vary_faults(vary, {*axes, *(word.partition("=")[0] for word in rest)})
    if faults:
        raise InputError(faults)
    return {**axes, **{key: Interval() for key in vary}}, tuple(rest)


def _vary_faults(vary: Iterable[str], given: set[str]) -> Iterator[str]:
    """Yield what is wrong with keys that shall take their declared range, where some are given already."""
    from ecosim.errors import shown

    for key in vary:
        if key in given:
            yield f"{key}: given twice; allowed: once (--vary takes the range that is declared)"
        elif "=" in key:
            yield f"--vary {shown(key)}; allowed: a key alone, or key=interval(low,high) without --vary"
        given.add(key)


def _with_table(path: Path | None, axes: dict[str, Any]) -> dict[str, Any] | PointsTable:
    """Return the points of a table, where there is one, else what the words vary."""
    if path is None:
        return axes
    from ecosim.experiments.points_table import read_points, refuse_more_values

    refuse_more_values(axes)
    return read_points(path)


def _tell(order: Order, plan: Plan, outcome: Outcome, out: Path) -> None:
    from ecosim.errors import printable

    here = printable(out)
    if outcome.damaged:
        found = (
            "1 damaged file was found and its"
            if outcome.damaged == 1
            else f"{outcome.damaged:,} damaged files were found and their"
        )
        order.say(f"{found} runs made again.")
    if outcome.until is not None:
        tell_until(order, plan, outcome.until)
    why = f" ({outcome.why}); more: {here}/failures.jsonl" if outcome.failed else ""
    order.say(f"{outcome.ok:,} ok, {outcome.failed:,} failed{why}")
    order.say(f"The results are in {here}")
    if order.as_json:
        print(json.dumps(_as_data(out, outcome), ensure_ascii=False))


def _as_data(out: Path, outcome: Outcome) -> dict[str, Any]:
    told = {"out": str(out), **outcome._asdict()}
    del told["until"]
    if outcome.until is not None:
        told["replicates"] = [outcome.until.fewest, outcome.until.most]
        told["not_narrow_enough"] = list(outcome.until.short)
    return told
