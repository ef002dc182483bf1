"""Worlds drawn by chance: the town, small, with any parameters of its mechanisms and other rules in place of some."""

import types
from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import annotated_types as bounds
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from ecosim.compose import load
from ecosim.dynamics.change import Shock
from ecosim.dynamics.gap import Gap
from ecosim.ecosystem import Ecosystem
from ecosim.rules import find_rule
from ecosim.settings import Settings, plain, settings_from

TICKS = 16
MOST = 10.0
"""What has no upper limit, or a higher one, is drawn up to here, a whole number up to twice it: a world stays small."""

NEAR = 1e-3
"""How near an end that is not allowed itself is drawn."""

TOWN = plain(load("town"))

INSTEAD: dict[str, tuple[dict[str, Any], ...]] = {
    "stance": (
        {"rule": "attraction_repulsion"},
        {"rule": "bounded_confidence"},
        {"rule": "friedkin_johnsen"},
        {"rule": "structural_balance"},
    ),
    "contribution": ({"rule": "best_response"}, {"rule": "aspiration"}),
    "imitation": (
        {"rule": "fermi_imitation"},
        {"rule": "payoff_proportional_imitation"},
        {"rule": "moran"},
    ),
}
"""Name in the town's schedule to the rules that may stand there; the first is the town's own."""

_TURNS: tuple[dict[str, Any], ...] = ({}, {"activation": "sweep"}, {"activation": "random"})
_STEPS: tuple[dict[str, Any], ...] = (*_TURNS, {"activation": "random", "steps": 9})

TOGETHER: dict[str, tuple[dict[str, Any], ...]] = {
    "attraction_repulsion": _STEPS,
    "bounded_confidence": (
        {},
        {"listening": "one"},
        {"listening": "one", "activation": "sweep", "reach": 1.0},
        {"listening": "each_other", "activation": "random", "steps": 9, "reach": 0.5},
    ),
    "committed_minority": _STEPS,
    "culture_dissemination": _STEPS,
    "friedkin_johnsen": _TURNS,
    "landscape": (*_TURNS, {"activation": "steepest"}, {"activation": "simultaneous"}),
    "naming_game": _STEPS[1:],
    "research": _TURNS,
    "thresholds": _STEPS,
    "fermi_imitation": _STEPS,
    "payoff_proportional_imitation": _STEPS,
    "moran": (
        {"activation": "random"},
        {"activation": "random", "steps": 9, "intensity": 1.0},
        {"activation": "random", "fitness": "exponential", "intensity": 3.0},
        {"activation": "sweep", "order": "death_birth"},
        {"activation": "simultaneous", "order": "death_birth", "fitness": "exponential"},
    ),
    "parallel_search": _TURNS,
    "turnover": ({}, {"entry": "rate", "room": 60}, {"entry": "rate", "room": 25, "rate": 1.0}),
}
"""Rule to parameters that depend on each other (a wrong pair is refused; without room, entry by rate has no end)."""

GROUPS: dict[str, tuple[str, ...]] = {
    "ledger.answerable": ("government", "business"),
    "policy.regulated": ("business", "civil_society"),
    "parallel_search.adaptive": ("government", "business"),
}
"""Parameter that names sectors to those that are drawn, in any number."""

BESIDES = (
    "committed_contribution", "committed_minority", "committed_stance", "culture_dissemination", "landscape", "levels",
    "naming_game", "public_goods", "research", "strategist", "synergy_goods", "threshold_goods", "thresholds",
)  # fmt: skip
"""Rules that the town lacks, of which any two may act at the end of a tick."""

LEFT_ALONE = {
    # Names of mechanisms and of sectors of which the laws know what they are; and a matrix that fits one world only.
    "meeting", "production", "joining", "levels.stance", "meeting.convener", "market.customers", "market.taxes",
    "friedkin_johnsen.weights",
    # What is drawn together, and no more room than there.
    "activation", "steps", "listening", "order", "fitness", "intensity", "bounded_confidence.reach", "turnover.entry",
    "turnover.room",
}  # fmt: skip

LESS: dict[str, float] = {
    "turnover.rate": 1.0, "culture_dissemination.traits": 3, "strategist.candidates": 40,
    "sharing.exact_to": 6, "sharing.samples": 40,
    "meeting.friends": 0.4, "meeting.complementarity": 0.3, "meeting.forums": 0.2, "meeting.likeness": 0.1,
    "parallel_search.interdependence": TOWN["ecosystem"]["practices"] - 1,
}  # fmt: skip
"""Parameter to the most that is drawn, where more would take long or be refused: ways of meeting are parts of one whole."""


class DrawnWorld(NamedTuple):
    """What was drawn.

    Attributes:
        organisations: how many.
        citizens: how many.
        seed: of the run.
        rules: name in the schedule to what stands there, where it is not the town's own rule.
        changed: name in the schedule, then parameter, to its value, where it is not the town's.
        besides: rules that the town lacks, which act at the end of a tick.
    """

    organisations: int
    citizens: int
    seed: int
    rules: dict[str, dict[str, Any]]
    changed: dict[str, dict[str, Any]]
    besides: tuple[str, ...] = ()

    def settings(self, **more: Any) -> Settings:
        """Return the settings of a run of this world."""
        dynamics = {}
        for name, given in TOWN["dynamics"].items():
            dynamics[name] = {**self.rules.get(name, given), **self.changed.get(name, {})}
        for rule in self.besides:
            dynamics[rule] = {"rule": rule, **self.changed.get(rule, {})}
        given = ("dynamics", "schedule", "ecosystem", "measures", "ticks")
        ecosystem = {**TOWN["ecosystem"], "organisations": self.organisations, "citizens": {"count": self.citizens}}
        if self.besides:
            ecosystem.update({"members": {"each": 3}, "committed": 0.1, "active": 0.1, "convention": 0.4})
        town = {key: value for key, value in TOWN.items() if key not in given}
        return settings_from({**town, "ecosystem": ecosystem, "dynamics": dynamics, "ticks": TICKS, **more})

    def model(self, **more: Any) -> Ecosystem:
        """Return a model of this world before its first tick."""
        return Ecosystem(self.settings(**more), rng=self.seed)


@st.composite
def drawn_worlds(draw: st.DrawFn) -> DrawnWorld:
    """Draw a world: of 5 to 40 organisations, up to three parameters of each mechanism anywhere in their ranges.

    What is drawn smaller comes nearer to the town, so that a world in which a law fails is told by what it needs to fail.
    """
    rules, changed = {}, {}
    for name, given in TOWN["dynamics"].items():
        instead = draw(st.sampled_from(INSTEAD.get(name, (given,))))
        if instead["rule"] != given["rule"]:
            rules[name] = instead
        if drawn := _drawn_parameters(draw, instead["rule"]):
            changed[name] = drawn
    besides = tuple(draw(st.lists(st.sampled_from(BESIDES), max_size=2, unique=True)))
    if rules.get("stance", {"rule": _MEETS[0]})["rule"] not in _MEETS:  # levels are bound by a rule by which two meet
        besides = tuple(rule for rule in besides if rule != "levels")
    for rule in besides:
        if drawn := _drawn_parameters(draw, rule):
            changed[rule] = drawn
    organisations, citizens = draw(st.integers(5, 40)), draw(st.sampled_from([0, 3, 60]))
    return DrawnWorld(organisations, citizens, draw(st.integers(0, 1000)), rules, changed, besides)


_MEETS = ("attraction_repulsion", "bounded_confidence", "friedkin_johnsen")


def _drawn_parameters(draw: st.DrawFn, rule: str) -> dict[str, Any]:
    """Return up to three parameters of a rule besides those that go together."""
    values = _VALUES[rule]
    chosen = draw(st.lists(st.sampled_from(sorted(values)), max_size=3, unique=True))
    return {
        **{parameter: draw(values[parameter]) for parameter in chosen},
        **draw(st.sampled_from(TOGETHER.get(rule, ({},)))),
    }


def values_of(field: FieldInfo, most: float | None) -> st.SearchStrategy[Any] | None:
    """Return values of a parameter within its declared range, both ends among them; None for one that is not a number."""
    kinds = _kinds_of(field.annotation)
    kind = next(kind for kind in kinds if kind is not types.NoneType)
    values = _values_of_kind(kind, field, most)
    return values if values is None or types.NoneType not in kinds else st.none() | values


def _values_of_kind(kind: Any, field: FieldInfo, most: float | None) -> st.SearchStrategy[Any] | None:
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    if kind is bool:
        return st.booleans()
    if kind is Gap:
        parts = {name: values_of(part, None) for name, part in Gap.model_fields.items()}
        return st.fixed_dictionaries(
            {}, optional={name: values for name, values in parts.items() if values is not None}
        )
    if field.annotation == tuple[Shock, ...]:
        return st.lists(_SHOCKS, max_size=3)
    low, high, is_open = _range_of(field)
    if get_origin(kind) is Annotated:  # where the range stands with one of several kinds
        kind = get_args(kind)[0]
    if kind not in (int, float) or low is None:
        return None
    if kind is int:
        return st.integers(int(low), int(min(high, most or 2 * MOST)))
    least = float(low) + (NEAR if is_open else 0.0)
    high = float(min(high, most or MOST))
    return st.one_of(st.just(least), st.just(high), st.floats(least, high))


_SHOCKS = st.fixed_dictionaries(
    {
        "at": st.integers(0, TICKS),
        "size": st.floats(-MOST, MOST),
        "on": st.sampled_from(("severity", "urgency", "demand")),
    },
    optional={"issue": st.sampled_from([issue["name"] for issue in TOWN["ecosystem"]["issues"]])},
)


def _range_of(field: FieldInfo) -> tuple[float | None, float, bool]:
    """Return the lower end, the upper end, and whether the lower one itself is not allowed."""
    low, high, is_open = None, float("inf"), False
    for limit in _limits_of(field):
        if isinstance(limit, bounds.Ge):
            low = limit.ge
        elif isinstance(limit, bounds.Gt):
            low, is_open = limit.gt, True
        elif isinstance(limit, bounds.Le):
            high = limit.le
        elif isinstance(limit, bounds.Lt):
            high = limit.lt - NEAR
    return low, high, is_open


def _limits_of(field: FieldInfo) -> Iterator[Any]:
    yield from field.metadata
    for kind in _kinds_of(field.annotation):
        yield from getattr(kind, "__metadata__", ())


def _kinds_of(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)


def _values_of_rule(rule: str) -> dict[str, st.SearchStrategy[Any]]:
    found = {
        name: st.lists(st.sampled_from(GROUPS[f"{rule}.{name}"]), unique=True)
        if f"{rule}.{name}" in GROUPS
        else values_of(field, LESS.get(f"{rule}.{name}"))
        for name, field in find_rule(rule).model_fields.items()
        if not {name, f"{rule}.{name}"} & LEFT_ALONE
    }
    return {name: values for name, values in found.items() if values is not None}


_INSTEAD = chain.from_iterable(INSTEAD.values())
_RULES = {*(given["rule"] for given in (*TOWN["dynamics"].values(), *_INSTEAD)), *BESIDES}
_VALUES = {rule: _values_of_rule(rule) for rule in sorted(_RULES)}
