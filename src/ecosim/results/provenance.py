"""Provenance: which code, with which libraries, on what machine, made a result; and the number of a run."""

from __future__ import annotations

import hashlib
import json
import math
import platform
import subprocess
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from ecosim.results.outside_code import Source, digest_of_file, digest_of_package, packages_named

PACKAGE = Path(__file__).parents[1]

LIBRARIES = ("numpy", "numba", "scipy", "mesa", "networkx", "pandas", "pyarrow", "pydantic", "hydra-core", "matplotlib")
"""The libraries whose version may change a result or how it is kept."""


def run_id(settings: Mapping[str, Any], seed: int, tables: str | None = None) -> str:
    """Return the number of a run, 32 hexadecimal digits: a digest of all that its results depend on, and nothing else.

    Args:
        settings: the resolved configuration as plain data.
        seed: the run's seed, which counts instead of any that stands in the configuration.
        tables: digest of the user's own organisations and ties, where there are any.
    """
    return run_ids(settings, (seed,), tables)[0]


def run_ids(settings: Mapping[str, Any], seeds: Sequence[int], tables: str | None = None) -> list[str]:
    """Return the number of a run for each seed, for little more than the price of one."""
    return run_ids_of_text(text_of(_without_seed(settings)), seeds, tables, packages_named(settings))


def run_ids_of_text(
    configuration: str, seeds: Sequence[int], tables: str | None = None, packages: Sequence[str] = ()
) -> list[str]:
    """Return the number of a run for each seed, from what ``text_of`` makes of its configuration without the seed.

    Args:
        configuration: as text.
        seeds: of the runs.
        tables: as in ``run_id``.
        packages: other than ecosim, whose rules and measures the configuration names: their source counts as well.
    """
    sources = {name: found for name in packages if (found := digest_of_package(name)) is not None}
    trusted = f',"trusted":{text_of(sources)}' if sources else ""
    actors = "" if tables is None else f'"actors":{text_of(tables)},'
    described = f'{{{actors}"code":{text_of(code_version())},"configuration":{configuration}'
    digest = hashlib.blake2b(_encoded(described), digest_size=16)
    numbers = []
    for seed in seeds:
        one = digest.copy()
        one.update(_encoded(f',"seed":{text_of(seed)}{trusted}}}'))  # the last keys: they stand in their order
        numbers.append(one.hexdigest())
    return numbers


def configuration_hash(settings: Mapping[str, Any]) -> str:
    """Return a digest of the configuration apart from its seed, 32 hexadecimal digits; order of keys does not count."""
    return _digest(_without_seed(settings))


def code_version() -> str:
    """Return the version of ecosim with a digest of its source files, so that a changed rule is another version."""
    return f"{_version('ecosim')}+{source().digest}"


@lru_cache(maxsize=1)
def source() -> Source:
    """Return the digests of ecosim's source files, taken once."""
    digest = hashlib.blake2b(digest_size=8)
    files = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name, content = path.relative_to(PACKAGE).as_posix(), path.read_bytes()
        digest.update(name.encode())
        digest.update(content)
        files[name] = digest_of_file(content)
    return Source(digest.hexdigest(), files)


def provenance(settings: Mapping[str, Any], seed: int, tables: str | None = None) -> dict[str, Any]:
    """Return what made a result, as plain data: run, code, libraries, machine. No names of people, paths or hosts."""
    return {
        "run_id": run_id(settings, seed, tables),
        "seed": seed,
        "configuration_hash": configuration_hash(settings),
        "tables_hash": tables,
        "code_version": code_version(),
        "commit": commit(),
        "python": platform.python_version(),
        "libraries": libraries(),
        "machine": {"cpu": _cpu(), "system": platform.system(), "architecture": platform.machine()},
    }


def libraries() -> dict[str, str | None]:
    """Return the version of ecosim and of each library; None where one is not installed."""
    return {name: _version(name) for name in ("ecosim", *LIBRARIES)}


@lru_cache(maxsize=1)
def commit() -> str | None:
    """Return the commit of the checkout that the package runs from, with "+changed" where files differ from it.

    None where it is not a checkout, or git cannot say so within two seconds.
    """
    root = PACKAGE.parents[1]
    if PACKAGE.parent.name != "src" or not (root / ".git").exists():
        return None
    number = _git(root, "rev-parse", "HEAD")
    if not number:
        return None
    return number + ("+changed" if _git(root, "status", "--porcelain", "--", "src", "configs") else "")


def _git(root: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, timeout=2, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


@lru_cache(maxsize=1)
def _cpu() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


@lru_cache(maxsize=32)
def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _without_seed(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in settings.items() if key != "seed"}


def _digest(value: Any) -> str:
    return hashlib.blake2b(_encoded(text_of(value)), digest_size=16).hexdigest()


def text_of(value: Any) -> str:
    """Return plain data as the text that is digested: JSON, keys in order; 1 and 1.0 are the same number."""
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold: 1 and 1.0 are the same number, tuples are lists."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, float):
        return int(value) if math.isfinite(value) and value.is_integer() else value
    return value
