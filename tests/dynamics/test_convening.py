"""The pools in which a strategist looks share nobody, and are as large as it can look through."""

import numpy as np
import pytest

from ecosim.dynamics.convening import pools
from ecosim.rng import stream

N, MOST = 3000, 2


def drawn(memberships, budget, candidates, seed=1):
    """Return the pool of each organisation that is in so many coalitions."""
    first_membership = np.concatenate([[0], np.cumsum(memberships)]).astype(np.int64)
    identity = np.arange(len(memberships), dtype=np.int64)
    return pools(identity, first_membership, MOST, budget, candidates, stream(seed, "pools").key(0))


MEMBERSHIPS = np.random.default_rng(9).integers(0, MOST + 1, N)


@pytest.mark.parametrize("budget", [1, 3, 10])
def test_nobody_without_a_spare_slot_is_looked_at(budget):
    found = drawn(MEMBERSHIPS, budget, 40)
    assert np.all(found[MEMBERSHIPS == MOST] == -1)
    assert found.min() == -1
    assert found.max() == budget - 1


@pytest.mark.parametrize("budget", [1, 3, 10])
def test_where_all_can_be_looked_at_all_are(budget):
    found = drawn(MEMBERSHIPS, budget, N)
    assert np.all((found >= 0) == (MEMBERSHIPS < MOST))


@pytest.mark.parametrize("budget", [1, 5])
def test_a_pool_holds_as_many_as_are_looked_through(budget):
    # Binomial with mean 40: 6 standard errors of the mean over pools and 50 seeds: false alarm 2e-9.
    sizes = [np.bincount(drawn(MEMBERSHIPS, budget, 40, seed) + 1)[1:] for seed in range(50)]
    assert np.mean(sizes) == pytest.approx(40, abs=6 * np.sqrt(40 / (50 * budget)))


def test_everyone_with_a_spare_slot_is_as_likely_as_another_to_be_looked_at():
    # Two halves of a thousand rows over 100 seeds, 40 of 1,000 each time: 5.5 standard errors, false alarm 4e-8.
    looked = sum((drawn(np.zeros(1000, int), 1, 40, seed) == 0).astype(int) for seed in range(100))
    first, second = looked[:500].sum(), looked[500:].sum()
    assert abs(first - second) < 5.5 * np.sqrt(100 * 1000 * 0.04 * 0.96)
