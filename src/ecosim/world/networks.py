"""Starting networks: who is tied to whom before anything has happened."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from ecosim.errors import InputError
from ecosim.rng import Key, uniforms
from ecosim.world import random_networks, regular_networks
from ecosim.world.relationships import each_once

MOST_TIES = 1_000_000_000

Kind = Literal["none", "complete", "ring", "lattice", "random", "groups", "small_world", "scale_free", "file"]


class NetworkSettings(BaseModel):
    """The network of relationships at the start, and what is between partners then."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    kind: Kind = Field(
        "random",
        description="none; complete; ring (nearest on a circle); lattice; random (Erdős–Rényi, mixing by sector); "
        "groups (everyone in a project or committee is tied: clustered); small_world (Watts–Strogatz); scale_free "
        "(Barabási–Albert, or Holme–Kim with triangles); file (the ties that come with named organisations)",
    )
    degree: float = Field(
        8.0,
        ge=0,
        le=1e6,
        description="ties of an organisation, on average (random, groups, ring, small_world, scale_free); "
        "ring and small_world need an even number, and a newcomer to scale_free makes half of it",
    )
    cross_sector: float = Field(
        1.0,
        ge=0,
        le=1,
        description="random: chance of a tie to another sector, relative to one in the own sector; groups: "
        "share of memberships in groups that are open to every sector",
    )
    triangles: float = Field(
        0.0, ge=0, le=1, description="scale_free: chance that a newcomer's next tie closes a triangle"
    )
    group_size: float = Field(
        4.0, ge=1, le=1e4, description="groups: others that a member meets in a group, on average"
    )
    rewired: float = Field(
        0.1, ge=0, le=1, description="small_world: share of ties that lead anywhere instead of nearby"
    )
    rows: int | None = Field(
        None, ge=1, le=10**7, description="lattice: rows; as near to a square as possible when missing"
    )
    columns: int | None = Field(None, ge=1, le=10**7, description="lattice: columns")
    neighbours: Literal[4, 8, 12] = Field(4, description="lattice: 4 (von Neumann), 8 (Moore) or 12 (within two steps)")
    torus: bool = Field(True, description="lattice: whether opposite edges meet")
    arrangement: Literal["shuffled", "in_order"] = Field(
        "shuffled",
        description="ring, lattice, small_world: organisations take their places by chance, or sector by sector",
    )
    trust: float = Field(0.5, ge=0, le=1, description="trust in a partner at the start, on average")
    trust_jitter: float = Field(
        0.1,
        ge=0,
        lt=1,
        description="spread of trust: standard deviation as a share of the widest possible for that mean",
    )
    bond: float = Field(0.1, ge=0, le=1, description="relationship capital at the start, on average")
    bond_jitter: float = Field(0.1, ge=0, lt=1, description="spread of bond, as for trust")
    affect: float = Field(
        0.0, ge=-1, le=1, description="like (1) or dislike (-1) between partners at the start, on average"
    )
    affect_spread: float = Field(
        0.0, ge=0, le=1, description="affect is uniform within this distance of its mean, cut at ±1"
    )
    affects: tuple[tuple[Annotated[float, Field(ge=-1, le=1)], ...], ...] | None = Field(
        None,
        max_length=100,
        description="affect between each two, a row for each organisation in their order, the same both ways, and on the "
        "diagonal towards oneself; null: drawn",
    )

    @model_validator(mode="after")
    def _affects_are_mutual(self) -> NetworkSettings:
        rows = self.affects
        if rows is None:
            return self
        if any(len(row) != len(rows) for row in rows):
            raise ValueError(f"affects has rows of other lengths; allowed: {len(rows)} numbers in each row")
        odd = [f"({i + 1}, {j + 1})" for i, row in enumerate(rows) for j in range(i) if row[j] != rows[j][i]]
        if odd:
            raise ValueError(f"affects is not the same both ways at {', '.join(odd[:10])}; allowed: a symmetric matrix")
        return self

    @model_validator(mode="after")
    def _degree_is_even_on_a_ring(self) -> NetworkSettings:
        if self.kind in ("ring", "small_world") and self.degree % 2:
            raise ValueError(
                f"degree is {self.degree:g}, but a {self.kind} needs an even whole number, half on each side"
            )
        return self

    def faults(self, organisations: int) -> list[str]:
        """Return what is wrong with it where there are so many organisations."""
        if self.affects is None or len(self.affects) == organisations:
            return []
        return [f"network.affects has {len(self.affects)} rows; allowed: {organisations}, one for each organisation"]


def starting_ties(
    settings: NetworkSettings, identity: NDArray[np.int64], sector: NDArray[Any], key: Key
) -> NDArray[np.int32]:
    """Return the ties at the start (m, 2), lower row first, each once.

    The network depends on the organisations' identities and sectors, not on the order of their rows.

    Args:
        settings: kind and its parameters.
        identity: number of each organisation (n,).
        sector: sector of each organisation (n,).
        key: source of the draws.

    Raises:
        InputError: if a lattice of that many organisations does not exist, or there would be too many ties.
    """
    n = identity.size
    if expected_ties(settings, n) > MOST_TIES:
        raise InputError(
            f"ecosystem.network: {settings.kind} among {n:,} organisations makes about "
            f"{expected_ties(settings, n):.2g} ties; allowed: at most {MOST_TIES:,}"
        )
    if settings.kind in ("none", "file") or n < 2:
        return np.empty((0, 2), np.int32)
    if settings.kind == "complete":
        return regular_networks.complete(n)  # type: ignore[no-any-return]  # kernels are untyped
    who = _places(settings, identity, sector, key)
    places = _drawn(settings, identity[who], sector[who], key)
    return each_once(who, places)  # type: ignore[no-any-return]


def expected_ties(settings: NetworkSettings, n: int) -> float:
    """Return about how many ties there will be among n organisations."""
    if settings.kind in ("none", "file"):
        return 0.0
    all_pairs = n * (n - 1) / 2
    if settings.kind == "complete":
        return all_pairs
    degree = float(settings.neighbours) if settings.kind == "lattice" else settings.degree
    return min(all_pairs, n * degree / 2)


def _places(
    settings: NetworkSettings, identity: NDArray[np.int64], sector: NDArray[Any], key: Key
) -> NDArray[np.int64]:
    """Return the row of the organisation at each place."""
    by_chance = settings.kind == "scale_free" or settings.arrangement == "shuffled"
    if settings.kind in ("random", "groups") or not by_chance:
        return np.lexsort((identity, sector))
    return np.lexsort((identity, uniforms(key, identity, 2**31)))


def _drawn(settings: NetworkSettings, identity: NDArray[np.int64], sector: NDArray[Any], key: Key) -> NDArray[np.int32]:
    n = identity.size
    if settings.kind == "ring":
        return regular_networks.ring(n, int(settings.degree))  # type: ignore[no-any-return]
    if settings.kind == "lattice":
        return regular_networks.lattice(*lattice_shape(settings, n), settings.neighbours, settings.torus)  # type: ignore[no-any-return]
    if settings.kind == "small_world":
        return regular_networks.small_world(identity, int(settings.degree), settings.rewired, key)  # type: ignore[no-any-return]
    if settings.kind == "scale_free":
        each = max(1, int(settings.degree / 2 + 0.5))
        return random_networks.scale_free(identity, each, settings.triangles, key)  # type: ignore[no-any-return]
    size = np.bincount(sector)
    start = np.concatenate(([0], np.cumsum(size)))
    if settings.kind == "groups":
        met = min(settings.group_size, max(n - 1, 1))
        return random_networks.group_ties(identity, start, settings.degree / met, met, settings.cross_sector, key)  # type: ignore[no-any-return]
    own, across = tie_chances(settings, size)
    return random_networks.random_ties(identity, start, own, across, key)  # type: ignore[no-any-return]


def tie_chances(settings: NetworkSettings, size: NDArray[np.int64]) -> tuple[float, float]:
    """Return the probabilities of a tie within a sector and across, so that the mean degree is as set.

    Where there are too few organisations for that degree, the greater probability is 1.
    """
    n = int(size.sum())
    own_pairs = float((size * (size - 1) / 2).sum())
    weighted = own_pairs + settings.cross_sector * (n * (n - 1) / 2 - own_pairs)
    own = min(1.0, n * settings.degree / 2 / weighted) if weighted > 0.0 else 0.0
    return own, own * settings.cross_sector


def lattice_shape(settings: NetworkSettings, n: int) -> tuple[int, int]:
    """Return (rows, columns) of a lattice of n organisations, as near to a square as possible where not given.

    Raises:
        InputError: if the rows and columns given do not hold n organisations.
    """
    rows, columns = settings.rows, settings.columns
    if rows is None and columns is None:
        rows = next(r for r in range(int(n**0.5), 0, -1) if n % r == 0)
    if rows is None:
        assert columns is not None
        rows = n // columns
    if columns is None:
        columns = n // rows
    if rows * columns != n:
        raise InputError(
            f"ecosystem.network: a lattice of {rows} rows × {columns} columns holds {rows * columns} organisations, "
            f"and there are {n}; allowed: rows and columns whose product is the number of organisations"
        )
    return rows, columns
