"""Trade-offs: parts of success add up to it, and to the correlation; arms differ only where they say."""

import numpy as np
import pytest

import ecosim
from tests.experiments_shipped.scripts import rules_changed, script, settings_of

SMALL = ("ecosystem.organisations=40", "ecosystem.citizens.count=100", "ticks=40")


@pytest.fixture(scope="module")
def experiment():
    """Return the experiment with two of the mechanisms that it switches off: all are switched off alike."""
    module = script("trade_offs")
    assert set(module.OFF) < set(ecosim.load("town").dynamics)
    module.OFF = ("coalition", "change")
    return module


@pytest.fixture(scope="module")
def successes():
    return script("trade_offs", "successes")


def test_arms_differ_from_the_town_only_where_they_say(experiment):
    town = ecosim.load("town")
    for label, arm in experiment.arms().items():
        settings = settings_of(arm)
        assert settings.ecosystem == town.ecosystem
        gone = {label.removeprefix("no ")} if label.startswith("no ") else set()
        assert set(town.dynamics) - set(settings.dynamics) == gone
        changed = rules_changed(settings)
        assert len(changed) == (label != "the town" and not gone)


def test_the_first_level_of_each_boundary_is_the_towns_own(experiment):
    market = ecosim.load("town").dynamics["market"]
    assert (market.floor, market.rivalry) == (experiment.FLOORS[0], experiment.RIVALRIES[0])


def test_parts_add_up_to_success(successes):
    model = ecosim.Ecosystem(ecosim.load("town", *SMALL), rng=3)
    for _ in range(20):
        model.step()
    parts = successes.parts_of(model.world)
    assert np.allclose(parts.sum(axis=1), model.world.success, atol=1e-12)
    assert np.abs(parts).max(axis=0).min() > 0.0


def test_what_parts_add_sums_to_the_correlation(successes):
    luck = np.random.default_rng(1)
    one, other = luck.standard_normal((60, 6)), luck.standard_normal((60, 6))
    other[:, 4] += 2 * one[:, 1]
    shares = successes.shares_of(one, other)
    assert sum(shares.values()) == pytest.approx(np.corrcoef(one.sum(axis=1), other.sum(axis=1))[0, 1])
    assert max(shares, key=shares.get) == "pay for work × mission"


def test_what_a_common_cause_makes_is_gone_once_it_is_known(successes):
    luck = np.random.default_rng(2)
    cause, noise = luck.standard_normal(400), luck.standard_normal((2, 400))
    one, other = cause + noise[0], 2 * cause + noise[1]
    by_formula = np.corrcoef(noise - np.outer(noise @ cause / (cause @ cause), cause))[0, 1]
    assert successes.correlation(one, other) > 0.5
    assert successes.partial(one, other, cause) == pytest.approx(by_formula, abs=0.02)


def test_the_tables_tell_of_each_arm(experiment):
    runs = experiment.measured(2, 7, 0, *SMALL[:2], "ticks=12")
    text = experiment.told(runs)
    assert all(label in text for label in (*experiment.CHANGED, "no coalition", "floor", "rivalry"))
    assert len(text.split("\n\n")) == 5
