"""The number of a run depends on configuration, seed and code, and on nothing else."""

import importlib
import json
import os
import platform
import subprocess
import sys

import pytest

from ecosim.results import provenance as made_by
from ecosim.results.provenance import configuration_hash, provenance, run_id

SETTINGS = {"ticks": 10, "dynamics": {"meet": {"rule": "meeting", "rate": 0.5}}, "seed": 1}


def changed(**values):
    return {**SETTINGS, **values}


@pytest.mark.parametrize("other", [changed(ticks=11), changed(dynamics={}), changed(title="x")])
def test_another_configuration_is_another_run(other):
    assert run_id(other, 1) != run_id(SETTINGS, 1)
    assert configuration_hash(other) != configuration_hash(SETTINGS)


def test_another_seed_is_another_run_of_the_same_configuration():
    assert run_id(SETTINGS, 2) != run_id(SETTINGS, 1)
    assert run_id(changed(seed=2), 1) == run_id(SETTINGS, 1)
    assert configuration_hash(changed(seed=2)) == configuration_hash(SETTINGS)


def test_other_code_is_another_run(monkeypatch):
    before = run_id(SETTINGS, 1)
    monkeypatch.setattr(made_by, "code_version", lambda: "another")
    assert run_id(SETTINGS, 1) != before


def test_other_code_of_a_package_whose_rule_is_named_is_another_run_and_of_any_other_package_is_not(
    tmp_path, monkeypatch
):
    monkeypatch.syspath_prepend(str(tmp_path))
    mine = changed(dynamics={"gossip": {"rule": "gossip_of_mine.rules:Gossip"}})
    numbers = []
    for text in ("first = 1\n", "another = 2\n"):
        (tmp_path / "gossip_of_mine.py").write_text(text)
        numbers.append((run_id(SETTINGS, 1), run_id(mine, 1)))
    assert numbers[0][0] == numbers[1][0]
    assert numbers[0][1] != numbers[1][1]


def test_what_is_loaded_counts_as_what_it_was_when_it_was_loaded(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "rumour_of_mine.py").write_text("first = 1\n")
    importlib.import_module("rumour_of_mine")
    mine = changed(measures=["rumour_of_mine:loudness"])
    before = run_id(mine, 1)
    (tmp_path / "rumour_of_mine.py").write_text("another = 2\n")
    assert run_id(mine, 1) == before
    monkeypatch.delitem(sys.modules, "rumour_of_mine")
    assert run_id(mine, 1) != before


def test_the_version_of_the_code_changes_with_any_of_its_files(monkeypatch, tmp_path):
    (tmp_path / "rule.py").write_text("x = 1")
    monkeypatch.setattr(made_by, "PACKAGE", tmp_path)
    read = made_by.source.__wrapped__
    before = read().digest
    assert read().digest == before
    (tmp_path / "rule.py").write_text("x = 2")
    assert read().digest != before


def test_neither_order_nor_the_way_a_number_is_written_makes_another_run():
    assert run_id(dict(reversed(SETTINGS.items())), 1) == run_id(SETTINGS, 1)
    assert run_id(changed(ticks=10.0), 1) == run_id(SETTINGS, 1)
    assert run_id(changed(a=(1, 2)), 1) == run_id(changed(a=[1, 2]), 1)


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_the_number_is_the_same_in_every_process_and_at_any_time(hash_seed, tmp_path, monkeypatch):
    program = (
        "from ecosim.results import provenance as made_by\n"
        "made_by.code_version = lambda: 'this code'\n"
        f"print(made_by.run_id({SETTINGS!r}, 1))"
    )
    monkeypatch.setattr(made_by, "code_version", lambda: "this code")
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == run_id(SETTINGS, 1)


def test_it_says_versions_seed_and_machine():
    said = provenance(SETTINGS, 7)
    assert said["seed"] == 7
    assert said["python"] == platform.python_version()
    assert said["libraries"]["numpy"]
    assert said["libraries"]["ecosim"]
    assert said["machine"]["cpu"]
    assert json.loads(json.dumps(said)) == said


def test_it_says_nothing_of_people_paths_or_hosts():
    text = json.dumps(provenance(SETTINGS, 1))
    assert platform.node() not in text
    assert os.path.expanduser("~") not in text
    assert str(made_by.PACKAGE.parent) not in text
