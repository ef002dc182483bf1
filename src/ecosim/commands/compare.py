"""The command ``ecosim compare``: scenarios under the same luck, and how they differ."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ecosim.commands.actors import actors_of
from ecosim.commands.ending import FAILED
from ecosim.commands.options import FolderOfRuns, ManyRuns, Measures, OwnTables, SeedOfReplicates, Trust
from ecosim.commands.progress import watched
from ecosim.commands.speech import say
from ecosim.commands.until import tell_until
from ecosim.commands.words import sorted_out
from ecosim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from ecosim.experiments.compare import Comparison
    from ecosim.experiments.plan import Plan
    from ecosim.experiments.until import Goal

TABLE, PICTURE = "differences", "differences"
MOST_NAMED = 6


@dataclass(frozen=True, kw_only=True)
class Order(OwnTables, ManyRuns):
    """Run scenarios under the same luck and tell how each differs from the first, with 95 % intervals.

    Names of scenarios and files of your own (.yaml), then KEY=VALUE for changes of all: compare town my_town.yaml ticks=300
    """

    words: Annotated[
        tuple[str, ...],
        typer.Argument(metavar="NAME NAME… [KEY=VALUE]…", help="the scenarios, and changes to all of them"),
    ] = ()
    replicates: Annotated[
        int | None,
        typer.Option(help="runs of each scenario, the same luck in all (default: 30; the most with --until: 1,000)"),
    ] = None
    until: Annotated[
        tuple[str, ...],
        typer.Option(
            metavar="'MEASURE ± WIDTH'", help="add replicates until differences are known so well; may be repeated"
        ),
    ] = ()
    measures: Measures = ()
    seed: SeedOfReplicates = None
    out: FolderOfRuns = None
    trust: Trust = ()


def carry_out(order: Order) -> int:
    """Run the scenarios, print the differences, and return the exit code: 0, or 1 where runs failed.

    Raises:
        InputError: before anything has run.
    """
    from ecosim.experiments.compare import plan_of_arms, replicates_of
    from ecosim.experiments.until import goals_of

    arms, changes = sorted_out(order.words)
    goals = goals_of(order.until, paired=True)
    replicates = replicates_of(order.replicates, goals)
    plan = plan_of_arms(arms, changes, replicates=replicates, seed=order.seed, trust=order.trust)
    _tell_oddities(order, plan)
    comparison = _compared(order, plan, goals)
    if comparison.until is not None:
        tell_until(order, plan, comparison.until, "scenario")
    _print(comparison.differences, order.as_json)
    if comparison.failed:
        _tell_failures(order, comparison)
    return FAILED if comparison.failed else 0


def _tell_failures(order: Order, comparison: Comparison) -> None:
    from ecosim.errors import printable
    from ecosim.experiments.failing import said_of_failures

    told = said_of_failures(comparison.failed, len(comparison.runs), comparison.why)
    where = "--out DIR keeps all reasons" if order.out is None else f"more: {printable(order.out)}/failures.jsonl"
    say(f"{told}, and are left out, with those that have the same luck; {where}")


def _tell_oddities(order: Order, plan: Plan) -> None:
    from ecosim.dynamics.production.placing import refuse_misplaced_goods
    from ecosim.oddities import oddities

    for point, arm in enumerate(plan.design.axes[0].values):
        settings = plan.settings(point)
        refuse_misplaced_goods(settings.in_order())
        for sentence in oddities(settings):
            order.say(f"Note: of {arm}: {sentence}.")


def _compared(order: Order, plan: Plan, goals: tuple[Goal, ...]) -> Comparison:
    """Make the runs, and save what came of them where a folder is named."""
    from ecosim.errors import printable
    from ecosim.experiments.compare import founded_on, run_comparison
    from ecosim.experiments.keeping import kept

    plan = founded_on(plan, actors_of(order, lambda: plan.settings(0), order.say))
    with kept(order.out) as out:
        with watched(order, order.out) as progress:
            found = run_comparison(
                plan, out, order.execution(), order.measures, say=order.say, progress=progress, goals=goals
            )
        if order.out is not None:
            files = _save(found.differences, out, found.titles)
            order.say(f"What came out is in {printable(out)}: {', '.join(files)}")
    return found


def _save(table: pd.DataFrame, out: Path, titles: Mapping[str, str] | None = None) -> list[str]:
    """Write the table, and the figure if there is something to draw, and return the names of the files."""
    from ecosim.drawing.differences import differences
    from ecosim.reports.plots import FORMATS, write_figure
    from ecosim.results.store import write_text
    from ecosim.sweeps.spreadsheets import defused

    table.to_parquet(out / f"{TABLE}.parquet", index=False)
    write_text(out / f"{TABLE}.csv", defused(table).to_csv(index=False, lineterminator="\n"))
    try:
        drawn = [file.name for file in write_figure(differences(table, titles=titles), out / PICTURE)]
    except InputError as error:
        say(f"No figure: {error.faults[0]}.")
        drawn = []
        for kind in FORMATS:  # an earlier comparison's would be taken for this one's
            (out / f"{PICTURE}.{kind}").unlink(missing_ok=True)
    return [f"{TABLE}.parquet", f"{TABLE}.csv", *drawn]


def _print(table: pd.DataFrame, as_json: bool) -> None:
    rows: list[dict[Any, Any]] = table.to_dict("records")
    if as_json:
        plain = [{key: None if _is_missing(value) else value for key, value in row.items()} for row in rows]
        print(json.dumps(plain, ensure_ascii=False, indent=2))
        return
    same = equal_arms(rows)
    known = [row for row in rows if not _is_missing(row["difference"]) and row["scenario"] not in same]
    still = [name for name in dict.fromkeys(row["measure"] for row in known) if _is_still(name, known)]
    if known:
        _print_table([row for row in known if row["measure"] not in still])
    for sentence in (*unmoved(still), *same.values(), *polarisation(rows), *unknown(rows)):
        print(sentence)


def _print_table(rows: Sequence[Mapping[Any, Any]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    against = rows[0]["against"] if rows else "the first"
    arms = list(dict.fromkeys(row["scenario"] for row in rows))
    pairs = {int(row["runs"]) for row in rows}
    several, uneven = len(arms) > 1, len(pairs) > 1
    shown = Table(box=box.SIMPLE, caption=_caption(against, arms, pairs), caption_justify="left")
    shown.add_column("measure", overflow="fold")
    if several:
        shown.add_column("scenario", overflow="fold")
    heads = [against, "that scenario" if several else (arms[0] if arms else ""), "difference", "95 % interval"]
    for head in (*heads, *(["pairs of runs"] if uneven else []), "runs saved"):
        shown.add_column(head, justify="right", overflow="fold")
    for row in rows:
        gain = row["variance_gain"]
        shown.add_row(
            _told(row["measure"]), *([row["scenario"]] if several else []),
            _number(row["mean_against"]), _number(row["mean"]), f"{_number(row['difference'], True)}{_star(row)}",
            f"{_number(row['low'], True)} to {_number(row['high'], True)}",
            *([f"{row['runs']:.0f}"] if uneven else []), "" if _is_missing(gain) else _times(gain),
        )  # fmt: skip
    Console(width=None if sys.stdout.isatty() else 160).print(shown)


def _caption(against: str, arms: Sequence[str], pairs: set[int]) -> str:
    from ecosim.wording import in_a_row

    others = in_a_row([f"“{arm}”" for arm in arms])
    count = f" in {pairs.copy().pop()} pairs of runs" if len(pairs) == 1 else ""
    return (
        f"Means of “{against}” and of {others}{count} with the same luck: “later” over the second half of a run, else at "
        "its end.\n* The interval does not hold 0. Runs saved: for the same interval, runs with separate luck would have to "
        "be so many times as many."
    )


def unmoved(measures: Sequence[str]) -> Iterator[str]:
    """Tell in which measures no pair of runs differs at all.

    Args:
        measures: these, as columns of the runs.
    """
    from ecosim.wording import in_a_row

    if measures:
        names = [_told(name) for name in measures]
        told = in_a_row(names) if len(names) <= MOST_NAMED else f"{len(names)} measures, {names[0]} among them"
        yield f"The same to the last digit in every pair of runs: {told}."


def _is_still(measure: str, known: Sequence[Mapping[Any, Any]]) -> bool:
    """Return whether no scenario differs from the first in a measure, in any run."""
    return all(_is_zero(row) for row in known if row["measure"] == measure)


def _is_zero(row: Mapping[Any, Any]) -> bool:
    return bool(row["difference"] == row["low"] == row["high"] == 0)


def equal_arms(rows: Sequence[Mapping[Any, Any]]) -> dict[str, str]:
    """Return the scenarios whose runs are the first one's to the last digit, each with a sentence that says so.

    Args:
        rows: of the table of differences.
    """
    told = {}
    for arm in dict.fromkeys(row["scenario"] for row in rows):
        known = [row for row in rows if row["scenario"] == arm and not _is_missing(row["difference"])]
        if known and all(map(_is_zero, known)):
            measures = {row["measure"].removesuffix(".mean") for row in known}
            count = "the one measure compared is" if len(measures) == 1 else f"all {len(measures)} measures are"
            pairs = min(int(row["runs"]) for row in known)
            told[arm] = (
                f"“{arm}” does not differ from “{known[0]['against']}” at all: {count} the same to the last digit in each "
                f"of {pairs} pairs of runs with the same luck. Whatever the two scenarios have different settings for does "
                "nothing in these runs, as an intervention after their last tick would."
            )
    return told


def polarisation(rows: Sequence[Mapping[Any, Any]]) -> Iterator[str]:
    """Tell where the panel of polarisation disagrees about the difference of a scenario from the first.

    Args:
        rows: of the table of differences.
    """
    from ecosim.measures.panel import of_change
    from ecosim.wording import in_a_row

    for arm in dict.fromkeys(row["scenario"] for row in rows):
        ends = [row for row in rows if row["scenario"] == arm and not row["measure"].endswith(".mean")]
        before, after = ({row["measure"]: row[mean] for row in ends} for mean in ("mean_against", "mean"))
        verdict = of_change(before, after)
        if not verdict.agree:
            more, less = (
                in_a_row([name.replace("_", " ") for name in names]) for names in (verdict.rose, verdict.fell)
            )
            yield (
                f"The panel of polarisation disagrees about “{arm}”: by {more} it is more polarised at the end, by {less} "
                "less."
            )


def unknown(rows: Sequence[Mapping[Any, Any]]) -> Iterator[str]:
    """Tell of which measures no difference is known, and why that may be.

    Args:
        rows: of the table of differences.
    """
    from ecosim.wording import in_a_row

    for arm in dict.fromkeys(row["scenario"] for row in rows):
        names = [_told(row["measure"]) for row in rows if row["scenario"] == arm and _is_missing(row["difference"])]
        if names:
            told = in_a_row(names) if len(names) <= MOST_NAMED else f"{len(names)} measures, {names[0]} among them"
            yield (
                f"No difference of “{arm}” is known in {told}: not measured in both scenarios, or undefined in all "
                "pairs of runs but one."
            )


def _told(measure: str) -> str:
    return f"{measure.removesuffix('.mean')}, later" if measure.endswith(".mean") else measure


def _star(row: Mapping[Any, Any]) -> str:
    return " *" if row["low"] > 0 or row["high"] < 0 else "  "


def _number(value: float, signed: bool = False) -> str:
    return "–" if _is_missing(value) else f"{value:+.4g}" if signed else f"{value:.4g}"


def _times(gain: float) -> str:
    """Return how many times; beyond a thousand the rest is noise of a tiny difference."""
    return f"{gain:.1f} ×" if gain < 1000 else "over 1,000 ×"


def _is_missing(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)
