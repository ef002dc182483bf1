"""The words in the pictures of a network: names, legend and caption."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecosim.drawing.style import ISSUE_COLOURS, MIDDLE, label, of_opinion, of_sector
from ecosim.reports.picture import Picture, issue_of
from ecosim.results.frame import Frame
from ecosim.results.phrases import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

ALL_NAMED, SOME_NAMED, NAME_SIZE = 40, 8, 6.5
"""Up to how many organisations all are named, how many are named of more, and the size of letters in points."""


class Name(NamedTuple):
    """A name to write: its text, and on which side of the mark."""

    text: str
    side: str


def choose_names(frames: list[Frame], picture: Picture, panel: float) -> dict[int, Name]:
    """Return the names to write, by row in the picture: the best connected first, while they do not overlap.

    A name stands above its mark, or below or beside it where there is less in the way.

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
    spots, mark = picture.place * panel / 2.18, _lift(picture.size) / 72
    marks = [_Box(x, y, 0.8 * mark, 0.8 * mark) for x, y in spots.tolist()]
    taken: list[_Box] = []
    chosen: dict[int, Name] = {}
    for place in np.argsort(-degree, kind="stable").tolist():
        if len(chosen) == most or place not in names:
            continue
        text = label(names[place], 20)
        x, y = spots[place].tolist()
        boxes = [(side, _beside(x, y, mark, len(text), side)) for side in _SIDES]
        free = [(side, box) for side, box in boxes if box.is_within(panel) and not box.meets(taken)]
        if free:
            side, box = min(free, key=lambda one: len(one[1].overlapping(marks)))
            taken.append(box)
            chosen[place] = Name(text, side)
    return chosen


class _Box(NamedTuple):
    """Middle, half a width and half a height, in inches from the middle of the panel."""

    x: float
    y: float
    wide: float
    high: float

    def overlapping(self, others: list[_Box]) -> list[_Box]:
        return [
            other
            for other in others
            if abs(self.x - other.x) < self.wide + other.wide and abs(self.y - other.y) < self.high + other.high
        ]

    def meets(self, others: list[_Box]) -> bool:
        return bool(self.overlapping(others))

    def is_within(self, panel: float) -> bool:
        return abs(self.x) + self.wide <= panel / 2


_SIDES = {"above": (0, 1), "below": (0, -1), "right": (1, 0), "left": (-1, 0)}


def _beside(x: float, y: float, mark: float, letters: int, side: str) -> _Box:
    wide, high = 0.29 * NAME_SIZE * letters / 72, 0.55 * NAME_SIZE / 72
    across, up = _SIDES[side]
    return _Box(x + across * (mark + wide), y + up * (mark + high), wide, high)


def write_names(axes: Axes, frame: Frame, picture: Picture, named: Mapping[int, Name]) -> None:
    """Write the names that were chosen beside those who are there."""
    from matplotlib.patheffects import withStroke

    row = picture.rows(frame.identity)
    for who in np.flatnonzero(row >= 0):
        if (name := named.get(int(row[who]))) is not None:
            across, up = _SIDES[name.side]
            axes.annotate(
                name.text,
                picture.place[row[who]],
                xytext=(across * _lift(picture.size), up * _lift(picture.size)),
                textcoords="offset points",
                ha=("right", "center", "left")[across + 1],
                va=("top", "center", "bottom")[up + 1],
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
                    color=MIDDLE if picture.has_scale else colour,
                    marker=shape,
                    linestyle="",
                    markersize=8,
                    markeredgecolor="#444444" if picture.has_scale else "white",
                    label=label(sector),
                )
            )
    handles += scale_handles(frames, picture) if picture.has_scale else []
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


def scale_handles(frames: list[Frame], picture: Picture) -> list[Line2D]:
    """Return what the legend shows of opinions, or of giving: the ends and the middle of the (first) axis."""
    from matplotlib.lines import Line2D

    axes = frames[0].labels.stance_axes
    axis = "opinion" if len(axes) == 1 else f"{label(axes[0], 14)}:"
    shown = {"marker": "o", "linestyle": "", "markersize": 8, "markeredgecolor": "#444444"}
    words = ("nothing", "half", "all") if picture.tells_giving else ("−1", "0", "+1")
    return [
        Line2D(
            [],
            [],
            color=of_opinion(place),
            label=f"{'gives' if picture.tells_giving else axis} {told}",
            **shown,  # type: ignore[arg-type]  # as they take
        )
        for place, told in zip((-1.0, 0.0, 1.0), words, strict=True)
    ]


def caption(frames: list[Frame], shown: list[tuple[int, int]], picture: Picture, most_coalitions: int) -> str:
    """Return the sentences below: who is shown, how to read it, and what changed.

    Args:
        frames: the panels.
        shown: how many organisations and how many coalitions each panel shows.
        picture: what the panels share.
        most_coalitions: how many coalitions a panel shows at most.
    """
    who = _who(frames, picture)
    where = "everyone stands in the same place in every panel, and " if len(frames) > 1 else ""
    text = f"{who}; {where}those who are tied or have joined stand close."
    if picture.tells_opinions:
        axes = frames[0].labels.stance_axes
        which = "" if len(axes) == 1 else f" on {label(axes[0])}, the first of {len(axes)} axes"
        text += f" Colour tells the opinion{which}; shape the sector."
    if picture.tells_giving:
        text += f" Colour tells which share of its means each gives{_mean_given(frames)}; shape the sector."
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


def _mean_given(frames: list[Frame]) -> str:
    """Return from where to where the mean of what is given went."""
    means = [float(given.mean()) for frame in frames if (given := frame.contribution) is not None and given.size]
    return f" (on average {' to '.join(percent(mean) for mean in (means[0], means[-1]))})" if len(means) > 1 else ""


def _who(frames: list[Frame], picture: Picture) -> str:
    """Return how many the panels show: how many there are at a time, and in all where some came and went between them."""
    counts = [frame.identity.size for frame in frames]
    least, most = min(counts), max(counts)
    total = np.unique(np.concatenate([frame.identity for frame in frames])).size
    there = f"{most:,} organisations" if least == most else f"{least:,} to {most:,} organisations"
    if total > most:
        there += f" at a time, {total:,} in all as some came and went"
    if total <= picture.identity.size:
        return there
    return (
        f"A sample of {picture.identity.size} of {there}, met on a walk along their ties (the well connected are met "
        "more often; the numbers above the panels count all)"
    )


def _lift(size: float) -> float:
    """Return how many points above a mark of this size its name stands."""
    return float(np.sqrt(size)) * 0.62 + 1
