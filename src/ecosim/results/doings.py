"""Doings: what organisations put in and got, how they learnt, what they took up, who came and who went, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecosim.measures.panel import EXTREMES, of_change
from ecosim.results.phrases import both, moved, number, percent, plain
from ecosim.wording import in_a_row, some

Measured = Mapping[str, Mapping[str, Any]]

_INDICES = {
    "esteban_ray": "the Esteban–Ray index",
    "duclos_esteban_ray": "the index of Duclos, Esteban and Ray",
    "van_der_eijk": "van der Eijk's index",
    "consensus": "consensus within the camps",
    "balanced_triads": "balanced triads",
}
"""What measures of polarisation are called in a sentence; the others by their name."""


def conduct(measures: Measured) -> Iterator[str]:
    """Tell what organisations put into the common work, and what they were paid for it."""
    if share := both(measures, "contribution_mean"):
        start, later = share
        yield (
            f"**Contributions {moved(start, later, 'rose', 'fell', 'held their level')}:** organisations put "
            f"{percent(start)} of their means into the common work at the start, {percent(later)} later and "
            f"{percent(measures['contribution_mean']['final'])} at the end."
        )
    payoff = measures.get("payoff_mean")
    if payoff and payoff["mean"] is not None and payoff["final"] is not None:
        paid, end = number(payoff["mean"]), number(payoff["final"])
        yield f"What a tick's work paid them, less its cost, was {paid} on average later, {end} at the end."


FEW = 100
"""Organisations below which their opinions are thin on the scale, so that gaps of .05 in it mean little."""

GAP, SCALE = 0.05, 2.0
"""Gap at which ``opinion_clusters`` cuts, and how long the scale of opinions is, from −1 to 1."""


def clusters_by_chance(organisations: int) -> float:
    r"""Return how many clusters opinions are expected to stand in that are drawn evenly from the whole scale.

    Of n of them, each but the last is followed by a gap above g on a scale of length L with probability
    :math:`(1 - g / L)^n`, so that there are :math:`1 + (n - 1) (1 - g / L)^n`.

    References:
        David & Nagaraja (2003), Order statistics, 3rd ed., §6.4, Random division of an interval, p. 133.
    """
    return 1 + (organisations - 1) * (1 - GAP / SCALE) ** organisations


def camps(measures: Measured, organisations: int, *, are_two: bool = True) -> Iterator[str]:
    """Tell into how many clusters opinions fell, and how far apart their two camps stand.

    Args:
        measures: each, with its start, mean and final value.
        organisations: how many there are at the start: of few, it is told how many clusters chance would give.
        are_two: whether there are two camps worth the name.
    """
    if clusters := both(measures, "opinion_clusters"):
        start, later = clusters
        alike = both(measures, "opinion_clusters_effective")
        counted = f" (as many as {number(alike[1])} of equal size)" if alike else ""
        word = "cluster" if start == 1 else "clusters"
        few = (
            f"; cut at gaps of {GAP:g}, {organisations:,} opinions drawn evenly from the whole scale would stand in about "
            f"{number(round(clusters_by_chance(organisations)))}"
        )
        yield (
            f"Opinions stood in {number(start)} {word} at the start, in {number(later)} later{counted}"
            f"{few if 1 < organisations < FEW else ''}."
        )
    if are_two and (apart := both(measures, "divergence")) and (within := both(measures, "consensus")):
        yield (
            f"The two camps, below and above the middle, stood {number(apart[0])} apart at the start, {number(apart[1])} "
            f"later; within them consensus {moved(*within, 'grew', 'shrank', 'hardly changed')}, "
            f"{number(within[0])} to {number(within[1])}."
        )


LOPSIDED = 0.05
"""A smaller camp that holds no larger share of organisations than this is told as a few, not as a side of two."""


def smaller_camp(measures: Measured) -> float:
    r"""Return what share of organisations the smaller camp holds at most at the end, on a single axis; NaN where unknown.

    With a share p of them at a distance d from the others' mean, the mean distance from the average of all is at least
    that between the camps: :math:`D \ge 2 p (1 - p) d` (Jensen), so :math:`p \le (1 - \sqrt{1 - 2 D / d}) / 2`.
    """
    mean_distance, apart = (measures.get(name, {}).get("final") for name in ("dispersion", "divergence"))
    if mean_distance is None or not apart:
        return math.nan
    return (1.0 - math.sqrt(max(0.0, 1.0 - 2.0 * mean_distance / apart))) / 2.0


def all_but_a_few(measures: Measured) -> Iterator[str]:
    """Tell that nearly everyone holds one view, where it is so at the end: then measures of two camps tell of a few."""
    few = smaller_camp(measures)
    if few <= LOPSIDED:
        apart, mean_distance = (measures[name]["final"] for name in ("divergence", "dispersion"))
        view = "hold one view" if mean_distance <= GAP else "stand on one side of the middle"
        yield (
            f"At the end all but at most {percent(few)} of the organisations {view}; those few stand {number(apart)} away "
            "from them, and what compares two camps compares these few with everyone else."
        )


def disagreement(measures: Measured) -> Iterator[str]:
    """Tell where the measures of polarisation say opposite things of the change."""
    found = {name: values for name in (*EXTREMES, "hostile_share") if (values := both(measures, name))}
    verdict = of_change({n: values[0] for n, values in found.items()}, {n: values[1] for n, values in found.items()})
    if not verdict.agree:
        rose, fell = ([_INDICES.get(name, name) for name in names] for names in (verdict.rose, verdict.fell))
        yield (
            f"The panel of polarisation disagrees: by {in_a_row(rose)} it rose, by {in_a_row(fell)} it fell; so it depends "
            "on which side of polarisation is meant."
        )


def learning(measures: Measured) -> Iterator[str]:
    """Tell how good organisations became at what they do, what they took up, and what became of their purpose."""
    if performance := both(measures, "performance_mean"):
        start, later = performance
        sets = both(measures, "solutions")
        ways = f"; {number(sets[0])} different ways of working became {number(sets[1])}" if sets else ""
        yield (
            f"**Organisations {moved(start, later, 'learnt', 'unlearnt', 'hardly learnt')}:** the performance of their "
            f"practices went from {number(start)} to {number(later)}{ways}."
        )
    ahead = measures.get("adapting_advantage", {}).get("mean")
    if ahead is not None:
        yield f"Later, those who adapt were {number(abs(ahead))} {'ahead of' if ahead >= 0 else 'behind'} the others."
    adopted = measures.get("adopted_share", {})
    if adopted.get("start") is not None and adopted.get("final") is not None:
        yield (
            f"The new technology was used by {percent(adopted['start'])} of them at the start and by "
            f"{percent(adopted['final'])} at the end."
        )
    if purpose := both(measures, "purpose_mean"):
        start, later = purpose
        yield f"Their purpose {moved(start, later, 'grew', 'faded', 'held its level')}, {number(start)} to {number(later)}."


def lifetimes(last: int, events: Mapping[str, NDArray[Any]] | None) -> Iterator[str]:
    """Tell how long coalitions lasted.

    Args:
        last: last tick of the run.
        events: the columns of the events, where they were kept.
    """
    if events is None or not np.any(events["kind"] == "dissolved"):
        return
    from ecosim.measures.survival import coalition_survival

    found = coalition_survival(events, last)
    if np.isfinite(found.median):
        told = f"half of all had dissolved within {some(int(found.median), 'tick')}"
    else:
        told = f"{percent(found.share[-1])} of all outlasted {some(int(found.lasting[-1]), 'tick')}"
    yield f"Counting those that still stood as long as they were seen, {told}."


MOST_NAMED = 12
"""Up to how many of the user's own organisations that left are named."""

_CAUSES = {"insolvent": "insolvent", "removed": "removed from outside"}


def turnover(
    start: int, end: int, events: Mapping[str, NDArray[Any]] | None, *, are_own: bool = False, cause: str = ""
) -> Iterator[str]:
    """Tell who came and who went.

    Args:
        start: organisations at the start.
        end: organisations at the end.
        events: the columns of the events, where they were kept.
        are_own: whether the organisations of the start are the user's own: then those that left are named.
        cause: why they left where the events keep no reasons, if there is one cause only.
    """
    if events is None:
        if start != end:
            yield f"**Turnover:** of {some(start, 'organisation')} at the start there were {end:,} at the end."
        return
    gone, came = (int(np.count_nonzero(events["kind"] == kind)) for kind in ("gone", "came"))
    if gone or came:
        yield f"**Turnover:** {some(gone, 'organisation')} left and {came:,} came, so that {start:,} became {end:,}."
    if are_own and gone:
        yield from _own_that_left(events, cause)


def _own_that_left(events: Mapping[str, NDArray[Any]], cause: str) -> Iterator[str]:
    """Name those of the start that left, by what they left of: newcomers that left again are none of the user's."""
    newcomers = set(events["organisation_name"][events["kind"] == "came"])
    removed = set(events["organisation_name"][events["kind"] == "remove"])
    left: dict[str, list[str]] = {}
    for row in np.flatnonzero(events["kind"] == "gone").tolist():
        name = events["organisation_name"][row]
        if not isinstance(name, str) or name in newcomers:
            continue
        why = events["why"][row] if "why" in events else "removed" if name in removed else cause
        left.setdefault(_CAUSES.get(why, why) if isinstance(why, str) else "", []).append(name)
    count = sum(map(len, left.values()))
    parts = []
    for why, names in left.items():
        named = [plain(name) for name in names[:MOST_NAMED]]
        if len(names) > MOST_NAMED:
            named.append(f"{len(names) - MOST_NAMED:,} more")
        parts.append((f"{plain(why)}: " if why else "") + in_a_row(named))
    if parts:
        yield f"Of your own organisations, {count:,} left ({'; '.join(parts)})."
