"""A mapping to start from, guessed from a stranger's tables."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ecosim.errors import InputError, shown
from ecosim.scenario_file import check_plain
from ecosim.world.actor_mapping import TableMapping
from ecosim.world.actor_table import (
    MISSING_WORDS,
    NAME_WORDS,
    SECTOR_WORDS,
    SOURCE_WORDS,
    TARGET_WORDS,
    Table,
    number_of,
    read_table,
)

MOST_VALUES = 50
MOST_CODES = 7
TO_FILL_IN = "?"
"""Stands for a sector that only the user knows: a mapping that still holds it is refused."""


def suggest_mapping(
    organisations: str | Path,
    ties: str | Path | None = None,
    *,
    sectors: Sequence[str] = ("business", "government", "civil_society"),
) -> str:
    """Return a mapping file to start from: what can be guessed from the tables, to be checked and corrected by hand."""
    table = read_table(Path(organisations), "organisations")
    of_ties = read_table(Path(ties), "ties") if ties is not None else None
    return "\n".join([*suggest(table, of_ties, sectors), 'directed: "merge"', ""])


def suggest(table: Table, ties: Table | None, sectors: Sequence[str], named: str | None = None) -> list[str]:
    """Return the lines of a mapping that can be guessed from tables of organisations and of ties."""
    lines = suggest_organisations(table, sectors, named) + (suggest_ties(ties) if ties is not None else [])
    said = dict.fromkeys(text for one in (table, ties) if one is not None for text in _missing_in(one))
    return [*lines, f"missing: [{', '.join(map(_quoted, said))}]"] if said else lines


def to_save(table: Table, ties: Table | None, sectors: Sequence[str], mapping: TableMapping) -> str:
    """Return a mapping to paste, with what is to be done with it.

    Of a mapping that names the column of the sector only that part is written: the rest of it is the user's.
    """
    if mapping.sector.column is not None:
        lines = _of_named_column(table, mapping.sector.column, sectors)
        return (
            f"Put these lines in the place of sector in the mapping, and a sector for each {shown(TO_FILL_IN)}\n\n"
            + "\n".join(lines)
            + "\n"
        )
    return (
        "A mapping says what the values are: save this as mapping.yaml, correct it, and give --mapping mapping.yaml\n\n"
        + "\n".join(suggest(table, ties, sectors, mapping.name))
        + "\n"
    )


def suggest_organisations(table: Table, sectors: Sequence[str], named: str | None = None) -> list[str]:
    """Return the lines of a mapping that can be guessed from a table of organisations.

    Args:
        table: of organisations.
        sectors: that there are.
        named: the column that names them, where a mapping says so.
    """
    known = named if named in table.header else None
    name = known or table.guess(*NAME_WORDS) or table.nearest(*NAME_WORDS) or next(iter(table.header), TO_FILL_IN)
    lines = [f"name: {_quoted(name)}"]
    near = table.nearest(*SECTOR_WORDS)
    column = table.guess(*SECTOR_WORDS) or (near if near != name else None)
    if column is None:
        lines += ["sector:", f"  default: {_quoted(sectors[0])}  # for everyone; or name a column and its values"]
    else:
        values, counts, is_cut = _values_of(table, column)
        lines += ["sector:", f"  column: {_quoted(column)}"]
        lines += [f"  values:  # a guess; valid: {', '.join(sectors)}"] if values else []
        lines += [f"    {_quoted(value)}: {_guess_sector(value, sectors)}  # {counts[value]}" for value in values]
        if is_cut:
            lines.append(f"  default: {_guess_sector('', sectors)}  # for all others")
        lines.append("# sectors: as_given  # instead of values: keeps the table's own categories as sectors")
    numeric = [other for other in table.header if other not in (name, column) and _is_numeric(table, other)]
    means = next((other for other in numeric if _MEANS.search(other)), None)
    if means is not None:
        lines += [
            "columns:",
            f'  capital: {{column: {_quoted(means)}, transform: "log1p", scale: "mean"}}{_of_zeros(table, means)}',
        ]
    left = [shown(other) for other in numeric if other != means]
    return [*lines, f"# other columns of numbers: {', '.join(left)}"] if left else lines


def _of_zeros(table: Table, column: str) -> str:
    """Return a remark where a column that is taken for capital has zeros: it may be said so of who has other means."""
    at = table.header.index(column)
    zeros = sum(number_of(cells[at]) == 0 for _, cells in table.rows)
    if not zeros:
        return ""
    return (
        f"  # check this: 0 ({zeros} of {len(table.rows)} organisations) becomes no capital at all, and who has none leaves "
        "as insolvent; without this line capital is drawn"
    )


def _of_named_column(table: Table, said: str, sectors: Sequence[str]) -> list[str]:
    """Return the lines on the sector where the user named its column: what the values mean is for the user to say."""
    column = said if said in table.header else table.nearest(said.casefold()) or table.nearest(*SECTOR_WORDS)
    if column is None:
        return [
            "sector:",
            f"  column: {_quoted(TO_FILL_IN)}  # one of the table's: {', '.join(map(shown, table.header))}",
        ]
    values, counts, is_cut = _values_of(table, column)
    lines = ["sector:", f"  column: {_quoted(column)}"]
    lines += [f"  values:  # to be filled in; valid: {', '.join(sectors)}"] if values else []
    lines += [
        f"    {_quoted(value)}: {_quoted(TO_FILL_IN)}  # {counts[value]}; perhaps {_guess_sector(value, sectors)}"
        for value in values
    ]
    return [*lines, f"  default: {_quoted(TO_FILL_IN)}  # for all others"] if is_cut else lines


def _values_of(table: Table, column: str) -> tuple[list[str], Counter[str], bool]:
    """Return the values to be listed of a column, how often each is there, and whether there are others."""
    counts = Counter(cells[table.header.index(column)] for _, cells in table.rows)
    values = [value for value, _ in counts.most_common(MOST_VALUES) if value and _may_be_a_key(value)]
    return values, counts, len(values) < len(counts)


def suggest_ties(table: Table) -> list[str]:
    """Return the lines of a mapping that can be guessed from a table of ties."""
    ends = (table.header * 2 or [TO_FILL_IN] * 2)[:2]
    source = table.guess(*SOURCE_WORDS) or table.nearest(*SOURCE_WORDS) or ends[0]
    target = table.guess(*TARGET_WORDS) or table.nearest(*TARGET_WORDS) or ends[1]
    lines = ["ties:", f"  source: {_quoted(source)}", f"  target: {_quoted(target)}"]
    weights = [other for other in table.header if other not in (source, target) and _is_numeric(table, other)]
    if not weights:
        return lines
    column = table.header.index(weights[0])
    numbers = [number for _, cells in table.rows if (number := number_of(cells[column])) is not None]
    means, remark = _guess_means(weights[0], numbers)
    return [
        *lines,
        "  weight:",
        f"    column: {_quoted(weights[0])}",
        f"    means: {_quoted(means)}  # {remark}",
        f"    from: {max(0.0, min(numbers)):g}",
        f"    to: {max(numbers):g}",
    ]


def word_of(value: str) -> str:
    """Return the word that stands for a sector of a table's own, such as county_city for County/City; may be empty."""
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode().casefold()
    word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return (f"sector_{word}" if word[:1].isdigit() else word)[:40].rstrip("_")


def _may_be_a_key(value: str) -> bool:
    """Return whether a mapping file may name a value: one that Hydra would act on is left to the default."""
    try:
        check_plain({value: None}, "")
    except InputError:
        return False
    return True


def _is_numeric(table: Table, column: str) -> bool:
    """Return whether a column holds numbers, at least one, and beside them only what says 'not recorded'."""
    at = table.header.index(column)
    recorded = [cells[at] for _, cells in table.rows if cells[at] and cells[at].casefold() not in MISSING_WORDS]
    return bool(recorded) and all(number_of(text) is not None for text in recorded)


def _missing_in(table: Table) -> list[str]:
    """Return the texts that say 'not recorded', as they are spelt, in columns that otherwise hold numbers."""
    columns = [at for at, column in enumerate(table.header) if _is_numeric(table, column)]
    return [cells[at] for _, cells in table.rows for at in columns if cells[at].casefold() in MISSING_WORDS]


def _guess_means(column: str, numbers: Sequence[float]) -> tuple[str, str]:
    """Return whether a weight is strength or distance, and what to say of that guess."""
    if _DISTANCE.search(column):
        return "distance", 'check this: the name says that small numbers are close; "strength", where large ones are'
    is_code = 1 < len(set(numbers)) <= MOST_CODES and all(number == int(number) for number in numbers)
    if _MAYBE_DISTANCE.search(column) or is_code:
        few = f"codes from {min(numbers):g} to {max(numbers):g}" if is_code else "such a name"
        return "strength", f'check this: {few} may say either; "distance", where small numbers are close'
    return "strength", 'or "distance", where small numbers are close'


def _guess_sector(value: str, sectors: Sequence[str]) -> str:
    for sector, words in _WORDS:
        if sector in sectors and words.search(value):
            return sector
    return sectors[-1]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


_MEANS = re.compile(r"staff|employ|budget|capital|revenue|turnover|asset|size|personnel|funds", re.I)
_DISTANCE = re.compile(r"distan|hops|\brank", re.I)
_MAYBE_DISTANCE = re.compile(r"contact|rank|frequen|order|level|close|grade", re.I)
_WORDS = (
    ("business", re.compile(r"\b(ltd|limited|inc|incorporated|plc|llc|llp|gmbh|s\.?a\.?r\.?l)\b", re.I)),
    (
        "civil_society",
        re.compile(
            r"non.?profit|\bngo|charit|volunt|foundation|civil|civic|communit|associat|societ|church|union|\bclub", re.I
        ),
    ),
    (
        "government",
        re.compile(
            r"gov|\bcity|cities|\bcount(y|ies|ry)|\bstate|federal|public|municip|agenc|ministr|police|council|\bnation"
            r"|authorit|\boffice|\bboard\b|department|\bdept\b|\bcourt|\bmayor",
            re.I,
        ),
    ),
    (
        "business",
        re.compile(r"business|compan|\bfirm|\bcorp|industr|private|commerc|enterprise|for.?profit|\bbank", re.I),
    ),
)
"""Words by which a value is taken for a sector; the first that is found decides."""
