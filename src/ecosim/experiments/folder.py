"""Folder: where a sweep lives, held by one coordinator at a time, and refused to another sweep than its own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Self

from ecosim.errors import InputError, printable
from ecosim.experiments.ids import is_id
from ecosim.experiments.manifest import MANIFEST, damaged, read_manifest, write_manifest
from ecosim.experiments.plan import Plan
from ecosim.experiments.running import Failure
from ecosim.experiments.runs_table import RUNS_TABLE
from ecosim.experiments.shards import RUNS, digest_of
from ecosim.experiments.surroundings import changes, differences, surroundings
from ecosim.results import store
from ecosim.results.folders import LOCK, make, unmake
from ecosim.results.lock import lock, unlock
from ecosim.results.provenance import configuration_hash, provenance

FAILURES, ASKED = "failures.jsonl", "comparison.json"
MOST_DIFFERENCES = 20
_SO = ", so nobody can tell whether this is the same sweep"


class SweepFolder:
    """A folder with a sweep in it, locked as long as the ``with`` lasts.

    If no sweep is begun in that time, because it is refused for instance, all that was made for it is removed again.

    Args:
        path: a new or empty folder, or one with a sweep.

    Raises:
        InputError: if it holds something else, cannot be written to, or another process is at work in it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[str] | None = None
        self._made: list[Path] = []
        self._same: dict[str, Any] | None = None

    def __enter__(self) -> Self:
        here = printable(self.path)
        try:
            self._made = make(self.path)
            names = sorted(one.name for one in self.path.iterdir())
            others = [name for name in names if name != LOCK and store.half_of(name) != MANIFEST]
            if others and not (self.path / MANIFEST).is_file():
                raise InputError(
                    f"{here}: holds {printable(others[0])}, which is no sweep; allowed: a new or empty folder, or one "
                    "with an earlier sweep, which is continued"
                )
            self._lock = lock(self.path)
            for half in self.path.glob(f".{MANIFEST}.*.part"):  # of a process that was killed before any run
                half.unlink(missing_ok=True)
        except InputError:
            unmake(self._made)
            raise
        except OSError as error:
            unmake(self._made)
            raise InputError(f"{here}: cannot be written to ({(error.strerror or str(error)).lower()})") from None
        return self

    def __exit__(self, *_: object) -> None:
        if self._lock is None:
            return
        if self.is_begun():
            self._lock.close()
        else:
            unlock(self.path, self._lock)
            unmake(self._made)

    def is_begun(self) -> bool:
        """Return whether there is a sweep already."""
        return (self.path / MANIFEST).is_file()

    def refuse_another(self, plan: Plan) -> None:
        """Refuse to continue a sweep of another scenario, other keys, or other code.

        More values, other combinations and more replicates are the same sweep, extended. Where there is no result yet,
        there is nothing that must not be mixed.

        Raises:
            InputError: showing every difference.
        """
        if not self._has_results():
            return
        before = self._manifest()
        try:
            faults = changes(before["same"], self._now(plan))
            pairs = [(name, before["configurations"].get(name), data) for name, data in plan.configurations.items()]
            for name, old, new in pairs:
                faults += [] if old is None else differences(name, old, json.loads(json.dumps(new)))
        except (KeyError, TypeError, AttributeError):
            raise damaged(self.path, "it lacks what this sweep was begun with", _SO) from None
        if faults:
            head = f"{printable(self.path)}: holds another sweep; continue it as it was begun, or take another --out"
            raise InputError([head, *faults[:MOST_DIFFERENCES]])

    def design(self) -> dict[str, Any]:
        """Return what is written of the design that this sweep had last."""
        found = self._manifest().get("design")
        return found if isinstance(found, dict) else {}

    def write_manifest(self, plan: Plan, state: str, counts: Mapping[str, int]) -> None:
        """Write what this sweep is, and how far it is; what it was begun with stays as it was written then.

        Raises:
            OSError: if it cannot be written.
        """
        design = plan.design
        made = provenance({}, design.seed)
        for key in ("run_id", "seed", "configuration_hash", "tables_hash"):
            del made[key]
        before = self._manifest() if self._has_results() else {}
        configurations = {**before.get("configurations", {}), **plan.configurations}
        hashes = {name: configuration_hash(data) for name, data in configurations.items()}
        files = {
            f"{kind}/{path.name}": path.stem.removeprefix("part-")
            for kind in ("runs", "series")
            for path in sorted(self.path.glob(f"{kind}/part-*.parquet"))
        }
        if (self.path / RUNS_TABLE).is_file():
            files[RUNS_TABLE] = digest_of(self.path / RUNS_TABLE)
        write_manifest(
            self.path,
            {
                "state": state,
                "runs": dict(counts),
                "design": design.said(),
                "same": before["same"] if before else self._now(plan),
                "configurations": configurations,
                "configuration_hashes": hashes,
                "provenance": made,
                "checksums": {"algorithm": "BLAKE2b, 128 bits", "files": files},
            },
        )

    def failures(self) -> Iterator[dict[str, Any]]:
        """Yield what is known of each failed run, one at a time; a line that was cut off is none."""
        path = self.path / FAILURES
        if not path.is_file():
            return
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                try:
                    one = json.loads(line)
                    is_whole = is_id(one["run_id"]) and isinstance(one["kind"], str) and isinstance(one["message"], str)
                except (ValueError, KeyError, TypeError):
                    continue
                if is_whole:
                    yield one

    def rewrite_failures(self, failures: Iterable[Mapping[str, Any]]) -> None:
        """Write all that is known of failed runs anew.

        Raises:
            OSError: if it cannot be written.
        """
        store.replace(self.path / FAILURES, lambda file: file.writelines(_line(one).encode() for one in failures))

    def add_failure(self, plan: Plan, number: int, run_id: str, failure: Failure) -> None:
        """Write down, at once, that a run failed.

        Raises:
            OSError: if it cannot be written.
        """
        point, replicate = plan.design.place(number)
        told = {
            "run_id": run_id,
            "kind": failure.kind,
            "message": failure.message,
            "parameters": plan.design.parameters(point),
            "replicate": replicate,
            "seed": plan.design.seed_of(number),
            "traceback": failure.traceback,
        }
        with (self.path / FAILURES).open("a", encoding="utf-8", errors="replace") as file:
            file.write(_line(told))
            file.flush()
            os.fsync(file.fileno())

    def _has_results(self) -> bool:
        return self.is_begun() and (any(self.path.glob(f"{RUNS}/part-*.parquet")) or any(True for _ in self.failures()))

    def _now(self, plan: Plan) -> dict[str, Any]:
        """Return what must not change from one call to the next, as it was when it was first asked for: before any run."""
        if self._same is None:
            self._same = {
                **surroundings(plan.trust),
                "keys": [axis.key for axis in plan.design.axes],
                "seed": plan.design.seed,
                "tables": None if plan.actors is None else plan.actors.digest,
                "parts": {} if plan.actors is None else plan.actors.digests(),
            }
        return self._same

    def _manifest(self) -> dict[str, Any]:
        """Return what is written of the sweep in this folder.

        Raises:
            InputError: if that is damaged.
        """
        found = read_manifest(self.path, _SO)
        if not isinstance(found.get("configurations"), dict):
            raise damaged(self.path, "it lacks what this sweep was begun with", _SO)
        return found


def _line(failure: Mapping[str, Any]) -> str:
    return json.dumps(failure, ensure_ascii=False) + "\n"
