"""A sweep of a user's own organisations: the same in every run, in every process, and part of what the sweep is."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import ecosim
from ecosim import cli
from ecosim.errors import InputError
from ecosim.experiments.plan import Plan, plan_of
from ecosim.experiments.stored import read_runs
from ecosim.world.actors import read_actors

HARBOUR = Path(__file__).parents[2] / "examples" / "harbour"
FILES = {part: HARBOUR / name for part, name in (("organisations", "organisations.csv"), ("ties", "ties.csv"))}
OPTIONS = [word for option, path in FILES.items() for word in (f"--{option}", str(path))]
OPTIONS += ["--mapping", str(HARBOUR / "mapping.yaml")]
SMALL = ["ticks=6", "dynamics.meeting.rate=0.2,0.8"]


def harbour():
    return read_actors(FILES["organisations"], FILES["ties"], HARBOUR / "mapping.yaml")


def command(*words: object):
    return CliRunner().invoke(cli.app, [str(word) for word in words])


def test_a_swept_run_is_the_run_alone(tmp_path):
    done = command("sweep", *SMALL, *OPTIONS, "--out", tmp_path / "sweep", "--workers", 0, "--replicates", 2)
    assert done.exit_code == 0, done.output
    runs = read_runs(tmp_path / "sweep")
    assert list(runs["status"]) == ["ok"] * 4
    alone = ecosim.Ecosystem(
        ecosim.load("town", "ticks=6", "dynamics.meeting.rate=0.8"), rng=int(runs["seed"].iloc[2]), actors=harbour()
    )
    alone.run()
    series = alone.results().series
    final = [name for name in runs.columns if name.endswith("clustering") or name == "clustering_final"]
    assert final
    assert runs[final[0]].iloc[2] == pytest.approx(series["clustering"].iloc[-1])


def test_processes_are_handed_the_tables(tmp_path):
    frames = []
    for workers in (0, 1):
        table = ecosim.sweep(
            "town", {"dynamics.meeting.rate": [0.2, 0.8]}, "ticks=4", actors=harbour(), workers=workers
        )
        frames.append(table)
    assert list(frames[0]["status"]) == ["ok", "ok"]
    assert frames[0].equals(frames[1])


def test_another_table_is_another_sweep(tmp_path):
    words = ["sweep", *SMALL, "--out", tmp_path / "sweep", "--workers", 0]
    assert command(*words, *OPTIONS).exit_code == 0
    ties = tmp_path / "ties.csv"
    ties.write_text("".join(FILES["ties"].read_text().splitlines(keepends=True)[:-1]))
    refused = command(*words, *OPTIONS[:2], "--ties", ties, *OPTIONS[4:])
    assert refused.exit_code == 2
    assert "holds another sweep" in refused.output
    assert "your own organisations and ties: other now: ties" in refused.output
    assert command(*words).exit_code == 2


def test_a_plan_handed_on_has_the_same_runs():
    plan = plan_of("town", {"dynamics.meeting.rate": [0.2, 0.8]}, ["ticks=4"], actors=harbour())
    assert Plan.from_json(plan.to_json()).check().run_ids == plan.check().run_ids
    assert plan_of("town", {"dynamics.meeting.rate": [0.2, 0.8]}, ["ticks=4"]).check().run_ids != plan.check().run_ids


def test_the_number_of_organisations_in_a_table_cannot_be_swept():
    with pytest.raises(InputError, match="the table says how many"):
        plan_of("town", {"ecosystem.organisations": [10, 20]}, actors=harbour())


def test_whether_a_named_organisation_leaves_can_be_swept(tmp_path):
    said = "interventions=[],[{at: 2, do: remove, names: [Acme Shipping]}]"
    done = command("sweep", "ticks=4", said, *OPTIONS, "--out", tmp_path / "sweep", "--workers", 0)
    assert done.exit_code == 0, done.output
    runs = read_runs(tmp_path / "sweep")
    found = [name for name in runs.columns if name in ("organisations", "organisations_final")]
    assert found
    assert runs[found[0]].iloc[0] == runs[found[0]].iloc[1] + 1
