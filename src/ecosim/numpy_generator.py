"""A NumPy generator over our draws, for rules that are written without kernels.

NumPy asks a bit generator for its next number through a table of C functions. Ours are compiled callbacks that scramble
a counter, so the generator gives the very numbers that kernels draw: its k-th number is draw k of the entity.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numba
import numpy as np
from numba.core.compiler_lock import global_compiler_lock
from numpy.random.bit_generator import BitGenerator

from ecosim import kernels
from ecosim.rng import Key, uniform, words


def philox_generator(key: Key, entity: int = 0, draw: int = 0) -> np.random.Generator:
    """Return a NumPy generator of an entity's draws.

    Args:
        key: whose stream and which tick.
        entity: 0 to 2⁶⁴ - 1.
        draw: the draw that comes next.
    """
    return np.random.Generator(PhiloxDraws(key, entity, draw))


class PhiloxDraws(BitGenerator):
    """The draws of one entity as a bit generator.

    A floating-point number, 64 bits and 32 bits each take one draw: the first is that of ``ecosim.rng.uniform``, the
    others are the first two words, or the first word, of ``ecosim.rng.words``. 32 bits are never kept for later, so
    ``random()`` is always draw k after k numbers.

    Args:
        key: whose stream and which tick.
        entity: 0 to 2⁶⁴ - 1.
        draw: the draw that comes next.
    """

    def __init__(self, key: Key, entity: int = 0, draw: int = 0) -> None:
        super().__init__(0)  # the seed sequence is not used, but would otherwise be drawn from the machine
        self._counter = np.array([*key, entity % 2**64, draw], np.uint64)
        table = _CallTable.from_address(_pointer_of(self.capsule, b"BitGenerator"))
        table.state = self._counter.ctypes.data
        table.next_uint64 = table.next_raw = _callback("bits")
        table.next_uint32 = _callback("half")
        table.next_double = _callback("number")

    @property
    def state(self) -> Mapping[str, Any]:
        """Which stream this is, and which draw comes next."""
        low, high, tick, entity, draw = (int(word) for word in self._counter)
        return {"bit_generator": "PhiloxDraws", "key": (low, high, tick), "entity": entity, "draw": draw}

    @state.setter
    def state(self, value: Mapping[str, Any]) -> None:
        self._counter[:] = np.array([*value["key"], value["entity"], value["draw"]], np.uint64)

    def __reduce__(self) -> tuple[Any, ...]:
        state = self.state
        return PhiloxDraws, (state["key"], state["entity"], state["draw"])


class _CallTable(ctypes.Structure):
    """NumPy's ``bitgen_t``."""

    _fields_ = (
        ("state", ctypes.c_void_p),
        ("next_uint64", ctypes.c_void_p),
        ("next_uint32", ctypes.c_void_p),
        ("next_double", ctypes.c_void_p),
        ("next_raw", ctypes.c_void_p),
    )


_pointer_of: Callable[[object, bytes], int] = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
    ("PyCapsule_GetPointer", ctypes.pythonapi)
)


def _callback(name: str) -> int:
    return _callbacks()[name].address  # type: ignore[no-any-return]  # numba is untyped


@lru_cache(maxsize=1)
def _callbacks() -> dict[str, Any]:
    """Return the compiled callbacks, which must live as long as any generator."""
    # Locked from reading to saving, because a callback is not compiled by ``kernel``; and the compiler first, as where a
    # kernel is compiled and then saved: in the other order two threads could wait for each other.
    with global_compiler_lock, kernels._lock():
        return {
            "bits": numba.cfunc("uint64(voidptr)", cache=True)(_next_64_bits),
            "half": numba.cfunc("uint32(voidptr)", cache=True)(_next_32_bits),
            "number": numba.cfunc("float64(voidptr)", cache=True)(_next_number),
        }


def _next_64_bits(state: Any) -> Any:
    counter = numba.carray(state, (5,), np.uint64)
    draw = counter[4]
    counter[4] = draw + np.uint64(1)
    w0, w1, _, _ = words((counter[0], counter[1], counter[2]), counter[3], draw)
    return (w0 << np.uint64(32)) | w1


def _next_32_bits(state: Any) -> Any:
    counter = numba.carray(state, (5,), np.uint64)
    draw = counter[4]
    counter[4] = draw + np.uint64(1)
    w0, _, _, _ = words((counter[0], counter[1], counter[2]), counter[3], draw)
    return np.uint32(w0)


def _next_number(state: Any) -> Any:
    counter = numba.carray(state, (5,), np.uint64)
    draw = counter[4]
    counter[4] = draw + np.uint64(1)
    return uniform((counter[0], counter[1], counter[2]), counter[3], draw)
