"""Loaded code: whether what was imported still is what stands in its files, as far as compiled Python tells.

Python keeps what it has compiled of a module beside its source, with the time and size of the source, or a hash of it, from
which it was compiled: where the source is another by now, it was changed after the module had been imported. But another
process that imports the edited source in between keeps what it has compiled in the same place, where nothing is kept
(``PYTHONDONTWRITEBYTECODE``, a read-only folder) nothing is told, and a change to as many bytes within the same second
Python itself does not see. So the functions and methods of the module are also held against those of the source
(``ecosim.results.loaded_functions``).

What stays open: in these three cases, a change that moves no function and changes none, of a value at the top of a module
for instance, or in what only a decorator or a function that is made by others holds.

References:
    PEP 3147 (where it is kept), PEP 552 (its header).
"""

from __future__ import annotations

import importlib.util
import os
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

from ecosim.results.loaded_functions import has_other_functions

_HEADER = 16
"""Bytes at the beginning of compiled Python that say of which source it is."""


def has_changed_since_it_was_loaded(package: str) -> bool:
    """Return whether the source of a module of a package, or of the package, was changed after it had been imported."""
    modules = [
        module
        for name, module in list(sys.modules.items())
        if (name == package or name.startswith(f"{package}.")) and getattr(module, "__spec__", None) is not None
    ]
    return any(_is_of_another_source(module.__spec__) or has_other_functions(module) for module in modules)


def of_nobody_else(digest: str) -> str:
    """Return a digest that no other process has: of source that stands in the files, while another may have been loaded."""
    return f"{digest}+changed-{os.urandom(4).hex()}"


def _is_of_another_source(spec: ModuleSpec | None) -> bool:
    if spec is None or sys.dont_write_bytecode or not spec.origin or not spec.cached:
        return False
    if not os.access(Path(spec.cached).parent, os.W_OK):
        return False  # what is kept there may be older than what was loaded
    try:
        with open(spec.cached, "rb") as file:
            header = file.read(_HEADER)
        content, now = Path(spec.origin).read_bytes(), os.stat(spec.origin)
    except OSError:
        return False
    if len(header) < _HEADER:
        return False
    if header[4] & 1:
        return header[8:] != importlib.util.source_hash(content)
    told = (int(now.st_mtime) & 0xFFFFFFFF, len(content) & 0xFFFFFFFF)
    return told != (int.from_bytes(header[8:12], "little"), int.from_bytes(header[12:], "little"))
