"""A committed minority: who is committed, that it ends, and that without learning trust nothing tips."""

import numpy as np

import ecosim
from tests.experiments_shipped.scripts import EXPERIMENTS, rules_changed

FOLDER = EXPERIMENTS / "tipping_minority"
SMALL = ("ecosystem.organisations=60", "ticks=60")


def town(*changes):
    return ecosim.Ecosystem(ecosim.load(None, *changes, scenario=FOLDER / "distrust.yaml"), rng=5)


def test_the_town_differs_from_the_default_where_it_says():
    default, ours = ecosim.load("town"), ecosim.load(scenario=FOLDER / "distrust.yaml")
    changed = rules_changed(ours)
    assert changed == {"change", "issue", "contribution", "commitment", "sharing"}
    assert [name for name in ours.schedule if name != "commitment"] == list(default.schedule)


def test_the_larger_minority_holds_the_smaller_and_hubs_are_best_tied(experiment):
    committed = {}
    for share in (0.05, 0.2):
        model = town(*SMALL)
        experiment.commit(model, share, "chance")
        committed[share] = set(np.flatnonzero(model.world.committed))
    assert len(committed[0.05]) == 3
    assert len(committed[0.2]) == 12
    assert committed[0.05] < committed[0.2]
    model = town(*SMALL)
    experiment.commit(model, 0.2, "hubs")
    ties, is_hub = np.diff(model.world.first_tie), model.world.committed == 1
    assert ties[is_hub].min() >= ties[~is_hub].max()


def test_the_committed_put_in_everything_for_half_of_the_time_only(experiment):
    model = town(*SMALL)
    experiment.commit(model, 0.2, "chance")
    rows = model.world.committed == 1
    model.run(10)
    assert (model.world.contribution[rows] == 1.0).all()
    model = town(*SMALL)
    experiment.contribute(0.2, "chance", model)
    assert not model.world.committed.any()
    assert model.tick == 60


def test_the_tables_tell_of_each_kind_and_share(experiment, monkeypatch):
    monkeypatch.setattr(experiment, "COMMITTED", (0.0, 0.1))
    monkeypatch.setattr(experiment, "SPEAKERS", (0.05, 0.4))
    text = experiment.told(experiment.measured(3, 7, 0, *SMALL))
    assert "by share committed | 0 | 0.1 | critical share |" in text
    assert all(f"| {kind} |" in text for kind in (*experiment.TOWNS, *experiment.CROWDS))
    assert "nan" not in text


def test_where_trust_cannot_grow_a_minority_tips_nobody(experiment):
    found = experiment.contribute(0.15, "chance", town("ticks=300", "dynamics.relationship.trust_up=0.0"))
    assert found["trust"] < 0.1
    assert not found["tipped"]
