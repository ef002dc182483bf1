"""Running: one run of a plan, wherever it is done, and why it failed if it did."""

from __future__ import annotations

import traceback
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from numpy.typing import NDArray

from ecosim.errors import InputError, said
from ecosim.experiments.plan import Plan
from ecosim.experiments.stopping import Stopped
from ecosim.results.table import Note
from ecosim.settings import Settings
from ecosim.undisturbed import undisturbed
from ecosim.world.actors import Actors

_MOST_SETTINGS = 300


class Ran(NamedTuple):
    """What one run left.

    Attributes:
        series: recorded rows by column, "tick" first.
        notes: unit and meaning of each column.
    """

    series: Mapping[str, NDArray[Any]]
    notes: Mapping[str, Note]


class Failure(NamedTuple):
    """Why a run has no results.

    Attributes:
        kind: ``error`` (it raised), ``not finite``, ``memory``, ``timeout`` or ``killed``.
        message: a sentence.
        traceback: where in the code, as far as it is known.
    """

    kind: str
    message: str
    traceback: str = ""


def late(how: str, seconds: float) -> Failure:
    """Return why a run failed that took more than its time (s)."""
    return Failure("timeout", f"{how}; allowed: {seconds:g} s (--timeout)")


class BrokenCode(Exception):
    """A part of ecosim cannot be loaded, since its files are not as they were: no fault of the run that needs it."""


class Runner:
    """Makes the runs of a plan, one after the other. Replicates of a point share their settings.

    Args:
        plan: of the sweep.
        is_stopped: tells whether somebody has asked for a stop, which then goes through a run; a KeyboardInterrupt that
            a rule raises by itself is a failure like any other.
    """

    def __init__(self, plan: Plan, is_stopped: Callable[[], bool] = lambda: False) -> None:
        self.plan, self._is_stopped = plan, is_stopped
        self._settings: OrderedDict[int, Settings] = OrderedDict()

    def run(self, number: int) -> Ran | Failure:
        """Make a run, 0 ≤ number < runs; whatever its model raises is told, not raised.

        Raises:
            BrokenCode: if ecosim cannot load a part of itself.
        """
        point, _ = self.plan.design.place(number)
        try:
            with undisturbed():
                return _run(self._settings_of(point), self.plan.design.seed_of(number), self.plan.actors)
        except Stopped:
            raise
        except BaseException as error:  # a user's rule may raise anything, or call exit()
            if self._is_stopped():
                raise
            if is_of_loading_ecosim(error):
                raise BrokenCode(
                    f"a part of ecosim, or of what it needs, cannot be loaded ({type(error).__name__}: {said(error)})"
                ) from error
            return failure_of(error)

    def warm_up(self) -> None:
        """Let ecosim's own rules act once, so that they are compiled before any run is timed.

        A user's own rules are left out: they might raise or hang, which must happen in a run of which it can be told.
        """
        try:
            settings = self._settings_of(0)
            own = {name: rule for name, rule in settings.dynamics.items() if _is_ours(type(rule))}
            _run(settings.model_copy(update={"dynamics": own, "schedule": tuple(own), "ticks": 1}), 0, self.plan.actors)
        except Exception:
            return  # whatever it is, the runs themselves will say

    def _settings_of(self, point: int) -> Settings:
        """Return the settings of a point; those of the latest points are kept, for runs go round and round them."""
        if point in self._settings:
            self._settings.move_to_end(point)
            return self._settings[point]
        while len(self._settings) >= _MOST_SETTINGS:
            self._settings.popitem(last=False)
        self._settings[point] = self.plan.settings(point)
        return self._settings[point]


def failure_of(error: BaseException) -> Failure:
    """Return why a run failed that raised this."""
    kind = "error"
    if isinstance(error, MemoryError):
        kind = "memory"
    elif isinstance(error, FloatingPointError):
        kind = "not finite"
    words = said(error)
    told = words if isinstance(error, InputError | FloatingPointError) else f"{type(error).__name__}: {words}"
    told = told if words else type(error).__name__
    return Failure(kind, told, "".join(traceback.format_exception(error)))


def _run(settings: Settings, seed: int, actors: Actors | None) -> Ran:
    from ecosim.ecosystem import Ecosystem  # brings in Mesa: not for whoever only plans

    model = Ecosystem(settings, rng=seed, actors=actors)
    model.run()
    # The last tick was recorded with all its measures: the recorder need not be closed.
    return Ran(model.recorder.series(), model.recorder.notes)


def is_of_loading_ecosim(error: BaseException) -> bool:
    """Return whether ecosim's own code has asked in vain for a module, or for something in one."""
    if not isinstance(error, ImportError):
        return False
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    return str(frame.f_globals.get("__name__")).startswith("ecosim.")


def _is_ours(rule: type) -> bool:
    return rule.__module__.startswith("ecosim.") and rule.__name__ != "AgentRules"
