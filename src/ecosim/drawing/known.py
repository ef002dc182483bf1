"""Known: how well a number is known, wherever it comes from."""

from __future__ import annotations

from typing import Protocol


class Known(Protocol):
    """A number and its 95 % interval."""

    @property
    def value(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
