"""Sensitivity: which factors of a sweep matter for which measure, by the method that fits its design."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ecosim.drawing.axes import on_axes
from ecosim.drawing.indices import draw_indices
from ecosim.drawing.names import of_measure, short_names
from ecosim.errors import InputError, did_you_mean, shown
from ecosim.experiments.effects import half_width, mean_of_rows, nanmean, nanvar
from ecosim.experiments.given_data import from_given_data
from ecosim.experiments.noise import noise_of
from ecosim.experiments.reading import BLOCKS, SweepTables
from ecosim.experiments.remarks import remarks_on
from ecosim.experiments.sampling import Factors
from ecosim.experiments.shares import shares_of_variance
from ecosim.results.measured import column_named

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

RESAMPLES, SEED = 200, 1
"""Resamples behind each interval, and what chooses them, so that the same folder gives the same table."""

FEWEST = 8
"""Fewer blocks, trajectories or points carry no interval worth its name."""

METHODS = {
    "sobol": "Sobol' indices: the share of a measure's variance that goes back to a factor alone (first) and to it and all "
    "it interacts with (total)",
    "morris": "Morris screening: the mean size of a measure's change when a factor moves across its whole range (μ*), "
    "its mean with sign (μ), and how much it differs from place to place (σ: curvature or interaction)",
    "grid": "shares of variance on this grid: of the variance of the points' means, what goes back to a factor alone "
    "(first) and to it and all it interacts with (total)",
    "given": "regression on ranks: the standardised coefficient of each factor (−1 to 1: strength and direction, right "
    "where a measure only rises or only falls), and first-order indices from the same runs (RBD-FAST)",
}
PAIRS = "; and to a pair beyond both (second)"
"""Added where there are indices of pairs."""


@dataclass(frozen=True)
class Sensitivity:
    """What the factors of a sweep do.

    Attributes:
        method: ``sobol``, ``morris``, ``grid`` or ``given``: see ``METHODS``.
        indices: a row an index: ``measure``, ``index``, ``factor``, ``with`` (the other of a pair), ``value``, ``low``,
            ``high`` (95 %), ``floor`` (what luck alone would give this factor), ``nothing`` (whether no more is seen).
        measures: a row a measure: ``points`` used, ``dropped``, ``luck`` (share of the variance of the points' means
            that is luck; NaN from one replicate), ``fit`` (R² of the regression on ranks, where there is one).
        skipped: measure to why nothing is said of it.
        remarks: sentences on what was left out and what to keep in mind.
    """

    method: str
    indices: pd.DataFrame
    measures: pd.DataFrame
    skipped: dict[str, str]
    remarks: tuple[str, ...]

    @property
    def told(self) -> str:
        """What the indices are, in a sentence without its full stop."""
        return METHODS[self.method] + (PAIRS if (self.indices["index"] == "second").any() else "")

    def plot(self, measure: str | None = None, axes: Axes | None = None) -> Axes:
        """Draw the indices of a measure (by default the first), a row a factor, and return Matplotlib's axes.

        Raises:
            InputError: if nothing is told of that measure.
        """
        told = list(self.measures["measure"])
        chosen = told[0] if measure is None else column_named(measure)
        if chosen not in told:
            why = self.skipped.get(chosen)
            raise InputError(f"measure {shown(chosen)}: {why or did_you_mean(chosen, told)}")
        keys = [str(one) for one in dict.fromkeys(self.indices["factor"]) if one]
        names = short_names(keys)
        with on_axes(axes) as drawn:
            draw_indices(drawn, self.indices, chosen, self.method, [names[key] for key in keys], keys)
            drawn.set_title(of_measure(chosen), loc="left", fontweight="bold")
            bars, words = drawn.get_legend_handles_labels()
            once = dict(zip(reversed(words), reversed(bars), strict=True))
            drawn.legend(list(once.values())[::-1], list(once)[::-1])
        return drawn

    def idle(self, measure: str) -> list[str]:
        """Return the factors of which no effect on a measure is seen."""
        own = self.indices[(self.indices["measure"] == measure) & self.indices["factor"].ne("")]
        judged = own[own["index"].isin(JUDGED[self.method])]
        flags = judged.groupby("factor", sort=False)["nothing"].all()
        return [str(factor) for factor, nothing in flags.items() if nothing]


JUDGED = {
    "sobol": ("total", "first"),
    "morris": ("mu_star", "mu"),
    "grid": ("total", "first"),
    "given": ("rank", "first"),
}
"""The indices that decide whether a factor does nothing: all of them have to say so."""


SIGNED = ("rank", "mu")
"""The indices that have a sign."""


class Row(NamedTuple):
    """One index; see ``Sensitivity.indices``."""

    kind: str
    factor: str
    other: str
    value: float
    low: float
    high: float
    floor: float = 0.0

    @property
    def is_nothing(self) -> bool:
        """Whether its interval reaches down to what luck alone would give, or across zero where it has a sign."""
        return self.low <= 0 <= self.high if self.kind in SIGNED else self.low <= self.floor


class Found(NamedTuple):
    """What was found for one measure."""

    rows: list[Row]
    points: int
    dropped: int
    fit: float = math.nan


def sensitivity(tables: SweepTables, measures: Sequence[str] = ()) -> Sensitivity:
    """Return what each factor of a sweep does to each measure, each index with its 95 % interval.

    Runs of a point are averaged first, and equal points count once, but for blocks, which need each of theirs. A Sobol'
    block or a Morris trajectory with a point that has no value is dropped as a whole.

    Args:
        tables: of the sweep.
        measures: columns of its runs; all if none.

    Raises:
        InputError: if nothing was varied, a measure is unknown, too little is there, or SALib is missing.

    References:
        Saltelli et al. (2010), Comput. Phys. Commun. 181, 259. Campolongo, Cariboni & Saltelli (2007), Environ. Model.
        Softw. 22, 1509. Tarantola, Gatelli & Mara (2006), Reliab. Eng. Syst. Saf. 91, 717. (All as SALib cites them.)
    """
    tables.refuse_without_results()
    chosen = tables.known(measures) if measures else list(tables.measures)
    tables.load(chosen)
    if not tables.keys or tables.points < 2:
        raise InputError("nothing was varied in this sweep; allowed: a sweep with at least two points")
    factors = factors_of(tables)
    method = _method(tables, factors)
    rows: list[dict[str, Any]] = []
    told: list[dict[str, Any]] = []
    skipped: dict[str, str] = {}
    unsure = 0
    for measure in chosen:
        values = tables.in_blocks(measure) if method in BLOCKS else tables.laid_out(measure)
        try:
            found = _of_measure(method, tables, factors, values)
        except TooLittle as reason:
            skipped[measure] = str(reason)
            continue
        luck = noise_of(values, common=tables.is_luck_common)
        rows += [_as_dict(measure, row) for row in found.rows]
        unsure += method == "grid" and all(math.isnan(row.low) for row in found.rows)
        told.append(
            {"measure": measure, "points": found.points, "dropped": found.dropped, "luck": luck.luck, "fit": found.fit}
        )
    if not rows:
        reasons = list(dict.fromkeys(skipped.values()))
        raise InputError(f"nothing can be said of any measure: {'; '.join(reasons[:3]) or 'there is none'}")
    remarks = tuple(remarks_on(tables, method, max(one["dropped"] for one in told), unsure))
    return Sensitivity(method, _frame(rows), _frame(told), skipped, remarks)


class TooLittle(Exception):
    """Raised where too few points have a value of a measure."""


def factors_of(tables: SweepTables) -> Factors | None:
    """Return what a sampled design was drawn from; None for listed values."""
    described = tables.manifest["design"].get("factors")
    return Factors.of(described) if described else None


def _method(tables: SweepTables, factors: Factors | None) -> str:
    if factors is not None and factors.kind in ("sobol", "morris"):
        return factors.kind
    return "grid" if tables.kind == "grid" else "given"


def _of_measure(method: str, tables: SweepTables, factors: Factors | None, values: NDArray[np.float64]) -> Found:
    """Return what each factor does to a measure.

    Args:
        method: by which.
        tables: of the sweep.
        factors: of its design, where points were drawn.
        values: of the measure.

    Raises:
        TooLittle: where nothing can be said of it.
    """
    if why := _unfit(values):
        raise TooLittle(why)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # SALib warns of constant resamples, which few blocks may give
        return _found(method, tables, factors, values)


def _found(method: str, tables: SweepTables, factors: Factors | None, values: NDArray[np.float64]) -> Found:
    means = nanmean(values, 1)
    if method in BLOCKS and tables.points < FEWEST:
        raise TooLittle(f"only {tables.points} points differ, of at least {FEWEST}: all others are copies of these")
    if method == "sobol" and factors is not None:
        return _sobol(factors, means, values)
    if method == "morris" and factors is not None:
        return _morris(factors, means, values)
    if method == "grid":
        shares = shares_of_variance(tables.points_table[list(tables.keys)], values, common=tables.is_luck_common)
        if shares == []:
            raise TooLittle("what differs between its points may well be luck")
        if shares is None:
            raise TooLittle("some points have no value, and shares need the whole grid")
        return Found([Row(*one) for one in shares], values.shape[0], 0)
    there = ~np.isnan(means)
    if there.sum() < max(FEWEST, len(tables.keys) + 3):
        raise TooLittle(
            f"too few different points have a value ({int(there.sum())}, of at least {max(FEWEST, len(tables.keys) + 3)})"
        )
    if np.ptp(means[there]) == 0:
        raise TooLittle("it is the same at every point")
    rows, fit = from_given_data(tables.points_table[list(tables.keys)][there], means[there], RESAMPLES, SEED)
    return Found([Row(*one) for one in rows], int(there.sum()), int((~there).sum()), fit)


def _sobol(factors: Factors, means: NDArray[np.float64], values: NDArray[np.float64]) -> Found:
    from_salib = _salib("sobol")
    blocks = means.reshape(factors.samples, -1)
    whole = ~np.isnan(blocks).any(axis=1)
    kept = blocks[whole]
    if whole.sum() < FEWEST:
        raise TooLittle(
            f"only {int(whole.sum())} whole blocks have a value at every point; at least {FEWEST} are needed"
        )
    if np.ptp(kept) == 0:
        raise TooLittle("it is the same at every point")
    found = from_salib.analyze(
        factors.problem(), kept.ravel(), calc_second_order=factors.second_order, num_resamples=RESAMPLES, seed=SEED
    )
    runs = values.reshape(*blocks.shape, -1)[whole]
    rows = []
    for place, key in enumerate(factors.keys):
        by_luck = 0.5 * _luck_of_differences(runs[:, 0] - runs[:, 1 + place]) / float(kept.var())
        shared = _shared_luck(runs[:, 0], runs[:, 1 + place], runs[:, -1]) / float(kept.var())
        for index, name, least in (("first", "S1", shared), ("total", "ST", by_luck)):
            rows.append(_around(index, key, "", found[name][place], found[f"{name}_conf"][place], least))
    if factors.second_order:
        rows += [
            _around("second", factors.keys[i], factors.keys[j], found["S2"][i, j], found["S2_conf"][i, j], 0.0)
            for i in range(len(factors.keys))
            for j in range(i + 1, len(factors.keys))
        ]
    return Found(rows, kept.size, means.size - kept.size)


def _morris(factors: Factors, means: NDArray[np.float64], values: NDArray[np.float64]) -> Found:
    from_salib = _salib("morris")
    paths = means.reshape(factors.samples, -1)
    whole = ~np.isnan(paths).any(axis=1)
    if whole.sum() < 4:
        raise TooLittle(
            f"only {int(whole.sum())} whole trajectories have a value at every point; at least 4 are needed"
        )
    rows_used = np.repeat(whole, paths.shape[1])
    found = from_salib.analyze(
        factors.problem(),
        factors.shares()[rows_used],
        means[rows_used],
        num_levels=factors.levels,
        num_resamples=RESAMPLES,
        seed=SEED,
    )
    moved = np.diff(factors.shares().reshape(*paths.shape, -1)[whole], axis=1)  # a step changes one factor alone
    steps = np.diff(values.reshape(*paths.shape, -1)[whole], axis=1)
    rows = []
    for place, key in enumerate(factors.keys):
        is_own = moved[:, :, place] != 0
        slopes = steps[is_own] / moved[:, :, place][is_own][:, None]
        by_luck = math.sqrt(_luck_of_differences(slopes))
        least = by_luck * math.sqrt(2 / math.pi)  # the mean of |e| for a normal e
        rows.append(_around("mu_star", key, "", found["mu_star"][place], found["mu_star_conf"][place], least))
        half = max(half_width(float(found["sigma"][place]), int(whole.sum())), _unsure(slopes))
        rows.append(_around("mu", key, "", found["mu"][place], half, 0.0))
        rows.append(_around("sigma", key, "", found["sigma"][place], math.nan, by_luck))
    return Found(rows, int(rows_used.sum()), int((~rows_used).sum()))


def _luck_of_differences(differences: NDArray[np.float64]) -> float:
    """Return the mean square that luck alone gives to differences (pairs, replicates) averaged over replicates.

    It is told by how much replicates disagree on each difference, so that luck which both sides share does not count;
    0 from one replicate, which cannot tell.
    """
    count = (~np.isnan(differences)).sum(axis=1)
    told = count > 1
    return float((nanvar(differences[told], 1) / count[told]).mean()) if told.any() else 0.0


def _shared_luck(a: NDArray[np.float64], ab: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    r"""Return what luck adds to the variance of a factor's own effect, from values (samples, replicates) at A, AB and B.

    That variance is estimated by the mean of :math:`B\,(AB - A)`. Where the factors of this product come from different
    replicates, nothing that replicates do not agree on is in it; the rest is luck, for a factor may change what luck
    does, at all points alike.
    """
    replicates = a.shape[1]
    if replicates < 2 or np.isnan([a, ab, b]).any():
        return 0.0
    middle = b - b.mean(axis=0)
    of_means = float((middle.mean(axis=1) * (ab - a).mean(axis=1)).mean())
    same = float((middle * (ab - a)).mean())
    return float(max(0.0, (same - of_means) / (replicates - 1)))


def _unsure(slopes: NDArray[np.float64]) -> float:
    """Return half the interval of a mean slope that replicates (columns) tell by disagreeing; 0 from one."""
    told = slopes[(~np.isnan(slopes)).sum(axis=1) > 1]
    _, low, high, count = mean_of_rows(told)
    return float(high - low) / 2 if count > 1 else 0.0


def _around(index: str, factor: str, other: str, value: float, half: float, floor: float) -> Row:
    return Row(index, factor, other, float(value), float(value - half), float(value + half), floor)


def _salib(name: str) -> Any:
    try:
        import importlib

        return importlib.import_module(f"SALib.analyze.{name}")
    except ImportError:
        raise InputError(
            f"sensitivity of a {name} design: SALib is not installed; it comes with the extra analysis: "
            "pip install 'ecosim[analysis]'"
        ) from None


def _unfit(values: NDArray[np.float64]) -> str:
    there = values[~np.isnan(values)]
    if not there.size:
        return "it has no value in any run"
    return "it is the same in every run" if np.ptp(there) <= 1e-12 * max(abs(there).max(), 1e-300) else ""


def _as_dict(measure: str, row: Row) -> dict[str, Any]:
    return {
        "measure": measure, "index": row.kind, "factor": row.factor, "with": row.other, "value": row.value,
        "low": row.low, "high": row.high, "floor": row.floor, "nothing": row.is_nothing,
    }  # fmt: skip


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows)
