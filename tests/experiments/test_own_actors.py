"""A user's own organisations are compared, tipped and calibrated as they are swept."""

import json

import pytest
from typer.testing import CliRunner

import ecosim
from ecosim import cli
from ecosim.errors import InputError
from ecosim.experiments.stored import read_runs
from tests.experiments.sweeps import TOLERANCE

OF_ONE_MIND = (
    "name,sector,stance\nQuay,business,0.4\nOffice,government,0.4\nClub,civil_society,0.4\nDock,business,0.4\n"
)
FEW = ("ticks=4", "measures=[dispersion]", "ecosystem.organisations=20")


def compared(actors, out=None, **keywords):
    arms = {"wide": "opinions", "narrow": ["opinions", f"{TOLERANCE}=0.2"]}
    return ecosim.compare(arms, *FEW, replicates=2, actors=actors, out=out, workers=0, **keywords).runs


def tipped(actors, out=None, **keywords):
    asked = {"start": 0.1, "stop": 0.9, "replicates": 6, "threshold": 0.5, "width": 0.4, "workers": 0}
    return ecosim.tip("opinions", TOLERANCE, "dispersion", *FEW, actors=actors, out=out, **asked, **keywords).runs


def calibrated(actors, out=None, **keywords):
    asked = {"trials": 20, "replicates": 1, "workers": 0}
    targets = {"dispersion": (0.0, 0.1)}
    ecosim.calibrate("opinions", {TOLERANCE: (0.1, 0.9)}, targets, *FEW, actors=actors, out=out, **asked, **keywords)
    return read_runs(out)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "organisations.csv"
    path.write_text(OF_ONE_MIND, encoding="utf-8")
    return path


@pytest.fixture
def actors(table):
    return read(table)


def read(table):
    return ecosim.actors(ecosim.load("opinions"), table, mapping={"columns": {"stance_axis_1": {"column": "stance"}}})


@pytest.fixture(scope="module")
def drawn():
    """Runs of organisations that are drawn, and disagree."""
    return compared(None)


@pytest.mark.parametrize("made", [compared, tipped, calibrated])
def test_every_run_begins_with_the_table_and_another_is_refused_from_then_on(made, actors, table, drawn, tmp_path):
    """Agreement is a fixed point of bounded confidence: where all of the table agree at the start, they do to the end."""
    own = made(actors, tmp_path / "out")
    assert (own["status"] == "ok").all()
    assert own["dispersion"].to_numpy() == pytest.approx(0.0, abs=1e-12)
    assert (drawn["dispersion"] > 0.05).all()
    before = read_runs(tmp_path / "out")
    table.write_text(OF_ONE_MIND.replace("Dock", "Mole"), encoding="utf-8")
    own_now = "your own organisations and ties: "
    for other, told in ((read(table), "other now: names"), (None, "given before, none now")):
        with pytest.raises(InputError, match="holds another sweep") as refused:
            made(other, tmp_path / "out")
        assert f"{own_now}{told}" in str(refused.value)
        assert actors.digest not in str(refused.value)
    assert read_runs(tmp_path / "out").equals(before)


def test_what_the_table_says_is_not_varied(actors):
    with pytest.raises(InputError, match=r"ecosystem\.organisations: the table says how many"):
        ecosim.tip("opinions", "ecosystem.organisations", "dispersion", start=5, stop=9, actors=actors)
    with pytest.raises(InputError, match=r"ecosystem\.organisations: the table says how many"):
        ecosim.calibrate("opinions", {"ecosystem.organisations": (5, 9)}, {"dispersion": (0, 1)}, actors=actors)


def test_worlds_that_are_led_both_ways_begin_with_the_users_own(actors):
    """All of one mind, they are so at every value, up and down."""
    found = ecosim.tip(
        "opinions", TOLERANCE, "dispersion", *FEW, start=0.1, stop=0.9, threshold=0.5, replicates=1, both_ways=True,
        hold=2, steps=3, actors=actors, workers=0,
    )  # fmt: skip
    assert len(found.both_ways.levels) == 6
    assert found.both_ways.levels["level"].to_numpy() == pytest.approx(0.0, abs=1e-12)


def test_every_arm_that_has_no_place_for_a_sector_is_named(actors):
    actors.sector[3] = "port"
    with pytest.raises(InputError) as refused:
        ecosim.compare({"here": "opinions", "there": "town"}, actors=actors)
    assert [fault.split(";")[0] for fault in refused.value.faults] == [
        "here: there is no sector 'port'",
        "there: there is no sector 'port'",
    ]


COMMANDS = {
    "compare": ("opinions", "narrow.yaml", "--replicates=2"),
    "tip": ("opinions", TOLERANCE, "dispersion", "--from=0.1", "--to=0.9", "--replicates=6"),
    "calibrate": ("opinions", f"{TOLERANCE}=interval(0.1,0.9)", "--target=dispersion=0±0.1", "--trials=20"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_reads_the_tables_for_every_run_and_refuses_others(command, table, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "narrow.yaml").write_text("base: opinions\ndynamics: {stance: {tolerance: 0.2}}\n")
    (tmp_path / "ties.csv").write_text("from,to\nQuay,Office\nQuay,Club\n")
    (tmp_path / "mapping.yaml").write_text("columns: {stance_axis_1: {column: stance}}\n")
    words = [command, *COMMANDS[command], *FEW, "--out=out", "--workers=0", "--organisations=organisations.csv"]
    done = CliRunner().invoke(cli.app, [*words, "--ties=ties.csv", "--mapping=mapping.yaml"])
    assert done.exit_code == 0, done.output
    own = ecosim.actors(ecosim.load("opinions"), table, "ties.csv", "mapping.yaml")
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["same"]["tables"] == own.digest
    assert read_runs(tmp_path / "out")["dispersion"].to_numpy() == pytest.approx(0.0, abs=1e-12)
    without_ties = CliRunner().invoke(cli.app, [*words, "--mapping=mapping.yaml"])
    assert without_ties.exit_code == 2
    assert "your own organisations and ties: other now: ties" in without_ties.output
    alone = CliRunner().invoke(cli.app, [*words[:-1], "--ties=ties.csv"])
    assert alone.exit_code == 2
    assert "need --organisations" in alone.output
