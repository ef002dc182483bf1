"""Polarisation of the stances on each axis, and averaged over the axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.kernels import kernel
from ecosim.measures.clusters import _clusters
from ecosim.measures.groups import _groups, _sides
from ecosim.measures.measure import Measure
from ecosim.measures.polarisation import BINS, RATING_POINTS, _panel
from ecosim.measures.survey import Survey

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecosim.world.labels import Labels
    from ecosim.world.world import World


def panel_of(stances: NDArray[np.float64], sector: NDArray[Any]) -> list[float]:
    """Return each measure of :data:`NAMES` for stances (k, axes) of k actors, averaged over the axes where it is defined.

    ``sector`` (k,) tells between whom sectors' measures look. NaN where there is nobody, or no axis.
    """
    if stances.size == 0:
        return [float("nan")] * _MEASURES
    numbers = np.empty(_MEASURES * (stances.shape[1] + 1))
    _fill_in(stances, sector, numbers)
    found: list[float] = numbers.reshape(_MEASURES, -1)[:, -1].tolist()
    return found


def _fill(world: World, numbers: NDArray[np.float64]) -> None:
    _fill_in(world.stance, world.sector, numbers)


def _fill_in(stances: NDArray[np.float64], sector: NDArray[Any], numbers: NDArray[np.float64]) -> None:
    columns = np.ascontiguousarray(stances.T)
    # NumPy's sort is vectorised, and the kernels themselves run: what the functions round them check is known here.
    ordered = columns.copy()
    ordered.sort(axis=1)
    _on_each_axis(columns, ordered, sector, numbers)


@kernel
def _on_each_axis(columns: Any, ordered: Any, sector: Any, numbers: Any) -> None:
    """Fill in each measure on each axis and, last, averaged over the axes where it is defined: (measures · (axes + 1),).

    Args:
        columns: stances (axes, n).
        ordered: the same, sorted on each axis.
        sector: (n,).
        numbers: to be filled.
    """
    table, labels = numbers.reshape(_MEASURES, columns.shape[0] + 1), sector.astype(np.int64)
    for axis in range(columns.shape[0]):
        values = columns[axis]
        polarised = _panel(values, 1.3, BINS, -1.0, 1.0, RATING_POINTS)
        for row in range(7):
            table[row, axis] = polarised[row]
        apart, united, _, parity = _groups(values, _sides(values, 0.0), BINS, -1.0, 1.0)
        table[7, axis], table[8, axis], table[9, axis] = apart, united, parity
        apart, united, _, _ = _groups(values, labels, BINS, -1.0, 1.0)
        table[10, axis], table[11, axis] = apart, united
        large, effective, small = _clusters(ordered[axis], 0.05, 0.01)
        table[12, axis], table[13, axis], table[14, axis] = large, effective, small
    _average(table)


@kernel
def _average(table: Any) -> None:
    """Fill in the last entry of each row: the mean over those before it that are there."""
    last = table.shape[1] - 1
    for row in range(table.shape[0]):
        total, there = 0.0, 0
        for axis in range(last):
            if not np.isnan(table[row, axis]):
                total += table[row, axis]
                there += 1
        table[row, last] = total / there


_MEASURES = 15
_SENSES = "Bramson et al. (2016), J. Math. Sociol. 40, 80"
ROWS: tuple[tuple[str, str, str, str], ...] = (
    ("esteban_ray", "polarisation of stances: identification within camps times distance between them", "1",
     "Esteban & Ray (1994), Econometrica 62, 819 (α = 1.3)"),
    ("bimodality", "bimodality coefficient of stances: uniform 5/9, normal 1/3, two camps near 1", "1",
     "Pfister et al. (2013), Frontiers in Psychology 4, 700"),
    ("spread", "largest less smallest stance", "1", _SENSES),
    ("dispersion", "mean distance of stances from their mean", "1", _SENSES),
    ("coverage", "share of the scale's bins that hold a stance", "share", _SENSES),
    ("regionalisation", "empty stretches between occupied bins of the scale", "gaps", _SENSES),
    ("van_der_eijk", "(1 − agreement)/2 of stances as a rating of seven points: 0 agreed, 1 two equal extremes", "1",
     "van der Eijk (2001), Quality & Quantity 35, 325"),
    ("divergence", "distance of the mean stances of the two camps, below and above the middle", "1", _SENSES),
    ("consensus", "1 less the dispersion of stances within the two camps, in units of half the scale", "1", _SENSES),
    ("size_parity", "how even the two camps are in size: 1 equal", "1", _SENSES),
    ("sector_divergence", "distance of the sectors' mean stances, mean over pairs of sectors", "1", _SENSES),
    ("sector_consensus", "1 less the dispersion of stances within sectors, in units of half the scale", "1", _SENSES),
    ("opinion_clusters", "clusters of stances, cut where neighbours are more than .05 apart; below 1 % not counted",
     "clusters", ""),
    ("opinion_clusters_effective", "1/Σs² over the shares s of those clusters", "clusters",
     "Laakso & Taagepera (1979), Comp. Pol. Stud. 12, 3"),
    ("opinion_clusters_small", "clusters of stances that are not counted, as fewer than 1 % of all stand in each",
     "clusters", ""),
)  # fmt: skip

NAMES: tuple[str, ...] = tuple(row[0] for row in ROWS)


def _arranged(numbers: NDArray[Any], labels: Labels) -> list[Any]:
    table = numbers.reshape(_MEASURES, len(labels.stance_axes) + 1)
    return [*table[:, :-1], *table[:, -1]]


opinions = Survey(
    _fill,
    lambda labels: _MEASURES * (len(labels.stance_axes) + 1),
    _arranged,
    sees=lambda world: (world.stance.tobytes(), world.sector.tobytes()),
)
"""Each measure of :data:`NAMES` on each axis, then each averaged over the axes where it is defined; NaN where on none."""

MEASURES: tuple[Measure, ...] = tuple(
    measure
    for place, (name, meaning, unit, source) in enumerate(ROWS)
    for measure in (
        Measure(name, f"{meaning}, mean over axes", unit, opinions, ("stance",), place + len(ROWS), source=source),
        Measure(name, meaning, unit, opinions, ("stance",), place, "stance", source=source),
    )
)
