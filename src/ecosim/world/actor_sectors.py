"""The sector of each of a stranger's organisations."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import islice

from ecosim.errors import InputError, ascii_controls, did_you_mean, shown
from ecosim.world.actor_mapping import SectorMapping
from ecosim.world.actor_suggestion import MOST_VALUES, word_of
from ecosim.world.actor_table import SECTOR_WORDS, Table
from ecosim.world.faults import Faults
from ecosim.world.nearest_name import NearestNames

MOST_SECTORS = 127
_SECTOR_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


def read_sectors(
    table: Table,
    mapping: SectorMapping,
    names: Sequence[str],
    sectors: Sequence[str],
    faults: Faults,
    *,
    as_given: bool = False,
    guess: Callable[[], str],
) -> list[str]:
    """Return the sector of each organisation: by its name, else by the value of its column, else the default.

    A value that is spelt like a sector ("Civil society") needs no mapping. Values that are none and that the mapping
    does not know are noted as faults; where none is known, with a mapping to paste.

    Args:
        table: the organisations.
        mapping: how their sector is read.
        names: n names.
        sectors: sectors that there are.
        faults: takes what cannot be.
        as_given: whether the table and the mapping say which sectors there are.
        guess: makes the mapping to paste, with what is to be done with it.
    """
    if as_given:
        mapping, sectors = declared(table, mapping, sectors, faults)
    elif mapping.like:
        faults.add("mapping, sector.like: needs sectors: as_given")
    _check_mapping(mapping, names, sectors, faults)
    so_far = len(faults)
    column = _sector_column(table, mapping, faults)
    if len(faults) > so_far and table.header:
        faults.add_last(guess)
    if column is None:
        single = mapping.default or ""
        return [mapping.names.get(name, single) for name in names]
    cells = [row_cells[column] for _, row_cells in table.rows]
    meaning = {value: _meaning(value, mapping, sectors) for value in set(cells)}
    unknown = {
        value: row
        for row, value in reversed(list(enumerate(cells)))
        if _is_unknown(value, row, names, mapping, meaning)
    }
    if unknown and len(unknown) == len(meaning) and not mapping.values and not _any_misspelt(unknown, sectors):
        faults.add(_nothing_known(table, column, cells, sectors))
        faults.add_last(guess)
    else:
        for value, row in sorted(unknown.items(), key=lambda item: item[1]):
            _note_unknown(table, column, value, row, cells.count(value), sectors, faults)
    return [mapping.names.get(name) or meaning[value] or "" for name, value in zip(names, cells, strict=True)]


def declared(
    table: Table, mapping: SectorMapping, sectors: Sequence[str], faults: Faults
) -> tuple[SectorMapping, tuple[str, ...]]:
    """Return the mapping with a sector for every value of the column, and all sectors, further ones among them."""
    column = _sector_column(table, mapping, Faults())
    values = dict(mapping.values)
    meant: dict[str, str] = {}
    for value in dict.fromkeys(cells[column] for _, cells in table.rows) if column is not None else ():
        if not value or value in values:
            continue
        word = values[value] = word_of(value)
        if not word:
            faults.add(f"{table.file}: {shown(value)} makes no word for a sector; give one under sector.values")
            values[value] = sectors[0]  # refused already: nothing more to be told of it
        elif _folded(meant.setdefault(word, value)) != _folded(value):
            faults.add(
                f"{table.file}: {shown(meant[word])} and {shown(value)} would both be the sector {word}; "
                "say which they are under sector.values"
            )
    found = [*values.values(), *mapping.names.values(), *([mapping.default] if mapping.default else [])]
    further = [word for word in dict.fromkeys(found) if word and word not in sectors]
    for word in further:
        if not _SECTOR_WORD.fullmatch(word):
            faults.add(
                f"mapping, sector: {shown(word)} is no name for a sector; allowed: a letter, then up to 39 letters, "
                "digits and underscores"
            )
    if len(set(found)) > MOST_SECTORS:
        faults.add(f"{table.file}: {len(set(found)):,} sectors; allowed: at most {MOST_SECTORS}")
    _check_like(mapping.like, found, sectors, faults)
    return mapping.model_copy(update={"values": values}), (*sectors, *further)


def _check_like(like: Mapping[str, str], found: Sequence[str], sectors: Sequence[str], faults: Faults) -> None:
    """Note sectors that nobody is of, and sectors to take after that the scenario has not."""
    for sector, model in like.items():
        where = f"mapping, sector.like.{ascii_controls(sector)}"
        if sector not in found:
            faults.add(f"{where}: no organisation is of this sector; {did_you_mean(sector, dict.fromkeys(found))}")
        if model not in sectors:
            faults.add(f"{where}: {shown(model)} is no sector of the scenario; {did_you_mean(model, sectors)}")


def _folded(value: str) -> str:
    return re.sub(r"[\s_-]+", "_", value.casefold())


def _check_mapping(mapping: SectorMapping, names: Sequence[str], sectors: Sequence[str], faults: Faults) -> None:
    """Note sectors of the mapping that there are not, and organisations it names that there are not."""
    said = [(f"sector.values.{value}", sector) for value, sector in mapping.values.items()]
    said += [(f"sector.names.{name}", sector) for name, sector in mapping.names.items()]
    said += [("sector.default", mapping.default)] if mapping.default is not None else []
    for key, sector in said:
        if sector not in sectors:
            faults.add(f"mapping, {ascii_controls(key)}: {shown(sector)} is no sector; {did_you_mean(sector, sectors)}")
    known, nearest = set(names), NearestNames(dict.fromkeys(names))
    for name in mapping.names:
        if name not in known:
            faults.add(partial(_unknown, name, nearest))


def _unknown(name: str, nearest: NearestNames) -> str:
    return f"mapping, sector.names: unknown organisation {shown(name)}{nearest.clause(name)}"


def _sector_column(table: Table, mapping: SectorMapping, faults: Faults) -> int | None:
    """Return where the column of sectors stands.

    Where there is none, that is a fault, and the one most like it stands in, so that its values are told as well.
    """
    said = mapping.column or table.guess(*SECTOR_WORDS)
    if said is None and (mapping.default is not None or mapping.names):
        return None
    try:
        return table.find(said or "sector")
    except InputError as error:
        near = table.nearest(*([said.casefold()] if said else SECTOR_WORDS))
        perhaps = f": perhaps {shown(near)}" if near is not None else ""
        faults.add(f"{error}; name it in the mapping under sector.column, or give sector.default{perhaps}")
        return None if near is None else table.header.index(near)


def _meaning(value: str, mapping: SectorMapping, sectors: Sequence[str]) -> str | None:
    """Return the sector that a value stands for, or None."""
    if value in mapping.values:
        return mapping.values[value]
    spelt = _folded(value)
    return spelt if spelt in sectors else mapping.default


def _is_unknown(
    value: str, row: int, names: Sequence[str], mapping: SectorMapping, meaning: dict[str, str | None]
) -> bool:
    return meaning[value] is None and names[row] not in mapping.names


def _any_misspelt(values: Iterable[str], sectors: Sequence[str]) -> bool:
    """Return whether some value is nearly a sector's name, so that the table does speak of ecosim's sectors."""
    few = islice(values, MOST_VALUES)
    return any(difflib.get_close_matches(value[:50].casefold(), sectors, n=1, cutoff=0.8) for value in few)


def _note_unknown(
    table: Table, column: int, value: str, row: int, count: int, sectors: Sequence[str], faults: Faults
) -> None:
    where = table.where(table.rows[row][0], table.header[column])
    others = f" (and {count - 1} more)" if count > 1 else ""
    if value:
        told = f"{shown(value)}{others} is no sector; {did_you_mean(value, sectors)}; or map it under sector.values"
    else:
        told = f"no sector{others}; valid: {', '.join(sectors)}; or give sector.default"
    faults.add(f"{where}: {told}")


def _nothing_known(table: Table, column: int, cells: Sequence[str], sectors: Sequence[str]) -> str:
    counts = Counter(cell for cell in cells if cell).most_common()
    listed = ", ".join(f"{shown(value)} ({count})" for value, count in counts[:MOST_VALUES])
    where = table.where(table.rows[0][0], table.header[column])
    return f"{where}: none of the values is a sector; valid: {', '.join(sectors)}; found: {listed or 'nothing'}"
