r"""Sobol: the first points of a Sobol' sequence in few dimensions, without the second that loading SciPy's takes.

Point k has in dimension j the coordinate

.. math:: x_{kj} = \bigoplus_{b:\ g_b(k) = 1} v_{jb}, \qquad g(k) = k \oplus \lfloor k / 2 \rfloor

with the direction numbers v that a primitive polynomial over {0, 1} and some odd numbers give.

References:
    Sobol' (1967), USSR Comput. Math. Math. Phys. 7, 86. Joe & Kuo (2008), SIAM J. Sci. Comput. 30, 2635, whose
    polynomials and numbers these are (by way of scipy.stats.qmc, with which a test compares).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BITS = 30

_POLYNOMIALS = (
    (1, 0, (1,)), (2, 1, (1, 3)), (3, 1, (1, 3, 1)), (3, 2, (1, 1, 1)), (4, 1, (1, 1, 3, 3)), (4, 4, (1, 3, 5, 13)),
    (5, 2, (1, 1, 5, 5, 17)),
)  # fmt: skip
"""Degree, inner coefficients as a number, and first odd numbers, of each dimension from the second on."""

MOST = 1 + len(_POLYNOMIALS)
"""Dimensions that are known here."""


def sobol(count: int, dimensions: int) -> NDArray[np.float64]:
    """Return points (count, dimensions), the first of them 0 in every dimension.

    Args:
        count: of points, at most 2³⁰.
        dimensions: at most ``MOST``.
    """
    gray = np.arange(count, dtype=np.int64)
    gray ^= gray >> 1
    points = np.zeros((count, dimensions), np.int64)
    directions = _directions(dimensions)
    for bit in range(max(count - 1, 0).bit_length()):
        points[(gray >> bit & 1) == 1] ^= directions[:, bit]
    return points / 2.0**BITS


def _directions(dimensions: int) -> NDArray[np.int64]:
    """Return the direction numbers (dimensions, bits), each shifted to the bit it stands for."""
    odd = np.ones((dimensions, BITS), np.int64)
    for row, (degree, inner, first) in zip(odd[1:], _POLYNOMIALS, strict=False):
        row[:degree] = first
        for k in range(degree, BITS):
            row[k] = row[k - degree] ^ row[k - degree] << degree
            for i in range(1, degree):
                row[k] ^= (inner >> (degree - 1 - i) & 1) * row[k - i] << i
    return odd << np.arange(BITS - 1, -1, -1)
