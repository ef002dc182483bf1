"""The command ``ecosim app``: a page in the browser on which a scenario is watched, touched and taken back, live."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ecosim.commands.options import Words
from ecosim.commands.speech import say
from ecosim.commands.words import split
from ecosim.errors import InputError

if TYPE_CHECKING:
    from ecosim.app.server import Server


@dataclass(frozen=True, kw_only=True)
class Order:
    """Show a scenario live on a page in the browser: play, intervene, go back, compare, save.

    The page is for this machine alone. Ctrl-C ends it.
    """

    words: Words = ()
    port: Annotated[int | None, typer.Option(metavar="N", help="port to listen on (default: any that is free)")] = None
    seed: Annotated[str | None, typer.Option(metavar="N", help="chooses the luck of the run")] = None
    no_browser: Annotated[bool, typer.Option("--no-browser", help="only print the address")] = False


def carry_out(order: Order) -> None:
    """Serve the page until Ctrl-C.

    Raises:
        InputError: if the scenario is refused, the port cannot be had, or tornado is not installed.
    """
    import asyncio

    name, changes = split(order.words)
    port = 0 if order.port is None else order.port
    if not 0 <= port <= 65535:
        raise InputError(f"--port {port}; allowed: a whole number from 0 to 65535, where 0 is any that is free")
    _refuse_without_tornado()
    first = _first(name or "town", order.seed, changes)
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(first, port, opens=not order.no_browser))
    say("\nEnded.")


async def serve(first: dict[str, Any], port: int, *, opens: bool) -> None:
    """Serve the page until the task is cancelled, or the process is told to terminate.

    Raises:
        InputError: if the port cannot be had.
    """
    import asyncio
    import signal

    from ecosim.app.server import Server

    is_over = asyncio.Event()
    with suppress(NotImplementedError):  # Windows has no such signal
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, is_over.set)
    try:
        server = Server(first, port)
    except OSError as error:
        raise InputError(
            f"--port {port}: {(error.strerror or str(error)).lower()}; allowed: one that is free"
        ) from None
    with ExitStack() as until_the_end:
        try:
            _announce(server, opens, until_the_end)
            await is_over.wait()
        finally:
            await server.close()


def _announce(server: Server, opens: bool, until_the_end: ExitStack) -> None:
    say("The page is at this address, on this machine only; Ctrl-C ends it:")
    print(server.address, flush=True)
    if opens and _has_screen():
        from ecosim.app.opening import opened

        with suppress(OSError):  # no room for a file: the address was printed
            until_the_end.enter_context(opened(server.address))


def _has_screen() -> bool:
    """Return whether a browser would open a window: one in the terminal would take it away."""
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _first(name: str, seed: str | None, changes: tuple[str, ...]) -> dict[str, Any]:
    """Return what a tab shows first; refuse before any work what the command line would refuse."""
    from ecosim.app.show import settings_to_show
    from ecosim.commands.words import given

    settings = settings_to_show(name, (*changes, *given("seed", seed)))
    return {
        "scenario": name,
        "seed": str(settings.seed),
        "changes": [word for word in changes if not word.startswith("seed=")],
    }


def _refuse_without_tornado() -> None:
    from importlib.util import find_spec

    if find_spec("tornado") is None:
        raise InputError("ecosim app needs tornado, which is not installed; it comes with the extra 'app': ecosim[app]")
