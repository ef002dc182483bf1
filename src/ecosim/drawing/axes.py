"""Axes: a figure's drawing put on axes of the caller's, or on new ones in our own style."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ecosim.drawing.style import new_figure, rules

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (7.2, 4.6)


@contextmanager
def on_axes(axes: Axes | None) -> Iterator[Axes]:
    """Lend the axes that were given, or new ones, which follow the rules of style while they are drawn on."""
    if axes is not None:
        yield axes
        return
    with rules():
        yield new_figure(*SIZE).subplots()
