"""Calibration: which values of a model's parameters bring its measures to targets, and which the targets do not tell."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.drawing.calibration import draw
from ecosim.errors import InputError, did_you_mean
from ecosim.experiments.expense import tell_expense
from ecosim.experiments.factor import Factor
from ecosim.experiments.identifiability import (
    Range,
    correlations,
    near_best,
    profile_ranges,
    warnings_of,
    weighted_ranges,
)
from ecosim.experiments.keeping import kept
from ecosim.experiments.ranges import Interval, factor_of
from ecosim.experiments.searches import LEAST_PARTICLES, Posterior, search_by_abc, search_by_optuna
from ecosim.experiments.sweep import Execution, Progress
from ecosim.experiments.targets import Target, read_targets, targets_of
from ecosim.experiments.time_limit import SECONDS_A_RUN
from ecosim.experiments.trials import WORST, Trials
from ecosim.experiments.varied import Varied
from ecosim.scenario_file import shown
from ecosim.settings import Settings

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

METHODS = ("optuna", "abc")
LEAST_TRIALS, MOST_TRIALS = 20, 100_000
ENDS_AND_MIDDLE = np.array([0.001, 0.5, 0.999])
"""Of each range: what a run takes may depend on what is varied, and these stand for all."""

OFF = 2.0
"""Standard deviations from which on even the best trial is said to miss a target."""


@dataclass(frozen=True)
class Calibration:
    """What a calibration came to.

    Attributes:
        method: ``optuna`` or ``abc``.
        trials: a row a trial: its parameters, the mean of each measure, ``loss`` (sum over targets of the squared distance
            in standard deviations, of target and trial together), ``agrees`` (whether it is among what agrees with the
            targets), ``weight``.
        parameters: a row a parameter: ``parameter``, ``best``, ``low`` and ``high`` of what agrees (for optuna where the
            loss rises by less than 3.84 above the best; for abc the middle 95 % of the posterior), ``from`` and ``to`` of
            its range, ``share_of_range`` that agrees.
        targets: a row a target: ``measure``, ``target``, ``sd``, ``best`` (mean of the best trial), ``error`` (its
            standard error), ``off`` (distance in standard deviations).
        correlations: of the parameters among what agrees.
        best: the parameters of the trial with the least loss.
        tolerance: of approximate Bayes, in standard deviations of the targets; NaN for optuna.
        warnings: what the targets do not tell, in sentences.
        says: the result in sentences, warnings among them.
    """

    method: str
    trials: pd.DataFrame
    parameters: pd.DataFrame
    targets: pd.DataFrame
    correlations: pd.DataFrame
    best: Mapping[str, Any]
    tolerance: float
    warnings: tuple[str, ...]
    says: tuple[str, ...]

    def plot(self, axes: Axes | None = None, parameter: str | None = None) -> Axes:
        """Draw the loss of each trial against a parameter (by default the first), and return the axes.

        Raises:
            InputError: if there is no such parameter.
        """
        keys = list(self.parameters["parameter"])
        if parameter is not None and parameter not in keys:
            raise InputError(f"parameter {shown(parameter)}: not calibrated here; {did_you_mean(parameter, keys)}")
        return draw(self, keys[0] if parameter is None else parameter, axes)

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as plain data."""
        return {
            "method": self.method, "trials": len(self.trials), "best": dict(self.best),
            "parameters": self.parameters.to_dict("records"), "targets": self.targets.to_dict("records"),
            "correlations": self.correlations.to_dict(), "warnings": list(self.warnings), "says": list(self.says),
            "tolerance": None if math.isnan(self.tolerance) else self.tolerance,
        }  # fmt: skip


def calibrate(
    scenario: str | Settings | None,
    parameters: Mapping[str, Interval | tuple[float, float]],
    targets: Mapping[str, Any] | Iterable[str] | str | Path,
    *overrides: str,
    method: str = "optuna",
    trials: int = 200,
    replicates: int = 5,
    seed: int | None = None,
    out: str | Path | None = None,
    file: str | Path | None = None,
    trust: Iterable[str] = (),
    workers: int | None = None,
    timeout: float = SECONDS_A_RUN,
    memory: float | None = None,
    yes: bool = False,
    say: Callable[[str], object] = lambda sentence: None,
    progress: Callable[[Progress], object] | None = None,
) -> Calibration:
    """Search for values of parameters with which a scenario's measures come to targets.

    Every trial has the same replicates with the same luck, so that trials differ by their parameters. An interrupted
    calibration goes on where it was, and comes to the same as one that was not.

    Args:
        scenario: name of a scenario, or settings.
        parameters: key to the range in which it is looked for: ``ecosim.Interval(0.1, 0.9)`` or ``(0.1, 0.9)``.
        targets: measure to (value, sd); or words such as ``"dispersion.mean=0.3±0.02"``; or the name of a YAML file.
        *overrides: changes of the scenario, in Hydra's grammar.
        method: ``optuna``, for the best and what is nearly as good; ``abc``, for a posterior (even prior over the ranges).
        trials: how many points of the box are tried, at most.
        replicates: runs of each.
        seed: of the runs and of the search; by default the scenario's.
        out: folder for the runs; if it holds this calibration already, only what is missing is run.
        file: a scenario of your own, instead of or upon the named one.
        trust: top-level packages whose rules and measures may be imported.
        workers: processes; 0 makes the runs in this process; by default one a core, or this one where that is quicker.
        timeout: seconds that a run may take; 0 for no limit.
        memory: megabytes that a run may take.
        yes: whether very many runs are meant.
        say: is told, in a sentence, what all trials will take.
        progress: is told how far a batch is.

    Raises:
        InputError: before any run, naming every fault at once.

    Examples:
        >>> parameters, targets = {"dynamics.stance.tolerance": (0.1, 0.9)}, {"dispersion": (0.2, 0.02)}
        >>> ecosim.calibrate("opinions", parameters, targets).best  # doctest: +SKIP
    """
    varied = Varied.of(scenario, overrides, file, trust, seed)
    factors, facts = _asked(varied.settings, parameters, targets, method, trials, replicates)
    execution = Execution(workers, timeout, memory, False, yes)
    execution.check()
    ends = {one.key: list(one.at(ENDS_AND_MIDDLE)) for one in factors}
    tell_expense(varied.plan(ends, replicates, "zip"), trials, "trials", execution, say)
    with kept(out) as folder:
        made = Trials(factors, facts, lambda axes: varied.plan(axes, replicates, "zip"), folder, execution, progress)
        luck = varied.luck % 2**32
        posterior = None
        if method == "abc":
            posterior = search_by_abc(made, trials, luck)
        else:
            search_by_optuna(made, trials, luck)
    return told(made, posterior)


def told(made: Trials, posterior: Posterior | None) -> Calibration:
    """Return what trials came to, in tables and in words."""
    import pandas as pd

    losses, factors = made.losses(), made.factors
    if (losses >= WORST).all():
        raise InputError(
            "no trial has a value of every target; allowed: measures that are defined, and runs that do not fail"
        )
    best = int(np.argmin(losses))
    if posterior is None:
        agree, ranges = near_best(losses, len(factors)), profile_ranges(made.shares, made.distances())
        weights = np.ones(agree.size)
    else:
        agree, weights = posterior.trials, posterior.weights
        ranges = weighted_ranges(posterior.shares, weights)
    tied = correlations(made.shares[agree] if posterior is None else posterior.shares, weights)
    keys = [factor.key for factor in factors]
    table = pd.DataFrame({**made.values(), **{t.measure: made.means[:, m] for m, t in enumerate(made.targets)}})
    table.insert(0, "trial", np.arange(len(table)))
    table["loss"] = np.where(losses >= WORST, np.nan, losses)
    table["agrees"], table["weight"] = False, 0.0
    table.loc[agree, "agrees"], table.loc[agree, "weight"] = True, weights / weights.sum()
    values = {factor.key: factor.at(made.shares[best : best + 1, k])[0] for k, factor in enumerate(factors)}
    chosen = pd.DataFrame([_row(factor, values[factor.key], one) for factor, one in zip(factors, ranges, strict=True)])
    off = made.distances()[best]
    facts = pd.DataFrame(
        [
            {"measure": t.measure, "target": t.value, "sd": t.sd, "best": made.means[best, m],
             "error": made.errors[best, m], "off": off[m]}
            for m, t in enumerate(made.targets)
        ]
    )  # fmt: skip
    warned = warnings_of(keys, ranges, tied, agree.size) + _missed(facts)
    says = [*_sentences(chosen, facts, len(table), agree.size, posterior), *warned]
    return Calibration(
        "optuna" if posterior is None else "abc", table, chosen, facts, pd.DataFrame(tied, keys, keys), values,
        math.nan if posterior is None else posterior.tolerance, tuple(warned), tuple(says),
    )  # fmt: skip


def _row(factor: Factor, best: Any, agrees: Range) -> dict[str, Any]:
    low, high, first, last = (factor.at(np.array([share]))[0] for share in (agrees.low, agrees.high, 0.0, 1.0))
    return {
        "parameter": factor.key, "best": best, "low": low, "high": high, "from": first, "to": last,
        "share_of_range": agrees.high - agrees.low,
    }  # fmt: skip


def _missed(facts: pd.DataFrame) -> list[str]:
    """Return, in sentences, which targets even the best trial misses, and where chance is larger than a target's sd."""
    found = []
    for _, fact in facts.iterrows():
        if abs(fact["off"]) > OFF:
            found.append(
                f"{fact['measure']} misses its target even at best: {fact['best']:.4g} instead of {fact['target']:.4g}, "
                f"{abs(fact['off']):.1f} sd off; the model, or the ranges, may not allow it."
            )
        if fact["error"] > fact["sd"]:
            found.append(
                f"{fact['measure']}: chance in the mean of the replicates (±{fact['error']:.2g}) is more than the target's "
                f"sd ({fact['sd']:.2g}); more --replicates."
            )
    return found


def _sentences(
    chosen: pd.DataFrame, facts: pd.DataFrame, count: int, agreeing: int, posterior: Posterior | None
) -> list[str]:
    values = ", ".join(
        f"{row['parameter']} = {row['best']:.4g} [{row['low']:.4g}, {row['high']:.4g}]" for _, row in chosen.iterrows()
    )
    what = "within reach of the best" if posterior is None else "in the posterior"
    reached = ", ".join(
        f"{row['measure']} {row['best']:.4g} (target {row['target']:.4g} ± {row['sd']:.2g})"
        for _, row in facts.iterrows()
    )
    told = [f"Best of {count:,} trials: {values}; in brackets what agrees with the targets.", f"There: {reached}."]
    told.append(f"{agreeing:,} trials are {what}.")
    if posterior is not None:
        told.append(
            f"Particles were kept up to {posterior.tolerance:.2g} sd from the targets; of the last new ones "
            f"{posterior.accepted:.0%} came nearer than the tolerance before."
        )
    return told


def _asked(
    settings: Settings, parameters: Mapping[str, Any], targets: Any, method: str, trials: int, replicates: int
) -> tuple[tuple[Factor, ...], tuple[Target, ...]]:
    """Return what is varied and what it is held against; refuse what cannot be."""
    faults: list[str] = []
    factors: list[Factor] = []
    for key, given in parameters.items():
        try:
            factors.append(_factor(key, given, settings))
        except InputError as error:
            faults += error.faults
    if not parameters:
        faults.append("no parameter to calibrate; allowed: key=interval(low,high)")
    facts: tuple[Target, ...] = ()
    try:
        listed = read_targets(targets) if isinstance(targets, str | Path) and _is_file(targets) else targets
        facts = targets_of([listed] if isinstance(listed, str) else listed, settings)
    except InputError as error:
        faults += error.faults
    if method not in METHODS:
        faults.append(f"method: {shown(method)}; {did_you_mean(method, METHODS)}")
    least = LEAST_TRIALS if method != "abc" else 2 * LEAST_PARTICLES
    for name, number, low, high in (("trials", trials, least, MOST_TRIALS), ("replicates", replicates, 1, 10_000)):
        if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
            faults.append(f"{name}: {shown(number)}; allowed: a whole number from {low} to {high:,}")
    if faults:
        raise InputError(faults)
    return tuple(factors), facts


def _factor(key: str, given: Any, settings: Settings) -> Factor:
    if isinstance(given, tuple) and len(given) == 2:
        given = Interval(*given)
    if not isinstance(given, Interval):
        raise InputError(
            f"{key}: {shown(given)}; allowed: a range, key=interval(low,high) or ecosim.Interval(low, high)"
        )
    factor = factor_of(key, given, settings, reaches_ends=False)
    if factor.kind == "choice":
        raise InputError(
            f"{key}: takes one of a few words; allowed: the key of a number (calibrate once with each word)"
        )
    return factor


def _is_file(targets: str | Path) -> bool:
    return isinstance(targets, Path) or targets.endswith((".yaml", ".yml"))
