"""Purpose pays: half of the businesses have it, and what else differs between arms is said."""

import numpy as np

import ecosim
from tests.experiments_shipped.scripts import EXPERIMENTS, rules_changed

FOLDER = EXPERIMENTS / "purpose_pays"
SMALL = ("ecosystem.organisations=60", "ecosystem.citizens.count=200", "ticks=60")


def test_the_file_differs_from_the_town_in_what_it_holds_only():
    town, held = ecosim.load("town"), ecosim.load(scenario=FOLDER / "held.yaml")
    assert held.ecosystem == town.ecosystem
    changed = rules_changed(held)
    assert changed == {"purpose", "citizens", "media"}


def test_half_of_the_businesses_keep_purpose_and_orientation_stays():
    settings = ecosim.load(None, *SMALL, "ecosystem.citizens.orientation=0.2", scenario=FOLDER / "held.yaml")
    model = ecosim.Ecosystem(settings, rng=5)
    before = model.world.orientation.copy()
    model.run(30)
    purpose = model.world.purpose[model.world.sector == 0]
    assert sorted(set(np.round(purpose, 9))) == [0.05, 0.9]
    assert (purpose > 0.5).sum() == 15
    assert np.allclose(model.world.orientation, before, rtol=0.0, atol=1e-12)


def test_the_tables_tell_of_each_variant_and_orientation(experiment, monkeypatch):
    monkeypatch.setattr(experiment, "ORIENTATIONS", (0.0, 0.8))
    monkeypatch.setattr(experiment, "CARING", (0.8,))
    text = experiment.told(experiment.measured(3, 7, 0, *SMALL))
    assert "| orientation of citizens | 0 | 0.8 | last less first | break-even |" in text
    assert all(f"capital, {variant} |" in text for variant in experiment.VARIANTS)
    assert "nan" not in text


def _founded_and_run(*own):
    changes = ("ecosystem.citizens.orientation=0.8", *own, *SMALL)
    model = ecosim.Ecosystem(ecosim.load(None, *changes, scenario=FOLDER / "held.yaml"), rng=5)
    before = model.world.reputation.copy()
    model.run()
    return model.world, before


def test_where_news_makes_no_names_every_name_stays_as_it_was(experiment):
    world, before = _founded_and_run(*experiment.VARIANTS["news makes no names"])
    assert np.array_equal(world.reputation, before)


def test_where_news_makes_names_those_of_businesses_with_purpose_gain_on_the_others():
    world, before = _founded_and_run()
    gained, business, has = world.reputation - before, world.sector == 0, world.purpose > 0.5
    assert gained[business & has].mean() > gained[business & ~has].mean() + 0.02
