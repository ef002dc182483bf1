"""Schedulers: the Dask scheduler that a user names, by address, by its file, or by a file that says how to start one."""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from ecosim.errors import InputError, did_you_mean, printable, shown
from ecosim.scenario_file import read_scenario

PACKAGES = ("dask_jobqueue", "dask_kubernetes", "dask_cloudprovider", "distributed")
"""Packages whose clusters a file may name; code of no other is imported for it."""

SECONDS_TO_ANSWER = 5.0

_KEYS = ("cluster", "arguments", "workers", "adapt", "dask")
_ALLOWED = (
    "allowed: the address of a scheduler (tcp://host:port), its scheduler file (.json), or a file that names a cluster "
    "(.yaml)"
)


class Connection(NamedTuple):
    """A scheduler that answers.

    Attributes:
        client: of Dask.
        threads: that its workers have now.
        expected: threads that it may come to have, as far as is known.
    """

    client: Any
    threads: int
    expected: int


@contextmanager
def connected(where: str, say: Callable[[str], object] = lambda sentence: None) -> Iterator[Connection]:
    """Be connected to a scheduler for as long as the block lasts; one that a file described is started, and ended.

    Args:
        where: ``tcp://host:port``, a scheduler file (.json), or a file that describes a cluster (.yaml).
        say: is told if there are no workers yet.

    Raises:
        InputError: if there is no such scheduler, it does not answer, or the package that it needs is absent.
    """
    _need("distributed", "--cluster")
    with ExitStack() as stack:
        stack.enter_context(_quiet())
        expected = 1
        if where.endswith((".yaml", ".yml")):
            cluster, expected = stack.enter_context(_started(Path(where)))
            client = stack.enter_context(_client(printable(where), cluster))
        elif where.endswith(".json"):
            client = stack.enter_context(_client(printable(where), _address_in(Path(where))))
        else:
            client = stack.enter_context(_client(where, _address(where)))
        threads = sum(client.nthreads().values())
        if not threads:
            say("The scheduler has no workers yet; runs begin when the first has come.")
        yield Connection(client, threads, max(threads, expected))


@contextmanager
def _client(told: str, address: Any) -> Iterator[Any]:
    from distributed import Client

    if isinstance(address, str) and (reason := _why_not(address)):
        raise InputError(f"cluster: {told}: {reason}; {_ALLOWED}")
    client = Client(address, timeout=SECONDS_TO_ANSWER, set_as_default=False)  # type: ignore[no-untyped-call]
    try:
        yield client
    finally:
        client.close(timeout=1)  # type: ignore[no-untyped-call]


def _why_not(address: str) -> str:
    """Return why there is no scheduler at an address; nothing where there is one.

    Asked before a client is made: one that does not get through keeps trying, and tells of it, when Python ends.
    """
    found: list[str] = []

    def ask() -> None:
        try:
            kind = asyncio.run(_kind(address))
            found.append("" if kind == "Scheduler" else f"a Dask {kind} answers there, and no scheduler")
        except (OSError, TimeoutError):
            found.append("no scheduler answers there")
        except (Exception, MemoryError):  # what another program says there may be read as anything
            found.append("what answers there is no Dask scheduler, or one of another version")

    thread = threading.Thread(target=ask, daemon=True)  # in a notebook, this one has a loop of its own already
    thread.start()
    thread.join(SECONDS_TO_ANSWER + 2)
    return found[0] if found else "no scheduler answers there"


async def _kind(address: str) -> str:
    from distributed.comm.core import connect
    from distributed.security import Security

    how = Security().get_connection_args("client")  # type: ignore[no-untyped-call]
    comm = await connect(address, timeout=SECONDS_TO_ANSWER, **how)  # type: ignore[no-untyped-call]
    try:
        await comm.write({"op": "identity", "reply": True})
        return str((await asyncio.wait_for(comm.read(), SECONDS_TO_ANSWER)).get("type"))
    finally:
        comm.abort()


def _address(where: str) -> str:
    protocol, separator, rest = where.rpartition("://")
    host, colon, port = rest.rpartition(":")
    known = ("tcp", "tls", "ucx", "ws", "wss")
    if (separator and protocol not in known) or not host or not colon or not port.isdecimal() or int(port) > 65535:
        raise InputError(f"cluster: {shown(where)}; {_ALLOWED}")
    return where if separator else f"tcp://{where}"


def _address_in(path: Path) -> str:
    """Return the address in a scheduler file."""
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cluster: {printable(path)}: {(error.strerror or str(error)).lower()}; {_ALLOWED}") from None
    except (ValueError, RecursionError):
        described = None
    if not isinstance(described, dict) or not isinstance(described.get("address"), str):
        raise InputError(f"cluster: {printable(path)}: no scheduler file, which a scheduler writes (--scheduler-file)")
    return _address(described["address"])


@contextmanager
def _started(path: Path) -> Iterator[tuple[Any, int]]:
    """Start the cluster that a file describes, and yield it with the workers that it may come to have."""
    described = read_scenario(path)
    here = printable(path)
    make = _check(described, here)
    import dask

    with dask.config.set(described.get("dask") or {}):
        try:
            cluster = make(**(described.get("arguments") or {}))
        except Exception as error:
            raise InputError(f"{here}: {described['cluster']} did not start: {_first_line(error)}") from error
        try:
            adapt, workers = described.get("adapt"), described.get("workers")
            if adapt:
                cluster.adapt(**adapt)
            elif workers is not None:
                cluster.scale(workers)
            yield cluster, int((adapt or {}).get("maximum") or workers or 1)
        finally:
            cluster.close(timeout=5)


def _check(described: Mapping[str, Any], here: str) -> Callable[..., Any]:
    faults = [f"{here}: {shown(key)}; {did_you_mean(str(key), _KEYS)}" for key in described if key not in _KEYS]
    for key in ("arguments", "adapt", "dask"):
        if not isinstance(described.get(key, {}), dict):
            faults.append(f"{here}: {key}: {shown(described[key])}; allowed: keys with their values")
    workers = described.get("workers", 1)
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 0:
        faults.append(f"{here}: workers: {shown(workers)}; allowed: a whole number of at least 0")
    if "workers" in described and "adapt" in described:
        faults.append(f"{here}: workers and adapt; allowed: one of them")
    name = described.get("cluster")
    if not isinstance(name, str) or name.split(".")[0] not in PACKAGES or not name.endswith("Cluster"):
        faults.append(
            f"{here}: cluster: {shown(name)}; allowed: the name of a cluster in {', '.join(PACKAGES)}, such as "
            "dask_jobqueue.SLURMCluster"
        )
    if faults:
        raise InputError(faults)
    return _class(str(name), here)


def _class(name: str, here: str) -> Callable[..., Any]:
    module, _, attribute = name.rpartition(".")
    package = module.split(".")[0]
    _need(package, f"{here}: {name}")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError):
        raise InputError(f"{here}: cluster: {module} has no {attribute}") from None
    if not callable(found):
        raise InputError(f"{here}: cluster: {name} is no cluster")
    made: Callable[..., Any] = found
    return made


def _need(package: str, what: str) -> None:
    try:
        importlib.import_module(package)
    except ImportError:
        by = "ecosim's extra `cluster` brings it" if package == "distributed" else "its own installation brings it"
        raise InputError(f"{what} needs the package {package}, which is not installed; {by}") from None


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's own words about lost connections from the terminal: what matters of them is told in ours."""
    import distributed

    name = distributed.__name__
    loggers = [logging.getLogger(one) for one in logging.root.manager.loggerDict if one.split(".")[0] == name]
    before = [logger.level for logger in loggers]
    for logger in loggers:  # Dask gives many of them a level and a handler of their own
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
