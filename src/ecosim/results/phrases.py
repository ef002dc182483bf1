"""Phrases: numbers, units and names as a sentence has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

PLURALS = {
    "business": "businesses",
    "government": "government bodies",
    "civil_society": "civil-society groups",
}
"""What the organisations of a sector are called together."""

NO_UNIT = "index"
"""What stands in place of a unit where a number has none."""

HARDLY = 0.05
"""A change below this part of the larger value is told as none."""


def plain(text: object) -> str:
    """Return text that Markdown, and a browser that shows it, take letter by letter."""
    line = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", str(text))
    line = re.sub(r"&(?=#?\w+;)", "&amp;", line).replace("<", "&lt;")  # what a browser would read as more than text
    return re.sub(r"([\\`*_\[\]|>#$~])", r"\\\1", line)


def capitalised(text: str) -> str:
    """Return text that begins with a capital, as a sentence or a title does; the rest as it is."""
    return text[:1].upper() + text[1:]


def unescaped(markdown: str) -> str:
    """Return text letter by letter again, as it was before :func:`plain`: for who reads it as it is."""
    text = re.sub(r"\\([\\`*_\[\]|>#$~])", r"\1", markdown)
    return text.replace("&lt;", "<").replace("&amp;", "&")


def number(value: float | None) -> str:
    """Return a number with three significant digits, or a dash where it is missing."""
    if value is None:
        return "–"
    if float(value).is_integer() and abs(value) < 1e6:
        return f"{value:,.0f}".replace("-", "−")
    if value != 0 and not 1e-4 <= abs(value) < 1e6:
        return f"{value:.2e}".replace("-", "−")
    digits = (
        6 if abs(value) < 1e-3 else 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    )
    return f"{value:,.{digits}f}".replace("-", "−")


def unit_of(unit: str) -> str:
    """Return a unit as tables and axes tell it: a number without one is an index."""
    return NO_UNIT if unit == "1" else unit


def percent(share: float) -> str:
    """Return a share as a percentage, with a decimal where it is small."""
    return f"{100 * share:.1f} %" if 0 < abs(share) < 0.095 else f"{100 * share:.0f} %"


def plural(sector: str) -> str:
    """Return what the organisations of a sector are called together."""
    return PLURALS.get(sector, f"{plain(sector.replace('_', ' '))} organisations")


def one_or(sector: str, count: int) -> str:
    """Return what one organisation of a sector is called, or what several are."""
    one = {"business": "business", "government": "government body", "civil_society": "civil-society group"}
    if count != 1:
        return plural(sector)
    return one.get(sector) or plural(sector).removesuffix("s")


def both(measures: Mapping[str, Any], name: str) -> tuple[float, float] | None:
    """Return a measure at the start and its mean over the second half; None where either is missing."""
    values = measures.get(name)
    if values is None or values["start"] is None or values["mean"] is None:
        return None
    return values["start"], values["mean"]


def moved(start: float, later: float, up: str, down: str, same: str) -> str:
    """Return the word for how a number moved."""
    return same if is_same(start, later) else up if later > start else down


def is_same(start: float, later: float) -> bool:
    """Return whether a change is too small to be told as one."""
    return abs(later - start) <= HARDLY * max(abs(start), abs(later))
