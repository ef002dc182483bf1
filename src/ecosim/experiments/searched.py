"""Searched: what a search that made a folder's runs was for and came to, as its command left it beside them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecosim.errors import InputError, printable

KINDS = {"tipping": "grid", "calibration": "zip"}
"""What leaves an answer, by the name of its files without an ending, and the design that it lists its points in."""

NO_SAMPLE = (
    "The points were chosen by a search, from what came out at earlier ones: they crowd where it looked and are no sample "
    "of the range"
)


@dataclass(frozen=True)
class Searched:
    """What a search came to.

    Attributes:
        kind: ``tipping`` or ``calibration``.
        keys: along which it searched.
        measures: that it looked at.
        found: the answer as plain data, as ``to_dict`` of ``Tipping`` or ``Calibration`` has it.
        says: the same in sentences.
        picture: file of the figure; None where it is gone.
    """

    kind: str
    keys: tuple[str, ...]
    measures: tuple[str, ...]
    found: dict[str, Any]
    says: tuple[str, ...]
    picture: Path | None


def searched(folder: Path, design: str, keys: Sequence[str]) -> Searched | None:
    """Return what the search that made a folder's runs came to; None where none did, or it was along other keys.

    Args:
        folder: of the runs.
        design: its kind.
        keys: that were varied.

    Raises:
        InputError: if an answer is there, but cannot be read.
    """
    for kind, listed in KINDS.items():
        path = folder / f"{kind}.json"
        if design != listed or not path.is_file():
            continue
        try:
            one = _read(kind, path)
        except (OSError, ValueError, RecursionError, TypeError, KeyError, AttributeError) as error:
            raise InputError(
                f"{printable(path)}: cannot be read ({error}); the same ecosim {_COMMANDS[kind]} once more writes it anew "
                "from the runs that are there"
            ) from None
        if set(one.keys) == set(keys):
            return one
    return None


_COMMANDS = {"tipping": "tip", "calibration": "calibrate"}


def _read(kind: str, path: Path) -> Searched:
    found = json.loads(path.read_text(encoding="utf-8"))
    if kind == "tipping":
        keys, measures = [found["key"]], [found["measure"]]
        _ = float(found["from"]), float(found["to"])
    else:
        keys = [one["parameter"] for one in found["parameters"]]
        measures = [one["measure"] for one in found["targets"]]
        _ = [float(one[name]) for one in found["targets"] for name in ("target", "sd")]
    picture = path.with_suffix(".png")
    return Searched(
        kind, tuple(map(str, keys)), tuple(map(str, measures)), found, tuple(map(str, found["says"])),
        picture if picture.is_file() else None,
    )  # fmt: skip
