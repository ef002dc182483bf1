"""A user's tables are read with the words of the settings, from Python as from the command line."""

from pathlib import Path

import numpy as np
import pytest

import ecosim
from ecosim.commands.actors import actors_of
from ecosim.commands.run import Order
from ecosim.own_tables import begin_insolvent, known_columns
from ecosim.settings import Settings, settings_from

TABLE = """name,sector,capital,stance_trade,salience_harbour,motive_mission,capability_law
Quay,business,2,0.5,0.2,0.3,1
Office,government,1,-0.5,0.9,0.1,
Club,civil_society,0.5,0,,0.6,2
"""


def settings() -> Settings:
    """Return settings that speak of trade, of a harbour and of law."""
    return settings_from(
        {
            "ecosystem": {
                "stance": {"axes": ["trade"]},
                "issues": [{"name": "harbour"}, {"name": "schools"}],
                "capabilities": ["law", "money"],
            },
            "dynamics": {
                "stance": {"rule": "attraction_repulsion"},
                **{rule: {"rule": rule} for rule in ("market", "meeting", "joint_work", "sharing", "ledger")},
            },
        }
    )


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "organisations.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_columns_of_the_settings_axes_issues_motives_and_capabilities_are_known(table):
    here = settings()
    assert set(TABLE.splitlines()[0].split(",")[2:]) < set(known_columns(here))
    actors = ecosim.actors(here, table)
    assert actors.missing == {
        "capital": 0,
        "stance_trade": 0,
        "capability_law": 1,
        "salience_harbour": 1,
        "motive_mission": 0,
    }
    world = ecosim.Ecosystem(here, actors=actors).world
    assert world.stance[:, 0].tolist() == [0.5, -0.5, 0.0]
    assert world.capital.tolist() == [2.0, 1.0, 0.5]
    assert np.isfinite(world.salience).all()


def test_the_command_line_reads_the_same(table):
    here = settings()
    read = actors_of(Order(organisations=table), lambda: here, lambda sentence: None)
    assert read.digest == ecosim.actors(here, table).digest


def test_a_column_that_the_settings_do_not_know_is_refused_with_the_nearest(table):
    mapping = {"columns": {"stance_trad": {"column": "stance_trade"}}}
    with pytest.raises(ecosim.InputError, match="did you mean 'stance_trade'"):
        ecosim.actors(settings(), table, mapping=mapping)


def test_the_door_is_open():
    for name in ("actors", "read_actors", "AgentRules"):
        assert name in ecosim.__all__
        assert callable(getattr(ecosim, name))


def test_own_organisations_that_begin_insolvent_are_named_before_the_run(tmp_path):
    table = tmp_path / "organisations.csv"
    table.write_text("name,sector,capital\nBrigade,government,0\nPolice,government,1.5\nClub,civil_society,\n")
    town = ecosim.load("town")
    found = ecosim.actors(town, table)
    (told,) = begin_insolvent(found, town.in_order())
    assert "1 of your 3 organisations begin" in told
    assert (
        "dynamics.turnover.floor (0.1), as insolvent: 'Brigade'; whoever stays below it leaves after 10 ticks" in told
    )
    assert begin_insolvent(found, ecosim.load("town", "~dynamics.turnover").in_order()) == []
    assert begin_insolvent(found, ecosim.load("town", "dynamics.turnover.floor=0").in_order()) == []
