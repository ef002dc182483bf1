"""Naming game: agreement on one word, and the few who never change theirs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.dynamics.stance.encounters import look, turns
from ecosim.dynamics.stance.naming_game import NamingGame, speak
from ecosim.rng import stream
from tests.dynamics.worlds import live, some_tied, world_for

OLD, BOTH, NEW = 0.0, 0.5, 1.0


def crowd(rule, words, committed=(), ties=()):
    world = world_for(rule, n=len(words), ties=ties)
    world.convention[:] = words
    world.committed[list(committed)] = 1
    return world


def spoken(speaker, hearer, coin, committed=(0, 0)):
    words = np.array([speaker, hearer])
    speak(words, np.array(committed, np.int8), np.array([0]), np.array([1]), np.array([coin]))
    return tuple(words)


def test_all_that_can_happen_between_two():
    """The table of Xie et al. (2011): a word that is shared is kept alone by both, another is learnt."""
    assert spoken(NEW, NEW, 0.3) == (NEW, NEW)
    assert spoken(NEW, OLD, 0.3) == (NEW, BOTH)
    assert spoken(NEW, BOTH, 0.3) == (NEW, NEW)
    assert spoken(OLD, NEW, 0.3) == (OLD, BOTH)
    assert spoken(OLD, BOTH, 0.3) == (OLD, OLD)
    for coin, word, other in ((0.3, NEW, OLD), (0.7, OLD, NEW)):
        assert spoken(BOTH, word, coin) == (word, word)
        assert spoken(BOTH, BOTH, coin) == (word, word)
        assert spoken(BOTH, other, coin) == (BOTH, BOTH)


def test_the_committed_speak_and_hear_and_stay():
    assert spoken(NEW, OLD, 0.3, (1, 1)) == (NEW, OLD)
    assert spoken(BOTH, NEW, 0.3, (0, 1)) == (NEW, NEW)
    assert spoken(NEW, BOTH, 0.3, (1, 0)) == (NEW, NEW)
    assert spoken(OLD, NEW, 0.3, (0, 1)) == (OLD, NEW)


@pytest.mark.parametrize("activation", ["random", "sweep"])
def test_words_are_lists_spoken_one_after_the_other(activation):
    rule = NamingGame(reach=0.5, activation=activation)
    draw = np.random.default_rng(4)
    world = crowd(rule, draw.integers(0, 3, 40) / 2, range(0, 40, 9), some_tied(40))
    words = [{0.0: {"old"}, 0.5: {"old", "new"}, 1.0: {"new"}}[x] for x in world.convention.tolist()]
    for tick in range(3):
        key = stream(1, "mechanism 0").key(tick)
        rows, luck = turns(world.identity, rule.activation, None, key)
        others, _, coins = look(rows, luck, world.first_tie, world.partner, rule.reach, key)
        for i, j, u in zip(rows.tolist(), others.tolist(), coins.tolist(), strict=True):
            if j < 0:
                continue
            said = "new" if words[i] == {"new"} or (len(words[i]) == 2 and u < 0.5) else "old"
            agree = said in words[j]
            if not world.committed[j]:
                words[j] = {said} if agree else words[j] | {said}
            if agree and not world.committed[i]:
                words[i] = {said}
        live(world, rule)
        assert world.convention.tolist() == [{1: float("new" in w), 2: 0.5}[len(w)] for w in words]


@given(seed=st.integers(0, 99))
def test_where_all_agree_nothing_changes(seed):
    rule = NamingGame()
    for word in (OLD, NEW):
        assert (live(crowd(rule, np.full(20, word)), rule, ticks=3, seed=seed).convention == word).all()


@pytest.mark.parametrize(("share", "won"), [(0.05, False), (0.2, True)])
def test_a_twentieth_fails_and_a_fifth_wins(share, won):
    """Mean field tips at .0979; at 2,000 the chance that either goes the other way in 150 ticks is far below 10⁻⁶."""
    rule, n = NamingGame(), 2000
    committed = range(int(share * n))
    world = crowd(rule, np.where(np.arange(n) < len(committed), NEW, OLD), committed)
    others = live(world, rule, ticks=150).convention[len(committed) :].mean()
    assert others > 0.99 if won else others < 0.15


def test_speaking_all_at_once_is_refused():
    with pytest.raises(ValueError, match="activation"):
        NamingGame(activation="simultaneous")
