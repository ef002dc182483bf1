"""A checked model stops where a mechanism changes what it does not say that it writes."""

import numpy as np
import pytest
from pydantic import Field

import ecosim
from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.promise import BrokenPromise
from ecosim.ecosystem import Ecosystem
from tests.ecosystems import coupled_settings, differing, opinion_settings


class Whisper(Mechanism):
    """Shifts a column, and says that it writes stance."""

    column: str = Field("stance", description="which")
    from_tick: int = Field(3, ge=1, description="first tick")

    reads = ("stance", "capital")
    writes = ("stance",)

    def step(self, world, _):
        if world.tick >= self.from_tick:
            getattr(world, self.column)[0] *= 0.5


class Untie(Mechanism):
    """Ends a tie, and says nothing of it."""

    reads = ("stance",)
    writes = ("stance",)

    def step(self, world, _):
        world.end_ties(np.array([0]))


def test_a_column_that_is_not_declared_stops_a_checked_run_naming_mechanism_column_and_tick():
    model = Ecosystem(opinion_settings(), dynamics={"whisper": Whisper(column="capital")}, checked=True)
    with pytest.raises(
        BrokenPromise, match=r"dynamics\.whisper .* in tick 3: it changed capital, which writes does not"
    ):
        model.run()
    assert model.tick == 3


def test_a_tie_that_is_not_declared_stops_a_checked_run():
    model = Ecosystem(opinion_settings(), dynamics={"untie": Untie()}, checked=True)
    with pytest.raises(BrokenPromise, match="made or ended entries of the axis relationship"):
        model.run()


def test_what_is_declared_is_free_and_nobody_is_held_to_it_unasked():
    Ecosystem(opinion_settings(), dynamics={"whisper": Whisper()}, checked=True).run()
    Ecosystem(opinion_settings(), dynamics={"whisper": Whisper(column="capital")}).run()


def test_checking_changes_nothing_that_happens_and_none_of_ours_breaks_its_promise():
    going = [
        {"do": "remove", "at": 3, "who": {"number": 4}},
        {"do": "invite", "at": 5, "sector": "business", "number": 3},
    ]
    plain, checked = (Ecosystem(coupled_settings(ticks=12, interventions=going), checked=c) for c in (False, True))
    plain.run()
    checked.run()
    assert differing(plain.world, checked.world) == []


def test_no_mechanism_of_the_town_breaks_its_promise():
    lively = [
        "ticks=12",
        "record.every=12",
        "measures=[]",
        "ecosystem.citizens.count=200",
        "dynamics.turnover.patience=1",
        "dynamics.turnover.floor=0.5",
    ]
    model = Ecosystem(ecosim.load("town", *lively, "check=true"))
    model.run()
    assert {"gone", "came", "tie_ended", "joined"} <= set(model.results().events["kind"])


def test_a_branch_of_a_checked_model_is_checked():
    model = Ecosystem(opinion_settings(), dynamics={"whisper": Whisper(column="capital")}, checked=True)
    with ecosim.branch(model) as twin, pytest.raises(BrokenPromise):
        twin.run()
