"""Uncounted: what the rough time that is told before the first run leaves out, since nobody can know how long it takes."""

from __future__ import annotations

import sys
from pathlib import Path

from ecosim.experiments.plan import Plan


def uncounted(plan: Plan) -> str:
    """Return in brackets, with a blank before, what of a plan's runs the time does not count; nothing where it is all."""
    named = [] if _is_compiled(plan) else ["compiling, once"]
    named += [] if plan.is_of_ecosim_alone else ["rules and measures from outside ecosim"]
    return f" (not counted: {'; '.join(named)})" if named else ""


def _is_compiled(plan: Plan) -> bool:
    """Return whether of each mechanism of the first point something has been compiled, as far as it has anything to."""
    return all(_has_compiled(type(rule).__module__) for rule in plan.settings(0).dynamics.values())


def _has_compiled(module: str) -> bool:
    kept = []
    for one in vars(sys.modules.get(module, object)).values():
        is_its_own = getattr(getattr(one, "py_func", None), "__module__", None) == module
        file = getattr(getattr(one, "_cache", None), "_cache_file", None)
        if is_its_own and file is not None:
            kept.append(Path(file._index_path))
    return not kept or any(path.is_file() for path in kept)
