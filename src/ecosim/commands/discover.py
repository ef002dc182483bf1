"""The command ``ecosim discover``: under which conditions something holds, from the runs of a sweep."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from ecosim.commands.output import refuse_unwritable
from ecosim.experiments.discovery import Discovery, discover
from ecosim.results.store import write_json, write_text
from ecosim.scenario_file import printable
from ecosim.sweeps.spreadsheets import defused

RESULT, TABLE, PICTURE = "discovery.json", "discovery_boxes.csv", "discovery"


@dataclass(frozen=True)
class Order:
    """What the command line asks for; the fields are its options."""

    folder: Path
    measure: str
    above: float | None = None
    below: float | None = None
    density: float | None = None
    depth: int = 3
    seed: int = 0
    out: Path | None = None
    quiet: bool = False
    as_json: bool = False


def discover_once(order: Order) -> None:
    """Carry out an order, and print the rules.

    Raises:
        InputError: if the sweep cannot be used, or the folder for the results not be written to.
    """
    out = order.folder if order.out is None else order.out
    found = discover(
        order.folder, order.measure, above=order.above, below=order.below, density=order.density, depth=order.depth,
        seed=order.seed,
    )  # fmt: skip
    refuse_unwritable(out)
    out.mkdir(parents=True, exist_ok=True)
    _save(found, out)
    print(json.dumps(found.to_dict(), ensure_ascii=False, indent=2) if order.as_json else "\n".join(found.says))
    if not order.quiet:
        print(f"Table and figure are in {printable(out)}: {RESULT}, {TABLE}, {PICTURE}.svg and .png", file=sys.stderr)


def _save(found: Discovery, out: Path) -> None:
    from ecosim.reports.discovery import discovery
    from ecosim.reports.plots import write_figure

    write_json(out / RESULT, found.to_dict())
    write_text(out / TABLE, defused(found.boxes).to_csv(index=False, lineterminator="\n"))
    write_figure(discovery(found), out / PICTURE)
