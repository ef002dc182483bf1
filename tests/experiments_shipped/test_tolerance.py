"""Tolerance: the arms differ only in tolerance and in what stance does to the gap, and tolerance moves opinion."""

import pytest

import ecosim
from tests.experiments_shipped.scripts import EXPERIMENTS

FOLDER = EXPERIMENTS / "tolerance"
SMALL = ("ecosystem.organisations=60", "ecosystem.citizens.count=100", "ticks=60")


@pytest.fixture(scope="module")
def runs(experiment):
    return experiment.measured(2, 7, 0, *SMALL)


def test_arms_differ_from_the_town_in_tolerance_and_in_the_gap_of_stance_only(experiment):
    town = ecosim.load("town")
    for label, (name, *changes) in experiment.arms().items():
        settings = ecosim.load(name, *changes)
        assert settings.ecosystem == town.ecosystem
        differ = {rule for rule, values in settings.dynamics.items() if values != town.dynamics[rule]}
        assert differ <= ({"stance", "meeting", "production"} if "no gap" in label else {"stance"})


def test_opinions_stay_closer_where_more_is_tolerated(experiment, runs):
    dispersion = experiment.by_tolerance(runs, "as in the town", "dispersion of opinion, at the end")
    assert (dispersion[experiment.MOST] < dispersion[experiment.LEAST] - 0.1).all()


def test_the_tables_tell_of_each_outcome_at_each_tolerance(experiment, runs):
    text = experiment.told(runs)
    assert all(text.count(f"| {outcome} |") == 2 for outcome in (*experiment.ENDING, *experiment.LATE))
    assert "nan" not in text


def test_the_picture_has_both_towns_in_each_of_its_three_parts(experiment, runs):
    assert [len(axes.lines) for axes in experiment.figure(runs).axes] == [2, 2, 2]
