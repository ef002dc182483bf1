"""Starting networks: known small cases, counts and degrees by their laws, and what one more organisation changes."""

import time

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ecosim.errors import InputError
from ecosim.kernels import kernel
from ecosim.rng import stream
from ecosim.world.networks import NetworkSettings, lattice_shape, starting_ties, tie_chances
from ecosim.world.random_networks import binomial, settled
from tests.chance import errors_allowed
from tests.clock import at_most_seconds

KINDS = ("none", "complete", "ring", "lattice", "random", "groups", "small_world", "scale_free")
SIZES = st.lists(st.integers(0, 25), min_size=1, max_size=4)


def society(*sizes):
    """Identities and sectors of so many organisations in each sector."""
    sector = np.repeat(np.arange(len(sizes)), sizes)
    ordinal = np.concatenate([np.arange(size) for size in sizes])
    return sector * 2**24 + ordinal, sector.astype(np.int8)


def ties(sizes, seed=1, **settings):
    identity, sector = society(*sizes)
    return starting_ties(NetworkSettings(**settings), identity, sector, stream(seed, "founding/network").key(0))


def graph(ends, n):
    made = nx.Graph()
    made.add_nodes_from(range(n))
    made.add_edges_from(ends.tolist())
    return made


def assert_mean(numbers, expected, spread):
    """Hold a mean to 5.3 standard errors: false alarm 1e-7."""
    numbers = np.asarray(numbers)
    assert abs(numbers.mean() - expected) < 5.3 * spread / np.sqrt(numbers.size), (numbers.mean(), expected)


@given(sizes=SIZES, kind=st.sampled_from(KINDS), seed=st.integers(0, 99), half=st.integers(0, 8), share=st.floats(0, 1))
def test_ties_are_sorted_pairs_of_different_organisations_each_once(sizes, kind, seed, half, share):
    ends = ties(
        sizes, seed, kind=kind, degree=2.0 * half, cross_sector=share, triangles=share, rewired=share, neighbours=12
    )
    assert ends.dtype == np.int32
    assert ends.shape[1] == 2
    assert (ends[:, 0] < ends[:, 1]).all()
    assert ((ends >= 0) & (ends < sum(sizes))).all()
    assert [tuple(pair) for pair in ends] == sorted({tuple(pair) for pair in ends})


@given(sizes=SIZES, kind=st.sampled_from(KINDS), seed=st.integers(0, 99))
def test_the_network_follows_identities_not_the_order_of_rows(sizes, kind, seed):
    identity, sector = society(*sizes)
    settings, key = NetworkSettings(kind=kind, degree=4.0), stream(seed, "founding/network").key(0)
    order = np.random.default_rng(seed).permutation(identity.size)
    named = {frozenset(pair) for pair in identity[starting_ties(settings, identity, sector, key)].tolist()}
    shuffled = starting_ties(settings, identity[order], sector[order], key)
    assert {frozenset(pair) for pair in identity[order][shuffled].tolist()} == named


@pytest.mark.parametrize("kind", KINDS)
def test_one_organisation_alone_has_no_ties(kind):
    assert ties([1], kind=kind, degree=8.0).shape == (0, 2)


def test_complete_ties_everyone_to_everyone():
    assert ties([3, 1], kind="complete").tolist() == [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]


@given(n=st.integers(2, 40), half=st.integers(0, 12))
def test_a_ring_is_networkxs_circulant_graph(n, half):
    ends = ties([n], kind="ring", degree=2.0 * half, arrangement="in_order")
    expected = nx.circulant_graph(n, range(1, min(half, n // 2) + 1))
    assert {tuple(pair) for pair in ends} == {tuple(sorted(pair)) for pair in expected.edges}


@pytest.mark.parametrize("degree", [4, 6, 10])
def test_a_rings_clustering_is_that_of_watts_and_strogatz(degree):
    """3 (k - 2) / (4 (k - 1)), Watts & Strogatz 1998; shuffled places do not change it."""
    ends = ties([60, 40], kind="ring", degree=float(degree))
    assert nx.average_clustering(graph(ends, 100)) == pytest.approx(3 * (degree - 2) / (4 * (degree - 1)))
    assert (np.bincount(ends.ravel()) == degree).all()


@pytest.mark.parametrize("torus", [True, False])
def test_a_lattice_of_four_neighbours_is_networkxs_grid(torus):
    ends = ties([35], kind="lattice", rows=5, columns=7, torus=torus, arrangement="in_order")
    expected = nx.grid_2d_graph(5, 7, periodic=torus)
    assert {tuple(pair) for pair in ends} == {
        tuple(sorted((a * 7 + b, c * 7 + d))) for (a, b), (c, d) in expected.edges
    }


@pytest.mark.parametrize(("neighbours", "reach"), [(4, (1, 1)), (8, (1, 2)), (12, (2, 2))])
@pytest.mark.parametrize("torus", [True, False])
def test_a_lattices_neighbours_are_those_within_reach(neighbours, reach, torus):
    """Von Neumann: |down| + |right| at most 1 or 2; Moore: at most 1 each."""
    rows, columns, (straight, both) = 6, 7, reach
    expected = set()
    for a in range(rows * columns):
        for b in range(a):
            down, right = abs(a // columns - b // columns), abs(a % columns - b % columns)
            if torus:
                down, right = min(down, rows - down), min(right, columns - right)
            if max(down, right) <= straight and down + right <= both:
                expected.add((b, a))
    settings = {"rows": rows, "columns": columns, "neighbours": neighbours, "torus": torus, "arrangement": "in_order"}
    assert {tuple(pair) for pair in ties([rows * columns], kind="lattice", **settings)} == expected


def test_a_lattice_is_as_near_to_a_square_as_it_can_be():
    assert lattice_shape(NetworkSettings(), 24) == (4, 6)
    assert lattice_shape(NetworkSettings(), 13) == (1, 13)
    assert lattice_shape(NetworkSettings(rows=3), 24) == (3, 8)
    assert lattice_shape(NetworkSettings(columns=3), 24) == (8, 3)
    with pytest.raises(InputError, match="5 rows × 4 columns holds 20 organisations, and there are 24"):
        lattice_shape(NetworkSettings(rows=5), 24)


def test_shuffled_places_mix_sectors_and_ordered_ones_do_not():
    _, sector = society(50, 50)
    mixed = sector[ties([50, 50], kind="ring", degree=2.0)]
    ordered = sector[ties([50, 50], kind="ring", degree=2.0, arrangement="in_order")]
    assert (ordered[:, 0] != ordered[:, 1]).sum() == 2
    assert (mixed[:, 0] != mixed[:, 1]).sum() > 20  # 50 expected, 5 standard deviations are 25


@pytest.mark.parametrize("share", [1.0, 0.3, 0.0])
def test_a_random_network_has_the_ties_that_its_chances_promise(share):
    """Own and cross ties over 400 networks of 60, each a sum of coin tosses; and their variances are binomial ones."""
    settings = NetworkSettings(degree=6.0, cross_sector=share)
    own, across = tie_chances(settings, np.array([30, 20, 10]))
    own_pairs, cross_pairs = 30 * 29 / 2 + 20 * 19 / 2 + 10 * 9 / 2, 30 * 20 + 30 * 10 + 20 * 10
    assert own * own_pairs + across * cross_pairs == pytest.approx(60 * 6 / 2)
    assert across == pytest.approx(own * share)
    _, sector = society(30, 20, 10)
    count = np.array(
        [
            np.bincount(sector[ends][:, 0] != sector[ends][:, 1], minlength=2)
            for ends in (ties([30, 20, 10], seed, degree=6.0, cross_sector=share) for seed in range(400))
        ]
    )
    for column, pairs, chance in ((0, own_pairs, own), (1, cross_pairs, across)):
        variance = pairs * chance * (1 - chance)
        assert_mean(count[:, column], pairs * chance, np.sqrt(variance) + 1e-9)
        # A variance of 400 has a standard error of 7 %.
        assert abs(count[:, column].var() - variance) <= 6 * variance * np.sqrt(2 / 400)


def test_every_pair_of_a_random_network_is_tied_equally_often():
    """Chi-square over the 190 pairs of 20 organisations in two sectors, false alarm 1e-7."""
    from scipy import stats

    times = np.zeros((20, 20))
    for seed in range(2000):
        ends = ties([12, 8], seed, degree=5.0)
        times[ends[:, 0], ends[:, 1]] += 1
    tied = times[np.triu_indices(20, 1)]
    chance = 5 / 19
    deviations = (tied - 2000 * chance) ** 2 / (2000 * chance * (1 - chance))
    assert stats.chi2.sf(deviations.sum(), 190) > 1e-7


def test_a_random_networks_degrees_are_binomial():
    """Chi-square of 20,000 degrees, false alarm 1e-7 (the degrees of one network are all but independent)."""
    from scipy import stats

    degree = np.bincount(ties([10_000, 6_000, 4_000], degree=8.0).ravel(), minlength=20_000)
    seen = np.bincount(np.clip(degree, 1, 18))[1:]
    law = stats.binom(19_999, 8 / 19_999)
    expected = np.array([law.cdf(1), *law.pmf(range(2, 18)), law.sf(17)]) * 20_000
    assert stats.chisquare(seen, expected).pvalue > 1e-7


@pytest.mark.parametrize("degree", [15.0, 30.0])
def test_dense_random_networks_are_right_too(degree):
    """Where more than half of the pairs are tied, those without a tie are drawn; with too few others, all are tied."""
    count = [len(ties([12, 5], seed, degree=degree)) for seed in range(300)]
    chance = min(1.0, degree / 16)
    assert_mean(count, 136 * chance, np.sqrt(136 * chance * (1 - chance)) + 1e-9)


@kernel
def binomials(key, count, trials, probability):
    numbers = np.empty(count, np.int64)
    for i in range(count):
        numbers[i] = binomial(key, i, 0, trials, probability)
    return numbers


@pytest.mark.parametrize(("trials", "chance"), [(12, 0.3), (40, 0.9), (1_000_000, 5e-6), (3000, 0.4), (5000, 0.97)])
def test_binomial_numbers_follow_their_law(trials, chance):
    """Kolmogorov–Smirnov distance below that of false alarm 1e-7 for 20,000 numbers; for a discrete law it is less."""
    from scipy import stats

    numbers = binomials(stream(1, "binomial").key(0), 20_000, trials, chance)
    steps = np.arange(numbers.min(), numbers.max() + 1)
    below = np.searchsorted(np.sort(numbers), steps, side="right") / 20_000
    assert np.abs(below - stats.binom(trials, chance).cdf(steps)).max() < np.sqrt(np.log(2 / 1e-7) / 2 / 20_000)


@kernel
def places(key, count, among):
    numbers = np.empty(count, np.int64)
    for i in range(count):
        numbers[i] = settled(key, i, 0, among)
    return numbers


def test_places_are_uniform_and_few_move_when_there_is_one_more():
    """Whoever moves takes the new one. Chi-square and number of movers of 70,000, false alarm 1e-7 each."""
    from scipy import stats

    key = stream(1, "places").key(0)
    before, after = places(key, 70_000, 7), places(key, 70_000, 8)
    assert stats.chisquare(np.bincount(before, minlength=7)).pvalue > 1e-7
    moved = before != after
    assert (after[moved] == 7).all()
    assert abs(moved.mean() - 1 / 8) < 5.3 * np.sqrt(7 / 64 / 70_000)
    assert (places(key, 100, 1) == 0).all()
    assert places(key, 1000, 2**40).max() < 2**40


@pytest.mark.parametrize("kind", ["random", "groups"])
def test_one_more_organisation_leaves_most_others_ties_as_they_are(kind):
    """The newcomer takes over about its own number of ties; 60 of 800 would be eight standard deviations more."""
    identity, _ = society(100, 60, 40)
    more, _ = society(101, 60, 40)
    before = {frozenset(pair) for pair in identity[ties([100, 60, 40], kind=kind)].tolist()}
    after = {frozenset(pair) for pair in more[ties([101, 60, 40], kind=kind)].tolist()}
    others = {pair for pair in after if 100 not in pair}
    assert len(before ^ others) < 60
    assert any(100 in pair for pair in after)


def test_a_small_world_keeps_its_ties_and_rewires_the_share_it_should():
    """Each of 4,000 ties moves with probability .2; false alarm 1e-7."""
    ring = {tuple(pair) for pair in ties([1000], kind="ring", degree=8.0, arrangement="in_order")}
    world = [tuple(pair) for pair in ties([1000], kind="small_world", degree=8.0, rewired=0.2, arrangement="in_order")]
    assert len(world) == 4000
    moved = len(ring - set(world))  # a few ties move back to where another one had left
    assert abs(moved - 800) < 5.3 * np.sqrt(4000 * 0.2 * 0.8) + 10


def test_a_small_world_that_is_all_rewired_is_clustered_like_chance():
    """Watts & Strogatz 1998: clustering about degree / n; and without rewiring it is the ring."""
    still = ties([300], kind="small_world", degree=6.0, rewired=0.0)
    assert (still == ties([300], kind="ring", degree=6.0)).all()
    everywhere = graph(ties([300], kind="small_world", degree=6.0, rewired=1.0), 300)
    assert nx.average_clustering(everywhere) < 0.06
    assert min(degree for _, degree in everywhere.degree) >= 3  # each keeps its own half of the ring's ties


def test_preferential_attachment_makes_the_ties_it_should():
    ends = ties([300, 200], kind="scale_free", degree=6.0)
    assert len(ends) == 6 + (500 - 4) * 3
    degree = np.bincount(ends.ravel(), minlength=500)
    assert degree.min() == 3
    assert nx.is_connected(graph(ends, 500))


def test_preferential_attachment_follows_the_cubic_law():
    r"""P(k) = 2 m (m + 1) / (k (k + 1) (k + 2)) (Dorogovtsev et al. 2000), chi-square of 30,000 degrees, below 1e-7.

    The degrees of one grown network sum to a constant, so they vary a little less than independent ones.
    """
    from scipy import stats

    n, m = 30_000, 2
    degree = np.bincount(ties([n], kind="scale_free", degree=2.0 * m).ravel(), minlength=n)
    bins = np.arange(m, 21)
    share = 2 * m * (m + 1) / (bins * (bins + 1) * (bins + 2))
    expected = np.append(share, 1 - share.sum()) * n
    seen = np.append([(degree == k).sum() for k in bins], (degree > 20).sum())
    assert stats.chisquare(seen, expected).pvalue > 1e-7
    assert degree.max() > 100  # grows like m √n: 346


def test_hubs_are_of_every_sector():
    """Arrival is drawn, so no sector is older: 20 networks (false alarm 1e-6)."""
    gap = []
    for seed in range(20):
        degree = np.bincount(ties([100, 100], seed, kind="scale_free", degree=4.0).ravel(), minlength=200)
        gap.append(degree[:100].mean() - degree[100:].mean())
    assert abs(np.mean(gap)) < errors_allowed(20) * np.std(gap, ddof=1) / np.sqrt(20)


def test_triangle_steps_cluster_without_more_ties():
    """Holme & Kim 2002: clustering rises with the chance of a triangle step; the number of ties does not.

    It rises by .41, with a standard deviation of .016 between networks: .2 is thirteen of them less.
    """
    plain, closed = (ties([500], kind="scale_free", degree=6.0, triangles=share) for share in (0.0, 1.0))
    assert len(plain) == len(closed)
    assert nx.average_clustering(graph(closed, 500)) > nx.average_clustering(graph(plain, 500)) + 0.2


def test_groups_have_the_degree_asked_for_and_are_clustered_like_real_networks():
    """.45 to .79 between organisations (Drabek et al. 1981); the mean degree of 40 networks within 5 % (false alarm 1e-6).

    Clustering is .51, with a standard deviation of .013 between networks: fifteen standard errors of ten above .45.
    """
    networks = [ties([100, 60, 40], seed, kind="groups", degree=8.0, group_size=4.0) for seed in range(40)]
    assert np.mean([2 * len(ends) / 200 for ends in networks]) == pytest.approx(8.0, rel=0.05)
    assert 0.45 < np.mean([nx.average_clustering(graph(ends, 200)) for ends in networks[:10]]) < 0.79


def test_groups_of_ones_own_sector_make_no_cross_sector_tie():
    _, sector = society(100, 60, 40)
    share = {}
    for mixed in (0.0, 0.5, 1.0):
        ends = sector[ties([100, 60, 40], kind="groups", cross_sector=mixed)]
        share[mixed] = (ends[:, 0] != ends[:, 1]).mean()
    assert share[0.0] == 0 < share[0.5] < share[1.0]


@pytest.mark.parametrize("kind", ["ring", "small_world"])
def test_an_odd_degree_is_refused_on_a_ring(kind):
    with pytest.raises(ValidationError, match=r"degree is 5, but a .* needs an even whole number"):
        NetworkSettings(kind=kind, degree=5.0)


def test_more_ties_than_can_be_held_are_refused_at_once():
    identity, sector = society(100_000)
    with at_most_seconds(1), pytest.raises(InputError, match=r"makes about 5e.09 ties; allowed: at most 1,000,000,000"):
        starting_ties(NetworkSettings(kind="complete"), identity, sector, stream(1, "founding/network").key(0))


@pytest.mark.parametrize("kind", ["ring", "lattice", "random", "groups", "small_world", "scale_free"])
def test_work_grows_no_faster_than_organisations_and_ties(kind):
    """Eight times the organisations take less than forty times as long: quadratic work would take 64 times."""
    took = []
    ties([100], kind=kind, triangles=0.5)
    for n in (10_000, 80_000):
        best = np.inf
        for seed in range(2):
            start = time.process_time()
            ties([n // 2, n // 2], seed, kind=kind, triangles=0.5, degree=8.0)
            best = min(best, time.process_time() - start)
        took.append(best)
    assert took[1] < 40 * took[0]
