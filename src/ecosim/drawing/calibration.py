"""Calibration: how far trials are off the targets, against each parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosim.drawing.axes import on_axes
from ecosim.drawing.style import COLLABORATION, POLARISATION, label, name_and_explain, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TRIAL, AGREES, BEST = "#999999", COLLABORATION, POLARISATION
COLUMNS = 3


@styled
def calibration(result: Any) -> Figure:
    """Return the figure of a calibration: a panel for each parameter.

    Args:
        result: what ``ecosim.calibrate`` returns.
    """
    keys = list(result.parameters["parameter"])
    columns = min(COLUMNS, len(keys))
    rows = -(-len(keys) // columns)
    figure = new_figure(max(4.4 * columns, 7.0), 3.6 * rows + 1.6)
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
    for place, axes in enumerate(panels):
        if place >= len(keys):
            axes.set_visible(False)
            continue
        draw(result, keys[place], axes)
        axes.set_ylabel(axes.get_ylabel() if place % columns == 0 else "")
        if place:
            axes.get_legend().remove()
    name_and_explain(figure, "Which values bring the model to its targets", " ".join(result.says))
    return figure


def draw(result: Any, key: str, axes: Axes | None = None) -> Axes:
    """Draw the loss of each trial against a parameter, and return the axes; what agrees with the targets is shaded.

    Args:
        result: what ``ecosim.calibrate`` returns.
        key: of the parameter.
        axes: where; None for axes of their own.
    """
    with on_axes(axes) as drawn:
        _draw(result, key, drawn)
        return drawn


def _draw(result: Any, key: str, axes: Axes) -> None:
    trials = result.trials[result.trials["loss"].notna()]
    row = result.parameters.set_index("parameter").loc[key]
    is_in = trials["agrees"]
    axes.axvspan(row["low"], row["high"], color=AGREES, alpha=0.12, linewidth=0, label="agrees with the targets")
    axes.plot(trials.loc[~is_in, key], trials.loc[~is_in, "loss"], ".", color=TRIAL, markersize=5, label="a trial")
    axes.plot(trials.loc[is_in, key], trials.loc[is_in, "loss"], "o", color=AGREES, markersize=4.5,
              label="a trial that agrees")  # fmt: skip
    best = trials.loc[trials["loss"].idxmin()]
    axes.plot(best[key], best["loss"], "D", color=BEST, markersize=8, label="the best")
    axes.set_yscale("symlog", linthresh=1.0)
    axes.set_ylim(bottom=-0.15)
    axes.set_xlim(row["from"], row["to"])
    axes.set_xlabel(label(key, 44))
    axes.set_ylabel("loss: squared distance from\nthe targets, in sd")
    axes.legend(fontsize=8)
