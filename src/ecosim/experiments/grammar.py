"""Grammar: several values of a key as the command line writes them, in Hydra's words, and one value as a cell holds it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ecosim.compose import parsed_override
from ecosim.errors import InputError, shown
from ecosim.experiments.ranges import Interval
from ecosim.scenario_file import check_plain

MOST_VALUES = 10**7
HOW = "listed values, key=a,b,c, key=choice(a,b,c) or key=range(start,stop,step); a range to draw from, "
HOW += "key=interval(low,high), or tag(log,interval(low,high)) where equal ratios count alike"


def values_of(word: str) -> tuple[str, Sequence[Any] | Interval] | None:
    """Return key and values of a word that gives several; None for any other, which the composer will read.

    ``key=a,b,c``, ``key=choice(a,b,c)`` and ``key=range(0,10,2)`` give lists, ``key=interval(0.1,0.9)`` a range, and
    ``key=tag(log,interval(0.01,10))`` one on a logarithmic scale.

    Raises:
        InputError: if the word asks for values that are not listed, nor a range.
    """
    check_plain(word, word.split("=")[0].lstrip("+~") or "key")
    try:
        override = parsed_override(word)
    except InputError:
        return None  # the composer says it, among all other faults
    if not override.is_sweep_override():
        return None
    kind = override.value_type.name if override.value_type is not None else ""
    swept: Any = override.value()
    tags = set(getattr(swept, "tags", ()))
    is_interval = kind == "INTERVAL_SWEEP"
    if kind not in _KINDS or getattr(swept, "shuffle", False) or override.package is not None:
        raise InputError(f"{shown(word)}; allowed: {HOW}")
    if tags - {"log"} or (tags and not is_interval):
        raise InputError(
            f"{shown(word)}: tagged {', '.join(sorted(map(str, tags)))}; allowed: tag(log,interval(low,high))"
        )
    key: str = override.key_or_group
    if is_interval:
        return key, Interval(swept.start, swept.end, bool(tags))
    if kind == "RANGE_SWEEP":
        return key, _range(word, swept.start, swept.stop, swept.step)
    return key, [plain_value(value) for value in swept.list]


_KINDS = ("SIMPLE_CHOICE_SWEEP", "CHOICE_SWEEP", "RANGE_SWEEP", "INTERVAL_SWEEP")


def value_of(text: str) -> Any:
    """Return the value that a cell of a table says: number, truth value, null, word, list or mapping.

    Raises:
        InputError: if it says none, or several.
    """
    if not text:
        raise InputError("empty; allowed: a value (null for none)")
    if _WHOLE.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    if text in _WORDS:
        return _WORDS[text]
    if _PLAIN_WORD.fullmatch(text):
        return text
    check_plain(text, "cell")
    try:
        override = parsed_override(f"key={text}")
    except InputError:
        raise InputError(
            f"{shown(text)}; allowed: a number, a word, 'quoted text', [a list] or {{a: mapping}}"
        ) from None
    if override.is_sweep_override():
        raise InputError(f"{shown(text)}; allowed: one value in a cell")
    value = plain_value(override.value())
    check_plain(value, "cell")
    return value


_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_PLAIN_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS = {"true": True, "false": False, "null": None, "True": True, "False": False, "TRUE": True, "FALSE": False}


def plain_value(value: Any) -> Any:
    """Return a value of Hydra's grammar as plain data."""
    if isinstance(value, list):
        return [plain_value(inner) for inner in value]
    if isinstance(value, dict):
        return {str(plain_value(key)): plain_value(inner) for key, inner in value.items()}
    return value.text if type(value).__name__ == "QuotedString" else value


def _range(word: str, start: float, stop: float, step: float) -> Sequence[Any]:
    """Return start, start + step, … below stop; of whole numbers without listing them."""
    if step == 0 or (stop - start) / step <= 0:
        raise InputError(f"{shown(word)}: an empty range; allowed: range(start,stop,step) with stop beyond start")
    if all(isinstance(number, int) for number in (start, stop, step)):
        return range(int(start), int(stop), int(step))
    first, last, by = (Decimal(str(number)) for number in (start, stop, step))
    count = int((last - first) / by) + (1 if (last - first) % by else 0)
    if count > MOST_VALUES:
        raise InputError(f"{shown(word)}: {count:,} values; allowed: at most {MOST_VALUES:,}")
    return [float(first + by * k) for k in range(count)]
