"""Page: one HTML file that needs nothing else, neither network nor script; every name in it is shown letter by letter."""

from __future__ import annotations

import base64
import io
import math
import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from ecosim.drawing.style import rules
from ecosim.world.names import for_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TEMPLATE = Path(__file__).with_name("page.html")

_THEMED = {"#222222": "--fig-ink", "#333333": "--fig-ink", "#555555": "--fig-soft", "#e4e4e4": "--fig-grid"}
"""Colours of axes and words, which follow the page from light to dark; those of data stay."""

_FONTS = "'Source Sans 3', 'Segoe UI', system-ui, 'DejaVu Sans', Arial, sans-serif"


@dataclass
class Section:
    """A part of a page.

    Attributes:
        name: its anchor: letters and hyphens.
        title: above it, and in the contents.
        parts: pieces of HTML, made by the functions of this module.
    """

    name: str
    title: str
    parts: list[str] = field(default_factory=list)


@dataclass
class Page:
    """A page that is being written; figures and tables are numbered as they come.

    Attributes:
        kind: what the page is about, in a few words.
        title: the large one.
        lead: a sentence below it.
        facts: number and what it counts, a tile each.
        sections: in their order.
    """

    kind: str
    title: str
    lead: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    footer: str = ""
    _figures: int = 0

    def section(self, name: str, title: str) -> Section:
        """Begin a section and return it."""
        self.sections.append(Section(name, title))
        return self.sections[-1]

    def figure(self, figure: Figure, name: str, caption: str) -> str:
        """Return a figure as HTML, with its number, its name and a sentence on what it shows."""
        self._figures += 1
        number = self._figures
        told = f"<b>Figure {number}. {for_html(name)}</b> {for_html(caption)}"
        return f"<figure>{inline_svg(figure, number, name)}<figcaption>{told}</figcaption></figure>"

    def html(self) -> str:
        """Return the page."""
        shown = [section for section in self.sections if section.parts]
        contents = "\n".join(f'<li><a href="#{one.name}">{for_html(one.title)}</a></li>' for one in shown)
        tiles = "".join(
            f"<li><b>{for_html(number)}</b><span>{for_html(what)}</span></li>" for number, what in self.facts
        )
        sections = "\n".join(
            f'<section id="{one.name}">\n<h2>{for_html(one.title)}</h2>\n' + "\n".join(one.parts) + "\n</section>"
            for one in shown
        )
        return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
            title=for_html(self.title),
            kind=for_html(self.kind),
            lead=for_html(self.lead),
            contents=contents,
            facts=f'<ul class="facts">{tiles}</ul>' if tiles else "",
            sections=sections,
            footer=for_html(self.footer),
        )


def paragraph(text: str, kind: str = "") -> str:
    """Return a paragraph; ``kind`` may be ``note`` or ``note warn``."""
    return f'<p class="{kind}">{for_html(text)}</p>' if kind else f"<p>{for_html(text)}</p>"


def sentences(told: Iterable[str]) -> str:
    """Return sentences as a list."""
    return '<ul class="told">' + "".join(f"<li>{for_html(one)}</li>" for one in told) + "</ul>"


def table(head: Sequence[str], rows: Iterable[Sequence[Any]], words: int = 1) -> str:
    """Return a table; the first so many columns are words, the others numbers, aligned to the right."""
    kinds = ["" if place < words else ' class="n"' for place in range(len(head))]
    top = "".join(f"<th{kind}>{for_html(name)}</th>" for name, kind in zip(head, kinds, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{kind}>{_cell(value)}</td>" for value, kind in zip(row, kinds, strict=True)) + "</tr>"
        for row in rows
    )
    above = f"<thead><tr>{top}</tr></thead>" if any(head) else ""
    return f'<div class="wide"><table>{above}<tbody>{body}</tbody></table></div>'


def details(summary: str, content: str) -> str:
    """Return a part that opens when it is asked for."""
    return f"<details><summary>{for_html(summary)}</summary>{content}</details>"


def code(text: str) -> str:
    """Return text of several lines as it is."""
    return "<pre>" + "\n".join(for_html(line) for line in text.splitlines()) + "</pre>"


def heading(text: str) -> str:
    """Return a heading within a section."""
    return f"<h3>{for_html(text)}</h3>"


def inline_svg(figure: Figure, number: int, told: str) -> str:
    """Return a figure as an SVG element to stand within a page: words are words, and follow its colours."""
    buffer = io.StringIO()
    with rules(), warnings.catch_warnings():
        import matplotlib

        warnings.filterwarnings("ignore", message="Glyph .* missing")
        with matplotlib.rc_context({"svg.fonttype": "none", "savefig.facecolor": "none", "axes.facecolor": "none"}):
            figure.savefig(buffer, format="svg", metadata={"Date": None}, facecolor="none", transparent=True)
    drawn = buffer.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r'\b(id="|xlink:href="#|url\(#)', rf"\g<1>f{number}-", drawn)
    for colour, name in _THEMED.items():
        drawn = re.sub(rf"(fill|stroke): {colour}", rf"\g<1>: var({name})", drawn, flags=re.IGNORECASE)
    drawn = re.sub(r"font-family: [^;\"]*", f"font-family: {_FONTS}", drawn)
    first, rest = drawn.split(">", 1)
    first = re.sub(r' (width|height)="[^"]*"', "", first)
    return f'{first} role="img" aria-label="{for_html(told)}">{rest}'


def picture(content: bytes, kind: str, told: str) -> str:
    """Return a picture of this kind (``png``) as HTML, its bytes within the page."""
    return f'<img alt="{for_html(told)}" src="data:image/{kind};base64,{base64.b64encode(content).decode()}">'


def number(value: Any, signed: bool = False, digits: int = 4) -> str:
    """Return a number in so many digits, a dash where there is none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, float) and math.isinf(value):
        return "over a billion"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if float(value).is_integer() and abs(value) < 1e6:
        text = f"{int(value):+,}" if signed else f"{int(value):,}"
    else:
        text = f"{value:+.{digits}g}" if signed else f"{value:.{digits}g}"
    return text.replace("-", "−")


def few(value: Any) -> str:
    """Return a number in three digits, as sentences have them."""
    return number(value, digits=3)


def _cell(value: Any) -> str:
    return for_html(value if isinstance(value, str) else number(value))
