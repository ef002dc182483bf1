"""The command ``why``: reasons of a recorded run, in sentences; what is asked in vain is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.command_line import ecosim


@pytest.fixture(scope="module")
def reasoned(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "reasoned"
    small = ["ticks=15", "ecosystem.citizens.count=100", "measures=[]", "record.figures=false", "record.reasons=true"]
    done = ecosim("run", *small, "--out", out)
    assert done.exit_code == 0, done.output
    return out


def test_why_an_organisation_did_what_it_did_is_told_in_sentences(reasoned):
    import ecosim as package

    events = package.read(reasoned).events
    of = ["organisation_name", "tick", "coalition"]
    founded, joined = (events.loc[events["kind"] == kind, of] for kind in ("founded", "joined"))
    afterwards = joined.merge(founded, how="left", indicator=True).query(
        "_merge == 'left_only'"
    )  # not its own coalition
    name = afterwards["organisation_name"].iloc[0]
    done = ecosim("why", reasoned, name)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines == package.read(reasoned).why(name)["told"].tolist()
    assert any(f"{name} joined the " in line and "gain" in line for line in lines)
    decisions = json.loads(ecosim("why", reasoned, name, "--kind", "joined", "--json").stdout)
    assert {one["kind"] for one in decisions} == {"joined"}
    joinings = [line for line in lines if " joined the " in line]
    assert set(joinings) <= {
        one["told"] for one in decisions
    }  # where only these are asked for, those of a founder, too


def test_asking_why_of_nobody_nothing_or_nowhere_is_refused(reasoned, folder, tmp_path):
    for words, told in (
        ((reasoned, "business 11x"), "no event names 'business 11x'; did you mean"),
        ((reasoned, "business 1", "--kind", "joind"), "did you mean 'joined'?"),
        ((folder, "business 1"), "record.reasons=true"),
        ((tmp_path / "nowhere", "business 1"), "no such folder"),
        ((tmp_path, "business 1"), "holds no run"),
    ):
        done = ecosim("why", *words)
        assert (done.exit_code, done.stdout) == (2, "")
        assert told in done.stderr
