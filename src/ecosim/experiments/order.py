r"""Order: which runs are made first, so that a sweep that is stopped early has sampled evenly.

The first replicate of every point comes before the second of any. Within a replicate, points that were drawn come as
they were drawn, for each sampled design is even from its start. A list of points comes in van der Corput's order: the
first, the middle one, the quarters, … Of a grid every axis is covered evenly at every moment: the r-th point has on
axis i, of :math:`n_i` values, the place

.. math:: x_i = \left(\pi_i(a_i) + \lfloor n_i\, u_i(r \bmod n_1 \cdots n_{i-1}) \rfloor\right) \bmod n_i

where :math:`a_1, a_2, …` are the digits of r to the bases :math:`n_1 \le n_2 \le …`, :math:`\pi_i` is van der Corput's
order of the numbers below :math:`n_i`, and :math:`u(k)` the k-th point of a Sobol' sequence. Each point comes once: its
places give :math:`a_1`, then :math:`a_2`, and so on.

References:
    van der Corput (1935), Proc. Akad. Wet. Amsterdam 38, 813. Sobol' (1967), USSR Comput. Math. Math. Phys. 7, 86.
    (The combination is ours.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ecosim.experiments.sobol import MOST, sobol


def even_order(sizes: Sequence[int]) -> NDArray[np.int64]:
    """Return the numbers of the points of a grid, each once, so that any first part of them covers it evenly.

    Args:
        sizes: how many values each axis has, the last axis the fastest in the numbers; none for one point.
    """
    turns = np.arange(int(np.prod(sizes, dtype=np.int64)))
    points = np.zeros_like(turns)
    shares = _sobol(len(sizes), turns.size // max(sizes, default=1))
    before = 1
    for rank, axis in enumerate(np.argsort(sizes, kind="stable")):
        size = sizes[axis]
        shift = np.floor(size * shares[:before, rank]).astype(np.int64)
        places = (van_der_corput(size)[turns // before % size] + shift[turns % before]) % size
        points += places * int(np.prod(sizes[axis + 1 :], dtype=np.int64))
        before *= size
    return points


def van_der_corput(count: int) -> NDArray[np.int64]:
    """Return the numbers below a count, those first whose binary digits, read backwards, make the least number."""
    bits = max(count - 1, 1).bit_length()
    backwards = np.zeros(2**bits, np.int64)
    for bit in range(bits):
        backwards |= (np.arange(2**bits) >> bit & 1) << (bits - 1 - bit)
    return backwards[backwards < count]


def _sobol(width: int, count: int) -> NDArray[np.float64]:
    """Return the first points of a Sobol' sequence, at least as many as asked for."""
    if width <= MOST:
        return sobol(count, width)
    from scipy.stats import qmc

    drawn: NDArray[np.float64] = qmc.Sobol(width, scramble=False).random(2 ** (count - 1).bit_length())
    return drawn
