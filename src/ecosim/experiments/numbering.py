"""Numbering: the numbers of many runs whose configurations share most of their parts, each part spelt once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from ecosim.results.outside_code import packages_of, places_in
from ecosim.results.provenance import run_ids_of_text, text_of
from ecosim.rules import rule_name
from ecosim.settings import PlainSettings, Settings

_FIELDS = tuple(sorted(field for field in PlainSettings.model_fields if field != "seed"))


class Numbering:
    """Numbers runs, one point after the other: ``run_ids(plain(settings), seeds, tables)``, many times as fast.

    Args:
        tables: digest of the user's own organisations and ties; None where there are none.
    """

    def __init__(self, tables: str | None = None) -> None:
        self._tables = tables
        self._fields: dict[str, tuple[Any, str]] = {}
        self._mechanisms: dict[str, tuple[Any, str, tuple[str, ...]]] = {}

    def run_ids(self, settings: Settings, seeds: Sequence[int]) -> list[str]:
        """Return the number of a run for each seed."""
        return run_ids_of_text(self._text(settings), seeds, self._tables, self._packages(settings))

    def _text(self, settings: Settings) -> str:
        """Return what ``text_of`` makes of the plain settings without their seed."""
        spelt = {field: self._field(settings, field) for field in _FIELDS}
        spelt["dynamics"] = _mapping({name: self._mechanism(name, rule) for name, rule in settings.dynamics.items()})
        return _mapping(spelt)

    def _field(self, settings: Settings, field: str) -> str:
        value, before = getattr(settings, field), self._fields.get(field)
        if before is None or before[0] is not value:
            text = text_of(settings.model_dump(mode="json", include={field})[field])
            before = self._fields[field] = value, text
        return before[1]

    def _mechanism(self, name: str, rule: Any) -> str:
        before = self._mechanisms.get(name)
        if before is None or before[0] is not rule:
            plain = {"rule": rule_name(type(rule)), **rule.model_dump(mode="json")}
            before = self._mechanisms[name] = rule, text_of(plain), packages_of(places_in(plain))
        return before[1]

    def _packages(self, settings: Settings) -> tuple[str, ...]:
        """Return what ``packages_named`` finds in the plain settings; their mechanisms have been spelt."""
        stop = () if settings.stop is None else (settings.stop.measure,)
        named = {package for name in settings.dynamics for package in self._mechanisms[name][2]}
        named.update(packages_of((*settings.measures, *stop)))
        return tuple(sorted(named))


def _mapping(spelt: dict[str, str]) -> str:
    """Return a mapping in JSON whose values are spelt already, keys in order."""
    inside = ",".join(f"{_key(key)}:{spelt[key]}" for key in sorted(spelt))
    return f"{{{inside}}}"


@lru_cache(maxsize=4096)
def _key(key: str) -> str:
    return json.dumps(key, ensure_ascii=False)
