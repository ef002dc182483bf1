"""Controls: the handful of parameters that get a slider in a scenario, each as its own declaration describes it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from ecosim.compose import configs, names
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.schedule import columns_named
from ecosim.errors import InputError
from ecosim.experiments.declared import Declared, declared
from ecosim.settings import Settings
from ecosim.world.columns import COLUMNS

MOST_SLIDERS, MOST_ORGANISATIONS = 9, 10_000

LEVERS = (
    "ecosystem.sectors.business.purpose",
    "dynamics.media.fake",
    "dynamics.synergist.budget",
    "dynamics.issue.growth",
    "dynamics.stance.tolerance",
    "dynamics.meeting.rate",
    "dynamics.policy.subsidies",
    "ecosystem.organisations",
)
"""What a facilitator asks for first, wherever a scenario has it: they follow what the scenario itself speaks of."""

_UNASKED = ("every", "steps", "from", "until", "axes", "features")
"""Last words of keys that say when and how finely, not how much: nobody moves them before an audience."""


def sliders(name: str, settings: Settings) -> list[dict[str, Any]]:
    """Return the sliders of a scenario: first what its text names, then what its file states, then ``LEVERS``.

    Args:
        name: of the scenario.
        settings: of the run, whose values the sliders show.

    Returns:
        [{key, label, meaning, low, high, whole, value, column, sector}]. Where ``column`` is there, an intervention may
        set it for the sector while the world runs; all others act when it starts again.
    """
    data = _file(name)
    asked = [*_spoken_of(settings), *_stated(data, ()), *LEVERS]
    found: dict[str, dict[str, Any]] = {}
    for key in asked:
        if key not in found and len(found) < MOST_SLIDERS and (slider := _slider(settings, key)):
            found[key] = slider
    return list(found.values())


def _slider(settings: Settings, key: str) -> dict[str, Any] | None:
    """Return the slider of a key; None where it is no number, or not there in this scenario."""
    words = key.split(".")
    try:
        allowed, model, value = declared(settings, key), _at(settings, words[:-1]), _at(settings, words)
    except InputError:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or words[-1].endswith(_UNASKED):
        return None
    field = type(model).model_fields.get(words[-1]) if isinstance(model, BaseModel) else None
    low, high = _range(allowed, value)
    high = min(high, MOST_ORGANISATIONS) if words[1] == "organisations" else high
    meaning = (field.description or "") if field else f"how many of {words[-2].replace('_', ' ')}: {words[-1]}"
    slider: dict[str, Any] = {"key": key, "label": _label(words), "meaning": meaning}
    slider |= {"low": low, "high": high, "whole": allowed.is_whole, "value": value, "column": None, "sector": None}
    if words[:2] == ["ecosystem", "sectors"] and len(words) == 4 and words[3] in COLUMNS:
        if words[3] not in columns_named(settings.dynamics.values()):
            return None
        slider |= {"column": words[3], "sector": words[2]}
    return slider


def _range(allowed: Declared, value: float) -> tuple[float, float]:
    """Return the ends of a slider: those declared, and where these are far off, room for about three times the value."""
    high = allowed.high if allowed.high <= 1 else min(allowed.high, _round(3 * abs(value) or 1.0))
    low = max(allowed.low, -high) if math.isfinite(allowed.low) else 0.0 if value >= 0 else -high
    if allowed.is_whole:
        low = 1 if allowed.low == -math.inf and value > 0 else math.ceil(low + allowed.is_low_open)
        return low, max(math.ceil(high), int(min(low + 10, allowed.high)))
    margin = (high - low) / 100
    return low + margin * allowed.is_low_open, high - margin * (allowed.is_high_open and high == allowed.high)


def _round(number: float) -> float:
    """Return the next number above of the form 1, 2, 4, 5 or 8 × 10^k."""
    power = 10.0 ** math.floor(math.log10(number))
    return next(step for step in (1, 2, 4, 5, 8, 10) if step * power >= number * (1 - 1e-9)) * power


def _label(words: list[str]) -> str:
    of = [word for word in words[1:-1] if word != "sectors"]
    return f"{' '.join(of)}: {words[-1]}".replace("_", " ") if of else words[-1].replace("_", " ")


def _at(settings: Settings, words: Iterable[str]) -> Any:
    here: Any = settings
    for word in words:
        here = here[word] if isinstance(here, Mapping) else here[int(word)] if word.isdecimal() else getattr(here, word)
    return here


def _spoken_of(settings: Settings) -> Iterator[str]:
    """Yield the keys that a scenario's sentences name; of a mechanism named as a whole, its numbers."""
    for key in re.findall(r"\b(?:ecosystem|dynamics)(?:\.\w+)+", f"{settings.watch} {settings.description}"):
        yield key
        mechanism = settings.dynamics.get(key.removeprefix("dynamics."))
        if isinstance(mechanism, Mechanism):
            yield from (f"{key}.{name}" for name in type(mechanism).model_fields if mechanism.is_default(name))


def _stated(data: Mapping[str, Any], before: tuple[str, ...]) -> Iterator[str]:
    """Yield the keys of all numbers inside ``ecosystem`` and ``dynamics`` of a scenario's own file."""
    for word, value in data.items():
        if before or word in ("ecosystem", "dynamics"):
            if isinstance(value, Mapping):
                yield from _stated(value, (*before, str(word)))
            elif isinstance(value, int | float):
                yield ".".join((*before, str(word)))


def _file(name: str) -> Mapping[str, Any]:
    from ruamel.yaml import YAML

    read = YAML(typ="safe", pure=True).load(configs() / names()[name] / f"{name}.yaml")
    return read if isinstance(read, Mapping) else {}
