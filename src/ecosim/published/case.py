"""Case: a published result, the numbers that are held against it, and how they are computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Standing = Literal["published", "recomputed", "derived", "exact"]
"""Where a reference is from: the cited paper; an independent program that follows the published rule; a formula that
follows from the published model; an exact result."""


class Cell(NamedTuple):
    """One number that is held against a reference.

    Attributes:
        setting: what is varied: "5 features, 10 traits".
        measure: what is compared, with its unit in words: "stable regions".
        reference: the published, recomputed or derived value.
        standing: where the reference is from.
        ours: one value a run (r,), or a single exact one (1,).
        error: standard error of the reference itself; 0 where it is exact.
        allowance: systematic difference that is allowed (rounding of a printed value, finite size); ``note`` says why.
        note: where ours differs from what the paper prints, and why; empty where there is nothing to say.
        known: whether it is known that ours differs from this reference, for the reason in ``note``: such a cell is
            shown, and counts neither for nor against us.
        extent: width of all that the measure can be, 1 for a share; None where it has no upper end. A test whose bound
            is wide beside it cannot tell (``ecosim.published.verdict``).
    """

    setting: str
    measure: str
    reference: float
    standing: Standing
    ours: NDArray[np.float64]
    error: float = 0.0
    allowance: float = 0.0
    note: str = ""
    known: bool = False
    extent: float | None = None


class Effort(NamedTuple):
    """How much work a case may do.

    Attributes:
        full: the sample sizes of the page (all cases within half an hour on two cores); otherwise a quick form (all
            cases within two minutes), whose test is as strict but sees less.
        seed: chooses the luck of all runs.
    """

    full: bool
    seed: int


class Case(NamedTuple):
    """A published result.

    Attributes:
        name: ``author_year``; its configuration is ``configs/published/<name>.yaml``.
        title: what it is about, in a few words.
        source: the full reference; "(unchecked)" where it was not looked up.
        about: the set-up, with its activation regime, and what is reproduced.
        cells: yields each number as soon as it is there.
        figure: draws the cells in a way of its own; None for the standard figure.
    """

    name: str
    title: str
    source: str
    about: str
    cells: Callable[[Effort], Iterator[Cell]]
    figure: Callable[[Sequence[Cell]], Figure] | None = None
