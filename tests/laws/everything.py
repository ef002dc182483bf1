"""A world in which every rule there is acts at once: the town, and beside its own rules all others of ``RULES``."""

import hashlib
from collections.abc import Mapping
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

VARIANTS: tuple[dict[str, dict[str, Any]], ...] = (
    {},
    {
        "attraction_repulsion": {"activation": "random"},
        "bounded_confidence": {"listening": "one", "activation": "sweep", "reach": 0.5},
        "friedkin_johnsen": {"activation": "random", "weighing": "trust"},
        "structural_balance": {"bounds": "rescaling"},
        "culture_dissemination": {"activation": "random"},
        "committed_minority": {"activation": "random", "reach": 0.5},
        "thresholds": {"activation": "simultaneous", "seen": "everyone"},
        "naming_game": {"activation": "sweep", "reach": 0.5},
        "synergist": {"introduces": "peripheral", "among": "friends_of_friends", "candidates": 1000},
        "strategist": {"budget": 20, "every": 1},
        "joining": {"merging": 1.0, "initiative": 1.0, "looking": 1.0, "selectivity": 0.01, "largest": 20},
        "change": {"motive_return": 0.1},
        "meeting": {"forums": 0.5, "likeness": 0.2, "complementarity": 0.2, "friends": 0.1},
        "landscape": {"activation": "steepest", "every": 11},
        "fermi_imitation": {"among": "everyone", "within": "sector", "trembling": 0.1, "activation": "sweep"},
        "moran": {"order": "death_birth", "activation": "simultaneous"},
        "research": {"activation": "random"},
        "public_goods": {"groups": "coalitions"},
        "synergy_goods": {"groups": "mixed"},
        "sharing": {"by": "need"},
        "parallel_search": {"error": 0.2, "drift": 0.1, "activation": "random"},
        "turnover": {"born": "founded", "entry": "replacing"},
    },
    {
        "sharing": {"by": "shapley", "exact_to": 2, "samples": 20},
        "synergist": {"introduces": "most_alike"},
        "levels": {"stance": "friedkin_johnsen"},
        "landscape": {"activation": "simultaneous"},
        "turnover": {"born": "imitating"},
    },
)
"""Other ways in which rules can act, so that together all their kernels do."""


def everything_settings(changed: Mapping[str, Mapping[str, Any]] | None = None, **more: Any) -> Settings:
    """Return settings in which all rules act but those of agents, which come from code, in the order of ``RULES``.

    Args:
        changed: parameters by rule, in place of others.
        more: further settings, in place of the town's.
    """
    town = plain(load("town"))
    ours = {given["rule"]: (name, given) for name, given in town["dynamics"].items()}
    dynamics: dict[str, dict[str, Any]] = {}
    for rule in RULES:
        if rule != "agent_rules":
            name, given = ours.get(rule, (rule, {"rule": rule}))
            turn = {"activation": _IN_TURN[rule]} if rule in _IN_TURN else {}
            said = {**turn, **_TOLD.get(rule, {}), **(changed or {}).get(rule, {})}
            often = max(
                1, given.get("every", 1) // 2
            )  # twice as often as in the town, so that all act within few ticks
            dynamics[name] = {**given, "every": often, **said}
    ecosystem = {**town["ecosystem"], "organisations": ORGANISATIONS, "members": {"each": 3}, "committed": 0.1}
    ecosystem.update({"active": 0.1, "convention": 0.4, "citizens": {"count": CITIZENS}, "invest": {"value": 0.3}})
    kept = {key: value for key, value in town.items() if key not in ("schedule", "dynamics", "ecosystem", "ticks")}
    return settings_from({**kept, "ecosystem": ecosystem, "dynamics": dynamics, "ticks": TICKS, **more})


def everything(*, rng: int = 1, changed: Mapping[str, Mapping[str, Any]] | None = None, **more: Any) -> Ecosystem:
    """Return a model in which every rule acts."""
    return Ecosystem(everything_settings(changed, **more), rng=rng, dynamics=rules_of_agents())


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
