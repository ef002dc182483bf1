"""The command ``list``: all that there is, at a glance, by kind, and in a narrow terminal."""

from __future__ import annotations

import json
import re

from tests.commands.command_line import ecosim


def test_everything_there_is_is_listed():
    listed = json.loads(ecosim("list", "--json").stdout)
    assert {"opinions", "town"} <= set(listed["scenarios"])
    assert "bounded_confidence" in listed["rules"]
    assert all(words for entries in listed.values() for words in entries.values())
    assert "bounded_confidence" in ecosim("list").stdout


def test_one_kind_is_listed_with_a_line_for_each_and_all_kinds_at_a_glance():
    from ecosim.measures.registry import GROUPS, MEASURES
    from ecosim.rules import RULES

    for kind, names, group in (("rules", RULES, "production"), ("measures", MEASURES, next(iter(GROUPS)))):
        assert list(json.loads(ecosim("list", kind, "--json").stdout)) == [kind]
        found = ecosim("list", kind).stdout
        words = set(found.split())
        assert words >= set(names)
        assert group in found
        glance = set(re.split(r"[\s,]+", ecosim("list").stdout))
        assert glance >= set(names)
    assert len(ecosim("list").stdout.splitlines()) < 180
    done = ecosim("list", "rules_of_thumb")
    assert done.exit_code == 2
    assert "valid: measures, published, rules, scenarios" in done.stderr


def test_in_a_narrow_terminal_names_are_folded_and_none_is_cut(monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    done = ecosim("list")
    assert "…" not in done.stdout
    assert "committed_minority" in "".join(done.stdout.split())
