"""The command ``ecosim sweep``: words to a design, a bar while it runs, and what it came to."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ecosim.commands.actors import actors_of
from ecosim.commands.progress import Bar
from ecosim.compose import parsed_override
from ecosim.errors import InputError
from ecosim.experiments.execute import CannotGoOn
from ecosim.experiments.sweep import SECONDS_A_RUN, Execution, Outcome, run_sweep
from ecosim.scenario_file import check_plain, printable, shown

FAILED, STOPPED = 1, 130

_SWEPT_BY_HYDRA = ("SIMPLE_CHOICE_SWEEP", "CHOICE_SWEEP", "RANGE_SWEEP")


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
    replicates: int = 1
    design: str = "grid"
    workers: int | None = None
    timeout: float = SECONDS_A_RUN
    memory: float | None = None
    retry: bool = False
    yes: bool = False
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
    axes, rest = split_axes(order.overrides)
    plan = plan_of(
        order.name,
        axes,
        rest,
        scenario=order.scenario,
        trust=order.trust,
        design=order.design,
        replicates=order.replicates,
    )
    actors = actors_of(order, lambda: plan.settings(0), say)
    refuse_axes_of_tables(plan.design.axes, actors)
    plan = replace(plan, actors=actors)
    execution = Execution(order.workers, order.timeout, order.memory, order.retry, order.yes)
    from ecosim.dynamics.rivals import rivals
    from ecosim.kernels import is_cold

    for sentence in rivals(plan.settings(0).in_order()):
        say(f"Note: {sentence}.")

    if is_cold():
        say("The first run on this machine compiles the model once; that takes up to a minute.")
    with Bar(is_shown=not order.quiet and sys.stderr.isatty()) as bar:
        try:
            outcome = run_sweep(plan, order.out, execution, say=say, progress=bar)
        except KeyboardInterrupt:
            _say(f"\nStopped; {_how_to_go_on(order.out)}")
            return STOPPED
        except CannotGoOn as error:
            _say(f"Failed: {str(error).strip()}; {_how_to_go_on(order.out)}")
            return FAILED
    _tell(order, outcome, say)
    return FAILED if outcome.failed else 0


def split_axes(words: Iterable[str]) -> tuple[dict[str, Sequence[Any]], tuple[str, ...]]:
    """Return the keys with several values, each with its values, and the other changes as they are.

    Values are written in Hydra's grammar: ``key=a,b,c``, ``key=range(0,10,2)``, ``key='x y','z'``,
    ``key={rule: a},{rule: b}``.

    Raises:
        InputError: naming every word that cannot be read or asks for values that are not listed.
    """
    axes: dict[str, Sequence[Any]] = {}
    rest: list[str] = []
    faults: list[str] = []
    for word in words:
        try:
            found = _axis(word)
        except InputError as error:
            faults += error.faults
            continue
        if found is None:
            rest.append(word)
        elif found[0] in axes:
            faults.append(f"{found[0]}: given twice; allowed: once")
        else:
            axes[found[0]] = found[1]
    if faults:
        raise InputError(faults)
    return axes, tuple(rest)


def _axis(word: str) -> tuple[str, Sequence[Any]] | None:
    """Return key and values of a word that gives several; None for any other, which the composer will read."""
    check_plain(word, word.split("=")[0].lstrip("+~") or "key")
    try:
        override = parsed_override(word)
    except InputError:
        return None  # the composer says it, among all other faults
    if not override.is_sweep_override():
        return None
    kind = override.value_type.name if override.value_type is not None else ""
    swept: Any = override.value()
    if kind not in _SWEPT_BY_HYDRA or swept.shuffle or override.package is not None:
        raise InputError(f"{shown(word)}; allowed: listed values, key=a,b,c or key=range(start,stop,step)")
    if kind == "RANGE_SWEEP":
        return override.key_or_group, _range(word, swept.start, swept.stop, swept.step)
    return override.key_or_group, tuple(_plain(value) for value in swept.list)


def _range(word: str, start: float, stop: float, step: float) -> Sequence[Any]:
    """Return start, start + step, … below stop; of whole numbers without listing them."""
    if step == 0 or (stop - start) / step <= 0:
        raise InputError(f"{shown(word)}: an empty range; allowed: range(start,stop,step) with stop beyond start")
    if all(isinstance(number, int) for number in (start, stop, step)):
        return range(int(start), int(stop), int(step))
    from decimal import Decimal

    first, last, by = (Decimal(str(number)) for number in (start, stop, step))
    count = int((last - first) / by) + (1 if (last - first) % by else 0)
    if count > 10**7:
        raise InputError(f"{shown(word)}: {count:,} values; allowed: at most 10,000,000")
    return tuple(float(first + by * k) for k in range(count))


def _plain(value: Any) -> Any:
    """Return a value of Hydra's grammar as plain data."""
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, dict):
        return {str(_plain(key)): _plain(inner) for key, inner in value.items()}
    return value.text if type(value).__name__ == "QuotedString" else value


def _tell(order: Order, outcome: Outcome, say: Callable[[str], None]) -> None:
    out = printable(order.out or "")
    if outcome.damaged:
        say(f"{outcome.damaged} damaged files were found and their runs made again.")
    say(f"{outcome.ok:,} ok, {outcome.failed:,} failed{f'; why: {out}/failures.jsonl' if outcome.failed else ''}")
    say(f"The results are in {out}")
    if order.as_json:
        print(json.dumps({"out": str(order.out), **outcome._asdict()}, ensure_ascii=False))


def _how_to_go_on(out: Path) -> str:
    return f"what is finished is in {printable(out)}; the same command again goes on from there"


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _mute(sentence: str) -> None:
    pass
