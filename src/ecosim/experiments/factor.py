"""Factor: what a sampled design varies, and which value of it belongs to which share of its range."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["real", "whole", "choice"]


@dataclass(frozen=True)
class Factor:
    r"""A key of the configuration with the range, or the values, that a sampled design draws from.

    A share :math:`u` of the range, 0 to 1, stands for

    .. math:: x = a + u\,(b - a) \quad\text{or, on a logarithmic scale,}\quad x = a\,(b / a)^u

    for a ``real`` factor from a to b; for the ⌊u n⌋-th of n values, each as likely as another, of a ``whole`` factor
    (the numbers a, a + 1, …, b; on a logarithmic scale ⌊a ((b + 1) / a)^u⌋) and of a ``choice``.

    Attributes:
        key: where in the configuration, with dots: ``dynamics.stance.tolerance``.
        kind: ``real``, ``whole`` or ``choice``.
        low: least value; 0 for a choice, which has none.
        high: greatest value; 0 for a choice.
        is_log: whether equal shares of the range are equal ratios; ``low`` is above 0 then.
        values: of a choice, in their order: numbers, words, whole mechanisms; empty for the other kinds.
    """

    key: str
    kind: Kind
    low: float = 0.0
    high: float = 0.0
    is_log: bool = False
    values: tuple[Any, ...] = ()

    @property
    def count(self) -> float:
        """Number of values that it can take; infinite for real ones."""
        if self.kind == "choice":
            return len(self.values)
        return math.inf if self.kind == "real" else self.high - self.low + 1

    def at(self, shares: NDArray[np.float64]) -> tuple[Any, ...]:
        """Return the value at each share (n,), 0 to 1, of the range."""
        if self.kind == "choice":
            return tuple(self.values[place] for place in _places(shares, len(self.values)))
        if self.kind == "whole":
            return tuple(self._whole(shares))
        low, high = float(self.low), float(self.high)
        values = low ** (1.0 - shares) * high**shares if self.is_log else _between(low, high, shares)
        return tuple(np.clip(values, low, high).tolist())

    def plain(self) -> dict[str, Any]:
        """Return the factor as plain data, as ``manifest.json`` holds it."""
        if self.kind == "choice":
            return {"key": self.key, "kind": self.kind, "values": list(self.values)}
        scale = "log" if self.is_log else "linear"
        return {"key": self.key, "kind": self.kind, "low": self.low, "high": self.high, "scale": scale}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Factor:
        """Return the factor that ``plain`` described."""
        if data["kind"] == "choice":
            return cls(data["key"], "choice", values=tuple(data["values"]))
        return cls(data["key"], data["kind"], data["low"], data["high"], data["scale"] == "log")

    def _whole(self, shares: NDArray[np.float64]) -> list[int]:
        low, high = int(self.low), int(self.high)
        if not self.is_log:
            return [low + place for place in _places(shares, high - low + 1)]
        reached = np.exp(_between(math.log(low), math.log(high + 1), shares) + _ROUNDING)
        return [int(value) for value in np.clip(np.floor(reached), low, high)]


_ROUNDING = 1e-12
"""What a share may lack for a value through rounding: a third of three values begins at 1/3, however that is written."""


def _between(low: float, high: float, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    return low * (1.0 - shares) + high * shares  # ends exactly at its ends


def _places(shares: NDArray[np.float64], count: int) -> list[int]:
    places: list[int] = np.clip(np.floor(shares * count + _ROUNDING * count), 0, count - 1).astype(np.int64).tolist()
    return places
