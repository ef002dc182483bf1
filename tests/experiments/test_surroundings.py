"""What has changed since a sweep was begun is told by the names of files and packages, not by digests."""

import re
import sys
from dataclasses import replace

import pytest

from ecosim.errors import InputError
from ecosim.experiments.surroundings import MOST_NAMED, changes, surroundings
from ecosim.experiments.sweep import Execution, run_sweep
from ecosim.own_tables import actors
from tests.experiments.sweeps import TOLERANCE, tiny

HERE = Execution(workers=0)
DIGEST = re.compile(r"[0-9a-f]{8}")


def others(old, new):
    """Return what is told of surroundings in which so many files of ecosim are others."""
    return changes({"code": "1+old", "files": {"ecosim": old}}, {"code": "1+new", "files": {"ecosim": new}})


def test_nothing_is_told_where_nothing_has_changed():
    assert changes(surroundings(("trouble",)), surroundings(("trouble",))) == []


def test_code_that_changed_is_told_by_its_files():
    assert others({"a.py": "1", "b.py": "1", "c.py": "1"}, {"a.py": "1", "b.py": "2", "d.py": "1"}) == [
        "code of ecosim: other now: b.py; only before: c.py; only now: d.py"
    ]
    many = [f"{k}.py" for k in range(MOST_NAMED + 2)]
    (told,) = others(dict.fromkeys(many, "1"), dict.fromkeys(many, "2"))
    assert told == "code of ecosim: other now: 0.py, 1.py, 2.py, 3.py, 4.py and 2 more"


def test_where_files_are_not_known_of_both_the_versions_are_shown():
    assert others({}, {"a.py": "1"}) == ["code: '1+old' before, '1+new' now"]
    assert changes({"code": "1+old"}, {"code": "1+new", "files": {}}) == ["code: '1+old' before, '1+new' now"]


def test_files_that_say_the_same_hide_no_other_code():
    assert others({"a.py": "1"}, {"a.py": "1"}) == ["code: '1+old' before, '1+new' now"]


def test_libraries_are_told_by_their_versions():
    old = {"libraries": {"numpy": "1.0.0", "numba": "0.60"}}
    new = {"libraries": {"numpy": "2.0.0", "numba": "0.60"}}
    assert changes(old, new, ("here", "there")) == ["libraries.numpy: '1.0.0' here, '2.0.0' there"]


def test_a_package_that_is_trusted_is_told_by_its_files(tmp_path, monkeypatch):
    package = tmp_path / "packages" / "hearsay_kept"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "rules.py").write_text("LOUD = 1")
    monkeypatch.syspath_prepend(str(package.parent))
    plan = replace(tiny({TOLERANCE: [0.1]}), trust=("trouble", "hearsay_kept"))
    run_sweep(plan, tmp_path / "out", HERE)
    (package / "rules.py").write_text("LOUD = 2")
    sys.modules.pop("hearsay_kept", None)
    with pytest.raises(InputError) as refused:
        run_sweep(plan, tmp_path / "out", HERE)
    assert refused.value.faults[1:] == ("code of hearsay_kept: other now: rules.py",)


def test_other_tables_of_ones_own_are_told_by_their_columns(tmp_path):
    plan = tiny({TOLERANCE: [0.1]})

    def with_table(rows):
        (tmp_path / "mine.csv").write_text("name,sector,capital\n" + rows)
        return replace(plan, actors=actors(plan.settings(0), tmp_path / "mine.csv"))

    run_sweep(with_table("A,business,1\nB,government,2\n"), tmp_path / "out", HERE)
    for rows, told in (
        ("A,business,1\nB,government,3\n", "capital"),
        ("A,business,1\nC,business,2\n", "names, sectors"),
    ):
        with pytest.raises(InputError) as refused:
            run_sweep(with_table(rows), tmp_path / "out", HERE)
        assert refused.value.faults[1:] == (f"your own organisations and ties: other now: {told}",)
        assert DIGEST.search(str(refused.value.faults[1:])) is None
