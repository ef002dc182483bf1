"""More than the sum: regimes differ in production only; with nothing between members the whole is the sum."""

import pytest

import ecosim
from tests.experiments_shipped.scripts import EXPERIMENTS, rules_changed

FOLDER = EXPERIMENTS / "more_than_the_sum"
SMALL = ("ecosystem.organisations=60", "ecosystem.citizens.count=200", "ticks=40")


@pytest.fixture(scope="module")
def by_regime(experiment):
    return experiment.measured(3, 7, 0, *SMALL)


def test_regimes_differ_from_the_town_in_joint_work_only(experiment):
    town = ecosim.load("town")
    for file, *changes in experiment.REGIMES.values():
        settings = ecosim.load(None, *changes, scenario=FOLDER / file)
        assert settings.ecosystem == town.ecosystem
        assert rules_changed(settings) <= {"production"}


def test_the_tables_tell_of_every_regime(experiment, by_regime):
    text = experiment.told(by_regime)
    assert all(text.count(f"| {regime} |") == 2 for regime in experiment.REGIMES)


def test_the_whole_is_the_sum_where_parts_add_up_and_nothing_is_between_them(experiment, by_regime):
    table = by_regime[list(experiment.REGIMES)[-1]].table.set_index("way")
    assert table.loc["ledger", ["low", "mean", "high"]].astype(float).abs().max() < 1e-12
    assert table.loc["dividends", ["low", "mean", "high"]].astype(float).abs().max() < 1e-9


def test_and_more_in_the_town(experiment, by_regime):
    table = by_regime[next(iter(experiment.REGIMES))].table.set_index("way")
    assert table.loc["ledger", "mean"] > 0.2
