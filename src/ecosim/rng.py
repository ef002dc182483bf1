"""Random numbers as pure functions of (run seed, mechanism, tick, entity, draw).

The generator is Philox 4×32 with ten rounds, a counter-based generator: it has no state to advance, it scrambles a
128-bit counter under a 64-bit key. Here the key is a digest of the run's seed and the mechanism's name; the counter
holds the entity (64 bits), the tick and the draw (32 bits each). So a draw does not depend on the order in which
entities are visited, on threads, or on who else exists, and two scenarios with the same seed share their luck
(common random numbers).

References:
    Salmon, Moraes, Dror & Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, SC '11, doi:10.1145/2063384.2063405.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ecosim.kernels import inlined, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST_SEED = 2**64 - 1
TICKS = 2**32

_MULTIPLIER_0, _MULTIPLIER_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_WEYL_0, _WEYL_1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW_32 = np.uint64(0xFFFFFFFF)
_SHIFT_32 = np.uint64(32)


Key = tuple[int, int, int]
"""What a kernel needs to draw: the lower and the upper half of the Philox key, and the tick, each below 2³²."""


class Stream(NamedTuple):
    """The draws of one mechanism in one run, a key for each tick.

    Attributes:
        low: lower half of the Philox key, below 2³².
        high: upper half of the Philox key, below 2³².
    """

    low: int
    high: int

    def key(self, tick: int) -> Key:
        """Return the key of one tick, 0 ≤ tick < 2³²."""
        return self.low, self.high, tick


@lru_cache(maxsize=4096)
def stream(seed: int, name: str) -> Stream:
    """Return the stream of a mechanism in a run.

    Args:
        seed: the run's seed, 0 to 2⁶⁴ − 1.
        name: the mechanism's name in the schedule.

    Raises:
        ValueError: if the seed is out of range.
    """
    if not 0 <= seed <= LARGEST_SEED:
        raise ValueError(f"a seed is a whole number from 0 to {LARGEST_SEED}, not {seed}")
    digest = hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=8).digest()
    return Stream(int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little"))


def uniforms(key: Key, entities: NDArray[np.int64], draw: int = 0) -> NDArray[np.float64]:
    """Return one uniform number in [0, 1) for each entity (n,): the very numbers that kernels draw."""
    numbers: NDArray[np.float64] = _uniforms(key, np.asarray(entities, dtype=np.int64), draw)
    return numbers


def normals(key: Key, entities: NDArray[np.int64], draw: int = 0) -> NDArray[np.float64]:
    """Return one standard normal number for each entity (n,): the first of the pair that kernels draw."""
    numbers: NDArray[np.float64] = _normals(key, np.asarray(entities, dtype=np.int64), draw)
    return numbers


def generator(key: Key, entity: int = 0) -> np.random.Generator:
    """Return a NumPy generator that reads the same draws: draw 0, 1, 2… of one entity, one after the other.

    For whoever writes a rule in plain NumPy. ``generator(key, entity).random()`` equals ``uniform(key, entity, 0)``,
    its next call draw 1, and so on.
    """
    from ecosim.numpy_generator import philox_generator  # compiles C callbacks: only for those who use it

    return philox_generator(key, entity)


@inlined
def philox(counter_0: Any, counter_1: Any, counter_2: Any, counter_3: Any, key_0: Any, key_1: Any) -> Any:
    """Scramble four 32-bit words of counter under two of key (Salmon et al. 2011, Philox-4×32-10).

    All words are 64-bit integers that hold 32 bits, and the function is inlined: only so does the compiler see that
    the draws of a loop are independent, and makes eight at a time (1.5 ns a draw instead of 37).
    """
    c0, c1, c2, c3 = np.uint64(counter_0), np.uint64(counter_1), np.uint64(counter_2), np.uint64(counter_3)
    k0, k1 = np.uint64(key_0), np.uint64(key_1)
    for _ in range(10):
        product_0 = _MULTIPLIER_0 * c0
        product_1 = _MULTIPLIER_1 * c2
        c0, c1 = (product_1 >> _SHIFT_32) ^ c1 ^ k0, product_1 & _LOW_32
        c2, c3 = (product_0 >> _SHIFT_32) ^ c3 ^ k1, product_0 & _LOW_32
        k0 = (k0 + _WEYL_0) & _LOW_32
        k1 = (k1 + _WEYL_1) & _LOW_32
    return c0, c1, c2, c3


@inlined
def words(key: Any, entity: Any, draw: Any) -> Any:
    """Return the four random 32-bit words of (key, entity, draw).

    All are held to 32 bits, which they have anyway, for the compiler to know: it then takes the shorter multiplication.
    """
    number = np.uint64(entity)
    low, high, tick = np.uint64(key[0]) & _LOW_32, np.uint64(key[1]) & _LOW_32, np.uint64(key[2]) & _LOW_32
    return philox(number & _LOW_32, number >> _SHIFT_32, tick, np.uint64(draw) & _LOW_32, low, high)


@inlined
def uniform(key: Any, entity: Any, draw: Any) -> Any:
    """Return a uniform number in [0, 1), a multiple of 2⁻⁵³."""
    w0, w1, _, _ = words(key, entity, draw)
    return _double(w0, w1)


@inlined
def uniform2(key: Any, entity: Any, draw: Any) -> Any:
    """Return two uniform numbers in [0, 1), multiples of 2⁻⁵³; the first is that of ``uniform``."""
    w0, w1, w2, w3 = words(key, entity, draw)
    return _double(w0, w1), _double(w2, w3)


@inlined
def uniform4(key: Any, entity: Any, draw: Any) -> Any:
    """Return four uniform numbers in [0, 1), multiples of 2⁻³²: fine enough for a choice, for the price of one."""
    w0, w1, w2, w3 = words(key, entity, draw)
    scale = 1.0 / 4294967296.0
    return np.float64(w0) * scale, np.float64(w1) * scale, np.float64(w2) * scale, np.float64(w3) * scale


@inlined
def normal2(key: Any, entity: Any, draw: Any) -> Any:
    """Return two independent standard normal numbers (Box & Muller 1958)."""
    first, second = uniform2(key, entity, draw)
    radius = np.sqrt(-2.0 * np.log(1.0 - first))
    angle = 2.0 * np.pi * second
    return radius * np.cos(angle), radius * np.sin(angle)


@inlined
def pair(identity_a: Any, identity_b: Any) -> Any:
    """Return the number of a pair of entities, the same in both directions; identities are below 2³¹."""
    low, high = min(identity_a, identity_b), max(identity_a, identity_b)
    return (np.int64(low) << np.int64(32)) | np.int64(high)


@inlined
def _double(high: Any, low: Any) -> Any:
    return ((np.uint64(high) >> np.uint64(5)) * 67108864.0 + (np.uint64(low) >> np.uint64(6))) / 9007199254740992.0


@kernel
def _uniforms(key: Any, entities: Any, draw: Any) -> Any:
    numbers = np.empty(entities.size)
    for i in range(entities.size):
        numbers[i] = uniform(key, entities[i], draw)
    return numbers


@kernel
def _normals(key: Any, entities: Any, draw: Any) -> Any:
    numbers = np.empty(entities.size)
    for i in range(entities.size):
        numbers[i], _ = normal2(key, entities[i], draw)
    return numbers
