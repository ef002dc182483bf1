"""The contract of mechanisms, as a check that anybody may run on a mechanism of their own.

``check_mechanism(Gossip)`` lets a mechanism act on small random worlds that have only the columns it names, and looks
whether it kept its promises.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.promise import (
    AXES,
    MADE,
    BrokenPromise,
    numbers_of,
    points_to_organisations,
    same,
    undeclared_changes,
    whom,
)
from ecosim.rng import Key, stream
from ecosim.world import snapshot
from ecosim.world.columns import COLUMNS, Column
from ecosim.world.founding_settings import MOST_OF_A_SECTOR
from ecosim.world.labels import Labels
from ecosim.world.world import World

SHARES = ("salience", "motive", "needs")
SIZES = ((1, 0, 0), (2, 1, 0), (12, 0, 0), (12, 9, 0), (40, 90, 9))
"""Organisations, ties asked for and coalitions of the worlds that are tried."""

_RICH = Labels(
    issues=("water", "work", "air"),
    stance_axes=("left", "up"),
    capabilities=("a", "b", "c", "d"),
    culture=3,
    practices=6,
    members=3,
    citizens=40,
)
_POOR = Labels(sectors=("business",), issues=("water",), stance_axes=("left",), capabilities=("a",), culture=1)


def check_mechanism(
    mechanism: Mechanism | type[Mechanism],
    *,
    schedule: Mapping[str, Mechanism] | None = None,
    also: Sequence[str] = (),
    prepare: Callable[[World], object] | None = None,
    renumbering: bool = True,
    ticks: int = 3,
) -> None:
    """Hold a mechanism to its contract.

    - It is a frozen model, it has a docstring, and each parameter has a description and, if it is a number, a range.
    - It reads no column that it does not name in ``reads`` or ``writes``, and changes none that is not in ``writes``;
      ties, memberships and organisations stay where ``writes`` does not name them.
    - The same key gives the same result, bit for bit; it draws from nothing else, and keeps nothing in itself.
    - Values stay finite and within the ranges of their columns; this is also tried with every word and switch that a
      parameter allows, and with shares (0 to 1) at both ends.
    - The order of rows does not matter: the same organisations in another order fare the same.

    Args:
        mechanism: an instance, or a class all of whose parameters have defaults.
        schedule: other mechanisms by name, for one that asks who else is in the schedule.
        also: further columns that its worlds have, for mechanisms called through others.
        prepare: called with each world before the mechanism acts, to make columns fit together or lend agents.
        renumbering: whether to try another order of rows; not for a rule that chooses among partners by their place.
        ticks: how often it acts on each world.

    Raises:
        BrokenPromise: telling every breach.
    """
    first = mechanism() if isinstance(mechanism, type) else mechanism
    breaches = dict.fromkeys(_faults_of_form(first))
    for variant in variants(first):
        said = {name: getattr(variant, name) for name in type(variant).model_fields}
        changed = {name: value for name, value in said.items() if value != getattr(first, name)}
        bound = variant.bind({"this": variant, **(schedule or {})})
        for breach in _breaches(bound, also, prepare, renumbering, ticks):
            breaches[breach + (f" (with {changed})" if changed else "")] = None
    if breaches:
        raise BrokenPromise(f"{type(first).__name__}:\n" + "\n".join(breaches))


def variants(mechanism: Mechanism) -> Iterator[Mechanism]:
    """Yield a mechanism, and it with each other word, switch and end of a share that one parameter allows."""
    yield mechanism
    for name, field in type(mechanism).model_fields.items():
        for value in _choices(field):
            if value != getattr(mechanism, name):
                given = {other: getattr(mechanism, other) for other in type(mechanism).model_fields}
                try:
                    yield type(mechanism)(**{**given, name: value})
                except ValidationError:  # not allowed together with the others
                    continue


def small_world(labels: Labels, size: tuple[int, int, int], columns: Sequence[str], seed: int) -> World:
    """Return a world of random values within their ranges.

    Args:
        labels: names of sectors, issues, axes and capabilities.
        size: organisations, ties asked for (a pair drawn twice counts once) and coalitions.
        columns: the columns it has.
        seed: chooses the values.
    """
    organisations, ties, coalitions = size
    draw = np.random.default_rng(seed)
    world = World(labels, organisations, columns)
    world.tick = 7
    world.sector[:] = draw.integers(len(labels.sectors), size=organisations)
    world.identity[:] = world.sector.astype(np.int64) * MOST_OF_A_SECTOR + draw.permutation(organisations)
    if ties and organisations > 2:
        pairs = draw.integers(organisations - 1, size=(ties, 2))  # the last organisation stays alone
        world.add_ties(pairs[pairs[:, 0] != pairs[:, 1]])
    elif ties:
        world.add_ties(np.array([[0, 1]]))
    for k in range(coalitions):
        members = draw.choice(organisations, size=2 + k % 4, replace=False)
        world.found_coalition(k, k % len(labels.issues), members)
    world.tick = 8
    world.commit()
    for column in world.columns:
        if not column.always:
            world.__dict__[column.name][...] = _random_values(column, world, draw)
    return world


def renumbered(world: World, order: NDArray[np.int64]) -> World:
    """Return the same world with organisations in another order: row k is what was row ``order[k]``."""
    values = {name: column.copy() for name, column in world.arrays().items()}
    place = np.argsort(order)
    for column in world.columns:
        if column.axis == "organisation":
            values[column.name] = values[column.name][order]
    values["ends"] = place[world.ends].astype(np.int32)
    swapped = values["ends"][:, 0] > values["ends"][:, 1]
    for column in world.columns:
        if column.extent == "side":
            values[column.name][swapped] = values[column.name][swapped, ::-1]
    values["member"] = place[world.member].astype(np.int32)
    rows = np.lexsort((values["member"], values["member_coalition"]))
    for column in world.columns:
        if column.axis == "membership":
            values[column.name] = values[column.name][rows]
    for column in world.columns:
        if points_to_organisations(column):
            rows = values[column.name]
            values[column.name] = np.where(rows >= 0, place[rows], -1)
    twin = snapshot.copy(world)
    for name, entries in values.items():
        setattr(twin, name, entries)
    twin.index_ties()
    twin.index_members()
    return twin


def _faults_of_form(mechanism: Mechanism) -> Iterator[str]:
    kind = type(mechanism)
    if not (kind.__doc__ or "").strip() or kind.__doc__ == Mechanism.__doc__:
        yield "it has no docstring"
    if not kind.model_config.get("frozen") or kind.model_config.get("extra") != "forbid":
        yield "it is not frozen, or takes parameters that it does not declare"
    for name in (*mechanism.reads, *mechanism.writes):
        if name not in COLUMNS and not (name in MADE and name in mechanism.writes):
            yield f"reads or writes name '{name}', which is no column"
    yield from _faults_of_parameters(kind, "")


def _faults_of_parameters(model: type[BaseModel], where: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if not field.description:
            yield f"the parameter {where}{name} has no description"
        annotation = field.annotation
        if annotation in (int, float) and not any(
            getattr(limit, bound, None) is not None for limit in field.metadata for bound in ("ge", "gt", "le", "lt")
        ):
            yield f"the parameter {where}{name} has no range"
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from _faults_of_parameters(annotation, f"{where}{name}.")


def _choices(field: FieldInfo) -> list[Any]:
    if field.annotation is bool:
        return [True, False]
    if get_origin(field.annotation) is Literal:
        return list(get_args(field.annotation))
    ends = {bound: getattr(m, bound) for m in field.metadata for bound in ("ge", "le") if hasattr(m, bound)}
    return [0.0, 1.0] if field.annotation is float and ends == {"ge": 0, "le": 1} else []


def _breaches(
    mechanism: Mechanism,
    also: Sequence[str],
    prepare: Callable[[World], object] | None,
    renumbering: bool,
    ticks: int,
) -> Iterator[str]:
    columns = [name for name in (*mechanism.reads, *mechanism.writes, *also) if name in COLUMNS]
    for number, size in enumerate(SIZES):
        for labels in (_RICH, _POOR):
            world = small_world(labels, size, columns, number)
            if prepare is not None:
                prepare(world)
            for _ in range(ticks):
                world.tick += 1
                key = stream(number, "check").key(world.tick)
                found = list(_breaches_of_step(mechanism, world, key, renumbering, prepare))
                where = f" [{size[0]} organisations, {world.ties} ties, {world.coalitions} coalitions]"
                yield from (breach + where for breach in found)
                if found:
                    break


def _breaches_of_step(
    mechanism: Mechanism, world: World, key: Key, renumbering: bool, prepare: Callable[[World], object] | None
) -> Iterator[str]:
    before, again, other = snapshot.copy(world), snapshot.copy(world), snapshot.copy(world)
    outside, parameters = _outside_luck(), mechanism.model_dump()
    with np.errstate(all="ignore"):
        try:
            _act(mechanism, world, key)
        except AttributeError as error:
            yield f"it needs something that its world lacks: {error}"
            return
        _act(mechanism, _lent(again, world, prepare), key)
    if _outside_luck() != outside:
        yield "it draws from NumPy's or Python's global generator; allowed: the key it is handed"
    if mechanism.model_dump() != parameters:
        yield "it changed its own parameters"
    if any(not same(values, again.__dict__[name]) for name, values in world.arrays().items()):
        yield "the same key gave another result"
    misfits = list(_out_of_range(world))
    yield from misfits
    if misfits:  # what does not even fit cannot be compared
        return
    yield from undeclared_changes(mechanism.writes, before, world)
    if renumbering and world.n > 1:
        order = np.random.default_rng(5).permutation(other.n)
        moved = renumbered(other, order)
        _act(mechanism, _lent(moved, world, prepare), key)
        yield from _different(world, moved)


def _act(mechanism: Mechanism, world: World, key: Key) -> None:
    mechanism.step(world, key)
    world.commit()


def _lent(world: World, like: World, prepare: Callable[[World], object] | None) -> World:
    """Return a copied world with agents, if the original has some: a copy has none."""
    if like.agents is not None and prepare is not None:
        prepare(world)
    return world


def _out_of_range(world: World) -> Iterator[str]:
    for column in world.columns:
        values = world.__dict__[column.name]
        if values.dtype != np.dtype(column.dtype) or values.shape[1:] != world.labels.extent(column):
            yield f"{column.name} became {values.dtype} {values.shape}"
        elif len(values) != world.size(column.axis):
            yield f"{column.name} has {len(values)} entries, not {world.size(column.axis)}"
        elif not np.isfinite(values).all():
            yield f"{column.name} became infinite or undefined"
        elif values.size and not column.low - 1e-9 <= values.min() <= values.max() <= column.high + 1e-9:
            yield f"{column.name} runs from {values.min()} to {values.max()}; allowed: {column.low} to {column.high}"


def _different(one: World, moved: World) -> Iterator[str]:
    """Yield what differs between two worlds that hold the same in another order of rows, but for rounding."""
    for axis in AXES:
        here, there = numbers_of(one, axis), numbers_of(moved, axis)
        if here.keys() != there.keys():
            yield f"the order of rows matters: other entries of the axis {axis}"
            continue
        rows = [there[number] for number in here]
        for column in one.columns:
            if column.axis != axis or column.name in ("ends", "member", "member_coalition"):
                continue
            values, others = one.__dict__[column.name], moved.__dict__[column.name][rows]
            if column.extent == "side":
                lower = one.identity[one.ends[:, 0]] != moved.identity[moved.ends[rows][:, 0]]
                others[lower] = others[lower, ::-1]
            if points_to_organisations(column):
                values, others = whom(one, values), whom(moved, others)
            if not np.allclose(values, others, rtol=1e-9, atol=1e-9):
                yield f"the order of rows matters: other {column.name}"


def _random_values(column: Column, world: World, draw: np.random.Generator) -> NDArray[Any]:
    shape = world.__dict__[column.name].shape
    if column.dtype.startswith("int"):
        most = {"index": len(world.labels.issues) - 1, "trait": 2, "rung": 5, "row": world.n - 1}.get(column.unit, 9)
        return np.asarray(draw.integers(int(max(column.low, -9)), int(min(column.high, most)) + 1, size=shape))
    low = column.low if np.isfinite(column.low) else -1.0
    high = column.high if np.isfinite(column.high) else 2.0
    numbers = np.asarray(low + (high - low) * draw.random(shape))
    return np.asarray(numbers / numbers.sum(axis=-1, keepdims=True)) if column.name in SHARES else numbers


def _outside_luck() -> tuple[bytes, int, Any]:
    state: Any = np.random.get_state(legacy=False)  # noqa: NPY002  (to see that nobody else uses it)
    return state["state"]["key"].tobytes(), state["state"]["pos"], random.getstate()
