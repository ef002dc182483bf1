"""Ecosystem: the model that everyone runs. Found a world, step it, record it: the whole loop is in this file."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from numbers import Integral
from pathlib import Path
from typing import Any

from ecosim.agents import Organisation, Register
from ecosim.branching import Branching
from ecosim.dynamics.agent_rules import AgentRules
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.schedule import Schedule
from ecosim.errors import InputError, did_you_mean, shown
from ecosim.interventions import Intervention
from ecosim.light_mesa import Agent, AgentSet, Model
from ecosim.measures.measure import Measure
from ecosim.measures.own import own_measure
from ecosim.results.recorder import Recorder
from ecosim.results.run import Run
from ecosim.rng import LARGEST_SEED, Stream, stream
from ecosim.rules import find_measures
from ecosim.settings import Settings, plain, with_actors
from ecosim.unfed import unmoved
from ecosim.world.actors import Actors
from ecosim.world.finite import Watched
from ecosim.world.founding import found, labels_of
from ecosim.world.labels import Labels
from ecosim.world.memory import keep_memory_of
from ecosim.world.reasons import Reasons
from ecosim.world.remembered import remembered
from ecosim.world.world import World


class Ecosystem(Branching, Model):  # type: ignore[misc]  # mesa is untyped
    """Organisations, what is between them, and the rules they live by: a ``mesa.Model``.

    Founding draws the world of tick 0 and records it before anything has happened. A tick is: interventions that are
    due, then the mechanisms of the schedule in their order, then the record.

    Args:
        settings: what ``ecosim.load`` returns.
        rng: the run's seed, 0 to 2⁶⁴ − 1, in place of that in the settings.
        dynamics: further mechanisms by name. One that the settings' schedule names acts at that place, others act last.
        measures: further measures by name: functions of a world that return a number.
        actors: a user's own organisations and ties (``ecosim.world.actors``).
        checked: whether to stop where a mechanism changes a column that it does not say it writes; as ``check: true``.

    Attributes:
        world: everything that exists now, as arrays.
        schedule: the mechanisms in order; it prints itself as a table.
        recorder: what has been measured so far.
        tables: what is to be told of the user's own tables; None without.
        steps: ticks that this model has stepped through.

    Raises:
        InputError: if a name or a value is not allowed; all faults are told before the first tick.
    """

    world: World

    def __init__(
        self,
        settings: Settings,
        *,
        rng: int | None = None,
        dynamics: Mapping[str, Mechanism] | None = None,
        measures: Mapping[str, Callable[[World], float]] | None = None,
        actors: Actors | None = None,
        checked: bool = False,
    ) -> None:
        settings = with_actors(_checked(settings), actors)
        if checked:
            settings = settings.model_copy(update={"check": True})
        _refuse_unnamed(dynamics=dynamics, measures=measures)
        self._arrange(settings, settings.seed if rng is None else rng, dynamics or {}, measures or {})
        self.tables = None if actors is None else actors.told()
        self._begin(found(settings.ecosystem, self.seed, self._columns(), actors))
        self.recorder.record(self.world)

    def step(self) -> None:
        """Let one tick pass.

        Raises:
            FloatingPointError: if a value became infinite or undefined; it names the column and the tick.
            BrokenPromise: in a checked model, if a mechanism changed a column that it does not say it writes.
        """
        if "step" not in self.__dict__:  # otherwise Mesa has wrapped a subclass's step, and counts
            self.steps += 1
        world = self.world
        world.__dict__["tick"] += 1  # no column: the world need not look whether it is one
        self._is_acting = True
        try:
            if self._interventions:
                self._intervene()
            self.schedule.step(world)
        finally:
            self._is_acting = False
        self._watched.refuse_what_is_not_finite(world)
        self.recorder.record(world)

    def run(self, ticks: int | None = None, progress: Callable[[int, int], object] | None = None) -> None:
        """Let many ticks pass; fewer, where the settings say what ends a run before (``stop``).

        Args:
            ticks: how many; those that the settings still ask for, where there is none.
            progress: called after each tick with the ticks done and the ticks to do.

        Raises:
            InputError: if ``ticks`` is no whole number of at least 0.
        """
        ticks = max(0, self.settings.ticks - self.world.tick) if ticks is None else _ticks(ticks)
        may_end, step = self._ending is not None, self.step
        for done in range(1, ticks + 1):
            if may_end and self._is_over():
                break
            step()
            if progress is not None:
                progress(done, ticks)
        if may_end and self._is_over():
            self.recorder.end(self.world)

    def _is_over(self) -> bool:
        """Return whether the run has come to what ends it before its last tick."""
        stop = self.settings.stop
        return (
            stop is not None and self._ending is not None and stop.is_reached(self._ending.of(self.world, stop.measure))
        )

    def intervene(self, *further: Intervention) -> None:
        """Add what is done from outside at ticks to come. It is in ``settings`` from now on, so they repeat this run.

        Raises:
            InputError: if it were to act in the past, or names what this world has not.
        """
        faults = [fault for one in further for fault in self._faults_of_further(one)]
        if faults:
            raise InputError(faults)
        self.settings = self.settings.model_copy(update={"interventions": (*self.settings.interventions, *further)})
        self._interventions = with_luck(self.settings.interventions, self.seed)

    def _faults_of_further(self, intervention: Intervention) -> list[str]:
        lacking = [name for name in intervention.columns() if not self.world.has(name)]
        if lacking:
            return [f"{intervention.do}: this world has no {', '.join(lacking)}: no rule or measure of it names it"]
        if len(intervention.after(self.tick)) < len(intervention.after(0)):
            return [f"{intervention.do}: at is {intervention.at}; allowed: after tick {self.tick}, which is over"]
        return intervention.faults(self.world)

    def results(self) -> Run:
        """Return what has been recorded so far, and the world as it is now."""
        return Run.of(self._plain_settings(), self.seed, self.recorder, self.world, self.world.drawn, self.tables)

    def __repr__(self) -> str:
        world = self.world
        return (
            f"<{type(self).__name__} {self.settings.title!r}, seed {self.seed}: tick {world.tick} of {self.settings.ticks}, "
            f"{world.n:,} organisations, {world.ties:,} ties, {world.coalitions:,} coalitions>"
        )

    @property
    def tick(self) -> int:
        """Ticks since the world was founded."""
        return self.world.tick

    # -- agents -----------------------------------------------------------------------------------------------------

    @property
    def organisations(self) -> Mapping[str, Organisation]:
        """The organisations by name, as agents."""
        self._register.in_rows()
        return self._register

    @property
    def agents(self) -> AgentSet:
        """All agents: the organisations, and any that were added."""
        self._register.in_rows()
        return self._all_agents

    @property
    def agents_by_type(self) -> dict[type[Agent], AgentSet]:
        """The agents of each class."""
        self._register.in_rows()
        by_type: dict[type[Agent], AgentSet] = self._agents_by_type
        return by_type

    @property
    def agent_types(self) -> list[type[Agent]]:
        """The classes of agents that there are."""
        return list(self.agents_by_type)

    def register_agent(self, agent: Agent) -> None:
        """Take up an agent of a class of the user's own."""
        super().register_agent(agent)
        getattr(Agent, "_ids", {}).pop(self, None)  # Mesa numbers agents there, and so keeps every model for ever
        agent.unique_id = next(self._further_numbers)

    def register_organisations(self, kind: type[Organisation], agents: Sequence[Organisation]) -> None:
        """Take up the agents of many organisations of one sector at once."""
        self._agents.update(dict.fromkeys(agents))
        if kind in self._agents_by_type or not agents:
            for agent in agents:
                self._agents_by_type[kind].add(agent)
        else:
            self._agents_by_type[kind] = AgentSet(agents, random=self.random)
        for agent in agents:
            self._all_agents.add(agent)

    def settle(self) -> None:
        """Carry out the ties and memberships asked for; while a mechanism is at work, its end does."""
        if not self._is_acting:
            self.world.commit()

    @cached_property
    def _register(self) -> Register:
        return Register(self)

    # -- founding ---------------------------------------------------------------------------------------------------

    def _arrange(
        self,
        settings: Settings,
        seed: int,
        dynamics: Mapping[str, Mechanism],
        measures: Mapping[str, Callable[[World], float]],
    ) -> None:
        """Set up everything but the world."""
        self.seed = seed = _seed(seed)
        self.steps = 0
        if type(self).step is not Ecosystem.step:
            self._let_mesa_begin()  # it wraps a subclass's step
        self._further_numbers = itertools.count(2**31)  # organisations have the numbers below
        self._is_acting = False
        self.tables: dict[str, Any] | None = None
        self.settings = settings
        self.own_dynamics, self.own_measures = dict(dynamics), dict(measures)
        self.schedule = Schedule(in_order(settings, dynamics), seed, checked=settings.check)
        labels, stop = labels_of(settings.ecosystem), settings.stop
        self._listed = measures_named(settings.measures, labels) if settings.measures else ()
        self.measures = [*self._listed, *(own_measure(name, rule) for name, rule in measures.items())]
        self._ending = None if stop is None else measures_named((stop.measure,), labels)[0]
        self._interventions = with_luck(settings.interventions, seed)

    def _columns(self) -> frozenset[str]:
        """Return the columns that anything in this model names."""
        further = [*self.measures[len(self._listed) :], *([] if self._ending is None else [self._ending])]
        measured = {name for measure in further for name in measure.reads}.union(_read_by(self._listed))
        changed = {name for intervention, _ in self._interventions for name in intervention.columns()}
        return frozenset(self.schedule.columns() | measured | changed)

    def _let_mesa_begin(self) -> None:
        """Let Mesa make what belongs to a model of its own, without touching what is there already."""
        there = self.__dict__.copy()
        Model.__init__(self, rng=self.seed)
        if type(self).step is Ecosystem.step:  # nothing to wrap: without, the model is no cycle and goes when unused
            self.__dict__.pop("step", None), self.__dict__.pop("_user_step", None)
        self.__dict__.update(there)

    def _begin(self, world: World) -> None:
        """Live in a world from now on."""
        self.world = world
        keep_memory_of(world)
        world.origin = (self.settings.ecosystem, self.seed)
        faults = [
            *self.schedule.faults(world.labels),
            *(
                f"interventions[{place}].{fault}"
                for place, (intervention, _) in enumerate(self._interventions)
                for fault in intervention.faults(world)
            ),
        ]
        if faults:
            raise InputError(faults)
        rules = self.schedule.bound
        self._watched = Watched(world, [name for rule in rules.values() for name in rule.writes])
        measured = self.measures if self.own_measures else self._listed
        read = (name for measure in self.measures for name in measure.reads)
        still = unmoved(read, rules, (one for one, _ in self._interventions))
        self.recorder = Recorder(measured, world.labels, self.settings.record, self.settings.ticks, unmoved=still)
        if self.settings.record.events and self.settings.record.reasons:
            world.reasons = Reasons()
        if any(isinstance(mechanism, AgentRules) for _, mechanism in self.schedule):
            world.agents = self._register

    def _intervene(self) -> None:
        for intervention, luck in self._interventions:
            if intervention.is_due(self.world.tick):
                did = intervention.apply(self.world, luck.key(self.world.tick))
                self.recorder.intervened(self.world.tick, intervention.do, **did._asdict())
                self.world.commit()

    def _plain_settings(self) -> dict[str, Any]:
        """Return the settings as plain data, with the mechanisms that were added to them."""
        mechanisms = self.schedule.mechanisms
        return plain(self.settings.model_copy(update={"schedule": tuple(mechanisms), "dynamics": mechanisms}))


class _OfMesa:
    """What Mesa makes for each model, made when first asked for, all of it at once.

    Its two generators, which no mechanism of ecosim draws from, take a twentieth as long to make as a small run.
    (``__getattr__`` would do the same, and make every attribute of the model slower to read.)
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, model: Ecosystem | None, kind: type[Ecosystem]) -> Any:
        if model is None:
            return self
        model._let_mesa_begin()
        return model.__dict__[self.name]


for _name in vars(Model(rng=0)).keys() - {"steps", "step", "_user_step"}:
    setattr(Ecosystem, _name, _OfMesa(_name))


def _checked(settings: object) -> Settings:
    """Return settings; refuse what is none, with the way to them."""
    if isinstance(settings, Settings):
        return settings
    way = "ecosim.load('town')"
    if isinstance(settings, str | Path):
        is_file = Path(settings).suffix in (".yaml", ".yml")
        way = f"ecosim.load({'scenario=' if is_file else ''}{shown(str(settings))})"
    elif isinstance(settings, Mapping):
        way = "ecosim.settings.settings_from(…)"
    raise InputError(f"settings is {shown(settings)}; allowed: what ecosim.load returns: ecosim.Ecosystem({way})")


def _seed(seed: object) -> int:
    """Return a seed as Python's whole number, be it NumPy's; refuse what is none."""
    if isinstance(seed, bool) or not isinstance(seed, Integral) or not 0 <= int(seed) <= LARGEST_SEED:
        raise InputError(f"rng is {seed!r}; allowed: a seed, a whole number from 0 to {LARGEST_SEED}")
    return int(seed)


def _ticks(ticks: object) -> int:
    """Return a number of ticks as Python's whole number, be it NumPy's; refuse what is none."""
    if isinstance(ticks, bool) or not isinstance(ticks, Integral) or int(ticks) < 0:
        raise InputError(f"ticks is {shown(ticks)}; allowed: a whole number of at least 0")
    return int(ticks)


def _refuse_unnamed(**own: object) -> None:
    """Refuse mechanisms or measures of a user's own that come without the names under which they go."""
    faults = [
        f"{key} is {shown(given)}; allowed: a mapping of names, {key}={{'name': …}}"
        for key, given in own.items()
        if given is not None and not isinstance(given, Mapping)
    ]
    if faults:
        raise InputError(faults)


def in_order(settings: Settings, own: Mapping[str, Mechanism]) -> dict[str, Mechanism]:
    """Return the mechanisms by name in the order in which they act.

    Raises:
        InputError: if the schedule names none of them, or one of a user's own is no mechanism.
    """
    known = {**settings.dynamics, **own}
    faults = [
        f"dynamics.{name} is {rule!r}; allowed: an ecosim.Mechanism"
        for name, rule in own.items()
        if not isinstance(rule, Mechanism)
    ]
    faults += [
        f"schedule names '{name}'; {did_you_mean(name, known)}" for name in settings.schedule if name not in known
    ]
    if faults:
        raise InputError(faults)
    order = (*settings.schedule, *(name for name in own if name not in settings.schedule))
    return {name: known[name] for name in order}


def with_luck(interventions: Sequence[Intervention], seed: int) -> list[tuple[Intervention, Stream]]:
    """Return each intervention with its stream: the second ``invite`` keeps its luck whatever other kinds there are."""
    counts: dict[str, Any] = {}
    pairs = []
    for intervention in interventions:
        place = counts[intervention.do] = counts.get(intervention.do, 0) + 1
        pairs.append((intervention, stream(seed, f"interventions/{intervention.do}/{place}")))
    return pairs


@remembered
def _read_by(measures: tuple[Measure, ...]) -> frozenset[str]:
    """Return the columns that measures read."""
    return frozenset(name for measure in measures for name in measure.reads)


@lru_cache(maxsize=64)
def measures_named(names: tuple[str, ...], labels: Labels) -> tuple[Measure, ...]:
    """Return the measures that settings name; looked up once for all the runs of a sweep."""
    return tuple(find_measures(names, labels)) if names else ()
