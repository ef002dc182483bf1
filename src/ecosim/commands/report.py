"""The command ``ecosim report``: a page about a sweep, a comparison or a run, and its tables for spreadsheets."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from ecosim.commands.options import Measures, Spoken, text_or_json
from ecosim.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Order(Spoken):
    """Write a page about a sweep, a comparison or a run: what was run, what it shows, and how sure that is.

    Where no measure is named, it shows means over the second half of a run.
    """

    folder: Annotated[Path, typer.Argument(metavar="DIR", help="what a sweep, a comparison or a run left")]
    out: Annotated[Path | None, typer.Option(metavar="FILE.html", help="the page (default: DIR/report.html)")] = None
    measures: Measures = ()
    tables: Annotated[str | None, typer.Option(metavar="csv|xlsx", help="write the tables for spreadsheets, too")] = (
        None
    )


def carry_out(order: Order) -> None:
    """Write the page, and tables where they are asked for.

    Raises:
        InputError: if the folder holds neither a sweep nor a run, or a name is unknown.
        OSError: if the page cannot be written.
    """
    from ecosim.errors import printable
    from ecosim.experiments.manifest import MANIFEST
    from ecosim.sweeps.sweep import REPORT

    _check(order)
    out = order.folder / REPORT if order.out is None else order.out
    if (order.folder / MANIFEST).is_file():
        told = _of_sweep(order, out)
    elif (order.folder / "summary.json").is_file():
        told = _of_run(order, out)
    else:
        raise InputError(
            f"{printable(order.folder)}: holds neither a sweep ({MANIFEST}) nor a run (summary.json); allowed: what "
            "ecosim sweep, compare or run left with --out"
        )
    order.say(f"The page is {printable(out)}; it needs nothing else, and any browser shows it.")
    if order.as_json:
        print(text_or_json(True, _plain({"page": str(out), **told}), ()))


def _check(order: Order) -> None:
    from ecosim.commands.output import refuse_unwritable
    from ecosim.errors import printable
    from ecosim.sweeps.spreadsheets import KINDS

    faults = []
    if not order.folder.is_dir():
        faults.append(f"{printable(order.folder)}: no such folder; allowed: one that ecosim sweep, compare or run left")
    if order.out is not None and order.out.suffix.lower() not in (".html", ".htm"):
        faults.append(f"--out {printable(order.out)}: allowed: the name of a page, ending in .html")
    if order.tables is not None and order.tables not in KINDS:
        faults.append(f"--tables {printable(order.tables)}: allowed: {' or '.join(KINDS)}")
    if faults:
        raise InputError(faults)
    refuse_unwritable(order.folder if order.out is None else order.out.parent)


def _of_sweep(order: Order, out: Path) -> dict[str, Any]:
    from ecosim.errors import printable
    from ecosim.experiments.reading import SweepTables
    from ecosim.reports.sweep_page import sweep_page
    from ecosim.results.store import write_text
    from ecosim.sweeps.findings import findings_of
    from ecosim.sweeps.spreadsheets import save_tables

    tables = SweepTables(order.folder)
    found = findings_of(tables, order.measures)
    write_text(out, sweep_page(found))
    files = [] if order.tables is None else save_tables(tables, order.tables, out.parent / "tables")
    if files:
        order.say(f"Tables: {', '.join(printable(file) for file in files)}")
    if order.tables == "csv":
        order.say("Read the column seed as text: Excel and R round whole numbers as long as those. In xlsx it is text.")
    return {
        "design": found.kind,
        "keys": list(found.keys),
        "points": found.points,
        "replicates": found.replicates,
        "fewest_replicates": found.fewest,
        "runs_planned": found.planned,
        "is_luck_common": found.is_luck_common,
        "runs": dict(found.statuses),
        "measures": list(found.measures),
        "effects": found.effects.to_dict("records"),
        "noise": found.noise.to_dict("records"),
        "sensitivity": None if found.indices is None else asdict(found.indices) | _records(found.indices),
        "search": None if tables.search is None else tables.search.found,
        "tables": [str(file) for file in files],
    }


def _records(indices: Any) -> dict[str, Any]:
    return {"table": indices.table.to_dict("records"), "measures": indices.measures.to_dict("records")}


def _of_run(order: Order, out: Path) -> dict[str, Any]:
    from ecosim.reports.run_page import run_page
    from ecosim.results.measured import series_named
    from ecosim.results.run import read
    from ecosim.results.store import write_text

    if order.tables == "xlsx":
        raise InputError("--tables xlsx: for sweeps; allowed for a run: csv")
    run = read(order.folder)
    write_text(out, run_page(run, tuple(series_named(name) for name in order.measures)))
    if order.tables is not None:
        run.to_csv(out.parent / "tables")
    return {"run_id": run.run_id, "seed": run.seed, "summary": run.summary}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
