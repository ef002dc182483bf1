"""Indices: the bars of the sensitivity indices of one measure, with their intervals and what luck alone would give."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ecosim.drawing.style import COLLABORATION, label

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

NAMES_OF_INDICES = {
    "first": "alone", "total": "with all it interacts with", "mu_star": "μ*: mean size of the change",
    "sigma": "σ: how much that differs", "rank": "rank coefficient", "second": "pair",
}  # fmt: skip
UNITS_OF_INDICES = {
    "sobol": "share of variance", "grid": "share of variance", "morris": "change, in the measure's unit",
}  # fmt: skip
SHOWN = {"sobol": ("total", "first"), "grid": ("total", "first"), "morris": ("mu_star", "sigma")}
COLOURS = (COLLABORATION, "#E69F00")


def draw_indices(
    axes: Axes, table: pd.DataFrame, measure: str, method: str, names: Sequence[str], keys: Sequence[str]
) -> None:
    """Draw two bars for each factor.

    Args:
        axes: where to.
        table: of indices; see ``Sensitivity.indices``.
        measure: which rows of it are drawn.
        method: ``sobol``, ``morris``, ``grid`` or ``given``.
        names: of the factors, as they stand at the axis.
        keys: the factors.
    """
    own = table[table["measure"] == measure]
    shown = SHOWN.get(method, ("rank", "first"))
    for at, key in enumerate(keys):
        for side, kind in enumerate(shown):
            row = own[(own["factor"] == key) & (own["index"] == kind)]
            if len(row):
                _bar(axes, row.iloc[0], at + (side - 0.5) * 0.34, COLOURS[side], _name_of(kind, method))
    axes.axvline(0.0, color="#222222", linewidth=0.9)
    axes.set_yticks(range(len(keys)), [label(name, 22) for name in names])
    axes.set_ylim(len(keys) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    axes.locator_params(axis="x", nbins=5)
    has_shares = "first" in set(table["index"])
    axes.set_xlabel(UNITS_OF_INDICES.get(method, f"coefficient{', share of variance' if has_shares else ''}"))


def _name_of(kind: str, method: str) -> str:
    return "first-order index" if kind == "first" and method == "given" else NAMES_OF_INDICES[kind]


def _bar(axes: Axes, row: pd.Series[Any], at: float, fill: str, name: str) -> None:
    axes.barh(at, row["value"], height=0.3, color=fill, label=name)
    if row["floor"] > 0:
        spot = [float(row["floor"])] * 2
        axes.plot(spot, [at - 0.16, at + 0.16], color="#CC3366", linewidth=2.0, label="what luck alone would give")
    if not math.isnan(row["low"]):
        axes.plot([row["low"], row["high"]], [at, at], color="#222222", linewidth=1.3, solid_capstyle="butt")
