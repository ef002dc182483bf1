"""Both ways: whether the way back is another one, told from worlds that are led up and down with their past."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ecosim.errors import InputError, RunsFailed, shown
from ecosim.experiments.crossing import Estimate
from ecosim.experiments.declared import declared
from ecosim.experiments.design import seed_of_replicate
from ecosim.experiments.failing import commonest
from ecosim.experiments.intervals import half_width
from ecosim.experiments.leading import led
from ecosim.experiments.ramp import Route, checked
from ecosim.experiments.sweep import Execution, Progress
from ecosim.experiments.usable import FEWEST
from ecosim.settings import Settings, plain
from ecosim.sizes import seconds_of
from ecosim.wording import some
from ecosim.world.actors import Actors

if TYPE_CHECKING:
    import pandas as pd

FOLDER = "branches"
MOST_STEPS, MOST_SECONDS = 1000, 12 * 3600.0


class Ramp(NamedTuple):
    """How fast worlds are led, and how many.

    Attributes:
        hold: ticks at each value.
        steps: values in one direction, before the way is refined where a world goes over.
        replicates: worlds.
        seed: their seeds are derived from it.
    """

    hold: int
    steps: int
    replicates: int
    seed: int

    @classmethod
    def of(cls, settings: Settings, key: str, hold: int | None, steps: int, replicates: int, seed: int | None) -> Ramp:
        """Return a ramp; refuse one that cannot be.

        Raises:
            InputError: naming every fault.
        """
        faults: list[str] = []
        for name, number, least in (("hold", hold, 2), ("steps", steps, 3)):
            if number is not None and (isinstance(number, bool) or not isinstance(number, int) or number < least):
                faults.append(f"{name}: {shown(number)}; allowed: a whole number of at least {least}")
        if steps > MOST_STEPS:
            faults.append(f"steps: {steps:,}; allowed: at most {MOST_STEPS:,}")
        try:
            checked(settings, (), key, (), declared(settings, key).is_whole)
        except InputError as error:
            faults += error.faults
        if faults:
            raise InputError(faults)
        held = max(settings.ticks, 2) if hold is None else hold
        return cls(held, steps, replicates, settings.seed if seed is None else seed)


@dataclass(frozen=True)
class BothWays:
    """What came of worlds led up and down.

    Attributes:
        levels: a row for each world, way (``up``, ``down``) and value: ``replicate``, ``way``, ``value``, ``level``.
        turns: a row for each world: ``replicate``, ``rising`` and ``falling``, the critical values on its way up and its
            way down (missing where it does not go over), and how finely each is known.
        rising, falling: their means over the worlds that went over, with 95 % intervals; None where no world did, only one
            of several, or where the interval is all of the way; and where failures leave fewer than ``FEWEST`` of several.
        hysteresis: rising less falling, world by world, likewise; None where no world went over both ways.
        resolution: how finely a single critical value is known.
        says: the result in sentences.
        failed: worlds that could not be led, which are not in the tables.
    """

    levels: pd.DataFrame
    turns: pd.DataFrame
    rising: Estimate | None
    falling: Estimate | None
    hysteresis: Estimate | None
    resolution: float
    says: tuple[str, ...]
    failed: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as plain data."""
        numbers = {"rising": self.rising, "falling": self.falling, "hysteresis": self.hysteresis}
        return {
            **{name: None if number is None else number._asdict() for name, number in numbers.items()},
            "resolution": self.resolution,
            "worlds": len(self.turns),
            "failed": self.failed,
        }


def both_ways_of(
    settings: Settings,
    question: Any,
    ramp: Ramp,
    search: Any,
    folder: Path,
    execution: Execution,
    trust: Iterable[str],
    say: Callable[[str], object],
    progress: Callable[[Progress], object] | None,
    actors: Actors | None = None,
) -> BothWays:
    """Lead worlds up and down a parameter, and return where they go over on either way.

    Args:
        settings: of the worlds, with their own organisations.
        question: which parameter and measure, between which values.
        ramp: how fast, and how many worlds.
        search: what independent runs at each value came to: the levels at the ends say what the regimes are.
        folder: of the search; what came of each world is kept in it.
        execution: in how many processes, and what a world may take: the seconds at each value.
        trust: packages whose rules may be imported.
        say: is told what is going to happen.
        progress: is told how many worlds are finished.
        actors: the user's own organisations and ties, with which each world begins.

    Raises:
        InputError: before any world is led; also where another process leads worlds in this folder.
        RunsFailed: if none can be led to the end.
        CannotGoOn: if processes cannot lead any.
    """
    asked = search.question
    values = np.linspace(asked.start, asked.stop, ramp.steps)
    if asked.is_whole:
        values = np.unique(np.round(values))
    rises = search.ends[1].value >= search.ends[0].value
    route = Route(
        plain(settings), tuple(trust), asked.key, tuple(values.tolist()), asked.measure, ramp.hold, asked.threshold,
        bool(rises), asked.width, asked.is_whole, None if actors is None else actors.plain(),
    )  # fmt: skip
    checked(settings, trust, asked.key, values, asked.is_whole)
    worlds = ramp.replicates if search.is_by_chance else 1
    seconds = 2.0 * values.size * worlds * seconds_of(settings.model_copy(update={"ticks": ramp.hold}))
    if seconds > MOST_SECONDS and not execution.yes:
        raise InputError(
            f"leading {worlds:,} worlds both ways: about {seconds / 3600:.0f} hours; if that is meant, say --yes"
        )
    say(f"Leading {some(worlds, 'world')} up and down {some(values.size, 'value')}, {some(ramp.hold, 'tick')} at each.")
    seeds = {replicate: seed_of_replicate(ramp.seed, replicate) for replicate in range(worlds)}
    found = led(route, seeds, folder / FOLDER, execution, seconds, say, progress)
    return _told(route, found)


def _told(route: Route, found: list[dict[str, Any]]) -> BothWays:
    import pandas as pd

    failures = [one["failed"] for one in found if "failed" in one]
    why = f"{len(failures)} of {some(len(found), 'world')} could not be led ({commonest(failures)})"
    if len(failures) == len(found):
        raise RunsFailed(f"{why}, so nothing can be told of the way back")
    led_well = [(replicate, one) for replicate, one in enumerate(found) if "failed" not in one]
    levels = pd.DataFrame(
        [
            {"replicate": replicate, "way": way, "value": value, "level": np.nan if level is None else level}
            for replicate, one in led_well
            for way in ("up", "down")
            for value, level in one[way]
        ]
    )
    turns = pd.DataFrame(
        [
            {"replicate": replicate, **{way: np.nan if one[way] is None else float(np.mean(one[way])) for way in WAYS}}
            for replicate, one in led_well
        ]
    )
    known = [abs(one[way][1] - one[way][0]) for _, one in led_well for way in WAYS if one[way] is not None]
    resolution = max(known, default=float("nan"))
    if failures and len(led_well) < FEWEST:
        few = (
            f"{why}. Where worlds go over is not told, for no 95 % interval comes of fewer than {FEWEST}, and whether one "
            "fails may depend on what becomes of it."
        )
        return BothWays(levels, turns, None, None, None, resolution, (few,), len(failures))
    rising, falling = (_mean(turns[way].to_numpy(float), resolution / 2) for way in WAYS)
    gap = _mean((turns["rising"] - turns["falling"]).to_numpy(float), resolution)
    sentences = (*_says(route, turns, rising, falling, gap), *_come_back(levels, route.values[0]), *_without(levels))
    if failures:
        left = f"{why}, and are left out: where it depends on what becomes of a world whether it fails, what is told is off."
        sentences = (*sentences, left)
    up, down = (None if number is None or _is_anywhere(number, route) else number for number in (rising, falling))
    return BothWays(levels, turns, up, down, gap, resolution, sentences, len(failures))


def _is_anywhere(number: Estimate, route: Route) -> bool:
    """Return whether an interval is all of the way on which worlds are led, so that it tells no value."""
    return number.low <= route.values[0] and number.high >= route.values[-1]


def _come_back(levels: pd.DataFrame, start: float) -> tuple[str, ...]:
    """Return, in a sentence, that worlds do not come back to the level at which they set out, where they do not."""
    at_start = levels[levels["value"] == start].pivot(index="replicate", columns="way", values="level").dropna()
    if at_start.empty:
        return ()
    change = _mean((at_start["down"] - at_start["up"]).to_numpy(float), 0.0)
    span = float(levels["level"].max() - levels["level"].min())
    if change is None or change.low <= 0 <= change.high or abs(change.value) < AWAY * span:
        return ()
    before, after = at_start["up"].mean(), at_start["down"].mean()
    told = f"Back at {start:g}, the level is {after:.4g}; on setting out it was {before:.4g}"
    return (f"{told}: worlds were not at rest there, or do not come back. A longer hold tells which.",)


def _without(levels: pd.DataFrame) -> tuple[str, ...]:
    """Return, in a sentence, how many worlds had no level somewhere on the way, where any had none."""
    lacking = levels[levels["level"].isna()]
    if lacking.empty:
        return ()
    count, of = lacking["replicate"].nunique(), levels["replicate"].nunique()
    values = lacking["value"].nunique()
    return (
        f"In {count} of {of} worlds the measure had no value at some of {values} values on the way: these were passed over.",
    )


WAYS = ("rising", "falling")
AWAY = 0.1
"""Share of all levels' span by which worlds must be off on their return for it to be told."""


def _mean(sample: Any, fineness: float) -> Estimate | None:
    """Return a mean over worlds with its 95 % interval, no narrower than what is known of a single world.

    Of one among several, which differ by chance, there is no interval: None.
    """
    there = sample[np.isfinite(sample)]
    if not there.size or there.size == 1 < sample.size:
        return None
    half = half_width(there) if there.size > 1 else 0.0
    mean = float(there.mean())
    return Estimate(mean, mean - half - fineness, mean + half + fineness)


def _says(
    route: Route, turns: pd.DataFrame, rising: Estimate | None, falling: Estimate | None, gap: Estimate | None
) -> tuple[str, ...]:
    sentences = [_says_of_way(route, turns[way], number) for way, number in (("rising", rising), ("falling", falling))]
    if turns["rising"].isna().all():
        sentences.append(
            f"Worlds that begin at {route.values[0]:g} never go over: what has come about there is not undone within "
            f"{route.hold:,} ticks a value. A wider range or a longer hold may show where it is."
        )
    elif (turns["rising"] - turns["falling"]).notna().sum() == 1 < len(turns):
        sentences.append("Only one world goes over and back again: of one among several, no hysteresis is told.")
    elif gap is None:
        sentences.append("No world goes over and back again within the range: a wider range may show where it does.")
    elif gap.low <= 0.0 <= gap.high:
        sentences.append(f"No hysteresis could be told: rising less falling is {_words(gap)}, which includes 0.")
    elif gap.low > 0:
        sentences.append(
            f"Hysteresis: the way back is another one, by {_words(gap)}. At {route.hold:,} ticks a value part of it may "
            "be mere delay: a longer hold shows less of that."
        )
    else:
        sentences.append(f"Worlds go over earlier on the way up than on the way down, by {_words(gap)}: no hysteresis.")
    return tuple(sentences)


def _says_of_way(route: Route, turns: pd.Series[float], number: Estimate | None) -> str:
    """Return, in a sentence, how many worlds go over on the way up, or down, and where."""
    count, of = int(turns.notna().sum()), len(turns)
    direction = {"rising": "up", "falling": "down"}[str(turns.name)]
    if number is None:
        where = f", at {turns.max():.5g}; no interval comes of one among several" if count else ""
    elif _is_anywhere(number, route):
        ends = f"{route.values[0]:g} to {route.values[-1]:g}"
        where = f"; by so few, or so scattered, their mean may lie anywhere from {ends}"
    else:
        where = f" at {_words(number)}"
    who = "the one world" if of == 1 else f"{count} of {of} worlds"
    verb = "goes over" if count == 1 else "does not go over" if of == 1 else "go over"
    return f"On the way {direction}, {who} {verb}{where}."


def _words(number: Estimate) -> str:
    return f"{number.value:.5g} [{number.low:.5g}, {number.high:.5g}]"
