"""Loaded code: whether what was imported still is what stands in its files, as far as compiled Python tells.

Python keeps what it has compiled of a module beside its source, with the time and size of the source, or a hash of it, from
which it was compiled: where the source is another by now, it was changed after the module had been imported. Where nothing
is kept (``PYTHONDONTWRITEBYTECODE``, a read-only folder), nothing is known; nor of a change to as many bytes within the
same second, which Python itself does not see.

References:
    PEP 3147 (where it is kept), PEP 552 (its header).
"""

from __future__ import annotations

import importlib.util
import os
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

_HEADER = 16
"""Bytes at the beginning of compiled Python that say of which source it is."""


def has_changed_since_it_was_loaded(package: str) -> bool:
    """Return whether the source of a module of a package, or of the package, was changed after it had been imported."""
    specs = [
        getattr(module, "__spec__", None)
        for name, module in list(sys.modules.items())
        if name == package or name.startswith(f"{package}.")
    ]
    return any(spec is not None and _is_of_another_source(spec) for spec in specs)


def of_nobody_else(digest: str) -> str:
    """Return a digest that no other process has: of source that stands in the files, while another may have been loaded."""
    return f"{digest}+changed-{os.urandom(4).hex()}"


def _is_of_another_source(spec: ModuleSpec) -> bool:
    if sys.dont_write_bytecode or not spec.origin or not spec.cached:
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
