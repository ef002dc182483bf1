"""The network at the start, in the middle and at the end, everyone in the same place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError
from ecosim.reports.layout import force_layout, spanning_tree, walk_sample
from ecosim.reports.style import (
    ISSUE_COLOURS,
    label,
    name_and_explain,
    new_figure,
    of_sector,
    styled,
)
from ecosim.results.frame import Frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    from ecosim.results.run import Run

MOST_ORGANISATIONS = 400
MOST_COALITIONS = 8
ALL_NAMED = 40
PANEL, HEAD, ROW, FOOT = 5.0, 0.72, 0.22, 0.75
"""Inches: side of a panel, room for the title, for a row of the legend, for the caption."""


@dataclass(frozen=True)
class _Picture:
    """What all panels share: who is shown, by number, and where each stands."""

    identity: NDArray[np.int64]
    place: NDArray[np.float64]
    size: float
    strongest: float

    def rows(self, identity: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the row in the picture of each number, -1 for those who are not shown."""
        at = np.searchsorted(self.identity, identity)
        at[at == self.identity.size] = 0
        return np.where(self.identity[at] == identity, at, -1)


@styled
def network(run: Run) -> Figure:
    """Return the figure of the network at the start, in the middle and at the end of a run.

    Colour and shape tell the sector, the width and darkness of a line the bond, tubes the largest coalitions. Everyone
    stands in the same place in all three. Of more than 400 organisations, a sample of 400 is shown.

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
    picture = _arrange(frames)
    handles = _handles(frames, picture)
    width = max(PANEL * len(frames) + 0.3, 8.0)
    columns = min(len(handles), int(width / 1.75))
    height = PANEL + HEAD + ROW * -(-len(handles) // columns) + FOOT
    figure = new_figure(width, height)
    figure.set_layout_engine("none")
    shown = []
    for k, frame in enumerate(frames):
        left = (width - PANEL * len(frames)) / 2 + k * PANEL
        axes = figure.add_axes((left / width, FOOT / height, PANEL / width, PANEL / height))
        shown.append(_draw(axes, frame, picture))
    corner = (0.0, 1 - 0.4 / height)
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=corner, ncols=columns, columnspacing=1.6)
    name_and_explain(figure, "The network: who is tied to whom, and who has joined", _caption(frames, shown, picture))
    return figure


def _arrange(frames: list[Frame]) -> _Picture:
    identity = np.unique(np.concatenate([frame.identity for frame in frames]))
    pairs = np.concatenate([np.searchsorted(identity, frame.identity[frame.ends]) for frame in frames])
    strengths = np.concatenate([_bonds(frame) + 0.25 for frame in frames])
    chosen = walk_sample(identity.size, pairs, MOST_ORGANISATIONS)
    row = np.full(identity.size, -1)
    row[chosen] = np.arange(chosen.size)
    pairs = row[pairs]
    both = (pairs >= 0).all(axis=1)
    together = [_members_together(frame, identity, row) for frame in frames]
    pairs, strengths = pairs[both], strengths[both] / len(frames)
    pairs = np.concatenate([pairs, *together])
    strengths = np.concatenate([strengths, np.full(len(pairs) - len(strengths), 1.0)])
    place = force_layout(chosen.size, pairs, strengths)
    size = float(np.clip(8000 / max(chosen.size, 1), 18, 150))
    return _Picture(identity[chosen], place, size, _strongest(frames))


def _strongest(frames: list[Frame]) -> float:
    """Return the bond that is drawn as the strongest: the 98th percentile of all, in round tenths."""
    bonds = np.concatenate([_bonds(frame) for frame in frames])
    return float(np.ceil(10 * np.quantile(bonds, 0.98)) / 10) if bonds.size and bonds.max() > 0 else 1.0


def _members_together(frame: Frame, identity: NDArray[np.int64], row: NDArray[Any]) -> NDArray[Any]:
    """Return pairs of members one, two or three places apart in a coalition, so that a coalition stands together."""
    found = [np.empty((0, 2), np.int64)]
    members = row[np.searchsorted(identity, frame.identity[frame.member])]
    for apart in (1, 2, 3):
        same = frame.member_coalition[apart:] == frame.member_coalition[:-apart]
        found.append(np.stack([members[:-apart], members[apart:]], axis=1)[same])
    pairs = np.concatenate(found)
    return pairs[(pairs >= 0).all(axis=1)]


def _bonds(frame: Frame) -> NDArray[np.float64]:
    return frame.bond if frame.bond is not None else np.full(len(frame.ends), 0.5)


def _draw(axes: Axes, frame: Frame, picture: _Picture) -> tuple[int, int]:
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
        spots = picture.place[here]
        axes.scatter(
            spots[:, 0],
            spots[:, 1],
            s=picture.size,
            c=colour,
            marker=shape,
            edgecolors="white",
            linewidths=0.6,
            zorder=4,
        )
    _name(axes, frame, picture, row)
    axes.set_title(
        f"tick {frame.tick:,}: {len(frame.ends):,} ties, {frame.coalition_identity.size:,} coalitions", y=0.975
    )
    return int((row >= 0).sum()), tubes


def _draw_ties(axes: Axes, frame: Frame, picture: _Picture, row: NDArray[np.int64]) -> None:
    from matplotlib.collections import LineCollection

    ends = row[frame.ends]
    both = (ends >= 0).all(axis=1)
    bond = _bonds(frame)[both]
    order = np.argsort(bond, kind="stable")  # strong ones on top
    ends, bond = ends[both][order], bond[order]
    crowd = float(np.clip(400 / max(len(ends), 1), 0.4, 1.0))
    strength = np.minimum(bond / picture.strongest, 1.0)
    colours = np.zeros((len(ends), 4))
    colours[:, :3] = 0.25
    colours[:, 3] = crowd * (0.15 + 0.75 * strength)
    axes.add_collection(
        LineCollection(list(picture.place[ends]), colors=colours, linewidths=0.3 + 2.0 * crowd * strength, zorder=3)
    )


def _draw_coalitions(axes: Axes, frame: Frame, picture: _Picture, row: NDArray[np.int64]) -> int:
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
        colour = ISSUE_COLOURS[_issue(frame, int(c)) % len(ISSUE_COLOURS)]
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


def _issue(frame: Frame, coalition: int) -> int:
    return int(frame.coalition_issue[coalition]) if frame.coalition_issue is not None else 0


def _tinted(colour: str, share: float) -> tuple[float, ...]:
    from matplotlib.colors import to_rgb

    return tuple(part + (1.0 - part) * share for part in to_rgb(colour))


def _name(axes: Axes, frame: Frame, picture: _Picture, row: NDArray[np.int64]) -> None:
    """Write the names: of all if few, of the best connected if many and they have names of their own."""
    from matplotlib.patheffects import withStroke

    if frame.names is None:
        return
    shown = np.flatnonzero(row >= 0)
    if shown.size > ALL_NAMED:
        degree = np.bincount(frame.ends.ravel(), minlength=frame.identity.size)
        shown = shown[np.argsort(-degree[shown], kind="stable")[:5]]
    for who in shown:
        x, y = picture.place[row[who]]
        axes.annotate(
            label(frame.names[who], 20),
            (x, y),
            xytext=(0, float(np.sqrt(picture.size)) * 0.62 + 1),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=6.5,
            zorder=6,
            path_effects=[withStroke(linewidth=2.0, foreground="white")],
        )


def _handles(frames: list[Frame], picture: _Picture) -> list[Line2D]:
    from matplotlib.lines import Line2D

    sectors = frames[0].labels.sectors
    present = {int(k) for frame in frames for k in np.unique(frame.sector)}
    handles: list[Line2D] = []
    for k, sector in enumerate(sectors):
        if k in present:
            colour, shape = of_sector(sectors, sector)
            handles.append(
                Line2D(
                    [],
                    [],
                    color=colour,
                    marker=shape,
                    linestyle="",
                    markersize=8,
                    markeredgecolor="white",
                    label=label(sector),
                )
            )
    if any(frame.bond is not None for frame in frames):
        for strength, words in (
            (0.1, "bond near 0"),
            (1.0, f"bond {picture.strongest:.1f}" + (" or more" if picture.strongest < 1 else "")),
        ):
            handles.append(
                Line2D(
                    [], [], color=(0.25, 0.25, 0.25, 0.2 + 0.7 * strength), linewidth=0.4 + 2.0 * strength, label=words
                )
            )
    else:
        handles.append(Line2D([], [], color="#777777", linewidth=1.2, label="tie"))
    issues = frames[0].labels.issues
    joined = {_issue(frame, c) for frame in frames for c in range(frame.coalition_identity.size)}
    for k in sorted(joined):
        words = (
            f"coalition: {label(issues[k], 22)}"
            if k < len(issues) and frames[0].coalition_issue is not None
            else "coalition"
        )
        handles.append(Line2D([], [], color=ISSUE_COLOURS[k % len(ISSUE_COLOURS)], linewidth=5, alpha=0.6, label=words))
    return handles


def _caption(frames: list[Frame], shown: list[tuple[int, int]], picture: _Picture) -> str:
    total = np.unique(np.concatenate([frame.identity for frame in frames])).size
    is_sample = total > picture.identity.size
    who = f"{total:,} organisations"
    if is_sample:
        who = (
            f"A sample of {picture.identity.size} of {total:,} organisations, met on a walk along their ties (the well "
            "connected are met more often; the numbers above the panels count all)"
        )
    text = (
        f"{who}; everyone stands in the same place in every panel, and those who are tied or have joined stand close."
    )
    if any(drawn for _, drawn in shown):
        every = all(drawn == frame.coalition_identity.size for frame, (_, drawn) in zip(frames, shown, strict=True))
        which = "" if every else f", for the {MOST_COALITIONS} that have most members here"
        text += f" A tube joins the members of a coalition{which}; where tubes cross, someone may belong to several."
    first, last = frames[0], frames[-1]
    if len(frames) > 1:
        ties, coalitions = (
            f"{before:,} to {after:,}"
            for before, after in (
                (len(first.ends), len(last.ends)),
                (first.coalition_identity.size, last.coalition_identity.size),
            )
        )
        text += f" From tick {first.tick:,} to tick {last.tick:,}: ties {ties}, coalitions {coalitions}."
    return text
