"""Adapting: the arms differ only in learning, and no lead is left where quality of work is the same for all."""

import pytest

import ecosim
from tests.experiments_shipped.scripts import EXPERIMENTS, rules_changed

FOLDER = EXPERIMENTS / "adapting"
SMALL = ("ecosystem.organisations=40", "ecosystem.citizens.count=100", "ticks=80", "dynamics.learning.settled=20")


@pytest.fixture(scope="module")
def runs(experiment):
    return experiment.measured(2, 7, 0, *SMALL)


def test_arms_differ_from_the_town_in_learning_only(experiment):
    town = ecosim.load("town")
    for file, *changes in experiment.arms().values():
        settings = ecosim.load(None, *changes, scenario=file)
        assert settings.ecosystem == town.ecosystem
        assert rules_changed(settings) == {"learning"}


def test_the_tables_tell_of_each_drift_and_variant(experiment, runs):
    text = experiment.told(runs)
    assert all(f"drift {drift:g} |" in text for drift in experiment.DRIFTS)
    assert all(variant in text for variant in experiment.VARIANTS)
    assert "nan" not in text


def test_who_adapts_leads_in_performance_where_the_landscape_drifts(runs):
    lead = runs.groupby("scenario")["performance"].mean()
    assert lead["drift 0.02"] > 0.1
    assert abs(lead["drift 0"]) < 0.1 < lead["drift 0.02"] - lead["drift 0"]
