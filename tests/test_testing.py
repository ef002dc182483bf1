"""The contract check finds each way of breaking the contract, and nothing where it is kept."""

import random
from typing import ClassVar, Literal

import numpy as np
import pytest
from pydantic import ConfigDict, Field

from ecosim.dynamics.mechanism import Mechanism
from ecosim.rng import normals
from ecosim.testing import BrokenPromise, check_mechanism, renumbered, small_world, variants
from ecosim.world.labels import Labels

COLUMNS = ["capital", "stance", "trust", "bond", "salience", "member_effort", "pool"]
LABELS = Labels(issues=("water", "work"), stance_axes=("left",), capabilities=("a", "b"), culture=2)


class Fade(Mechanism):
    """Capital fades, by luck."""

    rate: float = Field(0.1, ge=0, le=1, description="share that fades")
    law: Literal["even", "odd"] = Field("even", description="law of fading")

    reads: ClassVar[tuple[str, ...]] = ("identity",)
    writes: ClassVar[tuple[str, ...]] = ("capital",)

    def step(self, world, key):
        world.capital = world.capital * (1.0 - self.rate * np.abs(np.tanh(normals(key, world.identity))))


class Undeclared(Fade):
    """Writes what it does not name."""

    reads: ClassVar[tuple[str, ...]] = ("trust",)

    def step(self, world, key):
        world.trust[:] = 0.25


class Unread(Fade):
    """Reads what it does not name."""

    def step(self, world, key):
        world.capital = world.capital * world.reputation


class Ties(Fade):
    """Ends ties, unsaid."""

    def step(self, world, key):
        world.end_ties(np.arange(min(world.ties, 1)))


class Members(Fade):
    """Lets members leave, unsaid."""

    def step(self, world, key):
        world.leave(np.arange(min(world.memberships, 1)))


class Goners(Fade):
    """Removes organisations, unsaid."""

    def step(self, world, key):
        world.remove_organisations(np.arange(min(world.n - 1, 1)))


class OwnDice(Fade):
    """Draws from a generator of its own."""

    _dice = np.random.default_rng(1)

    def step(self, world, key):
        world.capital = self._dice.random(world.n)


class PublicDice(Fade):
    """Draws from the generator that everybody shares."""

    def step(self, world, key):
        world.capital = np.full(world.n, random.random())


class Negative(Fade):
    """Makes capital negative."""

    def step(self, world, key):
        world.capital = world.capital - 10.0


class OnlyWithAWord(Fade):
    """Makes capital negative where one word is chosen."""

    def step(self, world, key):
        if self.law == "odd":
            world.capital = world.capital - 10.0


class OnlyAtTheEnd(Fade):
    """Divides by a share that may be 0."""

    def step(self, world, key):
        world.capital = world.capital / self.rate


class Shape(Fade):
    """Forgets an organisation, past the world's own guard."""

    def step(self, world, key):
        world.__dict__["capital"] = world.capital[1:]


class ByRow(Fade):
    """Favours the first row."""

    def step(self, world, key):
        world.capital[:1] *= 0.5


class Loose(Fade):
    """May be changed."""

    model_config = ConfigDict(frozen=False)


class Wordless(Fade):
    """Has a parameter that nobody explains."""

    more: float = 1.0


class NoColumn(Fade):
    """Names what is no column."""

    reads: ClassVar[tuple[str, ...]] = ("identity", "capitol")


def test_a_mechanism_that_keeps_its_promises_passes():
    check_mechanism(Fade)
    check_mechanism(Fade(rate=0.5))


@pytest.mark.parametrize(
    ("mechanism", "words"),
    [
        (Undeclared, "it changed trust"),
        (Unread, "no column 'reputation'"),
        (Ties, "axis relationship"),
        (Members, "axis membership"),
        (Goners, "axis organisation"),
        (OwnDice, "same key gave another result"),
        (PublicDice, "global generator"),
        (Negative, "capital runs from -"),
        (OnlyWithAWord, "with {'law': 'odd'}"),
        (OnlyAtTheEnd, "became infinite or undefined.*with {'rate': 0.0}"),
        (Shape, "capital has 0 entries, not 1"),
        (ByRow, "the order of rows matters: other capital"),
        (Loose, "not frozen"),
        (Wordless, "more has no description(.|\n)*more has no range"),
        (NoColumn, "'capitol', which is no column"),
    ],
)
def test_each_way_of_breaking_a_promise_is_found(mechanism, words):
    with pytest.raises(BrokenPromise, match=words):
        check_mechanism(mechanism)


def test_a_missing_docstring_is_found():
    class Silent(Fade):
        pass

    Silent.__doc__ = None
    with pytest.raises(BrokenPromise, match="no docstring"):
        check_mechanism(Silent)


def test_order_of_rows_may_be_left_out():
    check_mechanism(ByRow, renumbering=False)


def test_small_worlds_have_what_is_asked_and_values_in_range():
    world = small_world(LABELS, (40, 60, 6), COLUMNS, 3)
    assert (world.n, world.coalitions) == (40, 6)
    assert 40 < world.ties <= 60
    assert np.unique(world.identity).size == 40
    assert np.diff(world.first_tie)[-1] == 0
    assert world.salience.sum(axis=1) == pytest.approx(np.ones(40))
    for column in world.columns:
        values = world.arrays()[column.name]
        assert ((values >= column.low) & (values <= column.high)).all()


def test_renumbering_twice_with_the_inverse_gives_the_world_back():
    world = small_world(LABELS, (20, 30, 4), COLUMNS, 3)
    order = np.random.default_rng(1).permutation(20)
    back = renumbered(renumbered(world, order), np.argsort(order))
    for name, values in world.arrays().items():
        assert (back.arrays()[name] == values).all(), name
    assert (back.partner == world.partner).all()
    assert (back.membership == world.membership).all()


def test_every_word_and_both_ends_are_tried():
    tried = {(one.rate, one.law) for one in variants(Fade())}
    assert tried == {(0.1, "even"), (0.0, "even"), (1.0, "even"), (0.1, "odd")}
