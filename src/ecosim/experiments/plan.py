"""Plan: a design laid on a scenario, so that each of its points is a complete, validated configuration."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from ecosim.compose import defaults, plain, read
from ecosim.configuration_errors import Source
from ecosim.errors import InputError
from ecosim.experiments.design import Axis, Design, design_of
from ecosim.merging import Change, changed
from ecosim.results.provenance import run_ids
from ecosim.scenario_file import shown
from ecosim.settings import Settings, settings_from, with_actors
from ecosim.sizes import check_run, check_sweep, seconds_of
from ecosim.world.actors import Actors

GROUPS = ("ecosystem", "dynamics", "measures")
"""Keys whose values may be names of files, which take the place of that part of the scenario."""

SCENARIO = "scenario"
"""Key of the axis whose values are whole scenarios: the arms of a comparison."""

MOST_FAULTS = 20

KEPT = {"organisations": "never", "relationships": "never", "coalitions": "never", "events": False, "figures": False}
"""What a run of a sweep does not keep: a single run with its seed shows it."""

THINNED = {"every": 5, "costly_at_start": False}
"""What a run of a sweep keeps, unless the configuration says otherwise: of many runs, nobody reads every tick."""


class Runs(NamedTuple):
    """What checking a plan finds out.

    Attributes:
        run_ids: of every run, by number.
        seconds: rough time of all runs on one core.
        values: rough count of the numbers in all series.
    """

    run_ids: list[str]
    seconds: float
    values: float


@dataclass(frozen=True)
class Plan:
    """All that is needed to make any run of a sweep, as plain data: processes and machines hand it on as JSON.

    Attributes:
        design: which runs.
        configurations: the scenario that the design varies, by the files that the point chooses (see ``GROUPS``).
        trust: packages whose rules and measures may be imported.
        source: where the scenario was read, for messages.
        actors: the user's own organisations and ties, the same in every run; None for nameless ones.
    """

    design: Design
    configurations: Mapping[str, dict[str, Any]]
    trust: tuple[str, ...] = ()
    source: Source = field(default_factory=Source)
    actors: Actors | None = None

    def settings(self, point: int) -> Settings:
        """Return the settings of a point.

        Raises:
            InputError: naming every fault at once.
        """
        parameters = self.design.parameters(point)
        chosen = {key: parameters.pop(key) for key in self._choosing}
        changes = [
            Change(f"{key}={shown(value)}", tuple(key.split(".")), "set", value) for key, value in parameters.items()
        ]
        data = self.configurations[_label(chosen)]
        touched = {change.keys[0] for change in changes}
        parts = {key: value for key, value in data.items() if key in touched}  # only what is changed need be copied
        settings = settings_from({**data, **changed(parts, changes, self._defaults)}, self.trust, self.source)
        return with_actors(settings, self.actors)

    def check(self, agreed: bool = False) -> Runs:
        """Validate every point and number every run.

        Args:
            agreed: whether very large runs are meant.

        Raises:
            InputError: naming the faults of all points, each once.
        """
        numbers: list[str] = []
        faults: dict[str, None] = {}
        seconds = values = 0.0
        sized: tuple[Any, ...] = ()
        for point in range(self.design.points):
            try:
                settings = self.settings(point)
                size = (settings.ecosystem, settings.ticks, settings.record, settings.schedule)
                if size != sized:  # most sweeps vary rules, and all their runs are of one size
                    check_run(settings, agreed=agreed)
                    sized = size
            except InputError as error:
                faults.update(dict.fromkeys(error.faults))
                continue
            tables = None if self.actors is None else self.actors.digest
            numbers += run_ids(plain(settings), self.design.seeds_of(point), tables)
            seconds += seconds_of(settings)
            values += (settings.ticks // settings.record.every + 2.0) * (1 + len(settings.measures))
        if faults:
            raise InputError(_first(faults))
        return Runs(numbers, seconds * self.design.replicates, values * self.design.replicates)

    def to_json(self) -> str:
        """Return the plan as text."""
        actors = None if self.actors is None else self.actors.plain()
        said = {
            "design": self.design.plain(),
            "configurations": dict(self.configurations),
            "trust": self.trust,
            "actors": actors,
        }
        return json.dumps(said)

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """Return the plan that ``to_json`` wrote."""
        data = json.loads(text)
        actors = None if data["actors"] is None else Actors.of(data["actors"])
        return cls(Design.of(data["design"]), data["configurations"], tuple(data["trust"]), actors=actors)

    @cached_property
    def _choosing(self) -> tuple[str, ...]:
        return tuple(axis.key for axis in self.design.axes if axis.key == SCENARIO or chooses_files(axis))

    @cached_property
    def _defaults(self) -> dict[str, Any]:
        return defaults()


def plan_of(
    name: str | Settings | None,
    axes: Mapping[str, Any],
    overrides: Iterable[str] = (),
    *,
    scenario: str | Path | None = None,
    trust: Iterable[str] = (),
    design: str = "grid",
    replicates: int = 1,
    seed: int | None = None,
    actors: Actors | None = None,
) -> Plan:
    """Return the plan of a sweep; arguments as in :func:`ecosim.experiments.sweep.sweep`.

    Raises:
        InputError: naming every fault of the design, or more runs than anyone could wait for.
    """
    runs = design_of(axes, design, replicates, 0)
    refuse_axes_of_tables(runs.axes, actors)
    check_sweep(runs.points, runs.replicates)
    choosing = [axis for axis in runs.axes if chooses_files(axis)]
    configurations: dict[str, dict[str, Any]] = {}
    source = Source()
    for values in product(*(axis.values for axis in choosing)):
        chosen = dict(zip((axis.key for axis in choosing), values, strict=True))
        if isinstance(name, Settings):
            data = changed(plain(name), [], {})
        else:
            words = [f"{key}={value}" for key, value in chosen.items()]
            data, source = read(name, *words, *overrides, scenario=scenario)
        if seed is not None:
            data["seed"] = seed
        if isinstance(data.get("record"), dict | None):
            data["record"] = {**THINNED, **(data.get("record") or {}), **KEPT}
        configurations[_label(chosen)] = data
    first = next(iter(configurations.values()))
    luck = first.get("seed", Settings.model_fields["seed"].default)
    return Plan(Design(runs.axes, runs.kind, replicates, luck), configurations, tuple(trust), source, actors)


def refuse_axes_of_tables(axes: Iterable[Axis], actors: Actors | None) -> None:
    """Refuse to vary what the user's own tables say.

    Raises:
        InputError: naming the key.
    """
    if actors is not None and any(axis.key.split(".")[:2] == ["ecosystem", "organisations"] for axis in axes):
        raise InputError("ecosystem.organisations: the table says how many there are; allowed: to vary other keys")


def chooses_files(axis: Axis) -> bool:
    """Return whether the values of an axis are names of files of configuration."""
    return axis.key in GROUPS and all(isinstance(value, str) for value in axis.values)


def _label(chosen: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in chosen.items())


def _first(faults: Iterable[str]) -> list[str]:
    told = list(faults)
    return told if len(told) <= MOST_FAULTS else [*told[:MOST_FAULTS], f"… and {len(told) - MOST_FAULTS} more"]
