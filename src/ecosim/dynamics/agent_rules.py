"""Agent rules: a rule written in plain Mesa style, for one organisation at a time."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, PlainSerializer, ValidationInfo, field_validator

from ecosim.dynamics.mechanism import Mechanism
from ecosim.errors import raised
from ecosim.rng import Key, uniforms
from ecosim.world.columns import COLUMNS
from ecosim.world.labels import Labels
from ecosim.world.who import unknown
from ecosim.world.world import World

Rule = Annotated[Callable[[Any], object], PlainSerializer(lambda rule: f"{rule.__module__}:{rule.__qualname__}")]
PENDING = ("ties", "memberships", "organisations")


class AgentRules(Mechanism):
    """Calls a function with each organisation's agent in turn: what one does, the next one sees.

    Agents are those of ``model.agents``: ``agent.capital``, ``agent.partners``, ``agent.tie_to(other)``. Their order is
    drawn anew each tick from the mechanism's own luck, not from ``model.random``, so nobody else's draws change it.
    Ties, memberships and organisations that a rule makes or ends take effect when all have acted. One agent at a time
    is slow (about a microsecond for each attribute read or written): the way to try a rule, not to run a large world.

    Concepts:
        Adaptation: Whatever the rules written for single agents say.
        Stochasticity: The order of agents is drawn anew each tick.
    """

    function: Rule = Field(
        description="what an organisation does: a function of its agent; in a file, package.module:function"
    )
    order: Literal["shuffled", "fixed"] = Field("shuffled", description="order in which organisations act")
    sector: str | None = Field(None, description="the only sector that acts; all where there is none")
    changes: Annotated[tuple[str, ...], Field(strict=False)] = Field(
        (),
        description="columns the function writes, and ties, memberships or organisations where it makes or ends them",
    )
    uses: Annotated[tuple[str, ...], Field(strict=False)] = Field((), description="columns the function reads")

    @property
    def reads(self) -> tuple[str, ...]:  # type: ignore[override]  # here it differs from one rule to the next
        """Columns the function was said to read."""
        return ("identity", "sector", *self.uses)

    @property
    def writes(self) -> tuple[str, ...]:  # type: ignore[override]
        """Columns the function was said to write."""
        return self.changes

    @field_validator("function", mode="before")
    @classmethod
    def _import(cls, function: object, info: ValidationInfo) -> object:
        """Import a function that a file names, if its package is trusted (``trust`` of the validation's context)."""
        if not isinstance(function, str):
            return function
        module, _, name = function.partition(":")
        if module.split(".")[0] not in (info.context or {}).get("trust", ()):
            raise ValueError(f"code of the package '{module.split('.')[0]}' runs only if you trust it (--trust)")
        try:
            loaded = importlib.import_module(module)
        except (Exception, SystemExit) as error:  # what a module does while it is imported may raise anything
            raise ValueError(f"cannot be imported: {raised(error)}") from error
        if not hasattr(loaded, name):
            raise ValueError(f"the module {module} holds no '{name}'")
        return getattr(loaded, name)

    @field_validator("changes", "uses")
    @classmethod
    def _are_columns(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        allowed = {*COLUMNS, *(PENDING if info.field_name == "changes" else ())}
        if unknown := [name for name in names if name not in allowed]:
            raise ValueError(f"no column: {', '.join(unknown)}")
        return names

    def faults(self, labels: Labels) -> list[str]:
        return [] if self.sector is None else unknown("sector", [self.sector], labels.sectors)

    def step(self, world: World, key: Key) -> None:
        agents = list(world.agents.in_rows())
        if self.sector is not None:
            agents = [agent for agent in agents if agent.sector_name == self.sector]
        if self.order == "shuffled":
            numbers = np.array([agent.unique_id for agent in agents], np.int64)
            agents = [agents[place] for place in np.argsort(uniforms(key, numbers), kind="stable")]
        for agent in agents:
            self.function(agent)
