"""Calibration: a search for values of a model's parameters that bring its measures to targets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ecosim.drawing.meaning import meanings
from ecosim.errors import InputError, did_you_mean, shown
from ecosim.experiments.bar import looked_at
from ecosim.experiments.calibrated import Calibration, told
from ecosim.experiments.expense import tell_expense
from ecosim.experiments.factor import Factor
from ecosim.experiments.keeping import kept
from ecosim.experiments.lasting import lasting
from ecosim.experiments.meaning import meanings_of
from ecosim.experiments.ranges import Interval, factor_of
from ecosim.experiments.searches import LEAST_PARTICLES, rounds_of, search_by_abc, search_by_optuna
from ecosim.experiments.sweep import Execution, Progress
from ecosim.experiments.targets import Target, read_targets, targets_of
from ecosim.experiments.time_limit import SECONDS_A_RUN
from ecosim.experiments.trials import Trials
from ecosim.experiments.varied import Varied
from ecosim.settings import Settings
from ecosim.world.actors import Actors

METHODS = ("optuna", "abc")
LEAST_TRIALS, MOST_TRIALS = 20, 100_000
ENDS_AND_MIDDLE = np.array([0.001, 0.5, 0.999])
"""Of each range: what a run takes may depend on what is varied, and these stand for all."""


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
    actors: Actors | None = None,
    trust: Iterable[str] = (),
    workers: int | None = None,
    timeout: float = SECONDS_A_RUN,
    memory: float | None = None,
    retry: bool = False,
    yes: bool = False,
    cluster: str | Path | None = None,
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
        trials: how many points of the box are tried, at most; at least 20 with ``optuna``, 80 with ``abc``.
        replicates: runs of each.
        seed: of the runs and of the search; by default the scenario's.
        out: folder for the runs; if it holds this calibration already, only what is missing is run.
        file: a scenario of your own, instead of or upon the named one.
        actors: organisations and ties of your own, the same in every run (``ecosim.read_actors``).
        trust: top-level packages whose rules and measures may be imported.
        workers: processes; 0 makes the runs in this process; by default one a core, or this one where that is quicker
            and no code from outside ecosim is run.
        timeout: seconds that a run may take; 0 for no limit.
        memory: megabytes that a run may take.
        retry: whether runs that failed earlier are tried once more.
        yes: whether very many runs are meant.
        cluster: a Dask scheduler whose workers make the runs, as for :func:`ecosim.sweep`.
        say: is told, in a sentence, what all trials will take.
        progress: is told how far a batch is; by default a bar, at a terminal or in a notebook.

    Raises:
        InputError: before any run, naming every fault at once.

    Examples:
        >>> parameters, targets = {"dynamics.stance.tolerance": (0.1, 0.9)}, {"dispersion": (0.2, 0.02)}
        >>> ecosim.calibrate("opinions", parameters, targets).best  # doctest: +SKIP
    """
    varied = Varied.of(scenario, overrides, file, trust, seed, actors)
    factors, facts = _asked(varied.settings, parameters, targets, method, trials, replicates)
    execution = Execution(workers, timeout, memory, retry, yes, cluster)
    execution.check()
    ends = {one.key: list(one.at(ENDS_AND_MIDDLE)) for one in factors}
    sample = varied.plan(ends, replicates, "zip")
    with kept(out) as folder, lasting(execution, sample, folder, say) as how, looked_at(progress) as heard:
        tell_expense(sample, trials, "trials", how, say, rounds=rounds_of(method, trials))
        made = Trials(factors, facts, lambda axes: varied.plan(axes, replicates, "zip"), folder, how, heard)
        luck = varied.luck % 2**32
        posterior = None
        if method == "abc":
            posterior = search_by_abc(made, trials, luck)
        else:
            search_by_optuna(made, trials, luck)
    about = meanings([fact.measure for fact in facts], meanings_of(varied.settings, [one.key for one in factors]))
    return replace(told(made, posterior), about=about)


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
