"""Counting: kernels count who still uses an array only where one is made, and let arrays in and out of Python cheaply.

Numba counts users of every array, to free those that a kernel makes. Whoever makes none needs no count: its caller holds
what it passes for as long as the call lasts. A count is an atomic step of the processor, and a small kernel that others
call for each pair is up to three times as fast without. So

- a function that makes no array is compiled without counts. It is known by its types: each variable that could own memory
  is an argument, another such variable, or a part or view of one. Anything else, and whatever numba itself wants memory
  for, is compiled as ever;
- arrays come in from Python uncounted, in half the time, unless one of them, or a view of it, may go back;
- arrays go out to Python without the look-up of ``numpy.ndarray`` among pickled objects that numba does for each of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from llvmlite import ir as llvm
from numba.core import ir, types
from numba.core.callwrapper import PyCallWrapper
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.errors import NumbaRuntimeError
from numba.core.lowering import Lower
from numba.core.pythonapi import PythonAPI
from numba.core.typed_passes import NativeLowering


class Compiler(CompilerBase):  # type: ignore[misc]  # numba is untyped
    """Numba's own compiler but for its last step."""

    def define_pipelines(self) -> list[Any]:
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.passes = [(_Lowering if step is NativeLowering else step, words) for step, words in passes.passes]
        passes.finalize()
        return [passes]


@register_pass(mutates_CFG=True, analysis_only=False)
class _Lowering(NativeLowering):  # type: ignore[misc]  # numba is untyped
    """Write machine code, without counts where that is safe."""

    _name = "lowering_without_needless_counts"

    def run_pass(self, state: Any) -> bool:
        counting = state.targetctx
        are_lent = all(_is_lendable(counting, kind) for kind in state.args)
        if are_lent and not _owns_memory(counting, state.func_ir, state.typemap, state.return_type):
            state.targetctx = counting.subtarget(enable_nrt=False)
            try:
                return bool(super().run_pass(state))
            except NumbaRuntimeError:  # some operation of numba's takes memory for itself
                state.targetctx = counting
        return bool(super().run_pass(state))

    @property
    def lowering_class(self) -> type:
        return _Lower


class _Lower(Lower):  # type: ignore[misc]  # numba is untyped
    def create_cpython_wrapper(self, release_gil: bool = False) -> None:
        """Write the function by which Python calls this one."""
        if self.genlower:  # a generator has two, and goes on reading what it was given after the call
            super().create_cpython_wrapper(release_gil=release_gil)
            return
        context, told = self.context, self.fndesc
        module = context.create_module("wrapper")
        kind = context.call_conv.get_function_type(told.restype, told.argtypes)
        called = llvm.Function(module, kind, told.llvm_func_name)
        door = _Door(context, module, called, told, self.env, self.call_helper, release_gil)
        is_any_counted = not all(_is_lendable(context, kind) for kind in told.argtypes)
        door.counts = is_any_counted or _gives_back(context, self.func_ir, told.typemap, told.restype)
        door.build()
        self.library.add_ir_module(module)


class _Door(PyCallWrapper):  # type: ignore[misc]  # numba is untyped
    """What takes arguments in from Python, and hands out what is returned."""

    context: Any
    counts = True

    def build_wrapper(self, api: Any, builder: Any, closure: Any, args: Any, kws: Any) -> None:
        exchange = _Exchange(self.context, builder, self.counts)
        if not self.counts:  # what came in uncounted need not be counted off: a call for each array, and much code
            self.context = self.context.subtarget(enable_nrt=False)
        super().build_wrapper(exchange, builder, closure, args, kws)

    def get_env(self, api: Any, builder: Any) -> Any:
        api.environment = super().get_env(api, builder)
        return api.environment


class _Exchange(PythonAPI):  # type: ignore[misc]  # numba is untyped
    def __init__(self, context: Any, builder: Any, counts: bool) -> None:
        super().__init__(context, builder)
        lending = context if counts else context.subtarget(enable_nrt=False)
        self.environment: Any = None
        self._takes_in = PythonAPI(lending, builder).to_native_value

    def to_native_value(self, typ: Any, obj: Any) -> Any:
        return self._takes_in(typ, obj)

    def serialize_object(self, obj: Any) -> Any:
        return obj if obj is np.ndarray else super().serialize_object(obj)

    def unserialize(self, structptr: Any) -> Any:
        if structptr is np.ndarray:
            return self.environment.read_const(self.environment.add_const(np.ndarray))
        return super().unserialize(structptr)


def _owns_memory(context: Any, function: Any, typed: Any, returned: Any) -> bool:
    """Return whether a function returns or makes anything that must be freed some day."""
    if _can_hold_memory(context, returned) or isinstance(returned, types.Generator):  # type: ignore[attr-defined]
        return True
    return any(not _is_lent(step.value, context, typed) for step in _takings(context, function, typed))


def _is_lent(value: Any, context: Any, typed: Any) -> bool:
    """Return whether a value belongs to a caller: an argument, or what is reached from one without a copy."""
    if isinstance(value, ir.Arg | ir.Var):
        return True
    if not isinstance(value, ir.Expr):
        return False
    if value.op in ("build_tuple", "exhaust_iter", "static_getitem"):
        return True
    if value.op == "getiter":
        return isinstance(typed[value.value.name], types.Array)
    if value.op == "getitem":  # an entry of a tuple, or a view; but a place told by an array is answered by a copy
        return not _can_hold_memory(context, typed[value.index.name])
    return False


def _is_lendable(context: Any, kind: Any) -> bool:
    """Return whether something may come in uncounted: an array, what holds no memory, a tuple of such; no text or list."""
    if isinstance(kind, types.BaseTuple):  # type: ignore[attr-defined]
        return all(_is_lendable(context, part) for part in kind)
    return isinstance(kind, types.Array) or not _can_hold_memory(context, kind)


def _gives_back(context: Any, function: Any, typed: Any, returned: Any) -> bool:
    """Return whether an argument, or something made of one that may be a view of it, may be returned or kept."""
    if not _can_hold_memory(context, returned):
        return False
    takings = list(_takings(context, function, typed))
    if any(not isinstance(typed[step.target.name], _KEEPS_NOTHING) for step in takings):
        return True
    lent: set[str] = set()
    found = {step.target.name for step in takings if isinstance(step.value, ir.Arg)}
    while found - lent:
        lent |= found
        found = {step.target.name for step in takings if lent & _names_in(step.value)}
    ends = (block.terminator for block in function.blocks.values())
    return any(isinstance(end, ir.Return) and end.value.name in lent for end in ends)


_KEEPS_NOTHING: tuple[type, ...] = (
    types.Array, types.ArrayIterator, types.BaseTuple, types.BoundFunction,  # type: ignore[attr-defined]
)  # fmt: skip
"""Kinds of what holds memory, but no other arrays that were put there after it was made."""


def _takings(context: Any, function: Any, typed: Any) -> Iterator[Any]:
    """Yield each step that gives a variable something that could hold memory."""
    for block in function.blocks.values():
        for step in block.body:
            if isinstance(step, ir.Assign) and _can_hold_memory(context, typed[step.target.name]):
                yield step


def _names_in(value: Any) -> set[str]:
    if isinstance(value, ir.Var):
        return {value.name}
    return {each.name for each in value.list_vars()} if isinstance(value, ir.Expr) else set()


def _can_hold_memory(context: Any, kind: Any) -> bool:
    return bool(context.data_model_manager[kind].contains_nrt_meminfo())
