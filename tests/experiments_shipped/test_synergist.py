"""The synergist: its rivals differ in how they rank only, and where parts add up it introduces nobody."""

import pytest

import ecosim
from tests.experiments_shipped.scripts import EXPERIMENTS, rules_changed

FOLDER = EXPERIMENTS / "synergist"
SMALL = ("ecosystem.organisations=60", "ecosystem.citizens.count=200", "ticks=40")


@pytest.fixture(scope="module")
def runs(experiment):
    return experiment.measured(3, 7, 0, *SMALL)


def test_the_files_differ_from_the_town_where_they_say():
    town = ecosim.load("town")
    scarce, usual = (ecosim.load(scenario=FOLDER / name) for name in ("scarce.yaml", "town.yaml"))
    assert scarce.ecosystem.model_copy(update={"network": town.ecosystem.network}) == town.ecosystem
    differ = rules_changed(scarce)
    assert differ == {"meeting", "synergist", "coalition", "production"}
    assert usual.ecosystem == town.ecosystem
    assert rules_changed(usual) == {"synergist"}


def test_every_way_to_introduce_and_every_world_stands_in_the_tables(experiment, runs):
    text = experiment.told(runs)
    assert len(runs) == 3 * (2 * len(experiment.WORLDS) + len(experiment.RIVALS))
    assert all(f"| {way} less nobody |" in text for way in ("dividend", *experiment.RIVALS))
    assert all(f"| {world} |" in text for world in experiment.WORLDS)


def test_where_parts_add_up_no_pair_is_worth_introducing(experiment, runs):
    """With η = 1 and no gain from bonds no pair makes more together, so the synergist changes nothing, to the last bit."""
    wide = {name: runs.pivot(index="replicate", columns="scenario", values=name) for name in ("value", "ties")}
    for table in wide.values():
        assert (table["parts add up: η = 1 | dividend"] == table["parts add up: η = 1 | nobody"]).all()


def test_it_makes_ties_where_partners_are_scarce(experiment, runs):
    ties = runs.pivot(index="replicate", columns="scenario", values="ties")
    assert (ties[f"{experiment.SCARCE} | dividend"] > ties[f"{experiment.SCARCE} | nobody"]).all()
