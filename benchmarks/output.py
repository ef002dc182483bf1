"""What a benchmark leaves: a table on the screen, tables as CSV, and a plot."""

from __future__ import annotations

import csv
import math
import os
import platform
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from benchmarks.rivals import ECOSIM, MESA, MESA_NETWORK, NUMPY
from ecosim.drawing.style import name_and_explain, new_figure, styled

LOOKS = {ECOSIM: ("#0072B2", "o"), MESA: ("#D55E00", "s"), MESA_NETWORK: ("#E69F00", "^"), NUMPY: ("#009E73", "D")}
"""Colours of Okabe & Ito (2008), which the colour-blind tell apart, and shapes."""


def machine() -> str:
    """Return what the figures were measured on."""
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def show(title: str, rows: list[dict[str, Any]]) -> None:
    """Print rows as a table; what was not measured stays empty."""
    if not rows:
        return
    heads = list(dict.fromkeys(name for row in rows for name in row))
    lines = [[name.replace("_", " ") for name in heads], *([_shown(row.get(name)) for name in heads] for row in rows)]
    wide = [max(len(line[k]) for line in lines) for k in range(len(heads))]
    print(f"\n{title}")
    for line in lines:
        print("  ".join(cell.rjust(width) for cell, width in zip(line, wide, strict=True)))


def write_table(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write rows as CSV; what was not measured stays empty."""
    if not rows:
        return
    heads = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, heads)
        writer.writeheader()
        writer.writerows({name: "" if value != value else value for name, value in row.items()} for row in rows)


@styled
def plot(rows: list[dict[str, Any]]) -> Figure:
    """Return a figure of the time of an organisation's tick against the number of organisations, a panel a model."""
    figure = new_figure(10, 5)
    models = list(dict.fromkeys(row["model"] for row in rows))
    panels = figure.subplots(1, len(models), sharey=True, squeeze=False)[0]
    for panel, model in zip(panels, models, strict=True):
        for rival, (colour, shape) in LOOKS.items():
            mine = [row for row in rows if row["model"] == model and row["rival"] == rival]
            sizes = [row["organisations"] for row in mine]
            middle = [row["ns_per_organisation_and_tick"] for row in mine]
            low = [row["ns_lowest"] for row in mine]
            high = [row["ns_highest"] for row in mine]
            if mine:
                panel.fill_between(sizes, low, high, color=colour, alpha=0.2, linewidth=0)
                panel.plot(sizes, middle, color=colour, marker=shape, label=rival)
        panel.set(xscale="log", yscale="log", title=model, xlabel="organisations")
    panels[0].set_ylabel("nanoseconds per organisation and tick")
    panels[0].legend()
    name_and_explain(
        figure,
        "Time of a tick, side by side",
        f"Mean degree 10, the same network and start for all, one thread, nothing recorded; median and range of rounds. "
        f"Where a line ends, nothing was measured. {machine()}.",
    )
    return figure


def _shown(value: Any) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 100 or math.isinf(value) else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
