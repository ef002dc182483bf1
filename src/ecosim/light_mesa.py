"""Mesa's model and agents, without the two seconds that the whole of Mesa takes to import.

``import mesa`` runs ``mesa/__init__.py``, which brings in pandas, networkx and scipy for data collectors, spaces and
batch runs; Python runs that file even for ``import mesa.model``, which itself needs NumPy only. A run must show its
first tick sooner than that. So, where Mesa has not been imported yet, this module puts the package in its place with
``__init__.py`` still to be run; it is run, once, when somebody first asks the package for anything. Whoever imports
Mesa afterwards finds all of it, and ``mesa.Model`` is the very class that ecosim builds on.
"""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Iterable
from types import ModuleType
from typing import Any

_GIVEN = ("__version__", "__all__", "__title__", "__license__", "__copyright__")
"""Names with underscores that the package itself gives; Python looks for others on every module, in vain."""


class _UnrunPackage(ModuleType):
    """A package whose ``__init__.py`` runs when an attribute is asked for that it does not have yet."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name not in _GIVEN:
            raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")
        _run(self)
        return ModuleType.__getattribute__(self, name)

    def __dir__(self) -> Iterable[str]:
        _run(self)
        return ModuleType.__dir__(self)


_lock = threading.RLock()
_under_way: set[str] = set()


def _run(package: ModuleType) -> None:
    with _lock:  # other threads that ask meanwhile wait here for the whole of it; this one's own imports pass
        if type(package) is not _UnrunPackage or package.__name__ in _under_way:
            return
        _under_way.add(package.__name__)
        try:
            spec = package.__spec__
            assert spec is not None
            assert spec.loader is not None
            spec.loader.exec_module(package)
        finally:
            _under_way.remove(package.__name__)
        object.__setattr__(package, "__class__", ModuleType)  # from here on it is a package like any other


def _put_in_place(name: str) -> None:
    if name in sys.modules:
        return
    spec = importlib.util.find_spec(name)
    if spec is None:
        raise ModuleNotFoundError(f"No module named '{name}'", name=name)
    package = importlib.util.module_from_spec(spec)
    package.__class__ = _UnrunPackage
    sys.modules[name] = package


_put_in_place("mesa")

from mesa.agent import Agent, AgentSet  # noqa: E402  (only now is this import light)
from mesa.model import Model  # noqa: E402

__all__ = ["Agent", "AgentSet", "Model"]
