"""The command ``run``: what it leaves, what it prints where, and that it can be done again."""

from __future__ import annotations

import json

from ecosim.results.phrases import unescaped
from tests.commands.command_line import SMALL, ecosim


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


def test_the_summary_on_the_terminal_has_no_escapes(tmp_path):
    done = ecosim("run", *SMALL, "title=one_or_two", "record.figures=false", "--out", tmp_path / "run")
    assert "# one_or_two" in done.stdout
    assert "\\" not in done.stdout


def test_a_run_read_back_draws_the_same_network(folder, tmp_path):
    import ecosim as package
    from ecosim.reports.plots import save_figures

    save_figures(package.read(folder), tmp_path)
    for path in (folder / "figures").iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
    assert (tmp_path / "network.svg").is_file()


def test_a_picture_that_cannot_be_drawn_does_not_cost_the_numbers(tmp_path, monkeypatch):
    def wrong(*_, **__):
        raise RuntimeError("a mistake in a picture")

    monkeypatch.setattr("ecosim.reports.plots.write_figure", wrong)
    done = ecosim("run", *SMALL, "--out", tmp_path / "run")
    assert isinstance(done.exception, RuntimeError)
    assert (tmp_path / "run" / "series.parquet").is_file()


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
