"""Outside code: which packages other than ecosim a configuration runs rules of, and the digest of their source."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

from ecosim.results.loaded_code import has_changed_since_it_was_loaded, of_nobody_else

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

    What is loaded stays what it was, whatever becomes of its files: its digest is taken once. If they were changed after
    they had been loaded and before that, nobody can tell any more what was loaded: then the digest is one that no other
    process has, so that its results are never taken for others' (``ecosim.results.loaded_code``).
    """
    found = _spec(name)
    if found is None:
        return None
    before = _known.get(name)
    if before is not None and before[0] is found:
        return before[1]
    digest = _digest_on_disk(found)
    if name in sys.modules:
        if has_changed_since_it_was_loaded(name):
            digest = of_nobody_else(digest)
        _known[name] = found, digest
    return digest


@contextmanager
def loading(module: str) -> Iterator[None]:
    """Load a module in this block, so that the digest of its package is that of the source that is loaded.

    It is taken before and afterwards: what is changed in between, or since an earlier module was loaded, is noticed.
    """
    if module in sys.modules:
        yield
        return
    name = module.split(".")[0]
    before = digest_of_package(name)
    yield
    found = _spec(name)
    if found is not None and name in sys.modules:
        now = _digest_on_disk(found)
        _known[name] = found, before if now == before else of_nobody_else(now)


def _spec(name: str) -> ModuleSpec | None:
    try:
        return importlib.util.find_spec(name)
    except (ImportError, ValueError):  # it was never a file: what is typed into a notebook, for instance
        return None


def _digest_on_disk(found: ModuleSpec) -> str:
    folders = [Path(folder) for folder in found.submodule_search_locations or ()]
    return _digest([file for folder in folders for file in sorted(folder.rglob("*.py"))] or _alone(found.origin))


def _alone(origin: str | None) -> list[Path]:
    return [Path(origin)] if origin and Path(origin).is_file() else []


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for file in files:
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()
