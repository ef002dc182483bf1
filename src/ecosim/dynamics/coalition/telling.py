"""Telling: the terms of decisions about memberships, noted where a model keeps reasons."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ecosim.dynamics.coalition.merging import wants
from ecosim.dynamics.coalition.proposals import terms_of_founding, terms_of_joining, trust_in_members
from ecosim.dynamics.coalition.utility import willing
from ecosim.world.world import Rows, World


class Look(NamedTuple):
    """What decisions about memberships look at, as kernels take it.

    Attributes:
        graph: half-edges, with bond and translation of each tie.
        groups: memberships, seen from coalitions and from organisations.
        kind: sector, culture, stance and capability of organisations.
        state: their worth of issues, effort, and what it achieved.
        yields: issue of each coalition, effort of each membership.
        made: of each coalition its pool, output, effort, mean bond and mean gap.
        choice: selectivity, hurdle and upkeep.
        joint: parameters of output, as the scheduled production has them.
        gap: weights of the translation gap.
    """

    graph: Any
    groups: Any
    kind: Any
    state: Any
    yields: Any
    made: Any
    choice: Any
    joint: Any
    gap: Any


def note_leaving(world: World, look: Look, rows: Rows) -> None:
    """Note why members, by the rows of their memberships, leave by themselves: the same effort alone is worth more."""
    if not rows.size:
        return
    who, where = world.member[rows], world.member_coalition[rows]
    worth = world.worth[who, world.coalition_issue[where]]
    gain, present = worth * world.member_share[rows], worth * world.member_alone[rows]
    stays = [willing(float(g), float(p), look.choice[2], look.choice) for g, p in zip(gain, present, strict=True)]
    trust = trust_in_members(who, where, look.groups, look.graph, world.trust)
    world.reasons.note(
        "left", "did better alone", world.identity[who], coalition=world.coalition_identity[where], gain=gain,
        present=present, gap=world.coalition_gap[where], trust=trust,
        chance=1.0 - np.array(stays), **_choice(look),
    )  # fmt: skip


def note_joining(world: World, look: Look, who: Rows, where: Rows) -> None:
    """Note why organisations (p,) join coalitions (p,)."""
    if not who.size:
        return
    gain, present, gap, chance = terms_of_joining(
        who, where, look.graph, look.groups, look.kind, look.state, look.yields, look.made, world.needs, look.choice,
        look.joint, look.gap,
    )  # fmt: skip
    world.reasons.note(
        "joined", "expected to do better", world.identity[who], coalition=world.coalition_identity[where], gain=gain,
        present=present, gap=gap, trust=trust_in_members(who, where, look.groups, look.graph, world.trust),
        chance=chance, **_choice(look),
    )  # fmt: skip


def note_founding(world: World, look: Look, issues: Rows, pairs: Rows) -> None:
    """Note why the two of each pair (p, 2) found a coalition."""
    if not issues.size:
        return
    gain, present, gap, chance = terms_of_founding(
        pairs, issues, look.graph, look.groups, look.kind, look.state, world.needs, look.choice, look.joint, look.gap
    )
    world.reasons.note(
        "founded", "expected to do better", world.identity[pairs.ravel()], np.repeat(world.identity[pairs[:, 0]], 2),
        gain=gain, present=present, gap=gap, chance=chance, **_choice(look),
    )  # fmt: skip


def note_giving_up(world: World, rows: Rows, patience: int | None) -> None:
    """Note that coalitions gave up, by the rows of their memberships."""
    if not rows.size:
        return
    where = world.member_coalition[rows]
    world.reasons.note(
        "left", "gave up", world.identity[world.member[rows]], coalition=world.coalition_identity[where],
        gain=world.output[where], present=world.output_alone[where], gap=world.coalition_gap[where], threshold=patience,
    )  # fmt: skip


def note_merging(world: World, look: Look, first: Rows, second: Rows, weighed: Any) -> None:
    """Note what coalitions (p,) that took in others (p,) weighed (p, 4), for each member that moved; both had to agree."""
    for taker, taken, terms in zip(first, second, weighed, strict=True):
        who = world.identity[world.member[world.first_member[taken] : world.first_member[taken + 1]]]
        told = {
            "gain": terms[2], "present": terms[3], "gap": world.coalition_gap[taken], "threshold": look.choice[1],
            "chance": wants(terms[0], terms[1], look.choice) * wants(terms[2], terms[3], look.choice),
        }  # fmt: skip
        world.reasons.note("left", "merged", who, coalition=world.coalition_identity[taken], **told)
        world.reasons.note("joined", "merged", who, coalition=world.coalition_identity[taker], **told)


def note_acquaintance(world: World, pairs: Rows) -> None:
    """Note that pairs (p, 2) became acquainted in a coalition, where reasons are kept."""
    if world.reasons is None or not len(pairs):
        return
    world.reasons.note("tie_made", "same coalition", world.identity[pairs[:, 0]], world.identity[pairs[:, 1]])


def _choice(look: Look) -> dict[str, float]:
    return {"cost": look.choice[2], "threshold": look.choice[1]}
