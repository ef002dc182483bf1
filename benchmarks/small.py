"""Small runs, whole: found 200 organisations and step them for 200 ticks; and whole runs of the scenario town."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from mesa import DataCollector

import ecosim
from benchmarks.rivals import ECOSIM, MESA, WithEcosim, WithMesa, settings_for
from benchmarks.work import BOUNDED_CONFIDENCE, MODELS
from ecosim.measures.polarisation import dispersion
from ecosim.world.world import World

ORGANISATIONS = 200
TICKS = 200
NOTHING, DISPERSION, MEAN = "nothing", "dispersion", "mean"


@dataclass
class Row:
    """Whole runs per second, in each round, and the ratio to plain Mesa's."""

    model: str
    recorded: str
    rival: str
    runs_per_second: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "organisations": ORGANISATIONS,
            "ticks": TICKS,
            "recorded": self.recorded,
            "rival": self.rival,
            "runs_per_second": statistics.median(self.runs_per_second),
            "runs_per_second_lowest": min(self.runs_per_second),
            "runs_per_second_highest": max(self.runs_per_second),
            "times_as_fast_as_mesa": statistics.median(self.ratios) if self.ratios else float("nan"),
            "ratio_lowest": min(self.ratios, default=float("nan")),
            "ratio_highest": max(self.ratios, default=float("nan")),
        }


def measure(rounds: int, ticks: int = TICKS) -> list[Row]:
    """Return a row for each model and rival, with nothing recorded and with one number after every tick."""
    rows = []
    for model in MODELS:
        for recorded in (NOTHING, DISPERSION if model == BOUNDED_CONFIDENCE else MEAN):
            rows += _side_by_side(model, recorded, rounds, ticks)
    return rows


def _side_by_side(model: str, recorded: str, rounds: int, ticks: int) -> list[Row]:
    settings = settings_for(model, ORGANISATIONS)
    work = WithEcosim(model, ORGANISATIONS).work
    ours, theirs = Row(model, recorded, ECOSIM), Row(model, recorded, MESA)
    run_ecosim(recorded, settings, 0, 2)  # kernels are compiled, or read, at the first call
    for round_ in range(rounds):
        our_time = _time_each(lambda seed: run_ecosim(recorded, settings, seed, ticks), 20, round_)
        their_time = _time_each(lambda seed: run_mesa(recorded, work, seed, ticks), 1, round_)
        ours.runs_per_second.append(1 / our_time)
        theirs.runs_per_second.append(1 / their_time)
        ours.ratios.append(their_time / our_time)
        theirs.ratios.append(1.0)
    return [ours, theirs]


def run_ecosim(recorded: str, settings: Any, seed: int, ticks: int) -> Any:
    """Found and run a model through the public interface, and return the series of what is recorded at each tick."""
    measures: dict[str, Callable[[World], float]] = {DISPERSION: our_dispersion, MEAN: our_mean}
    own = {} if recorded == NOTHING else {recorded: measures[recorded]}
    ecosystem = ecosim.Ecosystem(settings, rng=seed, measures=own)
    ecosystem.run(ticks)
    return ecosystem.recorder.series()


def our_dispersion(world: World) -> float:
    """Mean distance of opinions from their mean."""
    return dispersion(world.stance[:, 0])


def our_mean(world: World) -> float:
    """Mean contribution; ``mean()`` would give the same number, and take longer than the rest of a tick's record."""
    contribution = world.contribution
    return float(np.add.reduce(contribution) / contribution.size)


def run_mesa(recorded: str, work: Any, seed: int, ticks: int) -> Any:
    """Do the same with plain Mesa and its collector of data, from ties that are given: it need not draw them."""
    theirs = WithMesa(work, seed).model
    if recorded == NOTHING:
        for _ in range(ticks):
            theirs.step()
        return theirs
    collector = DataCollector({recorded: their_dispersion if recorded == DISPERSION else their_mean})
    collector.collect(theirs)
    for _ in range(ticks):
        theirs.step()
        collector.collect(theirs)
    return collector.model_vars


def their_dispersion(model: Any) -> float:
    opinions = model.agents.get("opinion")
    mean = sum(opinions) / len(opinions)
    return sum(abs(opinion - mean) for opinion in opinions) / len(opinions)


def their_mean(model: Any) -> float:
    return sum(model.agents.get("contribution")) / len(model.agents)


def measure_town(seconds: float, ticks: int = TICKS) -> dict[str, Any]:
    """Return how many runs of town, everything on and every measure of the scenario, one core does in a second."""
    settings = ecosim.load("town", f"ticks={ticks}")
    _run_town(settings, 0)
    times = []
    while sum(times) < seconds or len(times) < 3:
        times.append(_time_each(lambda seed: _run_town(settings, seed), 1, len(times)))
    return _town_row("ecosim, in a loop", settings, times)


CORE = (
    "change", "issue", "stance", "market", "motivation", "meeting", "coalition", "contribution", "imitation", "production",
    "sharing", "ripple", "relationship", "ledger",
)  # fmt: skip
"""Mechanisms of ``town`` by which organisations make up their minds, meet, join, work, share and are judged: all but
citizens, media, policy, synergist, learning, purpose, turnover and technology."""


def core_of_town() -> list[str]:
    """Return the overrides that leave of ``town`` its core only."""
    return [f"~dynamics.{name}" for name in ecosim.load("town").schedule if name not in CORE]


def measure_town_swept(runs: int, *overrides: str, model: str = "town") -> dict[str, Any]:
    """Return the same for a sweep with one worker, from its first finished run on: by the clock, not the processor's."""
    marks: list[tuple[float, int]] = []

    def note(progress: Any) -> None:
        if not marks or progress.done > marks[-1][1]:
            marks.append((time.perf_counter(), progress.done))

    ecosim.sweep("town", {}, *overrides, replicates=runs, workers=1, progress=note)
    (began, first), (ended, last) = next(mark for mark in marks if mark[1] > 0), marks[-1]
    row = _town_row("ecosim, in a sweep", ecosim.load("town", *overrides), [(ended - began) / (last - first)])
    return {**row, "model": model}


def _town_row(rival: str, settings: Any, times: list[float]) -> dict[str, Any]:
    return {
        "model": "town",
        "organisations": sum(settings.ecosystem.counts()),
        "ticks": settings.ticks,
        "recorded": "the scenario's measures",
        "rival": rival,
        "runs_per_second": 1 / statistics.median(times),
        "runs_per_second_lowest": 1 / max(times),
        "runs_per_second_highest": 1 / min(times),
    }


def _run_town(settings: Any, seed: int) -> None:
    ecosystem = ecosim.Ecosystem(settings, rng=seed)
    ecosystem.run()


def _time_each(run: Callable[[int], object], repeats: int, offset: int) -> float:
    began = time.process_time()
    for k in range(repeats):
        run(offset * repeats + k)
    return (time.process_time() - began) / repeats
