"""Meaning: what a parameter is, in its own declaration's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ecosim.errors import InputError
from ecosim.experiments.declared import field_of
from ecosim.settings import Settings, settings_from


def meanings_of(settings: Settings, keys: Iterable[str]) -> dict[str, str]:
    """Return for each key of settings what it is, and its unit; empty where no declaration says so.

    Args:
        settings: in which the keys are looked up.
        keys: with dots: ``dynamics.stance.tolerance``.
    """
    return {key: _meaning(settings, key) for key in keys}


def meanings_in(configurations: Mapping[str, Any], keys: Iterable[str]) -> dict[str, str]:
    """Return the same from the configuration that a folder of runs holds; no code from outside ecosim is run for it."""
    try:
        settings = settings_from(dict(next(iter(configurations.values()))), ())
    except (InputError, StopIteration):
        return dict.fromkeys(keys, "")
    return meanings_of(settings, keys)


def _meaning(settings: Settings, key: str) -> str:
    try:
        field = field_of(settings, key)
    except InputError:
        return ""  # a whole rule or file of configuration, or an arm
    if field is None:
        return ""
    extra = field.json_schema_extra
    unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
    told = (field.description or "").rstrip(".")
    return f"{told} ({unit})" if told and unit and unit != "1" else told
