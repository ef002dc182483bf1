"""The page about one run: its summary in words, its figures, every measure, and what made it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ecosim.errors import InputError
from ecosim.reports.page import Page, code, details, heading, number, paragraph, sentences, table
from ecosim.reports.plots import FIGURES, is_more_to_see, timeline
from ecosim.reports.plots import measures as every_other
from ecosim.results.phrases import unit_of
from ecosim.results.plain_yaml import to_yaml
from ecosim.world.names import for_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ecosim.results.run import Run

_BOLD, _CODE = re.compile(r"\*\*(.+?)\*\*"), re.compile(r"`([^`]*)`")
_BREAK = re.compile(r"^## ", re.MULTILINE)
_ROWS, _WATCH = "Every measure", "**What to watch.**"
MOST_PANELS = 12


def run_page(run: Run, measures: tuple[str, ...] = ()) -> str:
    """Return the page about a run as HTML, complete in itself.

    Args:
        run: the results.
        measures: drawn over time besides the usual figures.

    Raises:
        InputError: if a measure is none of the run's.
    """
    summary = run.summary
    page = Page("One run", str(summary.get("title") or "A run"), str(run.settings.get("description") or ""))
    page.facts = _facts(run)
    page.footer = (
        f"Written by ecosim {run.provenance['libraries']['ecosim']} from the tables beside it; nothing was run for it."
    )
    before, *said = _BREAK.split(run.words)
    page.section("watch", "What to watch").parts = list(_as_html(before.partition(_WATCH)[2]))
    for place, part in enumerate(said):
        title, _, text = part.partition("\n")
        if title.strip() != _ROWS:
            page.section(f"said-{place}", title.strip()).parts = list(_as_html(text))
    if measures:
        page.section("chosen", "The measures asked for").parts = [_told(page, timeline(run, measures[:MOST_PANELS]))]
    figures, left_out, has_timelines = page.section("figures", "Figures"), [], False
    for name, draw in FIGURES.items():
        try:
            figures.parts.append(_told(page, draw(run)))
            has_timelines = has_timelines or name != "network"
        except InputError as why:
            left_out.append(str(why))
    if is_more_to_see(run, has_timelines=has_timelines):
        figures.parts.append(_told(page, every_other(run)))
    figures.parts += [details("Figures that are left out", sentences(left_out))] if left_out else []
    page.section("measures", _ROWS).parts = [_measures(run)]
    page.section("run", "What was run").parts = _what_was_run(run)
    return page.html()


def _told(page: Page, figure: Figure) -> str:
    """Return a figure whose title and caption stand below it, as words of the page."""
    title, caption = (_letters(text) for text in (figure.get_suptitle(), figure.get_supxlabel()))
    figure.suptitle("")
    figure.supxlabel("")
    return page.figure(figure, title + ".", caption)


def _letters(text: str) -> str:
    """Return text as it was before it was made fit for Matplotlib and wrapped."""
    return " ".join(text.replace(r"\$", "$").replace("\u200b", "").split())


def _facts(run: Run) -> list[tuple[str, str]]:
    counts, stage = run.summary["counts"]["end"], run.summary.get("stage")
    facts = [
        (number(counts["organisations"]), "organisations at the end"),
        (number(run.summary["ticks"]), "ticks"),
        (str(run.seed), "seed"),
    ]
    return facts + ([(str(stage["word"]), "stage at the end")] if stage else [])


def _as_html(text: str) -> Iterator[str]:
    """Yield the paragraphs of a summary; it is plain but for bold words and names of measures."""
    for block in re.split(r"\n\s*\n", text.strip()):
        if block.startswith("|"):
            continue
        lines = [line for line in block.splitlines() if line.strip()]
        if lines and all(line.lstrip().startswith("- ") for line in lines):
            yield '<ul class="told">' + "".join(f"<li>{_marked(line.lstrip()[2:])}</li>" for line in lines) + "</ul>"
        elif lines:
            yield f"<p>{_marked(' '.join(lines))}</p>"


def _marked(text: str) -> str:
    safe = for_html(text.replace("\\", ""))
    return _CODE.sub(r"<code>\1</code>", _BOLD.sub(r'<span class="mark">\1</span>', safe))


def _measures(run: Run) -> str:
    meanings = run.notes("series")
    rows = [
        (name, meanings[name].meaning if name in meanings else "", one["unit"], one["start"], one["mean"], one["final"])
        for name, one in run.summary["measures"].items()
    ]
    shown = [(*row[:2], unit_of(row[2]), *row[3:]) for row in rows]
    head = ("measure", "what it is", "unit", "start", "second half", "end")
    return details(f"All {len(rows)} measures" if len(rows) > 1 else "The measure", table(head, shown, words=3))


def _what_was_run(run: Run) -> list[str]:
    made = run.provenance
    machine = made.get("machine") or {}
    facts = [
        ("run", run.run_id),
        ("seed", str(run.seed)),
        ("ecosim", f"{made['code_version']}, commit {made.get('commit') or 'unknown'}"),
        ("Python and libraries", f"{made['python']}; " + ", ".join(f"{k} {v}" for k, v in made["libraries"].items())),
        ("machine", ", ".join(str(machine[name]) for name in ("cpu", "system", "architecture") if machine.get(name))),
    ]
    drawn = run.summary.get("missing_values_drawn") or {}
    parts = [table(("", ""), facts, words=2)]
    if drawn.get("total"):
        parts.append(paragraph(f"{drawn['total']:,} missing values of the tables were drawn at random.", "note"))
    return [heading("Provenance"), *parts, details("The whole configuration", code(to_yaml(run.settings)))]
