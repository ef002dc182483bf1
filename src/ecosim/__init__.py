"""ecosim: simulate ecosystems of organisations that collaborate across sectors while they stay different.

Names are imported when they are first used, so that ``import ecosim`` is light.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = (
    False  # as in typing, which takes as long to import as all the rest of this, and Ctrl-C may come meanwhile
)
if TYPE_CHECKING:
    from typing import Any

    from ecosim import testing as testing
    from ecosim.agents import Business, CivilSociety, Government, Organisation
    from ecosim.branching import branch
    from ecosim.compose import load
    from ecosim.dynamics.agent_rules import AgentRules
    from ecosim.dynamics.mechanism import Mechanism
    from ecosim.ecosystem import Ecosystem
    from ecosim.errors import InputError
    from ecosim.experiments.calibration import calibrate
    from ecosim.experiments.compare import compare
    from ecosim.experiments.discovery import discover
    from ecosim.experiments.ranges import Choice, Interval
    from ecosim.experiments.sweep import sweep
    from ecosim.experiments.synergy import synergy
    from ecosim.experiments.tipping import tip
    from ecosim.measures.measure import Measure
    from ecosim.own_tables import actors
    from ecosim.results.run import read
    from ecosim.sweeps.sweep import read_sweep
    from ecosim.world.actors import read_actors
    from ecosim.world.world import World

    __version__: str

_HOMES = {
    "AgentRules": "dynamics.agent_rules",
    "Business": "agents",
    "Choice": "experiments.ranges",
    "CivilSociety": "agents",
    "Ecosystem": "ecosystem",
    "Government": "agents",
    "InputError": "errors",
    "Interval": "experiments.ranges",
    "Measure": "measures.measure",
    "Mechanism": "dynamics.mechanism",
    "Organisation": "agents",
    "World": "world.world",
    "actors": "own_tables",
    "branch": "branching",
    "calibrate": "experiments.calibration",
    "compare": "experiments.compare",
    "discover": "experiments.discovery",
    "load": "compose",
    "read": "results.run",
    "read_actors": "world.actors",
    "read_sweep": "sweeps.sweep",
    "sweep": "experiments.sweep",
    "synergy": "experiments.synergy",
    "tip": "experiments.tipping",
}
"""Name to the module that defines it."""

__all__ = [
    "AgentRules",
    "Business",
    "Choice",
    "CivilSociety",
    "Ecosystem",
    "Government",
    "InputError",
    "Interval",
    "Measure",
    "Mechanism",
    "Organisation",
    "World",
    "__version__",
    "actors",
    "branch",
    "calibrate",
    "compare",
    "discover",
    "load",
    "read",
    "read_actors",
    "read_sweep",
    "sweep",
    "synergy",
    "testing",
    "tip",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        found: Any = version("ecosim")
    elif name == "testing":
        found = importlib.import_module("ecosim.testing")
    elif name in _HOMES:
        found = getattr(importlib.import_module(f"ecosim.{_HOMES[name]}"), name)
    else:
        raise AttributeError(f"module 'ecosim' has no attribute '{name}'")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
