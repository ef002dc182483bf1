"""Code of functions that only compiled functions call: kept in LLVM's language, and never made into instructions.

Whoever calls such a function takes its code in, and makes instructions of both. Numba makes instructions of the function
alone, too, which nobody runs: with all the small kernels of ours, a tenth of the time that compiling takes.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from llvmlite import binding as llvm
from numba.core.codegen import CPUCodegen, JITCodeLibrary, JITCPUCodegen, RuntimeLinker
from numba.core.cpu import CPUContext
from numba.core.environment import lookup_environment
from numba.core.typed_passes import BaseNativeLowering

_KIND = "inner"
"""Mark of such code among what is kept on disk."""


class InnerLibrary(JITCodeLibrary):  # type: ignore[misc]  # numba is untyped
    """The code of one function that has no entrance from Python and none from C."""

    _is_made = False
    """Whether there are instructions all the same: a recursion finds itself by their place."""

    @classmethod
    def read(cls, codegen: Any, name: str, bitcode: bytes) -> InnerLibrary:
        """Return code as it was kept."""
        library = cls(codegen, name)
        library._final_module = library._shared_module = llvm.parse_bitcode(bitcode)
        library._finalized = True
        return library

    def _finalize_final_module(self) -> None:
        if any(each.name.startswith(RuntimeLinker.PREFIX) for each in self._final_module.global_variables):
            self._is_made = True
            self.enable_object_caching()
            super()._finalize_final_module()
            return
        self._finalize_dynamic_globals()
        self._verify_declare_only_symbols()
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        self._ensure_finalized()
        return int(super().get_pointer_to_function(name)) if self._is_made else 0

    def serialize_using_object_code(self) -> tuple[str, str, Any]:
        if self._is_made:
            return super().serialize_using_object_code()  # type: ignore[no-any-return]
        return self.name, _KIND, self._get_module_for_linking().as_bitcode()


@cache
def keep_inner_code() -> None:
    """Let numba make no instructions of functions that are called by compiled functions only."""
    write, place = BaseNativeLowering.run_pass, CPUContext.get_executable
    tell, read = JITCPUCodegen.set_env, CPUCodegen.unserialize_library

    def run_pass(self: Any, state: Any) -> Any:
        if state.library is None and state.flags.no_cpython_wrapper and state.flags.no_cfunc_wrapper:
            state.library = InnerLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        return write(self, state)

    def get_executable(self: Any, library: Any, fndesc: Any, env: Any) -> Any:
        """Tell the code that was taken in, too, where its surroundings are: its names in Python."""
        entrance = place(self, library, fndesc, env)
        for each in library._final_module.global_variables:
            if each.name.startswith("_ZN08NumbaEnv") and (surroundings := lookup_environment(each.name)) is not None:
                library.codegen.set_env(each.name, surroundings)
        return entrance

    def set_env(self: Any, name: str, env: Any) -> None:
        if self._engine.is_symbol_defined(name):
            tell(self, name, env)

    def unserialize_library(self: Any, kept: tuple[str, str, Any]) -> Any:
        name, kind, data = kept
        return InnerLibrary.read(self, name, data) if kind == _KIND else read(self, kept)

    BaseNativeLowering.run_pass, CPUContext.get_executable = run_pass, get_executable
    JITCPUCodegen.set_env, CPUCodegen.unserialize_library = set_env, unserialize_library
