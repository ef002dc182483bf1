"""Cultivated bonds: only what half of the organisations invest differs, and endings are counted as they happened."""

import pytest

import ecosim
from tests.experiments_shipped.scripts import EXPERIMENTS

FOLDER = EXPERIMENTS / "cultivated_bonds"
SMALL = ("ecosystem.organisations=60", "ecosystem.citizens.count=200", "ticks=40")


@pytest.fixture(scope="module")
def runs(experiment):
    with pytest.MonkeyPatch.context() as fewer:
        fewer.setattr(experiment, "ARMS", {arm: experiment.ARMS[arm] for arm in list(experiment.ARMS)[:2]})
        yield experiment.measured(3, 7, 0, *SMALL)


def test_only_what_half_of_the_organisations_invest_differs_from_the_town():
    town, cultivated = ecosim.load("town"), ecosim.load(scenario=FOLDER / "cultivated.yaml")
    assert (cultivated.ecosystem, cultivated.dynamics) == (town.ecosystem, town.dynamics)
    model = ecosim.Ecosystem(cultivated, rng=5)
    assert (model.world.trust == ecosim.Ecosystem(town, rng=5).world.trust).all()
    model.step()
    assert (model.world.invest == 0.3).sum() == model.world.n // 2


def test_every_arm_and_outcome_stands_in_the_tables(experiment, runs):
    with pytest.MonkeyPatch.context() as fewer:
        fewer.setattr(experiment, "ARMS", {arm: experiment.ARMS[arm] for arm in runs["scenario"].unique()})
        text = experiment.told(runs)
    assert all(words in text for words, _ in experiment.OUTCOMES.values())
    assert all(text.count(f"| {arm} |") == len(experiment.OUTCOMES) for arm in runs["scenario"].unique())


def test_hazards_and_outputs_are_within_what_can_be(runs):
    for name in ("dissolved", "left"):
        for where in ("few", "most"):
            assert runs[f"{name} {where}"].dropna().between(0, 1000).all()
    assert (runs["per effort most"] > runs["per effort and investment most"]).all()


def test_a_coalition_is_of_few_or_of_most_by_its_members_or_in_between(experiment):
    settings = ecosim.load(None, *SMALL, scenario=FOLDER / "cultivated.yaml")
    model = ecosim.Ecosystem(settings, rng=3)
    model.run(40)
    world = model.world
    members, made = experiment.look(world, 0.3)
    assert len(members) == world.coalitions > 0
    assert len(made) == sum(group != experiment.BETWEEN for group, _ in members.values()) > 0
    for c, identity in enumerate(world.coalition_identity.tolist()):
        who = world.member[world.first_member[c] : world.first_member[c + 1]]
        share = (world.invest[who] == 0.3).mean()
        group = 0 if share < 1 / 3 else 1 if share > 2 / 3 else experiment.BETWEEN
        assert members[identity] == (group, set(world.identity[who].tolist()))


def test_a_coalition_that_only_changes_its_members_has_not_dissolved(experiment, monkeypatch):
    """One of most loses a member and is in between from then on: one of two left, none of one dissolved."""
    settings = ecosim.load(None, *SMALL[:2], "ticks=3", scenario=FOLDER / "cultivated.yaml")
    seen = iter([{1: (1, {7, 8})}, {1: (1, {7, 8})}, {1: (experiment.BETWEEN, {7})}])
    monkeypatch.setattr(experiment, "look", lambda world, value: (next(seen), []))
    found = experiment.live(ecosim.Ecosystem(settings, rng=1))
    assert found["dissolved most"] == 0.0
    assert found["left most"] == pytest.approx(1000 * 1 / 4)
