"""A new normal: scare and calm share everything until the scare; what is left of it is read off late."""

import pytest

import ecosim
from tests.experiments_shipped.scripts import EXPERIMENTS, rules_changed

FOLDER = EXPERIMENTS / "new_normal"
SMALL = ("ecosystem.organisations=60", "ecosystem.citizens.count=200", "ticks=230")


def test_the_files_differ_from_the_town_where_they_say():
    chronic, quiet = (ecosim.load(scenario=FOLDER / name) for name in ("chronic.yaml", "town.yaml"))
    assert rules_changed(quiet) == {"change"}
    assert rules_changed(chronic) == {"change", "issue", "contribution", "production", "sharing"}


def test_the_tables_tell_of_each_world_and_trust(experiment, monkeypatch):
    monkeypatch.setattr(experiment, "TRUSTS", (0.1, 0.7))
    monkeypatch.setattr(experiment, "WORLDS", dict(list(experiment.WORLDS.items())[:2]))
    text = experiment.told(experiment.measured(3, 7, 0, *SMALL))
    assert "by trust at the start | 0.1 | 0.7 | critical trust |" in text
    assert all(f"| {world}: contribution |" in text for world in experiment.WORLDS)
    assert "nan" not in text


def test_problems_are_chronic_and_a_scare_passes(experiment):
    settings = ecosim.load(None, experiment.SCARE, *SMALL, "ticks=330", scenario=FOLDER / "chronic.yaml")
    model = ecosim.Ecosystem(settings, rng=5)
    model.run(149)
    assert model.world.urgency == pytest.approx([1.0, 1.0, 1.0])
    model.run(45)
    assert model.world.urgency.min() > 3.0
    model.run()
    assert model.world.urgency == pytest.approx([1.0, 1.0, 1.0], abs=1e-3)
    assert model.world.severity == pytest.approx([1.0, 1.0, 1.0])
