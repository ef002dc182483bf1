"""Thresholds, commitment and conventions at founding."""

import numpy as np
import pytest
from scipy import stats

from ecosim.world.founding import EcosystemSettings, found
from ecosim.world.thresholds import ThresholdSettings

COLUMNS = ("threshold", "active", "committed", "convention", "conventions_met")


def world_of(n=500, seed=1, **settings):
    return found(EcosystemSettings(organisations=n, network={"kind": "none"}, **settings), seed, COLUMNS)


def thresholds(n=500, **settings):
    return world_of(n, threshold=ThresholdSettings(**settings)).threshold


def test_a_sequence_has_each_threshold_once_in_an_order_that_chance_chooses():
    found = thresholds(100, start="sequence")
    assert np.array_equal(np.sort(found), np.arange(100) / 100)
    assert not np.array_equal(found, np.sort(found))
    assert np.array_equal(np.sort(thresholds(5, start="sequence", increment=1.0)), np.arange(5.0))


def test_a_list_is_given_in_the_order_of_organisations():
    assert thresholds(3, start="list", values=(0.5, 0.0, 0.2)).tolist() == [0.5, 0.0, 0.2]


@pytest.mark.parametrize(
    ("settings", "law"),
    [
        ({"start": "normal", "mean": 0.25, "spread": 0.1}, stats.norm(0.25, 0.1)),
        ({"start": "uniform", "low": -0.5, "high": 0.7}, stats.uniform(-0.5, 1.2)),
        ({"start": "beta", "mean": 0.3, "spread": 0.2}, stats.beta(1.275, 2.975)),
    ],
)
def test_drawn_and_dealt_thresholds_have_the_same_law(settings, law):
    """Kolmogorov's test at 10⁻⁶ for the drawn; the dealt are its quantiles."""
    dealt = np.sort(thresholds(400, dealt=True, **settings))
    assert dealt == pytest.approx(law.ppf((np.arange(400) + 0.5) / 400), abs=1e-9)
    assert stats.kstest(thresholds(4000, **settings), law.cdf).pvalue > 1e-6


def test_without_spread_all_have_one_threshold():
    for start in ("normal", "beta"):
        for dealt in (False, True):
            assert (thresholds(9, start=start, mean=0.4, spread=0.0, dealt=dealt) == 0.4).all()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"start": "beta", "mean": 0.5, "spread": 0.6}, "spread"),
        ({"start": "beta", "mean": 2.0}, "mean"),
        ({"low": 1.0, "high": 0.0}, "low"),
        ({"values": (0.1,)}, "values"),
        ({"start": "list"}, "values"),
    ],
)
def test_thresholds_that_cannot_be_are_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        ThresholdSettings(**wrong)


def test_a_list_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="allowed: 500"):
        world_of(threshold=ThresholdSettings(start="list", values=(0.1, 0.2)))


def test_the_committed_start_with_the_new_convention_and_remember_it():
    world = world_of(4000, committed=0.2, convention=0.1)
    share = world.committed.mean()
    assert abs(share - 0.2) < 5 * np.sqrt(0.2 * 0.8 / 4000)
    assert (world.convention[world.committed == 1] == 1.0).all()
    others = world.convention[world.committed == 0].mean()
    assert abs(others - 0.1) < 5 * np.sqrt(0.1 * 0.9 / 3000)
    assert np.array_equal(world.conventions_met, np.where(world.convention == 1.0, 2**62 - 1, 0))


def test_whoever_is_committed_at_a_lower_chance_is_at_a_higher_and_keeps_it_when_others_come():
    few, many = world_of(committed=0.1).committed, world_of(committed=0.3).committed
    assert (few <= many).all()
    assert few.sum() < many.sum()
    sectors = {"business": {"share": 1.0, "committed": 0.5}}
    one, more = (
        found(EcosystemSettings(organisations=n, sectors=sectors, network={"kind": "none"}), 1, COLUMNS)
        for n in (50, 60)
    )
    assert np.array_equal(one.committed, more.committed[:50])
    assert 10 < one.committed.sum() < 40


def test_some_act_from_the_start():
    assert world_of(active=0.0).active.sum() == 0
    assert 50 < world_of(active=0.2).active.sum() < 150
