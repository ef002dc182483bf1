"""Settings: one run, described completely; every key is declared here, with its range, and validated."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import is_
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, InstanceOf, ValidationError, create_model, model_validator

from ecosim.configuration_errors import Source
from ecosim.dynamics.mechanism import Mechanism
from ecosim.errors import InputError, did_you_mean, shown
from ecosim.interventions import Intervention
from ecosim.mechanism_settings import (
    activation_faults,
    mechanisms_from,
    schedule_faults,
    twice,
    validated,
    without_switched_off,
)
from ecosim.rng import LARGEST_SEED
from ecosim.rules import (
    find_measures,
    find_trusted,
    look_in_working_folder,
    refuse_unknown_packages,
    rule_name,
)
from ecosim.world.actor_settings import settled
from ecosim.world.founding import EcosystemSettings, labels_of

if TYPE_CHECKING:
    from ecosim.world.actors import Actors

MOST_TICKS = 10**8

Kept = Literal["every", "final", "never"]

_PLAIN = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)


class RecordSettings(BaseModel):
    """What a run keeps of itself, and how often."""

    model_config = _PLAIN

    every: int = Field(1, ge=1, le=MOST_TICKS, description="ticks from one row of the series to the next")
    organisations: Kept = Field(
        "final", description="table of organisations: at every recorded tick, at the end, never"
    )
    relationships: Kept = Field("final", description="table of relationships: likewise")
    coalitions: Kept = Field("final", description="table of coalitions: likewise")
    events: bool = Field(True, description="whether to keep who met, joined, left and was introduced")
    reasons: bool = Field(
        False, description="whether events tell why: the terms of each decision's utility; town takes a third longer"
    )
    figures: bool = Field(True, description="whether to keep what the figures need of the first, middle and last tick")
    costly_every: int | None = Field(
        None, ge=1, le=MOST_TICKS, description="ticks between costly measures; null: at the start and the end only"
    )
    costly_at_start: bool = Field(True, description="whether costly measures are taken at tick 0, too")


class StopSettings(BaseModel):
    """When a run ends before its last tick: as soon as a measure is as low, or as high, as this."""

    model_config = _PLAIN

    measure: str = Field(description="name of the measure; where it fills several columns, of one of them")
    at_most: float | None = Field(None, description="greatest value at which the run ends; null: none is low enough")
    at_least: float | None = Field(None, description="least value at which the run ends; null: none is high enough")

    @model_validator(mode="after")
    def _says_when(self) -> StopSettings:
        if self.at_most is None and self.at_least is None:
            raise ValueError("neither at_most nor at_least is given; allowed: one of them, or both")
        return self

    def is_reached(self, value: float) -> bool:
        """Return whether a run ends at this value of the measure; an undefined one ends nothing."""
        is_low = self.at_most is not None and value <= self.at_most
        return is_low or (self.at_least is not None and value >= self.at_least)


class PlainSettings(BaseModel):
    """What a run needs besides its mechanisms."""

    model_config = _PLAIN

    title: str = Field("", max_length=200, description="a few words that name the scenario")
    description: str = Field("", max_length=4000, description="what the scenario is about")
    watch: str = Field("", max_length=1000, description="two sentences: what to look at, and what to change")
    seed: int = Field(1, ge=0, le=LARGEST_SEED, description="chooses the luck of a run; the same seed, the same result")
    ticks: int = Field(200, ge=0, le=MOST_TICKS, description="how often the schedule is run through")
    stop: StopSettings | None = Field(None, description="what ends a run before its last tick; null: nothing does")
    activation: Literal["simultaneous", "random", "sweep"] = Field(
        "simultaneous",
        description="who acts when, in every mechanism that has an activation and is not given its own: all on the same "
        "state; one after the other, drawn with replacement; or each once, in random order. In all others everyone acts "
        "on the state as it stood",
    )
    ecosystem: EcosystemSettings = Field(
        default_factory=lambda: EcosystemSettings(), description="who and what there is at the start"
    )
    schedule: tuple[str, ...] = Field((), description="names of the mechanisms, in the order in which they act")
    interventions: tuple[Intervention, ...] = Field(
        (), description="what is done to the ecosystem from outside, and when"
    )
    record: RecordSettings = Field(RecordSettings(), description="what the run keeps")
    check: bool = Field(
        False,
        description="whether the run stops, naming mechanism and column, where a mechanism changes what it does not say "
        "that it writes; a town takes about twenty times as long",
    )
    measures: tuple[str, ...] = Field((), description="names of the measures, a column each in the series")
    watch_measures: tuple[str, ...] = Field(
        (),
        max_length=9,
        description="names of measures, or of columns of one, that the figure 'watch' shows and the summary tells, as far "
        "as they are measured; none: effort, approval and trust, in the figure alone",
    )


class Settings(PlainSettings):
    """One run, described completely.

    ``schedule`` names the mechanisms of ``dynamics`` in the order in which they act; left empty, they act in the order
    in which ``dynamics`` lists them.

    Raises:
        pydantic.ValidationError: where a value is out of range, or schedule and dynamics do not name the same.
    """

    dynamics: dict[str, InstanceOf[Mechanism]] = Field(default_factory=dict, description="name to mechanism")

    def in_order(self) -> dict[str, Mechanism]:
        """Return the mechanisms by name, in the order in which they act."""
        return {name: self.dynamics[name] for name in self.schedule}

    @model_validator(mode="before")
    @classmethod
    def _schedule_as_listed(cls, data: Any) -> Any:
        if isinstance(data, dict) and not data.get("schedule"):
            return {**data, "schedule": tuple(data.get("dynamics", ()))}
        return data

    @model_validator(mode="after")
    def _name_the_same(self) -> Settings:
        faults = schedule_faults(self.schedule, self.dynamics)
        if faults:
            raise InputError(faults)
        return self


class Seen:
    """Parts of configurations that were found valid before: of the next one only what has changed is looked at.

    A part has not changed if it is the same object; so whoever hands configurations over with this must put a new
    object in the place of each part that changes, up to the top (``ecosim.merging.changed(…, sharing=True)``).
    """

    def __init__(self) -> None:
        self._mechanisms: dict[str, tuple[Any, Any, Mechanism]] = {}
        self.whole: tuple[Mapping[str, Any], Settings] | None = None

    def mechanism(self, name: str, given: Any, activation: Any) -> Mechanism | None:
        """Return the mechanism of this name, if it was made before of what is given now."""
        before = self._mechanisms.get(name)
        return before[2] if before is not None and before[0] is given and before[1] == activation else None

    def following(
        self, rest: Mapping[str, Any], dynamics: Mapping[str, Mechanism | None], trust: frozenset[str]
    ) -> Settings | None:
        """Return settings that differ from the last ones in parameters, or in what stands by itself; None if unsure."""
        before, last = self.whole or ({}, None)
        if last is None or before.keys() != rest.keys() or list(last.dynamics) != list(dynamics):
            return None
        different = [key for key in rest if not _is_same(before[key], rest[key])]
        if not _BY_THEMSELVES.issuperset(different):
            return None
        try:
            values = {key: _alone(key, rest[key]) for key in different}
        except ValidationError:
            return None
        made = last.model_copy(update={**values, "dynamics": dict(dynamics)})
        has_faults = "ecosystem" in different and (_measure_faults(made, trust) or _stop_faults(made, trust))
        if has_faults or ("ecosystem" in different and _watch_faults(made)):
            return None
        return made

    def remember(self, rest: Mapping[str, Any], dynamics: Mapping[str, Any], settings: Settings) -> None:
        """Remember of what valid settings were made."""
        now = rest.get("activation")
        self._mechanisms = {name: (dynamics[name], now, made) for name, made in settings.dynamics.items()}
        self.whole = rest, settings


def _is_same(old: Any, new: Any) -> bool:
    """Return whether two values are one object, or lists of the same objects."""
    are_lists = isinstance(old, list) and isinstance(new, list)
    return len(old) == len(new) and all(map(is_, old, new)) if are_lists else old is new


_BY_THEMSELVES = frozenset({"title", "ticks", "ecosystem", "interventions", "record"})
"""Keys on whose values the validity of no other key depends, but that of measures on the ecosystem's."""


def _alone(key: str, value: Any) -> Any:
    return getattr(_model_of(key).model_validate_json(json.dumps({key: value})), key)


@lru_cache(maxsize=16)
def _model_of(key: str) -> type[BaseModel]:
    """Return a model with one key of ``PlainSettings`` alone."""
    field: Any = (PlainSettings.model_fields[key].annotation, PlainSettings.model_fields[key])
    return create_model(f"Only_{key}", __config__=_PLAIN, **{key: field})


def settings_from(
    data: Mapping[str, Any], trust: Iterable[str] = (), source: Source | None = None, seen: Seen | None = None
) -> Settings:
    """Return validated settings from plain data: dictionaries, lists and scalars, as YAML or JSON give them.

    A mechanism that is null is switched off: it leaves ``dynamics`` and ``schedule``.

    Args:
        data: what the configuration says.
        trust: packages whose rules and measures may be imported.
        source: where it was read, for messages.
        seen: what was found valid before, under the same trust; what is found valid now is added to it.

    Raises:
        InputError: naming every fault at once.
    """
    source, trusted = source or Source(), frozenset(trust)
    rest = without_switched_off(data)
    given = rest.pop("dynamics", {})
    if trusted and (seen is None or seen.whole is None):
        look_in_working_folder()
        refuse_unknown_packages(sorted(trusted))
    dynamics, faults = mechanisms_from(given, rest.get("activation"), trusted, source, seen)
    if seen is not None and not faults and (made := seen.following(rest, dynamics, trusted)) is not None:
        seen.remember(rest, given, made)
        return made
    plain, more = validated(PlainSettings, rest, source)
    faults = more + faults + activation_faults(rest.get("activation"), dynamics)
    names = rest.get("schedule")
    if isinstance(names, list) and names and all(isinstance(name, str) for name in names):
        faults += [fault for fault in schedule_faults(names, dynamics) if fault not in faults]
    faults += [*_measure_faults(plain, trusted), *_stop_faults(plain, trusted)] if plain else []
    faults += _watch_faults(plain) if plain and not faults else []
    if faults or plain is None:
        raise InputError(faults)
    values = {name: getattr(plain, name) for name in PlainSettings.model_fields}
    made = Settings(**values, dynamics={name: mechanism for name, mechanism in dynamics.items() if mechanism})
    if seen is not None:
        seen.remember(rest, given, made)
    return made


def with_actors(settings: Settings, actors: Actors | None) -> Settings:
    """Return settings that say of the organisations what their table says (``ecosim.world.actor_settings``).

    Raises:
        InputError: if an organisation is of a sector that there is not.
    """
    if actors is None:
        return settings
    return settings.model_copy(update={"ecosystem": settled(settings.ecosystem, actors)})


def plain(settings: Settings) -> dict[str, Any]:
    """Return settings as plain data, complete: ``settings_from(plain(settings)) == settings``."""
    data = settings.model_dump(mode="json", exclude={"dynamics"})
    dynamics = {
        name: {"rule": rule_name(type(mechanism)), **mechanism.model_dump(mode="json")}
        for name, mechanism in settings.dynamics.items()
    }
    ordered: dict[str, Any] = {}
    for key, value in data.items():
        ordered[key] = value
        if key == "schedule":
            ordered["dynamics"] = dynamics
    return ordered


def _measure_faults(settings: PlainSettings, trust: frozenset[str]) -> list[str]:
    faults = [f"measures: {shown(name)} twice; allowed: once" for name in twice(settings.measures)]
    for place in settings.measures:
        if ":" in place:
            try:
                find_trusted(place, trust)
            except InputError as error:
                faults += [f"measures: {fault}" for fault in error.faults]
    if not faults and settings.measures:
        try:
            find_measures(settings.measures, labels_of(settings.ecosystem))
        except InputError as error:
            faults += error.faults
    return faults


def _stop_faults(settings: PlainSettings, trust: frozenset[str]) -> list[str]:
    if settings.stop is None:
        return []
    name, labels = settings.stop.measure, labels_of(settings.ecosystem)
    try:
        if ":" in name:
            find_trusted(name, trust)
        measure = find_measures([name], labels)[0]
    except InputError as error:
        return [f"stop.{fault.replace('measures:', 'measure:', 1)}" for fault in error.faults]
    columns = measure.columns(labels)
    if measure.per is None or name in columns:
        return []
    return [f"stop.measure: {shown(name)} has several values; {did_you_mean(name, columns)}"]


def _watch_faults(settings: PlainSettings) -> list[str]:
    """Return what is wrong with the names of what is watched; whether it is measured is nobody's fault."""
    labels = labels_of(settings.ecosystem)
    own = {measure.name for measure in find_measures([name for name in settings.measures if ":" in name])}
    faults = [f"watch_measures: {shown(name)} twice; allowed: once" for name in twice(settings.watch_measures)]
    for name in settings.watch_measures:
        if name in own:
            continue
        try:
            (measure,) = find_measures([name.replace(":", ".")], labels)  # what is one's own goes by its own name here
        except InputError as error:
            faults += [f"watch_{fault}" for fault in error.faults]
            continue
        if measure.per == "stance" and name not in (columns := measure.columns(labels)):
            faults.append(f"watch_measures: {shown(name)} has several values; {did_you_mean(name, columns)}")
    return faults
