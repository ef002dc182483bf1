"""A session: one thing after the other in its thread; a slow tab loses nothing, a world that raises ends nothing."""

import base64
import csv
import io
import json
import queue
import zipfile

import pytest

from ecosim.app.messages import read
from ecosim.app.session import MOST_WAITING, Session
from ecosim.app.show import Show
from ecosim.errors import InputError

PATIENCE = 300.0
SMALL = '["ecosystem.organisations=20","ecosystem.network.degree=4"]'
BEGIN = '{"do":"begin","scenario":"opinions","seed":"1","changes":' + SMALL + "}"


class Tab:
    """Stands for the page: asks, and hears what comes until it is of the kind that is waited for."""

    def __init__(self) -> None:
        self.told: queue.Queue[dict] = queue.Queue()
        self.session = Session(self.told.put)
        self.session.begin()

    def ask(self, *messages: str) -> None:
        for message in messages:
            assert self.session.ask(read(message if message.startswith("{") else f'{{"do":"{message}"}}'))

    def hear(self, kind: str) -> dict:
        while True:
            told = self.told.get(timeout=PATIENCE)
            if told["kind"] == kind:
                return told
            assert kind in ("refused", "failed") or told["kind"] not in ("refused", "failed"), told

    def hear_all_until(self, kind: str) -> list[dict]:
        heard = []
        while not heard or heard[-1]["kind"] != kind:
            heard.append(self.told.get(timeout=PATIENCE))
        return heard


@pytest.fixture
def tab():
    one = Tab()
    yield one
    one.session.end(PATIENCE)


def test_it_begins_plays_and_pauses(tab):
    tab.ask(BEGIN)
    assert tab.hear("begun")["scenario"] == "opinions"
    tab.ask('{"do":"play","pace":1000}')
    tick = 0
    while tick < 5:
        tick = tab.hear("news")["tick"]
        tab.ask("seen")
    tab.ask("pause")
    while tab.hear("plays")["pace"] > 0:
        pass
    tab.ask("remember")
    at = tab.hear("remembered")["tick"]
    tab.ask("remember")
    assert tab.hear("remembered")["tick"] == at


def test_it_says_with_which_changes_a_world_has_begun(tab):
    """The page may have been given others meanwhile: what it asked for last is not what it sees."""
    tab.ask(BEGIN, BEGIN.replace('"changes":[', '"changes":["ticks=6",'))
    begun = tab.hear("begun"), tab.hear("begun")
    assert [told["changes"] for told in begun] == [json.loads(SMALL), ["ticks=6", *json.loads(SMALL)]]


def test_a_value_of_the_running_world_may_be_set_before_the_first_tick(tab):
    tab.ask(BEGIN, '{"do":"intervene","deed":{"do":"set","column":"stance","value":0.25}}', "step", "save")
    saved = base64.b64decode(tab.hear("saved")["base64"])
    with zipfile.ZipFile(io.BytesIO(saved)) as archive:
        config = archive.read("config.yaml").decode()
        series = list(csv.DictReader(archive.read("series.csv").decode().splitlines()))
    assert "column: stance" in config
    assert float(series[0]["dispersion"]) > 0
    assert float(series[1]["dispersion"]) < 1e-12  # all think the same, and nothing in this world parts those who do


def test_a_tab_that_has_not_seen_the_last_picture_gets_no_other_and_then_all_rows(tab):
    tab.ask(BEGIN)
    assert tab.hear("news")["tick"] == 0
    tab.ask(*["step"] * 20, "remember")
    heard = tab.hear_all_until("remembered")
    assert heard[-1]["tick"] == 20
    assert [told for told in heard if told["kind"] == "news"] == []
    tab.ask("seen")
    news = tab.hear("news")
    assert news["tick"] == 20
    assert [row[0] for row in news["rows"]] == list(range(1, 21))


def test_playing_stops_where_the_scenario_ends(tab):
    tab.ask(BEGIN.replace('"changes":[', '"changes":["ticks=6",'), '{"do":"play","pace":1000}')
    assert tab.hear("plays")["pace"] == 0  # founding pauses
    assert tab.hear("plays")["pace"] == 1000
    assert tab.hear("plays")["pace"] == 0
    tab.ask("remember")
    assert tab.hear("remembered")["tick"] == 6


def test_one_may_go_back_and_save(tab):
    tab.ask(BEGIN, "step", "remember", "step", "step", "back")
    assert tab.hear("back")["tick"] == 1
    tab.ask("save")
    saved = tab.hear("saved")
    assert saved["name"] == "ecosim-opinions-seed-1.zip"
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(saved["base64"]))) as archive:
        assert {"README.md", "config.yaml", "series.csv", "series.parquet", "summary.md"} <= set(archive.namelist())
        assert archive.read("series.csv").count(b"\n") == 1 + 2


def test_a_world_that_raises_is_told_and_one_may_go_back(tab, monkeypatch):
    tab.ask(BEGIN, "step", "remember")
    tab.hear("remembered")

    def raise_something(show):
        raise ZeroDivisionError("division by zero in a rule")

    with monkeypatch.context() as broken:
        broken.setattr(Show, "step", raise_something)
        tab.ask("step")
        assert "division by zero in a rule" in tab.hear("failed")["words"]
    tab.ask("step")
    assert "has stopped" in tab.hear("refused")["faults"][0]
    tab.ask("back", "step", "remember")
    assert tab.hear("back")["tick"] == 1
    assert tab.hear("remembered")["tick"] == 2


def test_what_is_refused_is_told_and_the_world_that_is_there_goes_on(tab):
    tab.ask("step")
    assert "no world yet" in tab.hear("refused")["faults"][0]
    tab.ask(BEGIN, "step", BEGIN.replace("opinions", "opinons"), "remember")
    assert "did you mean 'opinions'" in tab.hear("refused")["faults"][0]
    assert tab.hear("remembered")["tick"] == 1


def test_more_messages_than_anybody_sends_find_no_room():
    session = Session(lambda told: None)  # whose thread does not live
    assert all(session.ask(read('{"do":"step"}')) for _ in range(MOST_WAITING))
    assert not session.ask(read('{"do":"step"}'))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "message"),
        ("[]", "message"),
        ('{"do":"explode"}', "do"),
        ('{"do":"play","pace":1e9}', "pace"),
        ('{"do":"play","pace":NaN}', "pace"),
        ('{"do":"step","further":1}', "further"),
        ('{"do":"begin","scenario":7,"seed":"1"}', "scenario"),
        ('{"do":"begin","scenario":"town","seed":"1","changes":["' + "x" * 600 + '"]}', "changes"),
        ('{"do":"intervene","deed":' + "[" * 7000 + "]" * 7000 + "}", "message"),
        ("x" * 20_000, "at most 16,384"),
        (b"\x00", "allowed: text"),
    ],
)
def test_a_message_is_refused_unless_it_is_of_a_known_form(text, told):
    with pytest.raises(InputError) as refused:
        read(text)
    assert told in str(refused.value)
