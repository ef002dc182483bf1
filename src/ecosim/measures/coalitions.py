"""Coalitions: how many, how large, how mixed, and what they make beyond what their members would make alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecosim.kernels import kernel
from ecosim.measures.held import held
from ecosim.measures.measure import Measure
from ecosim.measures.survey import Survey
from ecosim.world.lookup import write

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecosim.world.world import World


def _fill(world: World, numbers: NDArray[np.float64]) -> None:
    if not world.coalitions:
        whole = {"coalitions": 0.0, "organisations_in_coalitions": 0.0, "superadditive_surplus": 0.0}
        whole["in_coalition_share"] = 0.0 if world.n else np.nan
        numbers[:] = [whole.get(row[0], np.nan) for row in _ROWS]
        return
    columns = held(world, "output", "output_alone", "coalition_bond", "coalition_gap", "pool", "coalition_age")
    all_coalitions(world.sector, world.member, world.first_member, world.first_membership, columns, numbers)


@kernel
def all_coalitions(
    sector: Any, member: Any, first_member: Any, first_membership: Any, columns: Any, numbers: Any
) -> None:
    """Fill in the numbers in the order of ``_ROWS`` (13,), for at least one coalition."""
    output, alone, bond, gap, pool, age = columns
    count = first_member.size - 1
    mixed, joined, ages, better, worse = 0, 0, 0, 0, 0
    made, apart, bonds, gaps, pooled = 0.0, 0.0, 0.0, 0.0, 0.0
    for c in range(count):
        start = first_member[c]
        for row in range(start + 1, first_member[c + 1]):
            if sector[member[row]] != sector[member[start]]:
                mixed += 1
                break
        made += output[c]
        apart += alone[c]
        better += output[c] > alone[c]
        worse += output[c] < alone[c]
        bonds += bond[c]
        gaps += gap[c]
        pooled += pool[c]
        ages += age[c]
    for i in range(sector.size):
        joined += first_membership[i + 1] > first_membership[i]
    some = float(count)
    write(numbers, 0, (
        some, member.size / some, mixed / some, float(joined), joined / sector.size,
        bonds / some, gaps / some, pooled / some, ages / some,
        made - apart, made / apart if apart > 0.0 else np.nan, better / some, worse / some,
    ))  # fmt: skip


_ROWS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("coalitions", "number of coalitions", "coalitions", ()),
    ("coalition_size_mean", "members of a coalition, mean over coalitions", "organisations", ()),
    ("coalition_mixed_share", "share of coalitions whose members come from more than one sector", "share", ()),
    ("organisations_in_coalitions", "organisations that are in at least one coalition", "organisations", ()),
    ("in_coalition_share", "share of organisations that are in at least one coalition", "share", ()),
    ("coalition_bond_mean", "bond between members, mean over coalitions", "1", ("coalition_bond",)),
    ("coalition_gap_mean", "translation gap between members, mean over coalitions", "1", ("coalition_gap",)),
    ("pool_mean", "knowledge that members have pooled, mean over coalitions", "1", ("pool",)),
    ("coalition_age_mean", "age of a coalition, mean over coalitions", "tick", ("coalition_age",)),
    (
        "superadditive_surplus",
        "what coalitions made this tick beyond what their members' effort would have made alone; 0 without coalitions",
        "output",
        ("output", "output_alone"),
    ),
    (
        "surplus_ratio",
        "what coalitions made this tick over what their members' effort would have made alone",
        "1",
        ("output", "output_alone"),
    ),
    (
        "surplus_share",
        "share of coalitions that make more than their members would alone",
        "share",
        ("output", "output_alone"),
    ),
    (
        "deficit_share",
        "share of coalitions that make less than their members would alone",
        "share",
        ("output", "output_alone"),
    ),
)

coalitions = Survey(_fill, lambda labels: len(_ROWS))
"""The numbers of ``_ROWS`` in that order, in one pass over coalitions and members."""

MEASURES: tuple[Measure, ...] = tuple(
    Measure(name, meaning, unit, coalitions, reads, place, flow="output" in reads)
    for place, (name, meaning, unit, reads) in enumerate(_ROWS)
)
