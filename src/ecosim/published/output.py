"""Output: what verifying came to, as a table on a terminal, as plain text, Markdown, JSON, Parquet and figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ecosim.errors import InputError
from ecosim.published.case import Effort
from ecosim.published.cases import find_case
from ecosim.published.verdict import FALSE_ALARM, Verdict, all_well, overall_false_alarm
from ecosim.published.verify import Verified
from ecosim.published.words import HEADINGS, cells_of, conclusion

BEGIN, END = "<!-- what ecosim verify found -->", "<!-- end -->"
"""Between these two lines of a page stands what the command wrote."""

COLOURS = {
    "agrees": "green",
    "too coarse to tell": "yellow",
    "known difference": "yellow",
    "differs": "red",
    "failed": "red",
}


def show(verified: Sequence[Verified], is_terminal: bool) -> None:
    """Print a table of all numbers: drawn on a terminal, tabulated in plain text elsewhere."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    if not is_terminal:
        print(as_text(verified))
        return
    console = Console()
    for one in verified:
        table = Table(*HEADINGS, title=f"{one.name}: {find_case(one.name).title}", title_justify="left")
        for verdict in one.verdicts:
            *words, last = cells_of(verdict)
            colour = COLOURS[verdict.verdict]
            table.add_row(*map(escape, words), f"[{colour}]{last}[/{colour}]")
        console.print(table)
        for note in notes_of(one.verdicts):
            console.print(f"  {note}", markup=False, highlight=False)
        console.print()
    console.print(conclusion(rows_of(verified)), markup=False, highlight=False)


def as_text(verified: Sequence[Verified]) -> str:
    """Return a table of all numbers in plain text."""
    rows: list[tuple[str, ...]] = [("case", *HEADINGS)]
    rows += [(one.name, *cells_of(verdict)) for one in verified for verdict in one.verdicts]
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    lines = ["  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    notes = [f"{one.name}: {note}" for one in verified for note in notes_of(one.verdicts)]
    return "\n".join([*lines, "", *notes, *([""] if notes else []), conclusion(rows_of(verified))])


def as_markdown(verified: Sequence[Verified], effort: Effort) -> str:
    """Return a section for each case: what it is, its source, its numbers and notes; and first what it comes to."""
    how = "full" if effort.full else "quick"
    runs = f"The {how} form, seed {effort.seed}."
    parts = [f"{conclusion(rows_of(verified))} {runs}"]
    for one in verified:
        case = find_case(one.name)
        parts += [f"### {case.title} (`{case.name}`)", f"{case.source}.", case.about, _table(one.verdicts)]
        parts += [f"- {note}" for note in notes_of(one.verdicts)]
    return "\n\n".join(parts).replace("\n\n- ", "\n- ").replace("|\n- ", "|\n\n- ") + "\n"


def _table(verdicts: Sequence[Verdict]) -> str:
    head = f"| {' | '.join(HEADINGS)} |\n|---|---|--:|---|--:|---|---|---|"
    rows = [" | ".join(word.replace("|", "∣") for word in cells_of(verdict)) for verdict in verdicts]
    return "\n".join([head, *(f"| {row} |" for row in rows)])


def notes_of(verdicts: Iterable[Verdict]) -> list[str]:
    """Return each note once, with what it is about unless that is everything."""
    verdicts = list(verdicts)
    notes = dict.fromkeys(verdict.note for verdict in verdicts if verdict.note)
    return [f"{_about(note, verdicts)}{note}." for note in notes]


def _about(note: str, verdicts: Sequence[Verdict]) -> str:
    """Return the measures that a note is about, or the settings where it is about some of a measure only."""
    noted = [verdict for verdict in verdicts if verdict.note == note]
    if noted == verdicts or not noted[0].setting:
        return ""
    measures = list(dict.fromkeys(verdict.measure for verdict in noted))
    if all(verdict.note == note for verdict in verdicts if verdict.measure in measures):
        return f"{'; '.join(measures[:MOST])}: "
    settings = list(dict.fromkeys(verdict.setting for verdict in noted))
    more = f" and {len(settings) - MOST} more" if len(settings) > MOST else ""
    return f"{'; '.join(settings[:MOST])}{more}: "


MOST = 3
"""Settings or measures that a note names before it only counts them."""


def as_plain(verified: Sequence[Verified], effort: Effort) -> dict[str, Any]:
    """Return all of it as plain data, for JSON."""
    rows = rows_of(verified)
    return {
        "agrees": all_well(rows),
        "form": "full" if effort.full else "quick",
        "seed": effort.seed,
        "false_alarm_each": FALSE_ALARM,
        "false_alarm_overall": overall_false_alarm(rows),
        "seconds": {one.name: round(one.seconds, 1) for one in verified},
        "numbers": [verdict._asdict() for verdict in rows],
    }


def save(verified: Sequence[Verified], effort: Effort, folder: Path) -> None:
    """Write ``verify.parquet``, ``verify.json``, ``verify.md``, and a figure for each case, into a folder.

    Raises:
        OSError: if one cannot be written.
    """
    from ecosim.reports.plots import write_figure
    from ecosim.results.store import write_json, write_table, write_text

    write_table(folder / "verify.parquet", _columns(rows_of(verified)))
    write_json(folder / "verify.json", as_plain(verified, effort))
    pictures = []
    for one in verified:
        if one.cells:
            from ecosim.published.figures import figure_of

            write_figure(figure_of(find_case(one.name), one.cells), folder / "figures" / one.name)
            pictures.append(f"![{find_case(one.name).title}](figures/{one.name}.svg)")
    heading = "# Published results, reproduced"
    write_text(folder / "verify.md", "\n\n".join([heading, as_markdown(verified, effort), *pictures]) + "\n")


def write_page(page: Path, verified: Sequence[Verified], effort: Effort) -> None:
    """Put the sections of all cases between the two marks of a page.

    Raises:
        InputError: if the page lacks them.
        OSError: if it cannot be read or written.
    """
    from ecosim.results.store import write_text

    text = page.read_text(encoding="utf-8")
    found = re.compile(f"{re.escape(BEGIN)}\n.*?{re.escape(END)}", re.DOTALL)
    if len(found.findall(text)) != 1:
        raise InputError(f"--page {page}: needs the lines {BEGIN} and {END}, once")
    told = f"{BEGIN}\n\n{as_markdown(verified, effort)}\n{END}"
    write_text(page, found.sub(lambda _: told, text))


def rows_of(verified: Iterable[Verified]) -> list[Verdict]:
    """Return the verdicts of all cases."""
    return [verdict for one in verified for verdict in one.verdicts]


def _columns(rows: Sequence[Verdict]) -> Any:
    from ecosim.results.table import Note, Table

    columns: dict[str, Any] = {}
    for name in Verdict._fields:
        values = [getattr(row, name) for row in rows]
        is_words = any(isinstance(value, str) for value in values)
        columns[name] = np.array(values, dtype=object if is_words else None)
    return Table(columns, {name: Note(*note) for name, note in NOTES.items()})


NOTES = {
    "case": ("", "name of the case"),
    "setting": ("", "what is varied"),
    "measure": ("", "what is compared, with its unit"),
    "reference": ("as measure", "published, recomputed, derived or exact value"),
    "error": ("as measure", "standard error of the reference"),
    "standing": ("", "where the reference is from"),
    "ours": ("as measure", "mean over our runs"),
    "low": ("as measure", "lower end of its 95 % interval"),
    "high": ("as measure", "upper end of its 95 % interval"),
    "runs": ("runs", "number of our runs"),
    "bound": ("as measure", "greatest distance from the reference that agrees"),
    "false_alarm": ("", "chance to be called different although right"),
    "verdict": ("", "agrees, differs, known difference or failed"),
    "note": ("", "where ours differs and why, and what is allowed for"),
}
