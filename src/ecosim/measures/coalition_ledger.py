"""The ledger of coalitions: who loses, who wins, whether outsiders win too; and how mixed coalitions are.

What the ladder tells of a relationship over a window is told here of a coalition and this tick. A coalition counts once
its members have worked in it.

References:
    Blau (1977), Inequality and heterogeneity, Free Press, for 1 − Σp² as a measure of diversity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.kernels import inner, kernel
from ecosim.measures.held import held
from ecosim.measures.measure import Measure
from ecosim.measures.survey import Survey
from ecosim.world.lookup import find_half_edge, write

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecosim.world.world import World


def _fill(world: World, numbers: NDArray[np.float64]) -> None:
    if not world.coalitions:
        numbers[:] = np.nan
        return
    columns = held(world, "member_share", "member_alone", "sent")
    ledger(world.sector, world.member, world.first_member, columns, numbers)


coalition_ledger = Survey(_fill, lambda labels: len(_ROWS))
"""The numbers of ``_ROWS``, in that order; NaN without coalitions."""


def coalition_synergy(world: World) -> float:
    """Return the share of coalitions in which all win, outsiders too, and members have grown together; NaN without."""
    share: float = synergy(
        world.member, world.first_member, (world.member_share, world.member_alone), world.sent,
        (world.first_tie, world.partner, world.tie), world.translation,
    )  # fmt: skip
    return share


@kernel
def ledger(sector: Any, member: Any, first_member: Any, columns: Any, numbers: Any) -> None:
    """Find the shares that lose, win, and let outsiders win, and the mean mixture, for at least one coalition.

    Args:
        sector: of organisations (n,).
        member: rows of the members (M,).
        first_member: first membership of each coalition (c + 1,).
        columns: what each member got of what its coalition made, and what its effort would have made alone, (M,) each;
            benefit of its joint work that each organisation passed on (n,).
        numbers: (4,), to be filled.
    """
    share, alone, sent = columns
    received, coalitions = (share, alone), first_member.size - 1
    worked, lose, win, third, diversity = 0, 0, 0, 0, 0.0
    for c in range(coalitions):
        start, end = first_member[c], first_member[c + 1]
        diversity += mixture(sector, member, start, end)
        found = outcome(start, end, member, received, sent)
        worked += found != _IDLE
        lose += found == _LOSE
        win += found >= _WIN
        third += found == _THIRD_WIN
    some = float(worked) if worked > 0 else np.nan
    write(numbers, 0, (lose / some, win / some, third / some, diversity / coalitions))


@kernel
def synergy(member: Any, first_member: Any, received: Any, sent: Any, graph: Any, translation: Any) -> Any:
    """Return the share of coalitions that worked in which all win and the gap that remains is half of it or less."""
    worked, grown = 0, 0
    for c in range(first_member.size - 1):
        start, end = first_member[c], first_member[c + 1]
        found = outcome(start, end, member, received, sent)
        worked += found != _IDLE
        if found == _THIRD_WIN:
            grown += remaining_gap(member[start:end], graph, translation) <= _HALVED
    return grown / worked if worked > 0 else np.nan


@kernel
def outcome(start: Any, end: Any, member: Any, received: Any, sent: Any) -> Any:
    """Return what this tick's work came to for the members in rows start to end, and for partners outside."""
    share, alone = received
    made, passed_on, gaining, losing = 0.0, 0.0, 0, 0
    for row in range(start, end):
        margin = _SAME * (abs(share[row]) + abs(alone[row]))
        made += abs(share[row]) + alone[row]
        gaining += share[row] > alone[row] + margin
        losing += share[row] < alone[row] - margin
        passed_on += sent[member[row]]
    if made == 0.0:
        return _IDLE
    if losing > 0:
        return _LOSE
    if gaining < end - start:
        return _EVEN
    return _THIRD_WIN if passed_on > 0.0 else _WIN


@inner
def mixture(sector: Any, member: Any, start: Any, end: Any) -> Any:
    """Return the chance that two members in rows start to end, drawn with replacement, are of different sectors, 1 − Σp²."""
    size, alike = end - start, end - start
    for row in range(start, end):
        own = sector[member[row]]
        for other in range(start, row):
            alike += 2 * (sector[member[other]] == own)
    return 1.0 - alike / (size * size)


@inner
def remaining_gap(rows: Any, graph: Any, translation: Any) -> Any:
    """Return the share of the translation gap that remains, mean over pairs of members; all of it where two are not tied."""
    first_tie, partner, tie = graph
    total, pairs = 0.0, 0
    for a in range(rows.size):
        for b in range(a + 1, rows.size):
            h = find_half_edge(first_tie, partner, rows[a], rows[b])
            total += translation[tie[h]] if h >= 0 else 1.0
            pairs += 1
    return total / max(pairs, 1)


_IDLE, _LOSE, _EVEN, _WIN, _THIRD_WIN = -1, 0, 1, 2, 3
"""What a tick's work may come to: nobody worked; a member lost; somebody neither won nor lost; all won; outsiders, too."""

_SAME, _HALVED = 1e-12, 0.5
"""What two shares may differ by and be the same; remaining gap at which members count as changed, as on the ladder."""

_GOT = ("member_share", "member_alone")
_BLAU = "Blau (1977), Inequality and heterogeneity, Free Press"
_ROWS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("coalition_lose_share", "share of coalitions in which a member got less than its effort makes alone", _GOT),
    ("coalition_win_win_share", "share of coalitions in which every member got more than its effort makes alone", _GOT),
    (
        "coalition_win_win_win_share",
        "share of coalitions in which every member gains, and partners outside them too",
        (*_GOT, "sent"),
    ),
    (
        "coalition_diversity_mean",
        "chance that two members of a coalition, drawn with replacement, are of different sectors, mean over coalitions",
        (),
    ),
)

MEASURES: tuple[Measure, ...] = (
    *(
        Measure(name, meaning, "share", coalition_ledger, reads, place, flow=bool(reads), source="" if reads else _BLAU)
        for place, (name, meaning, reads) in enumerate(_ROWS)
    ),
    Measure(
        "coalition_synergy_share",
        "share of coalitions in which every member and outsiders gain, and members have halved the gap between them: more "
        "than the sum, and the parts changed",
        "share",
        coalition_synergy,
        (*_GOT, "sent", "translation"),
        costly=True,
        flow=True,
    ),
)
