"""The list of laws names tests that there are, and leaves out none of this folder."""

import re
from pathlib import Path

from tests.laws.invariants import NAMES

HERE = Path(__file__).parent


def test_every_law_that_is_listed_has_its_test_and_every_file_is_listed():
    text = (HERE / "README.md").read_text()
    named = re.findall(r"`(test_\w+\.py)(?:::(test_\w+))?`", text)
    for file, test in named:
        assert not test or f"def {test}(" in (HERE / file).read_text(), f"{file}::{test}"
    assert {file for file, _ in named} == {path.name for path in HERE.glob("test_*.py")} - {Path(__file__).name}
    assert len(named) > 40


def test_every_invariant_of_drawn_worlds_is_listed_once():
    named = re.findall(r"`invariants\.py::(\w+)`", (HERE / "README.md").read_text())
    assert sorted(named) == sorted(NAMES)
    assert len(named) >= 15
