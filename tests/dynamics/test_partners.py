"""Who sits at which forum, and what two who look at each other weigh."""

from itertools import pairwise

import numpy as np
import pytest

from ecosim.dynamics.encounter import expected_gain, says_yes
from ecosim.dynamics.partners import convene, draws, terms_of
from ecosim.rng import stream

GOVERNMENT = 1
N, ISSUES = 60, 3
DRAW = np.random.default_rng(7)
IDENTITY = np.arange(N, dtype=np.int64)
SECTOR = DRAW.integers(0, 3, N).astype(np.int8)
SALIENCE = DRAW.dirichlet(np.ones(ISSUES), N)


def forums(convening=0.5, seats=4, rate=1.0, low=0.0, high=1.0, salience=SALIENCE, seed=1):
    """Return the forum of each, and who sits at each forum."""
    key = stream(seed, "forums").key(0)
    looks, _ = draws(IDENTITY, key)
    hosting = (GOVERNMENT, convening, seats)
    seat, first_seat, seated = convene(IDENTITY, SECTOR, salience, hosting, looks, rate, low, high, key)
    return seat, [seated[a:b].tolist() for a, b in pairwise(first_seat)]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("seats", [1, 2, 4, 100])
def test_each_sits_at_one_forum_at_most_and_no_forum_has_more_guests_than_seats(seats, seed):
    seat, sitting = forums(seats=seats, seed=seed)
    assert all(1 <= len(who) <= seats for who in sitting)
    at = {i: forum for forum, who in enumerate(sitting) for i in who}
    assert sum(len(who) for who in sitting) == len(at)
    assert [at.get(i, -1) for i in range(N)] == seat.tolist()


@pytest.mark.parametrize("seed", range(5))
def test_every_forum_has_one_host_who_is_of_the_sector_that_convenes(seed):
    _, sitting = forums(seats=1, seed=seed)
    assert sitting
    assert all(SECTOR[host] == GOVERNMENT for (host,) in sitting)


def test_nobody_convenes_where_nobody_is_meant_to_and_all_hosts_do_where_all_are():
    seat, sitting = forums(convening=0.0)
    assert sitting == []
    assert np.all(seat == -1)
    _, sitting = forums(convening=1.0, rate=0.0)
    assert sorted(host for (host,) in sitting) == np.flatnonzero(SECTOR == GOVERNMENT).tolist()


def test_whoever_cares_for_one_issue_alone_meets_those_who_care_for_it():
    cares = IDENTITY % ISSUES
    _, sitting = forums(seats=100, salience=np.eye(ISSUES)[cares])
    assert len(sitting) > 1
    assert all(len({cares[i] for i in who}) == 1 for who in sitting)


def test_only_those_whose_way_is_the_forum_come_as_guests():
    _, all_ways = forums(convening=1.0, seats=100)
    _, no_way = forums(convening=1.0, seats=100, low=0.5, high=0.5)
    assert sum(map(len, all_ways)) == N  # there is a forum on every issue, and room
    assert sum(map(len, no_way)) == (SECTOR == GOVERNMENT).sum()


def test_the_terms_of_a_pair_are_those_of_an_encounter_whichever_comes_first():
    capability, culture = DRAW.random((N, 2)), DRAW.integers(0, 3, (N, 4)).astype(np.int8)
    kind = (SECTOR, capability, SALIENCE, culture, DRAW.uniform(-1, 1, (N, 2)))
    terms, weights = (0.8, 0.5, 6.0, 0.1), (0.4, 0.4, 0.6)
    pairs = DRAW.integers(0, N, (20, 2)).astype(np.int32)
    found = terms_of(pairs, kind, terms, weights)
    assert found == pytest.approx(terms_of(pairs[:, ::-1].copy(), kind, terms, weights))
    for (i, j), (gain, gap, chance) in zip(pairs, found.T, strict=True):
        assert gain == expected_gain(i, j, capability, SALIENCE, 0.5)
        assert chance == says_yes(gain, gap, terms)
