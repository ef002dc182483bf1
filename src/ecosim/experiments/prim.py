"""PRIM, the patient rule induction method: boxes in which something holds more often, found by peeling and pasting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecosim.experiments.cases import Box, Cases, Flags

PEEL = 0.05
"""Share of the points in a box that is peeled off, or pasted on, at once."""

LEAST = 0.05
"""Share of all points that a box keeps at least."""

QUASI = 0.05
"""Quasi-p-value from which on a restriction is dropped."""


class Quality(NamedTuple):
    """What a box is worth.

    Attributes:
        coverage: share of all cases that hold which lie in it.
        density: share of the runs in it that hold.
        mass: share of all runs that lie in it.
        points: number of points in it.
    """

    coverage: float
    density: float
    mass: float
    points: int


class Found(NamedTuple):
    """A box and how it came about.

    Attributes:
        box: after pasting, without restrictions that chance may explain.
        quality: among the points in which it was found: flattering, for it was chosen by them.
        quasi: for each factor that it restricts, how easily chance would explain that restriction.
        path: quality of each box on the way, from everything to the smallest.
    """

    box: Box
    quality: Quality
    quasi: dict[int, float]
    path: list[Quality]


def find_box(cases: Cases, *, density: float | None = None, peel: float = PEEL, least: float = LEAST) -> Found:
    r"""Return the best box among some points.

    *Peeling* begins with everything and takes off, again and again, that twentieth of the points at one end of a factor
    of numbers, or those with one word, whose loss raises the density most for each point lost. Of the boxes on the way,
    the one is taken that gains most cases over chance, :math:`\text{mass} \cdot (\text{density} - \text{base})`; or, where
    a density is asked for, the largest that reaches it. Restrictions that chance may explain are dropped, the weakest
    first. *Pasting* then moves bounds outwards as long as density does not fall.

    Args:
        cases: points with the share of their runs in which it holds.
        density: that the box shall reach; None for the best trade-off.
        peel: share of the points in the box that is peeled off at once, above 0 and below 1.
        least: share of all points that a box keeps at least.

    References:
        Friedman & Fisher (1999), Bump hunting in high-dimensional data, Statistics and Computing 9, 123, §§8–9.
        Bryant & Lempert (2010), Thinking inside the box, Technological Forecasting and Social Change 77, 34.
        Kwakkel & Jaxa-Rozen (2016), Environmental Modelling & Software 79, 311 (gain for each point lost,
        as the first author's EMA workbench has it).
    """
    boxes = list(_peeled(cases, peel, least))
    path = [quality(box, cases) for box in boxes]
    box = boxes[_chosen(path, cases.base, density)]
    box = _dropped(box, cases)
    box = _pasted(box, cases, peel)
    return Found(box, quality(box, cases), quasi_p(box, cases), path)


def quality(box: Box, cases: Cases) -> Quality:
    """Return what a box is worth among some points."""
    return _quality(box.holds(cases.factors), cases)


def quasi_p(box: Box, cases: Cases) -> dict[int, float]:
    """Return, for each factor that a box restricts, how easily chance would explain that restriction.

    It is the chance that as many cases as in the box, or more, would be among as many points if they were as frequent as
    in the box without that restriction. Points are counted, not runs, for runs of one point are alike.

    References:
        Bryant & Lempert (2010), §2.3.
    """
    from scipy.stats import binom

    here = quality(box, cases)
    found = {}
    for k in box.restricted():
        wider = quality(box.without(k), cases)
        holding = int(np.floor(here.density * here.points))
        found[k] = float(binom.sf(holding - 1, here.points, min(wider.density, 1.0))) if here.points else 1.0
    return found


def _quality(inside: Flags, cases: Cases) -> Quality:
    runs = float(cases.runs[inside].sum())
    holding = float(cases.share[inside] @ cases.runs[inside])
    all_holding = float(cases.share @ cases.runs)
    return Quality(
        holding / all_holding if all_holding else 0.0,
        holding / runs if runs else 0.0,
        runs / float(cases.runs.sum()),
        int(inside.sum()),
    )


def _peeled(cases: Cases, peel: float, least: float) -> Iterator[Box]:
    """Yield the boxes of the peeling, from everything on."""
    box = Box.whole(len(cases.keys))
    smallest = max(least * cases.share.size, 2.0)
    inside = box.holds(cases.factors)
    while True:
        yield box
        here = _quality(inside, cases)
        best, gain = None, 0.0
        for tried, left in _peels(box, inside, cases, peel):
            if left.sum() < smallest:
                continue
            there = _quality(left, cases)
            worth = (there.density - here.density) / (here.mass - there.mass)
            if best is None or worth > gain:
                best, gain = (tried, left), worth
        if best is None or here.density >= 1.0:
            return
        box, inside = best


def _peels(box: Box, inside: Flags, cases: Cases, peel: float) -> Iterator[tuple[Box, Flags]]:
    """Yield each box that is a peel smaller, and which points are left in it."""
    count = int(inside.sum())
    lost = max(1, int(np.ceil(peel * count)))
    for k, words in enumerate(cases.words):
        column = cases.factors[:, k]
        values = np.sort(column[inside])
        if values[0] == values[-1]:
            continue
        if words:
            for number in np.unique(values):
                yield box.cut(k, out=int(number)), inside & (column != number)
            continue
        low, high = values[lost - 1], values[count - lost]
        if low < values[-1]:
            bound = 0.5 * (low + values[values > low][0])
            yield box.cut(k, low=float(bound)), inside & (column > bound)
        if high > values[0]:
            bound = 0.5 * (high + values[values < high][-1])
            yield box.cut(k, high=float(bound)), inside & (column < bound)


def _chosen(path: list[Quality], base: float, density: float | None) -> int:
    """Return the place of the best box on the way."""
    if density is not None:
        reach = [place for place, one in enumerate(path) if one.density >= density]
        return reach[0] if reach else int(np.argmax([one.density for one in path]))
    return int(np.argmax([one.mass * (one.density - base) for one in path]))


def _dropped(box: Box, cases: Cases) -> Box:
    """Return the box without restrictions that chance may explain, dropped one at a time, the weakest first."""
    while quasi := quasi_p(box, cases):
        weakest = max(quasi, key=lambda k: quasi[k])
        if quasi[weakest] <= QUASI:
            break
        box = box.without(weakest)
    return box


def _pasted(box: Box, cases: Cases, peel: float) -> Box:
    """Return the box with bounds moved outwards as long as its density does not fall."""
    while True:
        here = quality(box, cases)
        best, best_quality = box, here
        for tried in _pastes(box, cases, peel):
            there = quality(tried, cases)
            if there.density >= here.density and (there.density, there.mass) > (
                best_quality.density,
                best_quality.mass,
            ):
                best, best_quality = tried, there
        if best is box or best_quality.points <= here.points:
            return box
        box = best


def _pastes(box: Box, cases: Cases, peel: float) -> Iterator[Box]:
    """Yield each box that is a paste larger along one factor that it restricts."""
    for k in box.restricted():
        others = box.without(k).holds(cases.factors)
        column = cases.factors[:, k]
        more = max(1, int(np.ceil(peel * box.holds(cases.factors).sum())))
        for number in sorted(box.left_out[k]):
            left_out = list(box.left_out)
            left_out[k] -= {number}
            yield Box(box.low, box.high, tuple(left_out))
        below = np.sort(column[others & (column < box.low[k])])
        above = np.sort(column[others & (column > box.high[k])])
        if below.size:
            yield box.cut(k, low=_beyond(below[::-1], more, -np.inf))
        if above.size:
            yield box.cut(k, high=_beyond(above, more, np.inf))


def _beyond(values: NDArray[np.float64], more: int, end: float) -> float:
    """Return the bound that takes in the first few of values that lead outwards, and all that equal the last of them."""
    last = values[min(more, values.size) - 1]
    further = values[values > last] if end > 0 else values[values < last]
    return float(0.5 * (last + further[0])) if further.size else end
