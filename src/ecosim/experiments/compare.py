"""Compare: several scenarios under the same luck, and how they differ, each difference with its interval."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.compose import plain, read
from ecosim.drawing.differences import draw
from ecosim.drawing.names import titles_apart
from ecosim.errors import InputError, shown
from ecosim.experiments.bar import looked_at
from ecosim.experiments.columns import measured_by, refuse_unknown
from ecosim.experiments.design import Axis, Design
from ecosim.experiments.failing import warn_of_failures
from ecosim.experiments.folder import ASKED, FAILURES
from ecosim.experiments.gain import fewer_runs
from ecosim.experiments.intervals import half_width
from ecosim.experiments.keeping import kept
from ecosim.experiments.plan import KEPT, SCENARIO, THINNED, Plan
from ecosim.experiments.stored import read_runs
from ecosim.experiments.sweep import Execution, Progress, run_sweep
from ecosim.experiments.time_limit import SECONDS_A_RUN
from ecosim.experiments.until import Ended, Goal, goals_of, most_replicates
from ecosim.results.measured import column_named
from ecosim.results.store import write_json
from ecosim.settings import Settings, settings_from
from ecosim.world.actors import Actors

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Arm = str | Path | Settings | Sequence[str]

REPLICATES = 30
"""Runs of each arm where nothing else is said."""


@dataclass(frozen=True)
class Comparison:
    """What a comparison came to.

    Attributes:
        runs: a row a run, as of a sweep; the column ``scenario`` names the arm.
        differences: a row for each measure and each arm but the first: see :func:`differences`.
        until: how many replicates the arms took, where a width was asked for.
        failed: runs that failed and are left out, with those that have the same luck.
        why: the reason that most of them share, and how many do.
        titles: of the scenarios, by what they are called, where no two have the same.
    """

    runs: pd.DataFrame
    differences: pd.DataFrame
    until: Ended | None = None
    failed: int = 0
    why: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        arms = ", ".join(str(arm) for arm in dict.fromkeys(self.runs["scenario"]))
        failed = f", {self.failed:,} failed" if self.failed else ""
        return f"Comparison({arms}: {len(self.runs):,} runs{failed}, {self.differences['measure'].nunique()} measures)"

    def plot(self, axes: Axes | None = None, measure: str | None = None) -> Axes:
        """Draw how each scenario differs from the first in a measure (by default the first), and return the axes.

        Raises:
            InputError: if there is no such measure, or it has no value in two replicates of two scenarios.
        """
        known = list(dict.fromkeys(self.differences.loc[self.differences["difference"].notna(), "measure"]))
        measure = None if measure is None else column_named(measure)
        if measure is not None:
            refuse_unknown([measure], known)
        elif not known:
            raise InputError("nothing to draw: no measure has a value in two replicates of two scenarios")
        return draw(self.differences, known[0] if measure is None else measure, axes, self.titles)


def compare(
    arms: Mapping[str, Arm] | Sequence[str | Path],
    *overrides: str,
    replicates: int | None = None,
    seed: int | None = None,
    measures: Iterable[str] = (),
    out: str | Path | None = None,
    actors: Actors | None = None,
    trust: Iterable[str] = (),
    workers: int | None = None,
    timeout: float = SECONDS_A_RUN,
    memory: float | None = None,
    retry: bool = False,
    cluster: str | Path | None = None,
    yes: bool = False,
    until: str | Iterable[str] = (),
    say: Callable[[str], object] = lambda sentence: None,
    progress: Callable[[Progress], object] | None = None,
) -> Comparison:
    """Run scenarios under common random numbers and return how each differs from the first.

    Replicate r has the same seed in every arm, so that what differs between them was caused, not drawn.

    Args:
        arms: names of scenarios or files, the first of them the reference; or a mapping of labels to such names, to
            settings, or to a list of a name and further changes: ``{"without": "town", "with": ["town",
            "dynamics.synergist.budget=2"]}``.
        *overrides: changes of all arms, in Hydra's grammar.
        replicates: runs of each arm, by default 30; with ``until`` the most, by default 1,000.
        seed: those of the replicates are derived from it; by default the first arm's.
        measures: which to compare (``name`` at the end of a run, ``name.mean`` over its second half); all by default.
        out: folder for the runs; if it holds this comparison already, only what is missing is run.
        actors: organisations and ties of your own, the same in every run of every arm (``ecosim.read_actors``).
        trust: top-level packages whose rules and measures may be imported.
        workers: processes, by default one for each core; 0 makes the runs in this process.
        timeout: seconds that a run may take; 0 for no limit.
        memory: megabytes that a run may take.
        retry: whether runs that failed earlier are tried once more.
        cluster: a Dask scheduler whose workers make the runs, as for :func:`ecosim.sweep`.
        yes: whether a very large comparison is meant.
        until: ``"measure ± width"``, or several: replicates are added until the 95 % interval of each arm's mean difference
            from the first is at most that wide on either side (``ecosim.experiments.until``).
        say: is told, in sentences, what is going to happen: ``say=print`` shows them.
        progress: is told now and then how far it is; by default a bar, at a terminal or in a notebook.

    Raises:
        InputError: before any run, naming every fault of every arm.

    Examples:
        >>> ecosim.compare(["town", "opinions"], replicates=30).differences  # doctest: +SKIP
    """
    goals = goals_of([until] if isinstance(until, str) else until, paired=True)
    plan = plan_of_arms(arms, overrides, replicates=replicates_of(replicates, goals), seed=seed, trust=trust)
    plan = founded_on(plan, actors)
    execution = Execution(workers, timeout, memory, retry, yes, cluster)
    with kept(out) as folder:
        with looked_at(progress) as heard:
            found = run_comparison(plan, folder, execution, measures, say=say, progress=heard, goals=goals)
        warn_of_failures(found.failed, len(found.runs), found.why, None if out is None else folder / FAILURES)
        return found


def replicates_of(given: int | None, goals: Sequence[Goal]) -> int:
    """Return how many runs an arm has, or may have where there are goals; 30 where nothing is said."""
    return REPLICATES if given is None and not goals else most_replicates(given, goals)


def run_comparison(
    plan: Plan, out: Path, execution: Execution, measures: Iterable[str] = (), **told: Any
) -> Comparison:
    """Make the runs of a comparison that its folder lacks, and compare them.

    Args:
        plan: what ``plan_of_arms`` returns.
        out: folder of the runs.
        execution: how they are made.
        measures: which to compare; all if none.
        **told: ``say``, ``progress`` and ``goals`` of :func:`ecosim.experiments.sweep.run_sweep`.

    Raises:
        InputError: before any run, or if a measure is none of the runs'.
    """
    measures = [column_named(name) for name in measures]
    refuse_unknown(measures, measured_by(plan))
    outcome = run_sweep(plan, out, execution, **told)
    write_json(out / ASKED, {"measures": measures})
    runs = read_runs(out)
    titles = titles_apart({key.removeprefix(f"{SCENARIO}="): one for key, one in plan.configurations.items()})
    return Comparison(runs, differences(runs, measures), outcome.until, outcome.failed, outcome.why, titles)


def plan_of_arms(
    arms: Mapping[str, Arm] | Sequence[str | Path],
    overrides: Iterable[str] = (),
    *,
    replicates: int = REPLICATES,
    seed: int | None = None,
    trust: Iterable[str] = (),
) -> Plan:
    """Return the plan whose points are whole scenarios; arguments as in :func:`compare`.

    Raises:
        InputError: naming every fault of the arms.
    """
    labelled = arms if isinstance(arms, Mapping) else _labelled(arms)
    if len(labelled) < 2:
        raise InputError(f"scenarios to compare: {len(labelled)}; allowed: at least two")
    if isinstance(replicates, bool) or not isinstance(replicates, int) or replicates < 2:
        raise InputError(f"replicates: {shown(replicates)}; allowed: at least 2, for without no interval is known")
    configurations: dict[str, dict[str, Any]] = {}
    faults: list[str] = []
    for label, arm in labelled.items():
        try:
            data = _data_of(arm, tuple(overrides))
            settings_from(data, trust)
        except InputError as error:
            faults += [f"{label}: {fault}" for fault in error.faults]
            continue
        data["record"] = {**THINNED, **(data.get("record") or {}), **KEPT}
        configurations[f"{SCENARIO}={label}"] = data
    if faults:
        raise InputError(faults)
    luck = next(iter(configurations.values())).get("seed", Settings.model_fields["seed"].default)
    design = Design((Axis(SCENARIO, tuple(labelled)),), "grid", replicates, luck if seed is None else seed)
    return Plan(design, configurations, tuple(trust))


def founded_on(plan: Plan, actors: Actors | None) -> Plan:
    """Return the plan of a comparison whose arms all begin with the user's own organisations and ties.

    Args:
        plan: what ``plan_of_arms`` returns.
        actors: them; None leaves the plan as it is.

    Raises:
        InputError: naming every arm that has no place for one of them, and why.
    """
    founded = replace(plan, actors=actors)
    faults: list[str] = []
    for point, label in enumerate(plan.design.axes[0].values):
        try:
            founded.settings(point)
        except InputError as error:
            faults += [f"{label}: {fault}" for fault in error.faults]
    if faults:
        raise InputError(faults)
    return founded


def differences(runs: pd.DataFrame, measures: Iterable[str] = ()) -> pd.DataFrame:
    r"""Return how the runs of each arm differ from those of the first, replicate by replicate.

    With :math:`d_r = x_r - y_r` over the n replicates of which both arms have a value, the interval is

    .. math:: \bar d \pm t_{n-1}\, s_d / \sqrt n

    at 95 %. It is right for the mean difference if the d are about normal or n is large. Many measures compared at once
    are many chances for a false alarm: nothing is corrected here.

    Args:
        runs: a row a run, with ``scenario`` and ``replicate``.
        measures: columns to compare; all that hold numbers if none.

    Returns:
        Columns ``measure``, ``scenario``, ``against``, ``runs`` (pairs), ``mean``, ``mean_against``, ``difference``,
        ``low``, ``high``, and ``variance_gain``: how many times as many runs independent seeds would need for the
        same interval, (s_x² + s_y²) / s_d², with its own interval ``gain_low`` to ``gain_high`` (see
        :func:`ecosim.experiments.gain.fewer_runs`). Missing where there are fewer than two pairs; the gain, too, where all
        pairs differ by the same.

    Raises:
        InputError: if a measure is no column of the runs.

    References:
        Law (2015), Simulation modeling and analysis, 5th ed., §10.2.1 and §11.2.
    """
    import pandas as pd

    chosen = _columns(runs, measures)
    good = runs[runs["status"] == "ok"]
    arms = list(dict.fromkeys(runs[SCENARIO]))
    tables = {arm: good[good[SCENARIO] == arm].set_index("replicate")[chosen] for arm in arms}
    rows = [
        {"measure": name, "scenario": arm, "against": arms[0], **_paired(tables[arm][name], tables[arms[0]][name])}
        for name in chosen
        for arm in arms[1:]
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _paired(one: pd.Series, other: pd.Series) -> dict[str, float]:
    """Return the means of two arms over the replicates that both have, and their difference with its interval."""
    here, there = one.align(other, join="inner")
    both = (here.notna() & there.notna()).to_numpy()
    x, y = here.to_numpy(float)[both], there.to_numpy(float)[both]
    n = x.size
    if n < 2:
        return {"runs": n}
    d = x - y
    half = half_width(d)
    gain = fewer_runs(x, y)
    return {
        "runs": n,
        "mean": float(x.mean()),
        "mean_against": float(y.mean()),
        "difference": float(d.mean()),
        "low": float(d.mean() - half),
        "high": float(d.mean() + half),
        "variance_gain": gain.value if np.isfinite(gain.value) else np.nan,
        "gain_low": gain.low if np.isfinite(gain.value) else np.nan,
        "gain_high": gain.high if np.isfinite(gain.value) else np.nan,
    }


def _columns(runs: pd.DataFrame, measures: Iterable[str]) -> list[str]:
    there = [
        name for name in runs.columns if name not in (*_NOT_MEASURED, SCENARIO) and runs[name].dtype.kind in "fiub"
    ]
    wanted = list(measures)
    refuse_unknown(wanted, there)
    return wanted or there


def _labelled(arms: Sequence[str | Path]) -> dict[str, Arm]:
    if isinstance(arms, str):
        raise InputError(
            f"arms: {shown(arms)}; allowed: at least two scenarios, for example [{shown(arms)}, 'opinions']"
        )
    parts = [_parts(arm) for arm in arms]
    twice = sorted({one[-1] for one in parts if parts.count(one) > 1})
    if twice:
        raise InputError(f"{', '.join(twice)}: given twice; allowed: each once, or a mapping of labels to scenarios")
    return dict(zip(_names_apart(parts), arms, strict=True))


def _parts(arm: str | Path) -> tuple[str, ...]:
    """Return what an arm may be called: of a file its folders and its name without ending, of a scenario its name."""
    return Path(arm).absolute().with_suffix("").parts[1:] if _is_file(arm) else (str(arm),)


def _names_apart(parts: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the last part of each; where several would be called the same, as many of their folders as tell them apart."""
    lengths = [1] * len(parts)
    while True:
        names = ["/".join(one[-length:]) for one, length in zip(parts, lengths, strict=True)]
        same = [
            names.count(name) > 1 and length < len(one) for name, length, one in zip(names, lengths, parts, strict=True)
        ]
        if not any(same):
            return names
        lengths = [length + is_same for length, is_same in zip(lengths, same, strict=True)]


def _data_of(arm: Arm, overrides: tuple[str, ...]) -> dict[str, Any]:
    """Return the configuration of an arm as plain data."""
    if isinstance(arm, Settings):
        if overrides:
            raise InputError("settings are complete; allowed: further changes where arms are named")
        return plain(arm)
    if not isinstance(arm, str | Path) and not (isinstance(arm, list | tuple) and arm):
        raise InputError(
            f"{shown(arm)}; allowed: a scenario's name or file, settings, or a list of a name and changes: "
            '["town", "dynamics.meeting.rate=0.3"]'
        )
    name, *further = [arm] if isinstance(arm, str | Path) else arm
    if _is_file(name):
        return read(None, *further, *overrides, scenario=name)[0]
    return read(str(name), *further, *overrides)[0]


def _is_file(arm: str | Path) -> bool:
    return isinstance(arm, Path) or arm.endswith((".yaml", ".yml"))


_NOT_MEASURED = ("run_id", "status", "point", "replicate", "seed")
_COLUMNS = [
    "measure", "scenario", "against", "runs", "mean", "mean_against", "difference", "low", "high", "variance_gain",
    "gain_low", "gain_high",
]  # fmt: skip
