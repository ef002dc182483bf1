"""Show: a world before its audience. It begins, lets ticks pass, is touched from outside, remembers a moment, goes back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.app.controls import MOST_ORGANISATIONS, sliders
from ecosim.app.panels import panels, title_of
from ecosim.app.picture import Painter, ledger
from ecosim.app.words import now
from ecosim.commands.words import refuse_twice
from ecosim.compose import load, plain
from ecosim.configuration_errors import Source
from ecosim.ecosystem import Ecosystem
from ecosim.errors import InputError
from ecosim.interventions import Invite
from ecosim.mechanism_settings import validated
from ecosim.results.marks import Mark, marks_in
from ecosim.results.phrases import plural
from ecosim.results.summary import STAGES
from ecosim.results.words import STAGE_MEANINGS
from ecosim.scenario_file import check_plain
from ecosim.settings import PlainSettings, Settings
from ecosim.sizes import check_run
from ecosim.world.columns import columns_of
from ecosim.world.world import World

MOST_TICKS, MOST_CITIZENS, MOST_MEMBERS = 5_000, 20_000, 50_000
"""What one tab may ask of the machine."""
MOST_DEEDS = 200
COSTLY_EVERY = 10
"""Ticks from one look at costly measures, the stage among them, to the next, where the scenario says nothing."""


class Show:
    """One world, from its founding on.

    Args:
        scenario: name of a shipped scenario.
        seed: chooses its luck.
        changes: of the scenario, as on the command line.

    Raises:
        InputError: as the command line refuses it, or if it is too large for a page that many may open.
    """

    def __init__(self, scenario: str, seed: str, changes: Sequence[str] = ()) -> None:
        self.scenario, self.changes = scenario, tuple(changes)
        settings = settings_to_show(scenario, (*changes, f"seed={seed}"))
        self.planned = min(settings.ticks, MOST_TICKS)
        every = settings.record.costly_every or COSTLY_EVERY
        record = settings.record.model_copy(update={"costly_every": every})
        changed = {"ticks": MOST_TICKS, "stop": None, "record": record}
        self.model = Ecosystem(settings.model_copy(update=changed))
        self._founded = self.model.copy()
        self._moment: Ecosystem | None = None
        self._painter = Painter(self.model.world)
        self._plain: tuple[Settings | None, dict[str, Any]] = (None, {})
        self._sent = -1

    @property
    def tick(self) -> int:
        """Ticks since the world was founded."""
        return self.model.tick

    def warm_up(self) -> None:
        """Let a twin live for a few ticks, so that whatever has to be compiled is, before anybody waits for a tick."""
        self._founded.copy().run(COSTLY_EVERY)

    def step(self) -> None:
        """Let one tick pass.

        Raises:
            InputError: if the world has become too old or too large for a page.
            Exception: whatever a rule raises; the world is then of no use, but a moment remembered before is.
        """
        if self.tick >= MOST_TICKS:
            raise InputError(f"tick {self.tick:,}: a page goes no further; allowed: going back, or starting again")
        if self.model.world.n > MOST_ORGANISATIONS:
            raise InputError(f"{self.model.world.n:,} organisations; allowed on a page: at most {MOST_ORGANISATIONS:,}")
        self.model.step()

    def intervene(self, deed: Mapping[str, Any]) -> None:
        """Do something from outside before the next tick; it is written down, so that the run can be repeated.

        Args:
            deed: as a configuration has it, without its tick.

        Raises:
            InputError: as a configuration is refused; also if it names somebody who was not there at the start.
        """
        check_plain(dict(deed), "deed")
        made, faults = validated(PlainSettings, {"interventions": [{**deed, "at": self.tick + 1}]}, Source())
        if faults or made is None:
            raise InputError(fault.removeprefix("interventions[0].") for fault in faults)
        (asked,) = made.interventions
        if len(self.model.settings.interventions) >= MOST_DEEDS:
            raise InputError(f"{MOST_DEEDS} interventions; allowed on a page: no more")
        number = getattr(asked, "number", None) or 0
        coming = self.model.world.n * isinstance(asked, Invite)
        if number + coming > MOST_ORGANISATIONS:
            raise InputError(f"number is {number:,}; allowed on a page: {MOST_ORGANISATIONS:,} organisations in all")
        if faults := asked.faults(self._founded.world):  # a repeated run is held against the world of tick 0
            raise InputError(f"{asked.do}: {fault}" for fault in faults)
        self.model.intervene(asked)

    def remember(self) -> None:
        """Keep this moment, to go back to it."""
        self._moment = self.model.copy()

    def go_back(self) -> None:
        """Be in the moment that was remembered, or at the start, with the same luck; it stays remembered."""
        self.model = (self._moment or self._founded).copy()
        self._sent = min(self._sent, self.tick)

    def programme(self) -> dict[str, Any]:
        """Return what a page needs to know once of this world, as plain data."""
        settings, labels, notes = self.model.settings, self.model.world.labels, self.model.recorder.notes
        said = f"{' '.join(settings.watch_measures)} {settings.watch} {settings.title}"
        return {
            "scenario": self.scenario,
            "seed": str(self.model.seed),
            "changes": list(self.changes),
            "title": settings.title,
            "description": " ".join(settings.description.split()),
            "watch": " ".join(settings.watch.split()),
            "planned": self.planned,
            "sectors": [{"name": word, "label": plural(word)} for word in labels.sectors],
            "issues": list(labels.issues),
            "colours": self._painter.colours,
            "columns": [
                {"name": n, "title": title_of(n), "unit": k.unit, "meaning": k.meaning} for n, k in notes.items()
            ],
            "panels": panels(notes, labels.sectors, labels.issues, said),
            "sliders": sliders(self.scenario, settings),
            "can": self._possible(),
            "settable": _settable(self.model.world),
        }

    def news(self) -> dict[str, Any]:
        """Return what has happened since it was last asked for, and how things are now, as plain data."""
        world, series = self.model.world, self.model.recorder.series()
        fresh = series["tick"] > self._sent
        self._sent = int(series["tick"][-1])
        return {
            "kind": "news",
            "tick": self.tick,
            "rows": [_short(row) for row in np.column_stack([values[fresh] for values in series.values()])],
            "picture": self._painter.paint(world),
            "ledger": ledger(world),
            "stage": _stage(series),
            "marks": (marks := self._marks()),
            "words": now(series, world.labels.sectors, world.labels.issues, marks),
        }

    def _marks(self) -> list[Mark]:
        """Return what was done, struck or arrived so far, and what comes next."""
        settings = self.model.settings
        if self._plain[0] is not settings:
            self._plain = settings, plain(settings)
        return marks_in(self._plain[1], self.tick + 1)

    def _possible(self) -> list[str]:
        """Return which kinds of interventions make sense in this world."""
        world = self.model.world
        can = ["shock"] * (bool(world.labels.issues) and world.has("severity"))
        can += ["convene"] * (bool(world.labels.issues) and world.has("coalition_issue"))
        return [*can, "introduce", "invite", "remove", "set"]


def settings_to_show(scenario: str, changes: Sequence[str]) -> Settings:
    """Return the settings of a scenario; code from outside ecosim is never trusted.

    Raises:
        InputError: as the command line refuses it, or if it is too large for a page.
    """
    refuse_twice(changes)
    settings = load(scenario, *changes, yes=True)
    _refuse_large(settings)
    check_run(settings, advice="allowed on a page: what takes less, such as fewer ticks")
    return settings


def _refuse_large(settings: Settings) -> None:
    ecosystem = settings.ecosystem
    n = sum(ecosystem.counts())
    counts = {
        "ecosystem.organisations": (n, MOST_ORGANISATIONS),
        "ecosystem.citizens.count": (ecosystem.citizens.count, MOST_CITIZENS),
        "ecosystem.members.each": (ecosystem.members.each * n, MOST_MEMBERS),
    }
    faults = [
        f"{key}: {count:,} in all; allowed on a page: {most:,}" for key, (count, most) in counts.items() if count > most
    ]
    if faults:
        raise InputError(faults)


def _settable(world: World) -> list[dict[str, Any]]:
    """Return the columns of organisations and relationships that may be set to one number, with their ranges."""
    known = [*columns_of("organisation"), *columns_of("relationship")]
    there = [c for c in known if c.extent in (None, "side") and c.unit not in _NO_AMOUNT and world.has(c.name)]
    return [
        {"name": c.name, "meaning": c.meaning, "low": _end(c.low), "high": _end(c.high)}
        for c in there
        if c.dtype == "float64"
    ]


_NO_AMOUNT = ("id", "row", "index", "name", "trait", "bits")


def _end(bound: float) -> float | None:
    return bound if math.isfinite(bound) else None


def _stage(series: Mapping[str, NDArray[np.float64]]) -> dict[str, Any] | None:
    """Return the stage that was reached when it was last looked at, and when that was."""
    there = np.flatnonzero(~np.isnan(series["stage"])) if "stage" in series else np.empty(0, np.int64)
    if not there.size:
        return None
    number = int(series["stage"][there[-1]])
    word = STAGES[number]
    return {"number": number, "word": word, "meaning": STAGE_MEANINGS[word], "tick": int(series["tick"][there[-1]])}


def _short(row: NDArray[np.float64]) -> list[float | None]:
    """Return a row as JSON has it: six digits are more than a chart shows; None where a value is missing."""
    return [None if value != value else float(f"{value:.6g}") for value in row.tolist()]
