"""What an unquoted word of a YAML file means, where all readers of YAML agree on it."""

from __future__ import annotations

import math
import re

from ecosim.errors import shown


def plain_scalar(text: str) -> tuple[object, str | None]:
    """Return what an unquoted YAML 1.2 scalar means, and a fault where YAML readers disagree on it (else None)."""
    if text in ("", "~", "null", "Null", "NULL"):
        return None, None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true", None
    if _NOT_FINITE.fullmatch(text):
        return text, f"{shown(text)} is not a finite number; allowed: finite numbers, or text in quotes"
    for pattern, taken_for in _DISAGREED:
        if pattern.fullmatch(text):
            return text, f"{shown(text)} is {taken_for}; " + _PLAINLY
    if _INTEGER.fullmatch(text):
        number = int(text) if len(text) <= 20 else 2**64
        if -(2**63) <= number < 2**64:
            return number, None
        return text, f"{shown(text)} does not fit in 64 bits; " + _PLAINLY
    if _REAL.fullmatch(text):
        real = float(text)
        return (real, None) if math.isfinite(real) else (text, f"{shown(text)} is too large; allowed: finite numbers")
    return text, None


_INTEGER = re.compile(r"[-+]?[0-9]+")
_REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.?(nan|inf|infinity)", re.I)
_PLAINLY = "quote it or write it plainly"
_DISAGREED = (
    (re.compile(r"y|yes|on", re.I), "read as true by some YAML readers and as text by others"),
    (re.compile(r"n|no|off", re.I), "read as false by some YAML readers and as text by others"),
    (re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"), "read as a number to base 60 by some YAML readers"),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?"), "read as a date by some YAML readers"),
    (re.compile(r"[-+]?[0-9][0-9_.]*_[0-9_.]*([eE][-+]?[0-9]+)?"), "read as a number by some YAML readers only"),
    (re.compile(r"[-+]?0[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?"), "read to base 8 by some YAML readers"),
    (re.compile(r"[-+]?0[box][0-9a-f_]+", re.I), "not a decimal number, and YAML readers disagree on it"),
    (re.compile(r"=|<<"), "a command to some YAML readers"),
)
