"""Server: the page and its sessions, for this machine alone.

It listens on the loopback interface only. Whoever asks needs the token in the address, the right ``Host`` (another name that
is made to lead here does not do) and, for the socket, the page's own ``Origin``. The page loads nothing from elsewhere.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.web import Application, HTTPError, RequestHandler
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from ecosim.app.messages import MOST_BYTES, read
from ecosim.app.session import Session
from ecosim.errors import InputError

HERE = "127.0.0.1"
MOST_SESSIONS = 8
TOO_MANY = "{} tabs are open, or closed and still at work; allowed: no more. Close one, or wait, and reload the page."
SECONDS_BETWEEN_PINGS = 30.0

PAGE = Path(__file__).parent / "page"
FILES = {
    "": ("index.html", "text/html; charset=utf-8"),
    "style.css": ("style.css", "text/css; charset=utf-8"),
    "app.js": ("app.js", "text/javascript; charset=utf-8"),
    "draw.js": ("draw.js", "text/javascript; charset=utf-8"),
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self' ws://127.0.0.1:* ws://localhost:*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Server:
    """A server that listens from its making on; it must be made where an event loop runs.

    Args:
        first: what a tab shows first: ``scenario``, ``seed``, ``changes``.
        port: where to listen; 0 lets the system choose one that is free.

    Raises:
        OSError: if the port cannot be had.
    """

    def __init__(self, first: dict[str, Any], port: int = 0) -> None:
        self.first, self.token = first, secrets.token_urlsafe(18)
        self.sessions: set[Session] = set()
        self.scenarios = scenarios()
        listening = socket.create_server((HERE, port))
        listening.setblocking(False)
        self.port = int(listening.getsockname()[1])
        self.hosts = {f"{name}:{self.port}" for name in (HERE, "localhost")}
        of = {"server": self}
        self._http = HTTPServer(
            Application(
                [(r"/([\w-]+)/socket", Socket, of), (r"/([\w-]+)/([\w.]*)", Files, of), (r".*", Nothing, of)],
                log_function=lambda handler: None,
                websocket_ping_interval=SECONDS_BETWEEN_PINGS,
                websocket_max_message_size=MOST_BYTES,
            ),
            max_header_size=16 * 1024,
            max_body_size=0,
        )
        self._http.add_socket(listening)

    @property
    def address(self) -> str:
        """What is opened in a browser."""
        return f"http://{HERE}:{self.port}/{self.token}/"

    async def close(self) -> None:
        """Listen no more, and let all sessions end."""
        self._http.stop()
        await self._http.close_all_connections()
        await asyncio.gather(*(asyncio.to_thread(session.end, 2.0) for session in self.sessions))
        self.sessions.clear()

    def refuse_stranger(self, handler: RequestHandler, token: str) -> None:
        """Refuse who has not the token, or comes by another name than this machine's own.

        Raises:
            HTTPError: 403 or 404.
        """
        if handler.request.host not in self.hosts:
            raise HTTPError(403)
        if not hmac.compare_digest(token.encode(), self.token.encode()):
            raise HTTPError(404)


class _Handler(RequestHandler):
    """What all answers have in common: their headers, and errors that say nothing of what is inside."""

    def initialize(self, server: Server) -> None:
        """Take over the server whose answers these are."""
        self.server = server

    def set_default_headers(self) -> None:
        """Send :data:`HEADERS` with every answer, and not what runs here."""
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.clear_header("Server")

    def write_error(self, status_code: int, **_: Any) -> None:
        """Answer a refusal with one line that says how to get in."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code}: open the address that `ecosim app` printed, all of it.\n")


class Files(_Handler):
    """Hands out the files of the page, and no other."""

    def get(self, token: str, name: str) -> None:
        """Hand out one of :data:`FILES` to whoever has the token."""
        self.server.refuse_stranger(self, token)
        if name not in FILES:
            raise HTTPError(404)
        file, kind = FILES[name]
        self.set_header("Content-Type", kind)
        self.finish((PAGE / file).read_bytes())


class Nothing(_Handler):
    """Answers whoever asks for anything else."""

    def prepare(self) -> None:
        """Refuse, whatever is asked."""
        raise HTTPError(403 if self.request.host not in self.server.hosts else 404)


class Socket(WebSocketHandler):
    """The line between one tab and its session."""

    def initialize(self, server: Server) -> None:
        """Take over the server; the session begins with the connection."""
        self.server = server
        self.session: Session | None = None

    def prepare(self) -> None:
        """Refuse strangers, and pages that came from elsewhere, before the connection is made."""
        self.server.refuse_stranger(self, self.path_args[0])
        if self.request.headers.get("Origin") not in {f"http://{host}" for host in self.server.hosts}:
            raise HTTPError(403)

    def check_origin(self, origin: str) -> bool:
        """Let through: :meth:`prepare` has asked already."""
        return True

    def open(self, *_: str, **__: str) -> None:
        """Say what there is to choose, and begin a session, unless there are too many."""
        if len(self.server.sessions) >= MOST_SESSIONS:
            self._tell({"kind": "refused", "faults": [TOO_MANY.format(MOST_SESSIONS)]})
            self.close(1013)
            return
        self._tell({"kind": "hello", "first": self.server.first, "scenarios": self.server.scenarios})
        loop, there = IOLoop.current(), self.server.sessions
        self.session = session = Session(self._from_thread(loop), lambda gone: loop.add_callback(there.discard, gone))
        self.server.sessions.add(session)
        session.begin()

    def on_message(self, text: str | bytes) -> None:
        """Hand what the tab asks on to its session; refuse what is none, and hang up on a flood."""
        if self.session is None:
            return
        try:
            message = read(text)
        except InputError as refused:
            self._tell({"kind": "refused", "faults": list(refused.faults)})
            return
        if not self.session.ask(message):
            self.close(1008, "too many messages at once")

    def on_close(self) -> None:
        """End the session of a tab that has gone."""
        if self.session is not None:
            self.session.end()  # it counts until its thread has ended: one that compiles takes a core as before

    def _from_thread(self, loop: IOLoop) -> Callable[[dict[str, Any]], None]:
        def send(told: dict[str, Any]) -> None:
            text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
            loop.add_callback(self._write, text)

        return send

    def _tell(self, told: dict[str, Any]) -> None:
        self._write(json.dumps(told, ensure_ascii=False))

    def _write(self, text: str) -> None:
        with suppress(WebSocketClosedError):  # the tab has been closed meanwhile
            self.write_message(text).add_done_callback(lambda done: done.cancelled() or done.exception())


@cache
def scenarios() -> list[dict[str, str]]:
    """Return the scenarios that a page may choose from: name, kind and title."""
    from ecosim.compose import about, names

    return [{"name": name, "kind": kind, "title": about(name)[0]} for name, kind in names().items()]
