"""A mechanism is its parameters and what it does: frozen, checked when it is made, and called by its name."""

import pytest
from pydantic import ValidationError

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.worked_out import WorkedOut
from ecosim.world.labels import Labels
from tests.dynamics.toys import Multiply


class MultiplyTwiceABC2(Multiply):
    """A rule that works something out."""

    @WorkedOut
    def _squared(self):
        return self.factor**2


@pytest.mark.parametrize(("mechanism", "rule"), [(Multiply, "multiply"), (MultiplyTwiceABC2, "multiply_twice_abc2")])
def test_a_rule_is_called_by_its_class_in_small_letters(mechanism, rule):
    assert mechanism.rule() == rule


def test_a_mechanism_refuses_what_it_does_not_know_what_is_out_of_range_and_to_be_changed():
    with pytest.raises(ValidationError, match=r"(?s)factor.*greater than or equal to 0.*speed.*not permitted"):
        Multiply(factor=-1.0, speed=3)
    with pytest.raises(ValidationError, match="finite"):
        Multiply(factor=float("inf"))
    with pytest.raises(ValidationError, match="frozen"):
        Multiply().factor = 3.0


@pytest.mark.parametrize("every", [0, -1, 1_000_001, 1.5, True, "2"])
def test_it_acts_every_so_many_whole_ticks(every):
    with pytest.raises(ValidationError, match="every"):
        Multiply(every=every)


def test_a_rule_without_a_step_is_refused_when_it_is_made():
    class Idle(Mechanism):
        pass

    class Active(Idle):
        def step(self, world, key):
            pass

    with pytest.raises(ValidationError, match="Idle has no step; allowed: a class with step"):
        Idle()
    assert Active().every == 1


def test_a_parameter_knows_whether_it_was_left_alone():
    assert Multiply().is_default("factor")
    assert not Multiply(factor=3.0).is_default("factor")
    assert Multiply(factor=2.0).is_default("factor")  # what is said is what it would have been


def test_rules_are_the_same_where_their_kind_and_parameters_are():
    assert Multiply(factor=3.0) == Multiply(factor=3.0)
    assert Multiply(factor=3.0) != Multiply(factor=3.5)
    assert Multiply() != MultiplyTwiceABC2()
    assert hash(Multiply(factor=3.0)) == hash(Multiply(factor=3.0))


def test_a_rule_that_needs_nobody_is_bound_as_it_is_and_one_that_works_something_out_as_a_copy():
    rule, other = Multiply(), MultiplyTwiceABC2(factor=3.0)
    assert rule.bind({"other": other}) is rule
    bound = other.bind({"rule": rule})
    assert bound is not other
    assert (bound, bound.__dict__["_squared"]) == (other, 9.0)
    assert "_squared" not in other.__dict__


def test_by_itself_it_finds_no_fault_with_a_world_and_lets_nobody_in():
    assert Multiply().faults(Labels()) == []
    assert [Multiply().organisations_after(30, ticks) for ticks in (0, 1, 10**8)] == [30, 30, 30]
