"""Surroundings: what must be the same wherever and whenever runs of a sweep are made: code, Python, libraries."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from typing import Any

from ecosim.errors import ascii_controls, shown
from ecosim.results import provenance
from ecosim.results.outside_code import source_of_package

MOST_NAMED = 5
"""Files that are named where more of them are others."""


def surroundings(trust: Iterable[str]) -> dict[str, Any]:
    """Return the code, Python and libraries of this process, and what it has or would load of packages that are trusted.

    ``code`` and ``trusted`` are digests; ``files`` has those of single files, to tell which are others.
    """
    sources = {name: source_of_package(name) for name in trust}
    return {
        "code": provenance.code_version(),
        "python": platform.python_version(),
        "libraries": {name: version for name, version in provenance.libraries().items() if name != "matplotlib"},
        "trusted": {name: source.digest for name, source in sources.items()},
        "files": {"ecosim": provenance.source().files, **{name: source.files for name, source in sources.items()}},
    }


def changes(old: Mapping[str, Any], new: Mapping[str, Any], words: tuple[str, str] = ("before", "now")) -> list[str]:
    """Return in words how surroundings differ: code by the names of its files, all else as ``differences`` tells it.

    Args:
        old: surroundings, and what else is held to be the same.
        new: those that are held against them.
        words: which of both is which.
    """
    before, now = dict(old), dict(new)
    files = before.pop("files", None) or {}, now.pop("files", None) or {}
    parts = before.pop("parts", None) or {}, now.pop("parts", None) or {}
    told = []
    if before.get("code") != now.get("code") and (found := _others("code of ecosim", files, "ecosim", words)):
        told.append(found)
        del before["code"], now["code"]
    trusted = before.get("trusted") or {}, now.get("trusted") or {}
    for name in dict.fromkeys([*trusted[0], *trusted[1]]):
        if trusted[0].get(name) != trusted[1].get(name) and (found := _others(f"code of {name}", files, name, words)):
            told.append(found)
            before["trusted"], now["trusted"] = (_without(name, one["trusted"]) for one in (before, now))
    if before.get("tables") != now.get("tables"):
        what = "your own organisations and ties"
        given = ["none" if one.get("tables") is None else "given" for one in (before, now)]
        found = _named(what, *parts, words) if parts[0] and parts[1] else ""
        if found or "none" in given:
            told.append(found or f"{what}: {given[0]} {words[0]}, {given[1]} {words[1]}")
            before.pop("tables", None), now.pop("tables", None)
    return told + differences("", before, now, words)


def _others(what: str, files: tuple[Any, Any], name: str, words: tuple[str, str]) -> str:
    """Return in a sentence which files of a package are others; nothing where that is not known of both."""
    old, new = files[0].get(name), files[1].get(name)
    return _named(what, old, new, words) if old and new else ""


def _named(what: str, old: Mapping[str, Any], new: Mapping[str, Any], words: tuple[str, str]) -> str:
    groups = {
        f"other {words[1]}": [name for name in new if name in old and old[name] != new[name]],
        f"only {words[0]}": [name for name in old if name not in new],
        f"only {words[1]}": [name for name in new if name not in old],
    }
    told = "; ".join(f"{group}: {_listed(names)}" for group, names in groups.items() if names)
    return f"{what}: {told}" if told else ""


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ascii_controls(", ".join(names[:MOST_NAMED])) + more


def _without(name: str, mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if key != name}


def differences(where: str, old: Any, new: Any, words: tuple[str, str] = ("before", "now")) -> list[str]:
    """Return in words where plain data differs: "key: this before, that now"."""
    if isinstance(old, dict) and isinstance(new, dict):
        keys = [*old, *(key for key in new if key not in old)]
        return [
            fault
            for key in keys
            for fault in differences(f"{where}.{key}" if where else str(key), old.get(key), new.get(key), words)
        ]
    return [] if old == new else [f"{where}: {shown(old)} {words[0]}, {shown(new)} {words[1]}"]
