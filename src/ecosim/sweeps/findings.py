"""What a page about a sweep tells, gathered from its folder: only the series of the measures that are shown are read."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError
from ecosim.experiments import choice, curves
from ecosim.experiments.effects import TOGETHER, Layout, effects, mean_and_interval
from ecosim.experiments.meaning import meanings_in
from ecosim.experiments.noise import convergence, table_of_noise
from ecosim.experiments.reading import SweepTables
from ecosim.experiments.remarks import on_skipped
from ecosim.experiments.searched import Searched
from ecosim.experiments.sensitivity import Sensitivity, factors_of, sensitivity
from ecosim.reports.findings import Indices, Maps, Response, SweepFindings
from ecosim.results.measured import MEAN, column_named
from ecosim.sweeps.answers import answer_of

if TYPE_CHECKING:
    import pandas as pd

SAMPLED = ("lhs", "sequence", "sobol", "morris")
MOST_CURVES, MOST_LINES, MOST_GROUPS, MOST_SERIES = 6, 8, 6, 6
MOST_CELLS, MOST_WORDS = 400, 20
MOST_COMPARED = 30
"""Values of a factor, or points, that are compared with the first one by one: of more, curves tell more than a list."""
FEWEST_FOR_CROSSES, MOST_CROSSES = 4, 40
"""Replicates from which, and points up to which, intervals are drawn in a plane: others would hide it."""


def findings_of(tables: SweepTables, measures: Sequence[str] = ()) -> SweepFindings:
    """Return what the page tells of a sweep.

    Args:
        tables: of the sweep.
        measures: which to show; if none, those that a comparison was asked for, else a choice of them.

    Raises:
        InputError: if there is no run with results, or a measure is unknown.
    """
    runs = tables.made
    tables.refuse_without_results()
    tables.load(tables.measures)  # the page tells of the luck of each
    layout = Layout(runs, tables.keys, tables.column)
    noise = table_of_noise(layout, tables.measures, common=tables.is_luck_common)
    asked = [] if measures else tables.asked
    shown = tables.known(measures) or asked or _searched(tables) or choice.choose(tables.measures, noise, layout)
    if not shown:
        shown = list(tables.measures[:1])
    is_sampled = is_spread(tables, layout)
    luck = noise.set_index("measure")["luck"].fillna(0.0)
    weights = {name: 1.0 - float(luck[name]) for name in shown}
    ranked = sorted(tables.keys, key=lambda key: -curves.strength(layout, key, weights))
    table = compared(tables, shown)
    plane, plane_measures = _plane(layout, tables.measures, tables.is_luck_common)
    lead = _lead(layout, ranked, is_sampled)
    found = SweepFindings(
        manifest=tables.manifest,
        keys=tables.keys,
        kind=tables.kind,
        points=tables.points,
        replicates=tables.replicates,
        fewest=tables.fewest_replicates,
        planned=len(tables.distinct),
        is_luck_common=tables.is_luck_common,
        values=_values(tables),
        statuses={str(status): int(count) for status, count in runs["status"].value_counts().items()},
        failures=tables.failures,
        notes=tables.notes,
        measures=shown,
        asked=asked,
        noise=noise,
        effects=table,
        responses=_responses(layout, shown, ranked, is_sampled, tables.is_luck_common),
        plane=plane,
        plane_measures=plane_measures,
        maps=_maps(layout, tables.measures, ranked, is_sampled, plane_measures),
        lead=lead,
        series=_series(tables, shown, lead),
        convergence={name: convergence(layout.values(name)) for name in shown} if tables.replicates > 2 else {},
        indices=indices_of(tables, shown),
        remarks=_remarks(tables, layout),
        meanings=meanings_in(tables.manifest.get("configurations") or {}, tables.keys),
    )
    return found if tables.search is None else _of_search(found, tables.search)


def _searched(tables: SweepTables) -> list[str]:
    """Return the measures that the search looked at which chose the points; none where they are a design."""
    names = () if tables.search is None else map(column_named, tables.search.measures)
    return [name for name in names if name in tables.measures]


def _of_search(found: SweepFindings, search: Searched) -> SweepFindings:
    """Return the same without what points that a search chose tell nothing of; along one key, each value still tells."""
    return replace(
        found, search=answer_of(search), effects=found.effects.iloc[:0], indices=None, plane=None, maps=None, series={},
        convergence={}, remarks=(), responses=found.responses if search.kind == "tipping" else {},
    )  # fmt: skip


def is_spread(tables: SweepTables, layout: Layout) -> bool:
    """Return whether points lie all over the ranges: sampled, or many in a list in which no factor changes alone."""
    many = layout.factors() == [TOGETHER] and layout.shape[0] > MOST_COMPARED
    return tables.kind in SAMPLED or many


def compared(tables: SweepTables, measures: Sequence[str]) -> pd.DataFrame:
    """Return the effects of factors with few values; none of sampled designs."""
    keys = [] if tables.kind in SAMPLED else tables.keys
    tables.load(measures)
    return effects(tables.made, keys, measures, common=tables.is_luck_common, most=MOST_COMPARED, column=tables.column)


def indices_of(tables: SweepTables, measures: Sequence[str]) -> Indices | None:
    """Return the sensitivity indices of some measures as the page shows them; None where there are none."""
    if len(tables.keys) < 2:
        return None
    try:
        return as_indices(sensitivity(tables, measures))
    except InputError:
        return None  # too few points, or a package that is not installed: the page does without


def as_indices(found: Sensitivity) -> Indices:
    """Return sensitivity indices as the page and the figure take them."""
    idle = {measure: found.idle(measure) for measure in found.measures["measure"]}
    remarks = (*found.remarks, *on_skipped(found.skipped))
    return Indices(found.method, found.told, found.indices, found.measures, idle, remarks)


def _remarks(tables: SweepTables, layout: Layout) -> list[str]:
    copies = [told] if (told := tables.said_of_copies()) else []
    return [*copies, *_of_lists(tables, layout)]


def _of_lists(tables: SweepTables, layout: Layout) -> list[str]:
    """Return which factors have too many values to be compared one by one."""
    if tables.kind in SAMPLED:
        return []
    counts = {factor: len(layout.levels(factor)) for factor in layout.factors()}
    return [
        f"The {count:,} {'points' if factor == TOGETHER else f'values of {factor}'} are not compared with the first one by "
        f"one: lists of differences end at {MOST_COMPARED}."
        for factor, count in counts.items()
        if count > MOST_COMPARED
    ]


def _values(tables: SweepTables) -> dict[str, str]:
    factors = factors_of(tables)
    if factors is not None:
        return {one.key: _range(one.plain()) for one in factors.factors}
    told = {}
    for key in tables.keys:
        values = tables.points_table[key].drop_duplicates().tolist()
        words = ", ".join(_shown(value) for value in values[:12])
        told[key] = words + (f", … ({len(values)} values)" if len(values) > 12 else "")
    return told


def _range(factor: Mapping[str, Any]) -> str:
    if factor["kind"] == "choice":
        return "one of " + ", ".join(_shown(value) for value in factor["values"])
    whole = ", whole numbers" if factor["kind"] == "whole" else ""
    scale = ", by ratios" if factor.get("scale") == "log" else ""
    return f"{_shown(factor['low'])} to {_shown(factor['high'])}{whole}{scale}"


def _shown(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else value if isinstance(value, str) else json.dumps(value)


def _responses(
    layout: Layout, measures: Sequence[str], ranked: Sequence[str], is_sampled: bool, common: bool
) -> dict[str, list[Response]]:
    numeric = [key for key in ranked if curves.is_numeric(layout, key)][:MOST_CURVES]
    found: dict[str, list[Response]] = {name: [] for name in measures}
    for key in numeric:
        as_cloud = is_sampled or len(layout.levels(key)) > 40
        second = None if as_cloud else _second(layout, key, ranked)
        for name in measures:
            if as_cloud:
                points, bins = curves.scatter(layout, name, key)
                found[name].append(Response(key, points=points, bins=bins))
            else:
                found[name].append(Response(key, second, curves.curve(layout, name, key, second, common=common)))
    return {name: responses for name, responses in found.items() if responses}


def _second(layout: Layout, key: str, ranked: Sequence[str]) -> str | None:
    """Return the strongest other key with few values, to draw a line for each."""
    fits = [other for other in ranked if other != key and 1 < len(layout.levels(other)) <= MOST_LINES]
    alone = layout.factors()
    return next((other for other in fits if other in alone and key in alone), None)


def _plane(layout: Layout, measures: Sequence[str], common: bool) -> tuple[pd.DataFrame | None, tuple[str, str]]:
    varied = [name for name in measures if _varies(layout.values(name))]
    names = [choice.first_there(family, varied) for family in (choice.COLLABORATION, choice.POLARISATION)]
    if names[0] is None or names[1] is None:
        return None, ("", "")
    import pandas as pd

    columns: dict[str, list[float]] = {}
    for side, name in zip(("x", "y"), names, strict=True):
        values = layout.values(str(name))
        told = [mean_and_interval(row) for row in (curves.without_shared_luck(values) if common else values)]
        for place, column in enumerate((side, f"{side}_low", f"{side}_high")):
            columns[column] = [float(one[place]) for one in told]
    if layout.shape[1] < FEWEST_FOR_CROSSES or layout.shape[0] > MOST_CROSSES:
        columns |= {name: [math.nan] * layout.shape[0] for name in columns if "_" in name}
    points = pd.concat([pd.DataFrame(columns), layout.points], axis=1)
    return points[points["x"].notna() & points["y"].notna()].reset_index(drop=True), (str(names[0]), str(names[1]))


def _maps(
    layout: Layout, measures: Sequence[str], ranked: Sequence[str], is_sampled: bool, names: tuple[str, str]
) -> Maps | None:
    fits = [key for key in ranked if len(layout.levels(key)) > 1]
    if is_sampled:  # words are cells of their own, however many
        fits = [key for key in fits if curves.is_numeric(layout, key) or len(layout.levels(key)) <= MOST_WORDS]
    if len(fits) < 2 or not any(names):
        return None
    across, up = fits[:2]
    if not is_sampled and (
        len(layout.levels(across)) * len(layout.levels(up)) > MOST_CELLS or not {across, up} <= set(layout.factors())
    ):
        return None
    means = {name: curves.map_of(layout, name, across, up, is_sampled=is_sampled) for name in names}
    stage = curves.stages(layout, "stage", across, up, is_sampled=is_sampled) if "stage" in measures else None
    return Maps(across, up, means, stage)


def _lead(layout: Layout, ranked: Sequence[str], is_sampled: bool) -> str | None:
    fits = [key for key in ranked if 1 < len(layout.levels(key)) <= MOST_GROUPS]
    return fits[0] if fits and not is_sampled else None


def _series(tables: SweepTables, measures: Sequence[str], lead: str | None) -> dict[str, pd.DataFrame]:
    found: dict[str, pd.DataFrame] = {}
    for name in dict.fromkeys(one.removesuffix(MEAN) for one in measures):
        if len(found) == MOST_SERIES:
            break
        try:
            frame = tables.series(name, by=() if lead is None else lead, quantiles=(0.1, 0.9))
        except InputError:
            continue  # kept at the end only
        if frame["tick"].nunique() > 2:
            found[name] = frame
    return found


def _varies(values: NDArray[np.float64]) -> bool:
    there = values[~np.isnan(values)]
    return bool(there.size > 1 and np.ptp(there) > 0)
