"""Rules in words: the bounds of a box, and how much of what holds lies in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ecosim.experiments.cases import Box, Cases
from ecosim.experiments.crossing import Estimate
from ecosim.experiments.prim import Quality
from ecosim.results.phrases import percent


def short_names(keys: Sequence[str]) -> tuple[str, ...]:
    """Return keys as a sentence names them: without ``dynamics.`` or ``ecosystem.``, as long as they stay apart."""
    short = [key.removeprefix("dynamics.").removeprefix("ecosystem.") for key in keys]
    return tuple(short) if len(set(short)) == len(short) else tuple(keys)


def conditions(box: Box, cases: Cases) -> list[str]:
    """Return what a box demands, a clause a factor: ``meeting.rate > 0.31``."""
    names = short_names(cases.keys)
    return [_clause(names[k], k, box, cases) for k in box.restricted()]


def where(box: Box, cases: Cases) -> str:
    """Return what a box demands, in one clause; ``anywhere`` where it demands nothing."""
    told = conditions(box, cases)
    return f"where {' and '.join(told)}" if told else "anywhere"


def with_interval(number: Estimate) -> str:
    """Return a share with its interval in percent."""
    return f"{percent(number.value)} [{percent(number.low)}, {percent(number.high)}]"


def sentence(holds: str, box: Box, cases: Cases, density: Estimate, quality: Quality, every: str = "all runs") -> str:
    """Return a rule in one sentence.

    Args:
        holds: what is looked for: ``dispersion > 0.3``.
        box: where.
        cases: whose factors it restricts.
        density: share of runs in it that hold, with its interval.
        quality: what it is worth, among points that did not serve to find it.
        every: of which runs it is a share.
    """
    return (
        f"{holds} in {with_interval(density)} of runs {where(box, cases)}; that is {percent(quality.mass)} of {every} and "
        f"{percent(quality.coverage)} of all that hold."
    )


def _clause(name: str, k: int, box: Box, cases: Cases) -> str:
    if cases.words[k]:
        kept = [word for number, word in enumerate(cases.words[k]) if number not in box.left_out[k]]
        out = [word for number, word in enumerate(cases.words[k]) if number in box.left_out[k]]
        if len(kept) <= len(out):
            return f"{name} is {' or '.join(kept)}"
        return f"{name} is not {' or '.join(out)}"
    low, high = box.low[k], box.high[k]
    if not np.isfinite(low):
        return f"{name} < {high:.3g}"
    if not np.isfinite(high):
        return f"{name} > {low:.3g}"
    return f"{low:.3g} < {name} < {high:.3g}"
