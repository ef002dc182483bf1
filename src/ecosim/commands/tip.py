"""The command ``ecosim tip``: where along a parameter an outcome goes over to another regime."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from ecosim.commands.progress import Bar
from ecosim.errors import InputError
from ecosim.experiments.execute import CannotGoOn
from ecosim.experiments.sweep import SECONDS_A_RUN
from ecosim.experiments.tipping import Tipping, tip
from ecosim.results.store import write_json, write_text
from ecosim.scenario_file import printable
from ecosim.sweeps.spreadsheets import defused

FAILED, STOPPED = 1, 130
RESULT, TABLE, PICTURE = "tipping", "tipping_values", "tipping"


@dataclass(frozen=True)
class Order:
    """What the command line asks for; the fields are its options."""

    words: tuple[str, ...]
    out: Path | None = None
    start: float | None = None
    stop: float | None = None
    threshold: float | None = None
    replicates: int = 20
    width: float | None = None
    both_ways: bool = False
    hold: int | None = None
    steps: int = 12
    seed: int | None = None
    scenario: Path | None = None
    trust: tuple[str, ...] = ()
    workers: int | None = None
    timeout: float = SECONDS_A_RUN
    memory: float | None = None
    yes: bool = False
    quiet: bool = False
    as_json: bool = False


def tip_once(order: Order) -> int:
    """Carry out an order, tell what was found, and return the exit code: 0, 1 where runs failed, 130 when stopped.

    Raises:
        InputError: before anything has run.
    """
    if order.out is None:
        raise InputError("--out DIR is missing: the folder for the runs, which a later call continues")
    name, key, measure, overrides = _read(order.words, order.scenario)
    say = _mute if order.quiet else _say
    try:
        with Bar(is_shown=not order.quiet and sys.stderr.isatty()) as bar:
            found = tip(
                name, key, measure, *overrides, start=order.start, stop=order.stop, threshold=order.threshold,
                replicates=order.replicates, width=order.width, both_ways=order.both_ways, hold=order.hold,
                steps=order.steps, seed=order.seed, out=order.out, file=order.scenario, trust=order.trust,
                workers=order.workers, timeout=order.timeout, memory=order.memory, yes=order.yes, say=say, progress=bar,
            )  # fmt: skip
    except KeyboardInterrupt:
        _say(f"\nStopped; what is finished is in {printable(order.out)}, and the same command goes on.")
        return STOPPED
    except CannotGoOn as error:
        _say(f"Failed: {str(error).strip()}.")
        return FAILED
    _save(found, order.out)
    if order.as_json:
        print(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
    else:
        print("\n".join(found.says))
    say(f"Table and figure are in {printable(order.out)}: {RESULT}.json, {TABLE}.csv, {PICTURE}.svg and .png")
    return FAILED if (found.runs["status"] != "ok").any() else 0


def _read(words: tuple[str, ...], scenario: Path | None) -> tuple[str | None, str, str, tuple[str, ...]]:
    """Return scenario, key, measure and changes; the scenario may be left out."""
    plain = [word for word in words if "=" not in word and not word.startswith(("~", "+"))]
    if len(plain) not in (2, 3) or (len(plain) == 3 and scenario is not None):
        told = " ".join(plain) or "nothing"
        raise InputError(
            f"{told}; allowed: [NAME] KEY MEASURE [KEY=VALUE]…, as in: may_1977 dynamics.issue.floor severity"
        )
    key, measure = plain[-2:]
    return (plain[0] if len(plain) == 3 else None), key, measure, tuple(word for word in words if word not in plain)


def _save(found: Tipping, out: Path) -> None:
    from ecosim.reports.plots import write_figure
    from ecosim.reports.tipping import tipping

    write_json(out / f"{RESULT}.json", found.to_dict())
    write_text(out / f"{TABLE}.csv", defused(found.values).to_csv(index=False, lineterminator="\n"))
    write_figure(tipping(found), out / PICTURE)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _mute(sentence: str) -> None:
    pass
