"""Worlds drawn by chance: the town, small, with any parameters of its mechanisms and other rules in place of some."""

import types
from collections.abc import Iterator
from itertools import chain
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

import annotated_types as bounds
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from ecosim.compose import load
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
        {"rule": "bounded_confidence", "listening": "one", "activation": "sweep"},
        {"rule": "friedkin_johnsen"},
        {"rule": "structural_balance"},
    ),
    "contribution": ({"rule": "best_response"}, {"rule": "aspiration"}),
    "imitation": (
        {"rule": "fermi_imitation"},
        {"rule": "payoff_proportional_imitation"},
        {"rule": "moran", "activation": "random"},
        {"rule": "moran", "activation": "sweep", "order": "death_birth"},
    ),
}
"""Name in the town's schedule to the rules that may stand there; the first is the town's own."""

LEFT_ALONE = {
    # These depend on each other, and a wrong pair is refused; INSTEAD and everything.py have them.
    "activation", "steps", "listening", "order", "fitness", "intensity", "bounded_confidence.reach",
    # Between two turns of work memberships come and go, and what was made is no longer theirs to share.
    "joint_work.every",
    # Whom newcomers take after is undefined where their sector has emptied; without room, entry by rate has no end.
    "turnover.born", "turnover.entry",
}  # fmt: skip

LESS: dict[str, float] = {
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
    """

    organisations: int
    citizens: int
    seed: int
    rules: dict[str, dict[str, Any]]
    changed: dict[str, dict[str, Any]]

    def settings(self, **more: Any) -> Settings:
        """Return the settings of a run of this world."""
        dynamics = {}
        for name, given in TOWN["dynamics"].items():
            dynamics[name] = {**self.rules.get(name, given), **self.changed.get(name, {})}
        given = ("dynamics", "schedule", "ecosystem", "measures", "ticks")
        ecosystem = {**TOWN["ecosystem"], "organisations": self.organisations, "citizens": {"count": self.citizens}}
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
        values = _VALUES[instead["rule"]]
        chosen = draw(st.lists(st.sampled_from(sorted(values)), max_size=3, unique=True))
        if chosen:
            changed[name] = {parameter: draw(values[parameter]) for parameter in chosen}
    organisations, citizens = draw(st.integers(5, 40)), draw(st.sampled_from([0, 3, 60]))
    return DrawnWorld(organisations, citizens, draw(st.integers(0, 1000)), rules, changed)


def values_of(field: FieldInfo, most: float | None) -> st.SearchStrategy[Any] | None:
    """Return values of a parameter within its declared range, both ends among them; None for one that is not a number."""
    kinds = [kind for kind in _kinds_of(field.annotation) if kind is not types.NoneType]
    kind = kinds[0]
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    if kind is bool:
        return st.booleans()
    if kind not in (int, float):
        return None
    low, high, is_open = _range_of(field)
    if low is None:
        return None
    if kind is int:
        return st.integers(int(low), int(min(high, most or 2 * MOST)))
    least = float(low) + (NEAR if is_open else 0.0)
    high = float(min(high, most or MOST))
    return st.one_of(st.just(least), st.just(high), st.floats(least, high))


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
        name: values_of(field, LESS.get(f"{rule}.{name}"))
        for name, field in find_rule(rule).model_fields.items()
        if not {name, f"{rule}.{name}"} & LEFT_ALONE
    }
    return {name: values for name, values in found.items() if values is not None}


_RULES = {given["rule"] for given in (*TOWN["dynamics"].values(), *chain.from_iterable(INSTEAD.values()))}
_VALUES = {rule: _values_of_rule(rule) for rule in sorted(_RULES)}
