"""Code from outside counts as what was loaded of it, whatever becomes of its files before or after anybody looks."""

import importlib
import os
import py_compile
import subprocess
import sys

import pytest

from ecosim.results.outside_code import digest_of_package, packages_named, packages_of
from ecosim.rules import find_trusted

FIRST, SECOND = "def loud(world):\n    return 1.0\n", "def loud(world):\n    return 2.0  # louder\n"
CHANGED = "+changed-"
KINDS = """
from dataclasses import dataclass
from functools import lru_cache, partial, wraps
from numpy import sin

def passing(function):
    @wraps(function)
    def passed(x):
        return function(x) if x in {1, 2, 3} else -0.0
    return passed

@dataclass(frozen=True)
class Loud:
    own: int
    @property
    def level(self):
        return self.of(self.own)
    @staticmethod
    def of(own):
        return [each for each in (own, 0)][0]

@lru_cache
def kept(x): return x

compiled = passing(lambda x: x)
half = partial(kept, 2)
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Return what writes a module of a package of two, which is forgotten afterwards."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.syspath_prepend(str(tmp_path))
    folder = tmp_path / "chatter"
    folder.mkdir()
    (folder / "__init__.py").write_text("")

    def write(text, module="voices"):
        (folder / f"{module}.py").write_text(text)
        importlib.invalidate_caches()

    write(FIRST)
    yield write
    for name in [name for name in sys.modules if name.split(".")[0] == "chatter"]:
        del sys.modules[name]


def test_packages_are_those_of_rules_of_what_they_call_of_measures_and_of_the_stop():
    settings = {
        "dynamics": {
            "ours": {"rule": "meeting"},
            "theirs": {"rule": "gossip.rules:Gossip"},
            "called": {"rule": "agent_rules", "function": "habits:walk"},
        },
        "measures": ["dispersion", "chatter.voices:loud"],
        "stop": {"measure": "endings.soon:over", "below": 1},
    }
    assert packages_named(settings) == ("chatter", "endings", "gossip", "habits")


@pytest.mark.parametrize("settings", [{}, {"dynamics": None, "measures": None, "stop": "x"}, {"dynamics": {"a": 3}}])
def test_where_nothing_is_named_there_is_no_package(settings):
    assert packages_named(settings) == ()


def test_a_package_that_is_named_twice_counts_once_and_ecosim_never():
    assert packages_of(["b.x:f", "a:g", "b.y:h", "ecosim.dynamics.media:Media", "meeting", 3]) == ("a", "b")


def test_a_package_that_is_not_there_has_no_digest():
    assert digest_of_package("no_package_of_this_name") is None


def test_the_digest_is_of_every_source_of_the_package_as_long_as_nothing_of_it_is_loaded(package):
    before = digest_of_package("chatter")
    package("x = 1\n", "deep")
    more = digest_of_package("chatter")
    package("x = 2\n", "deep")
    assert len({before, more, digest_of_package("chatter")}) == 3


def test_what_ecosim_loads_counts_as_it_was_loaded_although_nobody_asked_before_it_was_changed(package):
    before = digest_of_package("chatter")
    assert find_trusted("chatter.voices:loud", ["chatter"])(None) == 1.0
    package(SECOND)
    assert digest_of_package("chatter") == before


def test_what_was_changed_after_a_user_had_imported_it_is_taken_for_neither_source(package):
    first = digest_of_package("chatter")
    importlib.import_module("chatter.voices")
    package(SECOND)
    found = digest_of_package("chatter")
    assert CHANGED in found
    assert digest_of_package("chatter") == found, "within a process it stays the same"
    assert found not in (first, _elsewhere("chatter"))


def test_what_a_user_has_imported_and_not_changed_has_the_digest_that_every_process_finds(package):
    importlib.import_module("chatter.voices")
    assert digest_of_package("chatter") == _elsewhere("chatter")


def test_what_is_loaded_anew_after_a_change_counts_as_the_new_source(package):
    module = importlib.import_module("chatter.voices")
    package(SECOND)
    assert CHANGED in digest_of_package("chatter")
    importlib.reload(sys.modules["chatter"])
    importlib.reload(module)
    assert digest_of_package("chatter") == _elsewhere("chatter")


def test_a_module_that_is_loaded_after_a_change_does_not_count_as_the_source_of_the_first(package):
    package("def low(world):\n    return 0.5\n", "whispers")
    find_trusted("chatter.voices:loud", ["chatter"])
    before = digest_of_package("chatter")
    package("def low(world):\n    return 0.25\n", "whispers")
    assert digest_of_package("chatter") == before, "nothing of what is loaded has changed"
    assert find_trusted("chatter.whispers:low", ["chatter"])(None) == 0.25
    assert CHANGED in digest_of_package("chatter")


def test_source_that_changes_itself_while_it_is_loaded_is_noticed(package):
    package("from pathlib import Path\nPath(__file__).write_text('# gone')\n" + FIRST)
    find_trusted("chatter.voices:loud", ["chatter"])
    assert CHANGED in digest_of_package("chatter")


@pytest.mark.parametrize("mode", ["CHECKED_HASH", "UNCHECKED_HASH"])
def test_compiled_python_that_is_known_by_a_hash_of_its_source_tells_of_a_change_as_well(package, tmp_path, mode):
    source = str(tmp_path / "chatter" / "voices.py")
    py_compile.compile(source, invalidation_mode=py_compile.PycInvalidationMode[mode])
    importlib.import_module("chatter.voices")
    package(SECOND)
    assert CHANGED in digest_of_package("chatter")


def test_compiled_python_that_nobody_writes_anew_tells_nothing(package, monkeypatch):
    """It may be older than the source that was loaded, which then would be taken for changed in every process."""
    _elsewhere("chatter", "import chatter.voices; ")
    package(SECOND)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert importlib.import_module("chatter.voices").loud(None) == 2.0
    assert digest_of_package("chatter") == _elsewhere("chatter")


def test_another_process_that_imports_the_edited_source_in_between_hides_no_changed_function(package):
    """It keeps what it has compiled of the new source where that of the old was."""
    importlib.import_module("chatter.voices").loud(None)
    package(SECOND)
    _elsewhere("chatter", "import chatter.voices; ")
    assert CHANGED in digest_of_package("chatter")


def test_a_changed_function_is_seen_where_nothing_compiled_is_kept(package, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    importlib.import_module("chatter.voices")
    package(FIRST.replace("1.0", "3.0"))
    assert CHANGED in digest_of_package("chatter")


def test_functions_of_many_kinds_that_were_not_changed_are_known_again_after_use(package):
    package(KINDS)
    voices = importlib.import_module("chatter.voices")
    for _ in range(100):
        assert voices.Loud(3).level == voices.compiled(3.0) == voices.kept(3) == 3
    assert digest_of_package("chatter") == _elsewhere("chatter")


def _elsewhere(name, before=""):
    """Return the digest that a fresh process finds."""
    program = f"{before}from ecosim.results.outside_code import digest_of_package as of; print(of({name!r}))"
    words = [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}; {program}"]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(words, capture_output=True, text=True, check=True, env=env).stdout.strip()
