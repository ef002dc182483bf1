"""Surroundings: what must be the same wherever and whenever runs of a sweep are made: code, Python, libraries."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from typing import Any

from ecosim.errors import shown
from ecosim.results import provenance
from ecosim.results.outside_code import digest_of_package


def surroundings(trust: Iterable[str]) -> dict[str, Any]:
    """Return the code, Python and libraries of this process, and what it has or would load of packages that are trusted."""
    return {
        "code": provenance.code_version(),
        "python": platform.python_version(),
        "libraries": {name: version for name, version in provenance.libraries().items() if name != "matplotlib"},
        "trusted": {name: digest_of_package(name) for name in trust},
    }


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
