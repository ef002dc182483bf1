"""Conduct: how an organisation's doings are judged, the same by whoever judges."""

from __future__ import annotations

from typing import Any

from ecosim.dynamics.mechanism import Mechanism
from ecosim.kernels import inlined, inlined_kernel


class Witness(Mechanism):
    """A rule that tells what is seen of conduct: where there is one, reputation follows it and nothing else."""


@inlined_kernel
def beside(amount: Any, usual: Any) -> Any:
    """Return an amount ≥ 0 compared with what is usual, > 0: amount / (amount + usual), ½ where they are the same."""
    return amount / (amount + usual)


@inlined
def conduct_of(contribution: Any, usual: Any, is_answerable: Any, wellbeing: Any) -> Any:
    """Return conduct, in [0, 1]: contribution beside the usual; for the answerable half of it is how well things are."""
    conduct = beside(contribution, usual)
    if is_answerable:
        conduct = 0.5 * (conduct + wellbeing)
    return conduct
