"""Imitation: the better paid are copied, by the laws of selection."""

import numpy as np
import pytest

from ecosim.dynamics.contribution.imitation import FermiImitation, PayoffProportionalImitation
from tests.dynamics.worlds import everyone_tied, live, some_tied, world_for

BOTH = [FermiImitation(looking=1.0), PayoffProportionalImitation()]


def society(rule, contribution, payoff, ties):
    world = world_for(rule, n=len(contribution), ties=ties)
    world.contribution[:], world.payoff[:] = contribution, payoff
    return world


def mean_drift(rule, n, contributors, advantage, ticks=400):
    """Return the mean change of the contributing share in a tick, and its standard error."""
    contribution = (np.arange(n) < contributors).astype(float)
    world = society(rule, contribution, advantage * contribution, everyone_tied(n))
    changes = []
    for _ in range(ticks):
        world.contribution[:] = contribution
        changes.append(live(world, rule).contribution.mean() - contributors / n)
    return np.mean(changes), np.std(changes, ddof=1) / np.sqrt(ticks)


@pytest.mark.parametrize("looking", [0.2, 1.0])
@pytest.mark.parametrize("advantage", [-1.0, 0.0, 0.5, 2.0])
def test_mean_drift_follows_the_replicator_law(advantage, looking):
    """With everyone tied, E[dx] = looking · x (1 - x) n / (n - 1) tanh(β · advantage / 2).

    Five standard errors over 400 ticks (false alarm 6e-7); an error of a tenth of the selectivity would be seen.
    """
    n, x, selectivity = 200, 0.3, 1.5
    drift, error = mean_drift(FermiImitation(selectivity=selectivity, looking=looking), n, 60, advantage)
    expected = looking * x * (1 - x) * n / (n - 1) * np.tanh(selectivity * advantage / 2)
    assert abs(drift - expected) < 5 * error


@pytest.mark.parametrize(
    ("rule", "largest"),
    [
        (PayoffProportionalImitation(normaliser="range"), 1.0),
        (PayoffProportionalImitation(normaliser="fixed", difference=2.0), 2.0),
        (PayoffProportionalImitation(normaliser="degree", difference=0.02), 4.0),
    ],
)
@pytest.mark.parametrize("advantage", [-1.0, 1.0])
def test_mean_drift_of_proportional_imitation_is_the_difference_over_the_normaliser(rule, largest, advantage):
    """With everyone tied, E[dx] = x (1 - x) n / (n - 1) · advantage / M, for M = 200 · .02 where it goes by degree.

    Five standard errors over 400 ticks (false alarm 6e-7).
    """
    drift, error = mean_drift(rule, 200, 60, advantage)
    assert abs(drift - 0.3 * 0.7 * 200 / 199 * advantage / largest) < 5 * error


@pytest.mark.parametrize("rule", [FermiImitation(selectivity=1e9, looking=1.0), PayoffProportionalImitation()])
def test_sharp_imitators_never_copy_the_worse_paid(rule):
    random = np.random.default_rng(1)
    payoff = random.normal(size=60)
    ties = some_tied(60)
    for seed in range(20):
        world = society(rule, payoff.argsort().argsort() / 59, payoff, ties)  # the better paid contribute more
        before = world.contribution.copy()
        live(world, rule, seed=seed)
        assert np.all(world.contribution >= before)
        assert np.any(world.contribution > before)


def test_who_is_infinitely_selective_copies_whenever_the_other_is_better_paid():
    rule = FermiImitation(selectivity=1e9, looking=1.0)
    world = society(rule, [0.0, 1.0], [1.0, 2.0], [(0, 1)])
    assert list(live(world, rule).contribution) == [1, 1]


def test_the_worst_paid_surely_copies_the_best_paid_when_the_range_normalises():
    rule = PayoffProportionalImitation()
    for seed in range(50):
        assert list(live(society(rule, [0.2, 0.9], [1.0, 2.0], [(0, 1)]), rule, seed=seed).contribution) == [0.9, 0.9]


@pytest.mark.parametrize("rule", BOTH)
def test_a_shared_contribution_never_changes(rule):
    world = society(rule, np.full(30, 0.4), np.arange(30.0), some_tied(30))
    assert np.all(live(world, rule, ticks=10).contribution == 0.4)


@pytest.mark.parametrize("rule", BOTH)
def test_an_isolated_organisation_keeps_its_contribution(rule):
    contribution = np.linspace(0, 1, 31)
    world = society(rule, contribution, np.append(np.zeros(30), -99.0), some_tied(30))
    assert live(world, rule, ticks=10).contribution[30] == contribution[30]


@pytest.mark.parametrize("rule", BOTH)
def test_only_what_a_partner_contributed_before_is_adopted(rule):
    contribution = np.random.default_rng(2).random(40)
    world = society(rule, contribution, np.random.default_rng(3).normal(size=40), some_tied(40))
    live(world, rule)
    for i in range(40):
        partners = world.partner[world.first_tie[i] : world.first_tie[i + 1]]
        assert world.contribution[i] in {contribution[i], *contribution[partners]}
    assert np.any(world.contribution != contribution)


def test_the_share_that_looks_is_the_share_that_may_change():
    # 10,000 pairs, the poorer of each copies for sure if it looks. Six standard deviations (false alarm 2e-9).
    rule = FermiImitation(selectivity=1e9, looking=0.3)
    pairs = np.arange(20_000).reshape(-1, 2)
    world = society(rule, np.tile([0.0, 1.0], 10_000), np.tile([0.0, 1.0], 10_000), pairs)
    changed = live(world, rule).contribution[::2].mean()
    assert abs(changed - 0.3) < 6 * np.sqrt(0.21 / 10_000)
    never = FermiImitation(looking=0.0)
    assert np.array_equal(live(world, never).contribution, world.contribution)


@pytest.mark.parametrize("rule", [FermiImitation, PayoffProportionalImitation])
def test_within_a_sector_only_its_own_are_copied_each_as_often(rule):
    # Row 0 has partners 1-6, of which 2, 4 and 5 are of its sector. 3,000 ticks, each of the three copied 1,000 times,
    # six standard deviations (three times 2e-9 false alarms).
    rule = rule(looking=1.0, within="sector", **({"selectivity": 1e9} if rule is FermiImitation else {}))
    world = society(rule, np.arange(7) / 10, np.array([0.0, 1, 1, 1, 1, 1, 1]), [(0, k) for k in range(1, 7)])
    world.sector[:] = [1, 0, 1, 2, 1, 1, 0]
    copied = []
    for _ in range(3000):
        world.contribution[:] = np.arange(7) / 10
        copied.append(round(live(world, rule).contribution[0] * 10))
    counts = np.bincount(copied, minlength=7)
    assert set(np.flatnonzero(counts)) == {2, 4, 5}
    assert np.all(np.abs(counts[[2, 4, 5]] - 1000) < 6 * np.sqrt(3000 * 2 / 9))


@pytest.mark.parametrize("rule", [FermiImitation, PayoffProportionalImitation])
@pytest.mark.parametrize("within", ["anyone", "sector"])
def test_among_everyone_whoever_is_meant_is_copied_as_often_tied_or_not(rule, within):
    # Row 1 of seven, nobody tied; of its sector are 0, 3 and 6. 3,000 ticks, six standard deviations (false alarm 2e-9
    # for each of those who may be copied).
    rule = rule(
        looking=1.0, among="everyone", within=within, **({"selectivity": 1e9} if rule is FermiImitation else {})
    )
    world = society(rule, np.arange(7) / 10, np.array([1.0, 0, 1, 1, 1, 1, 1]), [])
    world.sector[:] = [1, 1, 0, 1, 2, 0, 1]
    copied = []
    for _ in range(3000):
        world.contribution[:] = np.arange(7) / 10
        copied.append(round(live(world, rule).contribution[1] * 10))
    expected = {0, 3, 6} if within == "sector" else {0, 2, 3, 4, 5, 6}
    counts = np.bincount(copied, minlength=7)
    assert set(np.flatnonzero(counts)) == expected
    share = 1 / len(expected)
    assert np.all(np.abs(counts[sorted(expected)] - 3000 * share) < 6 * np.sqrt(3000 * share * (1 - share)))


@pytest.mark.parametrize("rule", BOTH)
def test_among_everyone_and_tied_to_everyone_are_the_same_with_the_same_luck(rule):
    contribution, payoff = np.linspace(0, 1, 30), np.sin(np.arange(30))
    tied = live(society(rule, contribution, payoff, everyone_tied(30)), rule)
    mixed = rule.model_copy(update={"among": "everyone"})
    assert np.array_equal(live(society(mixed, contribution, payoff, []), mixed).contribution, tied.contribution)


@pytest.mark.parametrize("rule", BOTH)
def test_a_trembling_hand_draws_a_contribution_afresh(rule):
    """Five standard deviations of 20,000 (false alarm 6e-7)."""
    rule = rule.model_copy(update={"trembling": 0.1})
    drawn = live(society(rule, np.full(20_000, 0.5), np.zeros(20_000), []), rule).contribution
    fresh = drawn[drawn != 0.5]
    assert abs(fresh.size / 20_000 - 0.1) < 5 * np.sqrt(0.09 / 20_000)
    assert abs(fresh.mean() - 0.5) < 5 * np.sqrt(1 / 12 / fresh.size)


@pytest.mark.parametrize("rule", BOTH)
def test_who_comes_later_leaves_others_their_luck(rule):
    contribution, payoff, ties = np.linspace(0, 1, 21), np.sin(np.arange(21)), some_tied(20)
    many = live(society(rule, contribution, payoff, ties), rule)
    few = live(society(rule, contribution[:20], payoff[:20], ties), rule)
    assert np.array_equal(many.contribution[:20], few.contribution)


def test_nothing_happens_in_an_empty_world():
    for rule in BOTH:
        assert live(world_for(rule, n=0), rule).n == 0


def test_impossible_parameters_are_all_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)within.*selectivity.*looking"):
        FermiImitation(selectivity=0.0, looking=2.0, within="family")
    with pytest.raises(ValueError, match=r"(?s)normaliser.*difference"):
        PayoffProportionalImitation(normaliser="none", difference=0.0)


PAIRS = 20_000


def pairs_that_toss_coins(rule):
    """Return 20,000 pairs of a contributor and none, all paid alike: before a tick and after it."""
    ties = np.arange(2 * PAIRS).reshape(-1, 2)
    world = society(rule, np.tile([0.0, 1.0], PAIRS), np.zeros(2 * PAIRS), ties)
    return live(world, rule).contribution.reshape(-1, 2)


@pytest.mark.parametrize(
    ("activation", "mixed", "swapped"),
    [("simultaneous", 1 / 2, 1 / 4), ("sweep", 1 / 4, 0.0), ("random", (1 - 1 / (2 * PAIRS)) ** (2 * PAIRS), 0.0)],
)
def test_who_acts_when_decides_how_many_pairs_stay_divided(activation, mixed, swapped):
    """Two that differ and are paid alike each copy the other with chance ½.

    At once, both copy or neither does with ¼ each, and stay divided; in a sweep only if neither does; drawn with
    replacement, 2N looks fall on N pairs, and each look at a pair ends its division with ½: (1 − 1/2N)^2N stay divided.
    Five standard errors (false alarm 6e-7 each, the shares of the three regimes are thirty apart).
    """
    after = pairs_that_toss_coins(FermiImitation(selectivity=1e-9, looking=1.0, activation=activation))
    divided = (after[:, 0] != after[:, 1]).mean()
    assert abs(divided - mixed) < 5 * np.sqrt(mixed * (1 - mixed) / PAIRS)
    assert abs((after[:, 0] > after[:, 1]).mean() - swapped) <= 5 * np.sqrt(swapped * (1 - swapped) / PAIRS)


@pytest.mark.parametrize("law", ["fermi", "range", "degree"])
@pytest.mark.parametrize("activation", ["sweep", "random"])
def test_in_turn_the_looks_of_a_tick_drift_as_all_at_once_do_as_long_as_they_are_few(law, activation):
    """A look moves the mean as much in every regime: ten of 200 look; five standard errors over 400 ticks (6e-7)."""
    advantage, x = 1.0, 0.3
    more = {"activation": activation, "looking": 0.05}
    if law == "fermi":
        rule, each = FermiImitation(selectivity=1.5, **more), np.tanh(0.75)
    else:
        largest = {"range": 1.0, "degree": 4.0}[law]
        rule, each = PayoffProportionalImitation(normaliser=law, difference=0.02, **more), advantage / largest
    drift, error = mean_drift(rule, 200, 60, advantage)
    # What earlier looks of the tick change is below 3 % of the drift, and counts as allowed.
    expected = 0.05 * x * (1 - x) * 200 / 199 * each
    assert abs(drift - expected) < 5 * error + 0.03 * expected


def test_all_at_once_a_contribution_goes_one_tie_a_tick_and_in_turn_it_may_go_far():
    # A path on which each is better paid than the one before: sharp imitators copy to the left, never to the right.
    far = {}
    for activation in ("simultaneous", "sweep", "random"):
        rule = FermiImitation(selectivity=1e9, looking=1.0, activation=activation)
        path = np.arange(200)
        world = society(rule, path / 199, path.astype(float), [(k, k + 1) for k in range(199)])
        moved = np.round(live(world, rule).contribution * 199) - path
        assert moved.min() >= 0
        far[activation] = moved.max()
    assert far["simultaneous"] == 1
    assert min(far["sweep"], far["random"]) > 1


@pytest.mark.parametrize("rule", [FermiImitation, PayoffProportionalImitation])
def test_one_look_a_tick_changes_one_contribution_at_most(rule):
    random = np.random.default_rng(5)
    rule = rule(looking=1.0, activation="random", steps=1)
    world = society(rule, random.random(30), random.normal(size=30), some_tied(30))
    changed = 0
    for _ in range(50):
        before = world.contribution.copy()
        changed += (count := np.count_nonzero(live(world, rule).contribution != before))
        assert count <= 1
        world.tick += 1
    assert changed > 0


def test_what_is_taken_over_is_seen_with_the_payoff_it_earned():
    # Of three in a row the middle one is paid least, and copies either neighbour. Once it has copied the right one, the
    # left one copies it, although its own payoff is still the least. 40 seeds; each end has a chance of 1/4 or more, so
    # one is missed once in 30,000 such sets of seeds; the seeds are fixed.
    rule = FermiImitation(selectivity=1e9, looking=1.0, activation="sweep")
    ends = set()
    for seed in range(40):
        world = live(society(rule, [0.1, 0.5, 0.9], [0.0, -1.0, 1.0], [(0, 1), (1, 2)]), rule, seed=seed)
        ends.add(tuple(world.contribution))
        assert world.payoff.tolist() == [0.0, -1.0, 1.0]
    assert ends == {(0.9, 0.9, 0.9), (0.1, 0.9, 0.9), (0.1, 0.1, 0.9)}
