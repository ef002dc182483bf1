"""Work: what every rule of production in coalitions can be asked, so that whoever foresees it need not know its kind."""

from __future__ import annotations

from ecosim.dynamics.mechanism import Mechanism

Rates = tuple[float, float, float, float, float, float, float]
"""Parameters of output as kernels take them, the kind of production last (``ecosim.dynamics.production.making``)."""


class Work(Mechanism):
    """A rule by which coalitions make something together, and whoever is in none makes it alone: a base, not a rule."""

    def rates(self) -> Rates:
        """Return the parameters of output as a kernel takes them."""
        raise TypeError(f"{type(self).__name__} does not say what coalitions make: it has no rates")

    def adding_up(self) -> dict[str, float | None]:
        """Return the parameters, with their values, under which a whole is exactly the sum of its parts."""
        raise TypeError(f"{type(self).__name__} does not say when it adds up")

    def weights(self) -> tuple[float, float, float]:
        """Return the weights of the translation gap between members."""
        raise TypeError(f"{type(self).__name__} has no weights")

    def half(self) -> float:
        """Return the urgency that is half pressing, by which whoever works alone chooses an issue."""
        raise TypeError(f"{type(self).__name__} has no half")
