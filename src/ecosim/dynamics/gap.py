"""The gap: what it takes two organisations to understand each other."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from ecosim.kernels import inlined, inlined_kernel


class Gap(BaseModel):
    r"""Weights of the translation gap between two organisations.

    .. math:: d_{ij} = w_s [s_i \ne s_j] + w_c \frac{\text{traits that differ}}{\text{features}}
              + w_o \frac{\lVert o_i - o_j \rVert}{2 \sqrt{D}}

    It rises from within one organisation (0), to similar ones (culture and stance only), to very different ones
    (another sector, other ways, other views).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    sector: float = Field(0.4, ge=0, le=10, description="w_s, gap between two sectors")
    culture: float = Field(0.4, ge=0, le=10, description="w_c, gap between two that share no trait of culture")
    stance: float = Field(0.6, ge=0, le=10, description="w_o, gap between the two ends of opinion on every axis")

    def weights(self) -> tuple[float, float, float]:
        """Return the three weights as a kernel takes them."""
        weights: tuple[float, float, float] = _WEIGHTS(self.__dict__)
        return weights


_WEIGHTS = itemgetter("sector", "culture", "stance")
"""Reads the dictionary at once: attributes of a pydantic model take several times as long, and this is each tick's."""


@inlined
def gap_between(i: Any, j: Any, sector: Any, culture: Any, stance: Any, weights: Any) -> Any:
    """Return the translation gap between the organisations in rows i and j."""
    features, axes = culture.shape[1], stance.shape[1]
    gap = weights[0] * (sector[i] != sector[j])
    if features > 0:
        differing = 0
        for f in range(features):
            differing += culture[i, f] != culture[j, f]
        gap += weights[1] * differing / features
    if axes > 0:
        squared = 0.0
        for d in range(axes):
            squared += (stance[i, d] - stance[j, d]) ** 2
        gap += weights[2] * 0.5 * np.sqrt(squared / axes)
    return gap


@inlined_kernel
def pressing(level: Any, half: Any) -> Any:
    """Return how pressing a problem of some level is: level² / (level² + half²), from 0 to 1."""
    return level * level / (level * level + half * half)


@inlined_kernel
def raised(amount: Any, exponent: Any) -> Any:
    """Return amount ** exponent; a square root, the common case, is ten times as fast."""
    return np.sqrt(amount) if exponent == 0.5 else amount**exponent


@inlined_kernel
def lowered(amount: Any, exponent: Any) -> Any:
    """Return amount ** (1 / exponent), what ``raised`` is undone by."""
    return amount * amount if exponent == 0.5 else amount ** (1.0 / exponent)
