"""The command ``ecosim sensitivity``: which factors of a sweep matter for which measure, and which do nothing."""

from __future__ import annotations

import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ecosim.commands.options import Measures, Spoken

if TYPE_CHECKING:
    from ecosim.experiments.reading import SweepTables
    from ecosim.experiments.sensitivity import Sensitivity

TABLE, PICTURE = "sensitivity.csv", "sensitivity"
MOST_SHOWN, MOST_PANELS = 12, 12

SHOWN_FIRST = ("total", "mu_star", "rank", "first", "second", "mu", "sigma")
SAID = {
    "first": "first",
    "total": "total",
    "mu_star": "μ*",
    "mu": "μ",
    "sigma": "σ",
    "rank": "rank coefficient",
    "second": "pair",
}


@dataclass(frozen=True, kw_only=True)
class Order(Spoken):
    """Tell which parameters of a sweep matter for which measure, with 95 % intervals, and which do nothing.

    Sobol' indices of a sobol design, Morris's of a morris design; shares of variance of a grid; regression on ranks and
    first-order indices of any other.
    """

    folder: Annotated[Path, typer.Argument(metavar="DIR", help="what a sweep left")]
    measures: Measures = ()
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="for table and figure (default: the same)")] = None


def carry_out(order: Order) -> None:
    """Print a table, and leave all indices as CSV and a figure in the folder.

    Raises:
        InputError: if the folder holds no sweep, a measure is unknown, or nothing can be said.
        OSError: if the files cannot be written.
    """
    from ecosim.commands.output import refuse_unwritable
    from ecosim.errors import printable
    from ecosim.experiments.reading import SweepTables
    from ecosim.experiments.sensitivity import sensitivity
    from ecosim.results.store import write_text
    from ecosim.sweeps.spreadsheets import defused

    tables = SweepTables(order.folder)
    chosen = tables.known(order.measures)
    found = sensitivity(tables, chosen)
    out = order.folder if order.out is None else order.out
    refuse_unwritable(out)
    shown = chosen or _chosen(tables, found)
    shown = [name for name in shown if name in set(found.measures["measure"])]
    write_text(out / TABLE, defused(found.indices).to_csv(index=False, lineterminator="\n"))
    files = [out / TABLE, *_figure(found, shown, tables, out)]
    if order.as_json:
        print(json.dumps(_as_json(found), ensure_ascii=False, indent=2))
    else:
        _print(found, shown)
    rest = len(found.measures) - len(shown)
    if rest > 0 and not order.as_json:
        told = "1 further measure is" if rest == 1 else f"{rest:,} further measures are"
        order.say(f"{told} in the table; --measure NAME shows {'it' if rest == 1 else 'one'}.")
    order.say(f"Table and figure: {', '.join(printable(file) for file in files)}")


def _chosen(tables: SweepTables, found: Sensitivity) -> list[str]:
    from ecosim.experiments.choice import choose
    from ecosim.experiments.effects import Layout
    from ecosim.experiments.noise import table_of_noise

    layout = Layout(tables.made, tables.keys, tables.column)
    told = list(found.measures["measure"])
    noise = table_of_noise(layout, told, common=tables.is_luck_common)
    return choose(told, noise, layout, MOST_SHOWN)[:MOST_SHOWN] or told[:MOST_SHOWN]


def _figure(found: Sensitivity, shown: list[str], tables: SweepTables, out: Path) -> list[Path]:
    from ecosim.reports.plots import write_figure
    from ecosim.reports.sweep_figures import indices
    from ecosim.reports.sweep_words import over_half
    from ecosim.results.phrases import capitalised
    from ecosim.sweeps.findings import as_indices

    drawn = [name for name in shown if name in set(found.indices["measure"])][:MOST_PANELS]
    if not drawn:
        return []
    title = f"What moves {'these measures' if len(drawn) > 1 else 'this measure'} of the sweep"
    intervals = f"Black lines: 95 % intervals. Measures{over_half(drawn) or ' at the end of a run'}."
    told = [f"{capitalised(found.told)}.", intervals, *sentences(found, drawn)]
    return write_figure(indices(as_indices(found), drawn, tables.keys, title, " ".join(told)), out / PICTURE)


def _print(found: Sensitivity, shown: list[str]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from ecosim.experiments.remarks import on_skipped
    from ecosim.experiments.sensitivity import JUDGED
    from ecosim.results.phrases import capitalised

    kinds = [kind for kind in SHOWN_FIRST if kind in set(found.indices["index"]) and kind != "second"]
    table = Table(
        box=box.SIMPLE,
        caption=(
            f"{capitalised(found.told)}. In brackets: 95 % intervals. A measure whose name ends in .mean is over "
            "the second half of a run, any other at its end."
        ),
        caption_justify="left",
    )
    for head in ("measure", "factor", *(SAID[kind] for kind in kinds), "effect seen"):
        table.add_column(
            head, overflow="fold", justify="left" if head in ("measure", "factor", "effect seen") else "right"
        )
    for measure in shown:
        own = found.indices[found.indices["measure"] == measure]
        idle = found.idle(measure)
        is_all = found.method in ("grid", "sobol") and own["factor"].nunique() == 1
        for place, factor in enumerate(dict.fromkeys(own["factor"])):
            rows = {row["index"]: row for _, row in own[(own["factor"] == factor) & (own["with"] == "")].iterrows()}
            cells = [_cell(rows[kind], is_all=is_all) if kind in rows else "" for kind in kinds]
            judged = [rows[kind] for kind in JUDGED[found.method] if kind in rows]
            unsure = all(math.isnan(row["low"]) for row in judged)
            seen = "no" if factor in idle else "no interval" if unsure else "yes"
            table.add_row(measure if place == 0 else "", factor, *cells, seen)
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    for sentence in (*sentences(found, shown), *on_skipped(found.skipped)):
        print(sentence)


def sentences(found: Sensitivity, shown: list[str]) -> list[str]:
    """Return in words what does nothing, how much is luck, and what to keep in mind."""
    from ecosim.results.phrases import percent

    factors = list(dict.fromkeys(found.indices["factor"]))
    idle = [name for name in factors if all(name in found.idle(measure) for measure in shown)]
    told = [f"No effect on any of these measures is seen of: {', '.join(idle)}."] if idle else []
    luck = found.measures[found.measures["measure"].isin(shown)].set_index("measure")["luck"].dropna()
    if len(luck):
        worst = str(luck.idxmax())
        told.append(
            f"Of what differs between points, luck is {percent(luck.median())} in the median measure and "
            f"{percent(luck[worst])} in {worst}."
        )
    fit = found.measures.set_index("measure")["fit"].dropna()
    poor = [name for name in shown if name in fit.index and fit[name] < 0.5]
    if poor:
        told.append(
            f"The regression on ranks tells less than half of: {', '.join(poor)}; look at the first-order indices there."
        )
    return [*told, *found.remarks]


def _cell(row: Any, *, is_all: bool) -> str:
    """Return an index with its interval; the share of the only factor, which is 1 by arithmetic, has none."""
    if is_all:
        return "1 (all there is)"
    known = not math.isnan(row["low"])
    return f"{row['value']:.3f}" + (f" ({row['low']:.3f} to {row['high']:.3f})" if known else "")


def _as_json(found: Sensitivity) -> dict[str, Any]:
    rows = [{key: _plain(value) for key, value in row.items()} for row in found.indices.to_dict("records")]
    measures = [{key: _plain(value) for key, value in row.items()} for row in found.measures.to_dict("records")]
    for one in measures:
        one["nothing"] = found.idle(str(one["measure"]))
    return {
        "method": found.method, "indices": rows, "measures": measures, "skipped": found.skipped,
        "remarks": list(found.remarks),
    }  # fmt: skip


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value
