"""The command ``ecosim sweep``: words to a design, a bar while it runs, and what it came to."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ecosim.commands.actors import actors_of
from ecosim.commands.progress import Bar
from ecosim.errors import InputError
from ecosim.experiments.execute import CannotGoOn
from ecosim.experiments.grammar import values_of
from ecosim.experiments.plan import Plan
from ecosim.experiments.points_table import PointsTable, read_points, refuse_more_values
from ecosim.experiments.ranges import Interval
from ecosim.experiments.sweep import SECONDS_A_RUN, Execution, Outcome, run_sweep
from ecosim.experiments.until import Ended, goals_of, most_replicates
from ecosim.scenario_file import printable, shown

FAILED, STOPPED = 1, 130

_MOST_TOLD = 5


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
    replicates: int | None = None
    design: str = "grid"
    samples: int | None = None
    vary: tuple[str, ...] = ()
    table: Path | None = None
    levels: int | None = None
    second_order: bool = False
    luck: str = "common"
    workers: int | None = None
    timeout: float = SECONDS_A_RUN
    memory: float | None = None
    retry: bool = False
    yes: bool = False
    cluster: str | None = None
    until: tuple[str, ...] = ()
    quiet: bool = False
    as_json: bool = False


def sweep_once(order: Order) -> int:
    """Carry out an order, say what it came to, and return the exit code: 0, 1 where runs failed, 130 when stopped.

    Raises:
        InputError: before anything has run.
    """
    from ecosim.experiments.plan import plan_of, refuse_axes_of_tables

    say: Callable[[str], None] = _mute if order.quiet else _say
    if order.out is None:
        raise InputError("--out DIR is missing: the folder for the results, which a later call continues")
    axes, rest = split_axes(order.overrides, order.vary)
    goals = goals_of(order.until)
    plan = plan_of(
        order.name,
        _with_table(order.table, axes),
        rest,
        scenario=order.scenario,
        trust=order.trust,
        design=order.design,
        replicates=most_replicates(order.replicates, goals),
        samples=order.samples,
        levels=order.levels,
        second_order=order.second_order,
        luck=order.luck,
    )
    actors = actors_of(order, lambda: plan.settings(0), say)
    refuse_axes_of_tables((axis.key for axis in plan.design.axes), actors)
    plan = replace(plan, actors=actors)
    execution = Execution(order.workers, order.timeout, order.memory, order.retry, order.yes, order.cluster)
    from ecosim.dynamics.rivals import rivals
    from ecosim.kernels import is_cold

    for sentence in rivals(plan.settings(0).in_order()):
        say(f"Note: {sentence}.")

    if is_cold():
        say("The first run on this machine compiles the model once; that takes up to a minute.")
    with Bar(is_shown=not order.quiet and sys.stderr.isatty()) as bar:
        try:
            outcome = run_sweep(plan, order.out, execution, say=say, progress=bar, goals=goals)
        except KeyboardInterrupt:
            _say(f"\nStopped; {_how_to_go_on(order.out)}")
            return STOPPED
        except CannotGoOn as error:
            _say(f"Failed: {str(error).strip()}; {_how_to_go_on(order.out)}")
            return FAILED
    _tell(order, plan, outcome, say)
    return FAILED if outcome.failed else 0


def split_axes(words: Iterable[str], vary: Iterable[str] = ()) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the keys with several values or a range, each with them, and the other changes as they are.

    Args:
        words: in Hydra's grammar (``ecosim.experiments.grammar``): ``key=a,b,c``, ``key=range(0,10,2)``,
            ``key='x y','z'``, ``key={rule: a},{rule: b}``, ``key=interval(0,1)``.
        vary: keys that take the range which their parameter declares.

    Raises:
        InputError: naming every word that cannot be read or asks for values that are not listed, nor a range.
    """
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
    given = {*axes, *(word.partition("=")[0] for word in rest)}
    for key in vary:
        if key in given:
            faults.append(f"{key}: given twice; allowed: once (--vary takes the range that is declared)")
        elif "=" in key:
            faults.append(f"--vary {shown(key)}; allowed: a key alone, or key=interval(low,high) without --vary")
        given.add(key)
        axes[key] = Interval()
    if faults:
        raise InputError(faults)
    return axes, tuple(rest)


def _with_table(path: Path | None, axes: dict[str, Any]) -> dict[str, Any] | PointsTable:
    """Return the points of a table, where there is one, else what the words vary."""
    if path is None:
        return axes
    refuse_more_values(axes)
    return read_points(path)


def _tell(order: Order, plan: Plan, outcome: Outcome, say: Callable[[str], None]) -> None:
    out = printable(order.out or "")
    if outcome.damaged:
        say(f"{outcome.damaged} damaged files were found and their runs made again.")
    if outcome.until is not None:
        _tell_until(plan, outcome.until, say)
    say(f"{outcome.ok:,} ok, {outcome.failed:,} failed{f'; why: {out}/failures.jsonl' if outcome.failed else ''}")
    say(f"The results are in {out}")
    if order.as_json:
        print(json.dumps(_as_data(order, outcome), ensure_ascii=False))


def _tell_until(plan: Plan, ended: Ended, say: Callable[[str], None]) -> None:
    fewest, most = f"{ended.fewest:,}", f"{ended.most:,}"
    say(f"Each point took {fewest if fewest == most else f'{fewest} to {most}'} replicates.")
    for point, missed in list(ended.short.items())[:_MOST_TOLD]:
        named = ", ".join(f"{key}={shown(value)}" for key, value in plan.design.parameters(point).items())
        known = ", ".join(
            f"{measure} ± {half:.3g}" if math.isfinite(half) else f"{measure} is missing"
            for measure, half in missed.items()
        )
        say(f"Not narrow enough: {known}{f' at {named}' if named else ''}")
    if len(ended.short) > _MOST_TOLD:
        say(f"… and {len(ended.short) - _MOST_TOLD:,} points more; --replicates allows each point more runs")


def _as_data(order: Order, outcome: Outcome) -> dict[str, Any]:
    told = {"out": str(order.out), **outcome._asdict()}
    del told["until"]
    if outcome.until is not None:
        told["replicates"] = [outcome.until.fewest, outcome.until.most]
        told["not_narrow_enough"] = list(outcome.until.short)
    return told


def _how_to_go_on(out: Path) -> str:
    return f"what is finished is in {printable(out)}; the same command again goes on from there"


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _mute(sentence: str) -> None:
    pass
