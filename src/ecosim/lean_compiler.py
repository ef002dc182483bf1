"""Work that numba does while it compiles or loads kernels, and whose result nobody reads: left out.

What comes out is the same: with most savings to the byte of the code, with the others to the byte of all numbers. A test
holds both against what numba does by itself. Each saving reaches into numba where it has no switch for it, and is left
alone where another version of numba is arranged otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any


@cache
def spare_work() -> None:
    """Let this process's compiler work without what nobody reads."""
    for saving in (*UNSEEN, *SEEN):
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


def _passes_over_entrances() -> None:
    """Improve an entrance from Python with the kernel that it leads to, and not alone before."""
    from numba.core.codegen import CPUCodeLibrary

    improve = CPUCodeLibrary._optimize_functions

    def improve_others(self: Any, module: Any) -> None:
        if module.name == "wrapper":
            module.data_layout = self._codegen._data_layout
        else:
            improve(self, module)

    CPUCodeLibrary._optimize_functions = improve_others


def _functions_by_their_callers() -> None:
    """Compile a function of NumPy once for given types: numba does for each kind of caller, and with an entrance from C."""
    from numba.core.targetconfig import ConfigStack
    from numba.core.typing.templates import _OverloadFunctionTemplate

    look, write = _OverloadFunctionTemplate._get_impl, _OverloadFunctionTemplate._get_jit_decorator

    def find(self: Any, given: Any, named: Any) -> Any:
        flags = ConfigStack.top_or_none()
        if flags is None or not hasattr(flags, "forceinline"):
            return look(self, given, named)
        with ConfigStack().enter(_shared(flags)):
            return look(self, given, named)

    def decorator(self: Any) -> Any:
        make = write(self)
        return lambda **options: make(**{"no_cfunc_wrapper": True, **options})

    _OverloadFunctionTemplate._get_impl = find
    _OverloadFunctionTemplate._get_jit_decorator = decorator


_SHARED: dict[int, tuple[Any, Any]] = {}


def _shared(flags: Any) -> Any:
    """Return those of a function's options that those which it calls must share."""
    kept, shared = _SHARED.get(id(flags), (None, None))
    if kept is not flags:
        shared = flags.copy()
        for name in ("forceinline", "no_cpython_wrapper", "no_cfunc_wrapper"):
            shared.discard(name)
        shared = next((other for _, other in _SHARED.values() if other == shared), shared)
        _SHARED[id(flags)] = flags, shared
    return shared


def _answers_given_before() -> None:
    """Remember which code an operator or function of numba's has for given types: it is asked for in every line."""
    from numba.core.targetconfig import ConfigStack
    from numba.core.types import functions

    called: Any = functions.Function
    search = called.get_call_type
    found: dict[Any, tuple[Any, Any, Any]] = {}

    def get_call_type(self: Any, context: Any, given: Any, named: Any) -> Any:
        flags = ConfigStack.top_or_none()
        if flags is None or not hasattr(flags, "forceinline"):
            return search(self, context, given, named)
        question = id(self), id(context), id(_shared(flags)), tuple(given), tuple(named.items())
        known = found.get(question)
        if known is None:  # what is kept alive cannot be mistaken for another
            known = found[question] = search(self, context, given, named), self, context
        return known[0]

    called.get_call_type = get_call_type


def _search_for_closures() -> None:
    """Search for closures to be written out in place only where there are any, or lists that may become arrays."""
    from numba.core import ir
    from numba.core.ir_utils import fixup_var_define_in_scope
    from numba.core.untyped_passes import InlineClosureLikes

    search = InlineClosureLikes.run_pass

    def run_pass(self: Any, state: Any) -> Any:
        if not state.flags.auto_parallel.enabled and not any(map(may_hold, state.func_ir.blocks.values())):
            fixup_var_define_in_scope(state.func_ir.blocks)
            return True
        return search(self, state)

    def may_hold(block: Any) -> bool:
        for step in block.body:
            value: Any = step.value if type(step) is ir.Assign else None
            if type(value) is ir.Expr and value.op in ("make_function", "build_list"):
                return True
            if isinstance(value, ir.Global | ir.FreeVar) and getattr(value.value, "__name__", "") == "stencil":
                return True
        return False

    InlineClosureLikes.run_pass = run_pass


def _search_for_array_expressions() -> None:
    """Search for what may be written shorter once types are known only where it is.

    That is the result of an operator or of a ufunc, if it is an array; lists, which may become arrays; names of fields.
    """
    from numba.core import ir, types
    from numba.core.typed_passes import NopythonRewrites

    search = NopythonRewrites.run_pass

    def run_pass(self: Any, state: Any) -> Any:
        is_any = any(has_one(step, state.typemap) for block in state.func_ir.blocks.values() for step in block.body)
        return search(self, state) if is_any else True

    def has_one(step: Any, typed: Any) -> bool:
        value: Any = step.value if type(step) is ir.Assign else step
        if isinstance(value, ir.SetItem | ir.StaticSetItem) or getattr(value, "op", "") in (
            "getitem",
            "static_getitem",
        ):
            index = getattr(value, "index", None)
            return isinstance(index, str) or isinstance(typed.get(getattr(index, "name", "")), types.StringLiteral)  # type: ignore[attr-defined]
        if type(value) is not ir.Expr:
            return False
        if value.op == "build_list":
            return True
        if not isinstance(typed.get(step.target.name), types.Array):
            return False
        if value.op == "call":
            return hasattr(getattr(typed.get(value.func.name), "typing_key", None), "nin")
        return value.op in ("unary", "binop", "inplace_binop")

    NopythonRewrites.run_pass = run_pass


def _notes_of_types() -> None:
    """Write no notes of the types of each line, which are kept beside the code for whoever asks what was compiled."""
    from numba.core.typed_passes import AnnotateTypes

    if callable(AnnotateTypes.run_pass):
        AnnotateTypes.run_pass = lambda self, state: False


UNSEEN: tuple[Callable[[], None], ...] = (
    _clocks_of_llvm,
    _options_one_by_one,
    _search_for_variables,
    _passes_over_declarations,
    _answers_given_before,
    _search_for_closures,
    _search_for_array_expressions,
    _notes_of_types,
)
"""Savings that change nothing in the code."""

SEEN: tuple[Callable[[], None], ...] = (_passes_over_entrances, _functions_by_their_callers)
"""Savings that make another code, which gives the same numbers: functions of numba's own are shared, for one."""
