"""The command ``ecosim verify``: which cases, a bar while they run, and what it came to."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecosim.commands.output import refuse_unwritable
from ecosim.errors import InputError, did_you_mean
from ecosim.published.case import Effort
from ecosim.published.cases import CASES
from ecosim.published.verify import Progress, Verified, verify
from ecosim.scenario_file import printable, shown

DIFFERS = 1
OWN_FILES = frozenset({"verify.parquet", "verify.json", "verify.md", "figures"})


@dataclass(frozen=True)
class Order:
    """What the command line asks for; the fields are its options."""

    cases: tuple[str, ...] = ()
    quick: bool = False
    seed: int = 1
    out: Path | None = None
    page: Path | None = None
    workers: int | None = None
    quiet: bool = False
    as_json: bool = False


def verify_once(order: Order) -> int:
    """Carry out an order, show what it came to, and return the exit code: 0, or 1 where something differs or failed.

    Raises:
        InputError: before anything has run.
    """
    names = chosen(order.cases)
    if order.out is not None:
        _check_folder(order.out)
    effort = Effort(full=not order.quick, seed=order.seed)
    from ecosim.kernels import is_cold

    if is_cold() and not order.quiet:
        _say("The first run on this machine compiles the models once; that takes some minutes.")
    with _Bar(is_shown=not order.quiet and sys.stderr.isatty()) as bar:
        verified = verify(names, effort, workers=order.workers, progress=bar)
    return _tell(order, verified, effort)


def chosen(names: Sequence[str]) -> list[str]:
    """Return the cases that are asked for, each once, in the order of the page; all where none is.

    Raises:
        InputError: naming every name that is none, with the nearest.
    """
    faults = [
        f"no published case {shown(name)}; {did_you_mean(name, CASES, most=40)}" for name in names if name not in CASES
    ]
    if faults:
        raise InputError(faults)
    return [name for name in CASES if not names or name in names]


def _tell(order: Order, verified: Sequence[Verified], effort: Effort) -> int:
    from ecosim.published import output
    from ecosim.published.verdict import all_well

    if order.out is not None:
        output.save(verified, effort, order.out)
    if order.page is not None:
        output.write_page(order.page, verified, effort)
    if order.as_json:
        from ecosim.results.store import to_json

        print(to_json(output.as_plain(verified, effort)))
    elif not order.quiet:
        output.show(verified, sys.stdout.isatty())
    for one in verified:
        for verdict in one.verdicts:
            if verdict.verdict == "failed":
                _say(f"Failed: {one.name}: {verdict.note}")
    if order.out is not None and not order.quiet:
        _say(f"The results are in {printable(order.out)}")
    return 0 if all_well(output.rows_of(verified)) else DIFFERS


def _check_folder(folder: Path) -> None:
    """Refuse a folder that cannot be one, or that holds something else.

    Raises:
        InputError: naming what is in the way.
    """
    here = printable(folder)
    refuse_unwritable(folder)
    others = sorted(path.name for path in folder.iterdir() if path.name not in OWN_FILES) if folder.is_dir() else []
    if others:
        raise InputError(
            f"--out {here}: holds {printable(others[0])}{' and more' if len(others) > 1 else ''}; "
            "allowed: a new or empty folder, or one with what this command wrote earlier"
        )


class _Bar:
    """A bar with the time left, on a terminal."""

    def __init__(self, is_shown: bool) -> None:
        self._is_shown = is_shown
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Callable[[Progress], None] | None:
        return self._advance if self._is_shown else None

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _advance(self, progress: Progress) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            columns = (BarColumn(), TimeRemainingColumn(), TextColumn("{task.fields[told]}"))
            self._bar = Bar(TextColumn("published results"), *columns, console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task("", total=progress.total, told="")
            self._bar.start()
        self._bar.update(self._task, completed=progress.done, told=f"{progress.cases} cases, {progress.cells} numbers")


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)
