"""The world moves by itself: shocks, perception, drift, and a driver nobody sees."""

import numpy as np
import pytest

from ecosim.dynamics.change import Change, Shock, revert, strike
from ecosim.dynamics.issue import Issue
from ecosim.ecosystem import Ecosystem
from ecosim.errors import InputError
from ecosim.measures.early_warning import lag_one
from ecosim.rng import stream
from ecosim.settings import settings_from
from ecosim.world.founding_settings import EcosystemSettings
from tests.dynamics.worlds import live, world_for

MANY = 20_000


def changing_world(change, n=3, issues=2):
    world = world_for(change, n=n, issues=issues)
    world.motive[:] = 0.2
    return world


def test_a_steady_world_stays_as_it_is_and_is_seen_as_it_is():
    world = changing_world(Change())
    world.severity[:], world.urgency[:] = [3, 4], [1, 9]
    before = {name: values.copy() for name, values in world.arrays().items()}
    live(world, Change(), ticks=5)
    assert list(world.urgency) == [3, 4]
    for name, values in world.arrays().items():
        assert name == "urgency" or np.array_equal(values, before[name]), name


def test_perception_closes_its_distance_to_severity_exponentially():
    change = Change(lag=4.0)
    world = changing_world(change)
    world.severity[:], world.urgency[:] = [2, 5], [6, 1]
    for tick in range(1, 30):
        live(world, change)
        assert world.urgency == pytest.approx([2 + 4 * np.exp(-tick / 4), 5 - 4 * np.exp(-tick / 4)])


def test_a_scare_is_seen_at_once_leaves_severity_alone_and_is_forgotten_over_the_lag():
    change = Change(lag=5.0, shocks=(Shock(at=2, size=3.0, on="urgency", issue="issue 1"),))
    world = changing_world(change)
    live(world, change, ticks=2)
    assert list(world.urgency) == [1, 1]
    live(world, change)
    assert list(world.urgency) == [1, 4]
    live(world, change, ticks=5)
    assert world.urgency == pytest.approx([1, 1 + 3 / np.e])
    assert list(world.severity) == [1, 1]


def town_of(ticks, **change):
    """Return a model of two issues of severity 1 in which nothing happens but this change."""
    ecosystem = {"organisations": 4, "issues": 2, "severity": 1.0}
    return Ecosystem(
        settings_from({"ticks": ticks, "ecosystem": ecosystem, "dynamics": {"world": {"rule": "change", **change}}})
    )


def test_timed_shocks_come_when_and_where_they_are_due_and_take_nothing_below_zero():
    shocks = [{"at": 1, "size": 2.0}, {"at": 2, "size": -9.0}, {"at": 2, "size": 0.5, "on": "demand"}]
    model = town_of(6, shocks=[*shocks, {"at": 6, "size": 4.0, "issue": "issue_2"}])
    assert list(model.world.severity) == [1, 1]
    model.step()
    assert list(model.world.severity) == [3, 3]
    assert list(model.world.demand) == [1, 1]
    model.step()
    assert list(model.world.severity) == [0, 0]
    assert list(model.world.demand) == [1.5, 1.5]
    model.run(3)
    assert list(model.world.severity) == [0, 0]
    model.run()
    assert list(model.world.severity) == [0, 4]


def test_no_shock_is_set_for_tick_0_at_which_nothing_happens():
    with pytest.raises(InputError, match=r"dynamics\.world\.shocks\[0\]\.at: 0; allowed: a whole number from 1 to"):
        town_of(5, shocks=[{"at": 0, "size": 1.0}])


@pytest.mark.parametrize("every", [1, 2, 3, 7, 12])
@pytest.mark.parametrize("last", [1, 5, 10])
def test_of_every_timed_shock_it_is_told_beforehand_whether_it_will_strike(every, last):
    for at in range(1, 13):
        model = town_of(last, every=every, shocks=[{"at": at, "size": 2.0}])
        (change,) = model.schedule.mechanisms.values()
        told = change.never_acting(last)
        model.run()
        assert list(model.world.severity) == ([1, 1] if told else [3, 3])
        assert all(words.startswith(f"shocks[0] is to strike at tick {at}, but the r") for words in told)


@pytest.mark.parametrize("every", [1, 4])
@pytest.mark.parametrize(("first", "until"), [(0, None), (0, 1), (0, 4), (0, 5), (5, 8), (5, 9), (9, None), (11, None)])
def test_it_is_told_beforehand_whether_an_unseen_driver_will_rise(first, until, every):
    model = town_of(10, every=every, ramp=0.1, ramp_from=first, ramp_until=until)
    (change,) = model.schedule.mechanisms.values()
    told = change.never_acting(10)
    model.run()
    assert (model.world.pressure > 1).all() == (not told)
    assert not Change(ramp_from=first, ramp_until=until).never_acting(10)


def test_why_a_shock_never_strikes_is_said():
    shocks = (Shock(at=5, size=1.0), Shock(at=90, size=1.0), Shock(at=8, size=1.0), Shock(at=3, size=1.0))
    assert Change(every=4, shocks=shocks).never_acting(20) == [
        "shocks[0] is to strike at tick 5, but the rule acts every 4 ticks, at 4 and 8; it will not",
        "shocks[1] is to strike at tick 90, but the run ends at tick 20; it will not",
        "shocks[3] is to strike at tick 3, but the rule acts every 4 ticks, at 4 at first; it will not",
    ]
    (told,) = Change(ramp=0.1, ramp_from=30, ramp_until=40).never_acting(20)
    assert told == (
        "ramp is to raise pressure from tick 30 on and before tick 40, but the rule acts at none of those ticks before the "
        "run ends at tick 20; it will not"
    )


def test_a_shock_to_an_issue_that_is_not_there_names_the_nearest():
    shocks = (Shock(at=99, size=1.0), Shock(at=99, size=1.0, issue="issue 1"), Shock(at=99, size=1.0, issue="isue 1"))
    change = Change(shocks=shocks)
    (fault,) = change.faults(changing_world(change).labels)
    assert fault.startswith("shocks[2].issue names 'isue 1'; did you mean 'issue 1'?")


@pytest.mark.parametrize(
    ("column", "level", "change"),
    [
        ("demand", 1.0, Change(demand_return=0.2, demand_noise=0.08)),
        ("severity", 3.0, Change(severity_return=0.2, severity_noise=0.08, severity_level=3.0)),
    ],
)
def test_demand_and_severity_keep_the_stationary_law_of_ornstein_and_uhlenbeck(column, level, change):
    # 20,000 independent issues long after the start: mean, variance σ²/2κ, correlation exp(-κ Δt) over 1 and 5 ticks.
    # Each within five standard errors (false alarm 6e-7, two-sided); an error of 5 % in the variance would be seen.
    kappa, sigma = 0.2, 0.08
    world = changing_world(change, n=1, issues=MANY)
    first = getattr(live(world, change, ticks=60), column).copy()
    variance = sigma**2 / (2 * kappa)
    settled = level + (1 - level) * np.exp(-kappa * 60)
    assert abs(first.mean() - settled) < 5 * np.sqrt(variance / MANY)
    assert abs(first.var() / variance - 1) < 5 * np.sqrt(2 / MANY)
    for ticks, lag in ((1, 1), (4, 5)):
        later = getattr(live(world, change, ticks=ticks), column)
        expected = np.exp(-kappa * lag)
        assert abs(np.corrcoef(first, later)[0, 1] - expected) < 5 * (1 - expected**2) / np.sqrt(MANY)


def test_the_early_warnings_of_a_drifting_severity_are_those_of_its_rate():
    # One issue for 20,000 ticks: lag-1 autocorrelation exp(-κ) and variance σ²/2κ, both within five standard errors
    # of a series as long (false alarm 6e-7 each).
    kappa, sigma, ticks = 0.3, 0.2, 20_000
    change = Change(severity_return=kappa, severity_noise=sigma, severity_level=5.0)
    world = changing_world(change, n=1, issues=1)
    world.severity[:] = 5.0
    series = np.array([live(world, change).severity[0] for _ in range(ticks)])
    kept = np.exp(-kappa)
    assert abs(lag_one(series) - kept) < 5 * np.sqrt((1 - kept**2) / ticks)
    spread = np.sqrt(2 * (1 + kept**2) / (1 - kept**2) / ticks)
    assert abs(series.var() / (sigma**2 / (2 * kappa)) - 1) < 5 * spread


def test_severity_that_drifts_is_seen_within_its_tick_and_never_below_nothing():
    change = Change(severity_return=0.5, severity_noise=9.0)
    world = changing_world(change, issues=500)
    live(world, change)
    assert np.array_equal(world.urgency, world.severity)
    assert world.severity.min() == 0 < world.severity.max()


def test_severity_returns_to_its_level_exponentially_while_no_noise_stirs_it():
    change = Change(severity_return=0.25, severity_level=2.0)
    world = changing_world(change)
    world.severity[:] = [5.0, 0.0]
    live(world, change, ticks=4)
    assert world.severity == pytest.approx([2 + 3 / np.e, 2 - 2 / np.e])


def test_drift_of_severity_leaves_the_luck_of_demand_alone():
    rules = [Change(demand_noise=0.1), Change(demand_noise=0.1, severity_return=0.1, severity_noise=0.2)]
    one, other = (live(changing_world(rule), rule, ticks=5) for rule in rules)
    assert np.array_equal(one.demand, other.demand)
    assert not np.array_equal(one.severity, other.severity)


def demand_after(demand, rate, noise, key):
    revert(demand, 1.0, rate, noise, key, 0)
    return demand


def test_demand_without_noise_returns_exponentially_and_without_return_walks():
    key = stream(1, "change").key(0)
    assert demand_after(np.array([3.0, 0.0]), 0.5, 0.0, key) == pytest.approx([1 + 2 * np.exp(-0.5), 1 - np.exp(-0.5)])
    walk = demand_after(np.ones(MANY), 0.0, 0.1, key) - 1
    slow = demand_after(np.ones(MANY), 1e-9, 0.1, key) - 1
    assert walk == pytest.approx(slow, abs=1e-7)
    assert abs(walk.std() / 0.1 - 1) < 5 / np.sqrt(2 * MANY)  # false alarm 6e-7


def test_what_the_public_pays_is_never_negative():
    assert demand_after(np.full(1000, 0.01), 0.1, 5.0, stream(1, "change").key(0)).min() == 0


def test_random_shocks_arrive_as_a_poisson_number():
    # With a tail exponent so large that every size is 1, the sum counts the shocks. Mean, variance and the share
    # without any within five standard errors (false alarm 6e-7 each).
    for rate in (0.3, 4.0):
        count = np.zeros(MANY)
        strike(count, rate, 1.0, 1e12, stream(1, "change").key(0))
        assert count == pytest.approx(np.round(count), abs=1e-6)
        assert abs(count.mean() - rate) < 5 * np.sqrt(rate / MANY)
        assert abs(count.var() - rate) < 5 * np.sqrt((rate + 2 * rate**2) / MANY)
        none = np.exp(-rate)
        assert abs((count < 0.5).mean() - none) < 5 * np.sqrt(none * (1 - none) / MANY)


@pytest.mark.parametrize("tail", [1.0, 2.5])
def test_sizes_of_random_shocks_have_the_heavy_tail_that_is_asked_for(tail):
    # At a mean of .001 shocks an issue, all but one in 2,000 sums are single shocks. Shares above s within five
    # standard errors (false alarm 6e-7 each) and the one in 2,000.
    total = np.zeros(2_000_000)
    strike(total, 1e-3, 0.5, tail, stream(3, "change").key(0))
    sizes = total[total > 0]
    assert sizes.min() >= 0.5
    for times in (2.0, 4.0, 10.0):
        expected = times**-tail
        error = 5 * np.sqrt(expected * (1 - expected) / sizes.size) + 5e-4
        assert abs((sizes > 0.5 * times).mean() - expected) < error


@pytest.mark.parametrize("on", ["severity", "urgency", "demand"])
def test_random_shocks_shake_what_they_are_meant_for(on):
    change = Change(shock_rate=3.0, shock_size=1.0, shock_on=on)
    world = changing_world(change, issues=30)
    live(world, change)
    shaken = {
        name for name in ("severity", "urgency", "demand") if not np.array_equal(getattr(world, name), np.ones(30))
    }
    assert shaken == {"severity": {"severity", "urgency"}, "urgency": {"urgency"}, "demand": {"demand"}}[on]


def test_motives_drift_and_still_sum_to_one():
    # The log of the ratio of two weights gains variance 2σ² in a tick: 20,000 organisations, five standard errors
    # (false alarm 6e-7).
    change = Change(motive_noise=0.05)
    world = changing_world(change, n=MANY)
    live(world, change, ticks=4)
    assert world.motive.sum(axis=1) == pytest.approx(np.ones(MANY))
    for a, b in ((0, 1), (1, 2), (3, 4), (0, 4)):
        ratio = np.log(world.motive[:, a] / world.motive[:, b])
        assert abs(ratio.mean()) < 5 * np.sqrt(8 * 0.05**2 / MANY)
        assert abs(ratio.var() / (8 * 0.05**2) - 1) < 5 * np.sqrt(2 / MANY)


def test_a_motive_of_no_weight_stays_without_weight():
    change = Change(motive_noise=0.5)
    world = changing_world(change)
    world.motive[:] = [0, 0.5, 0.5, 0, 0]
    live(world, change, ticks=10)
    assert not world.motive[:, [0, 3, 4]].any()
    assert world.motive.sum(axis=1) == pytest.approx(np.ones(3))


LEVELS = {"a": [0.7, 0.05, 0.05, 0.1, 0.1], "b": [0.1, 0.2, 0.5, 0.1, 0.1]}


def founded_world(change, n, levels=LEVELS):
    """Return a world of two sectors, one half each, that are founded with these mean motives, and have them."""
    world = world_for(change, n=n)
    world.origin = (EcosystemSettings(sectors={name: {"motive": motive} for name, motive in levels.items()}), 1)
    world.sector[: n // 2] = 1
    first, second = levels.values()
    world.motive[: n // 2], world.motive[n // 2 :] = second, first
    return world


def log_ratios(world, a=0, b=2):
    return np.log(world.motive[:, a] / world.motive[:, b])


def test_motives_keep_the_stationary_law_of_ornstein_and_uhlenbeck_around_what_their_sector_is_founded_with():
    # As above, of the log of the ratio of two weights: variance σ²/κ, correlation exp(-κ Δt) over 1 and 5 ticks. 20,000
    # organisations, five standard errors (false alarm 6e-7 each). Sectors start at each other's level.
    kappa, sigma = 0.2, 0.1
    change = Change(motive_return=kappa, motive_noise=sigma)
    world = founded_world(change, MANY)
    world.motive[:] = world.motive[::-1].copy()
    live(world, change, ticks=60)
    half, variance = MANY // 2, sigma**2 / kappa
    first = {pair: log_ratios(world, *pair) for pair in ((0, 2), (1, 4))}
    for (a, b), found in first.items():
        for rows, other, own in ((slice(half), *LEVELS.values()), (slice(half, None), *reversed(LEVELS.values()))):
            away = np.log(other[a] / other[b]) - np.log(own[a] / own[b])
            settled = np.log(own[a] / own[b]) + away * np.exp(-kappa * 60)
            assert abs(found[rows].mean() - settled) < 5 * np.sqrt(variance / half)
            assert abs(found[rows].var() / variance - 1) < 5 * np.sqrt(2 / half)
    for ticks, lag in ((1, 1), (4, 5)):
        live(world, change, ticks=ticks)
        expected = np.exp(-kappa * lag)
        for (a, b), found in first.items():
            correlated = np.corrcoef(found[:half], log_ratios(world, a, b)[:half])[0, 1]
            assert abs(correlated - expected) < 5 * (1 - expected**2) / np.sqrt(half)
    assert world.motive.sum(axis=1) == pytest.approx(np.ones(MANY))


def test_a_sector_of_one_keeps_returning_to_where_it_was_founded():
    # One organisation a sector for 20,000 ticks: mean and variance within five standard errors of a series as long
    # (false alarm 6e-7 each); one that went back to its sector's present mean would have walked away by about 20.
    kappa, sigma, ticks = 0.3, 0.1, 20_000
    change = Change(motive_return=kappa, motive_noise=sigma)
    world = founded_world(change, 2)
    series = np.array([log_ratios(live(world, change)) for _ in range(ticks)])
    kept, variance = np.exp(-kappa), sigma**2 / kappa
    founded = np.log([LEVELS["b"][0] / LEVELS["b"][2], LEVELS["a"][0] / LEVELS["a"][2]])
    assert abs(series.mean(axis=0) - founded).max() < 5 * np.sqrt(variance * (1 + kept) / (1 - kept) / ticks)
    spread = np.sqrt(2 * (1 + kept**2) / (1 - kept**2) / ticks)
    assert abs(series.var(axis=0) / variance - 1).max() < 5 * spread


def test_motives_return_to_what_their_sector_is_founded_with_exponentially_in_the_logarithm_of_their_ratios():
    change = Change(motive_return=0.25)
    world = founded_world(change, 40)
    founded = log_ratios(world)
    world.motive[:] = np.random.default_rng(1).dirichlet(np.ones(5), 40)
    away = log_ratios(world) - founded
    live(world, change, ticks=3)
    assert log_ratios(world) - founded == pytest.approx(away * np.exp(-0.75))


def test_in_a_model_motives_return_to_those_that_its_settings_give_each_sector():
    model = town_of(40, motive_return=1.0)
    assert np.ptp(model.world.motive[:, 0]) > 0.1
    model.run()
    for sector, motive in zip(model.world.sector, model.world.motive, strict=True):
        assert motive == pytest.approx([*model.settings.ecosystem.sectors.values()][sector].motive, rel=1e-9)


def test_a_motive_that_its_sector_is_founded_without_is_lost_and_one_that_is_gone_stays_so():
    change = Change(motive_return=0.1, motive_noise=0.1)
    world = founded_world(change, 4, {"a": [0.5, 0.5, 0.0, 0.0, 0.0], "b": [0.2] * 5})
    world.motive[:] = [[0, 0.25, 0.25, 0.25, 0.25], [0.2] * 5, [0.2] * 5, [0, 0, 0, 0.5, 0.5]]
    live(world, change, ticks=3)
    assert (world.motive[0] > 0).tolist() == [False, True, True, True, True]
    assert (world.motive[1] > 0).all()
    assert (world.motive[2] > 0).tolist() == [True, True, False, False, False]
    assert world.motive[3].tolist() == [0, 0, 0, 0.5, 0.5]  # nothing is left that it could return to
    assert world.motive.sum(axis=1) == pytest.approx(np.ones(4))


def test_motives_return_in_no_world_that_does_not_know_what_it_was_founded_from():
    change = Change(motive_return=0.1)
    with pytest.raises(InputError, match=r"motive_return is above 0, .* allowed: 0, or the world of a model"):
        live(changing_world(change), change)


def test_a_slow_driver_ramps_within_its_time_and_is_not_seen():
    change = Change(ramp=0.1, ramp_from=3, ramp_until=13)
    world = changing_world(change)
    assert live(world, change, ticks=3).pressure == pytest.approx([1, 1])
    assert live(world, change, ticks=5).pressure == pytest.approx([1.5, 1.5])
    assert live(world, change, ticks=50).pressure == pytest.approx([2, 2])
    assert list(world.urgency) == [1, 1]


def test_an_unseen_driver_can_tip_an_issue_that_was_held_down():
    # One issue held at c = 2 with r = 1: the low state ends where c/r falls below 1.7872, so at a pressure of 1.119.
    issue = Issue(growth=1.0, floor=2.0, effectiveness=0.0)
    tipped = {}
    for until in (11, 14):
        change = Change(ramp=0.01, ramp_until=until)
        world = world_for(change, issue, n=1, issues=1)
        world.motive[:] = 0.2
        world.severity[:] = 0.5
        tipped[until] = live(world, change, issue, ticks=400).severity[0] > 3
    assert tipped == {11: False, 14: True}


def test_an_issue_and_an_organisation_keep_their_luck_when_others_are_added():
    change = Change(demand_noise=0.1, motive_noise=0.1, shock_rate=0.5)
    few, many = changing_world(change, n=3, issues=2), changing_world(change, n=9, issues=6)
    live(few, change, ticks=5)
    live(many, change, ticks=5)
    for name in ("severity", "demand", "motive"):
        values = getattr(few, name)
        assert np.array_equal(values, getattr(many, name)[: len(values)]), name


@pytest.mark.parametrize("seed", range(20))
def test_the_heaviest_tail_there_may_be_shakes_by_numbers_whose_squares_are_numbers(seed):
    world = world_for(Change(), issues=40)
    live(world, Change(shock_rate=100.0, shock_size=1e6, shock_tail=0.25), seed=seed)
    assert world.severity.max() > 1e15  # 4,000 draws: not so but once in 10⁹
    assert np.isfinite(world.severity**2).all()


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)lag.*motive_return.*shocks.0.at.*shock_tail.*shock_on"):
        Change(lag=-1.0, motive_return=-2.0, shocks=[{"at": -1, "size": 1.0}], shock_tail=0.05, shock_on="weather")
