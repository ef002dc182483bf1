"""Calibrated: what a calibration came to: the best, what agrees with the targets, and what they do not tell."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.drawing.calibration import draw_parameter, draw_targets
from ecosim.errors import InputError, RunsFailed, did_you_mean, shown
from ecosim.experiments.identifiability import (
    Range,
    correlations,
    near_best,
    profile_ranges,
    warnings_of,
    weighted_ranges,
)
from ecosim.experiments.searches import Posterior
from ecosim.experiments.trials import WORST, Trials
from ecosim.results.phrases import percent
from ecosim.wording import some

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

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
            its range, ``scale`` of the range (``linear`` or ``log``), ``share_of_range`` that agrees.
        targets: a row a target: ``measure``, ``target``, ``sd``, ``best`` (mean of the best trial), ``error`` (its
            standard error; NaN of one replicate), ``off`` (distance in standard deviations).
        posterior: of abc, a row a particle: its parameters, moved to where the measures meet the targets, and ``weight``
            (they add up to 1); None for optuna.
        correlations: of the parameters among what agrees.
        best: the parameters of the trial with the least loss.
        tolerance: of approximate Bayes, in standard deviations of the targets; NaN for optuna.
        failed: runs that failed; a trial with one has no loss.
        undefined: measure to the number of runs that went well in which it is not defined, where there are any. A trial with
            none in which it is, or one alone of several, has no loss.
        warnings: what failed, and what the targets do not tell, in sentences.
        says: the result in sentences, warnings among them.
        about: what parameters and measures mean, in a sentence.
    """

    method: str
    trials: pd.DataFrame
    parameters: pd.DataFrame
    targets: pd.DataFrame
    posterior: pd.DataFrame | None
    correlations: pd.DataFrame
    best: Mapping[str, Any]
    tolerance: float
    failed: int
    warnings: tuple[str, ...]
    says: tuple[str, ...]
    about: str = ""
    undefined: Mapping[str, int] = field(default_factory=dict)

    def plot(self, axes: Axes | None = None, parameter: str | None = None) -> Axes:
        """Draw what is known of a parameter (by default the first), and return the axes.

        For optuna the loss of each trial against it; for abc its posterior density, 1 where as likely as before.

        Raises:
            InputError: if there is no such parameter.
        """
        keys = list(self.parameters["parameter"])
        if parameter is not None and parameter not in keys:
            raise InputError(f"parameter {shown(parameter)}: not calibrated here; {did_you_mean(parameter, keys)}")
        return draw_parameter(self, keys[0] if parameter is None else parameter, axes)

    def plot_targets(self, axes: Axes | None = None) -> Axes:
        """Draw each target with what the trials that agree came to, in its standard deviations, and return the axes."""
        return draw_targets(self, axes)

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as plain data."""
        return {
            "method": self.method, "trials": len(self.trials), "best": dict(self.best),
            "parameters": self.parameters.to_dict("records"), "targets": self.targets.to_dict("records"),
            "correlations": self.correlations.to_dict(), "warnings": list(self.warnings), "says": list(self.says),
            "tolerance": None if math.isnan(self.tolerance) else self.tolerance, "failed_runs": self.failed,
            "undefined_runs": dict(self.undefined),
        }  # fmt: skip


def told(made: Trials, posterior: Posterior | None) -> Calibration:
    """Return what trials came to, in tables and in words.

    Args:
        made: the trials.
        posterior: what approximate Bayes left of them; None where the best was searched for.

    Raises:
        InputError: if no trial has a value of every target; ``RunsFailed`` where runs failed.
    """
    import pandas as pd

    losses, keys = made.losses(), [factor.key for factor in made.factors]
    if (losses >= WORST).all():
        fault = "no trial has a value of every target; allowed: measures that are defined, and runs that do not fail"
        if made.failed:
            raise RunsFailed(f"{fault} ({made.failed:,} of {made.runs:,} did)")
        raise InputError(f"{fault} ({'; '.join(lacking)})" if (lacking := _lacking(made)) else fault)
    best = int(np.argmin(losses))
    if posterior is None:
        agree, ranges = near_best(losses, len(keys)), profile_ranges(made.shares, made.distances())
        shares, weights = made.shares[agree], np.ones(agree.size)
    else:
        agree, shares, weights = posterior.trials, posterior.shares, posterior.weights
        ranges = weighted_ranges(shares, weights)
    tied = correlations(shares, weights)
    trials, parameters = _trials(made, agree, weights), _parameters(made, best, ranges)
    targets = _targets(made, best)
    warned = _failures(made) + _undefined(made) + warnings_of(keys, ranges, tied, agree.size) + _missed(targets)
    says = [*_sentences(parameters, targets, len(trials), agree.size, posterior), *warned]
    return Calibration(
        "optuna" if posterior is None else "abc", trials, parameters, targets,
        None if posterior is None else _particles(made, posterior), pd.DataFrame(tied, keys, keys),
        _values(made, best), math.nan if posterior is None else posterior.tolerance,
        made.failed, tuple(warned), tuple(says), undefined=_numbers_undefined(made),
    )  # fmt: skip


def _values(made: Trials, trial: int) -> dict[str, Any]:
    return {factor.key: factor.at(made.shares[[trial], k])[0] for k, factor in enumerate(made.factors)}


def _trials(made: Trials, agree: NDArray[np.int64], weights: NDArray[np.float64]) -> pd.DataFrame:
    import pandas as pd

    losses = made.losses()
    means = {target.measure: made.means[:, m] for m, target in enumerate(made.targets)}
    table = pd.DataFrame({"trial": np.arange(losses.size), **made.values(), **means})
    table["loss"] = np.where(losses >= WORST, np.nan, losses)
    table["agrees"], table["weight"] = False, 0.0
    table.loc[agree, "agrees"], table.loc[agree, "weight"] = True, weights / weights.sum()
    return table


def _parameters(made: Trials, best: int, ranges: list[Range]) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for factor, agrees, share in zip(made.factors, ranges, made.shares[best], strict=True):
        at_best, low, high, first, last = factor.at(np.array([share, agrees.low, agrees.high, 0.0, 1.0]))
        rows.append({
            "parameter": factor.key, "best": at_best, "low": low, "high": high, "from": first, "to": last,
            "scale": "log" if factor.is_log else "linear", "share_of_range": agrees.high - agrees.low,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _targets(made: Trials, best: int) -> pd.DataFrame:
    import pandas as pd

    off = made.distances()[best]
    return pd.DataFrame(
        [
            {"measure": target.measure, "target": target.value, "sd": target.sd, "best": made.means[best, m],
             "error": made.errors[best, m], "off": off[m]}
            for m, target in enumerate(made.targets)
        ]
    )  # fmt: skip


def _particles(made: Trials, posterior: Posterior) -> pd.DataFrame:
    import pandas as pd

    values = {factor.key: factor.at(posterior.shares[:, k]) for k, factor in enumerate(made.factors)}
    return pd.DataFrame({**values, "weight": posterior.weights / posterior.weights.sum()})


def _failures(made: Trials) -> list[str]:
    """Return, in a sentence, how many runs failed, and in what share of the trials, if any did."""
    if not made.failed:
        return []
    failing, trials = int(made.failing.sum()), made.failing.size
    return [
        f"{made.failed:,} of {made.runs:,} runs failed, so that {failing:,} of {trials:,} trials "
        f"({percent(failing / trials)} of the box, as it was tried) have no value: nothing is known of the targets there, "
        "and what agrees is looked for in the rest alone."
    ]


def _numbers_undefined(made: Trials) -> dict[str, int]:
    return {target.measure: count for target, count in zip(made.targets, made.undefined, strict=False) if count}


def _lacking(made: Trials) -> list[str]:
    """Return, in a clause for each target that lacks it somewhere, in how many runs it is not defined."""
    good = made.runs - made.failed
    return [
        f"{measure} is not defined in {count:,} of {good:,} runs{' that went well' if made.failed else ''}"
        for measure, count in _numbers_undefined(made).items()
    ]


def _undefined(made: Trials) -> list[str]:
    """Return, in a sentence for each target that some runs lack, how many those are, and what follows for the trials."""
    found = []
    measures = [target.measure for target in made.targets]
    for measure, told in zip(_numbers_undefined(made), _lacking(made), strict=True):
        defined = made.defined[~made.failing, measures.index(measure)]
        least = min(2, made.replicates)
        fewer, out = int(((defined >= least) & (defined < made.replicates)).sum()), int((defined < least).sum())
        if fewer:
            told += f"; the means of {fewer:,} of {made.failing.size:,} trials are of the other runs, which may differ"
        if out:
            too_few = "no run with a value" if least == 1 else "none with a value or one alone, whose chance is unknown"
            has, are = ("has", "is") if out == 1 else ("have", "are")
            told += f"; {some(out, 'trial')} {has} {too_few}, and {are} left out: what agrees is looked for in the rest"
        found.append(f"{told}.")
    return found


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
    told.append(f"{some(agreeing, 'trial')} {'is' if agreeing == 1 else 'are'} {what}.")
    if facts["error"].isna().all():
        told.append("One run of each trial: what chance there is in it is not known, and counts as none.")
    if posterior is not None:
        told.append(
            f"Particles were kept up to {posterior.tolerance:.2g} sd from the targets; of the last new ones "
            f"{percent(posterior.accepted)} came nearer than the tolerance before."
        )
    return told
