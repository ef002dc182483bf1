"""Work that numba does while it compiles or loads kernels, and whose result nobody reads: left out.

The code that comes out is the same to the byte; a test holds the two against each other. Each saving reaches into numba
where it has no switch for it, and is left alone where another version of numba is arranged otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any


@cache
def spare_work() -> None:
    """Let this process's compiler work without what nobody reads."""
    for saving in (_clocks_of_llvm, _options_one_by_one, _search_for_variables, _passes_over_declarations):
        with suppress(ImportError, AttributeError):
            saving()


def _clocks_of_llvm() -> None:
    """Tell nobody of every call of LLVM: numba adds their times up, in each kernel for itself and for all around it."""
    from llvmlite.binding import ffi

    for enter, leave in list(ffi.lib._lock._cblist):
        if enter.__module__ == "numba.core.base":
            ffi.unregister_lock_callback(enter, leave)


def _options_one_by_one() -> None:
    """Read a kernel's options as a whole: they are compared whenever a function of NumPy is looked up."""
    from numba.core.targetconfig import TargetConfig

    defaults: dict[Any, dict[str, Any]] = {}

    def values(self: Any) -> dict[str, Any]:
        kind = type(self)
        if kind not in defaults:
            defaults[kind] = {name: option.default for name, option in kind.options.items()}
        return {**defaults[kind], **self._values}

    if "_values" in TargetConfig.__slots__ and callable(TargetConfig.values):
        TargetConfig.values = values


def _search_for_variables() -> None:
    """Find at once that a word, a number or a place in the source holds no variable, before asking what else it may be."""
    from numba.core import ir

    search: Callable[[Any, Any], list[Any]] = ir.Inst._rec_list_vars
    without = {str, int, float, bool, type(None), ir.Loc, type(len), type(search)}

    def found(self: Any, value: Any) -> list[Any]:
        kind = type(value)
        if kind is ir.Var:
            return [value]
        return [] if kind in without else search(self, value)

    ir.Inst._rec_list_vars = found


def _passes_over_declarations() -> None:
    """Improve those functions of a module that have a body: most are only named in it."""
    from numba.core.codegen import CPUCodeLibrary

    improve = CPUCodeLibrary._optimize_functions
    CPUCodeLibrary._optimize_functions = lambda self, module: improve(self, _Defined(module))


class _Defined:
    """A module of LLVM as far as numba asks for it there, with the functions that have a body."""

    def __init__(self, module: Any) -> None:
        object.__setattr__(self, "_module", module)

    @property
    def functions(self) -> Iterator[Any]:
        return (function for function in self._module.functions if not function.is_declaration)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._module, name, value)
