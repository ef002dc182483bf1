"""Calibration: what is known of each parameter, and how the targets are met by the trials that agree with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ecosim.drawing.axes import on_axes
from ecosim.drawing.style import COLLABORATION, POLARISATION, label, name_and_explain, new_figure, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TRIAL, AGREES, BEST, TARGET = "#999999", COLLABORATION, POLARISATION, "#222222"
NEAR, FAR = "#DADADA", "#EFEFEF"
COLUMNS = 3
FEWEST_BARS, BARS, MOST_BARS, IN_A_BAR = 4, 12, 240, 5
"""Bars over the part of a range that agrees, and over the whole range, at most; and particles for each of them."""


class Calibrated(Protocol):
    """What the figure needs of a calibration: see ``ecosim.experiments.calibrated.Calibration``."""

    @property
    def trials(self) -> pd.DataFrame: ...
    @property
    def parameters(self) -> pd.DataFrame: ...
    @property
    def targets(self) -> pd.DataFrame: ...
    @property
    def posterior(self) -> pd.DataFrame | None: ...
    @property
    def says(self) -> tuple[str, ...]: ...
    @property
    def about(self) -> str: ...


@styled
def calibration(result: Calibrated) -> Figure:
    """Return the figure of a calibration: a panel for each parameter, and one for all targets."""
    keys = list(result.parameters["parameter"])
    columns = min(COLUMNS, len(keys))
    rows = -(-len(keys) // columns)
    height = 0.5 * len(result.targets) + 1.3
    figure = new_figure(max(4.4 * columns, 7.6), 3.6 * rows + height + 1.6)
    parts: Any = figure.subfigures(2, 1, height_ratios=(3.6 * rows, height))
    above, below = parts
    panels = above.subplots(rows, columns, squeeze=False, sharey=True).ravel()
    for place, axes in enumerate(panels):
        if place >= len(keys):
            axes.set_visible(False)
            continue
        draw_parameter(result, keys[place], axes)
        axes.set_ylabel(axes.get_ylabel() if place % columns == 0 else "")
        if place:
            axes.get_legend().remove()
    draw_targets(result, below.subplots())
    name_and_explain(figure, "Which values bring the model to its targets", " ".join([*result.says, result.about]))
    return figure


def draw_parameter(result: Calibrated, key: str, axes: Axes | None = None) -> Axes:
    """Draw what is known of a parameter, and return the axes; what agrees with the targets is shaded.

    Args:
        result: what ``ecosim.calibrate`` returns.
        key: of the parameter.
        axes: where; None for axes of their own.
    """
    row: Any = result.parameters.set_index("parameter").loc[key]
    with on_axes(axes) as drawn:
        drawn.axvspan(row["low"], row["high"], color=AGREES, alpha=0.12, linewidth=0, label="agrees with the targets")
        drawn.set_xscale(row["scale"])
        if result.posterior is None:
            _draw_losses(result.trials, key, drawn)
        else:
            _draw_density(result.posterior, key, row, drawn)
        drawn.set_xlim(row["from"], row["to"])
        drawn.set_xlabel(label(key, 44))
        drawn.legend(fontsize=8)
        return drawn


def draw_targets(result: Calibrated, axes: Axes | None = None) -> Axes:
    """Draw each target with what the trials that agree came to, in standard deviations of the target; return the axes.

    Args:
        result: what ``ecosim.calibrate`` returns.
        axes: where; None for axes of their own.
    """
    with on_axes(axes) as drawn:
        _draw_targets(result, drawn)
        return drawn


def _draw_losses(trials: pd.DataFrame, key: str, axes: Axes) -> None:
    """Draw the loss of each trial: the least at each value is the parameter's profile."""
    there = trials[trials["loss"].notna()]
    is_in = there["agrees"]
    axes.plot(there.loc[~is_in, key], there.loc[~is_in, "loss"], ".", color=TRIAL, markersize=5, label="a trial")
    axes.plot(there.loc[is_in, key], there.loc[is_in, "loss"], "o", color=AGREES, markersize=4.5,
              label="a trial that agrees")  # fmt: skip
    best = there.sort_values("loss").iloc[0]
    axes.plot(best[key], best["loss"], "D", color=BEST, markersize=8, label="the best")
    axes.set_yscale("symlog", linthresh=1.0)
    axes.set_ylim(-0.15, 1.5 * max(1.0, float(there["loss"].max())))  # 0 to 1 stays in sight, however well all fit
    axes.set_ylabel("loss: squared distance from\nthe targets, in sd")


def _draw_density(particles: pd.DataFrame, key: str, row: Any, axes: Axes) -> None:
    """Draw how likely values are after the targets are known, against before, when all were equally likely."""
    edges, before = _bins(particles[key], row)
    after, _ = np.histogram(particles[key], edges, weights=particles["weight"])
    axes.stairs(after / before, edges, color=AGREES, fill=True, alpha=0.45)
    axes.stairs(after / before, edges, color=AGREES, linewidth=1.4, label="posterior")
    axes.axhline(1.0, color=TARGET, linewidth=0.9, linestyle=":", label="before: all as likely")
    axes.axvline(row["best"], color=BEST, linewidth=1.6, label="the best trial")
    axes.set_ylabel("how likely, times\nas before")


def _bins(values: pd.Series, row: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the edges of the bars, and how likely each was before."""
    first, last = float(row["from"]), float(row["to"])
    within = min(max(len(values) // IN_A_BAR, FEWEST_BARS), BARS)
    count = int(np.clip(within / max(row["share_of_range"], within / MOST_BARS), within, MOST_BARS))
    if row["scale"] == "log":
        edges = np.geomspace(first, last, count + 1)
    elif values.dtype.kind == "i" and last - first < count:  # each whole number has a bar of its own
        edges = np.arange(first - 0.5, last + 1.0)
    else:
        edges = np.linspace(first, last, count + 1)
    return edges, np.full(edges.size - 1, 1.0 / (edges.size - 1))


def _draw_targets(result: Calibrated, axes: Axes) -> None:
    trials = result.trials
    agree = trials[trials["agrees"] & trials["loss"].notna()]
    axes.axvspan(-2.0, 2.0, color=FAR, linewidth=0, zorder=0, label="target ± 2 sd")
    axes.axvspan(-1.0, 1.0, color=NEAR, linewidth=0, zorder=0, label="target ± 1 sd")
    axes.axvline(0.0, color=TARGET, linewidth=1.0)
    for place, (_, fact) in enumerate(result.targets.iterrows()):
        off = (agree[fact["measure"]].to_numpy(float) - fact["target"]) / fact["sd"]
        low, quarter, middle, three, high = _quantiles(off, agree["weight"].to_numpy(float))
        once = place == 0
        axes.plot([low, high], [place, place], color=AGREES, linewidth=1.6,
                  label="trials that agree, 95 %" if once else None)  # fmt: skip
        axes.plot([quarter, three], [place, place], color=AGREES, linewidth=6.0, solid_capstyle="butt",
                  label="the middle half of them" if once else None)  # fmt: skip
        axes.plot(middle, place, "|", color="white", markersize=9, markeredgewidth=1.6)
        axes.plot((fact["best"] - fact["target"]) / fact["sd"], place, "D", color=BEST, markersize=7,
                  label="the best" if once else None)  # fmt: skip
    names = [f"{label(fact['measure'], 30)} = {fact['target']:.4g}" for _, fact in result.targets.iterrows()]
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    reach = max(3.0, *(abs(end) for end in axes.get_xlim()))
    axes.set_xlim(-reach, reach)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    axes.set_xlabel("how far from the target, in its standard deviations")
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1.01, 0.5))


def _quantiles(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values below which 2.5, 25, 50, 75 and 97.5 % of the weight lie."""
    order = np.argsort(values)
    reached = np.cumsum(weights[order]) - 0.5 * weights[order]
    found: NDArray[np.float64] = np.interp((0.025, 0.25, 0.5, 0.75, 0.975), reached / weights.sum(), values[order])
    return found
