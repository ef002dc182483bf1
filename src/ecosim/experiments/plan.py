"""Plan: a design laid on a scenario, so that each of its points is a complete, validated configuration."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ecosim.compose import defaults, plain, read, read_overrides
from ecosim.configuration_errors import Source
from ecosim.errors import InputError, shown
from ecosim.experiments.design import LISTED, Axis, Design, design_of
from ecosim.experiments.ids import Ids, as_array, room_for
from ecosim.experiments.numbering import Numbering
from ecosim.experiments.points_table import PointsTable, is_frame, points_of_frame
from ecosim.experiments.ranges import Choice, refuse_intervals
from ecosim.experiments.sampled import Manner, draw, wanted
from ecosim.merging import Change, changed
from ecosim.results.outside_code import packages_named
from ecosim.settings import Seen, Settings, settings_from, with_actors
from ecosim.sizes import check_run, check_sweep, most_organisations, seconds_of
from ecosim.world.actors import Actors

if TYPE_CHECKING:
    import pandas as pd

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

    run_ids: Ids
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
        table: in which the points are listed, for messages; None where they are not.
    """

    design: Design
    configurations: Mapping[str, dict[str, Any]]
    trust: tuple[str, ...] = ()
    source: Source = field(default_factory=Source)
    actors: Actors | None = None
    table: PointsTable | None = None

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
        changes.sort(key=lambda change: len(change.keys))  # a whole mechanism first, then what is inside it
        data = self.configurations[_label(chosen)]
        settings = settings_from(
            changed(data, changes, self._defaults, sharing=True), self.trust, self.source, self._seen
        )
        return settings if self.actors is None else self._settled(settings)

    def check(self, agreed: bool = False) -> Runs:
        """Validate every point and number every run.

        Args:
            agreed: whether very large runs are meant.

        Raises:
            InputError: naming the faults of all points, each once.
        """
        ids, each_point = room_for(self.design.runs), self.design.replicates
        faults: dict[str, None] = {}
        seconds = values = each = 0.0
        sized: tuple[Any, ...] = ()
        numbering = Numbering(None if self.actors is None else self.actors.digest)
        for point in range(self.design.points):
            try:
                settings = self.settings(point)
                most = most_organisations(settings)
                size = (settings.ecosystem, settings.ticks, settings.record, settings.schedule, settings.measures, most)
                if size != sized:  # most sweeps vary rules, and all their runs are of one size
                    check_run(settings, agreed=agreed)
                    sized, each = size, seconds_of(settings)
            except InputError as error:
                told = error.faults if self.table is None else self.table.place_faults(point, error.faults)
                faults.update(dict.fromkeys(told))
                continue
            found = numbering.run_ids(settings, self.design.seeds_of(point))
            ids[point * each_point : (point + 1) * each_point] = as_array(found)
            seconds += each
            values += (settings.ticks // settings.record.every + 2.0) * (1 + len(settings.measures))
        if faults:
            raise InputError(_first(faults))
        return Runs(Ids(ids), seconds * self.design.replicates, values * self.design.replicates)

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
    def is_of_ecosim_alone(self) -> bool:
        """Whether no run calls code from outside ecosim, which may hang, or end its process."""
        return not self.trust and not any(packages_named(data) for data in self.configurations.values())

    @cached_property
    def _choosing(self) -> tuple[str, ...]:
        return tuple(
            axis.key for axis in self.design.axes if axis.key == SCENARIO or chooses_files(axis.key, axis.values)
        )

    def _settled(self, settings: Settings) -> Settings:
        """Return settings that say of the organisations what their table says, the same ecosystem for the same one."""
        if not self._before or self._before[0] is not settings.ecosystem:
            self._before[:] = settings.ecosystem, with_actors(settings, self.actors).ecosystem
        return settings.model_copy(update={"ecosystem": self._before[1]})

    @cached_property
    def _before(self) -> list[Any]:
        return []

    @cached_property
    def _seen(self) -> Seen:
        return Seen()

    @cached_property
    def _defaults(self) -> dict[str, Any]:
        return defaults()


def plan_of(
    name: str | Settings | None,
    axes: Mapping[str, Any] | pd.DataFrame | PointsTable,
    overrides: Iterable[str] = (),
    *,
    scenario: str | Path | None = None,
    trust: Iterable[str] = (),
    design: str = "grid",
    replicates: int = 1,
    seed: int | None = None,
    actors: Actors | None = None,
    samples: int | None = None,
    levels: int | None = None,
    second_order: bool = False,
    luck: str = "common",
) -> Plan:
    """Return the plan of a sweep; arguments as in :func:`ecosim.experiments.sweep.sweep`.

    Raises:
        InputError: naming every fault of the design, or more runs than anyone could wait for.
    """
    axes, table, kind = _read_axes(axes, design)
    manner = Manner(kind, replicates, luck, samples, levels, second_order)
    listed: Design | None = None
    if kind in LISTED:
        refuse_intervals(axes, kind)
        listed = design_of({key: _values(given) for key, given in axes.items()}, *manner[:2], 0, luck)
        manner.check()
        check_sweep(listed.points, replicates)
        varied: Mapping[str, Sequence[Any]] = {axis.key: axis.values for axis in listed.axes}
    else:
        manner.check()
        asked = wanted(axes, manner)
        varied = asked.choices
    refuse_axes_of_tables(axes, actors)
    choosing = {key: tuple(dict.fromkeys(values)) for key, values in varied.items() if chooses_files(key, values)}
    configurations, source = _configurations(name, choosing, tuple(overrides), scenario, seed)
    chance = next(iter(configurations.values())).get("seed", Settings.model_fields["seed"].default)
    if listed is not None:
        return Plan(replace(listed, seed=chance), configurations, tuple(trust), source, actors, table)
    first = Design(tuple(Axis(key, values[:1]) for key, values in varied.items()))
    there = Plan(first, configurations, tuple(trust), source, actors)
    made = draw(asked, manner, chance, lambda: there.settings(0))
    return Plan(made, configurations, tuple(trust), source, actors)


def _read_axes(
    axes: Mapping[str, Any] | pd.DataFrame | PointsTable, design: str
) -> tuple[Mapping[str, Any], PointsTable | None, str]:
    """Return what is varied as a mapping, the table that it stands in, if it does, and the kind of the design."""
    table = points_of_frame(axes) if is_frame(axes) else axes if isinstance(axes, PointsTable) else None
    if table is None:
        if design == "table":
            raise InputError(
                "design table: no table; allowed: --table FILE.csv, or a DataFrame in place of the mapping"
            )
        return axes, None, design  # type: ignore[return-value]  # what is no table is a mapping
    if design not in ("grid", "table"):
        raise InputError(f"design {shown(design)}: a table lists all points; allowed: to leave the design out")
    return table.columns, table, "table"


def _configurations(
    name: str | Settings | None,
    choosing: Mapping[str, Sequence[str]],
    overrides: tuple[str, ...],
    scenario: str | Path | None,
    seed: int | None,
) -> tuple[dict[str, dict[str, Any]], Source]:
    """Return the scenario by each combination of files, and where it was read."""
    configurations: dict[str, dict[str, Any]] = {}
    source = Source()
    for values in product(*choosing.values()):
        chosen = dict(zip(choosing, values, strict=True))
        words = [*(f"{key}={value}" for key, value in chosen.items()), *overrides]
        if isinstance(name, Settings):
            choices, changes = read_overrides(words)
            if choices:
                raise InputError(f"{choices[0]}: settings are complete; allowed: files of configuration with a name")
            data = changed(plain(name), changes, {})
        else:
            data, source = read(name, *words, scenario=scenario)
        if seed is not None:
            data["seed"] = seed
        if isinstance(data.get("record"), dict | None):
            data["record"] = {**THINNED, **(data.get("record") or {}), **KEPT}
        configurations[_label(chosen)] = data
    return configurations, source


def _values(given: Any) -> Any:
    return given.values if isinstance(given, Choice) else given


def refuse_axes_of_tables(keys: Iterable[str], actors: Actors | None) -> None:
    """Refuse to vary what the user's own tables say.

    Raises:
        InputError: naming the key.
    """
    if actors is not None and any(str(key).split(".")[:2] == ["ecosystem", "organisations"] for key in keys):
        raise InputError("ecosystem.organisations: the table says how many there are; allowed: to vary other keys")


def chooses_files(key: str, values: Iterable[Any]) -> bool:
    """Return whether the values of a key are names of files of configuration."""
    return key in GROUPS and all(isinstance(value, str) for value in values)


def _label(chosen: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in chosen.items())


def _first(faults: Iterable[str]) -> list[str]:
    told = list(faults)
    return told if len(told) <= MOST_FAULTS else [*told[:MOST_FAULTS], f"… and {len(told) - MOST_FAULTS} more"]
