"""Small ecosystems for tests: opinions only, or organisations with ties, coalitions, issues and capital."""

from typing import Any

from ecosim.ecosystem import Ecosystem
from ecosim.measures.measure import Measure
from ecosim.settings import Settings, settings_from
from ecosim.world.world import World


def opinion_settings(organisations: int = 30, ticks: int = 20, **more: Any) -> Settings:
    """Return settings of a model of opinions."""
    network = {"kind": "random", "degree": 4}
    return settings_from(
        {
            "ticks": ticks,
            "ecosystem": {"organisations": organisations, "network": network, "stance": {"axes": 2}},
            "dynamics": {"stance": {"rule": "bounded_confidence", "listening": "one"}},
            **more,
        }
    )


def coupled_settings(organisations: int = 40, ticks: int = 20, **more: Any) -> Settings:
    """Return settings in which ties and coalitions come and go, and capital follows."""
    rules = ("change", "issue", "market", "motivation", "meeting", "joining", "best_response", "joint_work")
    return settings_from(
        {
            "ticks": ticks,
            "ecosystem": {"organisations": organisations, "network": {"kind": "random", "degree": 4}},
            "dynamics": {
                "stance": {"rule": "attraction_repulsion"},
                **{rule: {"rule": rule} for rule in rules},
                **{rule: {"rule": rule} for rule in ("sharing", "ripple", "relationship", "ledger")},
                "joining": {"rule": "joining", "production": "joint_work"},
            },
            **more,
        }
    )


def opinions(organisations: int = 30, *, rng: int = 1, **more: Any) -> Ecosystem:
    """Return a model of opinions."""
    return Ecosystem(opinion_settings(organisations, **more), rng=rng)


def coupled(organisations: int = 40, *, rng: int = 1, **more: Any) -> Ecosystem:
    """Return a model in which everything that may change does."""
    return Ecosystem(coupled_settings(organisations, **more), rng=rng)


def quiet(
    *interventions: dict[str, Any], organisations: int | dict[str, int] = 40, network: str = "random", ticks: int = 20
) -> Ecosystem:
    """Return a model in which nothing happens but these interventions."""
    settings = settings_from(
        {
            "ticks": ticks,
            "ecosystem": {
                "organisations": organisations,
                "issues": [{"name": "water"}, {"name": "work"}],
                "network": {"kind": network, "degree": 4} if network == "random" else {"kind": network},
                "stance": {"axes": ["left", "up"]},
            },
            "interventions": list(interventions),
        }
    )
    needs = ("capital", "stance", "trust", "bond", "severity", "urgency", "salience", "coalition_issue")
    return Ecosystem(settings, measures={"all": _reader(needs)})


def _reader(columns: tuple[str, ...]) -> Measure:
    return Measure("all", "nothing", "1", lambda world: 0.0, reads=columns)


def differing(one: World, other: World) -> list[str]:
    """Return the columns in which two worlds differ in any bit."""
    here, there = one.arrays(), other.arrays()
    assert here.keys() == there.keys()
    return [
        name
        for name, values in here.items()
        if values.shape != there[name].shape
        or values.dtype != there[name].dtype
        or values.tobytes() != there[name].tobytes()
    ]
