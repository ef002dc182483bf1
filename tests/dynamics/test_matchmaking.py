"""Introductions are made from the best down, each organisation is in one at most, and both have to say yes."""

import numpy as np
import pytest

from ecosim.dynamics.matchmaking import introduce, skills
from ecosim.rng import stream
from tests.dynamics.worlds import everyone_tied

N = 12
DRAW = np.random.default_rng(8)
KIND = (
    DRAW.integers(0, 3, N).astype(np.int8), DRAW.random((N, 2)), DRAW.dirichlet(np.ones(2), N),
    DRAW.integers(0, 3, (N, 4)).astype(np.int8), DRAW.uniform(-1, 1, (N, 2)),
)  # fmt: skip
PAIRS = everyone_tied(N).astype(np.int32)
SCORES = DRAW.random(len(PAIRS))
ALWAYS, NEVER = (0.0, 0.0, 50.0, -10.0), (0.0, 0.0, 50.0, 10.0)
"""Terms under which everyone says yes, or no: the reserve is far below, or above, whatever is expected."""


def introduced(budget, terms=ALWAYS, scores=SCORES):
    """Return the pairs that accept, and how many introductions and acceptances each organisation had."""
    counts = (np.full((N, 3), 9, np.int32), np.full((N, 3), 9, np.int32))
    identity = np.arange(N, dtype=np.int64)
    key = stream(1, "introductions").key(0)
    chosen = introduce(identity, KIND, PAIRS, scores, budget, terms, (0.4, 0.4, 0.6), counts, key)
    return chosen, counts[0].sum(axis=1), counts[1].sum(axis=1)


def best(budget, scores=SCORES):
    """Return the pairs that greed takes: the plain rule."""
    found, taken = [], set()
    for p in np.argsort(-scores):
        if len(found) < budget and scores[p] > -np.inf and not taken & set(PAIRS[p].tolist()):
            found.append(PAIRS[p].tolist())
            taken |= set(PAIRS[p].tolist())
    return found


@pytest.mark.parametrize("budget", [0, 1, 3, 6, 100])
def test_the_best_pairs_are_introduced_each_organisation_once(budget):
    chosen, introductions, accepted = introduced(budget)
    assert chosen.tolist() == best(budget)
    assert introductions.max(initial=0) <= 1
    assert np.array_equal(introductions, accepted)


def test_whoever_declines_was_introduced_and_gets_nobody_else():
    chosen, introductions, accepted = introduced(3, NEVER)
    assert len(chosen) == 0
    assert introductions.sum() == 6
    assert accepted.sum() == 0


def test_pairs_of_no_worth_at_all_are_left_alone():
    scores = np.where(SCORES > 0.8, SCORES, -np.inf)
    chosen, *_ = introduced(100, scores=scores)
    assert chosen.tolist() == best(100, scores)
    assert 0 < len(chosen) < N // 2


def test_what_each_can_do_alone_is_its_skill_at_each_issue_and_is_not_asked_for_where_no_dividend_is_sought():
    needs, joint = np.array([[1.0, 0.0], [0.5, 0.5]]), (0.5, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    capability = KIND[1]
    found = skills(capability, needs, (0, 10, (0.4, 0.4, 0.6), joint))
    assert found[:, 0] == pytest.approx(2.0 * capability[:, 0])
    assert found[:, 1] == pytest.approx(2.0 * (0.5 * np.sqrt(capability).sum(axis=1)) ** 2)
    assert skills(capability, needs, (1, 10, (0.4, 0.4, 0.6), joint)).size == 0
