"""Ramp: one world led along a parameter, up and down again, with its past; where it goes over, more finely.

``python -m ecosim.experiments.ramp`` leads the worlds that a job names, the first line of its standard input, each to a
file of its own.
"""

from __future__ import annotations

import json
import math
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ecosim.errors import InputError, shown
from ecosim.experiments.branches import Branches
from ecosim.experiments.ceiling import Ceiling
from ecosim.experiments.dying import end_with
from ecosim.experiments.running import Failure, failure_of, is_of_loading_ecosim
from ecosim.experiments.value_clock import ended_after
from ecosim.merging import Change, changed
from ecosim.results.measured import MEAN
from ecosim.settings import Settings, plain, settings_from
from ecosim.world.actors import Actors

if TYPE_CHECKING:
    from ecosim.ecosystem import Ecosystem

MOST_HALVINGS = 40

CANNOT_GO_ON = 113
"""Exit code of a process that can lead no world, or cannot write what came of one: a number with which nothing else ends."""
_KEPT = {
    "organisations": "never", "relationships": "never", "coalitions": "never", "events": False, "figures": False,
}  # fmt: skip


class Route(NamedTuple):
    """How worlds are led.

    Attributes:
        settings: of the world, as plain data.
        trust: packages whose rules and measures may be imported.
        key: of the parameter.
        values: on the way up; the way down is the same, backwards.
        measure: column whose level is looked at.
        hold: ticks at each value.
        threshold: between the regimes.
        rises: whether the regime of the last value is the one above the threshold.
        width: up to which the place of going over is halved.
        is_whole: whether the parameter takes whole numbers only.
        actors: the user's own organisations and ties, as plain data; None for nameless ones.
        seconds: that a world may take at a value, without importing and compiling, or its process ends; 0 for no limit.
        memory: bytes that a world may take beyond what its process had before; 0 for no limit.
    """

    settings: dict[str, Any]
    trust: tuple[str, ...]
    key: str
    values: tuple[float, ...]
    measure: str
    hold: int
    threshold: float
    rises: bool
    width: float
    is_whole: bool
    actors: dict[str, Any] | None = None
    seconds: float = 0.0
    memory: int = 0


def lead(route: Route, seed: int) -> dict[str, Any]:
    """Lead a world up and down, and return the level at each value and where it went over.

    At each value the world goes on for ``hold`` ticks from where it is. Where its level passes the threshold from one
    value to the next, the world from before is led again by half the way, and so on: with its past, as on the whole way.

    Returns:
        ``up`` and ``down``: a list of [value, level] each, and ``rising`` and ``falling``: the values between which it
        goes over on the way up, and on the way down; None where it does not.
    """
    from ecosim.ecosystem import Ecosystem

    actors = None if route.actors is None else Actors.of(route.actors)
    model = Ecosystem(_at(route, route.values[0]), rng=seed, actors=actors)
    up, rising, model = _way(route, model, route.values, to_over=True)
    down, falling, _ = _way(route, model, route.values[::-1], to_over=False)
    return {"up": up, "down": down, "rising": rising, "falling": falling}


def _way(
    route: Route, model: Ecosystem, values: Iterable[float], *, to_over: bool
) -> tuple[list[list[float]], list[float] | None, Ecosystem]:
    levels: list[list[float]] = []
    between: list[float] | None = None
    before: Ecosystem | None = None
    last = math.nan
    for value in values:
        level = _held(route, model, value)
        levels.append([value, level])
        if math.isnan(level):
            continue  # it tells nothing of either regime: the next value that has a level does
        if before is not None and _is_over(route, level) == to_over:
            between = _halved(route, before, last, value, to_over)
        is_still_to_come = between is None and _is_over(route, level) != to_over
        before, last = (model.copy() if is_still_to_come else None), value
    return levels, between, model


def _halved(route: Route, model: Ecosystem, before: float, after: float, to_over: bool) -> list[float]:
    """Return two values between which a world goes over, from one at which it had not yet."""
    for _ in range(MOST_HALVINGS):
        middle = 0.5 * (before + after)
        if route.is_whole:
            middle = float(round(middle))
        if abs(after - before) <= route.width or middle in (before, after):
            break
        trial = model.copy()
        level = _held(route, trial, middle)
        if math.isnan(level):
            break
        if _is_over(route, level) == to_over:
            after = middle
        else:
            before, model = middle, trial
    return [before, after]


def _held(route: Route, model: Ecosystem, value: float) -> float:
    """Let a world go on at a value, and return the level of the measure there."""
    from ecosim.dynamics.schedule import Schedule

    settings = _at(route, value)
    model.settings = settings
    model.schedule = Schedule({name: settings.dynamics[name] for name in model.schedule.mechanisms}, model.seed)
    first = model.tick
    with ended_after(route.seconds):
        model.run(route.hold)
    series = model.recorder.series()
    values = np.asarray(series[route.measure.removesuffix(MEAN)], float)
    late = values[np.asarray(series["tick"]) > first + route.hold / 2]
    late = late[np.isfinite(late)]
    if not late.size:
        return math.nan
    return float(late.mean() if route.measure.endswith(MEAN) else late[-1])


def _is_over(route: Route, level: float) -> bool:
    return level > route.threshold if route.rises else level < route.threshold


def _at(route: Route, value: float) -> Settings:
    """Return the settings at a value; the run has no end of its own, and keeps its series alone."""
    wanted: Any = int(value) if route.is_whole else float(value)
    change = Change(f"{route.key}={shown(wanted)}", tuple(route.key.split(".")), "set", wanted)
    data = {**route.settings, "stop": None, "record": {"every": 1, "costly_every": max(1, route.hold // 10), **_KEPT}}
    parts = {"dynamics": data["dynamics"]}
    return settings_from({**data, **changed(parts, [change], {})}, route.trust)


def checked(settings: Settings, trust: Iterable[str], key: str, values: Iterable[float], is_whole: bool) -> None:
    """Refuse a parameter that cannot be changed while a world goes on, and values that are not allowed.

    Raises:
        InputError: naming it.
    """
    if not key.startswith("dynamics."):
        raise InputError(
            f"{key}: is used when a world is founded, and never again; allowed with --both-ways: a parameter of "
            "dynamics, which acts as long as a run lasts"
        )
    route = Route(plain(settings), tuple(trust), key, (), "", 1, 0.0, True, 0.0, is_whole)
    for value in values:
        _at(route, value)


def lead_all(
    route: Route, seeds: Mapping[int, int], branches: Branches, is_stopped: Callable[[], bool] = lambda: False
) -> int:
    """Lead worlds, and write what came of each to a file of its own: ``failed``, with the reason, where nothing did.

    Returns:
        How many of them failed.

    Args:
        route: how.
        seeds: of each world, by its number.
        branches: where the files go.
        is_stopped: tells whether somebody has asked for a stop, which is no failure of a world.

    Raises:
        InputError: if no world can be led this way.
    """
    _at(route, route.values[0])
    ceiling, failures = Ceiling(route.memory), 0
    for replicate, seed in seeds.items():
        try:
            with ceiling:
                found = lead(route, seed)
            found = failed(ceiling.failure()) if ceiling.is_exceeded() else found
        except BaseException as error:  # a user's rule may raise anything, or call exit()
            if is_stopped() or is_of_loading_ecosim(error):
                raise
            found = failed(ceiling.explained(failure_of(error)))
        branches.add(replicate, seed, found)
        failures += "failed" in found
    return failures


def failed(failure: Failure) -> dict[str, Any]:
    """Return what is kept of a world that could not be led."""
    return {"failed": failure._asdict()}


def main() -> None:
    """Do the job that standard input tells, as long as whoever told it lives.

    Raises:
        SystemExit: with ``CANNOT_GO_ON``, and the reason on stderr, if that is impossible.
    """
    try:
        _do_the_job()
    except BaseException:
        traceback.print_exc()
        raise SystemExit(CANNOT_GO_ON) from None


def _do_the_job() -> None:
    job = json.loads(sys.stdin.readline())
    end_with(sys.stdin.fileno())
    said = job["route"]
    route = Route(**{**said, "values": tuple(said["values"]), "trust": tuple(said["trust"])})
    seeds = {int(replicate): int(seed) for replicate, seed in job["seeds"].items()}
    lead_all(route, seeds, Branches(Path(job["folder"]), job["digest"]))


if __name__ == "__main__":
    main()
