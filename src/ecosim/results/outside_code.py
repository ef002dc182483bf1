"""Outside code: which packages other than ecosim a configuration runs rules of, and the digest of their source."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any, NamedTuple

from ecosim.results.loaded_code import has_changed_since_it_was_loaded, of_nobody_else


class Source(NamedTuple):
    """The digest of all source of a package, None where there is none; and that of each file, by its name in the package."""

    digest: str | None
    files: Mapping[str, str]

    def of_nobody_else(self) -> Source:
        """Return the same with a digest that no other process has; see ``ecosim.results.loaded_code``."""
        return self if self.digest is None else self._replace(digest=of_nobody_else(self.digest))


NO_SOURCE = Source(None, {})

_known: dict[str, tuple[object, Source]] = {}
"""The source of each package that is loaded, beside what it was loaded by."""


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
    """Return a digest of the source of a package or module; None where there is no source."""
    return source_of_package(name).digest


def source_of_package(name: str) -> Source:
    """Return the digests of the source of a package or module.

    What is loaded stays what it was, whatever becomes of its files: its digests are taken once. If they were changed after
    they had been loaded and before that, nobody can tell any more what was loaded: then the digest is one that no other
    process has, so that its results are never taken for others' (``ecosim.results.loaded_code``).
    """
    found = _spec(name)
    if found is None:
        return NO_SOURCE
    before = _known.get(name)
    if before is not None and before[0] is found:
        return before[1]
    source = _on_disk(found)
    if name in sys.modules:
        if has_changed_since_it_was_loaded(name):
            source = source.of_nobody_else()
        _known[name] = found, source
    return source


@contextmanager
def loading(module: str) -> Iterator[None]:
    """Load a module in this block, so that the digest of its package is that of the source that is loaded.

    It is taken before and afterwards: what is changed in between, or since an earlier module was loaded, is noticed.
    """
    if module in sys.modules:
        yield
        return
    name = module.split(".")[0]
    before = source_of_package(name)
    yield
    found = _spec(name)
    if found is not None and name in sys.modules:
        now = _on_disk(found)
        _known[name] = found, before if now.digest == before.digest else now.of_nobody_else()


def _spec(name: str) -> ModuleSpec | None:
    try:
        return importlib.util.find_spec(name)
    except (ImportError, ValueError):  # it was never a file: what is typed into a notebook, for instance
        return None


def _on_disk(found: ModuleSpec) -> Source:
    folders = [Path(folder) for folder in found.submodule_search_locations or ()]
    files = {
        file.relative_to(folder).as_posix(): file for folder in folders for file in sorted(folder.rglob("*.py"))
    } or _alone(found.origin)
    return _read(files)


def _alone(origin: str | None) -> dict[str, Path]:
    return {Path(origin).name: Path(origin)} if origin and Path(origin).is_file() else {}


def _read(files: Mapping[str, Path]) -> Source:
    whole = hashlib.blake2b(digest_size=8)
    each = {}
    for name, file in files.items():
        content = file.read_bytes()
        whole.update(file.name.encode())
        whole.update(content)
        each[name] = digest_of_file(content)
    return Source(whole.hexdigest(), each)


def digest_of_file(content: bytes) -> str:
    """Return a short digest, by which a file that was changed is found."""
    return hashlib.blake2b(content, digest_size=4).hexdigest()
