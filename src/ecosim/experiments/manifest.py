"""Manifest: the file that says what a sweep is, with a checksum of its own content, so that no change of it goes unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ecosim.errors import InputError, printable
from ecosim.results import store

MANIFEST, CHECKSUM = "manifest.json", "checksum"


def write_manifest(folder: Path, told: Mapping[str, Any]) -> None:
    """Write what a sweep is, and last a checksum of that.

    Args:
        folder: of the sweep.
        told: plain data.

    Raises:
        OSError: if it cannot be written.
    """
    # As it will be read: numbers of NumPy are plain, what is not finite is null.
    written = json.loads(store.to_json(told))
    store.write_json(folder / MANIFEST, {**written, CHECKSUM: checksum_of(written)})


def read_manifest(folder: Path, so: str = "") -> dict[str, Any]:
    """Return what is written of a sweep; a folder from before there were checksums has none, and is taken as it is.

    Args:
        folder: of the sweep.
        so: what follows if it is damaged, as a clause of the refusal.

    Raises:
        InputError: if it cannot be read, or is no longer what was written.
    """
    path = folder / MANIFEST
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        is_whole = not isinstance(found, dict) or CHECKSUM not in found or found[CHECKSUM] == checksum_of(found)
    except UnicodeDecodeError:
        raise damaged(folder, "it is no text", so) from None
    except (ValueError, RecursionError) as error:
        line = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise damaged(folder, f"it is no JSON any more{line}", so) from None
    except OSError as error:
        raise damaged(folder, (error.strerror or str(error)).lower(), so) from None
    if not isinstance(found, dict):
        raise damaged(folder, "it lacks what this sweep was begun with", so)
    if not is_whole:
        raise damaged(folder, "it was changed since it was written: its checksum does not fit", so)
    return found


def damaged(folder: Path, why: str, so: str = "") -> InputError:
    """Return the refusal of a manifest, which says what helps.

    Args:
        folder: of the sweep.
        why: it is refused.
        so: what follows, as a clause.
    """
    return InputError(
        f"{printable(folder / MANIFEST)}: damaged ({why}){so}; the results beside it are as they were; allowed: this file "
        "from a copy, or the sweep made anew with another --out"
    )


def checksum_of(told: Mapping[str, Any]) -> str:
    """Return the digest (BLAKE2b, 128 bits) of plain data, its own checksum left out, however keys are ordered or spaced."""
    rest = {key: value for key, value in told.items() if key != CHECKSUM}
    return hashlib.blake2b(json.dumps(rest, sort_keys=True).encode("ascii"), digest_size=16).hexdigest()
