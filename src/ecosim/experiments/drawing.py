"""Drawing: what came out of an experiment can be drawn, by a figure that it knows by its name only.

Experiments and figures do not know each other; a figure takes what it is given, and is looked up when it is wanted, as
``ecosim`` looks up its own names.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw(name: str, axes: Axes | None, result: object) -> Axes:
    """Draw a result on axes, or on new ones, and return them.

    Args:
        name: of the module of ``ecosim.reports`` that has ``draw`` for such results.
        axes: where; None for axes of their own.
        result: what came out.
    """
    figure: Any = importlib.import_module(f"ecosim.reports.{name}")
    drawn: Axes = figure.draw(result, axes)
    return drawn
