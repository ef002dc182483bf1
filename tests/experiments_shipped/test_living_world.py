"""A living world: crises are counted, clocks told from noise, and the arms differ only where they say."""

import numpy as np
import pytest

import ecosim
from tests.experiments_shipped.scripts import rules_changed, script, settings_of

SMALL = ("ecosystem.organisations=40", "ecosystem.citizens.count=100", "ticks=80")


@pytest.fixture(scope="module")
def waves():
    return script("living_world", "waves")


def test_arms_differ_from_the_town_only_where_they_say(experiment):
    town = ecosim.load("town")
    changed = {
        "town": set(), "town at tick 200": set(), "calm": {"change", "issue"}, "open purses": {"market"},
        "steady effort": set(),
    }  # fmt: skip
    for label, arm in experiment.ARMS.items():
        settings = settings_of(arm)
        assert settings.ecosystem == town.ecosystem
        assert rules_changed(settings) == changed[label]
        gone = {"contribution", "imitation"} if label == "steady effort" else set()
        assert set(town.dynamics) - set(settings.dynamics) == gone


def test_the_tables_tell_of_each_arm(experiment):
    arms = experiment.ARMS | experiment.PATTERNS
    text = experiment.told(experiment.measured(2, 7, 0, *SMALL))
    assert all(arm in text for arm in arms)
    assert "success_business ~ success_government" in text


def test_a_crisis_is_a_rise_from_low_to_high_and_counts_once(waves):
    assert waves.crises(np.array([3.0, 2.5, 0.5, 1.5, 2.5, 1.5, 2.5, 0.9, 2.1])) == 2


def test_a_clock_has_one_line_in_its_spectrum_and_noise_has_many(waves):
    ticks, luck = np.arange(400), np.random.default_rng(1)
    assert waves.line(np.sin(2 * np.pi * ticks / 40)) == pytest.approx(1.0)
    assert waves.line(luck.standard_normal(400)) < 0.1
    assert waves.line(np.ones(400)) != waves.line(np.ones(400))


def test_sectors_that_move_as_one_are_never_apart(waves):
    up = np.cumsum(np.ones(50))
    assert waves.apart(np.array([up, 2 * up, 3 * up])) == 0.0
    assert waves.apart(np.array([up, 2 * up, -up])) == 1.0
