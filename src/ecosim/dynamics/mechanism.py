"""Mechanism: the protocol that every rule of the world follows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ecosim.dynamics.worked_out import WorkedOut, is_anything_worked_out, work_out
from ecosim.rng import Key
from ecosim.world.labels import Labels
from ecosim.world.world import World


class Mechanism(BaseModel):
    """A rule that acts on the world once a tick.

    A subclass is a frozen model: its fields are its parameters, each with type, range, unit and description, declared
    once; configuration, validation, documents and sliders are made from them. ``reads`` and ``writes`` name the columns
    it uses (``ecosim.world.columns``), and ``ecosim.testing.check_mechanism`` holds it to that promise. Besides
    columns, ``writes`` may name ``"ties"``, ``"memberships"`` or ``"organisations"`` where it makes or ends them.

    Everyone acts on the state as it stood when the mechanism began, unless its docstring says otherwise.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, ignored_types=(WorkedOut,))

    reads: ClassVar[tuple[str, ...]] = ()
    writes: ClassVar[tuple[str, ...]] = ()

    every: int = Field(1, ge=1, le=1_000_000, description="ticks from one action to the next")

    def bind(self, schedule: Mapping[str, Mechanism]) -> Self:
        """Return this mechanism with what it needs to know of the others in the schedule, and with what it has worked out.

        Args:
            schedule: every mechanism of the run by its name in the schedule.

        Raises:
            InputError: if one it depends on is of the wrong kind.
        """
        if not is_anything_worked_out(type(self)):
            return self
        bound = self.model_copy()
        work_out(bound)
        return bound

    def faults(self, labels: Labels) -> list[str]:
        """Return what is wrong with it in a world of these words, asked before the first tick; most need nothing.

        Args:
            labels: names of the world's sectors, issues, axes and capabilities.

        Returns:
            One sentence a fault, beginning with the parameter: ``sector names 'busines'; did you mean …``.
        """
        return []

    def never_acting(self, last: int) -> list[str]:
        """Return what it is to do at set ticks and never does, as it does not act at them; most do nothing at set ticks.

        Args:
            last: the last tick of the run.

        Returns:
            One sentence each, beginning with the parameter: ``shocks[0] is to strike at tick 90, but …``.
        """
        return []

    def organisations_after(self, organisations: float, ticks: int) -> float:
        """Return about how many organisations there may be, because of it, after so many ticks; most make none.

        It is asked before a run that would be too large begins (``ecosim.sizes``).

        Args:
            organisations: how many there are at the start.
            ticks: length of the run.
        """
        return organisations

    def step(self, world: World, key: Key) -> None:
        """Act once.

        Args:
            world: the state; only columns named in ``writes`` may change.
            key: the source of every draw; it differs for each mechanism, tick and run.
        """
        raise TypeError(f"{type(self).__name__} has no step")

    def is_default(self, parameter: str) -> bool:
        """Return whether a parameter has its default value."""
        return bool(getattr(self, parameter) == type(self).model_fields[parameter].default)

    @model_validator(mode="after")
    def _can_act(self) -> Self:
        if type(self).step is Mechanism.step:
            raise ValueError(f"{type(self).__name__} has no step; allowed: a class with step(self, world, key)")
        return self

    @classmethod
    def rule(cls) -> str:
        """Return the name by which configuration calls this rule: ``FermiImitation`` is ``fermi_imitation``."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()
