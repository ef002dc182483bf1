"""Branches: what came of worlds that were led up and down, a file each, named by the digest of its own bytes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ecosim.results.store import to_json, write_bytes

_NAME = re.compile(r"replicate-(\d+)-([0-9a-f]{32})\.json")


class Branches(NamedTuple):
    """A folder with a file for each world, such as ``replicate-0007-<digest>.json``.

    A file whose name does not fit its bytes was cut off or damaged: it counts as none, and its world is led again.

    Attributes:
        folder: where they are.
        asked: digest of the way that the worlds are led, and of the code; files of another are left alone.
    """

    folder: Path
    asked: str

    def add(self, replicate: int, seed: int, found: Mapping[str, Any]) -> None:
        """Write what came of a world, in place of what is there of the same number.

        Raises:
            OSError: if it cannot be written.
        """
        content = (to_json({"asked": self.asked, "seed": seed, **found}) + "\n").encode()
        path = self.folder / f"replicate-{replicate:04d}-{_digest(content)}.json"
        before = [one for one in self.folder.glob(f"replicate-{replicate:04d}-*.json") if one != path]
        write_bytes(path, content)
        for one in before:
            one.unlink(missing_ok=True)

    def read(self) -> dict[int, dict[str, Any]]:
        """Return what came of each world, by number, as far as it is there and whole."""
        found: dict[int, dict[str, Any]] = {}
        for path in self.folder.glob("replicate-*.json"):
            try:
                named, content = _NAME.fullmatch(path.name), path.read_bytes()
            except FileNotFoundError:
                continue  # a process has just put another in its place
            if named is None or named[2] != _digest(content):
                continue
            one = json.loads(content)
            if one["asked"] == self.asked:
                found[int(named[1])] = one
        return found

    def remove(self, replicates: Iterable[int]) -> None:
        """Remove what is there of worlds."""
        for replicate in replicates:
            for path in self.folder.glob(f"replicate-{replicate:04d}-*.json"):
                path.unlink(missing_ok=True)

    def remove_damaged(self) -> list[str]:
        """Remove files that are not what their names say, and what a killed process left; return their names."""
        for path in self.folder.glob(".replicate-*.part"):
            path.unlink(missing_ok=True)
        damaged = []
        for path in sorted(self.folder.glob("replicate-*.json")):
            named = _NAME.fullmatch(path.name)
            if named is not None and named[2] != _digest(path.read_bytes()):
                damaged.append(path.name)
                path.unlink()
        return damaged


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()
