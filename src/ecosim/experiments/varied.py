"""Varied: the scenario that a search varies, with all that is the same in every one of its runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecosim.compose import load
from ecosim.errors import InputError
from ecosim.experiments.plan import Plan, plan_of
from ecosim.settings import Settings, with_actors
from ecosim.world.actors import Actors


@dataclass(frozen=True)
class Varied:
    """A scenario, complete but for the values that a search chooses.

    Attributes:
        settings: the scenario as it is where nothing is varied, with the user's own organisations.
        scenario: name of it, or those settings.
        overrides: changes of it, in Hydra's grammar.
        file: a scenario of the user's own, instead of or upon the named one.
        trust: top-level packages whose rules and measures may be imported.
        seed: those of the replicates are derived from it; None for the scenario's.
        actors: the user's own organisations and ties; None for nameless ones.
    """

    settings: Settings
    scenario: str | Settings | None
    overrides: tuple[str, ...]
    file: str | Path | None
    trust: tuple[str, ...]
    seed: int | None
    actors: Actors | None = None

    @classmethod
    def of(
        cls,
        scenario: str | Settings | None,
        overrides: Iterable[str],
        file: str | Path | None,
        trust: Iterable[str],
        seed: int | None,
        actors: Actors | None = None,
    ) -> Varied:
        """Return a scenario that is to be varied; arguments as the attributes.

        Raises:
            InputError: naming every fault of the scenario; or if changes are given besides settings.
        """
        changes, trusted = tuple(overrides), tuple(trust)
        if not isinstance(scenario, Settings):
            settings = load(scenario, *changes, scenario=file, trust=trusted)
        elif changes or file is not None:
            raise InputError("settings are complete; allowed: further changes where a scenario is named")
        else:
            settings = scenario
        return cls(with_actors(settings, actors), scenario, changes, file, trusted, seed, actors)

    @property
    def luck(self) -> int:
        """The seed from which all chance comes."""
        return self.settings.seed if self.seed is None else self.seed

    def plan(self, axes: Mapping[str, Any], replicates: int, design: str = "grid") -> Plan:
        """Return the plan that runs it with some values of some keys.

        Args:
            axes: the values of each key.
            replicates: runs of each point, the same luck in all.
            design: ``grid``, every combination; ``zip``, the first value of each key, then the second of each, …

        Raises:
            InputError: naming every fault of every point.
        """
        return plan_of(
            self.scenario, axes, self.overrides, scenario=self.file, trust=self.trust, design=design,
            replicates=replicates, seed=self.seed, actors=self.actors,
        )  # fmt: skip
