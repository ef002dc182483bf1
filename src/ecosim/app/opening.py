"""Opening: a browser is sent to the page, with no token on a command line, where every user of the machine could read it."""

from __future__ import annotations

import html
import os
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp


@contextmanager
def opened(address: str) -> Iterator[None]:
    """Open an address in the browser, by a file for this user alone (mode 0600) that is gone at the end of the block.

    Args:
        address: of the page, with its token.

    Raises:
        OSError: if the file cannot be written.
    """
    number, name = mkstemp(prefix="ecosim-", suffix=".html")
    try:
        with open(number, "w", encoding="utf-8") as file:
            file.write(_leading_to(address))
        threading.Thread(target=_open, args=(Path(name).as_uri(),), daemon=True).start()
        yield
    finally:
        with suppress(OSError):  # someone else may have cleared it away
            os.unlink(name)


def _leading_to(address: str) -> str:
    """Return a page of HTML that sends a browser on."""
    to = html.escape(address)
    head = f'<!doctype html>\n<meta charset="utf-8">\n<meta http-equiv="refresh" content="0; url={to}">\n'
    return f'{head}<title>ecosim</title>\n<p><a href="{to}">To the page</a></p>\n'


def _open(address: str) -> None:
    with suppress(Exception):  # the address was printed: whoever has no browser opens it elsewhere
        webbrowser.open(address)
