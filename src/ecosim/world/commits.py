"""Commits: what mechanisms asked for is carried out, between one of them and the next.

Tables and half-edges change where they are: what comes is put behind the last row, what goes is closed up, and only what
lies behind it moves. The arrays that the world shows are made anew only where there are more or fewer rows than before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ecosim.world import coalitions, relationships
from ecosim.world.pending import NONE, Founded, Pending, Rows, founded_together, together

if TYPE_CHECKING:
    from ecosim.world.world import World


def commit(world: World) -> None:
    """Carry out what a world was asked for since the last commit; ``World.commit`` says in which order."""
    state = world.__dict__  # no columns: the world need not look whether they are
    pending: Pending = state["pending"]
    state["pending"] = Pending()
    if pending.ties_ended or pending.ties_made:
        change_ties(world, pending)
    if pending.joins or pending.leaves or pending.founded:
        change_memberships(world, pending)
    if pending.removed:
        remove(world, np.unique(np.concatenate(pending.removed)))


def change_ties(world: World, pending: Pending) -> None:
    """End relationships and make new ones."""
    state, table = world.__dict__, world.tables["relationship"]
    pairs, values = relationships.in_one_batch(pending.ties_made)
    order, is_sorted = relationships.in_order(pairs)
    table.make_room(table.rows + len(pairs))
    layout, beside, first_tie = table.layout, table.beside, state["first_tie"]
    kept, made = relationships.commit(
        table.rows, table.words, layout.entry, layout.starts["ends"], first_tie, beside["partner"], beside["tie"],
        together(pending.ties_ended), pairs, order, is_sorted,
    )  # fmt: skip
    world.show("relationship", kept + made)
    state["first_tie"] = first_tie[:]  # another array, if of the same numbers: whoever watches sees that it changed
    if made:
        for name, given in values.items():
            if name in state:
                state[name][kept:] = given.take(order[:made], axis=0) if isinstance(given, np.ndarray) else given


def change_memberships(world: World, pending: Pending) -> None:
    """End memberships and make new ones, found coalitions, and dissolve those of fewer than two members."""
    state = world.__dict__
    of_members, of_coalitions = world.tables["membership"], world.tables["coalition"]
    founders, issues, founding = founded_together(pending.founded)
    founded = _numbers(world, founders) if founders.size else NONE
    who, what = together([rows for rows, _ in pending.joins]), together([rows for _, rows in pending.joins])
    known = of_coalitions.rows
    of_members.make_room(of_members.rows + who.size + founding.size)
    of_coalitions.make_room(known + founders.size)
    layout, further = of_members.layout, of_coalitions.layout
    first_member = np.empty(known + founders.size + 1, np.int64)
    first_membership = np.empty(world.n + 1, np.int64)
    rows, living, new = coalitions.commit(
        of_members.rows, known, of_members.words, layout.entry, layout.starts["member"],
        layout.starts["member_coalition"], of_coalitions.words, further.entry, further.starts["coalition_identity"],
        further.starts.get("coalition_issue", -1), together(pending.leaves), who, what, founded, issues, founding,
        first_member, first_membership, of_members.beside["membership"],
    )  # fmt: skip
    world.show("membership", rows)
    world.show("coalition", living)
    state["first_member"], state["first_membership"] = first_member[: living + 1], first_membership
    if new and "stance" in state and ("coalition_stance" in state or "coalition_prejudice" in state):
        lives = None if new == founded.size else np.isin(founded, state["coalition_identity"][living - new :])
        _place_between_members(world, pending.founded, living - new, lives)


def _place_between_members(
    world: World, founded: list[Founded], start: int, lives: NDArray[np.bool_] | None
) -> None:  # fmt: skip
    """Let the coalitions that were founded stand, at first, where their members do on average.

    Args:
        world: where they are.
        founded: all that were to be founded.
        start: row of the first of those that live; they are the last in their table.
        lives: which of them do (f,); None if all.
    """
    means = [coalitions.mean_of_members(world.stance, members) for _, _, members in founded]
    stance = means[0] if len(means) == 1 else np.concatenate(means)
    for column in ("coalition_stance", "coalition_prejudice"):
        if column in world.__dict__:
            world.__dict__[column][start:] = stance if lives is None else stance[lives]


def _numbers(world: World, founders: Rows) -> Rows:
    """Return the numbers of the coalitions that these organisations, by row, found now."""
    state = world.__dict__
    tick, everyone, before = state["tick"], state["identity"].take(founders), 0
    if state["founders_at"] == tick and (before := state["founders"].size):
        everyone = np.concatenate((state["founders"], everyone))
    state["founders"], state["founders_at"] = everyone, tick
    numbers = coalitions.numbers(tick, everyone)
    return numbers[before:] if before else numbers


def remove(world: World, rows: Rows) -> None:
    """Take organisations out, with all their ties and memberships; the others move up."""
    state, stays = world.__dict__, np.ones(world.n, np.bool_)
    stays[rows] = False
    world.gone = np.concatenate((world.gone, world.identity[rows]))
    going = Pending()
    if (ended := np.flatnonzero(~stays[world.ends].all(axis=1))).size:
        going.ties_ended.append(ended)
        change_ties(world, going)
    if (left := np.flatnonzero(~stays[world.member])).size:
        going.leaves.append(left)
        change_memberships(world, going)
    number = np.cumsum(stays) - 1
    for name in ("ends", "member", "partner"):
        state[name][...] = number[state[name]]
    begins = np.append(stays, True)  # whoever goes has neither ties nor memberships any more
    state.update(
        first_tie=world.first_tie[begins], first_membership=world.first_membership[begins],
        first_member=world.first_member[:],  # rows of members are others: whoever watches sees it
    )  # fmt: skip
    world.turn_citizens(stays, number)
    world.lay_organisations(np.flatnonzero(stays), 0)
    if world.names is not None:
        world.names = tuple(name for name, kept in zip(world.names, stays, strict=True) if kept)
    world.changes += 1
