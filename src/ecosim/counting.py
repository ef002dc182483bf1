"""Counting: kernels that make no array are compiled without counting who still uses the arrays that they are given.

Numba counts users of every array, to free those that a kernel makes. Whoever makes none needs no count: its caller holds
what it passes for as long as the call lasts. Without it, an array is taken from Python in half the time, and a small
kernel that others call for each pair is up to three times as fast, for a count is an atomic step of the processor.

Whether a kernel makes arrays is read off its types before it is lowered: each variable that could own memory must be an
argument, another such variable, or a part or view of one. Anything else, and whatever numba itself wants memory for, is
compiled as ever.
"""

from __future__ import annotations

from typing import Any

from numba.core import ir, types
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.errors import NumbaRuntimeError
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
        if not _owns_memory(state):
            state.targetctx = counting.subtarget(enable_nrt=False)
            try:
                return bool(super().run_pass(state))
            except NumbaRuntimeError:  # some operation of numba's takes memory for itself
                state.targetctx = counting
        return bool(super().run_pass(state))


def _owns_memory(state: Any) -> bool:
    """Return whether a function returns or makes anything that must be freed some day."""
    models = state.targetctx.data_model_manager
    if models[state.return_type].contains_nrt_meminfo():
        return True
    typed = state.typemap
    return any(
        models[typed[step.target.name]].contains_nrt_meminfo() and not _is_lent(step.value, typed, models)
        for block in state.func_ir.blocks.values()
        for step in block.body
        if isinstance(step, ir.Assign)
    )


def _is_lent(value: Any, typed: Any, models: Any) -> bool:
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
        return not models[typed[value.index.name]].contains_nrt_meminfo()
    return False
