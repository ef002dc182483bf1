"""Information: reach, truth and tolerance differ between arms; ties across camps are counted by hand."""

import numpy as np
import pytest

import ecosim
from tests.experiments_shipped.scripts import EXPERIMENTS, rules_changed

FOLDER = EXPERIMENTS / "information"
SMALL = ("ecosystem.organisations=60", "ecosystem.citizens.count=200", "ticks=60")


def test_the_files_differ_from_the_town_where_they_say():
    town = ecosim.load("town")
    heard, camps = (ecosim.load(scenario=FOLDER / name) for name in ("town.yaml", "camps.yaml"))
    assert heard.ecosystem == town.ecosystem
    assert rules_changed(heard) == {"stance", "media"}
    assert camps.ecosystem.model_copy(update={"stance": town.ecosystem.stance}) == town.ecosystem
    assert rules_changed(camps) == {"change"}


def test_the_tables_tell_of_each_share_of_fakes_tolerance_and_crisis(experiment, monkeypatch):
    monkeypatch.setattr(experiment, "FAKES", (0.0, 0.6))
    monkeypatch.setattr(experiment, "TOLERANCES", (0.6, 1.0))
    monkeypatch.setattr(experiment, "SEPARATIONS", (0.2, 0.7))
    text = experiment.told(experiment.measured(3, 7, 0, *SMALL))
    assert "by share of fakes | 0 | 0.6 | from there on it polarises |" in text
    assert "by tolerance | 0.6 | 1 |" in text
    assert "camps 0.7 from the middle, no common goal |" in text
    assert "nan" not in text


def test_without_exaggeration_fakes_move_no_stance(experiment):
    """A fake that exaggerates nothing shows the stance it would show if it were true; but all fakes get out."""
    own = ("dynamics.media.reach=0.9", "dynamics.media.transparency=1.0", experiment.PLAIN)
    ends = []
    for fake in (0.0, 0.6):
        changes = (*own, "dynamics.media.impression=0.0", "dynamics.media.hearsay=0.0", f"dynamics.media.fake={fake}")
        model = ecosim.Ecosystem(ecosim.load(None, *changes, *SMALL, scenario=FOLDER / "town.yaml"), rng=5)
        model.run(2)
        ends.append(model.world.stance.copy())
    assert np.array_equal(*ends)


def test_a_town_that_is_never_struck_counts_its_ties_across_camps(experiment):
    changes = ("ecosystem.stance.separation=0.7", *SMALL)
    found = experiment.struck(ecosim.Ecosystem(ecosim.load(None, *changes, scenario=FOLDER / "camps.yaml"), rng=5))
    model = ecosim.Ecosystem(ecosim.load(None, *changes, scenario=FOLDER / "camps.yaml"), rng=5)
    model.run(30)
    side = dict(zip(model.world.identity.tolist(), (model.world.stance[:, 0] > 0).tolist(), strict=True))
    model.run()
    names = model.world.identity[model.world.ends].tolist()
    across = sum(side.get(a, False) != side.get(b, False) for a, b in names)
    assert found["across"] == pytest.approx(across / model.world.n)
