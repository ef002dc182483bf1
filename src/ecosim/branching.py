"""Branching: the same past and luck, and from here on another story; saving a model and going on from a file."""

from __future__ import annotations

import copy
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np

from ecosim.dynamics.mechanism import Mechanism
from ecosim.errors import InputError, path_of, shown
from ecosim.results.recorder import Recorder
from ecosim.settings import Settings, plain, settings_from
from ecosim.world import snapshot
from ecosim.world.world import World

if TYPE_CHECKING:
    from ecosim.agents import Organisation, Register

MODEL = "model.json"
"""Name, inside a snapshot file, of what a model has besides its world."""

Branched = TypeVar("Branched", bound="Branching")


def branch(model: Branched) -> AbstractContextManager[Branched]:
    """Lend a copy of a model with the same past and the same luck; the original is left as it is.

    Raises:
        InputError: if it is no model.

    Example:
        ``with ecosim.branch(model) as what_if: what_if.organisations["Acme"].leave(); what_if.run(50)``
    """
    if not isinstance(model, Branching):
        raise InputError(f"branch of {shown(model)}; allowed: a model that ecosim.Ecosystem made")
    return _lent(model)


@contextmanager
def _lent(model: Branched) -> Iterator[Branched]:
    yield model.copy()


class Branching:
    """What lets a model be copied, saved and restored; ``ecosim.ecosystem.Ecosystem`` is one."""

    world: World
    recorder: Recorder
    random: Random
    rng: np.random.Generator
    steps: int
    settings: Settings
    seed: int
    tables: dict[str, Any] | None
    own_dynamics: dict[str, Mechanism]
    own_measures: dict[str, Callable[[World], float]]
    _arrange: Callable[..., None]
    _begin: Callable[[World], None]

    def copy(self) -> Self:
        """Return a model with the same past and the same luck that goes on by itself.

        Attributes that a user gave the model, or its agents, are copied too (``copy.deepcopy``).
        """
        twin = type(self).__new__(type(self))
        twin._arrange(self.settings, self.seed, self.own_dynamics, self.own_measures)
        ours = set(twin.__dict__)
        twin._begin(snapshot.copy(self.world))
        twin.recorder, twin.tables = self.recorder.copy(), self.tables
        twin._take_state(self._state())
        known = {*ours, *twin.__dict__, "_register"}
        memory: dict[int, Any] = {id(self): twin, id(self.world): twin.world, id(self.recorder): twin.recorder}
        pairs = self._pair_agents(twin, memory) if "_register" in self.__dict__ else []
        for name in self.__dict__.keys() - known:
            twin.__dict__[name] = copy.deepcopy(self.__dict__[name], memory)
        for agent, its_twin in pairs:
            for name in agent.__dict__.keys() - its_twin.__dict__.keys():
                its_twin.__dict__[name] = copy.deepcopy(agent.__dict__[name], memory)
        return twin

    def save(self, path: str | Path) -> Path:
        """Write the model to a file from which :meth:`restore` goes on as if nothing had happened.

        The file holds the world, the settings and the luck, as plain arrays and JSON: reading one runs no code. What
        has been recorded so far is not in it, nor what a user added to the model or its agents.

        Raises:
            InputError: if the path is none.
            OSError: if it cannot be written.
        """
        path = path_of(path)
        said = {"settings": plain(self.settings), "seed": self.seed, "own": [*self.own_dynamics], **self._state()}
        said["tables"] = self.tables
        unfinished = path.with_name(f".{path.name}.unfinished")
        try:
            snapshot.save(self.world, unfinished)
            with zipfile.ZipFile(unfinished, "a") as file:
                file.writestr(MODEL, json.dumps(said))
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
        return path

    @classmethod
    def restore(
        cls,
        path: str | Path,
        *,
        dynamics: Mapping[str, Mechanism] | None = None,
        measures: Mapping[str, Callable[[World], float]] | None = None,
    ) -> Self:
        """Return the model that :meth:`save` wrote; it goes on, bit for bit, as the one it was saved from.

        Its record begins at the tick of the file.

        Args:
            path: the file.
            dynamics: the user's own mechanisms that the model was made with: code is not in the file.
            measures: the user's own measures, likewise.

        Raises:
            InputError: if the file holds no model, or mechanisms of the user's own are missing.
        """
        path = path_of(path)
        world, said = snapshot.load(path), _said(path)
        missing = set(said["own"]) - set(dynamics or {})
        if missing:
            raise InputError(f"{path}: made with mechanisms of your own, give them again: {', '.join(sorted(missing))}")
        model = cls.__new__(cls)
        model._arrange(settings_from(said["settings"]), said["seed"], dynamics or {}, measures or {})
        model._begin(world)
        model.tables = said.get("tables")
        model._take_state(said)
        model.recorder.record(world)
        return model

    def _state(self) -> dict[str, Any]:
        """Return Mesa's own luck and count, as plain data: rules of agents may draw from ``model.random``."""
        version, numbers, spare = self.random.getstate()
        return {"steps": self.steps, "random": [version, list(numbers), spare], "rng": self.rng.bit_generator.state}

    def _take_state(self, state: Mapping[str, Any]) -> None:
        version, numbers, spare = state["random"]
        self.random.setstate((version, tuple(numbers), spare))
        self.rng.bit_generator.state = state["rng"]
        self.steps = state["steps"]

    def _pair_agents(self, twin: Branching, memory: dict[int, Any]) -> list[tuple[Organisation, Organisation]]:
        register: Register = self.__dict__["_register"]
        other: Any = twin
        pairs = list(zip(register.in_rows(), other._register.in_rows(), strict=True))
        memory.update((id(agent), its_twin) for agent, its_twin in pairs)
        memory[id(register)] = other._register
        return pairs


def _said(path: Path) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(path) as file:
            said: dict[str, Any] = json.loads(file.read(MODEL))
            return said
    except (KeyError, zipfile.BadZipFile, ValueError) as error:
        raise InputError(f"{path}: holds no model; allowed: a file that Ecosystem.save wrote") from error
