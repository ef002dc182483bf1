"""A world in which every rule there is acts at once: the town, and beside its own rules all others of ``RULES``."""

import hashlib
from typing import Any

from ecosim.compose import load
from ecosim.dynamics.agent_rules import AgentRules
from ecosim.ecosystem import Ecosystem
from ecosim.rules import RULES
from ecosim.settings import Settings, plain, settings_from

ORGANISATIONS, CITIZENS, TICKS = 40, 120, 24

_IN_TURN = {"moran": "random", "naming_game": "random", "committed_minority": "sweep", "thresholds": "random"}
_TOLD = {
    "synergist": {"budget": 3},
    "strategist": {"budget": 2, "every": 3},
    "sharing": {"by": "shapley"},
    "turnover": {"floor": 0.6, "patience": 2, "entry": "rate", "rate": 0.05, "born": "recombined"},
    "technology": {"innovation": 0.1},
    "policy": {"convening": 0.3, "least": 0.5, "enforcement": 0.5},
    "joining": {"merging": 0.5, "largest": 8},
    "culture_dissemination": {"noise": 0.2},
    "change": {"demand_noise": 0.1, "motive_noise": 0.1, "shock_rate": 0.3},
}
"""What is set so that a rule does something within few ticks."""


def everything_settings(**more: Any) -> Settings:
    """Return settings in which all rules act but those of agents, which come from code, in the order of ``RULES``."""
    town = plain(load("town"))
    ours = {given["rule"]: (name, given) for name, given in town["dynamics"].items()}
    dynamics: dict[str, dict[str, Any]] = {}
    for rule in RULES:
        if rule != "agent_rules":
            name, given = ours.get(rule, (rule, {"rule": rule}))
            turn = {"activation": _IN_TURN[rule]} if rule in _IN_TURN else {}
            dynamics[name] = {**given, **turn, **_TOLD.get(rule, {})}
    for given in dynamics.values():  # each three times as often, so that all act within few ticks
        given["every"] = max(1, given.get("every", 1) // 2)
    ecosystem = {**town["ecosystem"], "organisations": ORGANISATIONS, "members": {"each": 3}, "committed": 0.1}
    ecosystem.update({"active": 0.1, "convention": 0.4, "citizens": {"count": CITIZENS}, "invest": {"value": 0.3}})
    kept = {key: value for key, value in town.items() if key not in ("schedule", "dynamics", "ecosystem", "ticks")}
    return settings_from({**kept, "ecosystem": ecosystem, "dynamics": dynamics, "ticks": TICKS, **more})


def everything(*, rng: int = 1, **more: Any) -> Ecosystem:
    """Return a model in which every rule acts."""
    return Ecosystem(everything_settings(**more), rng=rng, dynamics=rules_of_agents())


def rules_of_agents() -> dict[str, AgentRules]:
    """Return the one rule that comes from code: everyone spends, by the model's own luck, too."""
    return {"spending": AgentRules(function=spend, changes=("capital",))}


def spend(agent: Any) -> None:
    """Let an agent spend up to a hundredth of what it has."""
    agent.capital *= 1.0 - 0.01 * agent.model.random.random()


def digest_of(model: Ecosystem) -> str:
    """Return a digest of every bit of the world and of what was recorded."""
    digest = hashlib.sha256(world_digest(model).encode())
    for name, values in sorted(model.recorder.series().items()):
        digest.update(name.encode() + values.tobytes())
    return digest.hexdigest()


def world_digest(model: Ecosystem) -> str:
    """Return a digest of every bit of the world."""
    digest = hashlib.sha256()
    for name, values in sorted(model.world.arrays().items()):
        digest.update(name.encode() + str(values.dtype).encode() + values.tobytes())
    return digest.hexdigest()
