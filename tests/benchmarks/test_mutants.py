"""Mutants are small, readable changes of what is worth changing."""

import ast
from pathlib import Path

import pytest

from benchmarks.mutants import ROOT, importers_of, mirror, wilson
from benchmarks.mutations import mutants_of

SOURCE = '''
"""A module of 3 words."""

class Rule:
    share: float = Field(0.5, ge=0)

    def step(self, key: Key[4]) -> None:
        if self.share < 1.5 and not self.idle:
            raise ValueError(7)
        luck = uniform(key, 5, 6)
        return max(luck - 2, -self.share)
'''


def changes(tmp_path, source):
    file = tmp_path / "rule.py"
    file.write_text(source)
    return list(mutants_of(tmp_path, file))


def test_operators_comparisons_numbers_and_signs_are_changed_and_declarations_are_not(tmp_path):
    found = {(mutant.before, mutant.after) for mutant in changes(tmp_path, SOURCE)}
    condition = "self.share < 1.5 and not self.idle"
    assert found == {
        (condition, "(self.share < 1.5 or not self.idle)"),
        ("self.share < 1.5", "(self.share <= 1.5)"),
        ("self.share < 1.5", "(self.share >= 1.5)"),
        ("1.5", "3.0"),
        ("not self.idle", "self.idle"),
        ("max", "min"),
        ("luck - 2", "(luck + 2)"),
        ("2", "3"),
        ("-self.share", "self.share"),
    }


def test_a_mutant_changes_its_place_and_nothing_else(tmp_path):
    source = "x = 'ä' + a < b\ny = 1\n"
    for mutant in changes(tmp_path, source):
        changed = mutant.applied(source.encode()).decode()
        assert changed != source
        assert changed.replace(mutant.after, mutant.before, 1) == source or "(" in mutant.after
        ast.parse(changed)


def test_every_mutant_of_a_file_of_our_own_can_be_read_and_differs():
    file = "src/ecosim/dynamics/gap.py"
    source = (ROOT / file).read_bytes()
    mutants = list(mutants_of(ROOT, ROOT / file))
    assert len(mutants) > 15
    plain = ast.unparse(ast.parse(source))
    for mutant in mutants:
        assert ast.unparse(ast.parse(mutant.applied(source))) != plain


def test_tests_are_found_by_the_mirror_and_by_who_imports_a_file():
    assert mirror("src/ecosim/dynamics/coalition/joining.py") == "tests/dynamics/coalition/test_joining.py"
    assert mirror("src/ecosim/rng.py") == ""
    importers = importers_of(Path(ROOT))
    assert "src/ecosim/dynamics/meeting.py" in importers["src/ecosim/dynamics/gap.py"]
    assert "src/ecosim/dynamics/joining.py" not in importers.get("src/ecosim/dynamics/purpose.py", set())


def test_the_interval_is_that_of_wilson():
    low, high = wilson(80, 100)
    assert (low, high) == (pytest.approx(0.7112, abs=1e-4), pytest.approx(0.8666, abs=1e-4))
