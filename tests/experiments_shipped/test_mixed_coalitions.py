"""Mixed coalitions: arms differ in joint work only, sizes are compared with their own, and no gap is no cost."""

import numpy as np
import pytest

import ecosim
from tests.experiments_shipped.scripts import EXPERIMENTS, rules_changed

FOLDER = EXPERIMENTS / "mixed_coalitions"
SMALL = ("ecosystem.organisations=60", "ecosystem.citizens.count=200", "ticks=40")


@pytest.fixture(scope="module")
def runs(experiment):
    with pytest.MonkeyPatch.context() as fewer:
        fewer.setattr(experiment, "TRANSLATION", (0.0, 1.2))
        yield experiment.measured(3, 7, 0, *SMALL)


def test_the_files_differ_from_the_town_in_the_gap_of_joint_work_only():
    town = ecosim.load("town")
    for name, changed in (("town.yaml", set()), ("no_gap.yaml", {"production"})):
        settings = ecosim.load(scenario=FOLDER / name)
        assert settings.ecosystem == town.ecosystem
        assert rules_changed(settings) == changed


def test_every_variant_stands_in_the_tables(experiment, runs):
    text = experiment.told(runs)
    assert len(runs) == 3 * (2 * len(experiment.VARIANTS) + 1)
    assert all(text.count(f"| {variant} |") == 3 for variant in [*experiment.VARIANTS, experiment.NO_GAP])
    assert "crossover in τ" in text


def test_without_any_gap_the_cost_of_translation_changes_nothing(experiment, runs):
    """Where nobody is hard to understand, the dearest translation gives, run by run, what free translation gives."""
    wide = runs.pivot(index="replicate", columns="scenario", values="against effort")
    town, free = next(iter(experiment.VARIANTS)), experiment.TRANSLATION[0]
    assert np.allclose(wide[experiment.NO_GAP], wide[f"{town} | {free}"], rtol=1e-9)


def test_sizes_are_compared_with_their_own(experiment):
    """Size 2: 4 − 1 = 3, weight 1·1/2; size 3: mean(9, 11) − 4 = 6, weight 2·1/3; size 4 has nobody to compare with."""
    size = np.array([2, 2, 3, 3, 3, 4], float)
    mixed = np.array([True, False, True, True, False, True])
    value = np.array([4.0, 1.0, 9.0, 11.0, 4.0, 100.0])
    assert experiment.advantage(size, mixed, value) == pytest.approx((3 / 2 + 6 * 2 / 3) / (1 / 2 + 2 / 3))
    assert np.isnan(experiment.advantage(size[-1:], mixed[-1:], value[-1:]))
