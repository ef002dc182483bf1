"""The network at the start, in the middle and at the end, everyone in the same place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecosim.drawing.style import ISSUE_COLOURS, name_and_explain, new_figure, of_opinion, of_sector, styled
from ecosim.errors import InputError
from ecosim.reports.layout import spanning_tree
from ecosim.reports.network_words import caption, choose_names, legend_handles, write_names
from ecosim.reports.picture import Picture, arrange, bonds_of, issue_of
from ecosim.results.frame import Frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ecosim.results.run import Run

MOST_COALITIONS = 8
PANEL, HEAD, ROW, FOOT = 5.0, 0.72, 0.22, 0.75
"""Inches: side of a panel, room for the title, for a row of the legend, for the caption."""


@styled
def network(run: Run) -> Figure:
    """Return the figure of the network at the start, in the middle and at the end of a run.

    Colour and shape tell the sector, the width and darkness of a line the bond, tubes the largest coalitions. In a model
    of opinions, where there is neither a bond nor a coalition or only one sector, the colour tells the opinion (on the
    first axis) and the shape alone the sector; where nobody holds an opinion, it tells what everyone contributes.
    Everyone stands in the same place in all three. Of more than 400 organisations, a sample of 400 is shown.

    Raises:
        InputError: if the run kept no frames, or has no organisation.
    """
    frames = list({frame.tick: frame for frame in run.frames}.values())
    if not frames:
        raise InputError(
            "figure 'network' is left out: this run kept no frames: set record.figures in its configuration"
        )
    if not any(frame.identity.size for frame in frames):
        raise InputError("figure 'network' is left out: there is no organisation")
    picture = arrange(frames)
    handles = legend_handles(frames, picture)
    width = max(PANEL * len(frames) + 0.3, 8.0)
    columns = min(len(handles), int(width / 1.75))
    height = PANEL + HEAD + ROW * -(-len(handles) // columns) + FOOT
    figure = new_figure(width, height)
    figure.set_layout_engine("none")
    shown, named = [], choose_names(frames, picture, PANEL)
    for k, frame in enumerate(frames):
        left = (width - PANEL * len(frames)) / 2 + k * PANEL
        axes = figure.add_axes((left / width, FOOT / height, PANEL / width, PANEL / height))
        shown.append(_draw(axes, frame, picture))
        write_names(axes, frame, picture, named)
    corner = (0.0, 1 - 0.4 / height)
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=corner, ncols=columns, columnspacing=1.6)
    told = "what everyone thinks" if picture.tells_opinions else "who has joined"
    told = "what everyone gives" if picture.tells_giving else told
    name_and_explain(
        figure, f"The network: who is tied to whom, and {told}", caption(frames, shown, picture, MOST_COALITIONS)
    )
    return figure


def _draw(axes: Axes, frame: Frame, picture: Picture) -> tuple[int, int]:
    """Draw one panel; return how many organisations and how many coalitions it shows."""
    row = picture.rows(frame.identity)
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set_xlim(-1.09, 1.09)
    axes.set_ylim(-1.06, 1.12)
    tubes = _draw_coalitions(axes, frame, picture, row)
    _draw_ties(axes, frame, picture, row)
    for k, sector in enumerate(frame.labels.sectors):
        here = row[(frame.sector == k) & (row >= 0)]
        colour, shape = of_sector(frame.labels.sectors, sector)
        spots, edge = picture.place[here], "white"
        fill: list[Any] = [colour]
        if picture.has_scale:
            fill, edge = [of_opinion(place) for place in _on_scale(frame)[(frame.sector == k) & (row >= 0)]], "#444444"
        axes.scatter(
            spots[:, 0],
            spots[:, 1],
            s=picture.size,
            c=fill,
            marker=shape,
            edgecolors=edge,
            linewidths=0.6,
            zorder=4,
        )
    axes.set_title(
        f"tick {frame.tick:,}: {len(frame.ends):,} ties, {frame.coalition_identity.size:,} coalitions", y=0.975
    )
    return int((row >= 0).sum()), tubes


def _on_scale(frame: Frame) -> NDArray[np.float64]:
    """Return where on the scale of colours, −1 to 1, each organisation is: by its opinion, or by what it gives (n,)."""
    if frame.stance is not None:
        return frame.stance[:, 0]
    given = frame.contribution if frame.contribution is not None else np.full(frame.identity.size, 0.5)
    return 2.0 * given - 1.0


def _draw_ties(axes: Axes, frame: Frame, picture: Picture, row: NDArray[np.int64]) -> None:
    from matplotlib.collections import LineCollection

    ends = row[frame.ends]
    both = (ends >= 0).all(axis=1)
    bond = bonds_of(frame)[both]
    order = np.argsort(bond, kind="stable")  # strong ones on top
    ends, bond = ends[both][order], bond[order]
    crowd = float(np.clip(400 / max(len(ends), 1), 0.4, 1.0))
    strength = np.minimum(bond / picture.strongest, 1.0)
    colours = np.zeros((len(ends), 4))
    colours[:, :3] = 0.25
    colours[:, 3] = crowd * (0.15 + 0.75 * strength) * (0.5 if picture.has_scale else 1.0)  # colours come first
    axes.add_collection(
        LineCollection(list(picture.place[ends]), colors=colours, linewidths=0.3 + 2.0 * crowd * strength, zorder=3)
    )


def _draw_coalitions(axes: Axes, frame: Frame, picture: Picture, row: NDArray[np.int64]) -> int:
    """Draw the largest coalitions as tubes along the shortest tree through their members; return how many."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    sizes = np.bincount(frame.member_coalition[row[frame.member] >= 0], minlength=frame.coalition_identity.size)
    largest = np.lexsort((frame.coalition_identity, -sizes))[:MOST_COALITIONS]
    drawn, width = 0, float(np.sqrt(picture.size)) * 1.25
    for c in largest:
        members = row[frame.member[frame.member_coalition == c]]
        members = members[members >= 0]
        if members.size < 2:
            continue
        spots = picture.place[members]
        vertices = [spots[end] for pair in spanning_tree(spots) for end in pair]
        path = Path(vertices, [Path.MOVETO, Path.LINETO] * (len(vertices) // 2))
        colour = ISSUE_COLOURS[issue_of(frame, int(c)) % len(ISSUE_COLOURS)]
        for extra, alpha, tint in ((4.0, 1.0, 0.0), (1.4, 1.0, 0.72)):
            axes.add_patch(
                PathPatch(
                    path,
                    fill=False,
                    edgecolor=_tinted(colour, tint),
                    alpha=alpha,
                    linewidth=width + extra,
                    capstyle="round",
                    joinstyle="round",
                    zorder=1 + drawn / 100,
                )
            )
        drawn += 1
    return drawn


def _tinted(colour: str, share: float) -> tuple[float, ...]:
    from matplotlib.colors import to_rgb

    return tuple(part + (1.0 - part) * share for part in to_rgb(colour))
