"""What is kept of settings must be what would be made of them again, and must not be taken for another's."""

import gc
import weakref
from functools import partial

import ecosim
from ecosim.world.founding import labels_of
from ecosim.world.remembered import MOST, remembered
from tests.threads import run_at_once


class Thing:
    """What can neither be hashed nor told from another by its value."""

    __hash__ = None

    def __init__(self, number):
        self.number = number

    def __eq__(self, other):
        return True


def counting():
    asked = []

    @remembered
    def numbers(word, *things):
        """Say what it is."""
        asked.append((word, *[thing.number for thing in things]))
        return asked[-1]

    return numbers, asked


def test_the_same_objects_and_equal_words_are_looked_up_and_equal_objects_are_not():
    numbers, asked = counting()
    one, other = Thing(1), Thing(2)
    word = "".join(("wo", "rd"))
    assert numbers("word", one) == numbers(word, one) == ("word", 1)
    assert numbers("word", other) == ("word", 2)
    assert numbers("other", one) == ("other", 1)
    assert numbers("word", one, other) == ("word", 1, 2)
    assert asked == [("word", 1), ("word", 2), ("other", 1), ("word", 1, 2)]


def test_an_object_that_took_the_place_of_another_in_memory_is_not_taken_for_it():
    numbers, _ = counting()
    for number in range(20 * MOST):
        assert numbers("word", Thing(number)) == ("word", number)


def test_no_more_than_so_many_are_kept_and_the_oldest_goes_first():
    numbers, asked = counting()
    things = [Thing(number) for number in range(MOST + 1)]
    first = weakref.ref(things[0])
    for thing in things:
        numbers("word", thing)
    numbers("word", things[1])
    assert len(asked) == MOST + 1
    del things[0], thing
    gc.collect()
    assert first() is None


def test_it_still_says_what_it_is():
    assert counting()[0].__doc__ == "Say what it is."


def test_settings_whose_sectors_are_changed_in_place_are_other_settings():
    settings = ecosim.load("town").ecosystem
    first = labels_of(settings)
    settings.sectors["unions"] = settings.sectors["business"]
    assert labels_of(settings).sectors == (*first.sectors, "unions")


def test_many_threads_may_ask_at_once():
    things = [Thing(number) for number in range(10 * MOST)]
    numbers, _ = counting()
    wrong = []

    def ask(order):
        for thing in order:
            if numbers("of", thing) != ("of", thing.number):
                wrong.append(thing.number)

    run_at_once(*(partial(ask, things[k::2] * 20) for k in (0, 1, 0, 1)))
    assert not wrong
