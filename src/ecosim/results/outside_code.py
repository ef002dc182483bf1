"""Outside code: which packages other than ecosim a configuration runs rules of, and the digest of their source."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

_known: dict[str, tuple[object, str | None]] = {}
"""The digest of each package that is loaded, beside what it was loaded by."""


def packages_named(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the top-level packages, other than ecosim, whose rules and measures a plain configuration names."""
    mechanisms = settings.get("dynamics")
    named = [*mechanisms.values()] if isinstance(mechanisms, Mapping) else []
    places = [place for one in named if isinstance(one, Mapping) for place in places_in(one)]
    measures, stop = settings.get("measures"), settings.get("stop")
    listed = [*measures] if isinstance(measures, list | tuple) else []
    return packages_of([*places, *listed, *([stop.get("measure")] if isinstance(stop, Mapping) else [])])


def places_in(mechanism: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a mechanism's plain settings say of where its code is: a rule's name, and the function that it calls."""
    return (place for place in (mechanism.get("rule"), mechanism.get("function")) if isinstance(place, str))


def packages_of(places: Iterable[Any]) -> tuple[str, ...]:
    """Return the top-level packages of ``package.module:name``, each once, in their order; ecosim is none of them."""
    named = {place.split(":")[0].split(".")[0] for place in places if isinstance(place, str) and ":" in place}
    return tuple(sorted(named - {"ecosim"}))


def digest_of_package(name: str) -> str | None:
    """Return a digest of the source of a package or module; None where there is no source.

    What is loaded stays what it was, whatever becomes of its files: its digest is taken once.
    """
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):  # it was never a file: what is typed into a notebook, for instance
        return None
    if found is None:
        return None
    before = _known.get(name)
    if before is not None and before[0] is found:
        return before[1]
    folders = [Path(folder) for folder in found.submodule_search_locations or ()]
    digest = _digest([file for folder in folders for file in sorted(folder.rglob("*.py"))] or _alone(found.origin))
    if name in sys.modules:
        _known[name] = found, digest
    return digest


def _alone(origin: str | None) -> list[Path]:
    return [Path(origin)] if origin and Path(origin).is_file() else []


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for file in files:
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()
