"""The settings of a world whose organisations come from a table: how many of each sector, and which sectors."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ecosim.errors import InputError, did_you_mean
from ecosim.world.founding_settings import EcosystemSettings, SectorSettings

if TYPE_CHECKING:
    from ecosim.world.actors import Actors


def settled(settings: EcosystemSettings, actors: Actors) -> EcosystemSettings:
    """Return settings that say of the organisations what their table says; settled settings stay as they are.

    The number in each sector is the table's, and so are the ties where it has any. Where the table says which sectors
    there are, the settings' sectors that nobody is of are left out, and a further one takes after the sector that the
    mapping says, or has equal motives.

    Raises:
        InputError: if an organisation is of a sector that there is not.
    """
    sectors = dict(settings.sectors)
    if actors.own_sectors is not None:
        further = {word: like for word, like in actors.own_sectors.items() if word not in sectors}
        kept = {word: sector for word, sector in sectors.items() if word in actors.own_sectors}
        new = {word: sectors.get(like, SectorSettings()) for word, like in further.items()}
        # Shares are of organisations that are drawn; these are counted.
        sectors = {word: one.model_copy(update={"share": None}) for word, one in {**kept, **new}.items()}
    unknown = sorted(set(actors.sector) - set(sectors))
    if unknown:
        raise InputError([f"there is no sector '{name}'; {did_you_mean(name, sectors)}" for name in unknown])
    counts = Counter(actors.sector)
    changes = {"organisations": {name: counts[name] for name in sectors}, "sectors": sectors}
    if actors.ties.a.size:
        changes["network"] = settings.network.model_copy(update={"kind": "file"})
    return settings.model_copy(update=changes)
