"""The command ``ecosim compare``: scenarios under the same luck, and how they differ."""

from __future__ import annotations

import json
import math
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecosim.commands.progress import Bar
from ecosim.errors import InputError
from ecosim.experiments.compare import plan_of_arms, run_comparison
from ecosim.experiments.execute import CannotGoOn
from ecosim.experiments.sweep import SECONDS_A_RUN, Execution
from ecosim.scenario_file import printable

if TYPE_CHECKING:
    import pandas as pd

FAILED, STOPPED = 1, 130
TABLE, PICTURE = "differences", "differences.svg"


@dataclass(frozen=True)
class Order:
    """What the command line asks for; the fields are its options."""

    arms: tuple[str, ...]
    overrides: tuple[str, ...] = ()
    out: Path | None = None
    trust: tuple[str, ...] = ()
    replicates: int = 30
    seed: int | None = None
    measures: tuple[str, ...] = ()
    workers: int | None = None
    timeout: float = SECONDS_A_RUN
    memory: float | None = None
    yes: bool = False
    quiet: bool = False
    as_json: bool = False


def compare_once(order: Order) -> int:
    """Carry out an order, print the differences, and return the exit code: 0, 1 where runs failed, 130 when stopped.

    Raises:
        InputError: before anything has run.
    """
    plan = plan_of_arms(order.arms, order.overrides, replicates=order.replicates, seed=order.seed, trust=order.trust)
    execution = Execution(order.workers, order.timeout, order.memory, False, order.yes)
    say = _mute if order.quiet else _say
    with tempfile.TemporaryDirectory(prefix="ecosim-compare-") as spare:
        out = Path(spare) / "runs" if order.out is None else order.out
        try:
            with Bar(is_shown=not order.quiet and sys.stderr.isatty()) as bar:
                comparison = run_comparison(plan, out, execution, order.measures, say=say, progress=bar)
        except KeyboardInterrupt:
            kept = (
                "" if order.out is None else f"; what is finished is in {printable(out)}, and the same command goes on"
            )
            _say(f"\nStopped{kept}.")
            return STOPPED
        except CannotGoOn as error:
            _say(f"Failed: {str(error).strip()}.")
            return FAILED
        if order.out is not None:
            _save(comparison.differences, out)
            say(f"Table and figure are in {printable(out)}: {TABLE}.parquet, {TABLE}.csv, {PICTURE}")
    _print(comparison.differences, order.as_json)
    failed = int((comparison.runs["status"] != "ok").sum())
    if failed:
        _say(f"{failed} runs failed and are left out, with those that have the same luck.")
    return FAILED if failed else 0


def _save(table: pd.DataFrame, out: Path) -> None:
    from ecosim.reports.differences import differences

    table.to_parquet(out / f"{TABLE}.parquet", index=False)
    table.to_csv(out / f"{TABLE}.csv", index=False)
    try:
        differences(table).savefig(out / PICTURE)
    except InputError as error:
        _say(f"No figure: {error.faults[0]}.")


def _print(table: pd.DataFrame, as_json: bool) -> None:
    rows: list[dict[Any, Any]] = table.to_dict("records")
    if as_json:
        plain = [{key: None if _is_missing(value) else value for key, value in row.items()} for row in rows]
        print(json.dumps(plain, ensure_ascii=False, indent=2))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    against = rows[0]["against"] if rows else ""
    shown = Table(
        box=box.SIMPLE,
        caption=f"Differences from “{against}”: the mean over pairs of runs with the same luck, 95 % interval.",
    )
    for head in ("measure", "scenario", against, "here", "difference", "interval", "pairs", "luck shared saves"):
        shown.add_column(head, justify="left" if head in ("measure", "scenario") else "right", overflow="fold")
    for row in rows:
        gain = row["variance_gain"]
        shown.add_row(
            row["measure"], row["scenario"],
            _number(row["mean_against"]), _number(row["mean"]), _number(row["difference"], True),
            f"{_number(row['low'], True)} to {_number(row['high'], True)}", f"{row['runs']:.0f}",
            "" if _is_missing(gain) else f"{gain:.1f} ×",
        )  # fmt: skip
    Console(width=None if sys.stdout.isatty() else 160).print(shown)


def _number(value: float, signed: bool = False) -> str:
    return "–" if _is_missing(value) else f"{value:+.4g}" if signed else f"{value:.4g}"


def _is_missing(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _mute(sentence: str) -> None:
    pass
