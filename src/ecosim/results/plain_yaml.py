"""Plain data as YAML 1.2 that every reader understands alike, ours above all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ecosim.yaml_scalar import plain_scalar


def to_yaml(values: Mapping[str, Any]) -> str:
    """Return a mapping of plain data (str, int, float, bool, None, list, dict) as YAML, in the order given.

    Text that some reader could take for anything else stands in quotes.

    Raises:
        TypeError: if a value is not plain data.
    """
    return "".join(f"{line}\n" for line in _mapping(values, "")) if values else "{}\n"


def _mapping(values: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield f"{indent}{_scalar(key)}:"
            yield from _mapping(value, indent + "  ")
        elif isinstance(value, list | tuple) and value:
            yield f"{indent}{_scalar(key)}:"
            yield from _sequence(value, indent + "  ")
        else:
            yield f"{indent}{_scalar(key)}: {_scalar(value)}"


def _sequence(values: list[Any] | tuple[Any, ...], indent: str) -> Iterator[str]:
    for value in values:
        if isinstance(value, Mapping | list | tuple) and value:
            inner = indent + "  "
            lines = _mapping(value, inner) if isinstance(value, Mapping) else _sequence(value, inner)
            first = next(lines)
            yield f"{indent}- {first[len(inner) :]}"
            yield from lines
        else:
            yield f"{indent}- {_scalar(value)}"


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        is_plain = _PLAIN.fullmatch(value) and plain_scalar(value) == (value, None)
        return value if is_plain else json.dumps(value, ensure_ascii=False).replace("\x7f", "\\x7f")
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value, allow_nan=False)
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, list | tuple):
        return "[]"
    raise TypeError(f"{type(value).__name__} is not plain data: {value!r}")


_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*( [A-Za-z0-9_./(-][A-Za-z0-9_./,()-]*)*")
