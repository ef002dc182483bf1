from itertools import permutations

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.errors import InputError
from ecosim.measures.synergy import (
    core_is_non_empty,
    harsanyi_dividends,
    myerson,
    shapley,
    shapley_sampled,
    superadditive_surplus,
    values_of_every_set,
    values_on_ties,
)
from ecosim.rng import stream
from tests.measures.graphs import ties_of

KEY = stream(4, "shapley").key(0)
EEC_WEIGHTS, EEC_QUOTA = np.array([4, 4, 4, 2, 2, 1]), 12
LINE = ties_of(networkx.path_graph(3))

games = st.integers(1, 5).flatmap(
    lambda n: st.lists(st.floats(-100, 100), min_size=(1 << n) - 1, max_size=(1 << n) - 1).map(
        lambda values: np.array([0.0, *values])
    )
)


def council(members):
    return float(EEC_WEIGHTS[members].sum() >= EEC_QUOTA)


def majority(players):
    return values_of_every_set(lambda members: float(2 * members.sum() > players), players)


def shapley_by_all_orders(values):
    n = int(np.log2(values.size))
    orders = list(permutations(range(n)))
    payoffs = np.zeros(n)
    for order in orders:
        joined = 0
        for i in order:
            payoffs[i] += values[joined | 1 << i] - values[joined]
            joined |= 1 << i
    return payoffs / len(orders)


def test_the_first_council_of_the_eec_shared_power_as_published():
    payoffs = shapley(values_of_every_set(council, 6))
    assert payoffs == pytest.approx([7 / 30] * 3 + [3 / 20] * 2 + [0])


def test_three_on_a_line_share_a_majority_as_published():
    assert myerson(majority(3), *LINE) == pytest.approx([1 / 6, 2 / 3, 1 / 6])


@given(games)
def test_shapley_equals_the_mean_over_all_orders(values):
    assert shapley(values) == pytest.approx(shapley_by_all_orders(values), abs=1e-9)


@given(games)
def test_shapley_shares_each_dividend_equally_among_its_set(values):
    dividends, n = harsanyi_dividends(values), int(np.log2(values.size))
    sizes = np.array([bin(s).count("1") for s in range(values.size)])
    shares = [sum(dividends[s] / sizes[s] for s in range(values.size) if s >> i & 1) for i in range(n)]
    assert shapley(values) == pytest.approx(shares, abs=1e-9)


@given(games)
def test_shapley_gives_away_exactly_what_all_make(values):
    assert shapley(values).sum() == pytest.approx(values[-1], abs=1e-9)


@given(games, st.randoms(use_true_random=False))
def test_payoffs_follow_players_when_they_change_numbers(values, random):
    n = int(np.log2(values.size))
    order = list(range(n))
    random.shuffle(order)
    moved = np.empty_like(values)
    for s in range(values.size):
        moved[sum(1 << order[i] for i in range(n) if s >> i & 1)] = values[s]
    assert shapley(moved)[order] == pytest.approx(shapley(values), abs=1e-9)


@given(games)
def test_dividends_of_the_sets_within_add_up_to_the_value(values):
    dividends = harsanyi_dividends(values)
    sums = [sum(dividends[t] for t in range(values.size) if t & s == t) for s in range(values.size)]
    assert sums == pytest.approx(values, abs=1e-9)


def test_dividends_of_two_players_are_what_they_add_to_each_other():
    assert harsanyi_dividends([0, 2, 3, 9]).tolist() == [0, 2, 3, 4]


def test_the_surplus_is_zero_exactly_when_parts_add_up():
    alone = np.array([1.0, 2.0, 4.0])
    additive = values_of_every_set(lambda members: float(alone[members].sum()), 3)
    assert superadditive_surplus(additive) == 0
    assert harsanyi_dividends(additive)[[3, 5, 6, 7]].tolist() == [0, 0, 0, 0]
    assert shapley(additive) == pytest.approx(alone)
    assert superadditive_surplus([0, 2, 3, 9]) == 4
    assert superadditive_surplus([0, 2, 3, 4]) == -1


def test_the_surplus_is_the_sum_of_dividends_beyond_single_players():
    values = np.append(0.0, np.random.default_rng(1).normal(size=31))
    dividends = harsanyi_dividends(values)
    singles = dividends[[1, 2, 4, 8, 16]].sum()
    assert superadditive_surplus(values) == pytest.approx(dividends.sum() - singles)


def test_players_who_are_all_tied_share_as_without_ties():
    values = np.append(0.0, np.random.default_rng(2).normal(size=15))
    assert myerson(values, *ties_of(networkx.complete_graph(4))) == pytest.approx(shapley(values))


def test_players_without_ties_keep_what_they_make_alone():
    values = np.append(0.0, np.random.default_rng(2).normal(size=15))
    assert myerson(values, *ties_of(networkx.empty_graph(4))) == pytest.approx(values[[1, 2, 4, 8]])


@pytest.mark.parametrize("seed", range(5))
def test_a_set_makes_what_its_connected_parts_make(seed):
    graph = networkx.gnm_random_graph(7, 8, seed=seed)
    values = np.append(0.0, np.random.default_rng(seed).normal(size=127))
    restricted = values_on_ties(values, *ties_of(graph))
    for s in range(128):
        members = [i for i in range(7) if s >> i & 1]
        parts = networkx.connected_components(graph.subgraph(members))
        assert restricted[s] == pytest.approx(sum(values[sum(1 << i for i in part)] for part in parts))


def test_a_tie_is_worth_the_same_to_both_its_ends():
    """Myerson's fairness: cutting a tie costs both ends equally."""
    graph = networkx.cycle_graph(5)
    values = values_of_every_set(lambda members: float(members.sum() ** 2), 5)
    without = graph.copy()
    without.remove_edge(0, 1)
    loss = myerson(values, *ties_of(graph)) - myerson(values, *ties_of(without))
    assert loss[0] == pytest.approx(loss[1])
    assert loss[0] > 0


def test_sampled_shapley_values_cover_the_exact_ones():
    """Intervals of confidence 1 − 1e-7 for six players: false alarm below 1e-6."""
    exact = shapley(values_of_every_set(council, 6))
    found = shapley_sampled(council, 6, 2000, KEY, confidence=1 - 1e-7)
    assert ((found.low - 1e-12 <= exact) & (exact <= found.high + 1e-12)).all()
    assert (found.high - found.low).max() < 0.15
    assert found.estimate.sum() == pytest.approx(1)


def test_sampling_is_exact_where_order_does_not_matter():
    worth = np.linspace(1, 2, 30)
    found = shapley_sampled(lambda members: float(worth[members].sum()), 30, 4, KEY)
    assert found.estimate == pytest.approx(worth)
    assert found.high - found.low == pytest.approx(0, abs=1e-9)


def test_reversed_orders_make_games_of_pairs_exact():
    """Where only pairs add something, a player meets each other player once in an order and its reverse."""
    gain = np.triu(np.random.default_rng(7).normal(size=(20, 20)), 1)
    found = shapley_sampled(lambda members: float(gain[np.ix_(members, members)].sum()), 20, 4, KEY)
    assert found.estimate == pytest.approx((gain.sum(axis=0) + gain.sum(axis=1)) / 2)


def test_the_same_key_samples_the_same_orders():
    one, same = (shapley_sampled(council, 6, 10, KEY).estimate for _ in range(2))
    other = shapley_sampled(council, 6, 10, stream(4, "shapley").key(1)).estimate
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_majority_of_three_has_no_core_and_unanimity_has_one():
    assert not core_is_non_empty(majority(3))
    assert core_is_non_empty([0, 0, 0, 0, 0, 0, 0, 1])
    assert core_is_non_empty([0, 1, 2, 3])
    assert not core_is_non_empty([0, 1, 2, 2.9])


def test_the_core_of_three_is_empty_where_pairs_make_more_than_two_thirds():
    """Bondareva–Shapley: with single players at 0 and pairs at w, the core is there for w ≤ 2/3."""
    for pair, there in [(2 / 3, True), (0.6666, True), (0.6668, False)]:
        assert core_is_non_empty([0, 0, 0, pair, 0, pair, pair, 1]) is there


def test_a_convex_game_has_a_core_that_holds_its_shapley_value():
    values = values_of_every_set(lambda members: float(members.sum() ** 2) * 1e6, 6)
    payoffs = shapley(values)
    sums = [sum(payoffs[i] for i in range(6) if s >> i & 1) for s in range(64)]
    assert (np.array(sums) >= values - 1e-3).all()
    assert core_is_non_empty(values)


def test_the_game_of_nobody_has_nothing_to_share():
    assert superadditive_surplus([0.0]) == 0
    assert shapley([0.0]).size == 0


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (lambda: shapley([0, 1, 2]), "power of two"),
        (lambda: shapley([]), "power of two"),
        (lambda: myerson(majority(3), *ties_of(networkx.path_graph(4))), "4 organisations"),
        (lambda: core_is_non_empty(np.zeros(1 << 15)), "allowed are 1 to 14"),
        (lambda: values_of_every_set(council, 25), "players"),
    ],
)
def test_games_that_do_not_fit_are_refused(refused, words):
    with pytest.raises(InputError, match=words):
        refused()


def test_impossible_sampling_is_refused_with_all_its_faults():
    with pytest.raises(InputError) as refusal:
        shapley_sampled(council, 0, 3, KEY, confidence=1.0)
    assert len(refusal.value.faults) == 3
