"""Draws: known answers, one stream read three ways, independence, and the laws they follow."""

import copy
import gc
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.kernels import kernel
from ecosim.rng import (
    LARGEST_SEED,
    generator,
    normal2,
    normals,
    pair,
    philox,
    stream,
    uniform,
    uniform2,
    uniform4,
    uniforms,
    words,
)

WORD = 2**32 - 1


@kernel
def scrambled(counter, key):
    return philox(counter[0], counter[1], counter[2], counter[3], key[0], key[1])


@kernel
def drawn(key, entities, draw):
    """Each entity's words (n, 4), numbers (n, 1 + 2 + 4) and normal numbers (n, 2)."""
    n = entities.size
    word = np.empty((n, 4), np.uint64)
    number = np.empty((n, 7))
    normal = np.empty((n, 2))
    for i in range(n):
        word[i, 0], word[i, 1], word[i, 2], word[i, 3] = words(key, entities[i], draw)
        number[i, 0] = uniform(key, entities[i], draw)
        number[i, 1], number[i, 2] = uniform2(key, entities[i], draw)
        number[i, 3], number[i, 4], number[i, 5], number[i, 6] = uniform4(key, entities[i], draw)
        normal[i, 0], normal[i, 1] = normal2(key, entities[i], draw)
    return word, number, normal


@kernel
def paired(a, b):
    return pair(a, b)


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((WORD,) * 4, (WORD,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_gives_the_published_answers(counter, key, answer):
    """Random123's known-answer vectors of philox4x32-10 (Salmon et al. 2011)."""
    assert scrambled(np.array(counter, np.uint64), np.array(key, np.uint64)) == answer


def test_the_counter_holds_entity_tick_and_draw():
    key = (0xA4093822, 0x299F31D0, 0x13198A2E)
    entity = np.array([(0x05A308D3 << 32) | 0x243F6A88], np.int64)
    word, _, _ = drawn(key, entity, 0x03707344)
    expected = scrambled(
        np.array([0x243F6A88, 0x05A308D3, 0x13198A2E, 0x03707344], np.uint64), np.array(key[:2], np.uint64)
    )
    assert tuple(word[0]) == expected


@given(
    seed=st.integers(0, LARGEST_SEED),
    tick=st.integers(0, WORD),
    entity=st.integers(0, 2**63 - 1),
    draw=st.integers(0, 2**31),
)
def test_kernels_arrays_and_generators_read_the_same_draws(seed, tick, entity, draw):
    key = stream(seed, "meeting").key(tick)
    word, number, normal = drawn(key, np.array([entity]), draw)
    assert number[0, 0] == number[0, 1] == uniforms(key, np.array([entity]), draw)[0]
    assert normal[0, 0] == normals(key, np.array([entity]), draw)[0]
    numpy_draws = generator(key, entity)
    numpy_draws.bit_generator.state = {**numpy_draws.bit_generator.state, "draw": draw}
    assert numpy_draws.random() == number[0, 0]
    assert number[0, 3] == word[0, 0] / 2**32
    assert number[0, 6] == word[0, 3] / 2**32
    assert ((number >= 0) & (number < 1)).all()


def test_a_generator_reads_draw_after_draw():
    key = stream(5, "gossip").key(3)
    numpy_draws = generator(key, 2**40 + 1)
    expected = [uniforms(key, np.array([2**40 + 1]), draw)[0] for draw in range(50)]
    assert numpy_draws.random() == expected[0]
    assert list(numpy_draws.random(30)) == expected[1:31]
    assert [numpy_draws.random() for _ in range(19)] == expected[31:]


def test_a_generator_can_do_what_numpys_can():
    key = stream(5, "gossip").key(3)
    draws = generator(key, 9)
    assert sorted(draws.permutation(50)) == list(range(50))
    assert len(set(draws.choice(100, 40, replace=False))) == 40
    items = np.arange(30)
    draws.shuffle(items)
    assert sorted(items) == list(range(30))
    assert set(draws.integers(3, 6, 500)) == {3, 4, 5}
    assert draws.integers(0, 2**64, 5, dtype=np.uint64).max() > 2**56
    assert draws.integers(0, 2**32, 5, dtype=np.uint32).dtype == np.uint32
    assert np.isfinite(draws.normal(size=10)).all()
    assert draws.dirichlet([1, 2, 3]).sum() == pytest.approx(1)


def test_a_generator_survives_its_maker_a_copy_and_a_pickle():
    key = stream(5, "gossip").key(3)
    numbers = uniforms(key, np.full(4, 7), 0), [uniforms(key, np.array([7]), d)[0] for d in range(4)]
    draws = generator(key, 7)
    gc.collect()
    assert draws.random() == numbers[0][0]
    for twin in (copy.deepcopy(draws), pickle.loads(pickle.dumps(draws))):
        assert list(twin.random(3)) == numbers[1][1:]
    bits = draws.bit_generator
    del draws
    gc.collect()
    assert np.random.Generator(bits).random() == numbers[1][1]


def test_a_generators_numbers_follow_their_laws():
    """Kolmogorov–Smirnov against uniform, normal and gamma, false alarm 1e-7 each; detects a distance above .01."""
    from scipy import stats

    draws = generator(stream(11, "law").key(0), 4)
    n = 100_000
    assert stats.kstest(draws.random(n), "uniform").pvalue > 1e-7
    assert stats.kstest(draws.normal(size=n), "norm").pvalue > 1e-7
    assert stats.kstest(draws.gamma(2.5, size=n), "gamma", (2.5,)).pvalue > 1e-7
    assert stats.chisquare(np.bincount(draws.integers(0, 7, n), minlength=7)).pvalue > 1e-7


@pytest.mark.parametrize("column", range(7))
def test_every_uniform_number_is_uniform(column):
    """Kolmogorov–Smirnov over 100,000 entities, false alarm 1e-7; detects a distance above .01."""
    from scipy import stats

    _, number, _ = drawn(stream(3, "uniform").key(8), np.arange(100_000), 2)
    assert stats.kstest(number[:, column], "uniform").pvalue > 1e-7


def test_the_two_normal_numbers_are_normal_and_independent():
    """False alarm 1e-7 each (5.3 standard errors); detects a correlation of .017."""
    from scipy import stats

    _, _, normal = drawn(stream(3, "normal").key(8), np.arange(100_000), 0)
    for column in (0, 1):
        assert stats.kstest(normal[:, column], "norm").pvalue > 1e-7
    for moment in (lambda x: x, np.abs, np.square):
        assert abs(np.corrcoef(moment(normal[:, 0]), moment(normal[:, 1]))[0, 1]) < 5.3 / np.sqrt(100_000)


def test_neighbouring_entities_draws_ticks_seeds_and_names_are_uncorrelated():
    """Correlations of 200,000 pairs stay below 5.3 standard errors: false alarm 1e-7 each, 1e-6 in all."""
    entities = np.arange(200_000)
    base = uniforms(stream(3, "meeting").key(5), entities)
    others = {
        "entity": np.roll(base, 1),
        "draw": uniforms(stream(3, "meeting").key(5), entities, 1),
        "tick": uniforms(stream(3, "meeting").key(6), entities),
        "seed": uniforms(stream(4, "meeting").key(5), entities),
        "name": uniforms(stream(3, "meeting2").key(5), entities),
        "high half of the entity": uniforms(stream(3, "meeting").key(5), entities + 2**32),
    }
    for what, other in others.items():
        assert abs(np.corrcoef(base, other)[0, 1]) < 5.3 / np.sqrt(200_000), what


def test_a_million_runs_have_a_million_streams():
    """Two of 10⁶ random 64-bit keys are equal with probability 3e-8."""
    keys = {stream.__wrapped__(seed, "meeting") for seed in range(1_000_000)}
    assert len(keys) == 1_000_000


def test_draws_depend_neither_on_order_nor_on_who_else_draws():
    key = stream(3, "meeting").key(5)
    entities = np.arange(1000) * 7
    order = generator(key, 1).permutation(1000)
    assert (uniforms(key, entities[order]) == uniforms(key, entities)[order]).all()
    assert (normals(key, entities[::3]) == normals(key, entities)[::3]).all()


@given(a=st.integers(0, 2**31 - 1), b=st.integers(0, 2**31 - 1), c=st.integers(0, 2**31 - 1))
def test_a_pair_is_the_same_from_both_sides_and_differs_from_other_pairs(a, b, c):
    assert paired(a, b) == paired(b, a) == (min(a, b) << 32) | max(a, b)
    assert (paired(a, b) == paired(a, c)) == (b == c)


@pytest.mark.parametrize("seed", [-1, 2**64, 2**200])
def test_a_seed_out_of_range_is_refused(seed):
    with pytest.raises(ValueError, match="from 0 to 18446744073709551615"):
        stream(seed, "meeting")


def test_seeds_at_the_bounds_are_different_streams():
    assert len({stream(seed, "meeting") for seed in (0, 1, 2**32, LARGEST_SEED)}) == 4
    assert all(0 <= part <= WORD for part in stream(LARGEST_SEED, "meeting"))
