"""Levels bind: the arms differ only in couplings and tolerance, and without coupling each level moves alone."""

import numpy as np
import pytest

import ecosim
from tests.experiments_shipped.scripts import EXPERIMENTS

FOLDER = EXPERIMENTS / "levels_bind"
SMALL = ("ecosystem.organisations=40", "ecosystem.citizens.count=100", "ticks=40")


@pytest.fixture(scope="module")
def runs(experiment):
    return experiment.measured(2, 7, 0, *SMALL)


def test_arms_differ_from_the_town_in_levels_members_and_tolerance_only(experiment):
    town = ecosim.load("town")
    for file, *changes in experiment.arms().values():
        settings = ecosim.load(None, *changes, scenario=file)
        assert set(settings.dynamics) - set(town.dynamics) == {"levels"}
        for name, rule in town.dynamics.items():
            same = settings.dynamics[name].model_copy(update={"tolerance": 0.6}) if name == "stance" else None
            assert (same or settings.dynamics[name]) == rule
        members = settings.ecosystem.model_copy(update={"members": town.ecosystem.members})
        assert members == town.ecosystem


def test_the_tables_tell_of_each_coupling_at_each_level(experiment, runs):
    text = experiment.told(runs)
    assert all(f"| {coupling} |" in text for coupling in experiment.COUPLINGS)
    assert all(level in text for level in experiment.LEVELS)
    assert "nan" not in text


def test_what_is_not_coupled_to_members_leaves_them_as_they_are_alone(experiment, runs):
    """But for the law's own reading of how urgent common problems are, which all levels share."""
    table = runs.pivot(index="replicate", columns="scenario", values="within an organisation")
    alone, linked = table["none | 0.6"], table["organisations and coalitions only"]
    assert np.allclose(alone, linked, rtol=1e-3)
    assert (table["all four, by the law"] < alone).all()
