"""Faults of a configuration, told so that whoever wrote it can mend it: key, value, what is allowed, nearest name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from ecosim.errors import InputError, did_you_mean, printable, shown
from ecosim.parameters import allowed_at, keys_at
from ecosim.scenario_file import Keys, Places


class Source:
    """Where a configuration was read, so that a fault can name the line.

    Args:
        name: the file, or empty where the values have no file.
        places: line and column of each key, as ``ecosim.scenario_file`` gives them.
    """

    def __init__(self, name: str = "", places: Places | None = None) -> None:
        self.name = name
        self.places = places or {}

    def at(self, keys: Keys) -> str:
        """Return how a fault at these keys begins: ``town.yaml, line 3, column 5: ecosystem.organisations``."""
        place = self.places.get(keys)
        where = f"{printable(self.name)}, line {place[0]}, column {place[1]}: " if self.name and place else ""
        return where + spelt(keys)


def spelt(keys: Keys) -> str:
    """Return keys as configuration and command line write them: ``interventions[0].at``."""
    path = ""
    for key in keys:
        path += f"[{key}]" if isinstance(key, int) else f".{printable(key)}" if path else printable(key)
    return path or "configuration"


def faults_of(
    error: ValidationError, model: type[BaseModel], data: Any, source: Source | None = None, before: Keys = ()
) -> list[str]:
    """Return one sentence for each fault that pydantic found.

    Args:
        error: what pydantic raised.
        model: the model that was to be made.
        data: the plain data it was given.
        source: where the data was read.
        before: keys that lead to the model from the top of the configuration.
    """
    source = source or Source()
    by_path: dict[Keys, list[Mapping[str, Any]]] = {}
    for fault in error.errors(include_url=False):
        by_path.setdefault(_path(fault, data), []).append(fault)
    told: list[str] = []
    for path, found in by_path.items():
        # Of a union's alternatives, those of another type say nothing where one of the right type has its own faults.
        deeper = any(len(other) > len(path) and other[: len(path)] == path for other in by_path)
        found = [fault for fault in found if not (deeper and fault["type"].endswith("_type"))]
        if found:
            told += _sentences(path, found, model, source, before)
    return list(dict.fromkeys(told))


def _path(fault: Mapping[str, Any], data: Any) -> Keys:
    """Return the keys of a fault's place: pydantic's, without the names it gives to the alternatives of a union."""
    keys: list[str | int] = []
    here, parts = data, fault["loc"]
    for position, part in enumerate(parts):
        is_missing = fault["type"] == "missing" and position == len(parts) - 1
        if is_missing or (isinstance(here, dict) and part in here):
            keys.append(part)
            here = None if is_missing else here[part]
        elif isinstance(here, list | tuple) and isinstance(part, int) and part < len(here):
            keys.append(part)
            here = here[part]
    return tuple(keys)


def _sentences(
    path: Keys, found: Sequence[Mapping[str, Any]], model: type[BaseModel], source: Source, before: Keys
) -> list[str]:
    here = source.at((*before, *path))
    own = [fault for fault in found if fault["type"] in ("value_error", "assertion_error")]
    if own:
        return [sentence for fault in own for sentence in _own_words(fault, source, (*before, *path))]
    fault = found[0]
    alternatives = [part for part in fault["loc"] if isinstance(part, str) and part not in path]
    kind, value = fault["type"], fault["input"]
    if kind == "extra_forbidden":
        return [f"{here}: no such key; {did_you_mean(path[-1], keys_at(model, path[:-1], alternatives), most=30)}"]
    if kind == "missing":
        return [f"{here}: missing; allowed: {allowed_at(model, path, alternatives)}"]
    if kind == "union_tag_invalid":
        tags = fault["ctx"]["expected_tags"].replace("'", "").split(", ")
        key = fault["ctx"]["discriminator"].strip("'")
        at = source.at((*before, *path, key))
        return [f"{at}: {shown(fault['ctx']['tag'])}; {did_you_mean(fault['ctx']['tag'], tags)}"]
    if kind == "union_tag_not_found":
        return [f"{here}: the key {fault['ctx']['discriminator']} is missing"]
    if kind == "literal_error":
        words = [word.strip("'") for word in fault["ctx"]["expected"].replace(" or ", ", ").split(", ")]
        return [f"{here}: {_shown_short(value)}; {did_you_mean(value, words)}{_quote(value, words)}"]
    permitted = allowed_at(model, path, alternatives) or fault["msg"][:1].lower() + fault["msg"][1:]
    return [f"{here}: {_shown_short(value)}; allowed: {permitted}{_hint(value, permitted)}"]


def _own_words(fault: Mapping[str, Any], source: Source, path: Keys) -> list[str]:
    """Return what one of our own validators said, with the value only where that is short."""
    error = fault.get("ctx", {}).get("error")
    messages = error.faults if isinstance(error, InputError) else (str(fault["msg"]).split(", ", 1)[-1],)
    value = fault["input"]
    if not path:
        return list(messages)
    is_long = isinstance(value, dict | list | tuple | BaseModel)
    short = _shown_short(value)
    return [
        f"{source.at(path)}: "
        + (message if is_long or str(value) in message or short in message else f"{short}: {message}")
        for message in messages
    ]


def _shown_short(value: Any) -> str:
    if isinstance(value, dict | list | tuple):
        return ("a mapping" if isinstance(value, dict) else "a list") if value else "empty"
    return str(value).lower() if isinstance(value, bool) or value is None else shown(value)


def _hint(value: Any, permitted: str) -> str:
    if isinstance(value, bool | int | float) and "text" in permitted:
        return "; quote it"
    if isinstance(value, str) and "number" in permitted:
        try:
            float(value)
        except ValueError:
            return ""
        return ", without quotes"
    return ""


def _quote(value: Any, words: Sequence[str]) -> str:
    return "; quote it" if isinstance(value, bool | int | float) and words else ""
