"""The least of mechanisms, to ask of schedules and of mechanisms what holds for all."""

from typing import ClassVar

from pydantic import Field

from ecosim.dynamics.mechanism import Mechanism


class Multiply(Mechanism):
    """A rule with a parameter."""

    factor: float = Field(2.0, ge=0, description="by how much")
    reads: ClassVar[tuple[str, ...]] = ("capital",)
    writes: ClassVar[tuple[str, ...]] = ("capital",)

    def step(self, world, key):
        world.capital[:] *= self.factor
