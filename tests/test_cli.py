"""The command line: what it prints where, how it ends, and what it leaves."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ecosim import cli
from ecosim.commands.output import check_folder, of_an_earlier_run
from ecosim.errors import InputError
from ecosim.results.phrases import unescaped
from tests.clock import at_most_seconds

SMALL = ["opinions", "ecosystem.organisations=20", "ecosystem.network.degree=4", "ticks=5"]


def ecosim(*words: object):
    return CliRunner().invoke(cli.app, [str(word) for word in words])


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "one"
    done = ecosim("run", *SMALL, "--out", out, "--seed", "7")
    assert done.exit_code == 0, done.output
    return out


def test_a_run_leaves_what_the_interface_promises(folder):
    left = {path.name for path in folder.iterdir()}
    promised = {"config.yaml", "provenance.json", "summary.json", "summary.md"}
    tables = {
        "series.parquet",
        "organisations.parquet",
        "relationships.parquet",
        "coalitions.parquet",
        "events.parquet",
    }
    assert promised | tables <= left
    assert json.loads((folder / "summary.json").read_text())["seed"] == 7


def test_a_run_can_be_repeated_from_the_configuration_it_left(folder, tmp_path):
    done = ecosim("run", "--scenario", folder / "config.yaml", "--out", tmp_path / "again", "--quiet")
    assert done.exit_code == 0, done.output
    for name in ("series", "organisations", "relationships"):
        assert (tmp_path / "again" / f"{name}.parquet").read_bytes() == (folder / f"{name}.parquet").read_bytes()


def test_a_second_run_replaces_the_first_and_leaves_others_files_alone(tmp_path):
    out = tmp_path / "run"
    assert ecosim("run", *SMALL, "--out", out).exit_code == 0
    (out / "notes.txt").write_text("mine")
    (out / "figures" / "old.svg").parent.mkdir(exist_ok=True)
    (out / "figures" / "old.svg").write_text("of the first run")
    done = ecosim("run", *SMALL, "record.relationships=never", "--out", out)
    assert done.exit_code == 0, done.output
    assert (out / "notes.txt").read_text() == "mine"
    assert not (out / "relationships.parquet").exists()
    assert not (out / "figures" / "old.svg").exists()


def test_without_a_folder_a_run_goes_to_one_called_by_its_number(tmp_path, monkeypatch):
    """Which is known, and held, before the run is made."""
    monkeypatch.chdir(tmp_path)
    assert ecosim("run", *SMALL, "--seed", "3", "dynamics.stance.tolerance=0.3", "--check").exit_code == 0
    (out,) = (tmp_path / "results").iterdir()
    assert out.name == f"opinions-{json.loads((out / 'summary.json').read_text())['run_id'][:8]}"
    assert ecosim("run", *SMALL, "--seed", "3", "dynamics.stance.tolerance=0.3", "--check").exit_code == 0
    assert [path.name for path in (tmp_path / "results").iterdir()] == [out.name]
    assert not (out / ".lock").exists()


def test_json_and_nothing_else_goes_to_stdout(tmp_path):
    done = ecosim("run", *SMALL, "--out", tmp_path / "run", "--json")
    assert json.loads(done.stdout)["ticks"] == 5
    assert str(tmp_path / "run") in done.stderr


def test_a_run_is_told_in_words_and_the_table_of_measures_is_pointed_to(tmp_path):
    done = ecosim("run", *SMALL, "--out", tmp_path / "run")
    written = unescaped((tmp_path / "run" / "summary.md").read_text())
    told, _, pointer = done.stdout.rstrip().rpartition("\n")
    assert "## What happened" in told
    assert written.startswith(told.rstrip())
    assert written.removeprefix(told.rstrip()).lstrip().startswith("## Every measure\n\n| measure |")
    assert pointer.endswith(str(tmp_path / "run" / "summary.md"))


def test_quiet_says_nothing(tmp_path):
    done = ecosim("run", *SMALL, "--out", tmp_path / "run", "--quiet")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")


def test_without_out_the_folder_is_named_after_scenario_and_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = ecosim("run", *SMALL, "--quiet")
    assert done.exit_code == 0, done.output
    (run,) = (tmp_path / "results").iterdir()
    assert run.name.startswith("opinions-")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "opinons"], "did you mean 'opinions'?"),
        (["run", "opinions", "town"], "2 names; allowed: one"),
        (["run", "opinions", "--seed", "-1"], "seed: -1; allowed"),
        (["run", "opinions", "--seed", "1.5"], "seed: 1.5; allowed"),
        (["run", "opinions", "--ticks", "many"], "ticks: 'many'; allowed: a whole number"),
        (["run", "opinions", "ecosystem.organisations=10000000"], "--yes"),
        (["run", "opinions", "--ties", "ties.csv"], "need --organisations"),
        (["run", "opinions", "--scenario", "nowhere.yaml"], "nowhere.yaml: cannot be read: no such file"),
        (["run", "opinions", "--organisations", "nowhere.csv"], "nowhere.csv"),
        (["explain", "../../x"], "no scenario '../../x'"),
        (["run", "opinions", "--bogus"], "--bogus"),
    ],
)
def test_what_is_refused_ends_with_2_in_plain_words(words, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = ecosim(*words)
    assert done.exit_code == 2
    assert told in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.output
    assert list(tmp_path.iterdir()) == []


def test_all_faults_are_listed():
    done = ecosim("run", "opinions", "ticks=-1", "seed=-1", "dynamics.stance.tolerance=9")
    assert done.stderr.splitlines()[0] == "Refused, 3 faults:"
    assert len(done.stderr.splitlines()) == 4


def test_a_folder_that_holds_something_else_is_refused_before_any_work(tmp_path, monkeypatch):
    monkeypatch.setattr("ecosim.ecosystem.Ecosystem", lambda *_, **__: pytest.fail("work was done"))
    (tmp_path / "thesis.docx").write_text("years of work")
    done = ecosim("run", *SMALL, "--out", tmp_path)
    assert done.exit_code == 2
    assert "holds thesis.docx, which is no run" in done.stderr


def test_what_is_no_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is not a folder"):
        check_folder(tmp_path / "file")
    with pytest.raises(InputError, match="is not a folder"):
        check_folder(tmp_path / "file" / "inside")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="cannot be written to"):
        check_folder(tmp_path / "new")


def test_a_link_out_of_the_folder_is_nothing_that_an_earlier_run_left(tmp_path):
    outside, run = tmp_path / "outside", tmp_path / "run"
    outside.mkdir()
    run.mkdir()
    (outside / "kept.txt").write_text("")
    (run / "figures").symlink_to(outside)
    assert list(of_an_earlier_run(run)) == []


@pytest.mark.parametrize("command", ["run", "sweep", "compare", "verify"])
@pytest.mark.parametrize(
    "place", ["/proc/ecosim/results", "/dev/null/x", "{tmp}/file", "{tmp}/file/x/y", "{tmp}/" + "n" * 300]
)
def test_a_place_where_nothing_can_be_written_is_refused_before_any_work(command, place, tmp_path, monkeypatch):
    for work in ("ecosystem.Ecosystem", "experiments.work.makers", "published.verify.verify"):
        monkeypatch.setattr(f"ecosim.{work}", lambda *_, **__: pytest.fail("work was done"))
    (tmp_path / "file").write_text("")
    words = {
        "run": SMALL,
        "sweep": [*SMALL, "seed=1,2"],
        "compare": ["opinions", "public_goods"],
        "verify": ["may_1977"],
    }
    done = ecosim(command, *words[command], "--out", place.format(tmp=tmp_path))
    assert done.exit_code == 2, done.output
    assert done.stderr.startswith("Refused: ")
    assert "Traceback" not in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_disk_that_fills_up_while_pictures_are_drawn_leaves_nothing(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device", "network.svg")

    monkeypatch.setattr("ecosim.reports.plots.write_figure", full)
    done = ecosim("run", *SMALL, "--out", tmp_path / "new" / "run")
    assert done.exit_code == 1
    assert "no space left on device" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_cannot_be_drawn_does_not_cost_the_numbers(tmp_path, monkeypatch):
    def wrong(*_, **__):
        raise RuntimeError("a mistake in a picture")

    monkeypatch.setattr("ecosim.reports.plots.write_figure", wrong)
    done = ecosim("run", *SMALL, "--out", tmp_path / "run")
    assert isinstance(done.exception, RuntimeError)
    assert (tmp_path / "run" / "series.parquet").is_file()


def test_a_run_read_back_draws_the_same_network(folder, tmp_path):
    import ecosim as package
    from ecosim.reports.plots import save_figures

    save_figures(package.read(folder), tmp_path)
    for path in (folder / "figures").iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
    assert (tmp_path / "network.svg").is_file()


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (InputError("ticks: -1; allowed: more"), 2, "Refused: ticks: -1; allowed: more"),
        (FloatingPointError("stopped in tick 3"), 1, "Failed: stopped in tick 3"),
        (MemoryError(), 1, "not enough memory"),
        (OSError(28, "No space left on device", "series.parquet"), 1, "series.parquet: no space left on device"),
        (KeyboardInterrupt("in tick 3 of 9"), 130, "Stopped: in tick 3 of 9. Nothing was written."),
    ],
)
def test_each_way_to_end_has_its_code_and_a_sentence(error, code, told, monkeypatch):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("ecosim.compose.load", fail)
    done = ecosim("run", "opinions")
    assert done.exit_code == code
    assert told in done.stderr
    assert "Traceback" not in done.output


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
    assert len(ecosim("list").stdout.splitlines()) < 160
    done = ecosim("list", "rules_of_thumb")
    assert done.exit_code == 2
    assert "valid: measures, published, rules, scenarios" in done.stderr


def test_a_scenario_is_explained_in_three_forms():
    assert json.loads(ecosim("explain", "opinions", "--json").stdout)["ticks"] == 100
    assert "$$" in ecosim("explain", "opinions", "--markdown").stdout
    text = ecosim("explain", "opinions", "ticks=9").stdout
    assert "9 ticks by default" in text
    assert "$" not in text


def test_help_is_there_at_once():
    """Without importing what a run needs. The time is that of a slow machine that also writes down its imports."""
    command = [sys.executable, "-X", "importtime", "-c", "from ecosim.cli import main; main()", "--help"]
    with at_most_seconds(1.5):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "run" in done.stdout
    imported = {line.split("|")[-1].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert imported & {"numpy", "numba", "hydra", "pydantic", "pandas", "mesa", "matplotlib"} == set()


def test_the_version_is_told():
    assert ecosim("--version").stdout.startswith("ecosim ")


def test_ctrl_c_stops_a_run_with_a_sentence_and_leaves_nothing(tmp_path):
    words = ["run", "opinions", "ticks=100000", "ecosystem.organisations=2000", "--out", str(tmp_path / "run")]
    code = "from ecosim.cli import main; main()"
    with subprocess.Popen([sys.executable, "-c", code, *words], stderr=subprocess.PIPE, text=True) as process:
        time.sleep(6)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "Stopped" in said
    assert "Traceback" not in said
    assert not (tmp_path / "run").exists()


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


def test_a_rule_that_breaks_its_promise_is_named_where_the_run_is_checked(tmp_path, monkeypatch):
    (tmp_path / "whisper_rules.py").write_text(
        'from ecosim import Mechanism\n\n\nclass Whisper(Mechanism):\n    """Says stance, and changes capital."""\n\n'
        "    reads = ('capital', 'stance')\n    writes = ('stance',)\n\n"
        "    def step(self, world, key):\n        world.capital[:] *= 0.9\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    rule = [
        "+dynamics.whisper={rule: 'whisper_rules:Whisper'}",
        "schedule=[stance,whisper]",
        "--trust",
        "whisper_rules",
    ]
    assert ecosim("run", *SMALL, *rule, "--quiet", "--out", tmp_path / "a").exit_code == 0
    done = ecosim("run", *SMALL, *rule, "--check", "--quiet", "--out", tmp_path / "b")
    assert done.exit_code == 1
    assert "dynamics.whisper" in done.stderr
    assert "it changed capital, which writes does not name" in done.stderr
    assert not (tmp_path / "b").exists()


def test_the_summary_on_the_terminal_has_no_escapes(tmp_path):
    done = ecosim("run", *SMALL, "title=one_or_two", "record.figures=false", "--out", tmp_path / "run")
    assert "# one_or_two" in done.stdout
    assert "\\" not in done.stdout


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        (["tip"], ["KEY and MEASURE", "--out"]),
        (["tip", "town"], ["KEY and MEASURE", "--out"]),
        (["tip", "town", "dynamics.meeting.rate"], ["MEASURE is missing", "--out"]),
        (["tip", "dynamics.meeting.rate"], ["MEASURE is missing", "--out"]),
        (["tip", "town", "dispersion.mean"], ["KEY is missing", "--out"]),
        (["tip", "town", "dynamics.meeting.rate", "--out", "x"], ["MEASURE is missing"]),
        (["calibrate"], ["KEY='interval(LOW,HIGH)'", "--target", "--out"]),
        (["calibrate", "town", "dynamics.meeting.rate=interval(0.1,0.9)"], ["--target", "--out"]),
    ],
)
def test_all_that_a_search_lacks_is_told_at_once(words, missing, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = ecosim(*words)
    assert done.exit_code == 2
    assert all(f" {what}" in done.stderr for what in missing), done.stderr
    assert len(missing) == (done.stderr.count("\n  - ") or 1), done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_with_its_folder_and_what_to_do(tmp_path, monkeypatch):
    from ecosim.results import store

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(store, "write_text", full)
    done = ecosim("run", *SMALL, "record.figures=false", "--out", tmp_path / "run")
    assert done.exit_code == 1
    assert f"Failed: {tmp_path / 'run'}: no space left on device; " in done.stderr
    assert "make room" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_in_a_narrow_terminal_names_are_folded_and_none_is_cut(monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    done = ecosim("list")
    assert "…" not in done.stdout
    assert "committed_minority" in "".join(done.stdout.split())
