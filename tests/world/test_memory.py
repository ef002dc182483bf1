"""Memory of large worlds."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from ecosim.world import memory

FAULTS = """if True:
    import resource
    import numpy as np
    from ecosim.world.memory import LARGE, keep_memory_of

    class World:
        n = LARGE

    world = World()
    keep_memory_of(world)
    def tick():
        blocks = [np.ones(400_000) for _ in range(30)]  # 96 MB in blocks of 3.2: 23,000 pages
    def faults():
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    tick()
    before = faults()
    tick()
    again = faults() - before
    del world
    tick()
    before = faults()
    tick()  # not the first: that process does as it did before there was a large world
    print(again, faults() - before)
    """


@pytest.mark.skipif(memory._library() is None, reason="only the C library of GNU can be told to keep memory")
def test_a_large_world_asks_the_system_for_its_memory_once_and_gives_it_back_when_it_goes():
    told = subprocess.run([sys.executable, "-c", FAULTS], capture_output=True, text=True, check=True).stdout
    again, after = map(int, told.split())
    assert again < 2_000
    assert after > 5 * again  # how many there are depends on how large the pages are


def test_a_small_world_changes_nothing(monkeypatch):
    def ask():
        raise AssertionError("the C library was asked")

    monkeypatch.setattr(memory, "_library", ask)
    memory.keep_memory_of(SimpleNamespace(n=memory.LARGE - 1))


def test_where_the_c_library_has_no_switches_nothing_is_changed(monkeypatch):
    monkeypatch.setattr(memory, "_library", lambda: None)
    memory.keep_memory_of(SimpleNamespace(n=memory.LARGE))
