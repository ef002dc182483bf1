"""Compiled kernels: one decorator, and a cache on disk that many processes may fill at once.

Numba compiles a function the first time it is called and can keep the machine code on disk. Three things about that
cache would bite users, and are mended here:

- It lies beside the source, which may be read-only: ours lies in the user's cache folder, else in a temporary one.
- Two processes that save at once can leave an index entry that points to the other's code: saving takes a lock.
- It notices a change in a kernel's own file only, not in a kernel which that one calls from another file (draws of
  random numbers, above all): the folder's name carries a digest of the files whose kernels others call.
"""

from __future__ import annotations

import fcntl
import gc
import hashlib
import importlib
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

SHARED = (
    "kernels.py",
    "counting.py",
    "rng.py",
    "world/lookup.py",
    "world/table.py",
    "dynamics/gap.py",
    "dynamics/conduct.py",
    "dynamics/stance/attraction_repulsion.py",
    "dynamics/citizens/offers.py",
    "dynamics/production/joint_work.py",
    "dynamics/production/together.py",
    "dynamics/contribution/revision.py",
    "dynamics/encounter.py",
    "dynamics/coalition/utility.py",
    "dynamics/coalition/proposals.py",
    "dynamics/coalition/merging.py",
    "measures/clusters.py",
    "measures/collaboration.py",
    "measures/groups.py",
    "measures/network.py",
    "measures/polarisation.py",
)
"""Files whose kernels are called from kernels in other files; a test holds this list against the imports."""

PACKAGE = Path(__file__).parent


def cache_folder() -> Path:
    """Return the folder of this version's compiled kernels: the first of the candidates that can be written to."""
    digest = hashlib.blake2b(digest_size=6)
    for name in SHARED:
        file = PACKAGE / name
        digest.update(file.read_bytes() if file.exists() else b"")
    digest.update(f"{sys.version_info[:3]} {os.environ.get('NUMBA_BOUNDSCHECK', '0')} {PACKAGE}".encode())
    for root in _candidates():
        folder = root / "ecosim" / f"kernels-{digest.hexdigest()}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    raise OSError("no folder can be written to for compiled kernels: set ECOSIM_CACHE to one")


def _candidates() -> Iterator[Path]:
    if chosen := os.environ.get("ECOSIM_CACHE"):
        yield Path(chosen)
        return
    if base := os.environ.get("XDG_CACHE_HOME"):
        yield Path(base)
    yield Path(os.path.expanduser("~")) / ".cache"
    yield Path(tempfile.gettempdir()) / f"ecosim-{os.getuid()}"


FOLDER = cache_folder()
os.environ["NUMBA_CACHE_DIR"] = str(FOLDER)

import numba  # noqa: E402  (reads NUMBA_CACHE_DIR when it is imported)
from numba.core import config as _numba_config  # noqa: E402
from numba.core import event as _numba_event  # noqa: E402
from numba.core.caching import FunctionCache  # noqa: E402

from ecosim.counting import Compiler  # noqa: E402

_numba_config.CACHE_DIR = str(FOLDER)  # for when numba was imported before ecosim


def kernel(function: Function) -> Function:
    """Compile a function of arrays, numbers and a random key to machine code, at its first call, kept on disk.

    Division by zero gives infinity, as in NumPy; floating-point operations keep their order (no fast-math), so that a
    result does not depend on the machine's vector width.
    """
    return _compiled(function)


def inlined(function: Function) -> Function:
    """Mark a small function that every kernel which calls it takes in whole, as if written there.

    It is compiled once, and its instructions are copied into each caller before that is optimised. (Numba's own
    inlining copies source instead, whose types are then found again in every caller: a tenth more to compile in all.)
    """
    return _compiled(function, forceinline=True)


def _compiled(function: Function, **options: bool) -> Function:
    dispatcher = numba.njit(  # nobody calls it from C
        error_model="numpy", no_cfunc_wrapper=True, pipeline_class=Compiler, **options
    )(function)
    if hasattr(dispatcher, "_cache"):  # absent when NUMBA_DISABLE_JIT is set
        dispatcher._cache = _LockedCache(dispatcher.py_func)
    return dispatcher  # type: ignore[no-any-return]  # numba is untyped


class _Uncollected(_numba_event.Listener):  # type: ignore[misc]  # numba is untyped
    """Keeps Python from looking for garbage while a kernel is compiled: the compiler makes so much that lives on."""

    def __init__(self) -> None:
        self._depth, self._was_enabled = 0, False

    def on_start(self, event: object) -> None:
        if self._depth == 0:
            self._was_enabled = gc.isenabled()
            gc.disable()
        self._depth += 1

    def on_end(self, event: object) -> None:
        self._depth -= 1
        if self._depth == 0 and self._was_enabled:
            gc.enable()


_numba_event.register("numba:compile", _Uncollected())


class _LockedCache(FunctionCache):  # type: ignore[misc]  # numba is untyped
    """Numba's cache of one function, saved by one process at a time."""

    def load_overload(self, signature: object, target_context: object) -> Any:
        _spare_scipy()
        return super().load_overload(signature, target_context)

    def save_overload(self, signature: object, code: object) -> None:
        with _lock():
            super().save_overload(signature, code)


@cache
def _spare_scipy() -> None:
    """Let numba load its array functions without scipy.linalg, which takes a fifth of a second.

    While they load, numba imports it only to learn whether it is there, for products of matrices: no kernel has any, and
    one that had would still ask again when it is compiled.
    """
    if "numba.np.arraymath" in sys.modules:
        return
    try:
        from numba.np import linalg

        asks = linalg.ensure_blas
    except (ImportError, AttributeError):  # another version of numba, arranged otherwise
        return
    linalg.ensure_blas = lambda: None
    try:
        importlib.import_module("numba.np.arraymath")
    finally:
        linalg.ensure_blas = asks


@contextmanager
def _lock() -> Iterator[None]:
    """Keep other processes from saving; whoever holds it may take it again, as compiling one kernel saves those it calls."""
    with _THREAD:
        if _HOLDING:
            yield
            return
        with open(FOLDER / "lock", "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            _HOLDING.append(True)
            try:
                yield
            finally:
                _HOLDING.pop()
                fcntl.flock(file, fcntl.LOCK_UN)


_THREAD = threading.RLock()
_HOLDING: list[bool] = []
"""Whether this thread holds the lock: not empty while it does."""


def is_cold() -> bool:
    """Return whether no kernel of this version has been compiled on this machine yet."""
    return not any(FOLDER.rglob("*.nbi"))
