"""Names that strangers gave: the number that each stands for, and how each is written where it could do harm."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError

LARGEST_IDENTITY = 2**31 - 1


def identity_of_names(names: Sequence[str]) -> NDArray[np.int64]:
    """Return the number that each organisation keeps for life, drawn from its name alone.

    A name takes the first free number of the sequence hash(0, name), hash(1, name), …, where hash is the first 31 bits
    of BLAKE2b; names are served in the order of their UTF-8 bytes, so the order of rows does not matter. One more name
    changes another's number only where both want the same one, which happens with probability about n / 2³¹.

    Args:
        names: n different names.

    Returns:
        (n,) different numbers, 0 <= number < 2³¹.

    Raises:
        InputError: a name stands there twice.

    References:
        Saarinen & Aumasson (2015), RFC 7693, The BLAKE2 Cryptographic Hash.
    """
    coded = [name.encode("utf-8", "surrogatepass") for name in names]
    numbers = np.empty(len(coded), dtype=np.int64)
    taken: set[int] = set()
    previous: bytes | None = None
    for row in sorted(range(len(coded)), key=coded.__getitem__):
        name = coded[row]
        if name == previous:
            raise InputError(f"organisation {names[row]!r} is named twice; allowed: once")
        attempt = 0
        while (number := _hash(attempt, name)) in taken:
            attempt += 1
        taken.add(number)
        numbers[row] = number
        previous = name
    return numbers


def unnamed(sector: str, identity: int) -> str:
    """Return what an organisation without a name of its own is called: its sector and number."""
    return f"{sector} {identity & 0xFFFFFF}"


def names_of_newcomers(
    sectors: Sequence[str], identity: NDArray[np.int64], taken: NDArray[np.int64]
) -> tuple[str, ...]:
    """Return what organisations are called that enter a world of names without one: ``new business 3``.

    That is their sector and their place among the numbers of it, the first being 1: nobody else's, and the same in every
    table. A name that somebody of this world has, or had before it went, gets a number in brackets behind it. That is told
    by the number that stands for the name, for of who went only numbers are left: a free name gets brackets by chance, too,
    with a probability of one in two billion for each number that is taken.

    Args:
        sectors: of each (p,).
        identity: their numbers (p,).
        taken: numbers of all that are there or went (n,).
    """
    names = []
    for sector, number in zip(sectors, identity.tolist(), strict=True):
        plain = name = f"new {sector.replace('_', ' ')} {(number & 0xFFFFFF) + 1}"
        again = 1
        while bool((taken == _hash(0, name.encode("utf-8", "surrogatepass"))).any()):
            again += 1
            name = f"{plain} ({again})"
        names.append(name)
    return tuple(names)


def is_of_a_newcomer(name: str, sectors: Iterable[str]) -> bool:
    """Return whether a name is such as newcomers get that have none (:func:`names_of_newcomers`)."""
    words = "|".join(re.escape(sector.replace("_", " ")) for sector in sectors)
    return re.fullmatch(rf"new (?:{words}) [0-9]+(?: \([0-9]+\))?", name) is not None


def defuse_for_spreadsheet(text: str) -> str:
    """Return text that a spreadsheet takes for text: one that would be a formula gets an apostrophe in front.

    Text is a formula to some spreadsheet when it begins with =, +, -, @ (or their full-width forms), a tab or a line
    end, blanks aside. Numbers are not to be passed through this.

    References:
        OWASP, CSV Injection.
    """
    begins = text.lstrip(" ")[:1]
    return "'" + text if begins and begins in _FORMULA_SIGNS else text


def for_plot(text: str) -> str:
    r"""Return text that Matplotlib draws letter by letter, in titles, labels and legends.

    Dollar signs are escaped, or what is between two of them would be typeset as mathematics; a leading underscore gets
    a zero-width space in front, or a legend would leave the entry out; line ends and control characters become blanks.
    """
    line = _CONTROLS.sub(" ", text).replace("$", r"\$")
    return "\u200b" + line if line.startswith("_") else line


def for_html(text: str) -> str:
    """Return text that a browser shows letter by letter, between tags and inside quoted attributes."""
    return html.escape(_CONTROLS.sub(" ", text), quote=True)


def for_path(text: str) -> str:
    """Return a file name, without folder, that stands for text: letters A-Z a-z, digits, ``_`` and ``-``, at most 80.

    Text that has other signs, that some system reserves, or that ends as if hashed, gets a hash behind it, so that two
    names never share a file. Upper and lower case count as different: a system that ignores case may mix them up.
    """
    plain = _NOT_FOR_PATHS.sub("-", text).strip("-")[:60]
    if plain == text and plain.lower() not in _RESERVED and not _HASHED.search(plain):
        return plain
    return f"{plain or 'name'}-{blake2b(text.encode('utf-8', 'surrogatepass'), digest_size=6).hexdigest()}"


_FORMULA_SIGNS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NOT_FOR_PATHS = re.compile(r"[^A-Za-z0-9_-]+")
_HASHED = re.compile(r"-[0-9a-f]{12}$")
_RESERVED = frozenset(
    {"", "con", "prn", "aux", "nul"} | {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}
)


def _hash(attempt: int, name: bytes) -> int:
    word = blake2b(name, digest_size=4, salt=attempt.to_bytes(8, "little")).digest()
    return int.from_bytes(word, "little") & LARGEST_IDENTITY
