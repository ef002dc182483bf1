"""Session: what one tab of the browser has: a show in a thread of its own, so that the server always answers.

The thread takes one message after the other; while it plays it lets a tick pass whenever one is due. News goes out when the
tab has seen the last: a slow tab gets fewer pictures, never an older one, and no row of the series is lost.
"""

from __future__ import annotations

import base64
import queue
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from functools import partial
from typing import Any

from ecosim.app.messages import Begin, Intervene, Message, Play
from ecosim.app.saved import packed
from ecosim.app.show import Show, settings_to_show
from ecosim.commands.warming import helped
from ecosim.errors import InputError, ascii_controls, said
from ecosim.kernels import is_cold

MOST_WAITING = 64
"""Messages that may wait; a tab that sends more before they are dealt with is not one of ours."""

Send = Callable[[dict[str, Any]], object]


class Session:
    """A show, its thread, and what the thread is to do next.

    Args:
        send: takes what the tab is to be told; called in the session's thread.
        gone: called last of all in that thread, when it takes no more of the machine.
    """

    def __init__(self, send: Send, gone: Callable[[Session], object] = lambda session: None) -> None:
        self._send, self._gone = send, gone
        self._asked: queue.Queue[Message | None] = queue.Queue(MOST_WAITING)
        self._show: Show | None = None
        self._pace, self._due = 0.0, 0.0
        self._has_news, self._is_waited_for, self._is_broken = False, True, False
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._live, name="ecosim session", daemon=True)

    def begin(self) -> None:
        """Let the thread begin."""
        self._thread.start()

    def ask(self, message: Message) -> bool:
        """Have a message dealt with in its turn; return whether there was room for it."""
        try:
            self._asked.put_nowait(message)
        except queue.Full:
            return False
        return True

    def end(self, patience: float = 0.0) -> None:
        """Let the thread end after what it is doing; wait for it for at most so many seconds."""
        self._is_over.set()
        with suppress(queue.Full):  # then it does not wait for a message
            self._asked.put_nowait(None)
        if patience and self._thread.is_alive():
            self._thread.join(patience)

    def _live(self) -> None:
        try:
            self._deal_with_all()
        finally:
            self._gone(self)

    def _deal_with_all(self) -> None:
        while not self._is_over.is_set():
            try:
                wait = max(0.0, self._due - time.monotonic()) if self._pace else None
                message = self._asked.get(timeout=wait) if wait != 0.0 else self._asked.get_nowait()
            except queue.Empty:
                if not self._attempt(self._tick):
                    self._pause()
                self._due = max(self._due + 1.0 / self._pace, time.monotonic()) if self._pace else 0.0
            else:
                if message is not None:
                    self._attempt(partial(self._carry_out, message))
            if not self._is_over.is_set():
                self._tell_news()

    def _attempt(self, act: Callable[[], None]) -> bool:
        """Do something and return whether it could be done; what went wrong is told in the page, and the session goes on."""
        try:
            act()
            return True
        except InputError as refused:
            self._send({"kind": "refused", "faults": [ascii_controls(fault)[:400] for fault in refused.faults[:10]]})
        except Exception as failed:  # a rule may raise anything; the others in the room go on
            self._is_broken = True
            words = ascii_controls(f"{type(failed).__name__}: {said(failed)}")[:400]
            self._send({"kind": "failed", "words": f"The world stopped: {words}. Go back, or start again."})
        return False

    def _carry_out(self, message: Message) -> None:
        if isinstance(message, Begin):
            self._found(message)
        elif message.do == "seen":
            self._is_waited_for = True
        elif self._show is None:
            raise InputError("there is no world yet; allowed: to begin one")
        elif self._is_broken and message.do not in ("back", "pause"):
            raise InputError("the world has stopped; allowed: going back, or starting again")
        elif isinstance(message, Play):
            self._pace, self._due = message.pace, time.monotonic()
            self._send({"kind": "plays", "pace": message.pace})
        elif isinstance(message, Intervene):
            self._show.intervene(message.deed)
            self._has_news = True
        else:
            plain = {"pause": self._pause, "step": self._one, "remember": self._remember, "back": self._go_back}
            plain.get(message.do, self._save)()

    def _found(self, message: Begin) -> None:
        self._pause()
        cold = is_cold()
        self._send({"kind": "founds", "cold": cold})
        with helped(settings_to_show(message.scenario, message.changes)) if cold else nullcontext():
            show = Show(message.scenario, message.seed, message.changes)
            if cold:
                show.warm_up()
        self._show, self._is_broken, self._has_news = show, False, True
        self._send({"kind": "begun", **show.programme()})

    def _tick(self) -> None:
        if self._show is not None:
            self._show.step()
            self._has_news = True
            if self._show.tick == self._show.planned and self._pace:
                self._pause()

    def _one(self) -> None:
        self._pause()
        self._tick()

    def _pause(self) -> None:
        self._pace = 0.0
        self._send({"kind": "plays", "pace": 0.0})

    def _remember(self) -> None:
        if self._show is not None:
            self._show.remember()
            self._send({"kind": "remembered", "tick": self._show.tick})

    def _go_back(self) -> None:
        if self._show is not None:
            self._pause()
            self._show.go_back()
            self._is_broken, self._has_news = False, True
            self._send({"kind": "back", "tick": self._show.tick})

    def _save(self) -> None:
        if self._show is not None:
            name = f"ecosim-{self._show.scenario}-seed-{self._show.model.seed}.zip"
            self._send(
                {"kind": "saved", "name": name, "base64": base64.b64encode(packed(self._show.model)).decode("ascii")}
            )

    def _tell_news(self) -> None:
        show = self._show
        if show is None or self._is_broken or not self._has_news or not self._is_waited_for:
            return
        self._has_news = False

        def tell() -> None:
            self._send(show.news())
            self._is_waited_for = False

        self._attempt(tell)
