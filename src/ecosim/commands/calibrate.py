"""The command ``ecosim calibrate``: which values of parameters bring a scenario's measures to targets."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecosim.commands.progress import Bar
from ecosim.errors import InputError
from ecosim.experiments.calibration import Calibration, calibrate
from ecosim.experiments.execute import CannotGoOn
from ecosim.experiments.grammar import values_of
from ecosim.experiments.ranges import Interval
from ecosim.experiments.sweep import SECONDS_A_RUN
from ecosim.results.store import write_json, write_text
from ecosim.scenario_file import printable
from ecosim.sweeps.spreadsheets import defused

FAILED, STOPPED = 1, 130
RESULT, TABLE, PICTURE = "calibration.json", "calibration_trials.csv", "calibration"


@dataclass(frozen=True)
class Order:
    """What the command line asks for; the fields are its options."""

    name: str | None = None
    overrides: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    targets: Path | None = None
    out: Path | None = None
    method: str = "optuna"
    trials: int = 200
    replicates: int = 5
    seed: int | None = None
    scenario: Path | None = None
    trust: tuple[str, ...] = ()
    workers: int | None = None
    timeout: float = SECONDS_A_RUN
    memory: float | None = None
    yes: bool = False
    quiet: bool = False
    as_json: bool = False


def calibrate_once(order: Order) -> int:
    """Carry out an order, tell what was found, and return the exit code: 0, 1 where the search broke off, 130 when stopped.

    Raises:
        InputError: before anything has run.
    """
    if order.out is None:
        raise InputError("--out DIR is missing: the folder for the runs, which a later call continues")
    if order.target and order.targets is not None:
        raise InputError("--target and --targets; allowed: one of them")
    parameters, rest = _split(order.overrides)
    facts: Any = order.targets if order.targets is not None else order.target
    say = _mute if order.quiet else _say
    try:
        with Bar(is_shown=not order.quiet and sys.stderr.isatty()) as bar:
            found = calibrate(
                order.name, parameters, facts, *rest, method=order.method, trials=order.trials,
                replicates=order.replicates, seed=order.seed, out=order.out, file=order.scenario, trust=order.trust,
                workers=order.workers, timeout=order.timeout, memory=order.memory, yes=order.yes, say=say,
                progress=bar,
            )  # fmt: skip
    except KeyboardInterrupt:
        _say(f"\nStopped; what is finished is in {printable(order.out)}, and the same command goes on.")
        return STOPPED
    except CannotGoOn as error:
        _say(f"Failed: {str(error).strip()}.")
        return FAILED
    _save(found, order.out)
    print(json.dumps(found.to_dict(), ensure_ascii=False, indent=2) if order.as_json else "\n".join(found.says))
    say(f"Table and figure are in {printable(order.out)}: {RESULT}, {TABLE}, {PICTURE}.svg and .png")
    return 0


def _split(words: tuple[str, ...]) -> tuple[dict[str, Interval], tuple[str, ...]]:
    """Return the ranges that words give, and the other changes as they are.

    Raises:
        InputError: naming every word that gives several values, but no range.
    """
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


def _save(found: Calibration, out: Path) -> None:
    from ecosim.reports.calibration import calibration
    from ecosim.reports.plots import write_figure

    write_json(out / RESULT, found.to_dict())
    write_text(out / TABLE, defused(found.trials).to_csv(index=False, lineterminator="\n"))
    write_figure(calibration(found), out / PICTURE)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _mute(sentence: str) -> None:
    pass
