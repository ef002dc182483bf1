"""Mechanisms of a configuration: from plain data to rules with their parameters, and whether all of them will act."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from ecosim.configuration_errors import Source, faults_of, spelt
from ecosim.dynamics.mechanism import Mechanism
from ecosim.errors import InputError, did_you_mean, shown
from ecosim.rules import RULES, find_rule

Model = TypeVar("Model", bound=BaseModel)


class KnownMechanisms(Protocol):
    """Mechanisms that were made before."""

    def mechanism(self, name: str, given: Any, activation: Any) -> Mechanism | None:
        """Return the mechanism of this name, if it was made of what is given now."""


def mechanisms_from(
    data: Any, activation: Any, trust: frozenset[str], source: Source, seen: KnownMechanisms | None
) -> tuple[dict[str, Mechanism | None], list[str]]:
    """Return the mechanisms that can be made (None for those that cannot), and the faults of the others.

    Args:
        data: what the configuration says under ``dynamics``.
        activation: who acts when, in all that have an activation and are not given their own; None: as they say.
        trust: packages whose rules may be imported.
        source: where the configuration was read, for messages.
        seen: mechanisms that were made before; None for none.
    """
    if not isinstance(data, dict):
        return {}, [f"{source.at(('dynamics',))}: {shown(data)}; allowed: a mapping of names, each to a rule"]
    made: dict[str, Mechanism | None] = {}
    faults: list[str] = []
    for name, given in data.items():
        if seen is not None and (before := seen.mechanism(name, given, activation)) is not None:
            made[name] = before
            continue
        made[name], more = _mechanism(name, given, data, activation, trust, source)
        faults += more
    return made, faults


def _mechanism(
    name: str, given: Any, names: Iterable[str], activation: Any, trust: frozenset[str], source: Source
) -> tuple[Mechanism | None, list[str]]:
    here: tuple[str, ...] = ("dynamics", name)
    if not _NAME.fullmatch(name):
        return None, [f"{source.at(here)}: {shown(name)}; allowed: a name of letters, digits and _"]
    if not isinstance(given, dict):
        return None, [f"{source.at(here)}: {shown(given)}; allowed: a mapping such as {{rule: bounded_confidence}}"]
    if "rule" not in given:
        others = [other for other in names if other != name]
        return None, [
            f"{source.at(here)}: the key rule is missing; it names the mechanism; {did_you_mean(name, others)}"
        ]
    try:
        rule = find_rule(given["rule"], trust)
    except InputError as error:
        return None, [f"{source.at((*here, 'rule'))}: {fault}" for fault in error.faults]
    parameters = {key: value for key, value in given.items() if key != "rule"}
    unknown = [key for key in parameters if key not in rule.model_fields]
    if unknown and (owner := _owner(unknown, given["rule"])):
        return None, [_left_over(here, unknown, owner, given["rule"], source)]
    if activation is not None and "activation" in rule.model_fields:
        parameters.setdefault("activation", activation)
    try:
        return validated(rule, parameters, source, here, trust)
    except (ImportError, AttributeError) as error:  # of a function that a rule for agents names
        return None, [f"{source.at(here)}: {error}"]


def _owner(unknown: list[str], rule: str) -> str | None:
    """Return another rule of the same kind that has all of these parameters; None if there is none.

    Where only the name of a rule is changed, the parameters of the old one are left. Rules of a kind lie in one folder.
    """
    kind = _kind(rule)
    others = (other for other in RULES if other != rule and kind and _kind(other) == kind)
    return next((other for other in others if find_rule(other).model_fields.keys() >= set(unknown)), None)


def _kind(rule: str) -> str:
    folder = RULES.get(rule, "").partition(":")[0].rpartition(".")[0]
    return "" if folder == _WITHOUT_KIND else folder


def _left_over(here: tuple[str, ...], unknown: list[str], owner: str, rule: str, source: Source) -> str:
    key = spelt(here)
    return (
        f"{source.at(here)}: {', '.join(unknown)} {'belongs' if len(unknown) == 1 else 'belong'} to the rule {owner}, not "
        f"to {rule}; to change the rule, with its own parameters, write '{key}={{rule: {rule}}}' (a sweep over rules: "
        f"'{key}={{rule: {rule}}},{{rule: {owner}}}')"
    )


_WITHOUT_KIND = "ecosim.dynamics"
"""Where the rules lie that have no alternatives."""


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def validated(
    model: type[Model],
    data: dict[str, Any],
    source: Source,
    before: tuple[str, ...] = (),
    trust: frozenset[str] = frozenset(),
) -> tuple[Model | None, list[str]]:
    """Return what a model makes of data, or None and all faults.

    Args:
        model: which.
        data: plain values.
        source: where they were read, for messages.
        before: the keys that lead to them.
        trust: packages from which names in them may be imported.
    """
    try:
        # Through JSON: there, strict takes a list for a tuple, which is all that YAML has.
        return model.model_validate_json(json.dumps(data), context={"trust": trust}), []
    except ValidationError as error:
        return None, faults_of(error, model, data, source, before)


def activation_faults(activation: Any, dynamics: Mapping[str, Mechanism | None]) -> list[str]:
    """Refuse an order of acting that nobody would keep: in these mechanisms there is none to choose."""
    rules = [type(rule) for rule in dynamics.values() if rule is not None]
    if activation not in ("random", "sweep") or not rules or len(rules) < len(dynamics):
        return []
    if any("activation" in rule.model_fields for rule in rules):
        return []
    return [
        f"activation: {shown(activation)}, but no mechanism of dynamics has an activation; allowed: simultaneous, or a "
        "rule that has one, such as bounded_confidence or fermi_imitation"
    ]


def schedule_faults(schedule: Iterable[str], dynamics: Mapping[str, Any]) -> list[str]:
    """Return what is wrong where the schedule and dynamics do not name the same mechanisms, each once."""
    names = list(schedule)
    faults = [
        f"schedule: {shown(name)} is no mechanism of dynamics; {did_you_mean(name, dynamics, most=40)}"
        for name in dict.fromkeys(names)
        if name not in dynamics
    ]
    faults += [
        f"schedule: {shown(name)} twice; allowed: once (give the rule a second name in dynamics to run it twice a tick)"
        for name in twice(names)
    ]
    return faults + [
        f"dynamics.{name}: not in the schedule, so it would never act; add it to schedule, or switch it off with "
        f"~dynamics.{name}"
        for name in dynamics
        if name not in names
    ]


def without_switched_off(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data without the mechanisms that are null, in ``dynamics`` as in ``schedule``."""
    dynamics, schedule = data.get("dynamics"), data.get("schedule")
    if not isinstance(dynamics, dict):
        return dict(data)
    off = {name for name, value in dynamics.items() if value is None}
    rest = {**data, "dynamics": {name: value for name, value in dynamics.items() if name not in off}}
    if isinstance(schedule, list):
        rest["schedule"] = [name for name in schedule if not (isinstance(name, str) and name in off)]
    return rest


def twice(names: Iterable[str]) -> list[str]:
    """Return the names that come more than once."""
    return [name for name, count in Counter(names).items() if count > 1]
