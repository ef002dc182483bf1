"""Odds: what a drawn number decides against an exponential, which is worked out in full only where it matters.

A uniform number is compared with a probability such as e^(-d) at every encounter. Which is the greater shows nearly
always from a few digits of the exponential. These are got by multiplications alone, so that a loop does several at a
time, in a tenth of the time; where the two are ``CLOSE``, whoever compares asks for the exponential itself. What is
decided is thus the same as if that had been asked for always.
"""

from __future__ import annotations

from typing import Any

from ecosim.kernels import inlined_kernel

CLOSE = 1e-6
"""A difference from 1, or of a probability from a number, below which rough exponentials decide nothing.

A hundred times their error (``rough_exponential``).
"""

FAR = 24.0
"""Exponents beyond ±FAR are taken for it, which decides nothing: e^-FAR is far below ``CLOSE``, and above FAR whoever
compares asks for the exponential itself."""


@inlined_kernel
def rough_exponential(exponent: Any) -> Any:
    r"""Return :math:`e^x` with a relative error below 10⁻⁸ where :math:`|x| \le` FAR; beyond that, e to the power ±FAR.

    Squaring seven times undoes a division of x by 128, after which eight terms of the series are enough: the ninth is
    below 4 × 10⁻¹¹.
    """
    x = min(FAR, max(-FAR, exponent)) / 128.0
    power = 1.0 + x * (1.0 + x * (0.5 + x * (1 / 6 + x * (1 / 24 + x * (1 / 120 + x * (1 / 720 + x * (1 / 5040)))))))
    power *= power
    power *= power
    power *= power
    power *= power
    power *= power
    power *= power
    return power * power
