"""A rule that gets a run into trouble, as a user's own might; the tests trust this package by its name."""

from __future__ import annotations

import ctypes
import importlib
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Literal

from numba.core.compiler_lock import global_compiler_lock
from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.experiments import shards
from ecosim.results import provenance, store
from ecosim.rng import Key
from ecosim.world.world import World

DIARY = "TROUBLE_DIARY"
"""Names, in the environment, a file that gets a byte for each run that comes to its tenth tick."""


class Speechless(Exception):
    """Raises when it is asked what it says, or looks like."""

    def __str__(self) -> str:
        raise ValueError("not a word")

    __repr__ = __str__


class Trouble(Mechanism):
    """Does nothing, or something bad, in the third tick; waits a little in every tick."""

    how: Literal[
        "none",
        "raise",
        "hang",
        "die",
        "die_with_worker",
        "memory",
        "blow_up",
        "exit",
        "interrupt",
        "swallow",
        "fork",
        "brood",
        "lack",
        "compile",
        "compile_long",
        "load_long",
        "raise_in_a_crowd",
        "edit",
        "depart",
        "double",
        "die_after_runs",
        "die_after_series",
        "mute",
    ] = "none"
    pause: float = Field(0.0, ge=0.0)
    diary: str = ""

    reads = ("stance",)
    writes = ("stance",)

    def step(self, world: World, key: Key) -> None:
        if self.pause:
            time.sleep(self.pause)
        if world.tick == 3:
            getattr(self, f"_{self.how}")(world)
        if world.tick == 10 and DIARY in os.environ:
            with open(os.environ[DIARY], "ab") as diary:
                diary.write(b".")

    def _none(self, world: World) -> None:
        pass

    def _raise(self, world: World) -> None:
        raise RuntimeError("the gossip got out of hand")

    def _raise_in_a_crowd(self, world: World) -> None:
        if world.stance.shape[0] > 13:
            self._raise(world)

    def _hang(self, world: World) -> None:
        """Never end, but say before, if there is a diary, which process does not, and since when."""
        if self.diary:
            with open(self.diary, "a", encoding="utf-8") as diary:
                print(os.getpid(), time.monotonic(), file=diary, flush=True)
        while True:
            pass

    def _die(self, world: World) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def _die_with_worker(self, world: World) -> None:
        os.kill(os.getppid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)

    def _memory(self, world: World) -> None:
        hoard = []
        while True:
            hoard.append(bytearray(10**7))

    def _blow_up(self, world: World) -> None:
        world.stance[0] = float("nan")

    def _swallow(self, world: World) -> None:
        with suppress(BaseException):
            time.sleep(60.0)

    def _fork(self, world: World) -> None:
        """Die, and leave a child that keeps open whatever this process had open."""
        if os.fork() == 0:
            time.sleep(60.0)
            os._exit(0)
        os.kill(os.getpid(), signal.SIGKILL)

    def _brood(self, world: World) -> None:
        """Have a child that sleeps, and hang in code that is not Python's."""
        if os.fork() == 0:
            time.sleep(60.0)
            os._exit(0)
        ctypes.PyDLL(None).sleep(60)  # holds the interpreter's lock for as long

    def _compile(self, world: World) -> None:
        """Be where the compiler is when it calls back into Python: what is raised there is printed, and lost."""
        with global_compiler_lock:
            ctypes.CFUNCTYPE(None)(lambda: time.sleep(60.0))()

    def _compile_long(self, world: World) -> None:
        """Be in the compiler for four seconds."""
        with global_compiler_lock:
            time.sleep(4.0)

    def _load_long(self, world: World) -> None:
        """Import a package that takes four seconds, the first time in a process."""
        importlib.import_module("slow_to_import")

    def _lack(self, world: World) -> None:
        importlib.import_module("no_package_of_this_name")

    def _interrupt(self, world: World) -> None:
        raise KeyboardInterrupt("no signal")

    def _exit(self, world: World) -> None:
        raise SystemExit("enough")

    def _depart(self, world: World) -> None:
        os.chdir("/")

    def _double(self, world: World) -> None:
        """Have a child that goes on with the run beside this process."""
        os.fork()

    def _die_after_runs(self, world: World) -> None:
        self._die_once_it_has_written("runs")

    def _die_after_series(self, world: World) -> None:
        self._die_once_it_has_written("series")

    def _die_once_it_has_written(self, kind: str) -> None:
        """Let the first process that has written a file of this kind, and that has not said so, be killed.

        The next one writes each run by itself: the same runs together would be the same bytes, and so the same file.
        """
        diary, write = Path(self.diary), store.write_bytes
        if diary.exists():
            shards.Shard.fits = lambda shard, ran: not len(shard)

        def write_and_die(path: Path, content: bytes) -> None:
            write(path, content)
            if path.parent.name == kind and not diary.exists():
                diary.write_text(path.name)
                os.kill(os.getpid(), signal.SIGKILL)

        shards.write_bytes = write_and_die

    def _mute(self, world: World) -> None:
        raise Speechless

    def _edit(self, world: World) -> None:
        """Let this process find other files of ecosim from now on than those that it was loaded from."""
        provenance.PACKAGE = Path(__file__).parent
