"""Surroundings: what must not change under a sweep is noticed when it does, and told by name with both values."""

import platform
import subprocess
import sys

import pytest

from ecosim.errors import InputError
from ecosim.experiments.surroundings import differences, surroundings
from ecosim.experiments.sweep import Execution, run_sweep
from ecosim.results import provenance
from tests.experiments.sweeps import TOLERANCE, tiny

RULE = '''from ecosim import Mechanism


class Gossip(Mechanism):
    """Does nothing."""

    reads = ("stance",)
    writes = ("stance",)

    def step(self, world, key):
        pass
'''


def test_they_are_the_code_the_python_the_libraries_and_what_is_trusted():
    found = surroundings(["trouble"])
    assert found["code"] == provenance.code_version()
    assert found["python"] == platform.python_version()
    assert found["libraries"]["numpy"] == sys.modules["numpy"].__version__
    assert set(found["trusted"]) == {"trouble"}


def test_what_only_draws_pictures_may_be_another():
    assert "matplotlib" in provenance.libraries()
    assert "matplotlib" not in surroundings([])["libraries"]


def test_nothing_differs_from_itself_and_another_process_of_the_same_machine_is_the_same():
    here = surroundings(["trouble"])
    assert differences("", here, surroundings(["trouble"])) == []
    program = (
        f"import sys, json; sys.path[:] = {sys.path!r}; from ecosim.experiments.surroundings import surroundings; "
    )
    told = subprocess.run(
        [sys.executable, "-c", f"{program}print(surroundings(['trouble']) == {here!r})"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.strip() == "True"


def test_a_changed_library_is_told_with_both_versions(monkeypatch):
    before = surroundings([])
    real = provenance.libraries()
    monkeypatch.setattr(provenance, "libraries", lambda: {**real, "numpy": "1.0"})
    now = real["numpy"]
    assert differences("", before, surroundings([])) == [f"libraries.numpy: '{now}' before, '1.0' now"]


def test_a_difference_is_told_by_the_way_to_it_and_what_is_missing_on_one_side_as_none():
    old, new = {"a": {"b": 1, "c": [1, 2]}, "d": "x"}, {"a": {"b": 2, "c": [1, 2]}, "e": "y"}
    assert differences("", old, new) == ["a.b: 1 before, 2 now", "d: 'x' before, None now", "e: None before, 'y' now"]
    assert differences("top", 3, 4, ("here", "there")) == ["top: 3 here, 4 there"]


@pytest.fixture
def gossip(tmp_path, monkeypatch):
    """Return what writes a package of a user's own, which is forgotten afterwards."""
    monkeypatch.syspath_prepend(str(tmp_path / "mine"))
    (tmp_path / "mine").mkdir()
    file = tmp_path / "mine" / "gossip_of_mine.py"
    file.write_text(RULE)
    yield file.write_text
    sys.modules.pop("gossip_of_mine", None)


def swept(out, workers):
    plan = tiny(
        {TOLERANCE: [0.2]}, "+dynamics.gossip={rule: 'gossip_of_mine:Gossip'}", "schedule=[stance,trouble,gossip]"
    )
    return run_sweep(plan, out, Execution(workers=workers))


def test_a_package_that_was_changed_between_two_processes_is_not_mixed_with_what_it_was(gossip, tmp_path, monkeypatch):
    monkeypatch.setattr("tests.experiments.sweeps.TRUST", ("trouble", "gossip_of_mine"))
    assert swept(tmp_path / "out", 0).ok == 1
    gossip(RULE.replace("pass", "world.stance[:] *= 0.5"))
    assert swept(tmp_path / "out", 0).made == 0, "here it is still what it was when it was loaded"
    del sys.modules["gossip_of_mine"]  # as in another process
    with pytest.raises(InputError, match=r"(?s)holds another sweep.*gossip_of_mine"):
        swept(tmp_path / "out", 0)
