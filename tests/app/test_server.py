"""The server: for this machine, with its token and from its own page alone; each tab has a world of its own."""

import asyncio
import json
import re
import threading

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from ecosim.app import server as module
from ecosim.app.server import FILES, PAGE, Server
from ecosim.app.session import Session

PATIENCE = 300.0
FIRST = {"scenario": "opinions", "seed": "1", "changes": []}
LINES = []
SMALL = ["ecosystem.organisations=20", "ecosystem.network.degree=4"]


def served(act):
    """Let a function of a server that listens have its time, then close it; return what the function returns."""

    async def live():
        server = Server(FIRST)
        try:
            return await asyncio.wait_for(act(server), PATIENCE)
        finally:
            while LINES:
                LINES.pop().close()
            await server.close()

    return asyncio.run(live())


async def fetched(address: str, **headers: str):
    return await AsyncHTTPClient().fetch(HTTPRequest(address, headers=headers), raise_error=False)


async def opened(server: Server, origin: str | None = "own"):
    own = server.address.split("/" + server.token)[0]
    headers = {} if origin is None else {"Origin": own if origin == "own" else origin}
    address = server.address.replace("http://", "ws://") + "socket"
    line = await websocket_connect(HTTPRequest(address, headers=headers))
    LINES.append(line)
    return line


async def heard(line, kind: str):
    while True:
        text = await line.read_message()
        assert text is not None, "the line was closed"
        told = json.loads(text)
        if told["kind"] == kind:
            return told


def begin(seed: str) -> str:
    return json.dumps({"do": "begin", "scenario": "opinions", "seed": seed, "changes": SMALL})


def test_the_page_and_its_files_are_handed_out_and_may_load_nothing_from_elsewhere():
    async def look(server):
        for name, (_, kind) in FILES.items():
            answer = await fetched(server.address + name)
            assert answer.code == 200
            assert answer.headers["Content-Type"] == kind
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert len(answer.body) > 500

    served(look)


def test_no_file_of_the_page_names_another_place():
    for file in PAGE.iterdir():
        assert re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", file.read_text(encoding="utf-8")) == []


def test_it_listens_on_the_loopback_interface_only():
    async def look(server):
        return {listening.getsockname()[0] for listening in server._http._sockets.values()}

    assert served(look) == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("path", "headers", "code"),
    [
        ("{token}/", {"Host": "ecosim.example:{port}"}, 403),  # a name that was made to lead here
        ("{token}/", {"Host": "127.0.0.1"}, 403),
        ("{token}/", {"Host": "localhost:{port}"}, 200),
        ("not-the-token/", {}, 404),
        ("", {}, 404),
        ("", {"Host": "ecosim.example"}, 403),
        ("{token}/server.py", {}, 404),
        ("{token}/../server.py", {}, 404),
        ("{token}/%2e%2e/server.py", {}, 404),
    ],
)
def test_strangers_get_nothing(path, headers, code):
    async def look(server):
        words = {"token": server.token, "port": server.port}
        answer = await fetched(
            f"http://127.0.0.1:{server.port}/{path.format(**words)}",
            **{name: value.format(**words) for name, value in headers.items()},
        )
        assert b"Traceback" not in (answer.body or b"")
        return answer.code

    assert served(look) == code


@pytest.mark.parametrize("origin", ["http://ecosim.example", "null", "https://127.0.0.1", None])
def test_other_pages_cannot_open_the_line(origin):
    async def look(server):
        with pytest.raises(HTTPClientError) as refused:
            await opened(server, origin)
        assert not server.sessions
        return refused.value.code

    assert served(look) == 403


def test_two_tabs_have_a_world_each():
    async def look(server):
        one, other = await opened(server), await opened(server)
        for line, seed in ((one, "1"), (other, "2")):
            assert (await heard(line, "hello"))["first"] == FIRST
            await line.write_message(begin(seed))
            assert (await heard(line, "begun"))["seed"] == seed
        first, second = await heard(one, "news"), await heard(other, "news")
        assert first["rows"] != second["rows"]
        for _ in range(3):
            await one.write_message('{"do":"step"}')
        for line in (one, other):
            await line.write_message('{"do":"remember"}')
        return (await heard(one, "remembered"))["tick"], (await heard(other, "remembered"))["tick"]

    assert served(look) == (3, 0)


def test_a_tab_that_is_closed_leaves_no_session_behind():
    async def look(server):
        line = await opened(server)
        await heard(line, "hello")
        (session,) = server.sessions
        line.close()
        while server.sessions:
            await asyncio.sleep(0.005)
        await asyncio.to_thread(session._thread.join, PATIENCE)
        return session._thread.is_alive()

    assert served(look) is False


def test_a_tab_that_is_closed_counts_until_its_thread_has_ended(monkeypatch):
    """What it founds or compiles takes the machine as before: reloading must not start ever more of it."""
    monkeypatch.setattr(module, "MOST_SESSIONS", 1)
    founding, goes_on = threading.Event(), threading.Event()

    def found(session, message):
        founding.set()
        assert goes_on.wait(PATIENCE)

    monkeypatch.setattr(Session, "_found", found)

    async def look(server):
        first = await opened(server)
        await first.write_message(begin("1"))
        await asyncio.to_thread(founding.wait, PATIENCE)
        first.close()
        (session,) = server.sessions
        while not session._is_over.is_set():
            await asyncio.sleep(0.005)
        told = await heard(await opened(server), "refused")
        goes_on.set()
        while server.sessions:
            await asyncio.sleep(0.005)
        await heard(await opened(server), "hello")
        return told["faults"][0]

    try:
        assert "closed and still at work" in served(look)
    finally:
        goes_on.set()


def test_too_many_tabs_are_told_so(monkeypatch):
    monkeypatch.setattr(module, "MOST_SESSIONS", 1)

    async def look(server):
        first = await opened(server)
        await heard(first, "hello")
        second = await opened(server)
        told = await heard(second, "refused")
        assert await second.read_message() is None
        return told["faults"][0]

    assert served(look).startswith("1 tabs are open")


def test_a_message_that_is_none_is_refused_and_the_line_stays():
    async def look(server):
        line = await opened(server)
        await line.write_message('{"do":"explode"}')
        assert "do" in (await heard(line, "refused"))["faults"][0]
        await line.write_message(begin("5"))
        return (await heard(line, "begun"))["seed"]

    assert served(look) == "5"


def test_a_message_that_is_too_long_ends_the_line():
    async def look(server):
        line = await opened(server)
        await heard(line, "hello")
        await line.write_message("x" * 20_000)
        return await line.read_message()

    assert served(look) is None


def test_a_world_that_fails_leaves_the_other_tabs_alone(monkeypatch):
    from ecosim.app.show import Show

    step = Show.step

    def raise_for_seed_1(show):
        if show.model.seed == 1:
            raise FloatingPointError("stance is not finite")
        step(show)

    monkeypatch.setattr(Show, "step", raise_for_seed_1)

    async def look(server):
        one, other = await opened(server), await opened(server)
        for line, seed in ((one, "1"), (other, "2")):
            await line.write_message(begin(seed))
            await line.write_message('{"do":"step"}')
        assert "stance is not finite" in (await heard(one, "failed"))["words"]
        await other.write_message('{"do":"remember"}')
        return (await heard(other, "remembered"))["tick"]

    assert served(look) == 1
