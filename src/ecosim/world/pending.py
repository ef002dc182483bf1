"""Pending: what is to change in a world's shape when the mechanism at work ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


@dataclass
class Pending:
    """What mechanisms have asked for and ``commit`` will do.

    Attributes:
        is_any: whether there is anything: set by whoever adds to it.
    """

    is_any: bool = False

    ties_made: list[tuple[NDArray[np.int32], dict[str, Any]]] = field(default_factory=list)
    ties_ended: list[Rows] = field(default_factory=list)
    joins: list[tuple[Rows, Rows]] = field(default_factory=list)
    leaves: list[Rows] = field(default_factory=list)
    founded: list[tuple[Rows, Rows, NDArray[np.int64]]] = field(default_factory=list)
    removed: list[Rows] = field(default_factory=list)
