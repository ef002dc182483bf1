"""Failing: of many failed runs, the reason that most of them share, in a few words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ecosim.errors import ascii_controls

LONGEST = 200
"""Characters of a message: the file of failures has all of them."""

_NUMBER = re.compile(r"\d+(\.\d+)?")


def commonest(failures: Iterable[Mapping[str, Any]]) -> str:
    """Return how often the commonest reason stands among failures, and what it is: ``450 × ImportError: …``.

    Messages that differ in numbers alone, such as those of ticks and seconds, are one reason, told by its first.
    """
    counts: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], str] = {}
    for one in failures:
        kind, message = str(one["kind"]), str(one["message"])
        reason = kind, _NUMBER.sub("#", message)
        counts[reason] += 1
        first.setdefault(reason, message if kind == "error" else f"{kind}: {message}")
    if not counts:
        return ""
    reason, count = counts.most_common(1)[0]
    told = ascii_controls(first[reason].strip().partition("\n")[0])
    return f"{count:,} × {told if len(told) <= LONGEST else told[: LONGEST - 1] + '…'}"
