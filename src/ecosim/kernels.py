"""Compiled kernels: one decorator, and a cache on disk that many processes may fill at once.

Numba compiles a function the first time it is called and can keep the machine code on disk. Some things about that
cache would bite users, and are mended here:

- It lies beside the source, which may be read-only: ours lies in the user's cache folder, else in a temporary one.
- Two processes that save at once can leave an index entry that points to the other's code: saving takes a lock. Nor do
  two compile the same kernel at once: the second waits for what the first saves.
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
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from ecosim.claims import Claims
from ecosim.lean_compiler import spare_work

Function = TypeVar("Function", bound=Callable[..., Any])

SHARED = (
    "kernels.py",
    "counting.py",
    "inner_code.py",
    "lean_compiler.py",
    "rng.py",
    "world/lookup.py",
    "world/table.py",
    "dynamics/gap.py",
    "dynamics/conduct.py",
    "dynamics/odds.py",
    "dynamics/stance/attraction_repulsion.py",
    "dynamics/stance/encounters.py",
    "dynamics/citizens/offers.py",
    "dynamics/production/joint_work.py",
    "dynamics/production/making.py",
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
    "measures/null_model.py",
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
from numba.core.caching import FunctionCache, IndexDataCacheFile  # noqa: E402
from numba.core.types.misc import unliteral  # noqa: E402

_numba_config.CACHE_DIR = str(FOLDER)  # for when numba was imported before ecosim


KNOWN = "0.68."
"""Version of numba whose insides are known. Any other one does all of its work, as it was made to: slower, no less right."""


@cache
def _changes() -> Mapping[str, Any]:
    """Return how the compiler is changed: not at all where its insides may be arranged otherwise."""
    if not numba.__version__.startswith(KNOWN):
        return {}
    from ecosim.counting import Compiler

    return {"pipeline_class": Compiler}


@cache
def _spare_work() -> None:
    """Let numba leave out what it does for nobody, where its insides are known."""
    if _changes():
        from ecosim.inner_code import keep_inner_code

        spare_work()
        keep_inner_code()


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
    Like ``inner``, it has no entrance from Python of its own.
    """
    return _for_kernels_only(function, forceinline=True)


def inlined_kernel(function: Function) -> Function:
    """Mark a small function that kernels take in whole, as ``inlined``, and that Python calls too."""
    return _compiled(function, forceinline=True)


def inner(function: Function) -> Function:
    """Compile a kernel that only other kernels call: without its entrance from Python, a tenth of its cost.

    A test may call it all the same: it is then compiled once more, with an entrance.
    """
    return _for_kernels_only(function)


def _compiled(function: Function, **options: bool) -> Function:
    dispatcher = numba.njit(  # nobody calls it from C
        error_model="numpy", no_cfunc_wrapper=True, **_changes(), **options
    )(function)
    if hasattr(dispatcher, "_cache"):  # absent when NUMBA_DISABLE_JIT is set
        dispatcher._cache = _LockedCache(dispatcher.py_func)
        _take_numbers(dispatcher)
    return dispatcher  # type: ignore[no-any-return]  # numba is untyped


def _take_numbers(dispatcher: Any) -> None:
    """Have one machine code for all numbers: numba compiles anew for each that a kernel writes down in its call."""
    if not _changes():
        return
    find: Callable[..., Any] = dispatcher.get_call_template

    def find_for_any(given: Any, named: Mapping[str, Any]) -> Any:
        return find([unliteral(kind) for kind in given], {name: unliteral(kind) for name, kind in named.items()})

    dispatcher.get_call_template = find_for_any


def _for_kernels_only(function: Function, **options: bool) -> Function:
    """Compile without an entrance from Python, through which it is called by a twin: numba would call it, and be gone."""
    if not _changes():
        return _compiled(function, **options)
    dispatcher: Any = _compiled(function, no_cpython_wrapper=True, **options)
    if not hasattr(dispatcher, "overloads"):  # with NUMBA_DISABLE_JIT it is plain Python
        return function
    twins: list[Any] = []

    def enter(*arguments: Any, **named: Any) -> Any:
        if not twins:
            twins.append(_compiled(dispatcher.py_func))
            twins[0]._cache = _LockedCache(dispatcher.py_func, "-entrance")
        return twins[0]._compile_for_args(*arguments, **named)

    def add(compiled: Any) -> None:
        dispatcher.overloads[tuple(compiled.signature.args)] = compiled

    dispatcher._compile_for_args, dispatcher.add_overload = enter, add
    return dispatcher  # type: ignore[no-any-return]  # numba is untyped


class _Compiling(_numba_event.Listener):  # type: ignore[misc]  # numba is untyped
    """Looks on while a kernel is compiled.

    It keeps Python from looking for garbage, as the compiler makes so much that lives on; what it has made is looked
    through in large portions only, with all the rest. And it gives back the claim on a kernel that cannot be compiled.
    """

    def __init__(self) -> None:
        self._depth, self._was_enabled = 0, False
        self._set_apart = 0

    def on_start(self, event: object) -> None:
        if self._depth == 0:
            self._was_enabled = gc.isenabled()
            gc.disable()
        self._depth += 1

    def on_end(self, event: Any) -> None:
        if event._exc_details and isinstance(kept := event.data["dispatcher"]._cache, _LockedCache):
            kept.give_up()
        self._depth -= 1
        if self._depth == 0 and self._was_enabled:
            self._set_aside()
            gc.enable()

    def _set_aside(self) -> None:
        """Keep what was made out of small collections, until a full one comes by itself or there is a portion for one."""
        if self._set_apart == 0:
            gc.callbacks.append(self._before_collection)
        self._set_apart += gc.get_count()[0]
        gc.freeze()
        if self._set_apart > _PORTION:
            gc.collect()

    def _before_collection(self, phase: str, told: Mapping[str, int]) -> None:
        if phase == "start" and told["generation"] == 2:
            gc.unfreeze()
            gc.callbacks.remove(self._before_collection)
            self._set_apart = 0


_PORTION = 1_000_000
"""Objects that the compiler may leave before they are looked through: a hundred megabytes or so."""

_numba_event.register("numba:compile", _Compiling())


class _LockedCache(FunctionCache):  # type: ignore[misc]  # numba is untyped
    """Numba's cache of one function, saved by one process at a time, and compiled by one at a time for each types.

    A kernel waits only for kernels that it calls, so that no two processes can wait for each other.
    """

    def __init__(self, function: Any, suffix: str = "") -> None:
        super().__init__(function)
        self._claimed: list[str] = []
        if suffix:
            stamp = self._impl.locator.get_source_stamp()
            self._cache_file = IndexDataCacheFile(self._cache_path, self._impl.filename_base + suffix, stamp)

    def load_overload(self, signature: object, target_context: object) -> Any:
        _spare_scipy()
        _spare_work()
        if (found := self._load(signature, target_context)) is not None:
            return found
        if _HOLDING:  # whoever waits for a claim while it keeps others from saving might wait for one who is to save
            return None
        work = f"{self._cache_file._index_path} {signature}"
        had_to_wait = _CLAIMS.take(work)
        self._claimed.append(work)
        if had_to_wait and (found := self._load(signature, target_context)) is not None:
            self.give_up()
            return found
        return None

    def _load(self, signature: object, target_context: object) -> Any:
        """Return what is kept for these types, or None; what cannot be read is given up, and made anew."""
        try:
            return super().load_overload(signature, target_context)
        except (
            Exception
        ):  # whatever damaged files make of themselves: a disk that was full, a machine that lost its power
            with _lock():
                self.flush()
            return None

    def save_overload(self, signature: object, code: object) -> None:
        try:
            with _lock():
                super().save_overload(signature, code)
        finally:
            self.give_up()

    def give_up(self) -> None:
        """Let other processes have the kernel that this one claimed last."""
        if self._claimed:
            _CLAIMS.give_back(self._claimed.pop())


_CLAIMS = Claims(FOLDER / "claims")


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
