"""The words in the pictures of a network: names, legend and caption."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ecosim.reports.picture import Picture, issue_of
from ecosim.reports.style import ISSUE_COLOURS, label, of_sector
from ecosim.results.frame import Frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

ALL_NAMED, SOME_NAMED, NAME_SIZE = 40, 8, 6.5
"""Up to how many organisations all are named, how many are named of more, and the size of letters in points."""


def choose_names(frames: list[Frame], picture: Picture, panel: float) -> dict[int, str]:
    """Return the names to write, by row in the picture: the best connected first, while they do not overlap.

    Args:
        frames: who has which name, and how many ties.
        picture: where they stand.
        panel: side of a panel, in inches.
    """
    n = picture.identity.size
    names: dict[int, str] = {}
    degree = np.zeros(n, np.int64)
    for frame in frames:
        row = picture.rows(frame.identity)
        ends = row[frame.ends].ravel()
        degree += np.bincount(ends[ends >= 0], minlength=n)
        if frame.names is not None:
            names.update((int(row[who]), frame.names[who]) for who in np.flatnonzero(row >= 0))
    most = ALL_NAMED if n <= ALL_NAMED else SOME_NAMED
    boxes: list[tuple[float, float, float]] = []
    chosen: dict[int, str] = {}
    for place in np.argsort(-degree, kind="stable").tolist():
        if len(chosen) == most or place not in names:
            continue
        text = label(names[place], 20)
        x, y = picture.place[place] * panel / 2.18 + (0.0, (_lift(picture.size) + NAME_SIZE / 2) / 72)
        half = 0.31 * NAME_SIZE * len(text) / 72
        if all(abs(x - a) > half + b or abs(y - c) > NAME_SIZE / 72 for a, b, c in boxes):
            boxes.append((x, half, y))
            chosen[place] = text
    return chosen


def write_names(axes: Axes, frame: Frame, picture: Picture, named: Mapping[int, str]) -> None:
    """Write the names that were chosen above those who are there."""
    from matplotlib.patheffects import withStroke

    row = picture.rows(frame.identity)
    for who in np.flatnonzero(row >= 0):
        if (text := named.get(int(row[who]))) is not None:
            axes.annotate(
                text,
                picture.place[row[who]],
                xytext=(0, _lift(picture.size)),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=NAME_SIZE,
                zorder=6,
                path_effects=[withStroke(linewidth=2.0, foreground="white")],
            )


def legend_handles(frames: list[Frame], picture: Picture) -> list[Line2D]:
    """Return what the legend shows: sectors, bonds, and the issues of coalitions."""
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
    joined = {issue_of(frame, c) for frame in frames for c in range(frame.coalition_identity.size)}
    for k in sorted(joined):
        words = (
            f"coalition: {label(issues[k], 22)}"
            if k < len(issues) and frames[0].coalition_issue is not None
            else "coalition"
        )
        handles.append(Line2D([], [], color=ISSUE_COLOURS[k % len(ISSUE_COLOURS)], linewidth=5, alpha=0.6, label=words))
    return handles


def caption(frames: list[Frame], shown: list[tuple[int, int]], picture: Picture, most_coalitions: int) -> str:
    """Return the sentences below: who is shown, how to read it, and what changed.

    Args:
        frames: the panels.
        shown: how many organisations and how many coalitions each panel shows.
        picture: what the panels share.
        most_coalitions: how many coalitions a panel shows at most.
    """
    total = np.unique(np.concatenate([frame.identity for frame in frames])).size
    is_sample = total > picture.identity.size
    who = f"{total:,} organisations"
    if is_sample:
        who = (
            f"A sample of {picture.identity.size} of {total:,} organisations, met on a walk along their ties (the well "
            "connected are met more often; the numbers above the panels count all)"
        )
    where = "everyone stands in the same place in every panel, and " if len(frames) > 1 else ""
    text = f"{who}; {where}those who are tied or have joined stand close."
    if any(drawn for _, drawn in shown):
        every = all(drawn == frame.coalition_identity.size for frame, (_, drawn) in zip(frames, shown, strict=True))
        which = "" if every else f", for the {most_coalitions} that have most members here"
        text += f" A tube joins the members of a coalition{which}: they stand at its ends and bends"
        text += ", and whoever it only passes is none of them."
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


def _lift(size: float) -> float:
    """Return how many points above a mark of this size its name stands."""
    return float(np.sqrt(size)) * 0.62 + 1
