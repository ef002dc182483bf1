"""Words: what is given without an option, names of scenarios and changes to them."""

from __future__ import annotations

from collections.abc import Sequence

from ecosim.errors import InputError


def split(words: Sequence[str]) -> tuple[str | None, tuple[str, ...]]:
    """Return the scenario's name, if there is one, and the changes.

    Raises:
        InputError: if there are two words that are no changes, or two changes of one key.
    """
    names, changes = sorted_out(words)
    if len(names) > 1:
        raise InputError(
            f"{', '.join(names)}: {len(names)} names; allowed: one scenario (changes are written key=value)"
        )
    return (names[0] if names else None), changes


def sorted_out(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words that are names, and those that are changes.

    Raises:
        InputError: if there are two changes of one key.
    """
    refuse_twice(words)
    names = tuple(word for word in words if "=" not in word and not word.startswith(("~", "+")))
    return names, tuple(word for word in words if word not in names)


def refuse_twice(words: Sequence[str]) -> None:
    """Refuse a key that is set, or removed, more than once: nobody could tell which is meant.

    Raises:
        InputError: naming all changes of each such key.
    """
    by_key: dict[tuple[str, bool], list[str]] = {}
    for word in words:
        if "=" in word or word.startswith("~"):
            by_key.setdefault((word.partition("=")[0].lstrip("+~"), word.startswith("~")), []).append(word)
    faults = [
        f"{key}: given {len(given_words)} times, {' and '.join(given_words)}; allowed: once"
        for (key, _), given_words in by_key.items()
        if len(given_words) > 1
    ]
    if faults:
        raise InputError(faults)


def given(key: str, value: str | None) -> list[str]:
    """Return an option as the change that it stands for; none where it was not given."""
    return [] if value is None else [f"{key}={value}"]
