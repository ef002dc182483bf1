"""Scenario files from strangers: YAML 1.2 read as plain data, and as nothing else.

The parser's events are turned into dictionaries, lists and scalars here, one by one and without recursion. No object is
ever constructed from a name in the file, no environment is read, and no value is computed.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ecosim.errors import InputError, ascii_controls, printable, shown
from ecosim.yaml_scalar import plain_scalar

MOST_BYTES = 256 * 1024
MOST_DEPTH = 64
MOST_VALUES = 20_000
MOST_LINE = 10_000
MOST_FAULTS = 20

Keys = tuple[str | int, ...]
Places = dict[Keys, tuple[int, int]]


def read_scenario(path: str | Path) -> dict[str, Any]:
    """Return what a YAML file says, as plain data: str keys; dict, list, str, int, float, bool and None.

    Args:
        path: a regular file of at most 256 KiB of UTF-8, holding one YAML 1.2 document with a mapping at the top.

    Raises:
        InputError: the file is missing, too large, too deep (64 levels), has more than 20,000 values or lines longer
            than 10,000 characters, is not UTF-8, or is not YAML; or it holds anchors, aliases, tags, directives,
            several documents, a key given twice, a key that is not a word, a key or text with which Hydra would run
            code (``_target_``, ``hydra:``, ``${…}``), or a scalar that YAML readers disagree on (``no``, ``12:30``,
            ``010``, ``1_000``, ``.nan``). Every fault names file, line, column, key, value and what is allowed.
    """
    return read_scenario_with_places(path)[0]


def read_scenario_with_places(path: str | Path) -> tuple[dict[str, Any], Places]:
    """Return what a YAML file says, and where: ``places[("ecosystem", "issues", 0)]`` is its (line, column), from 1.

    With the places, whoever validates the values can name the line of a fault. A key's place is where the key stands;
    an item's, where the item begins. Raises as :func:`read_scenario` does.
    """
    name = printable(path)
    return parse_scenario(read_text(path, most_bytes=MOST_BYTES), name)


def parse_scenario(text: str, name: str) -> tuple[dict[str, Any], Places]:
    """Return what YAML text says, and where, under the rules of :func:`read_scenario`; ``name`` stands in messages."""
    _check_text(text, name)
    builder = _Builder(name)
    for kind, event in _events(text, name, builder.faults):
        builder.take(kind, event)
    if builder.documents == 0 or (builder.empty and not builder.faults):
        builder.faults.append(f"{name}: the file is empty; allowed: a mapping such as 'ticks: 200'")
    _raise(builder.faults)
    return builder.top, builder.places


def check_plain(value: object, where: str) -> None:
    """Refuse, in a value given on the command line, what a scenario file may not hold either.

    Args:
        value: plain data: str keys; dict, list, tuple, str, int, float, bool, None.
        where: the key that the value was given for, for messages.

    Raises:
        InputError: text with ``${``, a key with which Hydra would run code, text that is not Unicode, something that
            is not plain data, or more than 64 levels.
    """
    faults: list[str] = []
    for part in (where, *where.split(".")):
        faults += [f"{printable(where)}: {fault}" for fault in _key_faults(part.lstrip("+~"))]
    waiting: list[tuple[Keys, object]] = [((), value)]
    while waiting:
        keys_here, item = waiting.pop()
        here = _spell(keys_here, where)
        if len(keys_here) > MOST_DEPTH:
            faults.append(f"{here}: nested more than {MOST_DEPTH} levels deep")
        elif isinstance(item, dict):
            faults += [f"{here}: {fault}" for key in item for fault in _key_faults(key)]
            waiting += [((*keys_here, str(key)), inner) for key, inner in item.items()]
        elif isinstance(item, list | tuple):
            waiting += [((*keys_here, position), inner) for position, inner in enumerate(item)]
        elif isinstance(item, str):
            faults += [f"{here}: {fault}" for fault in _text_faults(item)]
        elif not (item is None or isinstance(item, bool | int | float)):
            faults.append(f"{here}: {shown(item)} is not plain data; allowed: text, numbers, true, false, null, lists")
    _raise(dict.fromkeys(faults))


def read_text(path: str | Path, *, most_bytes: int) -> str:
    """Return the text of a regular UTF-8 file, without a byte order mark; refuse anything else in plain words."""
    return _decode(read_bytes(path, most_bytes=most_bytes), printable(path))


def read_bytes(path: str | Path, *, most_bytes: int) -> bytes:
    """Return what a regular file holds; refuse a folder, a device, a pipe, and more than the bytes given."""
    name = printable(path)
    try:
        regular = stat.S_ISREG(Path(path).stat().st_mode)
        data = b""
        if regular:
            with Path(path).open("rb") as file:
                data = file.read(most_bytes + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise InputError(f"{name}: cannot be read: {reason}") from None
    if not regular:
        raise InputError(f"{name}: not a file; allowed: a regular file")
    if len(data) > most_bytes:
        raise InputError(f"{name}: larger than {most_bytes:,} bytes, the most that is read")
    return data


_NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def _decode(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{name}, line 1: written in UTF-16; allowed: UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        byte = error.object[error.start]
        raise InputError(
            f"{name}, line {line}, column {column}: byte 0x{byte:02x} is not UTF-8; allowed: a file saved as UTF-8"
        ) from None


def _check_text(text: str, name: str) -> None:
    """Refuse control characters and endless lines, on which a parser could be slow or a terminal be fooled."""
    faults: list[str] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if len(line) > MOST_LINE:
            faults.append(f"{name}, line {number}: longer than {MOST_LINE:,} characters; allowed: shorter lines")
        if found := _NOT_TEXT.search(line):
            where = f"{name}, line {number}, column {found.start() + 1}"
            faults.append(f"{where}: control character {shown(found.group())}; allowed: printable text")
    _raise(faults)


def _events(text: str, name: str, faults: list[str]) -> Iterator[tuple[str, Any]]:
    """Yield the parser's events with their kinds; add a syntax error to the other faults and end."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            yield type(event).__name__.removesuffix("Event"), event
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}, line {mark.line + 1}, column {mark.column + 1}" if mark else name
        told = ", ".join(part for part in (error.context, error.problem) if part)
        _raise([*faults, f"{where}: not YAML: {ascii_controls(told)}"])
    except (YAMLError, ValueError, OverflowError) as error:
        if isinstance(error, InputError):
            raise
        _raise([*faults, f"{name}: not YAML: {ascii_controls(str(error))[:200]}"])


@dataclass
class _Open:
    """A mapping or list whose end has not been met yet."""

    values: dict[str, Any] | list[Any]
    keys: Keys
    key: str | None = None
    key_lines: dict[str, int] = field(default_factory=dict)


class _Builder:
    """Turns events into plain data. Structural faults end the reading; the others are collected."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.top: dict[str, Any] = {}
        self.places: Places = {}
        self.faults: list[str] = []
        self.documents = 0
        self.empty = False
        self._values = 0
        self._open: list[_Open] = []

    def take(self, kind: str, event: Any) -> None:
        if kind == "DocumentStart":
            self._document(event)
        elif kind == "Alias":
            self._stop(event, f"alias '*{event.anchor}'; allowed: write the value out")
        elif kind in ("Scalar", "MappingStart", "SequenceStart"):
            self._check_node(kind, event)
            if kind == "Scalar":
                self._scalar(event)
            else:
                self._begin(kind, event)
        elif kind in ("MappingEnd", "SequenceEnd"):
            self._open.pop()

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self._stop(event, "a second document begins; allowed: one document a file")
        if event.version or event.tags:
            self._stop(event, "a '%' directive; allowed: plain YAML 1.2 without directives")

    def _check_node(self, kind: str, event: Any) -> None:
        self._values += 1
        if self._values > MOST_VALUES:
            self._stop(event, f"more than {MOST_VALUES:,} values; large tables are given as CSV")
        if event.anchor is not None:
            self._stop(event, f"anchor '&{event.anchor}'; allowed: write the value out where it is needed")
        if event.tag is not None:
            self._stop(event, f"tag {shown(str(event.tag))}; allowed: plain text, numbers, true, false, null")
        if kind != "Scalar" and len(self._open) >= MOST_DEPTH:
            self._stop(event, f"nested more than {MOST_DEPTH} levels deep")
        if kind != "Scalar" and self._awaits_key():
            self._stop(event, "a list or mapping used as a key; allowed: a word")
        if not self._open and kind == "SequenceStart":
            self._stop(event, "a list at the top; allowed: a mapping such as 'ticks: 200'")

    def _begin(self, kind: str, event: Any) -> None:
        values: dict[str, Any] | list[Any] = {} if kind == "MappingStart" else []
        keys = self._put(values, event)
        if not self._open and isinstance(values, dict):
            self.top = values
        self._open.append(_Open(values, keys))

    def _scalar(self, event: Any) -> None:
        text = str(event.value)
        value, told = (text, None) if event.style else plain_scalar(text)
        if self._awaits_key():
            self._key(text, value, told, event)
            return
        if not self._open:
            if value is not None or told:
                self._stop(event, f"{shown(text)} at the top; allowed: a mapping such as 'ticks: 200'")
            self.empty = True
            return
        here = self._put(value, event)
        told_all = [told] if told else _text_faults(text)
        self._fault(event, *(f"{_spell(here)}: {fault}" for fault in told_all))

    def _key(self, text: str, value: object, told: str | None, event: Any) -> None:
        parent = self._open[-1]
        inside = f"{_spell((*parent.keys, text))}: "
        if not told and not isinstance(value, str):
            told = f"{shown(text)} is not a word; quote it to use it as a key"
        self._fault(event, *(inside + fault for fault in ([f"key {told}"] if told else _key_faults(text))))
        line = event.start_mark.line + 1
        if text in parent.key_lines:
            first = parent.key_lines[text]
            self._fault(event, f"{inside}key given twice, first in line {first}; allowed: once")
        parent.key_lines.setdefault(text, line)
        self.places.setdefault((*parent.keys, text), (line, event.start_mark.column + 1))
        parent.key = text

    def _put(self, value: object, event: Any) -> Keys:
        """Store a value in what is open; return the keys that lead to it."""
        if not self._open:
            return ()
        parent = self._open[-1]
        keys = self._next_keys()
        if isinstance(parent.values, list):
            parent.values.append(value)
            self.places[keys] = (event.start_mark.line + 1, event.start_mark.column + 1)
        else:
            parent.values.setdefault(str(keys[-1]), value)
            parent.key = None
        return keys

    def _awaits_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].values, dict) and self._open[-1].key is None

    def _fault(self, event: Any, *told: str) -> None:
        mark = event.start_mark
        self.faults += [f"{self.name}, line {mark.line + 1}, column {mark.column + 1}: {one}" for one in told]

    def _stop(self, event: Any, told: str) -> None:
        inside = _spell(self._next_keys())
        self._fault(event, f"{inside}: {told}" if inside else told)
        _raise(self.faults)

    def _next_keys(self) -> Keys:
        """Return the keys that lead to the value now being read."""
        if not self._open:
            return ()
        parent = self._open[-1]
        if isinstance(parent.values, list):
            return (*parent.keys, len(parent.values))
        return parent.keys if parent.key is None else (*parent.keys, parent.key)


_HYDRA_WORDS = frozenset({"_target_", "_args_", "_partial_", "_recursive_", "_convert_", "hydra", "defaults"})
_HYDRA_PATH = re.compile(r"(override\s+)?/?hydra\s*[:./@]", re.I)


def _key_faults(key: object) -> list[str]:
    if not isinstance(key, str):
        return [f"key {shown(key)} is not a word; quote it to use it as a key"]
    word = key.strip()
    if word.lower() in _HYDRA_WORDS or _HYDRA_PATH.match(word) or word.split("@")[0].strip() in _HYDRA_WORDS:
        return [f"key {shown(key)} is not allowed here: values are data and never run anything; remove it"]
    return _text_faults(key)


def _text_faults(text: str) -> list[str]:
    if "${" in text:
        return [f"{shown(text)} asks to look a value up with '${{'; allowed: write the value itself"]
    if found := _NOT_TEXT.search(text):
        return [f"{shown(text)} holds the character {shown(found.group())}; allowed: printable text"]
    return []


def _spell(keys: Sequence[str | int], start: str = "") -> str:
    """Return keys as a reader writes them: ``ecosystem.issues[2].name``."""
    spelt = start
    for key in keys:
        spelt += f"[{key}]" if isinstance(key, int) else f".{key}" if spelt else key
    spelt = ascii_controls(spelt)
    return spelt if len(spelt) <= 120 else spelt[:60] + "…" + spelt[-59:]


def _raise(faults: Iterable[str]) -> None:
    told = list(faults)
    if len(told) > MOST_FAULTS:
        told = [*told[:MOST_FAULTS], f"and {len(told) - MOST_FAULTS} more"]
    if told:
        raise InputError(told)
