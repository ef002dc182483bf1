"""Faults that do not need each other are told at once: of the folder, the scenario, the mapping and the tables."""

import pytest
from typer.testing import CliRunner

from ecosim import cli
from ecosim.errors import did_you_mean


@pytest.fixture(autouse=True)
def _with_tables(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_text("name,sector,budget,stance_tr\nA,business,10,0.2\nB,government,20,0.3\n")


def refusals(*words):
    """Return the faults of which a command tells."""
    done = CliRunner().invoke(cli.app, [*words])
    assert done.exit_code == 2, done.output
    first, *faults = done.stderr.splitlines()
    assert first == f"Refused, {len(faults)} faults:"
    return [fault.removeprefix("  - ") for fault in faults]


def begins(faults, *beginnings):
    assert len(faults) == len(beginnings), faults
    for fault, beginning in zip(faults, beginnings, strict=True):
        assert fault.startswith(beginning)
    return True


@pytest.mark.parametrize("command", ["run", "sweep"])
def test_scenario_mapping_and_a_table_that_is_missing_are_told_at_once(command, tmp_path):
    (tmp_path / "bad.yaml").write_text("sectr: x\nties: {source: 3}\n")
    words = ["town", "ticcs=3", "--organisations", "mine.csv", "--ties", "nowhere.csv", "--mapping", "bad.yaml"]
    words += [] if command == "run" else ["ticks=1,2", "--timeout", "-1"]
    of_limits = () if command == "run" else ("timeout: -1.0; allowed: seconds",)
    assert begins(
        refusals(command, *words, "--out", "mine.csv" if command == "run" else "out"),
        *([] if command == "sweep" else ["--out mine.csv: is there already and is not a folder"]),
        *of_limits, "ticcs: no such key; did you mean 'ticks'?", "bad.yaml, line 2: ties.source is 3; allowed: text",
        "bad.yaml, line 1: unknown key 'sectr'; did you mean 'sector'?", "nowhere.csv: cannot be read",
    )  # fmt: skip


def test_a_word_of_ecosim_and_a_column_of_the_table_are_told_at_once_and_all_words_are_shown(tmp_path):
    (tmp_path / "bad.yaml").write_text("columns: {stance_trad: stance_trr, capitol: budget}\n")
    faults = refusals("run", "town", "ticks=1", "--organisations", "mine.csv", "--mapping", "bad.yaml")
    assert begins(
        faults, "mapping, columns.stance_trad: 'stance_trad' is no number of ecosim's; did you mean 'stance_",
        "mine.csv: no column 'stance_trr'; did you mean 'stance_tr'?", "mapping, columns.capitol: 'capitol' is no",
    )  # fmt: skip
    assert "stance_economy, stance_society" in faults[0]
    assert "…" not in faults[0] + faults[2]


def test_a_list_that_is_cut_begins_with_the_words_that_begin_alike():
    words = [f"salience_{k:02d}" for k in range(9)] + [f"stance_{k:02d}" for k in range(9)]
    told = did_you_mean("stance_x", words, most=12)
    assert told.endswith("valid: " + ", ".join(words[9:] + words[:3]) + ", … (18 in all)")
