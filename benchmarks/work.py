"""The work that every rival does: two models on the same network, from the same start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MEAN_DEGREE = 10
TOLERANCE = 0.4
RESPONSIVENESS = 0.5
MULTIPLICATION = 4.0

BOUNDED_CONFIDENCE = "bounded confidence"
PUBLIC_GOODS = "public goods"
MODELS = (BOUNDED_CONFIDENCE, PUBLIC_GOODS)


@dataclass(frozen=True)
class Work:
    """A model to step.

    Attributes:
        model: ``bounded confidence`` (everyone listens to all their neighbours) or ``public goods`` (linear, one group
            round everyone, then imitation of better-paid neighbours, in proportion to the difference).
        start: opinion or contribution of each organisation (n,).
        ends: the two ends of each tie (m, 2).
    """

    model: str
    start: NDArray[np.float64]
    ends: NDArray[np.int32]

    @property
    def n(self) -> int:
        return int(self.start.size)
