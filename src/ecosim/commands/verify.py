"""The command ``ecosim verify``: which cases, a bar while they run, and what it came to."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ecosim.commands.options import Spoken
from ecosim.commands.speech import say
from ecosim.errors import InputError, did_you_mean
from ecosim.experiments.bar import Bar

if TYPE_CHECKING:
    from ecosim.published.case import Effort
    from ecosim.published.verify import Progress, Verified

DIFFERS = 1
OWN_FILES = frozenset({"verify.parquet", "verify.json", "verify.md", "figures"})


@dataclass(frozen=True, kw_only=True)
class Order(Spoken):
    """Run published models and hold what comes out against what was published; ends with 1 where something differs.

    CASE is the name of a published result, as `ecosim list` shows it: axelrod_1997 may_1977
    """

    cases: Annotated[tuple[str, ...], typer.Argument(metavar="[CASE]…", help="published results (default: all)")] = ()
    quick: Annotated[bool, typer.Option("--quick", help="fewer runs: all cases within two minutes")] = False
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="chooses the luck of all runs")] = 1
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="folder for tables, figures and a page")] = None
    page: Annotated[Path | None, typer.Option(metavar="FILE.md", help="page whose marked part is written anew")] = None
    workers: Annotated[int | None, typer.Option(min=1, help="processes (default: one a core)")] = None


def carry_out(order: Order) -> int:
    """Run the models, show what it came to, and return the exit code: 0, or 1 where something differs or failed.

    Raises:
        InputError: before anything has run.
    """
    from ecosim.kernels import is_cold
    from ecosim.published.case import Effort
    from ecosim.published.verify import verify

    names = chosen(order.cases)
    if order.out is not None:
        _check_folder(order.out)
    effort = Effort(full=not order.quick, seed=order.seed)
    if is_cold():
        order.say("The first run on this machine compiles the models once; that takes some minutes.")
    with Bar("published results", order.shows_progress, has_count=False) as bar:

        def progress(now: Progress) -> None:
            bar.advance(now.done, now.total, f"{now.cases} cases, {now.cells} numbers")

        verified = verify(names, effort, workers=order.workers, progress=progress)
    return _tell(order, verified, effort)


def chosen(names: Sequence[str]) -> list[str]:
    """Return the cases that are asked for, each once, in the order of the page; all where none is.

    Raises:
        InputError: naming every name that is none, with the nearest.
    """
    from ecosim.errors import shown
    from ecosim.published.cases import CASES

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
                say(f"Failed: {one.name}: {verdict.note}")
    if order.out is not None:
        from ecosim.errors import printable

        order.say(f"The results are in {printable(order.out)}")
    return 0 if all_well(output.rows_of(verified)) else DIFFERS


def _check_folder(folder: Path) -> None:
    """Refuse a folder that cannot be one, or that holds something else.

    Raises:
        InputError: naming what is in the way.
    """
    from ecosim.commands.output import refuse_unwritable
    from ecosim.errors import printable
    from ecosim.results.store import half_of

    here = printable(folder)
    refuse_unwritable(folder)
    there = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    others = sorted(name for name in there if (half_of(name) or name) not in OWN_FILES)  # also half of one, if killed
    if others:
        raise InputError(
            f"--out {here}: holds {printable(others[0])}{' and more' if len(others) > 1 else ''}; "
            "allowed: a new or empty folder, or one with what this command wrote earlier"
        )
