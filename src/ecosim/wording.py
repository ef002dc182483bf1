"""Wording: counted things and lists as a sentence has them."""

from __future__ import annotations

from collections.abc import Sequence


def some(count: int, thing: str) -> str:
    """Return a number of things, in the singular or the plural."""
    return f"{count:,} {after(thing, count)}"


def after(thing: str, count: int) -> str:
    """Return what a thing, or several, are called after their number."""
    return thing if count == 1 else f"{thing}{'es' if thing.endswith('ss') else 's'}"


def in_a_row(parts: Sequence[str]) -> str:
    """Return parts as a list in a sentence: a, b and c."""
    return " and ".join(parts) if len(parts) < 3 else f"{', '.join(parts[:-1])} and {parts[-1]}"
